/* timestamp: texts and what they mean, the calendar against a slow one, and the fast path against the rules.
 */
#include "base/timestamp.h"

#include "random.h"
#include "tap.h"

#include <string.h>

static const struct {
	const char *text, *means;
} good[] = {
    {"2025-12-07T03:55:56.633003+00:00", "2025-12-07T03:55:56.633003Z"},
    {"2025-12-07T03:55:56+00:00", "2025-12-07T03:55:56.000000Z"},
    {"2025-12-07t03:55:56.1z", "2025-12-07T03:55:56.100000Z"},
    {"2025-12-07 03:55:56,123Z", "2025-12-07T03:55:56.123000Z"},
    {"2025-12-07T03:55:56.123456789Z", "2025-12-07T03:55:56.123456Z"},
    {"2025-12-07T03:55:56.9999999Z", "2025-12-07T03:55:56.999999Z"},
    {"2025-12-07T03:55", "2025-12-07T03:55:00.000000Z"},
    {"2025-12-07T03:55Z", "2025-12-07T03:55:00.000000Z"},
    {"2025-12-07T03:55:56", "2025-12-07T03:55:56.000000Z"},
    {"2025-12-07T03:55:56+01:30", "2025-12-07T02:25:56.000000Z"},
    {"2025-12-07T03:55:56-0130", "2025-12-07T05:25:56.000000Z"},
    {"2025-12-07T03:55:56+05", "2025-12-06T22:55:56.000000Z"},
    {"2025-12-07T03:55:56-00:00", "2025-12-07T03:55:56.000000Z"},
    {"2025-12-07T03:55-23:59", "2025-12-08T03:54:00.000000Z"},
    {"2025-12-31T23:59:60Z", "2026-01-01T00:00:00.000000Z"},
    {"2025-12-31T23:59:60.5Z", "2026-01-01T00:00:00.500000Z"},
    {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000000Z"},
    {"2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000000Z"},
    {"1969-12-31T23:59:59.9999999Z", "1969-12-31T23:59:59.999999Z"},
    {"1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z"},
    {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"},
    {"0001-01-01T23:59:00+23:59", "0001-01-01T00:00:00.000000Z"},
    {"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"},
    {"9999-12-31T23:59:60+00:01", "9999-12-31T23:59:00.000000Z"},
};

static const char *const bad[] = {
    "",
    "2025",
    "2025-12-07",
    "2025-12-07T",
    "2025-12-07T03",
    "2025-12-07T03:5",
    "2025-12-07T0355",
    "20251207T035556Z",
    "2025-12-07T03:55:",
    "2025-12-07T03:55:5",
    "2025-12-07T03:55:5Z",
    "2025-12-07T03:55:56.",
    "2025-12-07T03:55:56.Z",
    "2025-12-07T03:55:56.1234567890Z",
    "2025-12-07T03:55.5Z",
    "2025-12-07T24:00:00Z",
    "2025-12-07T03:60:00Z",
    "2025-12-07T03:55:61Z",
    "2025-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2025-04-31T00:00:00Z",
    "2025-13-01T00:00:00Z",
    "2025-00-01T00:00:00Z",
    "2025-01-00T00:00:00Z",
    "2025-01-32T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "0001-01-01T00:00:00+00:01",
    "9999-12-31T23:59:60Z",
    "9999-12-31T23:59:59-00:01",
    "2025-12-07T03:55:56 Z",
    "2025-12-07T03:55:56ZZ",
    "2025-12-07T03:55:56Z ",
    " 2025-12-07T03:55:56Z",
    "2025-12-07T03:55:56+",
    "2025-12-07T03:55:56+1",
    "2025-12-07T03:55:56+1:00",
    "2025-12-07T03:55:56+01:0",
    "2025-12-07T03:55:56+010",
    "2025-12-07T03:55:56+01:000",
    "2025-12-07T03:55:56+24:00",
    "2025-12-07T03:55:56+01:60",
    "2025-12-07X03:55:56Z",
    "2025/12/07T03:55:56Z",
    "2025-12-07T03.55.56Z",
    "-025-12-07T03:55:56Z",
    "2025-12-07T-3:55:56Z",
    "2025-12-7T03:55:56Z",
    "+2025-12-07T03:55:56Z",
    "2025-12-07T03:55:56.12a456Z",
    "yesterday",
    "1765079756",
    ("2025-12-07T03:55:56\xe2\x88\x92"
     "01:00"),
    "2025-12-07T03:55:56.633003+00:0",
    "2025-12-07T03:55:56.633003+00:00 ",
};

static void test_texts(void)
{
	char text[TIMESTAMP_TEXT];
	int64_t us, again;

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		bool parsed = timestamp_parse(good[i].text, strlen(good[i].text), &us);

		ok(parsed && timestamp_format(us, text) == 27 && strcmp(text, good[i].means) == 0, "%s is %s",
		   good[i].text, good[i].means);
		ok(timestamp_parse(text, strlen(text), &again) && again == us, "... and back");
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		ok(!timestamp_parse(bad[i], strlen(bad[i]), &us), "\"%s\" is none", bad[i]);
	ok(!timestamp_parse("2025-12-07T03:55:56\0", 20, &us), "a NUL behind it is not overlooked");
	ok(timestamp_parse("2025-12-07T03:55:56.633003+00:00", 32, &us) && us == INT64_C(1765079756633003),
	   "microseconds since 1970");
	ok(timestamp_format(INT64_MIN, text) > 27 && timestamp_format(INT64_MAX, text) > 27,
	   "what is no timestamp is still printed");
}

static bool slow_leap(int64_t year)
{
	return year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
}

/* Counts all days of the years 1 to 9999, one after another. */
static void test_calendar(void)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int64_t expected = TIMESTAMP_MIN / TIMESTAMP_DAY, wrong = 0;

	for (int64_t year = 1; year <= 9999; year++) {
		for (int month = 1; month <= 12; month++) {
			int length = lengths[month - 1] + (month == 2 && slow_leap(year));

			for (int day = 1; day <= length; day++, expected++) {
				int64_t civil_year;
				int civil_month, civil_day;

				timestamp_civil(expected, &civil_year, &civil_month, &civil_day);
				wrong += timestamp_days(year, month, day) != expected || civil_year != year ||
					 civil_month != month || civil_day != day;
			}
		}
	}
	ok(wrong == 0, "every day of 9,999 years has its number, and the number its day");
	ok(expected == (TIMESTAMP_MAX + 1) / TIMESTAMP_DAY, "... up to the last");
	ok(timestamp_days(1970, 1, 1) == 0 && timestamp_days(2000, 3, 1) == 11017, "known days");
}

static void test_parts(void)
{
	char date[TIMESTAMP_DATE_TEXT];
	int64_t day;

	ok(timestamp_day(-1) == -1 && timestamp_hour(-1) == 23, "the microsecond before 1970");
	ok(timestamp_day(0) == 0 && timestamp_hour(0) == 0, "the first of 1970");
	ok(timestamp_day(INT64_MIN) == -106751992 && timestamp_day(TIMESTAMP_DAY) == 1, "days round down");
	ok(timestamp_parse_date("2025-12-07", 10, &day) && timestamp_format_date(day, date) == 10 &&
	       strcmp(date, "2025-12-07") == 0,
	   "a date and back");
	ok(!timestamp_parse_date("2025-12-07 ", 11, &day) && !timestamp_parse_date("2025-12-0", 9, &day),
	   "a date is ten characters");
}

/* Layouts near the fixed ones, with a byte changed here and there: whatever the fast path takes must be what
 * the rules say, and it must take the usual ones. */
static void test_fixed(void)
{
	static const char bytes[] = "0123456789:-+.,TtZz \"\\/;";
	struct timestamp_cache cache;
	size_t taken = 0, wrong = 0, usual = 0;
	int64_t none;

	timestamp_cache_begin(&cache);
	ok(timestamp_parse_fixed(
	       &cache, (char[TIMESTAMP_FIXED]){[17] = '5', '6', '.', '6', '3', '3', '0', '0', '3', 'Z'},
	       &none) == 0,
	   "zeros are no minute, not even the first");
	for (int i = 0; i < 300000; i++) {
		char text[64] = {0};
		int64_t us =
		    (int64_t)(random_next() % (uint64_t)(TIMESTAMP_MAX - TIMESTAMP_MIN)) + TIMESTAMP_MIN;
		int64_t fast = 0, slow = 0;
		size_t len, n = timestamp_format(us, text);
		int changes = (int)(random_next() % 3);

		if (random_next() % 2 == 0) {
			memcpy(text + 26, "+00:00", 6);
			n = 32;
		}
		for (int j = 0; j < changes; j++)
			text[random_next() % n] = bytes[random_next() % (sizeof bytes - 1)];
		len = timestamp_parse_fixed(&cache, text, &fast);
		if (changes == 0)
			usual += len == n && fast == us;
		else
			usual++;
		taken += len > 0;
		wrong += len > 0 && (!timestamp_parse(text, len, &slow) || slow != fast);
	}
	ok(usual == 300000, "the fast path takes the usual layouts");
	ok(wrong == 0, "it takes %zu of 300000, all as the rules have it", taken);
	ok(taken < 300000, "... and leaves others");
}

int main(void)
{
	test_texts();
	test_calendar();
	test_parts();
	test_fixed();
	return tap_done();
}
