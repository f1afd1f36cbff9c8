/*
 * parquet_read -- rows of a Parquet file, into a builder: the columns that are asked for, and of the row
 * groups only those that can matter.
 *
 * Source: apache/parquet-format. Flat columns in v1 data pages; which types become which is in
 * parquet_leaf.h, which encodings in parquet_values.h, which codecs in parquet_pages.h. Anything else is
 * refused by the column's name, but only when the column is asked for. Nothing is read but the footer and the
 * pages of these columns; memory holds one page of each. Errors: STATUS_INPUT naming file, column, row group
 * and reason.
 *
 *   r = parquet_open(fd, name);
 *   parquet_select(r, names, n);
 *   builder_init(&b, parquet_columns(r)->items, parquet_columns(r)->n);
 *   while ((more = parquet_read(r, &b, NULL)) > 0) {
 *           ... builder_view of each column, or stream_write_batch ...
 *           builder_clear(&b);
 *   }
 */
#ifndef EV_PARQUET_READ_H
#define EV_PARQUET_READ_H

#include "column/builder.h"

struct parquet_reader;

/* Rows whose value lies from low to high are wanted; there may be others among those that are read. Numbers
 * as a batch holds them, or texts. */
struct parquet_range {
	const char *column;
	int64_t low, high;
	struct text low_text, high_text;
};

/* Reads the footer. fd stays the caller's; name is copied. */
struct parquet_reader *parquet_open(int fd, const char *name) MUST_CHECK;
void parquet_close(struct parquet_reader *r);

/* Rows of the file, its row groups, bytes read so far, row groups skipped so far. */
uint64_t parquet_rows(const struct parquet_reader *r);
size_t parquet_groups(const struct parquet_reader *r);
uint64_t parquet_bytes_read(const struct parquet_reader *r);
size_t parquet_groups_skipped(const struct parquet_reader *r);

/* Every column that the file has, readable or not. */
size_t parquet_n_columns(const struct parquet_reader *r);
const char *parquet_column_name(const struct parquet_reader *r, size_t i);

/* The columns to be read, in this order; all of them for NULL. To be called once, before reading. */
int parquet_select(struct parquet_reader *r, const char *const *names, size_t n) MUST_CHECK;
/* These columns as a batch has them. */
const struct columns *parquet_columns(const struct parquet_reader *r);
/* Leaves out row groups without a row in the range, by their statistics. A column that has none, or whose
 * bounds are in no order that is known, leaves none out. */
int parquet_restrict(struct parquet_reader *r, const struct parquet_range *range) MUST_CHECK;

/*
 * Row groups are numbered from 0, those without rows among them. What is left out is not read; what is
 * selected of all others takes so many bytes, with the footer.
 */
size_t parquet_n_groups(const struct parquet_reader *r);
uint64_t parquet_group_rows(const struct parquet_reader *r, size_t group);
void parquet_leave_out(struct parquet_reader *r, size_t group);
bool parquet_is_left_out(const struct parquet_reader *r, size_t group);
uint64_t parquet_bytes_wanted(const struct parquet_reader *r);

/*
 * Adds rows of one row group, to a builder that is not full, until the builder is full or the row group ends:
 * 1, 0 at the end of the file, -1. Column i becomes the builder's column to[i], or i when to is NULL; what
 * other columns it has are the caller's to fill.
 */
int parquet_read(struct parquet_reader *r, struct builder *b, const size_t *to) MUST_CHECK;

/* What the statistics of a row group say of a column: numbers as a batch holds them, or texts, which are
 * borrowed from the reader. */
struct parquet_said {
	int64_t nulls; /* -1: nothing */
	bool has_bounds;
	int64_t min, max;
	struct text min_text, max_text;
};

/* The row group that the rows read last are of. */
size_t parquet_group(const struct parquet_reader *r);
/* Of column i of parquet_columns. */
void parquet_said(const struct parquet_reader *r, size_t group, size_t i, struct parquet_said *said);

#endif
