/*
 * page_pack_loops -- the text of page_pack's loops. To be included by the files that compile it, and by
 * nobody else.
 */
#ifndef EV_PAGE_PACK_LOOPS_H
#define EV_PAGE_PACK_LOOPS_H

#include "parquet/page_pack.h"

#include <assert.h>
#include <string.h>

#ifdef __BMI2__
#include <immintrin.h>
#endif

static inline uint64_t pack_load64(const void *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

static inline void pack_store64(uint8_t *p, uint64_t v)
{
	memcpy(p, &v, sizeof v);
}

/* The first of so many values at the bottom of a word of at most 64 bits. */
static inline uint64_t join64(const uint64_t *values, unsigned width, unsigned join)
{
	uint64_t word = 0;

	while (join-- > 0)
		word = word << width | values[join];
	return word;
}

static inline uint64_t join32(const uint32_t *values, unsigned width, unsigned join)
{
	uint64_t word = 0;

#ifdef __BMI2__
	/* Two at a time. */
	const uint64_t one = ((uint64_t)1 << width) - 1, two = one << 32 | one;

	for (; join >= 2; join -= 2)
		word = word << 2 * width | _pext_u64(pack_load64(values + join - 2), two);
#endif
	while (join-- > 0)
		word = word << width | values[join];
	return word;
}

/*
 * Packers write n * width bits from p on, n a multiple of 8. Several values are first joined to one word of
 * at most 56 bits, so that the serial part, which carries the bits left over from word to word, runs once for
 * each word. The two packers are one text over two input types.
 */
#define PACKER(name, type, joined)                                                   \
	static inline __attribute__((always_inline)) void name##_joined(             \
	    uint8_t *p, const type *values, size_t n, unsigned width, unsigned join) \
	{                                                                            \
		uint64_t carry = 0;                                                  \
		unsigned fill = 0;                                                   \
                                                                                     \
		for (size_t i = 0; i < n; i += join) {                               \
			carry |= joined(values + i, width, join) << fill;            \
			pack_store64(p, carry);                                      \
			fill += width * join;                                        \
			p += fill >> 3;                                              \
			carry >>= fill & ~7U;                                        \
			fill &= 7;                                                   \
		}                                                                    \
	}                                                                            \
	static void name(uint8_t *p, const type *values, size_t n, unsigned width)   \
	{                                                                            \
		if (width == 0)                                                      \
			return;                                                      \
		if (width <= 7)                                                      \
			name##_joined(p, values, n, width, 8);                       \
		else if (width <= 14)                                                \
			name##_joined(p, values, n, width, 4);                       \
		else if (width <= 28)                                                \
			name##_joined(p, values, n, width, 2);                       \
		else                                                                 \
			name##_joined(p, values, n, width, 1);                       \
	}

PACKER(pack32, uint32_t, join32)
PACKER(pack64_narrow, uint64_t, join64)

/* Widths up to 64: beyond 56 a value does not fit beside the bits carried over, so it goes in two halves. */
static void pack64(uint8_t *p, const uint64_t *values, size_t n, unsigned width)
{
	uint64_t halves[2 * PAGE_MINIBLOCK];

	if (width <= 56) {
		pack64_narrow(p, values, n, width);
		return;
	}
	if (width == 64) {
		memcpy(p, values, n * sizeof *values);
		return;
	}
	/* Bit by byte would do; such deltas are noise and rare. */
	uint64_t carry = 0;
	unsigned fill = 0;

	assert(n <= PAGE_MINIBLOCK);
	for (size_t i = 0; i < n; i++) {
		halves[2 * i] = values[i] & 0xffffffff;
		halves[2 * i + 1] = values[i] >> 32;
	}
	for (size_t i = 0; i < 2 * n; i++) {
		carry |= halves[i] << fill;
		pack_store64(p, carry);
		fill += i % 2 == 0 ? 32 : width - 32;
		p += fill >> 3;
		carry >>= fill & ~7U;
		fill &= 7;
	}
}

/* Each value less the one before it, and the least and the greatest of that. */
static inline void take_deltas(const int64_t *values, int64_t previous, size_t n, uint64_t *deltas,
			       int64_t *min, int64_t *max)
{
	int64_t least, greatest;

	deltas[0] = (uint64_t)values[0] - (uint64_t)previous;
	for (size_t i = 1; i < n; i++)
		deltas[i] = (uint64_t)values[i] - (uint64_t)values[i - 1];
	least = greatest = (int64_t)deltas[0];
	for (size_t i = 1; i < n; i++) {
		least = (int64_t)deltas[i] < least ? (int64_t)deltas[i] : least;
		greatest = (int64_t)deltas[i] > greatest ? (int64_t)deltas[i] : greatest;
	}
	*min = least;
	*max = greatest;
}

static uint8_t *put_block(uint8_t *p, const int64_t *values, int64_t previous, size_t n)
{
	uint64_t deltas[PAGE_BLOCK];
	int64_t min, max;

	take_deltas(values, previous, n, deltas, &min, &max);
	p = page_put_zigzag(p, min);
	if (min == max) {
		memset(p, 0, PAGE_MINIBLOCKS);
		return p + PAGE_MINIBLOCKS;
	}
	for (size_t i = 0; i < n; i++)
		deltas[i] -= (uint64_t)min;
	for (size_t i = n; i < PAGE_BLOCK; i++)
		deltas[i] = 0;

	uint8_t *widths = p;
	p += PAGE_MINIBLOCKS;
	for (size_t m = 0; m < PAGE_MINIBLOCKS; m++) {
		const uint64_t *mini = deltas + m * PAGE_MINIBLOCK;
		uint64_t any = 0;

		/* Miniblocks without values have no bytes; their widths are there all the same. */
		for (size_t i = 0; i < PAGE_MINIBLOCK; i++)
			any |= mini[i];
		widths[m] = (uint8_t)page_width(any);
		pack64(p, mini, PAGE_MINIBLOCK, widths[m]);
		p += PAGE_MINIBLOCK / 8 * (size_t)widths[m];
	}
	return p;
}

#define PAGE_PACK_LOOPS           \
	{                         \
		pack32, put_block \
	}

#endif
