/*
 * predicate_bounds -- can a condition be true of any of many rows, of which little more is known than the
 * least and the greatest value of a column? What says no need not be read.
 */
#ifndef EV_PREDICATE_BOUNDS_H
#define EV_PREDICATE_BOUNDS_H

#include "gold/predicate.h"

/* Of a column in some rows. Bounds may be wider than the values are. */
struct predicate_bounds {
	bool has_bounds;
	bool no_nulls, only_nulls;
	int64_t min, max; /* numbers as a batch holds them */
	struct text min_text, max_text;
};

/* Sets what is known of a column in the rows at hand; *b is nothing yet. */
typedef void predicate_bounds_of(const void *context, size_t column, struct predicate_bounds *b);

bool predicates_possible(const struct predicates *p, uint32_t id, predicate_bounds_of *bounds_of,
			 const void *context);

/* Marks the columns that the condition looks at in used[0 .. columns). */
void predicates_columns(const struct predicates *p, uint32_t id, bool *used);

#endif
