/*
 * timestamp -- microseconds since 1970-01-01T00:00:00Z, and the ISO 8601 texts that mean them.
 *
 * The calendar is the Gregorian one, extended backwards, without leap seconds; years 1 to 9999. Days are
 * counted from 1970-01-01.
 *
 * Accepted: YYYY-MM-DD, then `T`, `t` or a space, then hh:mm, then seconds or none, with 1 to 9 digits behind
 * a `.` or `,` or none (cut to microseconds), then `Z`, `z`, +hh:mm, +hhmm, +hh (or with a minus), or
 * nothing, which means UTC. Second 60 counts as the next minute's second 0. The date must exist, and the year
 * must be within 1 to 9999 in UTC too.
 */
#ifndef EV_TIMESTAMP_H
#define EV_TIMESTAMP_H

#include "base/word.h"

#include <stddef.h>

#define TIMESTAMP_SECOND INT64_C(1000000)
#define TIMESTAMP_HOUR (3600 * TIMESTAMP_SECOND)
#define TIMESTAMP_DAY (24 * TIMESTAMP_HOUR)
#define TIMESTAMP_MIN (INT64_C(-62135596800) * TIMESTAMP_SECOND)     /* 0001-01-01T00:00:00Z */
#define TIMESTAMP_MAX (INT64_C(253402300800) * TIMESTAMP_SECOND - 1) /* 9999-12-31T23:59:59.999999Z */

enum {
	TIMESTAMP_TEXT = 36,      /* bytes that hold any formatted timestamp and its NUL */
	TIMESTAMP_DATE_TEXT = 16, /* the same for a date */
	TIMESTAMP_FIXED = 32,     /* bytes that timestamp_parse_fixed may read */
};

/* False when text is no timestamp. */
bool timestamp_parse(const char *text, size_t len, int64_t *us);
/* YYYY-MM-DD, exactly. */
bool timestamp_parse_date(const char *text, size_t len, int64_t *day);

/* The minute that timestamp_parse_fixed saw last, as it was written; some minute from the start, for what is
 * none could be the start of a text. */
struct timestamp_cache {
	char minute[17]; /* 2025-12-07T03:55: */
	int64_t us;
};

void timestamp_cache_begin(struct timestamp_cache *cache);

/* Another minute into the cache; false when text starts with none. */
bool timestamp_cache_minute(struct timestamp_cache *cache, const char *text);

/*
 * The usual layouts, quickly: YYYY-MM-DDThh:mm:ss.ffffff and then +00:00 or Z. Returns the bytes taken, or 0
 * when text starts with something else, which timestamp_parse may still understand. TIMESTAMP_FIXED bytes
 * must be readable. Events come in about the order of time, so the minute is mostly the one before.
 */
static inline size_t timestamp_parse_fixed(struct timestamp_cache *cache, const char *text, int64_t *us)
{
	/* Of ss.ffffff all but the point: as one number, microseconds. */
	const uint64_t digits =
	    word_digits((word_load(text + 18) & ~(uint64_t)0xffff) | word_load2(text + 17));
	const uint64_t zone = word_load(text + 24) >> 16, zero = word_load("+00:00\0");
	const uint32_t of_minute = word_number(digits);

	if ((text[19] != '.') | (word_not_digits(digits) != 0) | (of_minute >= 60 * TIMESTAMP_SECOND))
		return 0;
	if (memcmp(cache->minute, text, sizeof cache->minute) != 0 && !timestamp_cache_minute(cache, text))
		return 0;
	*us = cache->us + of_minute;
	return zone == zero ? 32 : (zone & 0xff) == 'Z' ? 27 : 0;
}

/* 2025-12-07T03:55:56.633003Z: always with six digits, so texts sort as times do. Returns the length. */
size_t timestamp_format(int64_t us, char out[TIMESTAMP_TEXT]);
/* 2025-12-07 */
size_t timestamp_format_date(int64_t day, char out[TIMESTAMP_DATE_TEXT]);

/* month from 1 to 12; day may lie outside the month. */
int64_t timestamp_days(int64_t year, int month, int day);
void timestamp_civil(int64_t day, int64_t *year, int *month, int *day_of_month);

/* The day, UTC, that the moment lies in; before 1970 too. */
static inline int64_t timestamp_day(int64_t us)
{
	return us / TIMESTAMP_DAY - (us % TIMESTAMP_DAY < 0);
}

/* Its hour, 0 to 23. */
static inline int timestamp_hour(int64_t us)
{
	int64_t rest = us % TIMESTAMP_DAY;

	return (int)((rest < 0 ? rest + TIMESTAMP_DAY : rest) / TIMESTAMP_HOUR);
}

#endif
