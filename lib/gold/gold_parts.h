/*
 * gold_parts -- what a gold is made of: for gold.c, which holds the run, and gold_commit.c, which holds the
 * lake.
 */
#ifndef EV_GOLD_PARTS_H
#define EV_GOLD_PARTS_H

#include "gold/gold.h"
#include "gold/group.h"

struct table {
	struct definition definition;
	struct groups *groups;
	bool left_out; /* others are selected */
	bool renewed;
	struct gold_change change;
};

struct gold {
	char *folder;
	struct columns silver;
	struct predicates *predicates;
	struct view view;
	uint64_t budget;
	struct table *tables; /* in name order */
	size_t n, cap;
	struct dictionary selected; /* names of tables; none when all are meant */
	bool failed;                /* where it could not be told */
};

/* STATUS_USAGE when a definition, but for those of renewed tables, is not the lake's. */
int gold_refuse_differences(const struct gold *g, struct db *db) MUST_CHECK;
/* Drops every table that the lake has a definition of, and the definitions. */
int gold_forget_tables(struct db *db) MUST_CHECK;
/* NULL when there is none of that name. */
struct table *gold_find_table(const struct gold *g, struct text name);

#endif
