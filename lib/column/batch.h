/*
 * batch -- n rows, columnar: every vector has n values, and memory is the wire (evstream(5), "Batches").
 *
 * A decoded batch points into the payload it was read from; it is borrowed until the next read of its stream.
 *
 *   FIXED   value i = base + the unsigned integer of `width` bytes at values[i * width]
 *   CODES   the same sum is a code into `strings`
 *   PLAIN   value i = bytes[offsets[i] .. offsets[i + 1]), with hash64 of it in fingerprints[i]
 *
 * Width 0 means that every value is base. What a null row holds means nothing, but is a code that exists.
 * `valid` has bit i set (bit i % 64 of word i / 64) where row i is not null; it is NULL when no row is.
 */
#ifndef EV_BATCH_H
#define EV_BATCH_H

#include "column/column.h"
#include "column/dictionary.h"

enum {
	BATCH_ROWS = 16384,         /* what evlake writes */
	BATCH_ROWS_MAX = 65536,     /* what it reads */
	BATCH_BYTES_MAX = 16 << 20, /* payload */
};

enum vector_form { VECTOR_FIXED = 0, VECTOR_CODES = 1, VECTOR_PLAIN = 2 };

struct vector {
	enum column_type type;
	enum vector_form form;
	uint32_t width; /* bytes: 0, 1, 2, 4, 8 */
	uint32_t nulls; /* rows that are null */
	int64_t base;
	const void *values;
	const uint64_t *valid;
	const struct strings *strings; /* CODES */
	const uint32_t *offsets;       /* PLAIN: n + 1 */
	const char *bytes;             /* PLAIN */
	const uint64_t *fingerprints;  /* PLAIN: n */
};

struct batch {
	uint32_t n;         /* rows */
	uint32_t n_vectors; /* as many as the stream has columns */
	struct vector *vectors;
};

static inline bool vector_is_valid(const struct vector *v, uint32_t i)
{
	return v->valid == NULL || (v->valid[i / 64] >> (i % 64) & 1);
}

/* The number at row i, whatever its width: a FIXED value, or a code. */
static inline int64_t vector_int(const struct vector *v, uint32_t i)
{
	switch (v->width) {
	case 1: return v->base + ((const uint8_t *)v->values)[i];
	case 2: return v->base + ((const uint16_t *)v->values)[i];
	case 4: return v->base + ((const uint32_t *)v->values)[i];
	case 8: return (int64_t)((uint64_t)v->base + ((const uint64_t *)v->values)[i]);
	default: return v->base;
	}
}

/* The text at row i of a string column, in either form. Not for null rows. */
static inline struct text vector_text(const struct vector *v, uint32_t i)
{
	if (v->form == VECTOR_CODES)
		return strings_get(v->strings, (uint32_t)vector_int(v, i));
	return (struct text){v->bytes + v->offsets[i], v->offsets[i + 1] - v->offsets[i]};
}

/* The n values are base and more, but no more than base plus this. Not for PLAIN. */
uint64_t vector_most(const struct vector *v, uint32_t n);
/* All n values at once, widened: for inner loops that are shaped for one width. */
void vector_ints(const struct vector *v, uint32_t n, int64_t *out);
/* The same for codes. */
void vector_codes(const struct vector *v, uint32_t n, uint32_t *out);

/*
 * Decodes a batch payload of len bytes (a multiple of 8, aligned to 8) into vectors[0 .. n_columns), checking
 * every offset, width and code against the payload and against dictionaries[i] (for string columns). Sets
 * *rows. Errors: STATUS_INPUT naming what is wrong.
 */
int batch_decode(const uint8_t *payload, size_t len, const struct column *columns, size_t n_columns,
		 const struct strings *dictionaries, struct vector *vectors, uint32_t *rows) MUST_CHECK;

#endif
