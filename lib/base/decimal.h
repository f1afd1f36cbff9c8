/*
 * decimal -- JSON numbers read exactly, and millionths: what price and revenue are made of.
 *
 * A decimal is an int64 that counts millionths (DECIMAL_SCALE), below 10^18 in magnitude (DECIMAL_PRECISION).
 * Sums have 128 bits and become a double once, at the end, correctly rounded. No binary fraction takes part
 * anywhere else.
 */
#ifndef EV_DECIMAL_H
#define EV_DECIMAL_H

#include "base/word.h"

#include <stddef.h>

#define DECIMAL_ONE INT64_C(1000000)
#define DECIMAL_LIMIT INT64_C(1000000000000000000) /* magnitudes are below */

enum {
	DECIMAL_TEXT = 24,     /* bytes that hold any formatted decimal and its NUL */
	DECIMAL_SHORT_MAX = 7, /* characters that decimal_parse_short takes */
};

__extension__ typedef __int128 decimal_sum;

/* How the exact number lies to the value that was read from it. */
enum decimal_exactness {
	DECIMAL_BELOW = -1, /* the number is less than the value */
	DECIMAL_EXACT = 0,
	DECIMAL_ABOVE = 1,
	DECIMAL_RANGE = 2, /* the value does not fit an int64; *value is not set */
};

/*
 * Reads text, which must be a JSON number (RFC 8259, section 6), times 10^scale, rounded half to even. Takes
 * time linear in len, whatever the exponent says. Scale 0 reads integers: `2.0` and `1e2` are exact.
 */
enum decimal_exactness decimal_parse(const char *text, size_t len, unsigned scale, int64_t *value);

/*
 * The usual numbers, quickly: up to seven characters, without sign and exponent. The number is
 * *digits / 10^*places. Returns the characters taken, or 0 when text starts with something else, which may
 * still be a JSON number. Eight bytes must be readable.
 */
static inline size_t decimal_parse_short(const char *text, uint32_t *digits, unsigned *places)
{
	uint64_t word = word_digits(word_load(text));
	uint64_t others = word_not_digits(word);
	unsigned first, stop, n;

	*places = 0;
	if (others == 0)
		return 0;
	first = (unsigned)__builtin_ctzll(others) / 8;
	stop = n = first;
	if (first == 0 || (first > 1 && text[0] == '0'))
		return 0;
	if (text[first] == '.') {
		uint64_t whole = ((uint64_t)1 << 8 * first) - 1;

		others &= others - 1;
		if (others == 0)
			return 0;
		stop = (unsigned)__builtin_ctzll(others) / 8;
		n = stop - 1;
		*places = n - first;
		if (*places == 0)
			return 0;
		word = (word & whole) | (word >> 8 & ~whole);
	}
	if ((text[stop] | 0x20) == 'e')
		return 0;
	*digits = word_number(word << 8 * (8 - n));
	return stop;
}

/*
 * The same for numbers of 8 to 16 digits and nothing else: times, counted from some start. 17 bytes must be
 * readable.
 */
static inline size_t decimal_parse_long(const char *text, uint64_t *number)
{
	static const uint32_t weights[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
	const uint64_t head = word_digits(word_load(text)), tail = word_digits(word_load(text + 8));
	const uint64_t others = word_not_digits(tail);
	const unsigned n = others == 0 ? 8 : (unsigned)__builtin_ctzll(others) / 8;
	const char next = text[8 + n];

	if (word_not_digits(head) != 0 || *text == '0')
		return 0;
	if (next == '.' || (next | 0x20) == 'e' || (next >= '0' && next <= '9'))
		return 0;
	/* Two shifts, for n may be 0. */
	*number = (uint64_t)word_number(head) * weights[n] + word_number(tail << 4 * (8 - n) << 4 * (8 - n));
	return 8 + n;
}

/* price, in millionths, times quantity. False when that is no decimal (DECIMAL_PRECISION digits). */
static inline bool decimal_multiply(int64_t price, int64_t quantity, int64_t *revenue)
{
	return !__builtin_mul_overflow(price, quantity, revenue) &&
	       *revenue<DECIMAL_LIMIT && * revenue> - DECIMAL_LIMIT;
}

/* As short as it can be: "12", "-0.5", "296.2". Returns the length. */
size_t decimal_format(int64_t value, char out[DECIMAL_TEXT]);
/* With all six places: "12.000000". */
size_t decimal_format_fixed(int64_t value, char out[DECIMAL_TEXT]);

/* The double nearest to sum millionths; ties to even. */
double decimal_to_double(decimal_sum sum);

#endif
