/* The Makefile compiles this file with -mavx2 and its like. Called only where the processor has them. */
#include "column/codes.h"

#ifdef __AVX2__
#include <immintrin.h>

static inline unsigned codes_match(const struct dictionary_bucket *b, struct dictionary_key key)
{
	const __m256i lows = _mm256_loadu_si256((const __m256i *)(const void *)b->low);
	const __m128i highs = _mm_loadu_si128((const __m128i *)(const void *)b->high);
	const __m256i same_low = _mm256_cmpeq_epi64(lows, _mm256_set1_epi64x((long long)key.low));
	const __m128i same_high = _mm_cmpeq_epi32(highs, _mm_set1_epi32((int)key.high));

	return (unsigned)(_mm256_movemask_pd(_mm256_castsi256_pd(same_low)) &
			  _mm_movemask_ps(_mm_castsi128_ps(same_high)));
}

#include "column/codes_loops.h"

static const struct codes_loops loops = CODES_LOOPS;

const struct codes_loops *const codes_avx2 = &loops;
#else
const struct codes_loops *const codes_avx2 = NULL;
#endif
