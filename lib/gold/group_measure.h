/*
 * group_measure -- the inner loops of group: what each row of a batch does to the measures of its group.
 *
 * A tally counts the rows that meet one condition; every measure but a distinct has one, and measures with
 * the same condition share it. The other arrays are there for the measures that need them, an element for
 * each group.
 */
#ifndef EV_GROUP_MEASURE_H
#define EV_GROUP_MEASURE_H

#include "column/distinct.h"
#include "gold/group.h"

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
	struct distinct *sets;
	/* distinct, of a column in CODES form: bit [group * stride + slot] is set when the set has the code.
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
	uint64_t bytes;    /* of sets and texts */
	uint8_t *patterns; /* scratch, by row */
	uint32_t patterns_cap;
	uint32_t *cells; /* scratch */
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
/* Adds a state. Of a distinct the ids are added apart. */
int measures_merge(struct measures *m, uint32_t group, size_t measure, const struct state *s) MUST_CHECK;
int measures_add_ids(struct measures *m, uint32_t group, size_t measure, const void *ids,
		     size_t n) MUST_CHECK;

/* group_distinct.c */
int measure_add_distinct(struct measures *m, struct measure *item, const struct numbering *rows) MUST_CHECK;
/* Bits of one group, or of all, become ids in the sets. */
int measure_settle_group(struct measures *m, struct measure *item, uint32_t group) MUST_CHECK;
int measure_settle(struct measures *m, struct measure *item) MUST_CHECK;
void measure_drop_seen(struct measures *m, struct measure *item);

#endif
