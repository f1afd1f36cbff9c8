/*
 * aggregate -- what a SELECT of the Gold subset gives, over the rows of a relation as it is: its groups.
 *
 * Computed once, when it is first asked for, by as many processes as there are processors if there is enough
 * to do. Columns are the definition's outputs: first the dimensions, each a column of the relation, then the
 * measures, each an aggregate; nothing is derived here.
 */
#ifndef EV_AGGREGATE_H
#define EV_AGGREGATE_H

#include "gold/definition.h"
#include "query/relation.h"

struct aggregate;

/* sql is a text of the Gold subset, whatever the relation is called: FROM silver. The relation is borrowed.
 * STATUS_USAGE for what is not of that kind. */
struct aggregate *aggregate_new(struct relation *relation, const char *sql) MUST_CHECK;
void aggregate_free(struct aggregate *a);

const struct definition *aggregate_definition(const struct aggregate *a);

int aggregate_compute(struct aggregate *a) MUST_CHECK;
/* After that: how many groups. */
uint32_t aggregate_n(const struct aggregate *a);

/* A column of the definition to be sorted by: nulls are least. */
struct aggregate_order {
	size_t output;
	bool descending;
};

/* Their numbers in the order of these, and where that leaves them alike in the order of all dimensions; the
 * caller frees them. */
uint32_t *aggregate_sort(const struct aggregate *a, const struct aggregate_order *by, size_t n) MUST_CHECK;
/* A column of a group; a text is borrowed. */
void aggregate_value(const struct aggregate *a, uint32_t group, size_t output, struct value *value);
/* Its dimensions, in values[0 .. n_dimensions), likewise. */
void aggregate_dimensions(const struct aggregate *a, uint32_t group, struct value *values);

#endif
