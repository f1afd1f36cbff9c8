/* The Makefile compiles this file with -mavx2 and its like. Called only where the processor has them. */
#include "source/scan.h"

#include "source/scan_walk.h"

#ifdef __AVX2__
#include <immintrin.h>

static inline struct scan_bits block_avx2(const char *p)
{
	const __m256i quote = _mm256_set1_epi8('"'), line_feed = _mm256_set1_epi8('\n'),
		      backslash = _mm256_set1_epi8('\\'), space = _mm256_set1_epi8(' ');
	__m256i all_odd = _mm256_setzero_si256();
	struct scan_bits b = {0};

	for (unsigned i = 0; i < 64; i += 32) {
		const __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(p + i));
		const __m256i end = _mm256_cmpeq_epi8(v, line_feed);
		/* As signed bytes, those beyond ASCII are less than a space too. */
		const __m256i odd =
		    _mm256_or_si256(_mm256_cmpgt_epi8(space, v), _mm256_cmpeq_epi8(v, backslash));

		b.quotes |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, quote)) << i;
		b.ends |= (uint64_t)(uint32_t)_mm256_movemask_epi8(end) << i;
		all_odd = _mm256_or_si256(all_odd, _mm256_andnot_si256(end, odd));
	}
	b.odd = (uint32_t)_mm256_movemask_epi8(all_odd);
	return b;
}

static size_t blocks_avx2(const char *text, size_t n, uint64_t *quotes, uint32_t *ends)
{
	return scan_walk(text, n, quotes, ends, block_avx2);
}

scan_blocks *const scan_blocks_avx2 = blocks_avx2;
#else
scan_blocks *const scan_blocks_avx2 = 0;
#endif
