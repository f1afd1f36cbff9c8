#include "silver/silver.h"

#include "base/decimal.h"
#include "base/timestamp.h"
#include "decode/schema.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	enum column_type type;
	bool nullable;
} added_columns[SILVER_ADDED] = {
    [SILVER_DATE] = {"event_date", COLUMN_STRING, false},
    [SILVER_HOUR] = {"event_hour", COLUMN_INT32, false},
    [SILVER_REVENUE] = {"revenue", COLUMN_DECIMAL, true},
    [SILVER_SOURCE] = {"source", COLUMN_STRING, false},
};

const char *silver_added_name(enum silver_column column)
{
	return added_columns[column].name;
}

enum column_type silver_added_type(enum silver_column column)
{
	return added_columns[column].type;
}

/* The column of that name and type, or -1. */
static int find(const struct columns *columns, const char *name, enum column_type type)
{
	const int i = columns_find(columns, name);

	return i >= 0 && columns->items[i].type == type ? i : -1;
}

static int add_columns(struct columns *columns)
{
	for (size_t i = 0; i < SILVER_ADDED; i++) {
		if (columns_find(columns, added_columns[i].name) >= 0)
			return cause_record(STATUS_INPUT, "these events already have a column %s",
					    added_columns[i].name);
		if (columns_add(columns, added_columns[i].name, added_columns[i].type,
				added_columns[i].nullable) != 0)
			return -1;
	}
	return 0;
}

int silver_by_schema(const char *path, struct columns *columns)
{
	struct schema *schema = schema_read(path);
	int result = -1;

	if (schema != NULL && columns_copy(columns, &schema->columns) == 0 &&
	    columns_add(columns, "line", COLUMN_INT64, false) == 0)
		result = add_columns(columns);
	schema_free(schema);
	return result;
}

int silver_open(struct silver *s, const struct columns *events)
{
	*s = (struct silver){.n_events = events->n, .purchase = -1};
	s->timestamp = find(events, "timestamp", COLUMN_TIMESTAMP);
	s->event_type = find(events, "event_type", COLUMN_STRING);
	s->quantity = find(events, "quantity", COLUMN_INT32);
	if (s->quantity < 0)
		s->quantity = find(events, "quantity", COLUMN_INT64);
	s->price = find(events, "price", COLUMN_DECIMAL);
	if (s->timestamp < 0 || events->items[s->timestamp].nullable)
		return cause_record(
		    STATUS_INPUT,
		    "these events have no column timestamp that is never null: no date to file them by");
	if (columns_copy(&s->columns, events) != 0 || add_columns(&s->columns) != 0)
		return -1;
	if (builder_init(&s->added, s->columns.items + s->n_events, SILVER_ADDED) != 0)
		return -1;
	s->vectors = calloc(s->columns.n, sizeof *s->vectors);
	s->days = calloc(BATCH_ROWS_MAX, sizeof *s->days);
	return s->vectors != NULL && s->days != NULL ? 0 : cause_memory();
}

int silver_open_again(struct silver *s, const struct columns *silver)
{
	*s = (struct silver){.purchase = -1, .event_type = -1, .quantity = -1, .price = -1};
	s->timestamp = find(silver, "timestamp", COLUMN_TIMESTAMP);
	if (silver->n < SILVER_ADDED || s->timestamp < 0)
		return cause_record(STATUS_INPUT, "a silver stream without the columns of one");
	s->n_events = silver->n - SILVER_ADDED;
	for (size_t i = 0; i < SILVER_ADDED; i++)
		if (find(silver, added_columns[i].name, added_columns[i].type) != (int)(s->n_events + i))
			return cause_record(STATUS_INPUT,
					    "a silver stream whose column %s is not where it belongs",
					    added_columns[i].name);
	if (columns_copy(&s->columns, silver) != 0)
		return -1;
	s->vectors = calloc(s->columns.n, sizeof *s->vectors);
	s->days = calloc(BATCH_ROWS_MAX, sizeof *s->days);
	return s->vectors != NULL && s->days != NULL ? 0 : cause_memory();
}

int silver_take_again(struct silver *s, const struct stream *in)
{
	const struct vector *timestamps = &in->batch.vectors[s->timestamp];

	if (in->batch.n > BATCH_ROWS_MAX)
		return cause_record(STATUS_INPUT, "a batch of %u rows: too many", in->batch.n);
	memcpy(s->vectors, in->batch.vectors, s->columns.n * sizeof *s->vectors);
	s->day = timestamp_day(vector_int(timestamps, 0));
	s->one_day = true;
	for (uint32_t i = 0; i < in->batch.n; i++) {
		s->days[i] = timestamp_day(vector_int(timestamps, i));
		s->one_day = s->one_day && s->days[i] == s->day;
	}
	return 0;
}

void silver_close(struct silver *s)
{
	builder_free(&s->added);
	columns_free(&s->columns);
	free(s->vectors);
	free(s->days);
	*s = (struct silver){0};
}

void silver_strings_reset(struct silver *s, size_t column)
{
	if ((int)column != s->event_type)
		return;
	s->purchase = -1;
	s->types_seen = 0;
}

/* When all events of the batch are of one hour, as they nearly always are, they are looked at all at once. */
static bool one_hour(const struct vector *timestamps, uint32_t n)
{
	const int64_t first = timestamps->base;
	const uint64_t most = vector_most(timestamps, n);
	const int64_t start = timestamp_day(first) * TIMESTAMP_DAY + timestamp_hour(first) * TIMESTAMP_HOUR;

	return most < (uint64_t)TIMESTAMP_HOUR - (uint64_t)(first - start);
}

