/*
 * slow_event -- what becomes of a line by the rules of evlake(7), and by schemas/event.json or
 * t/data/shape.json: its row, or "reason field column". One byte after another, a call for each value; JSON
 * as RFC 8259 has it, made into a tree.
 */
#ifndef EV_SLOW_EVENT_H
#define EV_SLOW_EVENT_H

#include "slow.h"

enum { SLOW_DEPTH = 1024, SLOW_FIELDS = 9, SLOW_PATH = 3 };

enum slow_kind { SLOW_ABSENT, SLOW_NULL, SLOW_NUMBER, SLOW_STRING, SLOW_OBJECT, SLOW_OTHER };

struct slow_value {
	enum slow_kind kind;
	size_t start, end;          /* in the line */
	char *text;                 /* of a string what it means; NULL when it is no text */
	struct slow_member *member; /* of an object the last one */
};

struct slow_member {
	char *key; /* NULL when it is no text */
	struct slow_value value;
	struct slow_member *before;
};

static inline void slow_free(struct slow_value *v)
{
	while (v->member != NULL) {
		struct slow_member *m = v->member;

		v->member = m->before;
		slow_free(&m->value);
		free(m->key);
		free(m);
	}
	free(v->text);
	*v = (struct slow_value){0};
}

struct slow_json {
	const char *line;
	size_t len, at; /* after a failure: of the first byte that is not JSON */
};

static inline int slow_peek(const struct slow_json *j)
{
	return j->at < j->len ? (unsigned char)j->line[j->at] : -1;
}

static inline bool slow_take(struct slow_json *j, int c)
{
	const bool is = slow_peek(j) == c;

	j->at += is;
	return is;
}

static inline void slow_space(struct slow_json *j)
{
	while (slow_take(j, ' ') || slow_take(j, '\t') || slow_take(j, '\n') || slow_take(j, '\r'))
		continue;
}

static inline bool slow_hex4(struct slow_json *j, uint32_t *value)
{
	*value = 0;
	for (int i = 0; i < 4; i++, j->at++) {
		const char *digits = "0123456789abcdef0123456789ABCDEF";
		const int c = slow_peek(j);
		const char *found = c > 0 ? strchr(digits, c) : NULL;

		if (found == NULL)
			return false;
		*value = *value * 16 + (uint32_t)(found - digits) % 16;
	}
	return true;
}

static inline void slow_put(char **out, uint32_t code)
{
	char *p = *out;

	if (code < 0x80) {
		*p++ = (char)code;
	} else if (code < 0x800) {
		*p++ = (char)(0xc0 | code >> 6);
		*p++ = (char)(0x80 | (code & 63));
	} else {
		if (code < 0x10000) {
			*p++ = (char)(0xe0 | code >> 12);
		} else {
			*p++ = (char)(0xf0 | code >> 18);
			*p++ = (char)(0x80 | (code >> 12 & 63));
		}
		*p++ = (char)(0x80 | (code >> 6 & 63));
		*p++ = (char)(0x80 | (code & 63));
	}
	*out = p;
}

/* A string, at its quote. *text is what it means, the caller's; NULL when it is no text. False: not JSON. */
static inline bool slow_string(struct slow_json *j, char **text)
{
	char *const start = calloc(1, j->len + 8), *out = start;
	uint32_t code, high = 0; /* the first half of a pair, waiting for the second */
	bool is_text = true;

	*text = NULL;
	if (!slow_take(j, '"'))
		goto bad;
	while (slow_peek(j) != '"') {
		const int c = slow_peek(j);
		const char *from = "\"\\/bfnrt", *to = "\"\\/\b\f\n\r\t";

		if (c < 0x20)
			goto bad;
		j->at++;
		if (c != '\\' || slow_peek(j) != 'u') {
			is_text &= high == 0;
			high = 0;
		}
		if (c != '\\') {
			*out++ = (char)c;
		} else if (slow_take(j, 'u')) {
			if (!slow_hex4(j, &code))
				goto bad;
			const bool is_high = code >= 0xd800 && code < 0xdc00,
				   is_low = code >= 0xdc00 && code < 0xe000;

			is_text &= code != 0 && is_low == (high != 0);
			if (is_low)
				code = 0x10000 + (high - 0xd800) * 1024 + (code - 0xdc00);
			high = is_high ? code : 0;
			if (is_text && !is_high)
				slow_put(&out, code);
		} else {
			const char *found = slow_peek(j) > 0 ? strchr(from, slow_peek(j)) : NULL;

			if (found == NULL)
				goto bad;
			*out++ = to[found - from];
			j->at++;
		}
	}
	j->at++;
	if (is_text && high == 0)
		*text = start;
	else
		free(start);
	return true;
bad:
	free(start);
	return false;
}

static inline bool slow_some_digits(struct slow_json *j)
{
	const size_t start = j->at;

	while (slow_peek(j) >= '0' && slow_peek(j) <= '9')
		j->at++;
	return j->at > start;
}

