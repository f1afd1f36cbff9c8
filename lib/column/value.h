/*
 * value -- one value of Gold: a dimension, an aggregate, an output column; and keys, which are the dimensions
 * of a group as bytes.
 *
 * A key is, for each dimension in order: a byte KEY_NULL alone, or KEY_NUMBER and 8 bytes little endian, or
 * KEY_TEXT, a length of 4 bytes little endian and the bytes. Equal dimensions, equal keys, on every machine.
 * A number is what the batch holds (microseconds, an integer, 0 or 1), but a decimal or float64 is the bits
 * of the double that Gold shows, -0 being 0: so groups differ exactly where their rows differ.
 */
#ifndef EV_VALUE_H
#define EV_VALUE_H

#include "base/buffer.h"
#include "base/decimal.h"
#include "base/timestamp.h"
#include "column/column.h"
#include "column/dictionary.h"

enum value_kind { VALUE_NULL, VALUE_INTEGER, VALUE_REAL, VALUE_TEXT };

struct value {
	enum value_kind kind;
	decimal_sum integer;
	double real;
	struct text text;          /* borrowed; data is NULL when it lies in time */
	char time[TIMESTAMP_TEXT]; /* a timestamp as Gold shows it */
};

/* What Gold shows of a number of that type, as it is in a batch. */
struct value value_of_number(enum column_type type, int64_t number);
struct value value_of_text(struct text text);
/* The text of a VALUE_TEXT, wherever it lies. */
struct text value_text(const struct value *v);

/* Byte by byte, as memcmp has it; a text is less than any that it begins. */
static inline int text_order(struct text a, struct text b)
{
	const size_t len = a.len < b.len ? a.len : b.len;
	const int order = len == 0 ? 0 : memcmp(a.data, b.data, len);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/* The bits of a double, and back. */
static inline int64_t value_bits(double d)
{
	int64_t bits;

	memcpy(&bits, &d, sizeof bits);
	return bits;
}

static inline double value_double(int64_t bits)
{
	double d;

	memcpy(&d, &bits, sizeof d);
	return d;
}

enum { KEY_NULL = 0, KEY_NUMBER = 1, KEY_TEXT = 2 };

int key_add_null(struct buffer *key) MUST_CHECK;
int key_add_number(struct buffer *key, enum column_type type, int64_t number) MUST_CHECK;
int key_add_text(struct buffer *key, struct text text) MUST_CHECK;
/* The dimension at *at, which moves on: 0, or -1 without a cause when the bytes are no key. */
int key_next(const uint8_t **at, const uint8_t *end, enum column_type type, struct value *v) MUST_CHECK;
/* The same, whatever it is. */
int key_skip(const uint8_t **at, const uint8_t *end, enum column_type type) MUST_CHECK;

/* Fields of 8 bytes, little endian: 0, or -1 without a cause when there are not so many. */
int field_add(struct buffer *to, uint64_t value) MUST_CHECK;
int field_next(const uint8_t **at, const uint8_t *end, uint64_t *value) MUST_CHECK;

#endif