static int fill_dates(struct silver *s, int64_t us, uint32_t n)
{
	char text[TIMESTAMP_DATE_TEXT];

	s->day = timestamp_day(us);
	s->one_day = true;
	builder_fill_int(&s->added.columns[SILVER_HOUR], timestamp_hour(us), n);
	return builder_fill_text(&s->added, &s->added.columns[SILVER_DATE], text,
				 timestamp_format_date(s->day, text), n);
}

/* Else date and hour are worked out once for each stretch of them. */
static int extend_dates(struct silver *s, const struct vector *timestamps, uint32_t n)
{
	struct builder_column *dates = &s->added.columns[SILVER_DATE];
	struct builder_column *hours = &s->added.columns[SILVER_HOUR];
	char text[TIMESTAMP_DATE_TEXT];

	s->one_day = true;
	s->day = timestamp_day(vector_int(timestamps, 0));
	for (uint32_t i = 0; i < n;) {
		const int64_t us = vector_int(timestamps, i);
		const int64_t day = timestamp_day(us);
		const int hour = timestamp_hour(us);
		const int64_t start = day * TIMESTAMP_DAY + hour * TIMESTAMP_HOUR;
		const size_t len = timestamp_format_date(day, text);
		const uint32_t first = i;

		for (; i < n; i++) {
			const int64_t later = vector_int(timestamps, i) - start;

			if (later < 0 || later >= TIMESTAMP_HOUR)
				break;
			s->days[i] = day;
		}
		builder_add_ints(hours, hour, i - first);
		if (builder_add_texts(&s->added, dates, text, len, i - first) != 0)
			return -1;
		s->one_day = s->one_day && day == s->day;
	}
	return 0;
}

/* Looks through event types that are new for the one that has revenue. */
static void find_purchase(struct silver *s, const struct strings *types)
{
	static const struct text purchase = {"purchase", 8};

	for (; s->types_seen < types->n; s->types_seen++) {
		if (text_equal(strings_get(types, s->types_seen), purchase))
			s->purchase = s->types_seen;
	}
}

/* Which of up to 64 rows from `first` on are valid, as bits. */
static uint64_t valid_word(const struct vector *v, uint32_t first)
{
	return v->valid == NULL ? UINT64_MAX : v->valid[first / 64];
}

/* Those of the rows that are purchases. */
static uint64_t purchases(const struct silver *s, const struct vector *types, uint32_t first, uint64_t rows)
{
	static const struct text purchase = {"purchase", 8};
	uint64_t found = 0;

	for (rows &= valid_word(types, first); rows != 0; rows &= rows - 1) {
		const uint32_t bit = (uint32_t)__builtin_ctzll(rows);
		const bool is = types->form == VECTOR_CODES
				    ? vector_int(types, first + bit) == s->purchase
				    : text_equal(vector_text(types, first + bit), purchase);

		found |= (uint64_t)is << bit;
	}
	return found;
}

/* 64 rows at a time: few have a price at all, and of those few are purchases. */
static int extend_revenue(struct silver *s, const struct batch *events)
{
	struct builder_column *revenues = &s->added.columns[SILVER_REVENUE];

	if (s->event_type < 0 || s->quantity < 0 || s->price < 0) {
		builder_add_nulls(revenues, events->n);
		return 0;
	}
	const struct vector *types = &events->vectors[s->event_type];
	const struct vector *quantities = &events->vectors[s->quantity];
	const struct vector *prices = &events->vectors[s->price];

	if (types->form == VECTOR_CODES)
		find_purchase(s, types->strings);
	for (uint32_t first = 0; first < events->n; first += 64) {
		const uint32_t left = events->n - first;
		uint64_t rows = left < 64 ? ((uint64_t)1 << left) - 1 : UINT64_MAX;

		rows &= valid_word(quantities, first) & valid_word(prices, first);
		for (rows = purchases(s, types, first, rows); rows != 0; rows &= rows - 1) {
			const uint32_t i = first + (uint32_t)__builtin_ctzll(rows);
			int64_t revenue;

			if (!decimal_multiply(vector_int(prices, i), vector_int(quantities, i), &revenue))
				return cause_record(
				    STATUS_INPUT,
				    "a revenue beyond DECIMAL(18,6), which evcat would have rejected");
			builder_add_nulls(revenues, i - revenues->n);
			builder_add_int(revenues, revenue);
		}
	}
	builder_add_nulls(revenues, events->n - revenues->n);
	return 0;
}

int silver_extend(struct silver *s, const struct stream *in)
{
	const struct batch *events = &in->batch;

	if (events->n > BATCH_ROWS)
		return cause_record(STATUS_INPUT, "a batch of %u rows: more than evlake writes", events->n);
	memcpy(s->vectors, events->vectors, s->n_events * sizeof *s->vectors);
	const struct vector *timestamps = &events->vectors[s->timestamp];

	if ((one_hour(timestamps, events->n) ? fill_dates(s, timestamps->base, events->n)
					     : extend_dates(s, timestamps, events->n)) != 0 ||
	    extend_revenue(s, events) != 0 ||
	    builder_fill_text(&s->added, &s->added.columns[SILVER_SOURCE], in->source.path.data,
			      in->source.path.len, events->n) != 0)
		return -1;
	for (size_t i = 0; i < SILVER_ADDED; i++)
		builder_view(&s->added.columns[i], &s->vectors[s->n_events + i]);
	return 0;
}
