#include "scan.h"

#include "scan_blocks.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static inline struct scan_masks block_plain(const char *p)
{
	struct scan_masks m = {0, 0, 0};

	for (unsigned i = 0; i < 64; i++) {
		const unsigned char c = (unsigned char)p[i];

		m.quotes |= (uint64_t)(c == '"') << i;
		m.special |= (uint64_t)(c == '\\' || c < 0x20) << i;
		m.high |= (uint64_t)(c >> 7) << i;
	}
	return m;
}

bool scan_line_plain(const char *line, size_t len, struct scan *s)
{
	return scan_blocks(line, len, s, block_plain);
}

#ifdef __SSE2__
static inline struct scan_masks block_sse2(const char *p)
{
	const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'),
		      control = _mm_set1_epi8(0x1f);
	struct scan_masks m = {0, 0, 0};

	for (unsigned i = 0; i < 64; i += 16) {
		const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		const __m128i special =
		    _mm_or_si128(_mm_cmpeq_epi8(v, backslash), _mm_cmpeq_epi8(_mm_min_epu8(v, control), v));

		m.quotes |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, quote)) << i;
		m.special |= (uint64_t)(uint32_t)_mm_movemask_epi8(special) << i;
		m.high |= (uint64_t)(uint32_t)_mm_movemask_epi8(v) << i;
	}
	return m;
}

static bool line_sse2(const char *line, size_t len, struct scan *s)
{
	return scan_blocks(line, len, s, block_sse2);
}

scan_line *const scan_line_sse2 = line_sse2;
#else
scan_line *const scan_line_sse2 = 0;
#endif

scan_line *scan_line_best(void)
{
#ifdef __x86_64__
	if (scan_line_avx2 != 0 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"))
		return scan_line_avx2;
#endif
	return scan_line_sse2 != 0 ? scan_line_sse2 : scan_line_plain;
}
