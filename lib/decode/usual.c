#include "decode/usual.h"

#include "decode/usual_walk.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static inline bool same_plain(const struct field_glue *glue, const char *p)
{
	return memcmp(p, glue->bytes, glue->len < FIELD_GLUE_HEAD ? glue->len : FIELD_GLUE_HEAD) == 0;
}

uint32_t usual_lines_plain(const struct usual_form *form, const struct line_reader *r, uint32_t row,
			   uint32_t rows)
{
	return usual_walk(form, r, row, rows, same_plain);
}

#ifdef __SSE2__
static inline uint32_t same16(const char *a, const char *b)
{
	return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)a),
							  _mm_loadu_si128((const __m128i *)(const void *)b)));
}

static inline bool same_sse2(const struct field_glue *glue, const char *p)
{
	return (~(same16(p, glue->bytes) | same16(p + 16, glue->bytes + 16) << 16) & glue->head) == 0;
}

static uint32_t lines_sse2(const struct usual_form *form, const struct line_reader *r, uint32_t row,
			   uint32_t rows)
{
	return usual_walk(form, r, row, rows, same_sse2);
}

usual_lines *const usual_lines_sse2 = lines_sse2;
#else
usual_lines *const usual_lines_sse2 = 0;
#endif

usual_lines *usual_lines_best(void)
{
	if (scan_has_avx2())
		return usual_lines_avx2;
	return usual_lines_sse2 != 0 ? usual_lines_sse2 : usual_lines_plain;
}
