/*
 * scan_walk -- the loop over blocks of 64 bytes that every way to scan shares.
 *
 * Whoever includes this gives scan_block: a bit for each byte of the block that is a quote, or a line feed,
 * and whether any makes its line odd.
 */
#ifndef EV_SCAN_WALK_H
#define EV_SCAN_WALK_H

#include "source/scan.h"

struct scan_bits {
	uint64_t quotes, ends;
	uint32_t odd; /* not 0 when there is any such byte */
};

typedef struct scan_bits scan_block(const char *block);

/*
 * Whether a line ends in a block is as good as random, so a place is written for each block and kept if there
 * is an end. A block that two lines share may make both of them odd, which costs a look and no more.
 */
__attribute__((always_inline)) static inline size_t scan_walk(const char *text, size_t n, uint64_t *quotes,
							      uint32_t *ends, scan_block *block)
{
	size_t n_ends = 0;
	uint32_t odd = 0; /* SCAN_ODD when the line is that has not ended */

	for (size_t i = 0; i < n; i++) {
		struct scan_bits b = block(text + i * 64);
		const uint32_t start = (uint32_t)(i * 64), here = b.odd != 0 ? SCAN_ODD : 0;

		quotes[i] = b.quotes;
		odd |= here;
		while (__builtin_expect((b.ends & (b.ends - 1)) != 0, 0)) {
			ends[n_ends++] = (start + (uint32_t)__builtin_ctzll(b.ends)) | odd;
			b.ends &= b.ends - 1;
			odd = here;
		}
		ends[n_ends] = (start + (uint32_t)__builtin_ctzll(b.ends | (uint64_t)1 << 63)) | odd;
		n_ends += b.ends != 0;
		odd = b.ends != 0 ? here : odd;
	}
	return n_ends;
}

#endif
