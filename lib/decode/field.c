#include "decode/field.h"

#include "base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

_Static_assert((int)FIELD_SLACK >= (int)JSON_SLACK && (int)FIELD_SLACK > (int)TIMESTAMP_FIXED &&
		   (int)FIELD_SLACK >= (int)VALUE_SET_SLACK && (int)FIELD_SLACK >= (int)CELLS_PADDED,
	       "inner loops read beyond a line's end");

static char *joined(const char *a, const char *b, const char *c)
{
	size_t len = strlen(a) + strlen(b) + strlen(c) + 1;
	char *text = malloc(len);

	if (text == NULL)
		cause_memory();
	else
		snprintf(text, len, "%s%s%s", a, b, c);
	return text;
}

static struct value_set *set_new(const struct dictionary *values, bool given, int *result)
{
	struct value_set *set = given ? calloc(1, sizeof *set) : NULL;

	if (set != NULL)
		set->values = values;
	else if (given)
		*result = cause_memory();
	return set;
}

static void set_range(struct field *f, const struct schema_field *rule)
{
	bool is_empty = false;

	switch (f->type) {
	case COLUMN_INT32: f->low = INT32_MIN, f->high = INT32_MAX; break;
	case COLUMN_DECIMAL: f->low = 1 - DECIMAL_LIMIT, f->high = DECIMAL_LIMIT - 1; break;
	case COLUMN_TIMESTAMP: f->low = TIMESTAMP_MIN, f->high = TIMESTAMP_MAX; break;
	default: f->low = INT64_MIN, f->high = INT64_MAX; break;
	}
	if (rule->has_minimum && rule->minimum >= f->low) {
		f->low = rule->minimum;
		f->low_is_sharp = !rule->exclusive_minimum;
	}
	if (rule->has_maximum && rule->maximum <= f->high) {
		f->high = rule->maximum;
		f->high_is_sharp = !rule->exclusive_maximum;
	}
	/* An exclusive bound is the neighbour, where there is one. */
	if (rule->has_minimum && rule->exclusive_minimum && f->low == rule->minimum) {
		is_empty |= f->low == INT64_MAX;
		f->low += !is_empty;
	}
	if (rule->has_maximum && rule->exclusive_maximum && f->high == rule->maximum) {
		is_empty |= f->high == INT64_MIN;
		f->high -= !is_empty;
	}
	if (is_empty)
		f->low = 1, f->high = 0;
}

static enum field_way way_of(const struct schema_field *rule)
{
	switch (rule->column->type) {
	case COLUMN_STRING:
		if (rule->min_length > 1 || rule->max_length < UINT64_MAX || rule->has_allowed)
			return FIELD_SLOW;
		return rule->null_allowed && !rule->required ? FIELD_TEXT_OR_NULL : FIELD_TEXT;
	case COLUMN_TIMESTAMP: return rule->is_epoch ? FIELD_EPOCH : FIELD_DATE;
	case COLUMN_INT32:
	case COLUMN_INT64:
	case COLUMN_DECIMAL: return FIELD_NUMBER;
	default: return FIELD_SLOW;
	}
}

int field_init(struct field *f, const struct schema_field *rule)
{
	const char *name = rule->column->name;
	int result = 0;

	f->rule = rule;
	timestamp_cache_begin(&f->dates);
	f->type = rule->column->type;
	f->way = way_of(rule);
	f->is_whole = rule->is_whole;
	f->is_lenient = rule->is_lenient;
	f->one = 1;
	for (unsigned i = 0; i < rule->scale; i++)
		f->one *= 10;
	f->units[0] = f->one;
	for (unsigned i = 1; i <= rule->scale && i < DECIMAL_SHORT_MAX && !f->is_whole; i++)
		f->units[i] = f->units[i - 1] / 10;
	f->required = rule->required;
	f->null_allowed = rule->null_allowed;
	f->null_is_good = rule->null_allowed && !rule->required;
	f->null_kind = f->null_is_good ? JSON_NONE : JSON_NULL;
	f->measured = rule->min_length > 0 || rule->max_length < UINT64_MAX;
	set_range(f, rule);
	f->allowed = set_new(&rule->allowed, rule->has_allowed, &result);
	f->known = set_new(&rule->known, rule->has_known, &result);
	f->missing = joined("missing_", name, "");
	f->bad = joined("bad_", name, "");
	if (f->missing == NULL || f->bad == NULL)
		return -1;
	return result;
}

void field_free(struct field *f)
{
	free(f->allowed);
	free(f->known);
	free(f->missing);
	free(f->bad);
}

bool field_glue_set(struct field_glue *glue, const char *from, const char *to)
{
	const size_t len = (size_t)(to - from);

	if (len > sizeof glue->bytes)
		return false;
	*glue = (struct field_glue){.len = (uint32_t)len};
	memcpy(glue->bytes, from, len);
	glue->head = len >= FIELD_GLUE_HEAD ? UINT32_MAX : ((uint32_t)1 << len) - 1;
	return true;
}

