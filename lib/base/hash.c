#include "base/hash.h"

#if defined __x86_64__
/* hash_avx2.c: the same functions, compiled for AVX2. */
uint64_t hash64_seed_avx2(const void *data, size_t len, uint64_t seed);
void hash_update_avx2(struct hash_stream *h, const void *data, size_t len);
#define HAS_AVX2() __builtin_cpu_supports("avx2")
#else
#define hash64_seed_avx2(data, len, seed) XXH3_64bits_withSeed(data, len, seed)
#define hash_update_avx2(h, data, len) XXH3_128bits_update(&(h)->state, data, len)
#define HAS_AVX2() 0
#endif

uint64_t hash64_seed(const void *data, size_t len, uint64_t seed)
{
	return HAS_AVX2() ? hash64_seed_avx2(data, len, seed) : XXH3_64bits_withSeed(data, len, seed);
}

void hash_begin(struct hash_stream *h)
{
	XXH3_INITSTATE(&h->state);
	XXH3_128bits_reset(&h->state);
}

void hash_update(struct hash_stream *h, const void *data, size_t len)
{
	if (HAS_AVX2())
		hash_update_avx2(h, data, len);
	else
		XXH3_128bits_update(&h->state, data, len);
}

struct hash128 hash_end(const struct hash_stream *h)
{
	const XXH128_hash_t r = XXH3_128bits_digest(&h->state);

	return (struct hash128){r.low64, r.high64};
}
