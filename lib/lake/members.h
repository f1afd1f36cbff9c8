/*
 * members -- what is in an archive of Bronze now, for those who hold marks against it: read once, for all the
 * members that they ask about.
 *
 * Errors: STATUS_SYSTEM naming the archive. Damage, and whatever an archive is refused for, is no error here:
 * it is known as far as it was read, and damage says why not further.
 */
#ifndef EV_MEMBERS_H
#define EV_MEMBERS_H

#include "lake/lake.h"

struct member {
	uint64_t size, mtime_ns;
	struct hash128 content; /* when contents were read: as far as it was whole */
	uint32_t why;           /* it is damaged: the number of the reason; else MEMBER_WHOLE */
};

#define MEMBER_WHOLE UINT32_MAX

/* {0} is none. */
struct members {
	struct buffer archive; /* its path within the lake */
	bool contents;         /* they were read */
	bool is_archive;
	uint64_t size, mtime_ns; /* of the file */
	struct dictionary names;
	struct member *items; /* by the code of the name */
	size_t cap;
	struct strings whys;
	struct buffer damage; /* empty when all of it was read */
	struct buffer path, data;
};

/* Nothing is read again for an archive that was read last. 0, or -1. */
int members_read(struct members *m, const struct lake *lake, struct text archive, bool contents) MUST_CHECK;
/* NULL: there is none of that name. */
const struct member *members_find(const struct members *m, struct text name);
void members_free(struct members *m);

#endif
