/*
 * gold_parts -- what a gold is made of: for gold.c, which holds the run, and gold_commit.c, which holds the
 * lake.
 */
#ifndef EV_GOLD_PARTS_H
#define EV_GOLD_PARTS_H

#include "gold.h"
#include "group.h"

struct table {
	struct definition definition;
	struct groups *groups;
};

struct gold {
	char *folder;
	struct columns silver;
	struct predicates *predicates;
	struct view view;
	uint64_t budget;
	struct table *tables; /* in name order */
	size_t n, cap;
	bool failed; /* where it could not be told */
};

/* NULL when there is none of that name. */
struct table *gold_find_table(const struct gold *g, struct text name);

#endif
