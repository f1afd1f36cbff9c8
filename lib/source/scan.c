#include "source/scan.h"

#include "source/scan_walk.h"

#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

int scan_text(struct scan *s, const char *text, size_t len)
{
	const size_t n = (len + 63) / 64;

	if (array_reserve(&s->quotes, &s->quotes_cap, n + 2, sizeof *s->quotes) != 0 ||
	    array_reserve(&s->ends, &s->ends_cap, n * 64 + 1, sizeof *s->ends) != 0)
		return -1;
	s->text = text;
	s->n = s->blocks(text, n, s->quotes, s->ends);
	s->quotes[n] = s->quotes[n + 1] = 0;
	/* What lies behind the text, in its last block, does not count. */
	if (len % 64 != 0)
		s->quotes[n - 1] &= ((uint64_t)1 << len % 64) - 1;
	while (s->n > 0 && (s->ends[s->n - 1] & ~SCAN_ODD) >= len)
		s->n--;
	return 0;
}

void scan_free(struct scan *s)
{
	free(s->quotes);
	free(s->ends);
	*s = (struct scan){.blocks = s->blocks};
}

static inline struct scan_bits block_plain(const char *p)
{
	struct scan_bits b = {0};

	for (unsigned i = 0; i < 64; i++) {
		const unsigned char c = (unsigned char)p[i];

		b.quotes |= (uint64_t)(c == '"') << i;
		b.ends |= (uint64_t)(c == '\n') << i;
		b.odd |= (c < 0x20 && c != '\n') || c == '\\' || c >= 0x80;
	}
	return b;
}

size_t scan_blocks_plain(const char *text, size_t n, uint64_t *quotes, uint32_t *ends)
{
	return scan_walk(text, n, quotes, ends, block_plain);
}

#ifdef __SSE2__
static inline struct scan_bits block_sse2(const char *p)
{
	const __m128i quote = _mm_set1_epi8('"'), line_feed = _mm_set1_epi8('\n'),
		      backslash = _mm_set1_epi8('\\'), space = _mm_set1_epi8(' ');
	__m128i all_odd = _mm_setzero_si128();
	struct scan_bits b = {0};

	for (unsigned i = 0; i < 64; i += 16) {
		const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		const __m128i end = _mm_cmpeq_epi8(v, line_feed);
		/* As signed bytes, those beyond ASCII are less than a space too. */
		const __m128i odd = _mm_or_si128(_mm_cmplt_epi8(v, space), _mm_cmpeq_epi8(v, backslash));

		b.quotes |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, quote)) << i;
		b.ends |= (uint64_t)(uint32_t)_mm_movemask_epi8(end) << i;
		all_odd = _mm_or_si128(all_odd, _mm_andnot_si128(end, odd));
	}
	b.odd = (uint32_t)_mm_movemask_epi8(all_odd);
	return b;
}

static size_t blocks_sse2(const char *text, size_t n, uint64_t *quotes, uint32_t *ends)
{
	return scan_walk(text, n, quotes, ends, block_sse2);
}

scan_blocks *const scan_blocks_sse2 = blocks_sse2;
#else
scan_blocks *const scan_blocks_sse2 = 0;
#endif

bool scan_has_avx2(void)
{
#ifdef __x86_64__
	return scan_blocks_avx2 != 0 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
#else
	return false;
#endif
}

scan_blocks *scan_blocks_best(void)
{
	if (scan_has_avx2())
		return scan_blocks_avx2;
	return scan_blocks_sse2 != 0 ? scan_blocks_sse2 : scan_blocks_plain;
}
