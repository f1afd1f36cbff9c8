/*
 * db_rows -- rows for one table of the database, inserted many by one statement: what a statement costs apart
 * from its rows is most of what a small row costs.
 *
 * Rows are collected until there are enough of them, so none is to be looked for before the flush. A row that
 * the table refuses rolls the transaction back: then nothing has to be kept to undo the statement alone.
 */
#ifndef EV_DB_ROWS_H
#define EV_DB_ROWS_H

#include "base/buffer.h"
#include "base/db.h"

struct db_value {
	enum db_type type;
	int64_t number;
	double real;
	struct text text; /* or blob */
};

struct db_rows {
	struct db *db;
	char *table; /* with its columns, as after INSERT INTO */
	size_t n_columns;
	struct db_statement *many; /* NULL before it was needed */
	struct db_statement *one;
	struct db_value *values; /* row by row; texts are offsets in bytes */
	uint32_t n;
	struct buffer bytes;
};

/* table is what stands after INSERT INTO, up to VALUES; it has n_columns. */
int db_rows_open(struct db_rows *r, struct db *db, const char *table, size_t n_columns) MUST_CHECK;
/* Finalizes; what was not flushed is lost. {0} is a no-op. */
void db_rows_close(struct db_rows *r);
/* A row of n_columns values, which are copied. */
int db_rows_add(struct db_rows *r, const struct db_value *row) MUST_CHECK;
int db_rows_flush(struct db_rows *r) MUST_CHECK;

#endif
