/*
 * parquet_pages -- the pages of one column's part of a row group, one after another, decompressed.
 *
 * Source: apache/parquet-format, parquet.thrift (PageHeader), v1 data pages; Snappy, gzip or neither. A
 * page's CRC is verified where it has one. Memory holds one page and what has been read ahead; nothing
 * outside of the column's pages is read. Errors: STATUS_INPUT naming file, column and row group.
 */
#ifndef EV_PARQUET_PAGES_H
#define EV_PARQUET_PAGES_H

#include "parquet/parquet_footer.h"

enum { PARQUET_PAGE_MAX = 64 << 20 /* bytes of a page, compressed or not */ };

struct parquet_pages {
	/* The page: borrowed until the next call; PAGE_SLACK bytes behind it can be read. */
	bool is_dictionary;
	int encoding; /* enum parquet_encoding, or another number */
	int level_encoding;
	uint32_t values; /* nulls among them */
	const uint8_t *data;
	size_t len;
	/* Where it is. */
	int fd;
	const char *file; /* borrowed, as the leaf is */
	const struct parquet_leaf *leaf;
	size_t group;
	/* Its own. */
	int codec;
	uint64_t next, end;   /* in the file: what is to be fetched */
	struct buffer window; /* fetched; window_at is where its rest begins */
	size_t window_at;
	struct buffer body;            /* decompressed */
	uint64_t values_left;          /* of the chunk */
	bool has_dictionary, has_data; /* pages seen */
	uint64_t fetched;              /* bytes, in all */
};

/* {.fd, .file, .leaf} to the pages of a chunk of row group number `group`. */
int parquet_pages_open(struct parquet_pages *p, const struct parquet_chunk *chunk, size_t group) MUST_CHECK;
/* The next page with values or a dictionary. There must be one: a chunk that ends before its values is an
 * error. */
int parquet_pages_next(struct parquet_pages *p) MUST_CHECK;
void parquet_pages_free(struct parquet_pages *p);

/* Records what is wrong with the column in this row group. */
int parquet_pages_damaged(const struct parquet_pages *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
