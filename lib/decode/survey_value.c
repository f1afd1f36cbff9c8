#include "decode/survey_value.h"

#include "base/decimal.h"
#include "base/utf8.h"
#include "column/column.h"
#include "column/value.h"

#include <math.h>
#include <stdlib.h>

const char *survey_type_name(enum survey_type type)
{
	static const char *const names[SURVEY_TYPES] = {"null",    "string", "integer", "number",
							"boolean", "object", "array"};

	return names[type];
}

uint64_t survey_value_rows(const struct survey_value *v)
{
	uint64_t n = 0;

	for (int i = SURVEY_NULL + 1; i < SURVEY_TYPES; i++)
		n += v->rows[i];
	return n;
}

void survey_value_begin(struct survey_value *v)
{
	*v = (struct survey_value){.is_complete = true};
	timestamp_cache_begin(&v->dates);
}

void survey_value_free(struct survey_value *v)
{
	sketch_free(&v->distinct);
	strings_free(&v->examples);
}

void survey_text_set(struct survey_text *t, struct text text)
{
	t->is_cut = text.len > SURVEY_TEXT;
	t->len = (uint32_t)(t->is_cut ? utf8_cut(text.data, text.len, SURVEY_TEXT) : text.len);
	memcpy(t->bytes, text.data, t->len);
}

/* The order of a text against one that is kept, as far as that goes. */
static int compare(struct text text, const struct survey_text *kept)
{
	return text_order(text, (struct text){kept->bytes, kept->len});
}

/* --- numbers ---------------------------------------------------------------------------------------------
 */

/* A number, and how it can be kept. */
struct number {
	struct text text;
	double value;
	bool is_whole, is_decimal;
	uint64_t id; /* the same for the same number, as long as that is a decimal or a double */
};

/* The usual ones at once; 8 bytes behind the text are readable. */
static struct number read_number(struct text text)
{
	static const int64_t weights[DECIMAL_SCALE + 1] = {1000000, 100000, 10000, 1000, 100, 10, 1};
	struct number number = {.text = text};
	uint32_t digits = 0;
	unsigned places = 0;
	int64_t millionths, whole;

	if (decimal_parse_short(text.data, &digits, &places) == text.len && places <= DECIMAL_SCALE) {
		millionths = digits * weights[places];
		number.is_decimal = true;
	} else {
		number.is_decimal =
		    decimal_parse(text.data, text.len, DECIMAL_SCALE, &millionths) == DECIMAL_EXACT &&
		    millionths > -DECIMAL_LIMIT && millionths < DECIMAL_LIMIT;
	}
	if (number.is_decimal) {
		number.is_whole = millionths % DECIMAL_ONE == 0;
		number.value = (double)millionths / (double)DECIMAL_ONE;
		number.id = hash64(&millionths, sizeof millionths);
		return number;
	}
	/* The text ends at a byte that is no part of a number. */
	number.is_whole = decimal_parse(text.data, text.len, 0, &whole) == DECIMAL_EXACT;
	number.value = strtod(text.data, NULL);
	number.id =
	    number.is_whole ? hash64(&whole, sizeof whole) : hash64(&number.value, sizeof number.value);
	return number;
}

static void count_number(struct survey_numbers *n, const struct number *number)
{
	const bool is_first = n->n == 0;

	n->n++;
	n->n_whole += number->is_whole;
	n->n_decimal += number->is_decimal;
	n->n_finite += isfinite(number->value) != 0;
	if (is_first || number->value < n->low_value) {
		n->low_value = number->value;
		survey_text_set(&n->low, number->text);
	}
	if (is_first || number->value > n->high_value) {
		n->high_value = number->value;
		survey_text_set(&n->high, number->text);
	}
}

/* --- strings ---------------------------------------------------------------------------------------------
 */

/* Whether it is a timestamp. */
static bool take_time(struct survey_value *v, struct text text)
{
	int64_t us;

	if (text.len < sizeof "2025-12-07T03:55" - 1 || text.data[4] != '-')
		return false;
	if (timestamp_parse_fixed(&v->dates, text.data, &us) != text.len &&
	    !timestamp_parse(text.data, text.len, &us))
		return false;
	if (v->n_times == 0)
		v->first_us = v->last_us = us;
	v->first_us = us < v->first_us ? us : v->first_us;
	v->last_us = us > v->last_us ? us : v->last_us;
	v->n_times++;
	return true;
}

