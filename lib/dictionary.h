/*
 * dictionary -- strings numbered in the order of their first appearance.
 *
 * strings: code -> text, nothing else; what a reader of a stream keeps for each string column.
 * dictionary: text -> code beside it; what a writer of a stream keeps.
 * Codes are 0 .. n-1. Text is bytes with a length, not NUL-terminated; pointers into it die at the next
 * addition.
 */
#ifndef EV_DICTIONARY_H
#define EV_DICTIONARY_H

#include "buffer.h"
#include "hash.h"

#include <stdbool.h>
#include <string.h>

struct text {
	const char *data;
	size_t len; /* bytes */
};

static inline int text_equal(struct text a, struct text b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* {0} is empty. starts[i] .. starts[i+1] is where text i lies in bytes. */
struct strings {
	struct buffer bytes;
	uint64_t *starts;
	size_t cap;
	uint32_t n;
};

int strings_add(struct strings *s, const void *data, size_t len) MUST_CHECK;
void strings_clear(struct strings *s); /* keeps the memory */
void strings_free(struct strings *s);

static inline struct text strings_get(const struct strings *s, uint32_t code)
{
	return (struct text){(const char *)s->bytes.data + s->starts[code],
			     (size_t)(s->starts[code + 1] - s->starts[code])};
}

/* Open addressing over (hash, code); at most half full. {0} is empty. */
struct dictionary {
	struct strings strings;
	struct dictionary_slot *slots;
	size_t mask; /* slots - 1, or 0 before the first */
};

/* The code of the text, added when new. -1: memory. */
int dictionary_code(struct dictionary *d, const void *data, size_t len, uint32_t *code) MUST_CHECK;
/* The same with hash64(data, len) already known. */
int dictionary_code_hashed(struct dictionary *d, const void *data, size_t len, uint64_t hash,
			   uint32_t *code) MUST_CHECK;
/* Whether the text has a code, without giving it one. */
bool dictionary_find(const struct dictionary *d, const void *data, size_t len, uint32_t *code);
void dictionary_clear(struct dictionary *d);
void dictionary_free(struct dictionary *d);

#endif
