/*
 * slow_event -- what becomes of a line by the rules of evlake(7) and schemas/event.json: its row, or "reason
 * field column". One byte after another, a call for each value; JSON as RFC 8259 has it.
 */
#ifndef EV_SLOW_EVENT_H
#define EV_SLOW_EVENT_H

#include "slow.h"

enum { SLOW_DEPTH = 1024, SLOW_FIELDS = 9 };

enum slow_kind { SLOW_ABSENT, SLOW_NULL, SLOW_NUMBER, SLOW_STRING, SLOW_OTHER };

struct slow_value {
	enum slow_kind kind;
	size_t start, end; /* in the line */
	char *text;        /* of a string what it means; NULL when it is no text */
};

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

/* An array or object that is open, up to its bracket; its values mean nothing. */
static inline bool slow_inside(struct slow_json *j, int depth, bool is_object)
{
	const int close = is_object ? '}' : ']';

	slow_space(j);
	if (slow_take(j, close))
		return true;
	for (;;) {
		struct slow_value v;
		char *key = NULL;

		if (is_object && !slow_key(j, &key))
			return false;
		free(key);
		if (!slow_value(j, depth, &v))
			return false;
		free(v.text);
		slow_space(j);
		if (slow_take(j, close))
			return true;
		if (!slow_take(j, ','))
			return false;
		slow_space(j);
	}
}

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
		if (depth == SLOW_DEPTH)
			return false;
		j->at++;
		good = slow_inside(j, depth + 1, c == '{');
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

/* The nine fields, in the order of the schema. */
static const struct {
	const char *name;
	char type; /* t timestamp, s string, q quantity, p price */
	bool required;
} slow_fields[SLOW_FIELDS] = {
    {"timestamp", 't', true},  {"user_id", 's', true},     {"session_id", 's', true},
    {"event_type", 's', true}, {"product_id", 's', false}, {"quantity", 'q', false},
    {"price", 'p', false},     {"category", 's', false},   {"search_query", 's', false},
};

/* The members of the line's object, behind its brace: of each name the last. */
static inline bool slow_members(struct slow_json *j, struct slow_value *values)
{
	slow_space(j);
	if (slow_take(j, '}'))
		return true;
	for (;;) {
		struct slow_value v;
		char *key;

		if (!slow_key(j, &key))
			return false;
		const bool good = slow_value(j, 0, &v);

		for (int i = 0; good && i < SLOW_FIELDS; i++) {
			if (key == NULL || strcmp(key, slow_fields[i].name) != 0)
				continue;
			free(values[i].text);
			values[i] = v;
			v.text = NULL;
		}
		free(key);
		free(v.text);
		if (!good)
			return false;
		slow_space(j);
		if (slow_take(j, '}'))
			return true;
		if (!slow_take(j, ','))
			return false;
		slow_space(j);
	}
}

/* Whether the value is good for the field; its number, if it is one. */
static inline bool slow_is_good(const char *line, char type, const struct slow_value *v, int64_t *number)
{
	enum slow_exactness exactness;

	*number = 0;
	if (v->kind == SLOW_ABSENT || v->kind == SLOW_NULL)
		return true;
	if (type == 's')
		return v->kind == SLOW_STRING && v->text != NULL;
	if (type == 't')
		return v->kind == SLOW_STRING && v->text != NULL &&
		       slow_timestamp(v->text, strlen(v->text), number);
	if (v->kind != SLOW_NUMBER)
		return false;
	exactness = slow_decimal(line + v->start, v->end - v->start, type == 'p' ? 6 : 0, number);
	if (exactness == SLOW_RANGE || *number < 0 || (*number == 0 && exactness == SLOW_BELOW))
		return false;
	if (type == 'q')
		return exactness == SLOW_EXACT && *number < INT64_C(2147483648);
	return *number < INT64_C(1000000000000000000);
}

static inline void slow_row(const char *line, const struct slow_value *values, char *out)
{
	int64_t number;

	for (int i = 0; i < SLOW_FIELDS; i++) {
		if (i > 0)
			*out++ = '|';
		(void)slow_is_good(line, slow_fields[i].type, &values[i], &number);
		if (values[i].kind == SLOW_ABSENT || values[i].kind == SLOW_NULL)
			out += sprintf(out, "-");
		else if (slow_fields[i].type == 's')
			out += sprintf(out, "%s", values[i].text);
		else
			out += sprintf(out, "%lld", (long long)number);
	}
}

static inline void slow_check(const char *line, const struct slow_value *values, char *out)
{
	int64_t numbers[SLOW_FIELDS];

	for (int i = 0; i < SLOW_FIELDS; i++) {
		const struct slow_value *v = &values[i];
		const char *name = slow_fields[i].name;
		const bool empty = v->kind == SLOW_ABSENT || v->kind == SLOW_NULL ||
				   (v->kind == SLOW_STRING && v->end - v->start == 2);
		const size_t column = v->kind == SLOW_ABSENT ? 0 : v->start + 1;

		if (slow_fields[i].required && empty) {
			sprintf(out, "missing_%s %s %zu", name, name, column);
			return;
		}
		if (!slow_is_good(line, slow_fields[i].type, v, &numbers[i])) {
			sprintf(out, "bad_%s %s %zu", name, name, column);
			return;
		}
	}
	__extension__ const __int128 revenue = (__int128)numbers[5] * numbers[6];

	if (strcmp(values[3].text, "purchase") == 0 && revenue >= INT64_C(1000000000000000000))
		sprintf(out, "bad_revenue revenue %zu", values[6].start + 1);
	else
		slow_row(line, values, out);
}

/* A line that is not blank. The verdict is the caller's. */
static inline char *slow_verdict(const char *line, size_t len)
{
	struct slow_json j = {line, len, 0};
	struct slow_value values[SLOW_FIELDS] = {{0}}, other = {0};
	char *out = malloc(len * 2 + 1024);
	const size_t wrong = slow_utf8((const unsigned char *)line, len);
	bool good;

	slow_space(&j);
	const size_t start = j.at;
	const bool is_object = slow_take(&j, '{');

	good = is_object ? slow_members(&j, values) : slow_value(&j, 0, &other);
	free(other.text);
	if (good) {
		slow_space(&j);
		good = j.at == len;
	}
	if (!good || wrong < len)
		sprintf(out, "malformed_json  %zu", (!good && j.at < wrong ? j.at : wrong) + 1);
	else if (!is_object)
		sprintf(out, "not_an_object  %zu", start + 1);
	else
		slow_check(line, values, out);
	for (int i = 0; i < SLOW_FIELDS; i++)
		free(values[i].text);
	return out;
}

#endif
