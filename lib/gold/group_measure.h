/*
 * group_measure -- the inner loops of group: what each row of a batch does to the measures of its group.
 *
 * A tally counts the rows that meet one condition; every measure but a distinct has one, and measures with
 * the same condition share it. The other arrays are there for the measures that need them, an element for
 * each group.
 */
#ifndef EV_GROUP_MEASURE_H
#define EV_GROUP_MEASURE_H

#include "gold/group.h"
#include "gold/group_ids.h"

struct tally {
	uint32_t predicate;
	uint64_t *counts;
};

struct measure {
	const struct definition_measure *is;
	size_t tally;
	bool owns_tally;   /* the first of those that share it */
	decimal_sum *sums; /* sum */
	int64_t *numbers;  /* min, max; of a float64 the rank */
	struct buffer *texts;
	struct group_ids ids; /* distinct */
	/* distinct, of a column in CODES form: bit [group * stride + slot] is set when the group has the
	 * code.
	 */
	uint64_t *seen;
	uint64_t seen_bytes;
	uint32_t seen_groups, seen_stride; /* the latter in words */
	uint64_t seen_generation;
	bool seen_off; /* it did not fit the budget; until the next generation */
};

/* Which group each row of a batch belongs to. */
struct numbering {
	const uint16_t *rows; /* those that meet WHERE */
	uint32_t n;
	const uint32_t *groups; /* by row, or NULL: all are in `group` */
	uint32_t group;
	uint32_t n_groups;
};

struct measures {
	const struct definition *definition;
	struct view *view;
	struct predicates *predicates;
	uint64_t *budget;
	struct tally *tallies;
	size_t n_tallies;
	struct measure *items;
	size_t n;
	uint32_t cap;      /* groups that there is room for */
	uint64_t bytes;    /* of texts */
	uint8_t *patterns; /* scratch, by row */
	uint32_t patterns_cap;
	uint32_t *cells;       /* scratch */
	struct buffer seen[2]; /* scratch: the ids of one group's bits */
};

static inline uint32_t numbering_at(const struct numbering *rows, uint32_t row)
{
	return rows->groups == NULL ? rows->group : rows->groups[row];
}

int measures_open(struct measures *m) MUST_CHECK;
void measures_close(struct measures *m);
/* Room for n groups, the new ones empty. */
int measures_reserve(struct measures *m, uint32_t n) MUST_CHECK;
int measures_update(struct measures *m, const struct numbering *rows) MUST_CHECK;

/* group_distinct.c */
int measure_add_distinct(struct measures *m, struct measure *item, const struct numbering *rows) MUST_CHECK;
/* Bits become ids. */
int measure_settle(struct measures *m, struct measure *item, uint32_t n_groups) MUST_CHECK;
void measure_drop_seen(struct measures *m, struct measure *item);
/* A run: what a group has of the ids that are settled, and by its bits. */
int measure_ids(struct measures *m, struct measure *item, uint32_t group, struct buffer *out) MUST_CHECK;

#endif
