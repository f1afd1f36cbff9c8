#include "base/utf8.h"

#include "base/word.h"

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* The bytes of the sequence at text, or 0 when there is none. */
static size_t sequence(const char *text, size_t len)
{
	const unsigned char *u = (const unsigned char *)text;
	unsigned char low = 0x80, high = 0xbf; /* what the second byte may be */
	size_t n;

	if (u[0] < 0x80)
		return 1;
	if (u[0] < 0xc2 || u[0] > 0xf4)
		return 0;
	n = u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4;
	switch (u[0]) {
	case 0xe0: low = 0xa0; break;  /* else overlong */
	case 0xed: high = 0x9f; break; /* else a surrogate */
	case 0xf0: low = 0x90; break;  /* else overlong */
	case 0xf4: high = 0x8f; break; /* else beyond U+10FFFF */
	default: break;
	}
	if (len < n || u[1] < low || u[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++) {
		if (!is_continuation(text[i]))
			return 0;
	}
	return n;
}

/* Where the first word that is not all ASCII begins; the last word may overlap the one before. */
static size_t skip_ascii(const char *text, size_t len)
{
	size_t at = 0;

	for (; at + 32 <= len; at += 32) {
		uint64_t word = word_load(text + at) | word_load(text + at + 8) | word_load(text + at + 16) |
				word_load(text + at + 24);

		if (!word_is_ascii(word))
			break;
	}
	for (; at + 8 <= len; at += 8) {
		if (!word_is_ascii(word_load(text + at)))
			return at;
	}
	if (len >= 8)
		return word_is_ascii(word_load(text + len - 8)) ? len : at;
	return at;
}

size_t utf8_check(const char *text, size_t len)
{
	size_t at = skip_ascii(text, len);

	while (at < len) {
		size_t n = sequence(text + at, len - at);

		if (n == 0)
			return at;
		at += n;
		if (n == 1 && at + 8 <= len && word_is_ascii(word_load(text + at)))
			at += skip_ascii(text + at, len - at);
	}
	return len;
}

size_t utf8_count(const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += !is_continuation(text[i]);
	return n;
}

size_t utf8_cut(const char *text, size_t len, size_t max)
{
	if (len <= max)
		return len;
	while (max > 0 && is_continuation(text[max]))
		max--;
	return max;
}

size_t utf8_put(uint32_t c, char *out)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

size_t utf8_get(const char *s, size_t len, uint32_t *code)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	const uint8_t *p = (const uint8_t *)s;
	size_t n = p[0] < 0x80   ? 1
		   : p[0] < 0xc2 ? 0
		   : p[0] < 0xe0 ? 2
		   : p[0] < 0xf0 ? 3
		   : p[0] < 0xf5 ? 4
				 : 0;

	if (n == 0 || n > len)
		return 0;
	*code = n == 1 ? p[0] : p[0] & (0x7f >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (p[i] & 0x3f);
	}
	if (*code < smallest[n] || *code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000))
		return 0;
	return n;
}
