/*
 * silver_read -- a file of Silver, or any other flat Parquet file, as rows: with its own columns, and those
 * that stand in the names of its folders.
 *
 * A folder KEY=VALUE directly above the file, or above such folders, is a column of its own, a string, unless
 * the file has one of that name; VALUE is taken as it stands, and __HIVE_DEFAULT_PARTITION__ is null. Rows
 * that have all columns that Silver adds to events are Silver: these columns then come last, in the order in
 * which evsilver adds them, so that the rows are as the pipe had them.
 *
 * Rows can also be had with the columns that Silver has by now, after the schema has changed: what a file
 * does not have is null then. Errors: as parquet_read.h; STATUS_REFUSED for a file whose columns do not fit
 * these.
 */
#ifndef EV_SILVER_READ_H
#define EV_SILVER_READ_H

#include "parquet/parquet_read.h"

enum { SILVER_KEYS = 8 };

struct silver_key {
	struct text name, value; /* value.data is NULL for null */
	size_t column;           /* of the rows */
};

struct silver_reader {
	struct parquet_reader *parquet;
	char *path;
	struct columns columns; /* of the rows */
	size_t *to;             /* which of them each column of the file is */
	size_t *absent;         /* those that are null in all rows */
	size_t n_absent;
	const char *unasked; /* a column of the file that is not asked for, or NULL */
	struct silver_key keys[SILVER_KEYS];
	size_t n_keys;
	bool is_silver;
};

/* fd stays the caller's; path is the file's, as far as it is to be looked at for keys. names are the columns
 * that are asked for, in their order, or NULL for all there are. */
int silver_reader_open(struct silver_reader *s, int fd, const char *path, const char *const *names,
		       size_t n) MUST_CHECK;
/* A file of Silver as rows of these columns: of the schema, `line`, and what Silver adds. */
int silver_reader_open_as(struct silver_reader *s, int fd, const char *path,
			  const struct columns *as) MUST_CHECK;
void silver_reader_close(struct silver_reader *s);
/* Rows into a builder of s->columns that holds none: 1, 0 at the end of the file, -1. */
int silver_reader_next(struct silver_reader *s, struct builder *b) MUST_CHECK;

#endif
