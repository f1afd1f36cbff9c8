/*
 * slow -- values by the rules of evlake(7), "Decoding rules", one character at a time: what the fast ways are
 * held against. Written from the rules alone; shares no code and no idea with lib/.
 */
#ifndef EV_SLOW_H
#define EV_SLOW_H

#include "fuzz.h"

#include <stdbool.h>

/* Whether text is at least as long as the pattern and has a digit at each 'd' and the same elsewhere. */
static inline bool slow_match(const char *text, size_t len, const char *pattern)
{
	for (size_t i = 0; pattern[i] != '\0'; i++) {
		if (i >= len || (pattern[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != pattern[i]))
			return false;
	}
	return true;
}

static inline int64_t slow_digits(const char *text, int n)
{
	return n == 0 ? 0 : slow_digits(text, n - 1) * 10 + (text[n - 1] - '0');
}

static inline bool slow_is_leap(int64_t year)
{
	return year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
}

/* Days from 1970-01-01, counted year by year and month by month; false when there is no such date. */
static inline bool slow_days(int64_t year, int64_t month, int64_t day, int64_t *days)
{
	int64_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}, sum = 0;

	lengths[1] += slow_is_leap(year);
	if (year < 1 || month < 1 || month > 12 || day < 1 || day > lengths[month - 1])
		return false;
	for (int64_t y = 1970; y < year; y++)
		sum += slow_is_leap(y) ? 366 : 365;
	for (int64_t y = 1969; y >= year; y--)
		sum -= slow_is_leap(y) ? 366 : 365;
	for (int64_t m = 1; m < month; m++)
		sum += lengths[m - 1];
	*days = sum + day - 1;
	return true;
}

/* What follows the time: seconds east of UTC. */
static inline bool slow_zone(const char *text, size_t len, int64_t *east)
{
	int64_t minutes = 0;

	*east = 0;
	if (len == 0 || (len == 1 && (*text == 'Z' || *text == 'z')))
		return true;
	if ((*text != '+' && *text != '-') || !slow_match(text + 1, len - 1, "dd"))
		return false;
	if (len == 6 && slow_match(text + 3, 3, ":dd"))
		minutes = slow_digits(text + 4, 2);
	else if (len == 5 && slow_match(text + 3, 2, "dd"))
		minutes = slow_digits(text + 3, 2);
	else if (len != 3)
		return false;
	if (slow_digits(text + 1, 2) > 23 || minutes > 59)
		return false;
	*east = (slow_digits(text + 1, 2) * 60 + minutes) * 60 * (*text == '-' ? -1 : 1);
	return true;
}

static inline bool slow_timestamp(const char *text, size_t len, int64_t *us)
{
	int64_t days, first, last, east, second = 0, part = 0;
	size_t at = 16;

	if (!slow_match(text, len, "dddd-dd-dd") || len < at || strchr("Tt ", text[10]) == NULL ||
	    text[10] == '\0' || !slow_match(text + 11, len - 11, "dd:dd"))
		return false;
	if (slow_match(text + at, len - at, ":dd")) {
		second = slow_digits(text + at + 1, 2);
		at += 3;
		if (at < len && (text[at] == '.' || text[at] == ',')) {
			int n = 0;

			while (at + 1 < len && text[at + 1] >= '0' && text[at + 1] <= '9') {
				part += n < 6 ? (text[at + 1] - '0') *
						    (int64_t[]){100000, 10000, 1000, 100, 10, 1}[n]
					      : 0;
				n++;
				at++;
			}
			at++;
			if (n < 1 || n > 9)
				return false;
		}
	}
	if (!slow_zone(text + at, len - at, &east) || second > 60 || slow_digits(text + 11, 2) > 23 ||
	    slow_digits(text + 14, 2) > 59 ||
	    !slow_days(slow_digits(text, 4), slow_digits(text + 5, 2), slow_digits(text + 8, 2), &days))
		return false;
	*us = (days * 86400 + slow_digits(text + 11, 2) * 3600 + slow_digits(text + 14, 2) * 60 + second -
	       east) *
		  1000000 +
	      part;
	slow_days(1, 1, 1, &first);
	slow_days(10000, 1, 1, &last);
	return *us >= first * 86400 * 1000000 && *us < last * 86400 * 1000000;
}