/* A number in a string, and nothing beside it. The text is followed by its quote, or by zeros. */
static void take_numeral(struct survey_value *v, struct text text)
{
	struct json_token token;
	const char *bad;
	struct number number;

	if (text.data[0] != '-' && (text.data[0] < '0' || text.data[0] > '9'))
		return;
	if (json_number(text.data, text.data + text.len, &token, &bad) == NULL || token.len != text.len)
		return;
	number = read_number(text);
	v->n_numerals++;
	count_number(&v->numerals, &number);
}

static void measure_text(struct survey_value *v, struct text text)
{
	const bool is_first = v->rows[SURVEY_STRING] - v->n_bad == 1;

	if (is_first || compare(text, &v->least) < 0)
		survey_text_set(&v->least, text);
	if (is_first || compare(text, &v->greatest) > 0)
		survey_text_set(&v->greatest, text);
}

/* --- all values ------------------------------------------------------------------------------------------
 */

static int keep_example(struct survey_value *v, struct text text, bool is_text)
{
	if (text.len > SURVEY_TEXT || v->examples.n == SURVEY_EXAMPLES) {
		v->is_complete = false;
		return 0;
	}
	v->is_text[v->examples.n] = is_text;
	return strings_add(&v->examples, text.data, text.len);
}

/* What the string means. */
static int take_text(struct survey_value *v, struct text text)
{
	const int is_new = sketch_add(&v->distinct, hash64(text.data, text.len));

	if (is_new < 0)
		return -1;
	if (text.len == 0)
		v->n_empty++;
	else if (!take_time(v, text))
		take_numeral(v, text);
	/* One that has been there before is no extreme. */
	if (is_new || !sketch_is_exact(&v->distinct))
		measure_text(v, text);
	return is_new ? keep_example(v, text, true) : 0;
}

static int take_string(struct survey_value *v, const struct json_token *token, struct buffer *scratch)
{
	char *out = (char *)scratch->data;
	size_t len;

	if (!token->escaped)
		return take_text(v, (struct text){token->data, token->len});
	if (!json_unescape(token, out, &len)) {
		v->n_bad++;
		v->is_complete = false;
		return 0;
	}
	memset(out + len, 0, TIMESTAMP_FIXED);
	return take_text(v, (struct text){out, len});
}

static int take_number(struct survey_value *v, struct text text)
{
	const struct number number = read_number(text);
	const int is_new = sketch_add(&v->distinct, number.id);

	if (is_new < 0)
		return -1;
	count_number(&v->numbers, &number);
	return is_new ? keep_example(v, text, false) : 0;
}

static int take_boolean(struct survey_value *v, struct text text)
{
	const int is_new = sketch_add(&v->distinct, hash64(text.data, text.len));

	return is_new > 0 ? keep_example(v, text, false) : is_new;
}

enum survey_type survey_type_of(const struct json_token *token)
{
	switch (token->kind) {
	case JSON_STRING: return SURVEY_STRING;
	case JSON_TRUE:
	case JSON_FALSE: return SURVEY_BOOLEAN;
	case JSON_ARRAY: return SURVEY_ARRAY;
	case JSON_OBJECT: return SURVEY_OBJECT;
	case JSON_NUMBER:
		for (size_t i = 0; i < token->len; i++) {
			if (token->data[i] == '.' || token->data[i] == 'e' || token->data[i] == 'E')
				return SURVEY_NUMBER;
		}
		return SURVEY_INTEGER;
	default: return SURVEY_NULL;
	}
}

int survey_value_add(struct survey_value *v, const struct json_token *token, struct survey_place place,
		     struct buffer *scratch)
{
	const enum survey_type type = survey_type_of(token);
	const struct text text = {token->data, token->len};

	if (v->rows[type]++ == 0)
		v->first[type] = place;
	switch (type) {
	case SURVEY_STRING: return take_string(v, token, scratch);
	case SURVEY_INTEGER:
	case SURVEY_NUMBER: return take_number(v, text);
	case SURVEY_BOOLEAN: return take_boolean(v, text);
	default: return 0;
	}
}
