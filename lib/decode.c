#include "decode.h"

#include "decimal.h"
#include "json.h"
#include "notes.h"
#include "timestamp.h"
#include "utf8.h"
#include "value_set.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

_Static_assert((int)DECODE_SLACK >= (int)JSON_SLACK && (int)DECODE_SLACK > (int)TIMESTAMP_FIXED &&
		   (int)DECODE_SLACK >= (int)VALUE_SET_SLACK,
	       "inner loops read beyond a line's end");

/* A field of the schema, made ready. The one behind the last stands for unknown keys and has no type. */
struct field {
	enum column_type type;
	bool required;
	bool null_allowed;
	bool measured; /* has a length to be kept */
	/* Numbers: the values that are allowed, in the column's units. */
	int64_t low, high;
	bool low_is_sharp, high_is_sharp; /* even a number that rounds to the bound must not pass it */
	/* The key as it is mostly written, `"name":`, 0 bytes when it cannot be: its first sixteen. */
	size_t key_len;
	uint64_t key[2], key_mask[2];
	char *written; /* all of it */
	struct value_set *allowed, *known;
	const struct schema_field *rule;
	char *missing, *bad; /* reasons */
};

/* What the line has for a field. */
struct slot {
	struct json_token token; /* of strings, once checked: what they mean */
	int64_t number;          /* the value, of other columns */
	bool is_read;            /* number has been read on the way */
};

struct decoder {
	const struct schema *schema;
	size_t n;
	struct field *fields; /* n + 1 */
	struct slot *slots;   /* n + 1 */
	uint32_t *next;       /* n + 1: the field that followed field i - 1 last time; 0 is the start */
	struct dictionary names;
	struct timestamp_cache dates;
	struct buffer scratch; /* what escaped strings of this line mean */
	struct json_token *unknown;
	size_t n_unknown, cap_unknown; /* keys of this line */
	struct notes notes;
	bool has_revenue;
};

/* Making a decoder. */

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

static int set_key(struct field *f, const char *name)
{
	char *written = joined("\"", name, "\":");
	char head[16] = {0};
	size_t len;

	if (written == NULL)
		return -1;
	f->written = written;
	for (const char *c = name; *c != '\0'; c++) {
		if (*c == '"' || *c == '\\' || (unsigned char)*c < 0x20)
			return 0;
	}
	len = f->key_len = strlen(written);
	memcpy(head, written, len < sizeof head ? len : sizeof head);
	f->key[0] = word_load(head);
	f->key[1] = word_load(head + 8);
	f->key_mask[0] = value_set_mask(len);
	f->key_mask[1] = value_set_mask(len < 8 ? 0 : len - 8);
	return 0;
}

static int field_init(struct field *f, const struct schema_field *rule)
{
	const char *name = rule->column->name;
	int result = 0;

	f->rule = rule;
	f->type = rule->column->type;
	f->required = rule->required;
	f->null_allowed = rule->null_allowed;
	f->measured = rule->min_length > 0 || rule->max_length < UINT64_MAX;
	set_range(f, rule);
	f->allowed = set_new(&rule->allowed, rule->has_allowed, &result);
	f->known = set_new(&rule->known, rule->has_known, &result);
	f->missing = joined("missing_", name, "");
	f->bad = joined("bad_", name, "");
	if (f->missing == NULL || f->bad == NULL || set_key(f, name) != 0)
		return -1;
	return result;
}

struct decoder *decoder_new(const struct schema *schema)
{
	struct decoder *d = calloc(1, sizeof *d);
	uint32_t code;

	if (d == NULL)
		goto no_memory;
	d->schema = schema;
	d->fields = calloc(schema->n + 1, sizeof *d->fields);
	d->slots = calloc(schema->n + 1, sizeof *d->slots);
	d->next = calloc(schema->n + 1, sizeof *d->next);
	if (d->fields == NULL || d->slots == NULL || d->next == NULL)
		goto no_memory;
	d->n = schema->n;
	d->has_revenue = schema->event_type >= 0 && schema->quantity >= 0 && schema->price >= 0;
	for (size_t i = 0; i < d->n; i++) {
		const char *name = schema->columns.items[i].name;

		d->next[i] = (uint32_t)i;
		if (field_init(&d->fields[i], &schema->fields[i]) != 0 ||
		    dictionary_code(&d->names, name, strlen(name), &code) != 0)
			goto fail;
	}
	return d;
no_memory:
	cause_memory();
fail:
	decoder_free(d);
	return NULL;
}