enum slow_exactness { SLOW_BELOW = -1, SLOW_EXACT = 0, SLOW_ABOVE = 1, SLOW_RANGE = 2 };

/* The digits of a JSON number without leading zeros, as a text; the number is 0.DIGITS times 10^*point. */
static inline char *slow_spread(const char *text, size_t len, int64_t *point)
{
	char *digits = calloc(1, len + 1);
	size_t n = 0, i = text[0] == '-';
	int64_t before = 0, exponent = 0;
	bool behind = false, negative;

	for (; i < len && text[i] != 'e' && text[i] != 'E'; i++) {
		if (text[i] == '.') {
			behind = true;
			continue;
		}
		before += !behind;
		if (n > 0 || text[i] != '0')
			digits[n++] = text[i];
		else
			before--; /* a zero in front moves the point */
	}
	negative = i + 1 < len && text[i + 1] == '-';
	for (i++; i < len; i++) {
		if (text[i] >= '0' && text[i] <= '9' && exponent < INT64_C(1000000000000000))
			exponent = exponent * 10 + (text[i] - '0');
	}
	while (n > 0 && digits[n - 1] == '0')
		digits[--n] = '\0';
	*point = before + (negative ? -exponent : exponent);
	return digits;
}

/* text, a JSON number, times 10^scale, half to even; how the number lies to that. */
static inline enum slow_exactness slow_decimal(const char *text, size_t len, int scale, int64_t *value)
{
	int64_t point;
	char *digits = slow_spread(text, len, &point);
	const int64_t n = (int64_t)strlen(digits);
	const bool negative = text[0] == '-';
	__extension__ unsigned __int128 whole = 0;
	int exactness;

	*value = 0;
	point += scale;
	if (n == 0 || point < 0 || point > 30) {
		free(digits);
		return n == 0 ? SLOW_EXACT : point > 30 ? SLOW_RANGE : negative ? SLOW_BELOW : SLOW_ABOVE;
	}
	for (int64_t i = 0; i < point; i++)
		whole = whole * 10 + (unsigned)(i < n ? digits[i] - '0' : 0);
	/* Texts of digits without zeros behind are in the order of the fractions that they are. */
	const char *rest = point < n ? digits + point : "";
	const int half = strcmp(rest, "5");

	exactness = *rest == '\0' ? SLOW_EXACT : SLOW_ABOVE;
	if (half > 0 || (half == 0 && whole % 2 == 1)) {
		whole++;
		exactness = SLOW_BELOW;
	}
	free(digits);
	if (whole > (uint64_t)INT64_MAX + negative)
		return SLOW_RANGE;
	*value = negative ? (int64_t) - (uint64_t)whole : (int64_t)(uint64_t)whole;
	return (enum slow_exactness)(negative ? -exactness : exactness);
}

/* How many bytes of the text are UTF-8 from its start. */
static inline size_t slow_utf8(const unsigned char *p, size_t len)
{
	size_t i = 0;

	while (i < len) {
		const unsigned c = p[i];
		const size_t n = c < 0x80 ? 1 : c >> 5 == 6 ? 2 : c >> 4 == 14 ? 3 : c >> 3 == 30 ? 4 : 0;
		uint32_t code = n == 1 ? c : c & (0xffU >> (n + 1));

		if (n == 0 || n > len - i)
			return i;
		for (size_t k = 1; k < n; k++) {
			if (p[i + k] >> 6 != 2)
				return i;
			code = code << 6 | (p[i + k] & 63);
		}
		if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ||
		    code < (uint32_t[]){0, 0, 0x80, 0x800, 0x10000}[n])
			return i;
		i += n;
	}
	return len;
}

#endif
