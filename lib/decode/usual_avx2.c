/* The Makefile compiles this file with -mavx2 and its like. Called only where the processor has them. */
#include "decode/usual.h"

#include "decode/usual_walk.h"

#ifdef __AVX2__
#include <immintrin.h>

static inline bool same_avx2(const struct field_glue *glue, const char *p)
{
	const __m256i here = _mm256_loadu_si256((const __m256i *)(const void *)p);
	const __m256i there = _mm256_loadu_si256((const __m256i *)(const void *)glue->bytes);

	return (~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(here, there)) & glue->head) == 0;
}

static uint32_t lines_avx2(const struct usual_form *form, const struct line_reader *r, uint32_t row,
			   uint32_t rows)
{
	return usual_walk(form, r, row, rows, same_avx2);
}

usual_lines *const usual_lines_avx2 = lines_avx2;
#else
usual_lines *const usual_lines_avx2 = 0;
#endif
