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

#include "base/buffer.h"
#include "base/hash.h"
#include "base/text.h"
#include "column/numbered.h"

/* {0} is empty. starts[i] .. starts[i+1] is where text i lies in bytes. */
struct strings {
	struct buffer bytes;
	uint64_t *starts;
	size_t cap;
	uint32_t n;
};

int strings_add(struct strings *s, const void *data, size_t len) MUST_CHECK;
/* n texts that lie one behind the other at data, as long as all of them together. */
int strings_add_all(struct strings *s, const uint32_t *lengths, uint32_t n, const void *data) MUST_CHECK;
/* Texts first .. end of another. */
int strings_add_from(struct strings *s, const struct strings *from, uint32_t first, uint32_t end) MUST_CHECK;
/* Keeps the memory, and until something is added, what is in it. */
void strings_clear(struct strings *s);
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
	uint32_t hash; /* where to look */
};

/* Two products at once instead of one after the other; their upper bits depend on every byte. */
static inline struct dictionary_key dictionary_key_of(uint64_t low, uint32_t high)
{
	const uint64_t x = low * 0x9e3779b97f4a7c15U + high * 0xd6e8feb86659fd93U;

	return (struct dictionary_key){low, high, (uint32_t)(x >> 32)};
}

static inline struct dictionary_key dictionary_key_hashed(size_t len, uint64_t hash)
{
	return dictionary_key_of(hash, 0xff000000U | ((uint32_t)len & 0xffffff));
}

static inline struct dictionary_key dictionary_key(const void *data, size_t len)
{
	uint8_t text[12] = {0};
	uint64_t low;
	uint32_t high;

	if (len > DICTIONARY_INLINE)
		return dictionary_key_hashed(len, hash64(data, len));
	if (len > 0)
		memcpy(text, data, len);
	text[11] = (uint8_t)len;
	memcpy(&low, text, 8);
	memcpy(&high, text + 8, 4);
	return dictionary_key_of(low, high);
}

/* The same for len up to DICTIONARY_INLINE when DICTIONARY_PADDED bytes can be read: without a branch on the
 * length. */
enum { DICTIONARY_PADDED = NUMBERED_PADDED };

static inline struct dictionary_key dictionary_key_padded(const void *data, size_t len)
{
	static const uint8_t ones[24] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
	uint64_t low, low_mask;
	uint32_t high, high_mask;

	memcpy(&low, data, 8);
	memcpy(&high, (const char *)data + 8, 4);
	memcpy(&low_mask, ones + DICTIONARY_INLINE - len, 8);
	memcpy(&high_mask, ones + DICTIONARY_INLINE + 8 - len, 4);
	return dictionary_key_of(low & low_mask, (high & high_mask) | (uint32_t)len << 24);
}

static inline bool dictionary_key_is_whole(struct dictionary_key key)
{
	return key.high < 0xff000000U;
}

/*
 * A cache line of four slots, taken in order. A text begins its search in the bucket that its hash names, all
 * of which is looked at at once, and goes on to the next only from a full one: so most searches touch one
 * line, even when seven of eight slots are taken, and none guesses which slot it will be.
 */
enum { DICTIONARY_BUCKET = 4 };

struct dictionary_bucket {
	uint64_t low[DICTIONARY_BUCKET];
	uint32_t high[DICTIONARY_BUCKET];
	uint32_t code[DICTIONARY_BUCKET]; /* code + 1; 0 is an empty slot */
};

/* {0} is empty. */
struct dictionary {
	struct strings strings;
	struct dictionary_bucket *buckets;
	size_t mask;              /* buckets - 1, or 0 before the first */
	unsigned shift;           /* of a hash: leaves the number of a bucket */
	struct numbered numbered; /* with the prefix of the texts, when one of the first has shown it */
};

/* Where the search for a key begins. */
static inline size_t dictionary_home(const struct dictionary *d, struct dictionary_key key)
{
	return (size_t)key.hash >> d->shift & d->mask;
}

/* A bit for each slot that has the key; the lowest is not empty unless all are. */
static inline unsigned dictionary_match(const struct dictionary_bucket *b, struct dictionary_key key)
{
	unsigned found = 0;

	for (unsigned i = 0; i < DICTIONARY_BUCKET; i++)
		found |= (unsigned)((b->low[i] == key.low) & (b->high[i] == key.high)) << i;
	return found;
}

static inline bool dictionary_is_full(const struct dictionary_bucket *b)
{
	return b->code[DICTIONARY_BUCKET - 1] != 0;
}

/* The code of the text, added when new. -1: memory. */
int dictionary_code(struct dictionary *d, const void *data, size_t len, uint32_t *code) MUST_CHECK;
/* The same with hash64(data, len) already known. */
int dictionary_code_hashed(struct dictionary *d, const void *data, size_t len, uint64_t hash,
			   uint32_t *code) MUST_CHECK;
/* Asks for the memory that looking up the key will touch. */
static inline void dictionary_prefetch(const struct dictionary *d, struct dictionary_key key)
{
	/* As a number, for there may be no buckets yet. */
	__builtin_prefetch(
	    (const void *)((uintptr_t)d->buckets + dictionary_home(d, key) * sizeof *d->buckets));
}

/* One more than the code of a key that is whole, or of the first that looks the same; 0 when it has none. By
 * dictionary_match, or what does the same. */
static inline uint32_t dictionary_at_by(const struct dictionary *d, struct dictionary_key key,
					unsigned (*match)(const struct dictionary_bucket *,
							  struct dictionary_key))
{
	if (d->buckets == NULL)
		return 0;
	for (size_t i = dictionary_home(d, key);; i = (i + 1) & d->mask) {
		const struct dictionary_bucket *b = &d->buckets[i];
		const unsigned found = match(b, key);

		if (found != 0)
			return b->code[__builtin_ctz(found)];
		if (!dictionary_is_full(b))
			return 0;
	}
}

static inline uint32_t dictionary_at(const struct dictionary *d, struct dictionary_key key)
{
	return dictionary_at_by(d, key, dictionary_match);
}

/* Whether the text has a code, without giving it one. */
bool dictionary_find(const struct dictionary *d, const void *data, size_t len, uint32_t *code);
/* Bytes it takes. */
size_t dictionary_bytes(const struct dictionary *d);
void dictionary_clear(struct dictionary *d);
void dictionary_free(struct dictionary *d);

#endif
