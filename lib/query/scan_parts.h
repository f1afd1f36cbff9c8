/*
 * scan_parts -- what a scan is made of, for the files scan*.c.
 *
 * A source of rows fills s->vectors, one for each column of the relation.
 */
#ifndef EV_SCAN_PARTS_H
#define EV_SCAN_PARTS_H

#include "query/scan.h"

struct scan_silver; /* the Parquet files of a lake */
struct scan_stream; /* a stream, or the files of Bronze as one */

struct scan {
	struct scan_options is;
	const struct columns *columns;
	struct scan_silver *silver; /* one of these */
	struct scan_stream *stream;
	/* Rows. */
	struct vector *vectors;
	struct batch batch;
	uint64_t first; /* the number of the first of them */
	struct view view;
	/* Of what is not read. */
	uint64_t *no_valid;
	struct strings no_texts;
};

/* What a column is where nothing is read of it: null in all rows. */
struct vector scan_nothing(const struct scan *s, size_t column, uint32_t n);
/* Adds to what is wanted; STATUS_REFUSED when that is more than the limit. */
int scan_want(const struct scan *s, uint64_t bytes) MUST_CHECK;

int scan_silver_open(struct scan *s) MUST_CHECK;
void scan_silver_close(struct scan *s);
/* 1, and as many rows as *n says, numbered from s->first; 0; -1. */
int scan_silver_next(struct scan *s, uint32_t *n) MUST_CHECK;
uint64_t scan_silver_rows(const struct scan *s);

int scan_stream_open(struct scan *s) MUST_CHECK;
void scan_stream_close(struct scan *s);
int scan_stream_next(struct scan *s, uint32_t *n) MUST_CHECK;
uint64_t scan_stream_rows(const struct scan *s);

#endif
