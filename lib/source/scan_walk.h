/*
 * scan_walk -- the loop over blocks of 64 bytes that every way to scan shares.
 *
 * Whoever includes this gives scan_block: a bit for each byte of the block that is a quote, a line feed, or
 * makes its line odd.
 */
#ifndef EV_SCAN_WALK_H
#define EV_SCAN_WALK_H

#include "source/scan.h"

struct scan_bits {
	uint64_t quotes, ends, odd;
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
	uint64_t odd = 0; /* in the line that has not ended */

	for (size_t i = 0; i < n; i++) {
		struct scan_bits b = block(text + i * 64);

		quotes[i] = b.quotes;
		odd |= b.odd;
		while (__builtin_expect((b.ends & (b.ends - 1)) != 0, 0)) {
			ends[n_ends++] =
			    (uint32_t)(i * 64 + (size_t)__builtin_ctzll(b.ends)) | (odd != 0 ? SCAN_ODD : 0);
			b.ends &= b.ends - 1;
			odd = b.odd;
		}
		ends[n_ends] = (uint32_t)(i * 64 + (size_t)__builtin_ctzll(b.ends | (uint64_t)1 << 63)) |
			       (odd != 0 ? SCAN_ODD : 0);
		n_ends += b.ends != 0;
		odd = b.ends != 0 ? b.odd : odd;
	}
	return n_ends;
}

#endif
