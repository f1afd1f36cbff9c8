/*
 * survey_value -- the values of one field, as they come by: counted by type, measured, and about how many
 * differ.
 *
 * What it says of the values depends on which they are, not on their order, but for examples and places,
 * which are of the first.
 */
#ifndef EV_SURVEY_VALUE_H
#define EV_SURVEY_VALUE_H

#include "base/json.h"
#include "base/timestamp.h"
#include "column/dictionary.h"
#include "column/sketch.h"

enum survey_type {
	SURVEY_NULL,
	SURVEY_STRING,
	SURVEY_INTEGER, /* written without a fraction and an exponent */
	SURVEY_NUMBER,
	SURVEY_BOOLEAN,
	SURVEY_OBJECT,
	SURVEY_ARRAY,
	SURVEY_TYPES,
};

struct survey_place {
	uint64_t line; /* from 1; 0: nowhere */
	uint32_t source;
};

/* A text as it was, or its beginning. */
enum { SURVEY_TEXT = 64 };
struct survey_text {
	char bytes[SURVEY_TEXT];
	uint32_t len;
	bool is_cut;
};
void survey_text_set(struct survey_text *t, struct text text);

/* How many numbers fit what, and the least and the greatest. */
struct survey_numbers {
	uint64_t n;
	uint64_t n_whole;   /* int64, exactly */
	uint64_t n_decimal; /* decimal, exactly */
	uint64_t n_finite;  /* float64 */
	double low_value, high_value;
	struct survey_text low, high;
};

enum { SURVEY_EXAMPLES = 32 };

/* {0} has seen nothing. */
struct survey_value {
	uint64_t rows[SURVEY_TYPES];
	struct survey_place first[SURVEY_TYPES];
	/* Strings. */
	uint64_t n_bad;                        /* no text: a lone surrogate, or U+0000 */
	uint64_t n_empty, n_times, n_numerals; /* "", timestamps, numbers */
	struct survey_text least, greatest;
	int64_t first_us, last_us; /* of the timestamps */
	struct survey_numbers numbers, numerals;
	struct sketch distinct; /* of strings, numbers and booleans */
	/* The first that differ, as long as none is longer than SURVEY_TEXT: texts, or JSON. */
	struct strings examples;
	bool is_text[SURVEY_EXAMPLES];
	bool is_complete; /* these are all there have been */
	struct timestamp_cache dates;
};

void survey_value_begin(struct survey_value *v);
void survey_value_free(struct survey_value *v);
/* One more, from a line with DECODE_SLACK bytes behind it. scratch has room for what it means. */
int survey_value_add(struct survey_value *v, const struct json_token *token, struct survey_place place,
		     struct buffer *scratch) MUST_CHECK;
/* "null", "string", ...: as JSON Schema has them. */
const char *survey_type_name(enum survey_type type);
enum survey_type survey_type_of(const struct json_token *token);
/* All but nulls. */
uint64_t survey_value_rows(const struct survey_value *v);

#endif
