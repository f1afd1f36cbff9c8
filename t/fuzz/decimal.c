/* Decimals: numbers against the slow reference, sums against strtod, and there and back. */
#include "base/decimal.h"
#include "base/json.h"

#include "slow.h"

static void try_number(const char *text, size_t len)
{
	uint32_t digits;
	unsigned places;
	size_t n;

	for (unsigned scale = 0; scale <= 6; scale += 6) {
		int64_t got = 0, expected = 0;
		const int exactness = decimal_parse(text, len, scale, &got);

		MUST(exactness == (int)slow_decimal(text, len, (int)scale, &expected));
		MUST(exactness == DECIMAL_RANGE || got == expected);
	}
	n = decimal_parse_short(text, &digits, &places);
	if (n > 0) {
		int64_t expected = 0;

		MUST(n <= DECIMAL_SHORT_MAX && places < DECIMAL_SHORT_MAX && n == len);
		MUST(slow_decimal(text, n, (int)places, &expected) == SLOW_EXACT && expected == digits);
	}
}

static void try_value(int64_t value)
{
	char text[DECIMAL_TEXT];
	int64_t again;
	size_t len = decimal_format(value, text);

	MUST(strlen(text) == len && slow_decimal(text, len, 6, &again) == SLOW_EXACT && again == value);
	len = decimal_format_fixed(value, text);
	MUST(strlen(text) == len && slow_decimal(text, len, 6, &again) == SLOW_EXACT && again == value);
}

/* strtod rounds a decimal to the nearest double, ties to even, too. */
static void try_sum(uint64_t low, uint64_t high)
{
	const decimal_sum sum = (decimal_sum)(__extension__(unsigned __int128) high << 64 | low);
	__extension__ unsigned __int128 size = sum < 0 ? -(unsigned __int128)sum : (unsigned __int128)sum;
	char text[64], *p = text + sizeof text;

	*--p = '\0';
	for (int i = 0; i < 50; i++, size /= 10) {
		*--p = (char)('0' + (int)(size % 10));
		if (i == 5)
			*--p = '.';
	}
	const double expected = strtod(p, NULL), got = decimal_to_double(sum);

	MUST(got == (sum < 0 ? -expected : expected));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fuzz f = {data, len};
	char *text = calloc(1, len + JSON_SLACK);
	struct json_token token;
	const char *bad;

	memcpy(text, data, len);
	if (json_number(text, text + len, &token, &bad) == text + len)
		try_number(text, len);
	free(text);
	const uint64_t low = fuzz_number(&f, 8);

	try_value((int64_t)low);
	try_sum(low, fuzz_number(&f, 8));
	return 0;
}
