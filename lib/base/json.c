#include "base/json.h"

#include "base/utf8.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

static const char *fail(const char *p, const char **bad)
{
	*bad = p;
	return NULL;
}

/* 0 to 15, or -1. */
static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What stands behind a backslash at p. */
static const char *escape(const char *p, const char *end, const char **bad)
{
	p++;
	if (p >= end)
		return fail(end, bad);
	if (*p != 'u')
		return *p != '\0' && strchr("\"\\/bfnrt", *p) != NULL ? p + 1 : fail(p, bad);
	p++;
	for (int i = 0; i < 4; i++, p++) {
		if (p >= end || hex_digit(*p) < 0)
			return fail(p, bad);
	}
	return p;
}

const char *json_string(const char *p, const char *end, struct json_token *token, const char **bad)
{
	*token = (struct json_token){JSON_STRING, false, p, 0};
	for (;;) {
		p = json_string_stop(p, end);
		if (p >= end)
			return fail(end, bad);
		if (*p == '"')
			break;
		if (*p != '\\')
			return fail(p, bad);
		token->escaped = true;
		p = escape(p, end, bad);
		if (p == NULL)
			return NULL;
	}
	token->len = (size_t)(p - token->data);
	return p + 1;
}

static bool is_digit(const char *p, const char *end)
{
	return p < end && *p >= '0' && *p <= '9';
}

/* One digit or more. */
static const char *digits(const char *p, const char *end, const char **bad)
{
	if (!is_digit(p, end))
		return fail(p, bad);
	while (is_digit(p, end))
		p++;
	return p;
}

const char *json_number(const char *p, const char *end, struct json_token *token, const char **bad)
{
	*token = (struct json_token){JSON_NUMBER, false, p, 0};
	if (p < end && *p == '-')
		p++;
	p = p < end && *p == '0' ? p + 1 : digits(p, end, bad);
	if (p != NULL && p < end && *p == '.')
		p = digits(p + 1, end, bad);
	if (p != NULL && p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		p = digits(p, end, bad);
	}
	if (p != NULL)
		token->len = (size_t)(p - token->data);
	return p;
}

static const char *word(const char *p, const char *end, const char *expected, enum json_kind kind,
			struct json_token *token, const char **bad)
{
	const char *start = p;

	for (; *expected != '\0'; p++, expected++) {
		if (p >= end || *p != *expected)
			return fail(p, bad);
	}
	*token = (struct json_token){kind, false, start, (size_t)(p - start)};
	return p;
}

/* Anything but an object or an array. */
static const char *scalar(const char *p, const char *end, struct json_token *token, const char **bad)
{
	if (p >= end)
		return fail(end, bad);
	switch (*p) {
	case '"': return json_string(p + 1, end, token, bad);
	case 'n': return word(p, end, "null", JSON_NULL, token, bad);
	case 't': return word(p, end, "true", JSON_TRUE, token, bad);
	case 'f': return word(p, end, "false", JSON_FALSE, token, bad);
	default: return json_number(p, end, token, bad);
	}
}

const char *json_key(const char *p, const char *end, struct json_token *token, const char **bad)
{
	if (p >= end || *p != '"')
		return fail(p, bad);
	p = json_string(p + 1, end, token, bad);
	if (p == NULL)
		return NULL;
	p = json_space(p, end);
	if (p >= end || *p != ':')
		return fail(p, bad);
	return json_space(p + 1, end);
}

/* The brackets that are open: a bit for each level, set for an object. */
struct nesting {
	uint64_t objects[JSON_DEPTH / 64];
	size_t depth;
	size_t outer; /* how many were open before: they stay */
};

static bool is_object(const struct nesting *n)
{
	return n->objects[(n->depth - 1) / 64] >> ((n->depth - 1) % 64) & 1;
}

static void push(struct nesting *n, bool object)
{
	uint64_t bit = (uint64_t)1 << (n->depth % 64);

	if (object)
		n->objects[n->depth / 64] |= bit;
	else
		n->objects[n->depth / 64] &= ~bit;
	n->depth++;
}

/* Behind a value: closes what ends here, up to a place where the next value begins, or until all is closed.
 */
