#include "column/numbered.h"

#include <stdlib.h>
#include <string.h>

enum {
	FIRST_NUMBERS = 4096,
	FEW_NUMBERS = 1 << 16, /* an array of so many is kept, however empty */
	NUMBERS_PER_TEXT = 16, /* one beyond that is not worth its memory when it would be emptier */
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

void numbered_learn(struct numbered *n, const char *text, size_t len)
{
	size_t prefix = len;
	char padded[NUMBERED_PADDED] = {0};

	while (prefix > 0 && is_digit(text[prefix - 1]))
		prefix--;
	if (prefix > NUMBERED_PREFIX || len - prefix > 8)
		return;
	memcpy(padded, text, len);
	n->mask = ((uint64_t)1 << 8 * prefix) - 1;
	n->prefix = word_load(padded) & n->mask;
	n->prefix_len = prefix;
	n->has_prefix = numbered_of(n, padded, len) != UINT32_MAX;
}

int numbered_put(struct numbered *n, uint32_t number, uint32_t code, uint32_t n_texts)
{
	if (number >= n->cap) {
		const size_t most = FEW_NUMBERS + (size_t)NUMBERS_PER_TEXT * n_texts;
		size_t cap = n->cap == 0 ? FIRST_NUMBERS : n->cap;
		uint32_t *codes;

		if (number >= most)
			return 0;
		while (cap <= number)
			cap *= 2;
		codes = realloc(n->codes, cap * sizeof *codes);
		if (codes == NULL)
			return cause_memory();
		memset(codes + n->cap, 0, (cap - n->cap) * sizeof *codes);
		n->codes = codes;
		n->cap = cap;
	}
	n->codes[number] = code + 1;
	return 0;
}

size_t numbered_bytes(const struct numbered *n)
{
	return n->cap * sizeof *n->codes;
}

void numbered_free(struct numbered *n)
{
	free(n->codes);
	*n = (struct numbered){0};
}
