/*
 * parquet_column -- one column's part of the row group that is being written: its pages, dictionary, bounds.
 *
 * Rows gather unencoded until they fill a page; a full page is encoded, compressed and kept as bytes. Nothing
 * is allocated before the first row, and what was allocated is used again for the next row group.
 *
 *   - strings: dictionary pages, whose indices come from the stream's codes, until the dictionary grows too
 *     big; then PLAIN pages, and for vectors that are plain
 *   - timestamp, int64: DELTA_BINARY_PACKED
 *   - decimal: dictionary or DELTA_BINARY_PACKED, whichever is smaller
 *   - int32, float64: dictionary or PLAIN, whichever is smaller
 *   - bool: PLAIN
 *
 * Whether a dictionary of numbers pays, and whether one of strings can take the stream's codes for indices,
 * is known only when enough rows have been seen; until then pages are held as indices. Errors: -1, cause
 * recorded.
 */
#ifndef EV_PARQUET_COLUMN_H
#define EV_PARQUET_COLUMN_H

#include "parquet/parquet_bounds.h"
#include "parquet/parquet_gather.h"
#include "parquet/parquet_numbers.h"
#include "parquet/parquet_strings.h"

enum {
	PARQUET_SLICE_ROWS =
	    16384, /* what is appended at once, at most; a page has that many or up to twice */
	PARQUET_PAGE_BYTES = 1 << 20,
	PARQUET_NUMBERS_MAX = 1 << 17, /* numbers in a dictionary, give or take a slice */
};

/* How values become pages, at the moment. */
enum parquet_form { PARQUET_AS_DICTIONARY, PARQUET_AS_PLAIN, PARQUET_AS_DELTA, PARQUET_FORMS };

/* Arrays that columns use in turn, each within a call. {0} is ready. */
struct parquet_scratch {
	uint32_t *codes, *fresh;
	int64_t *numbers;
	struct text *texts;
	size_t codes_cap, fresh_cap, numbers_cap, texts_cap;
	struct buffer body, packed;
};

void parquet_scratch_free(struct parquet_scratch *s);

/* A page that is not encoded yet. */
struct parquet_held {
	uint32_t rows;
	uint32_t values; /* rows that are not null */
	uint32_t stored; /* indices in the column's list: values, or 0 when all of them are `index` */
	uint32_t index;
	size_t levels_len;
};

struct parquet_column {
	const char *name; /* borrowed */
	const char *file; /* borrowed, for messages */
	enum column_type type;
	bool nullable;
	enum parquet_form form;
	bool decided; /* pages need not be held any more: forms and indices stand */

	/* The page under way; its numbers or texts, or the last of the indices. */
	struct parquet_held page;
	uint64_t *valid;
	size_t valid_cap;
	int64_t *numbers;
	size_t numbers_cap;
	struct buffer text;

	/* Pages held, and the indices of theirs and of the one under way. */
	struct parquet_held *held;
	size_t n_held, held_cap;
	uint64_t held_values;
	struct buffer levels;
	uint32_t *indices;
	size_t n_indices, indices_cap;

	/* The dictionary: one of them. */
	struct parquet_strings strings_seen;
	struct parquet_numbers numbers_seen;

	/* The chunk: pages, ready to be written. */
	struct buffer dictionary_page, pages;
	uint64_t rows, values;
	uint64_t uncompressed; /* bytes of the pages and of the dictionary page, with their headers */
	uint32_t n_pages[PARQUET_FORMS];
	struct parquet_bounds bounds;
	/* Pages that did not shrink make the next ones go uncompressed, but for one now and then: ever less
	 * often. */
	unsigned literal_left, literal_pages;
};

void parquet_column_init(struct parquet_column *c, const struct column *column, const char *file);
void parquet_column_free(struct parquet_column *c);

/* How long a row's text can be, by the dictionary it comes from: what may be much more than its share of the
 * batch. 0 for anything else. */
size_t parquet_column_row_bytes(struct parquet_column *c, const struct vector *v);
/* Adds at most PARQUET_SLICE_ROWS rows. */
int parquet_column_append(struct parquet_column *c, const struct vector *v, struct parquet_rows rows,
			  struct parquet_scratch *s) MUST_CHECK;
/* The stream's codes mean nothing any more; but its strings are still there. */
int parquet_column_forget_codes(struct parquet_column *c) MUST_CHECK;
/* Ready for the next row group. */
void parquet_column_clear(struct parquet_column *c);
/* Bytes of the chunk so far, as far as they can be known. */
size_t parquet_column_bytes(const struct parquet_column *c);

/*
 * From here on parquet_chunk.c: rows that were appended, as bytes.
 */

/* Ends the borrowing of strings: indices of the pages held become those of a dictionary of their own. */
int parquet_column_compact(struct parquet_column *c) MUST_CHECK;
/* What a column of numbers becomes when its dictionary does not pay. */
enum parquet_form parquet_other_form(enum column_type type);
/* Ends the page under way, and encodes it, or holds it. */
int parquet_column_flush(struct parquet_column *c, bool at_end, struct parquet_scratch *s) MUST_CHECK;
/* Encodes what is left: dictionary_page and pages are then what is to be written, one behind the other. */
int parquet_column_finish(struct parquet_column *c, struct parquet_scratch *s) MUST_CHECK;
/* The ColumnChunk of what stands at offset in the file, as a struct in a list. */
void parquet_column_describe(const struct parquet_column *c, uint64_t offset, struct thrift_writer *w);
/* The column's SchemaElement, as a struct in a list. */
void parquet_column_schema(const struct parquet_column *c, struct thrift_writer *w);

#endif