static inline bool slow_number(struct slow_json *j)
{
	slow_take(j, '-');
	if (!slow_take(j, '0') && !slow_some_digits(j))
		return false;
	if (slow_take(j, '.') && !slow_some_digits(j))
		return false;
	if (slow_take(j, 'e') || slow_take(j, 'E')) {
		if (!slow_take(j, '+'))
			slow_take(j, '-');
		return slow_some_digits(j);
	}
	return true;
}

static inline bool slow_word(struct slow_json *j, const char *word)
{
	while (*word != '\0' && slow_take(j, *word))
		word++;
	return *word == '\0';
}

/* A key and the colon behind it. */
static inline bool slow_key(struct slow_json *j, char **key)
{
	if (!slow_string(j, key))
		return false;
	slow_space(j);
	if (slow_take(j, ':')) {
		slow_space(j);
		return true;
	}
	free(*key);
	*key = NULL;
	return false;
}

static inline bool slow_value(struct slow_json *j, int depth, struct slow_value *v);

/* An array or object that is open, up to its bracket: the members of an object are kept. */
static inline bool slow_inside(struct slow_json *j, int depth, struct slow_value *v)
{
	const bool is_object = v->kind == SLOW_OBJECT;
	const int close = is_object ? '}' : ']';

	slow_space(j);
	if (slow_take(j, close))
		return true;
	for (;;) {
		struct slow_member *m = calloc(1, sizeof *m);
		const bool good = (!is_object || slow_key(j, &m->key)) && slow_value(j, depth, &m->value);

		m->before = v->member;
		v->member = m;
		if (!good)
			return false;
		slow_space(j);
		if (slow_take(j, close))
			return true;
		if (!slow_take(j, ','))
			return false;
		slow_space(j);
	}
}

/* Within depth others. What of it there is has to be freed, whether it is good or not. */
static inline bool slow_value(struct slow_json *j, int depth, struct slow_value *v)
{
	const int c = slow_peek(j);
	bool good;

	*v = (struct slow_value){.kind = SLOW_OTHER, .start = j->at};
	switch (c) {
	case '"':
		v->kind = SLOW_STRING;
		good = slow_string(j, &v->text);
		break;
	case '{':
	case '[':
		if (depth > SLOW_DEPTH)
			return false;
		j->at++;
		v->kind = c == '{' ? SLOW_OBJECT : SLOW_OTHER;
		good = slow_inside(j, depth + 1, v);
		break;
	case 't': good = slow_word(j, "true"); break;
	case 'f': good = slow_word(j, "false"); break;
	case 'n':
		v->kind = SLOW_NULL;
		good = slow_word(j, "null");
		break;
	default: v->kind = SLOW_NUMBER; good = slow_number(j);
	}
	v->end = j->at;
	return good;
}

/* Nine fields, in the order of the schema. */
struct slow_field {
	const char *name;
	char type; /* t timestamp, m milliseconds, s string, q quantity, p price, l a price that may be quoted
		    */
	bool required;
	const char *path[SLOW_PATH]; /* NULL behind the last key */
};

static const struct slow_field slow_event[SLOW_FIELDS] = {
    {"timestamp", 't', true, {"timestamp"}},
    {"user_id", 's', true, {"user_id"}},
    {"session_id", 's', true, {"session_id"}},
    {"event_type", 's', true, {"event_type"}},
    {"product_id", 's', false, {"product_id"}},
    {"quantity", 'q', false, {"quantity"}},
    {"price", 'p', false, {"price"}},
    {"category", 's', false, {"category"}},
    {"search_query", 's', false, {"search_query"}},
};

static const struct slow_field slow_shape[SLOW_FIELDS] = {
    {"timestamp", 'm', true, {"context", "sentAt"}},
    {"user_id", 's', true, {"context", "user", "id"}},
    {"session_id", 's', true, {"context", "user", "session"}},
    {"event_type", 's', true, {"event"}},
    {"product_id", 's', false, {"properties", "product", "sku"}},
    {"quantity", 'q', false, {"properties", "count"}},
    {"price", 'l', false, {"properties", "product", "cost"}},
    {"category", 's', false, {"properties", "product", "group"}},
    {"search_query", 's', false, {"properties", "search_query"}},
};

/* What a path leads to. Where it ends at something that is no object, that is it, and wrong. */
static inline struct slow_value slow_find(const struct slow_value *object, const char *const *path, int n)
{
	const struct slow_member *m = object->member;
	struct slow_value found = {0};

	while (m != NULL && (m->key == NULL || strcmp(m->key, path[0]) != 0))
		m = m->before;
	if (m == NULL)
		return found;
	if (n == 1 || path[1] == NULL)
		return m->value;
	if (m->value.kind == SLOW_OBJECT)
		return slow_find(&m->value, path + 1, n - 1);
	if (m->value.kind == SLOW_NULL)
		return found;
	found = m->value;
	found.kind = SLOW_OTHER;
	return found;
}