bool field_unescape(struct json_token *token, struct buffer *scratch)
{
	char *out = (char *)scratch->data + scratch->len;
	size_t len;

	if (!json_unescape(token, out, &len))
		return false;
	token->data = out;
	token->len = len;
	token->escaped = false;
	scratch->len += len;
	return true;
}

/* Each check is true when the value is good. */

static bool check_text(struct field *f, struct buffer *scratch)
{
	struct json_token *t = &f->token;

	if (t->kind != JSON_STRING || (t->escaped && !field_unescape(t, scratch)))
		return false;
	if (f->measured) {
		/* Code points are at most the bytes, so a short text need not be counted. */
		if (t->len < f->rule->min_length ||
		    (f->rule->min_length > 1 && utf8_count(t->data, t->len) < f->rule->min_length))
			return false;
		if (t->len > f->rule->max_length && utf8_count(t->data, t->len) > f->rule->max_length)
			return false;
	}
	return f->allowed == NULL || value_set_has(f->allowed, t->data, t->len);
}

static bool check_timestamp(struct field *f, struct buffer *scratch)
{
	struct json_token *t = &f->token;

	if (t->kind != JSON_STRING || (t->escaped && !field_unescape(t, scratch)))
		return false;
	return timestamp_parse(t->data, t->len, &f->number);
}

static bool check_number(struct field *f)
{
	enum decimal_exactness exactness;

	if (f->token.kind != JSON_NUMBER)
		return false;
	exactness = decimal_parse(f->token.data, f->token.len, f->rule->scale, &f->number);
	if (exactness == DECIMAL_RANGE)
		return false;
	if (f->is_whole && (exactness != DECIMAL_EXACT || f->number % f->one != 0))
		return false;
	/* A moment is cut to microseconds, as it is in texts. */
	if (f->way == FIELD_EPOCH) {
		f->number -= exactness == DECIMAL_BELOW;
		exactness = DECIMAL_EXACT;
	}
	if (f->number == f->low && f->low_is_sharp && exactness == DECIMAL_BELOW)
		return false;
	if (f->number == f->high && f->high_is_sharp && exactness == DECIMAL_ABOVE)
		return false;
	return f->number >= f->low && f->number <= f->high;
}

static bool check_float(struct field *f)
{
	const struct schema_field *r = f->rule;
	double value;

	if (f->token.kind != JSON_NUMBER)
		return false;
	/* The number ends at a byte that is no part of one: a comma, a bracket or a space. */
	value = strtod(f->token.data, NULL);
	if (!isfinite(value) || (f->is_whole && value != trunc(value)))
		return false;
	if (r->has_minimum && (r->exclusive_minimum ? value <= r->minimum_float : value < r->minimum_float))
		return false;
	if (r->has_maximum && (r->exclusive_maximum ? value >= r->maximum_float : value > r->maximum_float))
		return false;
	if (value == 0)
		value = 0; /* -0 is the same number */
	memcpy(&f->number, &value, sizeof value);
	return true;
}

/* A number that stands in a string becomes a token of its own, and an empty one none. */
static bool take_quoted(struct field *f, struct buffer *scratch)
{
	struct json_token *t = &f->token;
	const char *end, *bad;

	if (t->escaped) {
		if (!field_unescape(t, scratch))
			return false;
		/* An escape is longer than what it means, so there is room for an end. */
		scratch->data[scratch->len++] = '\0';
	}
	end = t->data + t->len;
	if (t->len == 0)
		t->kind = JSON_NONE;
	return t->len == 0 || json_number(t->data, end, t, &bad) == end;
}

const char *field_check(struct field *f, struct buffer *scratch)
{
	enum json_kind kind = f->token.kind;
	bool good;

	if (f->is_lenient && kind == JSON_STRING) {
		if (!take_quoted(f, scratch))
			return f->bad;
		kind = f->token.kind;
	}
	if (kind == JSON_NONE || kind == JSON_NULL) {
		f->token.kind = JSON_NONE;
		if (f->required)
			return f->missing;
		return kind == JSON_NULL && !f->null_allowed ? f->bad : NULL;
	}
	if (f->required && kind == JSON_STRING && f->token.len == 0)
		return f->missing;
	switch (f->type) {
	case COLUMN_STRING: good = check_text(f, scratch); break;
	case COLUMN_TIMESTAMP:
		good = f->way == FIELD_EPOCH ? check_number(f) : check_timestamp(f, scratch);
		break;
	case COLUMN_FLOAT64: good = check_float(f); break;
	case COLUMN_BOOL:
		good = kind == JSON_TRUE || kind == JSON_FALSE;
		f->number = kind == JSON_TRUE;
		break;
	default: good = check_number(f); break;
	}
	return good ? NULL : f->bad;
}

void field_keep(struct field *f, uint32_t row)
{
	static const char nothing[CELLS_PADDED];
	const bool is_there = f->token.kind != JSON_NONE;

	if (f->type != COLUMN_STRING)
		cells_keep_number(&f->cells, row, is_there ? f->number : 0, is_there);
	else if (is_there)
		cells_keep_text(&f->cells, row, f->token.data, f->token.len, true);
	else
		cells_keep_text(&f->cells, row, nothing, 0, false);
}
