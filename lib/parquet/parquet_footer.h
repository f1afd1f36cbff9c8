/*
 * parquet_footer -- what a Parquet file says of itself: its columns, row groups, and where their pages are.
 *
 * Source: apache/parquet-format, parquet.thrift. Nothing that the footer says is believed before it has been
 * held against the file: chunks lie within it, row groups have a chunk for each column, of its type and with
 * as many values as rows, and their rows add up. Errors: STATUS_INPUT naming the file and, where it is about
 * one, column and row group.
 */
#ifndef EV_PARQUET_FOOTER_H
#define EV_PARQUET_FOOTER_H

#include "parquet/parquet_schema.h"

enum { PARQUET_FOOTER_MAX = 32 << 20 };

/* A column's part of a row group. */
struct parquet_chunk {
	uint64_t start, end;  /* in the file */
	uint64_t values;      /* nulls among them */
	int codec;            /* enum parquet_codec, or another number */
	int64_t nulls;        /* -1: not said */
	struct text min, max; /* PLAIN; they mean something when has_bounds says so */
	bool has_bounds;
};

struct parquet_group {
	uint64_t rows;
	struct parquet_chunk *chunks; /* one for each leaf */
};

struct parquet_footer {
	struct buffer bytes; /* texts point into it */
	uint64_t rows;
	struct parquet_leaves leaves;
	struct parquet_group *groups;
	size_t n_groups, groups_cap;
	struct text created_by;
};

/* Reads the footer of fd, a regular file. {0} may be freed, too. */
int parquet_footer_read(struct parquet_footer *f, int fd, const char *file) MUST_CHECK;
void parquet_footer_free(struct parquet_footer *f);

/* pread of all len bytes: a file that ends before is an error. */
int parquet_fetch(int fd, const char *file, uint64_t offset, void *data, size_t len) MUST_CHECK;

#endif
