/*
 * scan_blocks -- the loop over blocks of 64 bytes that every way to scan a line shares.
 *
 * Whoever includes this gives scan_block: a bit for each byte of the block that is a quote, one that needs
 * the grammar (a backslash or a control byte), one beyond ASCII.
 */
#ifndef EV_SCAN_BLOCKS_H
#define EV_SCAN_BLOCKS_H

#include "scan.h"

struct scan_masks {
	uint64_t quotes, special, high;
};

typedef struct scan_masks scan_block(const char *block);

__attribute__((always_inline)) static inline bool scan_blocks(const char *line, size_t len, struct scan *s,
							      scan_block *block)
{
	uint64_t special = 0, high = 0;
	size_t at = 0;

	if (len > SCAN_LINE)
		return false;
	for (; at < len; at += 64) {
		const uint64_t mine = len - at >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << (len - at)) - 1;
		const struct scan_masks m = block(line + at);

		special |= m.special & mine;
		high |= m.high & mine;
		s->quotes[at / 64] = m.quotes & mine;
	}
	s->quotes[at / 64] = 0;
	s->is_ascii = high == 0;
	return special == 0;
}

#endif
