/*
 * cat_archives -- the archives that a plan wants, and the members of them.
 *
 * One that is compressed as a whole is read once, by one part, whatever is wanted of it. Of a plain tar or
 * zip members can be passed over without being read: so parts share them as if they were files, and each
 * part goes through the archive to its end.
 */
#ifndef EV_CAT_ARCHIVES_H
#define EV_CAT_ARCHIVES_H

#include "cat_bundle.h"

/* {0} is empty. */
struct cat_archives {
	struct dictionary paths; /* of archives and members */
	struct cat_archived {
		size_t want;      /* its number */
		uint32_t archive; /* the code of the path that it is in; its own for an archive */
		uint64_t bytes;   /* of the members that are wanted */
		bool apart;       /* an archive: its members may be read by different parts */
		bool mine;        /* this part reads it */
		size_t n;         /* an archive: of the members that this part reads */
	} * items;                /* by the code of the path */
	size_t cap;
};

/* A want of the plan, the i-th that is read. */
int cat_archives_take(struct cat_archives *a, const struct control_want *want, size_t i) MUST_CHECK;
bool cat_archives_has_member(const struct cat_archives *a, struct text path);
/* Which part reads each of the wants, from their sizes, which are used up; lake: its path. */
int cat_archives_share(struct cat_archives *a, const char *lake, uint64_t *sizes, size_t n_sizes, uint32_t n,
		       uint32_t *parts) MUST_CHECK;
/* Of this part, before anything is read. */
void cat_archives_begin(struct cat_archives *a, const uint32_t *parts, uint32_t part);
/* Whether it reads an archive, or something in it. */
bool cat_archives_is_read(const struct cat_archives *a, struct text path);
/* Its members of an archive, as sources. Takes the input. */
int cat_archives_read(const struct cat_archives *a, struct cat *cat, struct input *in,
		      struct text path) MUST_CHECK;
void cat_archives_free(struct cat_archives *a);

#endif
