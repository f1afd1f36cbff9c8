/*
 * aggregate_table -- an aggregate as a virtual table of SQLite: a row for each group, with the columns of its
 * definition.
 *
 * They come in the order of any columns that SQLite asks for, and else in that of the dimensions.
 */
#ifndef EV_AGGREGATE_TABLE_H
#define EV_AGGREGATE_TABLE_H

#include "query/aggregate.h"

/* Takes the aggregate. Its table is NAME in temp until the connection is closed. */
int aggregate_table_create(struct query *query, const char *name, struct aggregate *aggregate) MUST_CHECK;

#endif
