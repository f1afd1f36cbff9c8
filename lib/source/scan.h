/*
 * scan -- one pass over a text: where its lines end and where its quotes are, before any of it is read.
 *
 * Looking for the end of each line, and in it of each string, when its turn comes means a wait for every one
 * of them, since where one ends says where the next begins. All of them together need no order and no guess:
 * 64 bytes at a time, whatever is in them, become bits. The end of a string is then one count of zero bits
 * away.
 */
#ifndef EV_SCAN_H
#define EV_SCAN_H

#include "base/buffer.h"
#include "base/word.h"

enum { SCAN_SLACK = 64 }; /* readable bytes behind the text */

/* Beside where a line ends: that it may hold a backslash, a control byte, or one beyond ASCII. */
#define SCAN_ODD UINT32_C(0x80000000)

/*
 * What n blocks of 64 bytes hold: a bit for each quote, and where the lines end, of which there is room for
 * as many as bytes. Returns how many.
 */
typedef size_t scan_blocks(const char *text, size_t n, uint64_t *quotes, uint32_t *ends);

/* The same in three ways: for any processor, for SSE2, for AVX2 (NULL where they cannot be compiled). */
scan_blocks scan_blocks_plain;
extern scan_blocks *const scan_blocks_sse2, *const scan_blocks_avx2;
/* The best that this processor has. */
scan_blocks *scan_blocks_best(void);
/* Whether it has what files named *_avx2.c are compiled for. */
bool scan_has_avx2(void);

/* {.blocks = scan_blocks_best()} has no text. Positions are bytes from its start, below SCAN_ODD. */
struct scan {
	scan_blocks *blocks;
	const char *text; /* borrowed */
	uint64_t
	    *quotes; /* bit i % 64 of word i / 64 is set where byte i is a quote; a word of zeros follows */
	uint32_t *ends; /* of each line the position of its LF, and SCAN_ODD */
	size_t n;       /* lines that have ended */
	size_t quotes_cap, ends_cap;
};

/* The text, which is to stay where it is. -1: memory. */
int scan_text(struct scan *s, const char *text, size_t len) MUST_CHECK;
void scan_free(struct scan *s);

/* A bit for each quote from `at` on, lowest first: for 57 bytes or more, wherever words meet. */
static inline uint64_t scan_window(const struct scan *s, size_t at)
{
	/* From the byte that holds the bit. */
	return word_load((const char *)s->quotes + at / 8) >> (at % 8);
}

/* The position of the first quote at or behind `at`, which is at most `end`; end or more when there is none.
 */
static inline size_t scan_next(const struct scan *s, size_t at, size_t end)
{
	const uint64_t window = scan_window(s, at);

	if (window != 0)
		return at + (size_t)__builtin_ctzll(window);
	for (at = at / 64 * 64 + 64; at < end; at += 64) {
		if (s->quotes[at / 64] != 0)
			return at + (size_t)__builtin_ctzll(s->quotes[at / 64]);
	}
	return end;
}

#endif
