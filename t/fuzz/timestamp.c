/* Timestamps: texts against the slow reference, and every moment there and back. */
#include "base/timestamp.h"

#include "slow.h"

static void try_text(const char *text, size_t len)
{
	int64_t got = 0, expected = 0;
	const bool good = timestamp_parse(text, len, &got);

	MUST(good == slow_timestamp(text, len, &expected));
	MUST(!good || got == expected);
}

/* The quick way takes what it takes as the other would. */
static void try_fixed(const char *text, size_t len)
{
	struct timestamp_cache cache;
	char padded[TIMESTAMP_FIXED] = {0};
	int64_t got = 0, again = 0, expected = 0;
	size_t taken;

	timestamp_cache_begin(&cache);
	memcpy(padded, text, len < sizeof padded ? len : sizeof padded);
	taken = timestamp_parse_fixed(&cache, padded, &got);
	MUST(taken <= sizeof padded);
	if (taken > 0) {
		MUST(slow_timestamp(padded, taken, &expected) && got == expected);
		MUST(timestamp_parse_fixed(&cache, padded, &again) == taken && again == got);
	}
}

static void try_moment(int64_t us)
{
	char text[TIMESTAMP_TEXT];
	int64_t again, days, year;
	int month, day;

	us = us % TIMESTAMP_MAX;
	if (us < TIMESTAMP_MIN)
		us = TIMESTAMP_MIN;
	MUST(timestamp_parse(text, timestamp_format(us, text), &again) && again == us);
	timestamp_civil(timestamp_day(us), &year, &month, &day);
	MUST(slow_days(year, month, day, &days) && days == timestamp_day(us));
	MUST(timestamp_days(year, month, day) == days);
	MUST(slow_digits(text + 11, 2) == timestamp_hour(us));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fuzz f = {data, len};
	/* A copy as long as the text, so that reading beyond it is seen. */
	char *text = malloc(len > 0 ? len : 1);

	memcpy(text, data, len);
	try_text(text, len);
	try_fixed(text, len);
	try_moment((int64_t)fuzz_number(&f, 8));
	free(text);
	return 0;
}
