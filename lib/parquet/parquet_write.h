/*
 * parquet_write -- a Parquet file from batches: Snappy, dictionary, plain and delta pages, statistics, CRCs,
 * row groups.
 *
 * Source: apache/parquet-format, parquet.thrift, Encodings.md, LogicalTypes.md (format version 1, v1 data
 * pages). Pages are encoded column by column from the vectors; the file is written as row groups close;
 * memory holds one row group's encoded pages. The same rows in the same calls give the same bytes.
 */
#ifndef EV_PARQUET_WRITE_H
#define EV_PARQUET_WRITE_H

#include "column/batch.h"

struct parquet_writer;

struct parquet_summary {
	uint64_t rows;
	uint64_t size;           /* bytes of the file */
	struct hash128 checksum; /* XXH3-128 of the file */
};

/*
 * Writes to fd, which must be empty and is the caller's to sync and close. columns are copied. Strings,
 * timestamps (micros, UTC), int32, int64, decimal(18, 6), double, boolean. name is for messages.
 */
struct parquet_writer *parquet_writer_open(int fd, const char *name,
					   const struct columns *columns) MUST_CHECK;
/*
 * Adds rows of a batch whose vectors are the columns: rows[0 .. n) are row numbers in rising order, or NULL
 * for all n. Dictionaries that codes are of must stay where they are until parquet_writer_strings_reset, and
 * till the end.
 */
int parquet_write(struct parquet_writer *w, const struct batch *batch, const uint32_t *rows,
		  uint32_t n) MUST_CHECK;
/* The stream's dictionary of a column was emptied, and nothing has been added to it again: codes seen so far
 * mean nothing any more. */
int parquet_writer_strings_reset(struct parquet_writer *w, size_t column) MUST_CHECK;
/* Row groups end with the batch (or the slice of one) that makes them reach so many rows, or bytes of encoded
 * pages. At the start 1,000,000 and 64 MiB. */
void parquet_writer_limit(struct parquet_writer *w, uint64_t rows, uint64_t bytes);
/* Closes the last row group and writes the footer. */
int parquet_writer_finish(struct parquet_writer *w, struct parquet_summary *summary) MUST_CHECK;
void parquet_writer_free(struct parquet_writer *w); /* with or without finish */

#endif