void decoder_free(struct decoder *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < d->n; i++) {
		struct field *f = &d->fields[i];

		free(f->allowed);
		free(f->known);
		free(f->missing);
		free(f->bad);
		free(f->written);
	}
	free(d->fields);
	free(d->slots);
	free(d->next);
	free(d->unknown);
	dictionary_free(&d->names);
	buffer_free(&d->scratch);
	notes_free(&d->notes);
	free(d);
}

/* Reading a line. */

/* What the string means, with VALUE_SET_SLACK bytes readable behind it; false when it is no text. scratch has
 * room for a whole line, and no string of a line is asked for twice. */
static bool unescape(struct decoder *d, struct json_token *token)
{
	char *out = (char *)d->scratch.data + d->scratch.len;
	size_t len;

	if (!json_unescape(token, out, &len))
		return false;
	token->data = out;
	token->len = len;
	token->escaped = false;
	d->scratch.len += len;
	return true;
}

/* The number of the field of that name, or n for a key that the schema does not know. */
static int find_field(struct decoder *d, const struct json_token *key, size_t *index)
{
	struct json_token name = *key;
	const size_t mark = d->scratch.len;
	uint32_t code;
	bool found;

	found =
	    (!name.escaped || unescape(d, &name)) && dictionary_find(&d->names, name.data, name.len, &code);
	d->scratch.len = mark;
	if (found) {
		*index = code;
		return 0;
	}
	*index = d->n;
	if (array_reserve(&d->unknown, &d->cap_unknown, d->n_unknown + 1, sizeof *d->unknown) != 0)
		return -1;
	d->unknown[d->n_unknown++] = *key;
	return 0;
}

/* Whether the key at p is the field's, as it is mostly written. */
static inline bool is_key(const struct field *f, const char *p, const char *end)
{
	if (f->key_len == 0 || (((word_load(p) ^ f->key[0]) & f->key_mask[0]) |
				((word_load(p + 8) ^ f->key[1]) & f->key_mask[1])) != 0)
		return false;
	return (size_t)(end - p) > f->key_len && (f->key_len <= 16 || memcmp(p, f->written, f->key_len) == 0);
}

/* The value of a field at p. Texts of the usual form are read at once, all others as the grammar has them. */
static inline const char *read_value(struct decoder *d, const struct field *f, struct slot *s, const char *p,
				     const char *end, const char **bad)
{
	uint32_t digits;
	unsigned places;
	size_t len;

	s->is_read = false;
	if (*p == '"' && f->type == COLUMN_TIMESTAMP) {
		len = timestamp_parse_fixed(&d->dates, p + 1, &s->number);
		if (len > 0 && p[len + 1] == '"' && (size_t)(end - p) >= len + 2) {
			s->token = (struct json_token){JSON_STRING, false, p + 1, len};
			s->is_read = true;
			return p + len + 2;
		}
	} else if (*p == 'n' && end - p >= 4 && memcmp(p, "null", 4) == 0) {
		s->token = (struct json_token){JSON_NULL, false, p, 4};
		return p + 4;
	} else if (*p >= '0' && *p <= '9' &&
		   (f->type == COLUMN_DECIMAL || f->type == COLUMN_INT32 || f->type == COLUMN_INT64)) {
		len = decimal_parse_short(p, &digits, &places);
		if (len > 0 && (size_t)(end - p) >= len && (f->type == COLUMN_DECIMAL || places == 0)) {
			s->token = (struct json_token){JSON_NUMBER, false, p, len};
			s->number = f->type == COLUMN_DECIMAL ? decimal_from_short(digits, places) : digits;
			s->is_read = true;
			return p + len;
		}
	}
	return json_value(p, end, &s->token, bad);
}

/*
 * All members of the object whose brace is before p, into the slots. Returns 1; 0 with *bad at what is not
 * JSON; -1 (memory). A line's keys mostly come in the order of the line before, so the next is guessed.
 */
