/* The Makefile compiles this file with -mavx2 and its like. Called only where the processor has them. */
#include "scan.h"

#include "scan_blocks.h"

#ifdef __AVX2__
#include <immintrin.h>

static inline struct scan_masks block_avx2(const char *p)
{
	const __m256i quote = _mm256_set1_epi8('"'), backslash = _mm256_set1_epi8('\\'),
		      control = _mm256_set1_epi8(0x1f);
	struct scan_masks m = {0, 0, 0};

	for (unsigned i = 0; i < 64; i += 32) {
		const __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(p + i));
		const __m256i special = _mm256_or_si256(_mm256_cmpeq_epi8(v, backslash),
							_mm256_cmpeq_epi8(_mm256_min_epu8(v, control), v));

		m.quotes |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, quote)) << i;
		m.special |= (uint64_t)(uint32_t)_mm256_movemask_epi8(special) << i;
		m.high |= (uint64_t)(uint32_t)_mm256_movemask_epi8(v) << i;
	}
	return m;
}

static bool line_avx2(const char *line, size_t len, struct scan *s)
{
	return scan_blocks(line, len, s, block_avx2);
}

scan_line *const scan_line_avx2 = line_avx2;
#else
scan_line *const scan_line_avx2 = 0;
#endif
