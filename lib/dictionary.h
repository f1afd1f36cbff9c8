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

/*
 * What a slot is found and compared by: a text of up to DICTIONARY_INLINE bytes itself, or the hash of a
 * longer one. So a short text, as most ids are, costs one cache miss, and that one can be asked for in
 * advance: dictionary_prefetch.
 */
enum { DICTIONARY_INLINE = 11 };

struct dictionary_key {
	uint64_t low;  /* the first 8 bytes, or hash64 */
	uint32_t high; /* the next 3, and the length in the last; or the length, and 255 */
};

/* Open addressing; at most three quarters full. {0} is empty. */
struct dictionary {
	struct strings strings;
	struct dictionary_slot *slots;
	size_t mask; /* slots - 1, or 0 before the first */
};

static inline struct dictionary_key dictionary_key_hashed(size_t len, uint64_t hash)
{
	return (struct dictionary_key){hash, 0xff000000U | ((uint32_t)len & 0xffffff)};
}

static inline struct dictionary_key dictionary_key(const void *data, size_t len)
{
	const uint8_t *p = (const uint8_t *)data;
	uint64_t low = 0, high = 0;
	uint32_t a, b;

	if (len > DICTIONARY_INLINE)
		return dictionary_key_hashed(len, hash64(data, len));
	/* Loads that overlap instead of a loop over bytes: never one outside the text. */
	if (len >= 8) {
		memcpy(&low, p, 8);
		memcpy(&high, p + len - 8, 8);
		high = len == 8 ? 0 : high >> (16 - len) * 8;
	} else if (len >= 4) {
		memcpy(&a, p, 4);
		memcpy(&b, p + len - 4, 4);
		low = a | (uint64_t)b << (len - 4) * 8;
	} else if (len > 0) {
		low = p[0] | (uint64_t)p[len / 2] << len / 2 * 8 | (uint64_t)p[len - 1] << (len - 1) * 8;
	}
	return (struct dictionary_key){low, (uint32_t)high | (uint32_t)len << 24};
}

static inline bool dictionary_key_is_whole(struct dictionary_key key)
{
	return key.high < 0xff000000U;
}

/* The code of the text, added when new. -1: memory. */
int dictionary_code(struct dictionary *d, const void *data, size_t len, uint32_t *code) MUST_CHECK;
/* The same with hash64(data, len) already known. */
int dictionary_code_hashed(struct dictionary *d, const void *data, size_t len, uint64_t hash,
			   uint32_t *code) MUST_CHECK;
/* The same for a key that is whole. */
int dictionary_code_key(struct dictionary *d, struct dictionary_key key, uint32_t *code) MUST_CHECK;
/* Asks for the memory that looking up the key will touch. */
void dictionary_prefetch(const struct dictionary *d, struct dictionary_key key);
/* Whether the text has a code, without giving it one. */
bool dictionary_find(const struct dictionary *d, const void *data, size_t len, uint32_t *code);
/* Bytes it takes. */
size_t dictionary_bytes(const struct dictionary *d);
void dictionary_clear(struct dictionary *d);
void dictionary_free(struct dictionary *d);

#endif
