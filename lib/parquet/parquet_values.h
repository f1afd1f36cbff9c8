/*
 * parquet_values -- the values of one column, row group after row group, into a builder's column.
 *
 * Source: apache/parquet-format, Encodings.md. PLAIN, RLE_DICTIONARY (and its old name PLAIN_DICTIONARY),
 * DELTA_BINARY_PACKED, RLE booleans; definition levels of flat columns. Values are decoded by the portion, no
 * row at a time. Texts of a dictionary are looked up in the builder's once for each row group. Errors:
 * STATUS_INPUT naming file, column, row group.
 */
#ifndef EV_PARQUET_VALUES_H
#define EV_PARQUET_VALUES_H

#include "column/builder.h"
#include "parquet/page_read.h"
#include "parquet/parquet_pages.h"

/* Arrays that columns use in turn. */
struct parquet_portion {
	uint32_t indices[BATCH_ROWS];
	int64_t numbers[BATCH_ROWS];
	uint64_t valid[BATCH_ROWS / 64];
};

struct parquet_values {
	struct parquet_pages pages;
	/* The row group's dictionary. */
	struct buffer dictionary; /* its texts, as they stood in the page */
	int64_t *numbers;
	struct text *texts;
	size_t numbers_cap, texts_cap;
	uint32_t entries;
	size_t longest; /* text */
	/* The builder's codes of the texts, -1 where not known yet; they hold until its dictionary is
	 * emptied. */
	int64_t *codes;
	size_t codes_cap;
	uint32_t resets;
	/* The page. */
	uint32_t rows_left;
	enum { VALUES_PLAIN, VALUES_INDICES, VALUES_DELTA, VALUES_BITS } form;
	struct hybrid_reader levels;
	struct hybrid_reader hybrid; /* INDICES, BITS */
	struct delta_reader delta;
	const uint8_t *p, *end; /* PLAIN */
	/* The date formatted last. */
	int64_t day;
	char date[16];
	size_t date_len;
};

void parquet_values_init(struct parquet_values *v, int fd, const char *file, const struct parquet_leaf *leaf);
void parquet_values_free(struct parquet_values *v);
/* To the first row of a row group. */
int parquet_values_open(struct parquet_values *v, const struct parquet_chunk *chunk, size_t group) MUST_CHECK;
/* How many of the next n rows can be added with no more than `most` bytes of text among them; at least 1. */
int parquet_values_fit(struct parquet_values *v, uint32_t n, size_t most, uint32_t *rows) MUST_CHECK;
/* Adds the next n rows, which the row group must still have and the builder room for. */
int parquet_values_add(struct parquet_values *v, struct builder *b, struct builder_column *c, uint32_t n,
		       struct parquet_portion *portion) MUST_CHECK;

#endif
