/*
 * aggregate_parts -- what an aggregate is made of, for aggregate.c and aggregate_shard.c.
 */
#ifndef EV_AGGREGATE_PARTS_H
#define EV_AGGREGATE_PARTS_H

#include "gold/group.h"
#include "query/aggregate.h"
#include "query/scan.h"

/* A measure of a group. */
struct aggregate_cell {
	enum value_kind kind;
	union {
		int64_t integer;
		double real;
		uint32_t text; /* a code of a->texts */
	};
};

struct aggregate {
	struct relation *relation; /* borrowed */
	struct predicates *predicates;
	struct definition definition;
	bool has_definition;
	bool *used; /* columns */
	/* While it is computed. */
	struct scan *scan; /* whose view the groups look at */
	struct groups *groups;
	uint64_t budget;
	struct state *states; /* scratch, one for each measure */
	/* What came out. */
	bool computed;
	struct strings keys;
	struct strings texts;
	struct aggregate_cell *cells; /* those of a group side by side */
	size_t cells_cap;
};

/* All rows of the scan, which stays open, into groups; those of one part are a->groups afterwards. */
int aggregate_scan(struct aggregate *a, struct scan *scan) MUST_CHECK;

/* The same in so many processes at once, this one among them: the scans are the parts'. */
int aggregate_in_parts(struct aggregate *a, struct scan **scans, uint32_t n) MUST_CHECK;

#endif
