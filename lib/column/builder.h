/*
 * builder -- collects rows, column by column, and encodes them as a batch payload.
 *
 * Rows are added by one builder_add_* call for each column; all columns must have the same length when
 * encoded. A string column owns its dictionary, which lives on from batch to batch: builder_encode_strings
 * gives what the stream has not yet been told. A column whose strings are nearly all new goes PLAIN for a
 * while, then tries again. Nothing depends on the clock or on addresses: the same rows give the same bytes.
 */
#ifndef EV_BUILDER_H
#define EV_BUILDER_H

#include "column/batch.h"
#include "column/cells.h"

struct builder_column {
	enum column_type type;
	uint32_t n;
	uint32_t nulls;
	int64_t *values;     /* numbers; for strings in CODES form the codes */
	uint64_t *valid;     /* BATCH_ROWS bits */
	bool uniform;        /* this batch: all rows are values[0], and the rest is not filled in */
	bool plain;          /* string column, this batch: texts and offsets instead of codes */
	uint32_t plain_left; /* batches until it tries its dictionary again */
	uint32_t told;       /* codes the stream knows */
	uint32_t resets;     /* how often the dictionary was emptied, and codes lost their meaning */
	struct dictionary dictionary;
	struct buffer bytes; /* PLAIN */
	uint32_t *offsets;
	uint64_t *fingerprints;
};

struct builder {
	struct builder_column *columns;
	size_t n_columns;
	size_t text_bytes; /* bytes of string data taken since the last encode: a measure of when to stop */
};

int builder_init(struct builder *b, const struct column *columns, size_t n_columns) MUST_CHECK;
void builder_free(struct builder *b);

/* Numbers of any type but string. */
static inline void builder_add_int(struct builder_column *c, int64_t value)
{
	c->valid[c->n / 64] |= (uint64_t)1 << (c->n % 64);
	c->values[c->n++] = value;
}

/* n times the same number: a stretch of a column. */
void builder_add_ints(struct builder_column *c, int64_t value, uint32_t n);
void builder_add_null(struct builder_column *c);
/* n nulls among numbers. */
void builder_add_nulls(struct builder_column *c, uint32_t n);
int builder_add_text(struct builder *b, struct builder_column *c, const char *data, size_t len) MUST_CHECK;
/* Asks for the memory that adding them will touch, for who has several columns and asks for all of them
 * first.
 */
void builder_ask_cells(const struct builder_column *c, struct cells *cells, uint32_t n);
/* n rows at once, one or more. The cells are not emptied. */
int builder_add_cells(struct builder *b, struct builder_column *c, struct cells *cells,
		      uint32_t n) MUST_CHECK;

/* n times the same text. */
int builder_add_texts(struct builder *b, struct builder_column *c, const char *data, size_t len,
		      uint32_t n) MUST_CHECK;

/*
 * All rows of a batch at once, for a column that has none yet: n times the same number or text. It is kept
 * once, whatever n, and nothing else can be added before it is encoded.
 */
void builder_fill_int(struct builder_column *c, int64_t value, uint32_t n);
int builder_fill_text(struct builder *b, struct builder_column *c, const char *data, size_t len,
		      uint32_t n) MUST_CHECK;

/* The code of a text, for a column that is not PLAIN; rows are not touched. */
int builder_code(struct builder *b, struct builder_column *c, const char *data, size_t len,
		 uint32_t *code) MUST_CHECK;
/* The same for n texts, all of them there. */
int builder_codes(struct builder *b, struct builder_column *c, struct cells *cells, uint32_t n,
		  uint32_t *codes) MUST_CHECK;

/*
 * For who decodes whole columns: numbers, or codes that builder_code gave, are written to builder_room, which
 * goes on to BATCH_ROWS, and then taken: n of them, none null; or n_set of them, for those of n rows whose
 * bit in valid is set, the others being null.
 */
static inline int64_t *builder_room(struct builder_column *c)
{
	return c->values + c->n;
}
void builder_take(struct builder_column *c, uint32_t n);
void builder_take_valid(struct builder_column *c, const uint64_t *valid, uint32_t n, uint32_t n_set);

/* Of the rows held only these stay, n of them, in ascending order. Dictionaries stay as they are. */
void builder_keep(struct builder *b, const uint32_t *rows, uint32_t n);

/* What column c holds so far, as a vector: borrowed until anything is added or encoded. */
void builder_view(const struct builder_column *c, struct vector *v);

/* True when the rows held should be encoded before another is added. */
bool builder_is_full(const struct builder *b);
/* Rows held. */
static inline uint32_t builder_rows(const struct builder *b)
{
	return b->n_columns > 0 ? b->columns[0].n : 0;
}

/*
 * What the stream must be told of column i's dictionary before the next batch: 1 and a payload in out
 * (evstream(5), "Dictionaries"), or 0 when it knows everything. Column numbers on the wire start at
 * first_column.
 */
int builder_encode_strings(struct builder *b, size_t i, size_t first_column, struct buffer *out) MUST_CHECK;
/* The rows as a payload in out (cleared first), after which the builder holds none. */
int builder_encode(struct builder *b, struct buffer *out) MUST_CHECK;
/* The rows are not needed any more: as builder_encode, without a payload. */
void builder_clear(struct builder *b);
/* After a batch: column i's dictionary has passed its bound and was emptied; the stream must be told by a
 * reset frame. */
bool builder_reset_strings(struct builder *b, size_t i);

#endif
