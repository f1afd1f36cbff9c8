/*
 * word -- eight bytes of text at once.
 *
 * The first byte of the text is the lowest of the word, so the host must be little endian, as the stream is.
 */
#ifndef EV_WORD_H
#define EV_WORD_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "evlake needs a little-endian host");

#define WORD_EACH(byte) ((uint64_t)(byte)*0x0101010101010101)

static inline uint64_t word_load(const char *text)
{
	uint64_t word;

	memcpy(&word, text, sizeof word);
	return word;
}

/* Two bytes, the others being zeros. */
static inline uint64_t word_load2(const char *text)
{
	uint16_t two;

	memcpy(&two, text, sizeof two);
	return two;
}

static inline bool word_is_ascii(uint64_t word)
{
	return (word & WORD_EACH(0x80)) == 0;
}

/* How many bits are set, counted by pairs, fours, eight; without a compiler's leave to use the instruction
 * for it the builtin is a call. */
static inline uint32_t word_bits(uint64_t word)
{
	word -= word >> 1 & WORD_EACH(0x55);
	word = (word & WORD_EACH(0x33)) + (word >> 2 & WORD_EACH(0x33));
	word = (word + (word >> 4)) & WORD_EACH(0x0f);
	return (uint32_t)(word * WORD_EACH(1) >> 56);
}

/* Digits become 0 to 9, everything else more. */
static inline uint64_t word_digits(uint64_t word)
{
	return word ^ WORD_EACH('0');
}

/* The upper bit of each byte that is more than 9. */
static inline uint64_t word_not_digits(uint64_t digits)
{
	return (((digits & WORD_EACH(0x7f)) + WORD_EACH(0x80 - 10)) | digits) & WORD_EACH(0x80);
}

/* The number that eight bytes from 0 to 9 write, the first byte weighing most: by pairs, fours, eight. */
static inline uint32_t word_number(uint64_t digits)
{
	digits = digits * 10 + (digits >> 8);
	digits = (digits & 0x000000ff000000ff) * 100 + (digits >> 16 & 0x000000ff000000ff);
	return (uint32_t)((digits & 0xffff) * 10000 + (digits >> 32));
}

#endif
