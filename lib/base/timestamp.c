#include "base/timestamp.h"

#include <stdio.h>

/* A year that starts in March has its leap day last, so the days before a month do not depend on the year. */
enum { DAYS_PER_400_YEARS = 146097, DAYS_BEFORE_1970 = 719468 /* from 0000-03-01 */ };

static int64_t divide_down(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* month 0 is March; 31, 30, 31, 30, 31 days repeat every five months. */
static int days_before_month(int month)
{
	return (153 * month + 2) / 5;
}

int64_t timestamp_days(int64_t year, int month, int day)
{
	int64_t cycle, of_cycle;

	if (month < 3)
		year--;
	cycle = divide_down(year, 400);
	of_cycle = year - cycle * 400;
	return cycle * DAYS_PER_400_YEARS + of_cycle * 365 + of_cycle / 4 - of_cycle / 100 +
	       days_before_month((month + 9) % 12) + day - 1 - DAYS_BEFORE_1970;
}

void timestamp_civil(int64_t day, int64_t *year, int *month, int *day_of_month)
{
	int64_t shifted = day + DAYS_BEFORE_1970;
	int64_t cycle = divide_down(shifted, DAYS_PER_400_YEARS);
	int64_t rest = shifted - cycle * DAYS_PER_400_YEARS;
	/* Take the leap days before `rest` away, and what is left has years of 365. */
	int64_t of_cycle = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
	int of_year = (int)(rest - (of_cycle * 365 + of_cycle / 4 - of_cycle / 100));
	int march_month = (5 * of_year + 2) / 153;

	*day_of_month = of_year - days_before_month(march_month) + 1;
	*month = march_month < 10 ? march_month + 3 : march_month - 9;
	*year = cycle * 400 + of_cycle + (*month < 3);
}

static bool digits(const char *text, int n, int *value)
{
	int sum = 0;

	for (int i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		sum = sum * 10 + (text[i] - '0');
	}
	*value = sum;
	return true;
}

static bool two_digits(const char *text, int max, int *value)
{
	return digits(text, 2, value) && *value <= max;
}

static int days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

bool timestamp_parse_date(const char *text, size_t len, int64_t *day)
{
	int year, month, of_month;

	if (len != 10 || text[4] != '-' || text[7] != '-' || !digits(text, 4, &year) ||
	    !two_digits(text + 5, 12, &month) || !two_digits(text + 8, 31, &of_month))
		return false;
	if (year < 1 || month < 1 || of_month < 1 || of_month > days_in_month(year, month))
		return false;
	*day = timestamp_days(year, month, of_month);
	return true;
}

/* The digits behind the point, cut to microseconds. Returns how many there are, 0 when that is wrong. */
static size_t fraction(const char *text, size_t len, int *us)
{
	size_t n = 0;

	*us = 0;
	for (; n < len && text[n] >= '0' && text[n] <= '9'; n++) {
		if (n < 6)
			*us = *us * 10 + (text[n] - '0');
	}
	for (size_t i = n; i < 6; i++)
		*us *= 10;
	return n <= 9 ? n : 0;
}

/* Minutes east of UTC. text is all that is left. */
static bool zone(const char *text, size_t len, int *east)
{
	int hours, minutes = 0;

	*east = 0;
	if (len == 0)
		return true;
	if (*text == 'Z' || *text == 'z')
		return len == 1;
	if ((*text != '+' && *text != '-') || len < 3 || !two_digits(text + 1, 23, &hours))
		return false;
	if (len > 3) {
		size_t colon = text[3] == ':';

		if (len != 5 + colon || !two_digits(text + 3 + colon, 59, &minutes))
			return false;
	}
	*east = hours * 60 + minutes;
	if (*text == '-')
		*east = -*east;
	return true;
}

bool timestamp_parse(const char *text, size_t len, int64_t *us)
{
	int hour, minute, second = 0, part = 0, east;
	size_t at = 16;
	int64_t day;

	if (len < at || !timestamp_parse_date(text, 10, &day) ||
	    (text[10] != 'T' && text[10] != 't' && text[10] != ' '))
		return false;
	if (!two_digits(text + 11, 23, &hour) || text[13] != ':' || !two_digits(text + 14, 59, &minute))
		return false;
	if (len > at && text[at] == ':') {
		if (len < at + 3 || !two_digits(text + at + 1, 60, &second))
			return false;
		at += 3;
		if (len > at && (text[at] == '.' || text[at] == ',')) {
			size_t n = fraction(text + at + 1, len - at - 1, &part);

			if (n == 0)
				return false;
			at += n + 1;
		}
	}
	if (!zone(text + at, len - at, &east))
		return false;
	*us = (((day * 24 + hour) * 60 + minute - east) * 60 + second) * TIMESTAMP_SECOND + part;
	return *us >= TIMESTAMP_MIN && *us <= TIMESTAMP_MAX;
}

void timestamp_cache_begin(struct timestamp_cache *cache)
{
	memcpy(cache->minute, "1970-01-01T00:00:", sizeof cache->minute);
	cache->us = 0;
}

bool timestamp_cache_minute(struct timestamp_cache *cache, const char *text)
{
	int hour, minute;
	int64_t day;

	if (!timestamp_parse_date(text, 10, &day) || text[10] != 'T' || !two_digits(text + 11, 23, &hour) ||
	    text[13] != ':' || !two_digits(text + 14, 59, &minute) || text[16] != ':')
		return false;
	memcpy(cache->minute, text, sizeof cache->minute);
	cache->us = day * TIMESTAMP_DAY + (hour * 60 + minute) * 60 * TIMESTAMP_SECOND;
	return true;
}

size_t timestamp_format_date(int64_t day, char out[TIMESTAMP_DATE_TEXT])
{
	int64_t year;
	int month, of_month;

	timestamp_civil(day, &year, &month, &of_month);
	return (size_t)snprintf(out, TIMESTAMP_DATE_TEXT, "%04d-%02d-%02d", (int)year, month, of_month);
}

size_t timestamp_format(int64_t us, char out[TIMESTAMP_TEXT])
{
	int64_t day = timestamp_day(us);
	int64_t rest = us % TIMESTAMP_DAY + (us % TIMESTAMP_DAY < 0 ? TIMESTAMP_DAY : 0);
	int seconds = (int)(rest / TIMESTAMP_SECOND);
	size_t n = timestamp_format_date(day, out);

	return n + (size_t)snprintf(out + n, TIMESTAMP_TEXT - n, "T%02d:%02d:%02d.%06dZ", seconds / 3600,
				    seconds / 60 % 60, seconds % 60, (int)(rest % TIMESTAMP_SECOND));
}
