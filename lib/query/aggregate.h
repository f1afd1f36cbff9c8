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
/* Their numbers in the order of these dimensions, nulls first; the caller frees them. */
uint32_t *aggregate_order(struct aggregate *a, const size_t *dimensions, size_t n) MUST_CHECK;
/* The dimensions of a group, in values[0 .. n_dimensions), and a measure; texts are borrowed. */
void aggregate_dimensions(const struct aggregate *a, uint32_t group, struct value *values);
void aggregate_measure(const struct aggregate *a, uint32_t group, size_t measure, struct value *value);

#endif