static int read_members(struct decoder *d, const char *p, const char *end, const char **bad)
{
	size_t after = 0; /* place in d->next: one more than the number of the field before */

	p = json_space(p, end);
	if (p < end && *p == '}')
		goto closed;
	for (;;) {
		size_t index = d->next[after];

		if (is_key(&d->fields[index], p, end)) {
			p += d->fields[index].key_len;
			p += *p == ' ';
			p = json_space(p, end);
		} else {
			struct json_token key;

			p = json_key(p, end, &key, bad);
			if (p == NULL)
				return 0;
			if (find_field(d, &key, &index) != 0)
				return -1;
			if (index < d->n)
				d->next[after] = (uint32_t)index;
		}
		if (index < d->n)
			after = index + 1;
		if (p >= end)
			break;
		p = read_value(d, &d->fields[index], &d->slots[index], p, end, bad);
		if (p == NULL)
			return 0;
		p = json_space(p, end);
		if (p >= end)
			break;
		if (*p == '}')
			goto closed;
		if (*p != ',') {
			*bad = p;
			return 0;
		}
		p = json_space(p + 1, end);
	}
	*bad = end;
	return 0;
closed:
	*bad = json_space(p + 1, end);
	return *bad == end;
}

/* The same for the whole line: 1; 0 and *reason, *bad; -1. */
static int read_line(struct decoder *d, const char *line, const char *end, const char **reason,
		     const char **bad)
{
	const char *start = json_space(line, end), *wrong = line + utf8_check(line, (size_t)(end - line));
	struct json_token token;
	int result;

	*reason = "malformed_json";
	if (start < end && *start == '{') {
		result = read_members(d, start + 1, end, bad);
	} else {
		const char *p = json_value(start, end, &token, bad);

		result = 0;
		if (p != NULL) {
			*bad = json_space(p, end);
			if (*bad == end && wrong == end) {
				*reason = "not_an_object";
				*bad = start;
			}
		}
	}
	if (wrong < end && result >= 0) {
		if (result == 1 || wrong < *bad)
			*bad = wrong;
		return 0;
	}
	return result;
}

/* Checking the values. Each check is true when the value is good. */

static bool check_text(struct decoder *d, const struct field *f, struct slot *s)
{
	struct json_token *t = &s->token;

	if (t->kind != JSON_STRING || (t->escaped && !unescape(d, t)))
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

static bool check_timestamp(struct decoder *d, struct slot *s)
{
	struct json_token *t = &s->token;

	if (t->kind != JSON_STRING || (t->escaped && !unescape(d, t)))
		return false;
	return timestamp_parse(t->data, t->len, &s->number);
}

static bool check_number(const struct field *f, struct slot *s)
{
	enum decimal_exactness exactness;

	if (s->token.kind != JSON_NUMBER)
		return false;
	exactness = decimal_parse(s->token.data, s->token.len, f->type == COLUMN_DECIMAL ? DECIMAL_SCALE : 0,
				  &s->number);
	if (exactness == DECIMAL_RANGE || (exactness != DECIMAL_EXACT && f->type != COLUMN_DECIMAL))
		return false;
	if (s->number == f->low && f->low_is_sharp && exactness == DECIMAL_BELOW)
		return false;
	if (s->number == f->high && f->high_is_sharp && exactness == DECIMAL_ABOVE)
		return false;
	return s->number >= f->low && s->number <= f->high;
}

static bool check_float(const struct field *f, struct slot *s)
{
	const struct schema_field *r = f->rule;
	double value;

	if (s->token.kind != JSON_NUMBER)
		return false;
	/* The number ends at a byte that is no part of one: a comma, a bracket or a space. */
	value = strtod(s->token.data, NULL);
	if (!isfinite(value))
		return false;
	if (r->has_minimum && (r->exclusive_minimum ? value <= r->minimum_float : value < r->minimum_float))
		return false;
	if (r->has_maximum && (r->exclusive_maximum ? value >= r->maximum_float : value > r->maximum_float))
		return false;
	if (value == 0)
		value = 0; /* -0 is the same number */
	memcpy(&s->number, &value, sizeof value);
	return true;
}

/* NULL when the field is good; its slot then holds the value, or JSON_NONE for none. */
static inline const char *check_field(struct decoder *d, const struct field *f, struct slot *s)
{
	const enum json_kind kind = s->token.kind;
	bool good;

	if (kind == JSON_NONE || kind == JSON_NULL) {
		s->token.kind = JSON_NONE;
		if (f->required)
			return f->missing;
		return kind == JSON_NULL && !f->null_allowed ? f->bad : NULL;
	}
	if (f->required && kind == JSON_STRING && s->token.len == 0)
		return f->missing;
	if (s->is_read)
		return s->number >= f->low && s->number <= f->high ? NULL : f->bad;
	switch (f->type) {
	case COLUMN_STRING: good = check_text(d, f, s); break;
	case COLUMN_TIMESTAMP: good = check_timestamp(d, s); break;
	case COLUMN_FLOAT64: good = check_float(f, s); break;
	case COLUMN_BOOL:
		good = kind == JSON_TRUE || kind == JSON_FALSE;
		s->number = kind == JSON_TRUE;
		break;
	default: good = check_number(f, s); break;
	}
	return good ? NULL : f->bad;
}

/* Revenue is price times quantity, of purchases that have both, and must be a decimal too. */
static bool check_revenue(const struct decoder *d)
{
	const struct slot *type = &d->slots[d->schema->event_type], *price = &d->slots[d->schema->price],
			  *quantity = &d->slots[d->schema->quantity];
	int64_t revenue;

	if (type->token.len != 8 || memcmp(type->token.data, "purchase", 8) != 0)
		return true;
	return price->token.kind == JSON_NONE || quantity->token.kind == JSON_NONE ||
	       decimal_multiply(price->number, quantity->number, &revenue);
}

static void set_fault(struct decode_fault *fault, const char *reason, const char *field, const char *line,
		      const char *at)
{
	fault->reason = reason;
	fault->field = field;
	fault->column = at == NULL ? 0 : (size_t)(at - line) + 1;
}

/* Where the value begins: of a string its quote. NULL when it is absent. */
static const char *value_start(const struct json_token *token)
{
	return token->data == NULL ? NULL : token->data - (token->kind == JSON_STRING);
}

/* All fields, in schema order: true, or false and the fault. */
static bool check_fields(struct decoder *d, const char *line, struct decode_fault *fault)
{
	for (size_t i = 0; i < d->n; i++) {
		/* Checking moves a text that has escapes. */
		const char *at = value_start(&d->slots[i].token);
		const char *reason = check_field(d, &d->fields[i], &d->slots[i]);

		if (reason != NULL) {
			set_fault(fault, reason, d->schema->columns.items[i].name, line, at);
			return false;
		}
	}
	if (d->has_revenue && !check_revenue(d)) {
		set_fault(fault, "bad_revenue", "revenue", line,
			  value_start(&d->slots[d->schema->price].token));
		return false;
	}
	return true;
}

static int add_row(const struct decoder *d, struct builder *b)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct slot *s = &d->slots[i];
		struct builder_column *c = &b->columns[i];

		if (s->token.kind == JSON_NONE)
			builder_add_null(c);
		else if (d->fields[i].type != COLUMN_STRING)
			builder_add_int(c, s->number);
		else if (builder_add_text(b, c, s->token.data, s->token.len) != 0)
			return -1;
	}
	return 0;
}

