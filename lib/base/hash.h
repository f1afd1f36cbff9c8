/*
 * hash -- XXH3, the one hash of evlake: frame checksums, content hashes, fingerprints, dictionaries.
 *
 * Source: xxHash 0.8 (github.com/Cyan4973/xxHash), doc/xxhash_spec.md. Short inputs are hashed inline; long
 * ones by code for the best instructions that the processor has. Results are the same on every machine, and
 * nothing in evlake depends on a seed that is not written down.
 */
#ifndef EV_HASH_H
#define EV_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

struct hash128 {
	uint64_t low;
	uint64_t high;
};

static inline bool hash_equal(struct hash128 a, struct hash128 b)
{
	return a.low == b.low && a.high == b.high;
}

/* XXH3-64 of len bytes: for short ones. */
static inline uint64_t hash64(const void *data, size_t len)
{
	return XXH3_64bits(data, len);
}

/* XXH3-64 of len bytes, seeded: for payloads. */
uint64_t hash64_seed(const void *data, size_t len, uint64_t seed);

/* XXH3-128 of a content that comes in pieces. */
struct hash_stream {
	XXH3_state_t state;
};

void hash_begin(struct hash_stream *h);
void hash_update(struct hash_stream *h, const void *data, size_t len);
struct hash128 hash_end(const struct hash_stream *h);

#endif
