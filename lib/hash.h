/*
 * hash -- XXH3, the one hash of evlake: frame checksums, content hashes, fingerprints, dictionaries.
 *
 * Source: xxHash 0.8 (github.com/Cyan4973/xxHash), doc/xxhash_spec.md. The library is inlined here, and only
 * here. Results are the same on every machine; nothing in evlake depends on a seed that is not written down.
 */
#ifndef EV_HASH_H
#define EV_HASH_H

#include <stddef.h>
#include <stdint.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

struct hash128 {
	uint64_t low;
	uint64_t high;
};

/* XXH3-64 of len bytes. */
static inline uint64_t hash64(const void *data, size_t len)
{
	return XXH3_64bits(data, len);
}

static inline uint64_t hash64_seed(const void *data, size_t len, uint64_t seed)
{
	return XXH3_64bits_withSeed(data, len, seed);
}

/* XXH3-128 of a content that comes in pieces. */
struct hash_stream {
	XXH3_state_t state;
};

static inline void hash_begin(struct hash_stream *h)
{
	XXH3_INITSTATE(&h->state);
	XXH3_128bits_reset(&h->state);
}

static inline void hash_update(struct hash_stream *h, const void *data, size_t len)
{
	XXH3_128bits_update(&h->state, data, len);
}

static inline struct hash128 hash_end(const struct hash_stream *h)
{
	XXH128_hash_t r = XXH3_128bits_digest(&h->state);

	return (struct hash128){r.low64, r.high64};
}

#endif