/* Of a good line: keys that the schema does not have, values that it does not expect. */
static int take_notes(struct decoder *d, uint64_t number)
{
	for (size_t i = 0; i < d->n_unknown; i++) {
		struct json_token *key = &d->unknown[i];

		/* A key that is no text is called as it was written. */
		if (key->escaped)
			(void)unescape(d, key);
		if (notes_add(&d->notes, d->n, "", (struct text){key->data, key->len}, number) != 0)
			return -1;
	}
	for (size_t i = 0; i < d->n; i++) {
		const struct json_token *t = &d->slots[i].token;

		if (d->fields[i].known == NULL || t->kind == JSON_NONE ||
		    value_set_has(d->fields[i].known, t->data, t->len))
			continue;
		if (notes_add(&d->notes, i, d->schema->columns.items[i].name, (struct text){t->data, t->len},
			      number) != 0)
			return -1;
	}
	return 0;
}

int decode_line(struct decoder *d, const char *line, size_t len, uint64_t number, struct builder *b,
		struct decode_fault *fault)
{
	const char *reason, *bad;
	int result;

	d->n_unknown = 0;
	buffer_clear(&d->scratch);
	if (buffer_reserve(&d->scratch, len + DECODE_SLACK) != 0)
		return -1;
	for (size_t i = 0; i < d->n; i++) {
		d->slots[i].token.kind = JSON_NONE;
		d->slots[i].token.data = NULL;
	}
	result = read_line(d, line, line + len, &reason, &bad);
	if (result == 0)
		set_fault(fault, reason, "", line, bad);
	if (result != 1)
		return result;
	if (!check_fields(d, line, fault))
		return 0;
	return add_row(d, b) != 0 || take_notes(d, number) != 0 ? -1 : 1;
}

size_t decoder_notes(const struct decoder *d, const struct decode_note **notes)
{
	*notes = notes_all(&d->notes);
	return d->notes.n;
}

void decoder_notes_clear(struct decoder *d)
{
	notes_clear(&d->notes);
}
