/* decimal: numbers and what they round to, against 128-bit arithmetic; and the one conversion to double. */
#include "base/decimal.h"

#include "random.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *text;
	int64_t value;
	int exactness;
} millionths[] = {
    {"0", 0, 0},
    {"-0", 0, 0},
    {"-0.0e5", 0, 0},
    {"1", 1000000, 0},
    {"296.2", 296200000, 0},
    {"9.99", 9990000, 0},
    {"-12.5", -12500000, 0},
    {"0.000001", 1, 0},
    {"1e-6", 1, 0},
    {"1E-6", 1, 0},
    {"1e-7", 0, 1},
    {"-1e-7", 0, -1},
    {"0.0000005", 0, 1},
    {"0.0000015", 2, -1},
    {"0.0000025", 2, 1},
    {"-0.0000015", -2, 1},
    {"-0.0000025", -2, -1},
    {"0.00000050000000000000001", 1, -1},
    {"0.0000004999999999999", 0, 1},
    {"1e11", 100000000000000000, 0},
    {"1E+11", 100000000000000000, 0},
    {"999999999999.999999", 999999999999999999, 0},
    {"999999999999.9999995", 1000000000000000000, -1},
    {"999999999999.9999994", 999999999999999999, 1},
    {"0.00000000001e11", 1000000, 0},
    {"100000000000000000000e-20", 1000000, 0},
    {"1.5e0", 1500000, 0},
    {"1.5e00000000000000000001", 15000000, 0},
    {"123456.7890125", 123456789012, 1},
    {"123456.7890135", 123456789014, -1},
    {"9223372036854.775807", INT64_MAX, 0},
    {"-9223372036854.775808", INT64_MIN, 0},
    {"9223372036854.775808", 0, DECIMAL_RANGE},
    {"-9223372036854.775809", 0, DECIMAL_RANGE},
    {"1e13", 0, DECIMAL_RANGE},
    {"-1e13", 0, DECIMAL_RANGE},
    {"1e999999999", 0, DECIMAL_RANGE},
    {"1e99999999999999999999999999999999", 0, DECIMAL_RANGE},
    {"1e-999999999", 0, 1},
    {"-1e-99999999999999999999999999999999", 0, -1},
    {"0e999999999999999999999", 0, 0},
    {"0.0e-999999999999999999999", 0, 0},
};

static const struct {
	const char *text;
	int64_t value;
	int exactness;
} integers[] = {
    {"2", 2, 0},
    {"2.0", 2, 0},
    {"1e2", 100, 0},
    {"1.50e1", 15, 0},
    {"1.5", 2, -1},
    {"2.5", 2, 1},
    {"-0", 0, 0},
    {"20e-1", 2, 0},
    {"2147483648", 2147483648, 0},
    {"9223372036854775807", INT64_MAX, 0},
    {"9223372036854775808", 0, DECIMAL_RANGE},
    {"-9223372036854775808", INT64_MIN, 0},
    {"18446744073709551616", 0, DECIMAL_RANGE},
    {"0.1", 0, 1},
    {"1e18", 1000000000000000000, 0},
    {"1e19", 0, DECIMAL_RANGE},
    {"2.00000000000000000000000000000000000001", 2, 1},
};

static void test_texts(void)
{
	int64_t value;

	for (size_t i = 0; i < sizeof millionths / sizeof millionths[0]; i++) {
		value = 0;
		int exactness = decimal_parse(millionths[i].text, strlen(millionths[i].text), 6, &value);

		ok(exactness == millionths[i].exactness && value == millionths[i].value, "%s in millionths",
		   millionths[i].text);
	}
	for (size_t i = 0; i < sizeof integers / sizeof integers[0]; i++) {
		value = 0;
		int exactness = decimal_parse(integers[i].text, strlen(integers[i].text), 0, &value);

		ok(exactness == integers[i].exactness && value == integers[i].value, "%s as an integer",
		   integers[i].text);
	}
}

