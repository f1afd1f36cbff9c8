/*
 * json -- strict RFC 8259, one token after another, in place.
 *
 * Text lies in [p, end) and JSON_SLACK bytes behind end must be readable: inner loops read in blocks. Nothing
 * is allocated and nothing recurses. Functions that scan return the place behind what they took, or NULL with
 * *bad at the first byte that is not JSON (end, when the text is cut short). That the bytes are UTF-8 is for
 * the caller to check; that a \u escape stands for a character only matters to json_unescape.
 */
#ifndef EV_JSON_H
#define EV_JSON_H

#include <stdbool.h>
#include <stddef.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum {
	JSON_SLACK = 16,
	JSON_DEPTH = 1024, /* a value may be nested so deep, and no deeper */
};

enum json_kind {
	JSON_NONE = 0,
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

struct json_token {
	enum json_kind kind;
	bool escaped;     /* a string with a backslash in it: json_unescape says what it means */
	const char *data; /* the text as it is; of a string, what is between the quotes */
	size_t len;
};

/* Space, tab, line feed and carriage return. */
static inline const char *json_space(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
		p++;
	return p;
}

/* The first quote, backslash or control byte at or behind p; end or more when there is none. */
static inline const char *json_string_stop(const char *p, const char *end)
{
#ifdef __SSE2__
	const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'),
		      control = _mm_set1_epi8(0x1f);

	for (; p < end; p += 16) {
		const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		const __m128i special = _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, backslash));
		const int found =
		    _mm_movemask_epi8(_mm_or_si128(special, _mm_cmpeq_epi8(_mm_min_epu8(v, control), v)));

		if (found != 0)
			return p + __builtin_ctz((unsigned)found);
	}
#else
	while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p > 0x1f)
		p++;
#endif
	return p;
}

/* The value at p, whole, which lies in `depth` other values that count for JSON_DEPTH. */
const char *json_value_within(const char *p, const char *end, unsigned depth, struct json_token *token,
			      const char **bad);
static inline const char *json_value(const char *p, const char *end, struct json_token *token,
				     const char **bad)
{
	return json_value_within(p, end, 0, token, bad);
}
/* A string whose opening quote is before p. */
const char *json_string(const char *p, const char *end, struct json_token *token, const char **bad);
const char *json_number(const char *p, const char *end, struct json_token *token, const char **bad);
/* The key at p, and the colon and the space behind it. */
const char *json_key(const char *p, const char *end, struct json_token *token, const char **bad);

/*
 * The string that the token stands for, at most token->len bytes, in out; *len is set. False when it has a
 * lone surrogate or U+0000.
 */
bool json_unescape(const struct json_token *token, char *out, size_t *len);

/*
 * The members of an object, or the elements of an array, in order. token must come from json_value.
 *
 *	for (json_walk(&w, &token); json_walk_member(&w, &key, &value);)
 */
struct json_walk {
	const char *p;
	const char *end; /* at the closing bracket */
};

void json_walk(struct json_walk *w, const struct json_token *token);
bool json_walk_member(struct json_walk *w, struct json_token *key, struct json_token *value);
bool json_walk_element(struct json_walk *w, struct json_token *value);

#endif
