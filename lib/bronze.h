/*
 * bronze -- every file under bronze/, whatever the layout, in name order.
 *
 * Names that begin with "." or "_" or end in ".tmp" are set aside with a reason, folders of that kind without
 * being opened; so are files of other kinds, and symbolic links, but for those directly under bronze/, which
 * are followed. Errors: STATUS_SYSTEM naming the folder or file that cannot be read, STATUS_INPUT for a name
 * that is not UTF-8; what vanishes while it is looked at is not there.
 */
#ifndef EV_BRONZE_H
#define EV_BRONZE_H

#include "lake.h"

struct bronze_file {
	struct text path; /* within the lake; valid once all are listed */
	uint64_t size;
	uint64_t mtime_ns;
	const char *ignored; /* why, or NULL */
};

/* {0} is empty. */
struct bronze {
	struct bronze_file *files;
	size_t n, cap;
	struct strings paths;
};

int bronze_list(struct bronze *b, const struct lake *lake) MUST_CHECK;
void bronze_free(struct bronze *b);

#endif