/* Many digits and large exponents: only what they add up to counts. */
static void test_long(void)
{
	enum { LEN = 1000000 };
	char *text = malloc(LEN + 32);
	int64_t value;

	memset(text, '3', 400);
	ok(decimal_parse(text, 400, 6, &value) == DECIMAL_RANGE, "400 digits");
	memset(text, '0', 400);
	memcpy(text + 399, "7e0", 3);
	ok(decimal_parse(text, 402, 6, &value) == DECIMAL_EXACT && value == 7000000, "399 zeros and a 7");
	memcpy(text, "0.", 2);
	memset(text + 2, '0', LEN - 3);
	memcpy(text + LEN - 1, "25e999998", 9);
	ok(decimal_parse(text, LEN + 8, 6, &value) == DECIMAL_EXACT && value == 2500000,
	   "a million places, and an exponent that takes them back");
	text[0] = '4';
	memset(text + 1, '0', LEN);
	memcpy(text + LEN + 1, "e-1000000", 9);
	ok(decimal_parse(text, LEN + 10, 6, &value) == DECIMAL_EXACT && value == 4000000,
	   "a million zeros, and an exponent that takes them back");
	memcpy(text, "0.0000005", 9);
	memset(text + 9, '0', LEN);
	text[LEN] = '1';
	ok(decimal_parse(text, LEN, 6, &value) == DECIMAL_ABOVE && value == 0, "a tie, as far as it goes");
	ok(decimal_parse(text, LEN + 1, 6, &value) == DECIMAL_BELOW && value == 1,
	   "... and the digit that breaks it");
	free(text);
}

/* whole / 10^places, with an exponent that moves the point elsewhere, rounded by division. */
static void test_random(void)
{
	size_t wrong = 0;

	for (int i = 0; i < 300000; i++) {
		decimal_sum whole = (decimal_sum)(random_next() >> random_next() % 64), rest, unit = 1;
		unsigned places = (unsigned)(random_next() % 19), shift = (unsigned)(random_next() % 12);
		bool negative = random_next() % 2;
		char digits[64], text[128];
		int64_t value = 0, expected;
		int n, exactness, expected_exactness;

		snprintf(digits, sizeof digits, "%0*llu", (int)places + 1, (unsigned long long)whole);
		n = (int)strlen(digits) - (int)places;
		snprintf(text, sizeof text, "%s%.*s%s%se%d", negative ? "-" : "", n, digits,
			 places > 0 ? "." : "", digits + n, (int)shift - 6);
		/* millionths = whole * 10^(shift - places) */
		for (unsigned j = places; j < shift; j++)
			whole *= 10;
		for (unsigned j = shift; j < places; j++)
			unit *= 10;
		rest = whole % unit;
		whole /= unit;
		expected_exactness = rest != 0;
		if (rest * 2 > unit || (rest * 2 == unit && whole % 2 == 1)) {
			whole++;
			expected_exactness = -1;
		}
		expected = (int64_t)(negative ? -whole : whole);
		if (whole > (decimal_sum)INT64_MAX + negative) {
			expected = 0;
			expected_exactness = DECIMAL_RANGE;
		} else if (negative) {
			expected_exactness = -expected_exactness;
		}
		exactness = decimal_parse(text, strlen(text), 6, &value);
		if (exactness != expected_exactness || value != expected) {
			if (wrong++ == 0)
				fprintf(stderr, "# %s: %lld %d\n", text, (long long)value, exactness);
		}
	}
	ok(wrong == 0, "300000 random numbers, as 128-bit division has them");
}

