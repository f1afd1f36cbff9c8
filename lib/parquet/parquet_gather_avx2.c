/* The Makefile compiles this file with -mavx2 and its like. Called only where the processor has them. */
#include "parquet/parquet_gather.h"

#ifdef __AVX2__
#include <immintrin.h>
#include <string.h>

/* Eight rows at once: pext draws the bytes that are valid together. All eight are then written, and the next
 * ones over those that were too many. */
static uint32_t bytes_avx2(const uint8_t *codes, const uint64_t *valid, uint32_t first, uint32_t n,
			   uint32_t base, uint32_t *out)
{
	const __m256i bases = _mm256_set1_epi32((int)base);
	uint32_t i = 0, k = 0;

	for (codes += first; i + 64 <= n; i += 64) {
		uint64_t word = parquet_bits(valid, (size_t)first + i, 64);

		for (uint32_t j = 0; j < 64; j += 8, word >>= 8) {
			const uint64_t mask = _pdep_u64(word, UINT64_C(0x0101010101010101)) * 0xff;
			uint64_t eight;

			memcpy(&eight, codes + i + j, sizeof eight);
			eight = _pext_u64(eight, mask);
			const __m256i wide = _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)eight));
			_mm256_storeu_si256((__m256i *)(void *)(out + k), _mm256_add_epi32(wide, bases));
			k += (uint32_t)_mm_popcnt_u32((uint32_t)word & 0xff);
		}
	}
	return k + parquet_gather_bytes_plain(codes - first, valid, first + i, n - i, base, out + k);
}

parquet_gather_bytes *const parquet_gather_bytes_avx2 = bytes_avx2;
#else
parquet_gather_bytes *const parquet_gather_bytes_avx2 = 0;
#endif
