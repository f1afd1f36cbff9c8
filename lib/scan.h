/*
 * scan -- where the quotes of a line are: what makes a line's structure known before any of it is read.
 *
 * Looking for the end of each text when its turn comes means a wait for every one of them, since where one
 * ends says where the next begins. The quotes of a line without escapes need no such order: they are found 64
 * bytes at a time, and the end of a text is then one count of zero bits away.
 */
#ifndef EV_SCAN_H
#define EV_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SCAN_LINE = 4032, /* bytes; a longer line is left to the grammar */
	SCAN_SLACK = 64,  /* readable bytes behind the line */
};

struct scan {
	bool is_ascii;
	/* Bit i % 64 of word i / 64 is set where byte i is a quote; a word of zeros follows the last. */
	uint64_t quotes[SCAN_LINE / 64 + 1];
};

/* False when the line has a backslash or a control byte, or is too long: the grammar must see to it. */
typedef bool scan_line(const char *line, size_t len, struct scan *s);

/* The same in three ways: for any processor, for SSE2, for AVX2 (NULL where they cannot be compiled). */
scan_line scan_line_plain;
extern scan_line *const scan_line_sse2, *const scan_line_avx2;
/* The best that this processor has. */
scan_line *scan_line_best(void);

/* The position of the first quote at or behind `at`, which is in the line; len or more when there is none. */
static inline size_t scan_next(const struct scan *s, size_t at, size_t len)
{
	uint64_t word = s->quotes[at / 64] >> (at % 64);

	if (word != 0)
		return at + (size_t)__builtin_ctzll(word);
	for (at = (at / 64 + 1) * 64; at < len; at += 64) {
		if (s->quotes[at / 64] != 0)
			return at + (size_t)__builtin_ctzll(s->quotes[at / 64]);
	}
	return len;
}

#endif
