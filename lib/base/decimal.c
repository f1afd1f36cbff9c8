#include "base/decimal.h"

#include <math.h>
#include <stdio.h>

__extension__ typedef unsigned __int128 magnitude;

/* No line has so many digits that an exponent beyond this could be made up for. */
#define EXPONENT_MAX INT64_C(1000000000000)

enum { POWER_MAX = 18 }; /* a number that starts at 10^19 is past an int64 */

static int64_t exponent(const char *text, const char *end)
{
	bool negative = *text == '-';
	int64_t sum = 0;

	for (text += *text == '-' || *text == '+'; text < end; text++) {
		sum = sum * 10 + (*text - '0');
		if (sum > EXPONENT_MAX)
			sum = EXPONENT_MAX;
	}
	return negative ? -sum : sum;
}

/* The digits of a number: a part that counts, the first digit behind it, and whether any other follows. */
struct parts {
	uint64_t whole;
	int tie;
	bool more;
};

/* False when the whole part is 10^19 or more. power is that of the first digit. */
static bool read_digits(const char *p, const char *end, int64_t power, struct parts *parts)
{
	*parts = (struct parts){0};
	for (; p < end; p++) {
		int digit = *p - '0';

		if (*p == '.')
			continue;
		if (power >= 0) {
			if (power > POWER_MAX && digit != 0)
				return false;
			parts->whole = parts->whole * 10 + (uint64_t)digit;
		} else if (power == -1) {
			parts->tie = digit;
		} else {
			parts->more |= digit != 0;
		}
		power--;
	}
	for (; power >= 0 && parts->whole != 0; power--)
		parts->whole *= 10;
	return true;
}

enum decimal_exactness decimal_parse(const char *text, size_t len, unsigned scale, int64_t *value)
{
	const char *end = text + len, *stop = text, *point = NULL;
	bool negative = *text == '-';
	int64_t power = scale;
	struct parts parts;
	int exactness = DECIMAL_EXACT;

	text += negative;
	for (; stop < end && *stop != 'e' && *stop != 'E'; stop++) {
		if (*stop == '.')
			point = stop;
	}
	power += (point != NULL ? point : stop) - text - 1;
	if (stop < end)
		power += exponent(stop + 1, end);
	if (!read_digits(text, stop, power, &parts))
		return DECIMAL_RANGE;
	if (parts.tie > 5 || (parts.tie == 5 && (parts.more || parts.whole % 2 == 1))) {
		parts.whole++;
		exactness = DECIMAL_BELOW;
	} else if (parts.tie != 0 || parts.more) {
		exactness = DECIMAL_ABOVE;
	}
	if (parts.whole > (uint64_t)INT64_MAX + negative)
		return DECIMAL_RANGE;
	*value = (int64_t)(negative ? -parts.whole : parts.whole);
	return (enum decimal_exactness)(negative ? -exactness : exactness);
}

size_t decimal_format_fixed(int64_t value, char out[DECIMAL_TEXT])
{
	uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;

	return (size_t)snprintf(out, DECIMAL_TEXT, "%s%llu.%06llu", value < 0 ? "-" : "",
				(unsigned long long)(size / DECIMAL_ONE),
				(unsigned long long)(size % DECIMAL_ONE));
}

size_t decimal_format(int64_t value, char out[DECIMAL_TEXT])
{
	size_t len = decimal_format_fixed(value, out);

	while (out[len - 1] == '0')
		len--;
	if (out[len - 1] == '.')
		len--;
	out[len] = '\0';
	return len;
}

/* Rounds once: more says that something was cut off behind the last bit of n. */
static double round_once(magnitude n, bool more, int exponent_of_two)
{
	/* 64 bits hold the 53 of a double, and the last of them stands for all that follow. */
	for (; n >> 64 != 0; n >>= 1, exponent_of_two++)
		more |= n & 1;
	return ldexp((double)((uint64_t)n | more), exponent_of_two);
}

double decimal_to_double(decimal_sum sum)
{
	magnitude size = sum < 0 ? -(magnitude)sum : (magnitude)sum;
	magnitude whole = size / DECIMAL_ONE, rest = size % DECIMAL_ONE;
	double result;

	if (size >> 53 == 0) {
		result = (double)(uint64_t)size / DECIMAL_ONE; /* both exact, so this rounds once */
	} else if (whole >> 80 != 0) {
		result = round_once(whole, rest != 0, 0);
	} else {
		/* 44 bits behind the point: 77 or more in all. */
		magnitude fraction = (rest << 44) / DECIMAL_ONE;

		result = round_once(whole << 44 | fraction, (rest << 44) % DECIMAL_ONE != 0, -44);
	}
	return sum < 0 ? -result : result;
}
