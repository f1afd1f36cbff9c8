/*
 * page_pack -- integers as bits side by side: the inner loops of page, for the instructions that the
 * processor has.
 *
 * They are one text (page_pack_loops.h), compiled once for every processor and once for AVX2 and BMI2.
 * Nothing here can fail. All may spoil up to PAGE_PACK_SLACK bytes behind what they write.
 */
#ifndef EV_PAGE_PACK_H
#define EV_PAGE_PACK_H

#include <stddef.h>
#include <stdint.h>

enum {
	PAGE_BLOCK = 128, /* of DELTA_BINARY_PACKED */
	PAGE_MINIBLOCK = 32,
	PAGE_MINIBLOCKS = PAGE_BLOCK / PAGE_MINIBLOCK,
	PAGE_VARINT_MAX = 10,
	PAGE_PACK_SLACK = 16,
};

struct page_pack {
	/* n * width bits from p on, n a multiple of 8, of values below 1 << width. */
	void (*bits)(uint8_t *p, const uint32_t *values, size_t n, unsigned width);
	/* One block: the n values that follow previous; n is PAGE_BLOCK but for the last. Returns its end. */
	uint8_t *(*block)(uint8_t *p, const int64_t *values, int64_t previous, size_t n);
};

extern const struct page_pack page_pack_plain;
/* NULL where it was not compiled. */
extern const struct page_pack *const page_pack_avx2;

static inline const struct page_pack *page_pack_best(void)
{
#if defined __x86_64__
	if (page_pack_avx2 != NULL && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"))
		return page_pack_avx2;
#endif
	return &page_pack_plain;
}

/* Bits that hold 0 .. max; 0 for 0. */
static inline unsigned page_width(uint64_t max)
{
	return max == 0 ? 0 : 64 - (unsigned)__builtin_clzll(max);
}

static inline uint8_t *page_put_varint(uint8_t *p, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		*p++ = (uint8_t)(value | 0x80);
	*p++ = (uint8_t)value;
	return p;
}

static inline uint8_t *page_put_zigzag(uint8_t *p, int64_t value)
{
	return page_put_varint(p, (uint64_t)value << 1 ^ (uint64_t)(value < 0 ? -1 : 0));
}

#endif
