/*
 * numbered -- the codes of texts like u_12345: a prefix that all share, and a number.
 *
 * Ids are counted out by whoever makes them, and so they say themselves where they are to be found: in an
 * array, by their number, of which sixteen fit into a cache line. What hashes them waits for memory instead.
 * This is a short cut beside a dictionary and knows only what it was told; a text that it does not know, or
 * that is written another way, is looked for as any other.
 */
#ifndef EV_NUMBERED_H
#define EV_NUMBERED_H

#include "base/buffer.h"
#include "base/word.h"

enum {
	NUMBERED_PREFIX = 7, /* bytes of a prefix, at most */
	NUMBERED_PADDED = 16 /* bytes that must be readable at a text */
};

/* {0} has no prefix and knows nothing. */
struct numbered {
	bool has_prefix;
	uint64_t prefix, mask; /* its bytes, lowest first */
	size_t prefix_len;
	uint32_t *codes; /* by number: one more than the code; 0 is not known */
	size_t cap;
};

/* The prefix is that of a text with a number: up to eight digits, the first of them no 0 unless it is the
 * last. */
void numbered_learn(struct numbered *n, const char *text, size_t len);
/*
 * The number of a text, UINT32_MAX for one that has none: by its first eight bytes and the eight that follow
 * the prefix, wherever it ends. Without a branch: many can be done at once.
 */
static inline uint32_t numbered_read(const struct numbered *n, uint64_t head, uint64_t tail, uint64_t len)
{
	const uint64_t digits = len - n->prefix_len, first = word_digits(tail);
	/* What is before the digits counts as zeros. */
	const uint64_t all = first << ((64 - 8 * digits) & 63);
	const uint64_t wrong =
	    ((head ^ n->prefix) & n->mask) | ((digits - 1) & ~(uint64_t)7) | word_not_digits(all);
	const bool begins_with_0 = ((first & 0xff) == 0) & (digits > 1);

	return wrong != 0 || begins_with_0 ? UINT32_MAX : word_number(all);
}

static inline uint32_t numbered_of(const struct numbered *n, const char *text, size_t len)
{
	return numbered_read(n, word_load(text), word_load(text + n->prefix_len), len);
}

/* One more than the code of a number, as far as it is known. */
static inline uint32_t numbered_code(const struct numbered *n, uint32_t number)
{
	return number < n->cap ? n->codes[number] : 0;
}

static inline void numbered_prefetch(const struct numbered *n, uint32_t number)
{
	/* As a number, for there may be no codes yet. */
	__builtin_prefetch(
	    (const void *)((uintptr_t)n->codes + (number < n->cap ? number : 0) * sizeof *n->codes));
}

/* The code of a number, of one of n_texts; numbers that lie too far apart are not kept. -1: memory. */
int numbered_put(struct numbered *n, uint32_t number, uint32_t code, uint32_t n_texts) MUST_CHECK;
size_t numbered_bytes(const struct numbered *n);
void numbered_free(struct numbered *n); /* it is {0} then */

#endif