/* A number that stands in a string becomes one, an empty string none. */
static inline void slow_unquote(struct slow_value *v, const char **line)
{
	struct slow_json j = {v->text, v->text != NULL ? strlen(v->text) : 0, 0};

	if (v->kind != SLOW_STRING || v->text == NULL)
		return;
	if (j.len == 0) {
		v->kind = SLOW_NULL;
	} else if (slow_number(&j) && j.at == j.len) {
		v->kind = SLOW_NUMBER;
		v->start = 0;
		v->end = j.len;
		*line = v->text;
	}
}

/* The time of a whole number of milliseconds. */
static inline bool slow_milliseconds(const char *text, size_t len, int64_t *number)
{
	const int64_t first = INT64_C(-62135596800), end = INT64_C(253402300800);

	if (slow_decimal(text, len, 0, number) != SLOW_EXACT || *number < first * 1000 ||
	    *number >= end * 1000)
		return false;
	*number *= 1000;
	return true;
}

/* Whether the value is good for the field; its number, if it is one. */
static inline bool slow_is_good(const char *line, char type, struct slow_value v, int64_t *number)
{
	enum slow_exactness exactness;

	*number = 0;
	if (type == 'l')
		slow_unquote(&v, &line);
	if (v.kind == SLOW_ABSENT || v.kind == SLOW_NULL)
		return true;
	if (type == 's')
		return v.kind == SLOW_STRING && v.text != NULL;
	if (type == 't')
		return v.kind == SLOW_STRING && v.text != NULL &&
		       slow_timestamp(v.text, strlen(v.text), number);
	if (v.kind != SLOW_NUMBER)
		return false;
	if (type == 'm')
		return slow_milliseconds(line + v.start, v.end - v.start, number);
	exactness = slow_decimal(line + v.start, v.end - v.start, type == 'q' ? 0 : 6, number);
	if (exactness == SLOW_RANGE || *number < 0 || (*number == 0 && exactness == SLOW_BELOW))
		return false;
	if (type == 'q')
		return exactness == SLOW_EXACT && *number < INT64_C(2147483648);
	return *number < INT64_C(1000000000000000000);
}

static inline void slow_row(const char *line, const struct slow_field *fields,
			    const struct slow_value *values, char *out)
{
	int64_t number;

	for (int i = 0; i < SLOW_FIELDS; i++) {
		const struct slow_value *v = &values[i];
		const bool is_quoted = fields[i].type == 'l' && v->kind == SLOW_STRING;

		if (i > 0)
			*out++ = '|';
		(void)slow_is_good(line, fields[i].type, *v, &number);
		if (v->kind == SLOW_ABSENT || v->kind == SLOW_NULL || (is_quoted && *v->text == '\0'))
			out += sprintf(out, "-");
		else if (fields[i].type == 's')
			out += sprintf(out, "%s", v->text);
		else
			out += sprintf(out, "%lld", (long long)number);
	}
}

static inline void slow_check(const char *line, const struct slow_field *fields,
			      const struct slow_value *values, char *out)
{
	int64_t numbers[SLOW_FIELDS];

	for (int i = 0; i < SLOW_FIELDS; i++) {
		const struct slow_value *v = &values[i];
		const char *name = fields[i].name;
		const bool empty = v->kind == SLOW_ABSENT || v->kind == SLOW_NULL ||
				   (v->kind == SLOW_STRING && v->end - v->start == 2);
		const size_t column = v->kind == SLOW_ABSENT ? 0 : v->start + 1;

		if (fields[i].required && empty) {
			sprintf(out, "missing_%s %s %zu", name, name, column);
			return;
		}
		if (!slow_is_good(line, fields[i].type, *v, &numbers[i])) {
			sprintf(out, "bad_%s %s %zu", name, name, column);
			return;
		}
	}
	__extension__ const __int128 revenue = (__int128)numbers[5] * numbers[6];

	if (strcmp(values[3].text, "purchase") == 0 && revenue >= INT64_C(1000000000000000000))
		sprintf(out, "bad_revenue revenue %zu", values[6].start + 1);
	else
		slow_row(line, fields, values, out);
}

/* A line that is not blank. The verdict is the caller's. */
static inline char *slow_verdict(const char *line, size_t len, const struct slow_field *fields)
{
	struct slow_json j = {line, len, 0};
	struct slow_value values[SLOW_FIELDS] = {{0}}, all = {0};
	char *out = malloc(len * 2 + 1024);
	const size_t wrong = slow_utf8((const unsigned char *)line, len);
	bool good;

	slow_space(&j);
	const size_t start = j.at;

	/* The object that the line is does not count for the depth. */
	good = slow_value(&j, slow_peek(&j) == '{' ? 0 : 1, &all);
	if (good) {
		slow_space(&j);
		good = j.at == len;
	}
	for (int i = 0; good && i < SLOW_FIELDS; i++)
		values[i] = slow_find(&all, fields[i].path, SLOW_PATH);
	if (!good || wrong < len)
		sprintf(out, "malformed_json  %zu", (!good && j.at < wrong ? j.at : wrong) + 1);
	else if (all.kind != SLOW_OBJECT)
		sprintf(out, "not_an_object  %zu", start + 1);
	else
		slow_check(line, fields, values, out);
	slow_free(&all);
	return out;
}

#endif