/* The characters of numbers, in any order: the fast path takes only what the rules give the same value. */
static void test_short(void)
{
	static const char bytes[] = "0123456789012345678901234567890123456789....eE-+,} ";
	size_t taken = 0, wrong = 0;

	for (int i = 0; i < 1000000; i++) {
		char text[16] = {0};
		uint32_t digits;
		unsigned places;
		int64_t slow;
		size_t len;

		for (int j = 0; j < 9; j++)
			text[j] = bytes[random_next() % (sizeof bytes - 1)];
		len = decimal_parse_short(text, &digits, &places);
		if (len == 0)
			continue;
		taken++;
		wrong += strspn(text, "0123456789.") != len && text[len] != '.';
		wrong +=
		    text[0] == '.' || text[len - 1] == '.' || (text[0] == '0' && len > 1 && text[1] != '.');
		wrong += decimal_parse(text, len, places, &slow) != DECIMAL_EXACT || slow != digits;
	}
	ok(wrong == 0 && taken > 100000, "the fast path agrees on %zu texts", taken);
}

static void test_format(void)
{
	static const struct {
		int64_t value;
		const char *text, *fixed;
	} texts[] = {
	    {0, "0", "0.000000"},
	    {1, "0.000001", "0.000001"},
	    {-500000, "-0.5", "-0.500000"},
	    {12000000, "12", "12.000000"},
	    {10000000, "10", "10.000000"},
	    {296200000, "296.2", "296.200000"},
	    {999999999999999999, "999999999999.999999", "999999999999.999999"},
	    {INT64_MIN, "-9223372036854.775808", "-9223372036854.775808"},
	};
	char text[DECIMAL_TEXT];

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		ok(decimal_format(texts[i].value, text) == strlen(texts[i].text) &&
		       strcmp(text, texts[i].text) == 0,
		   "%s", texts[i].text);
		ok(decimal_format_fixed(texts[i].value, text) == strlen(texts[i].fixed) &&
		       strcmp(text, texts[i].fixed) == 0,
		   "%s", texts[i].fixed);
	}
}

static void test_multiply(void)
{
	int64_t revenue;

	ok(decimal_multiply(296200000, 5, &revenue) && revenue == 1481000000, "a price times five");
	ok(decimal_multiply(499999999999999999, 2, &revenue), "just a decimal");
	ok(!decimal_multiply(500000000000000000, 2, &revenue), "just none");
	ok(!decimal_multiply(999999999999999999, 2147483647, &revenue), "far beyond 64 bits");
	ok(decimal_multiply(0, 2147483647, &revenue) && revenue == 0, "nothing times much");
}

/* The text of a sum, which strtod reads with one rounding. */
static double by_text(decimal_sum sum)
{
	__extension__ unsigned __int128 size = sum < 0 ? -(unsigned __int128)sum : (unsigned __int128)sum;
	char text[64], *p = text + sizeof text;

	*--p = '\0';
	for (int i = 0; i < 6 || size > 0 || i == 6; i++, size /= 10) {
		if (i == 6)
			*--p = '.';
		*--p = (char)('0' + (int)(size % 10));
	}
	if (sum < 0)
		*--p = '-';
	return strtod(p, NULL);
}

static void test_double(void)
{
	size_t wrong = 0;

	ok(decimal_to_double(0) == 0 && decimal_to_double(1) == 1e-6 && decimal_to_double(-500000) == -0.5,
	   "small sums");
	ok(decimal_to_double((decimal_sum)24399028240000) == 24399028.24, "a day's revenue");
	for (int i = 0; i < 300000; i++) {
		decimal_sum sum = (decimal_sum)random_next() << 63 | (decimal_sum)(random_next() >> 1);

		sum >>= random_next() % 127;
		if (random_next() % 4 == 0) /* near a tie: an odd number of half units in the last place */
			sum = (decimal_sum)((random_next() >> 11 | (uint64_t)1 << 52) * 2 + 1) * 500000 *
				  ((decimal_sum)1 << random_next() % 40) +
			      (decimal_sum)(random_next() % 3) - 1;
		wrong += decimal_to_double(sum) != by_text(sum) || decimal_to_double(-sum) != by_text(-sum);
	}
	ok(wrong == 0, "300000 random sums become the nearest double");
}

int main(void)
{
	test_texts();
	test_long();
	test_random();
	test_short();
	test_format();
	test_multiply();
	test_double();
	return tap_done();
}
