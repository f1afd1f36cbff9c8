/* XXH3 for AVX2: the Makefile compiles this file with -mavx2. Called only where the processor has it. */
#include "base/hash.h"

#if defined __AVX2__
uint64_t hash64_seed_avx2(const void *data, size_t len, uint64_t seed);
void hash_update_avx2(struct hash_stream *h, const void *data, size_t len);

uint64_t hash64_seed_avx2(const void *data, size_t len, uint64_t seed)
{
	return XXH3_64bits_withSeed(data, len, seed);
}

void hash_update_avx2(struct hash_stream *h, const void *data, size_t len)
{
	XXH3_128bits_update(&h->state, data, len);
}
#endif
