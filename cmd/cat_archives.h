/*
 * cat_archives -- the archives that a plan wants, and the members of them: so that each is read once, by one
 * part, whatever is wanted of it.
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
		size_t n;         /* of them */
	} * items;                /* by the code of the path */
	size_t cap;
};

/* A want of the plan, the i-th that is read. */
int cat_archives_take(struct cat_archives *a, const struct control_want *want, size_t i) MUST_CHECK;
bool cat_archives_has_member(const struct cat_archives *a, struct text path);
/* What the work is shared out by: a member is part of its archive, of which no more is read than there is.
 * And then: a member is read by whom its archive is. */
void cat_archives_weigh(const struct cat_archives *a, uint64_t *sizes);
void cat_archives_share(const struct cat_archives *a, uint32_t *parts);
/* The members that are wanted, as sources. Takes the input. */
int cat_archives_read(const struct cat_archives *a, struct cat *cat, struct input *in,
		      struct text path) MUST_CHECK;
void cat_archives_free(struct cat_archives *a);

#endif