static const char *after_value(const char *p, const char *end, struct nesting *n, const char **bad)
{
	struct json_token key;

	while (n->depth > n->outer) {
		p = json_space(p, end);
		if (p >= end)
			return fail(end, bad);
		if (*p == ',') {
			p = json_space(p + 1, end);
			return is_object(n) ? json_key(p, end, &key, bad) : p;
		}
		if (*p != (is_object(n) ? '}' : ']'))
			return fail(p, bad);
		p++;
		n->depth--;
	}
	return p;
}

/* The object or array at p: a loop over its values at any depth. */
static const char *nested(const char *p, const char *end, unsigned depth, const char **bad)
{
	struct nesting n = {.depth = depth, .outer = depth};
	struct json_token token;

	do {
		if (p < end && (*p == '{' || *p == '[')) {
			bool object = *p == '{';

			if (n.depth == JSON_DEPTH)
				return fail(p, bad);
			push(&n, object);
			p = json_space(p + 1, end);
			if (p < end && *p == (object ? '}' : ']'))
				p = after_value(p, end, &n, bad);
			else if (object)
				p = json_key(p, end, &token, bad);
		} else {
			p = scalar(p, end, &token, bad);
			if (p != NULL)
				p = after_value(p, end, &n, bad);
		}
	} while (p != NULL && n.depth > n.outer);
	return p;
}

const char *json_value_within(const char *p, const char *end, unsigned depth, struct json_token *token,
			      const char **bad)
{
	const char *start = p;

	if (p >= end || (*p != '{' && *p != '['))
		return scalar(p, end, token, bad);
	p = nested(p, end, depth, bad);
	if (p != NULL) {
		enum json_kind kind = *start == '{' ? JSON_OBJECT : JSON_ARRAY;

		*token = (struct json_token){kind, false, start, (size_t)(p - start)};
	}
	return p;
}

/* The four hex digits at p, which have been checked. */
static uint32_t hex4(const char *p)
{
	uint32_t n = 0;

	for (int i = 0; i < 4; i++)
		n = n << 4 | (uint32_t)hex_digit(p[i]);
	return n;
}

/* A \u escape, p behind the u, or two that form a pair. Returns the place behind, or NULL. */
static const char *unicode(const char *p, const char *end, uint32_t *code_point)
{
	uint32_t c = hex4(p), low;

	p += 4;
	*code_point = c;
	if (c == 0 || (c >= 0xdc00 && c <= 0xdfff))
		return NULL;
	if (c < 0xd800 || c > 0xdbff)
		return p;
	if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
		return NULL;
	low = hex4(p + 2);
	if (low < 0xdc00 || low > 0xdfff)
		return NULL;
	*code_point = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
	return p + 6;
}

bool json_unescape(const struct json_token *token, char *out, size_t *len)
{
	const char *p = token->data, *end = p + token->len;
	char *start = out;

	while (p < end) {
		uint32_t code_point;

		if (*p != '\\') {
			*out++ = *p++;
			continue;
		}
		p += 2;
		switch (p[-1]) {
		case 'b': *out++ = '\b'; break;
		case 'f': *out++ = '\f'; break;
		case 'n': *out++ = '\n'; break;
		case 'r': *out++ = '\r'; break;
		case 't': *out++ = '\t'; break;
		case 'u':
			p = unicode(p, end, &code_point);
			if (p == NULL)
				return false;
			out += utf8_put(code_point, out);
			break;
		default: *out++ = p[-1]; break;
		}
	}
	*len = (size_t)(out - start);
	return true;
}

void json_walk(struct json_walk *w, const struct json_token *token)
{
	assert(token->kind == JSON_OBJECT || token->kind == JSON_ARRAY);
	w->end = token->data + token->len - 1;
	w->p = json_space(token->data + 1, w->end);
}

bool json_walk_element(struct json_walk *w, struct json_token *value)
{
	const char *bad;

	if (w->p >= w->end)
		return false;
	w->p = json_value(w->p, w->end, value, &bad);
	assert(w->p != NULL);
	w->p = json_space(w->p, w->end);
	if (w->p < w->end)
		w->p = json_space(w->p + 1, w->end); /* a comma */
	return true;
}

bool json_walk_member(struct json_walk *w, struct json_token *key, struct json_token *value)
{
	const char *bad;

	if (w->p >= w->end)
		return false;
	w->p = json_key(w->p, w->end, key, &bad);
	assert(w->p != NULL);
	return json_walk_element(w, value);
}
