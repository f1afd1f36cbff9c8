/*
 * usage -- what queries have read, of how much, and how much they may.
 */
#ifndef EV_USAGE_H
#define EV_USAGE_H

#include <stdint.h>

struct usage {
	uint64_t limit;                /* bytes; 0: none */
	uint64_t wanted;               /* bytes that scans have said they will read */
	uint64_t files, bytes;         /* read; once for each time */
	uint64_t files_all, bytes_all; /* of the tables that were asked */
};

static inline void usage_add(struct usage *to, const struct usage *from)
{
	to->files += from->files;
	to->bytes += from->bytes;
}

#endif
