/*
 * gold_events -- random events for the tests of Gold: as rows of an SQLite table, which stands for the truth,
 * and as batches.
 */
#ifndef EV_GOLD_EVENTS_H
#define EV_GOLD_EVENTS_H

#include "base/db.h"
#include "base/timestamp.h"
#include "column/builder.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	EVENT_TIMESTAMP,
	EVENT_USER,
	EVENT_SESSION,
	EVENT_TYPE,
	EVENT_PRODUCT,
	EVENT_QUANTITY,
	EVENT_PRICE,
	EVENT_CATEGORY,
	EVENT_HOUR,
	EVENT_REVENUE,
	EVENT_DATE,
	EVENT_WEIGHT,
	EVENT_FLAG,
	EVENT_BIG,
	EVENT_COLUMNS,
};

struct event {
	bool null[EVENT_COLUMNS];
	int64_t number[EVENT_COLUMNS];
	char text[EVENT_COLUMNS][24];
};

static const struct {
	const char *name;
	enum column_type type;
	bool nullable;
} event_columns[EVENT_COLUMNS] = {
    {"timestamp", COLUMN_TIMESTAMP, false},
    {"user_id", COLUMN_STRING, false},
    {"session_id", COLUMN_STRING, false},
    {"event_type", COLUMN_STRING, false},
    {"product_id", COLUMN_STRING, true},
    {"quantity", COLUMN_INT32, true},
    {"price", COLUMN_DECIMAL, true},
    {"category", COLUMN_STRING, true},
    {"event_hour", COLUMN_INT32, false},
    {"revenue", COLUMN_DECIMAL, true},
    {"event_date", COLUMN_STRING, false},
    {"weight", COLUMN_FLOAT64, true},
    {"flag", COLUMN_BOOL, true},
    {"big", COLUMN_INT64, true},
};

static uint64_t event_seed = 20251207;

static uint64_t event_random(uint64_t n)
{
	event_seed ^= event_seed << 13;
	event_seed ^= event_seed >> 7;
	event_seed ^= event_seed << 17;
	return (event_seed >> 11) % n;
}

static inline struct event event_make(uint64_t users)
{
	static const char *const types[] = {"page_view",   "page_view", "page_view",
					    "add_to_cart", "purchase",  "search"};
	static const char *const categories[] = {"home", "sports", "books", "", "caf\xc3\xa9"};
	struct event e = {0};
	const uint64_t type = event_random(6), product = event_random(25);
	const bool cart = type == 3 || type == 4;
	double weight = ((double)event_random(2000) - 1000) / 8;

	e.number[EVENT_TIMESTAMP] = (timestamp_days(2025, 12, 5) + (int64_t)event_random(4)) * TIMESTAMP_DAY +
				    (int64_t)event_random(TIMESTAMP_DAY);
	e.number[EVENT_HOUR] = timestamp_hour(e.number[EVENT_TIMESTAMP]);
	timestamp_format_date(timestamp_day(e.number[EVENT_TIMESTAMP]), e.text[EVENT_DATE]);
	snprintf(e.text[EVENT_USER], 24, "u_%u", 10000 + (unsigned)event_random(users));
	snprintf(e.text[EVENT_SESSION], 24, "s_%u", 10000 + (unsigned)event_random(1000000));
	snprintf(e.text[EVENT_TYPE], 24, "%s", types[type]);
	snprintf(e.text[EVENT_PRODUCT], 24, "p_%u", 1000 + (unsigned)product);
	snprintf(e.text[EVENT_CATEGORY], 24, "%s", categories[product % 5]);
	e.null[EVENT_PRODUCT] = type == 5 || event_random(50) == 0;
	e.null[EVENT_CATEGORY] = type == 5 || event_random(50) == 0;
	e.null[EVENT_QUANTITY] = !cart || event_random(20) == 0;
	e.null[EVENT_PRICE] = !cart || event_random(20) == 0;
	e.number[EVENT_QUANTITY] = (int64_t)event_random(6);
	e.number[EVENT_PRICE] = (int64_t)event_random(300) * 1000000 + 990000 + (int64_t)event_random(3);
	e.null[EVENT_REVENUE] = type != 4 || e.null[EVENT_QUANTITY] || e.null[EVENT_PRICE];
	e.number[EVENT_REVENUE] = e.number[EVENT_QUANTITY] * e.number[EVENT_PRICE];
	memcpy(&e.number[EVENT_WEIGHT], &weight, sizeof weight);
	e.null[EVENT_WEIGHT] = event_random(3) == 0;
	e.number[EVENT_FLAG] = (int64_t)event_random(2);
	e.null[EVENT_FLAG] = event_random(4) == 0;
	e.number[EVENT_BIG] =
	    (int64_t)(event_random(UINT64_C(1) << 40) - (UINT64_C(1) << 39)) * (event_random(2) ? 1 : 64);
	e.null[EVENT_BIG] = event_random(5) == 0;
	return e;
}

static inline void event_bind(struct db_statement *s, const struct event *e, int column)
{
	if (e->null[column])
		db_bind_null(s, column + 1);
	else if (event_columns[column].type == COLUMN_STRING)
		db_bind_text(s, column + 1, (struct text){e->text[column], strlen(e->text[column])});
	else if (event_columns[column].type == COLUMN_FLOAT64) {
		double d;

		memcpy(&d, &e->number[column], sizeof d);
		db_bind_double(s, column + 1, d);
	} else
		db_bind_int(s, column + 1, e->number[column]);
}

/* The events as an SQLite table: decimals in millionths, times in microseconds and, in `time`, as Gold shows
 * them. */
static inline int events_insert(struct db *db, const struct event *events, size_t n)
{
	struct db_statement *s;
	char time[TIMESTAMP_TEXT];

	if (db_exec(db,
		    "CREATE TABLE truth(timestamp INTEGER, user_id TEXT, session_id TEXT, event_type TEXT,"
		    " product_id TEXT, quantity INTEGER, price INTEGER, category TEXT, event_hour INTEGER,"
		    " revenue INTEGER, event_date TEXT, weight REAL, flag INTEGER, big INTEGER, time TEXT); "
		    "BEGIN") != 0)
		return -1;
	s = db_prepare(
	    db, "INSERT INTO truth VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)");
	if (s == NULL)
		return -1;
	for (size_t i = 0; i < n; i++) {
		for (int k = 0; k < EVENT_COLUMNS; k++)
			event_bind(s, &events[i], k);
		db_bind_text(s, EVENT_COLUMNS + 1,
			     (struct text){time, timestamp_format(events[i].number[EVENT_TIMESTAMP], time)});
		if (db_run(s) != 0)
			return -1;
	}
	return db_exec(db, "COMMIT");
}

static inline int event_add(struct builder *b, const struct event *e)
{
	for (int k = 0; k < EVENT_COLUMNS; k++) {
		struct builder_column *c = &b->columns[k];

		if (e->null[k])
			builder_add_null(c);
		else if (event_columns[k].type != COLUMN_STRING)
			builder_add_int(c, e->number[k]);
		else if (builder_add_text(b, c, e->text[k], strlen(e->text[k])) != 0)
			return -1;
	}
	return 0;
}

static inline int events_columns(struct columns *columns)
{
	for (int k = 0; k < EVENT_COLUMNS; k++) {
		if (columns_add(columns, event_columns[k].name, event_columns[k].type,
				event_columns[k].nullable) != 0)
			return -1;
	}
	return 0;
}

#endif
