/*
 * gold_table -- a Gold table in the lake's database: created as its definition says, its rows replaced.
 *
 * Plain tables with exactly the definition's columns, and an index on the dimensions named lake_by_NAME.
 */
#ifndef EV_GOLD_TABLE_H
#define EV_GOLD_TABLE_H

#include "base/db_rows.h"
#include "gold/definition.h"

struct gold_table {
	const struct definition *definition;
	struct db_statement *remove;
	struct db_rows rows;
	struct db_value *values; /* scratch */
};

int gold_table_create(const struct definition *d, struct db *db) MUST_CHECK;
/* Its index: to be called once its first rows are there, which is quicker than before them. */
int gold_table_index(const struct definition *d, struct db *db) MUST_CHECK;
int gold_table_drop(struct db *db, const char *name) MUST_CHECK;

int gold_table_open(struct gold_table *t, const struct definition *d, struct db *db) MUST_CHECK;
void gold_table_close(struct gold_table *t);
/* The row of a group, instead of the one it had if it is not fresh. */
int gold_table_put(struct gold_table *t, const struct value *row, bool fresh) MUST_CHECK;
/* After the last. */
int gold_table_flush(struct gold_table *t) MUST_CHECK;

/* A value to a parameter of a statement, counted from 1. */
void gold_table_bind(struct db_statement *s, size_t i, const struct value *v);

#endif
