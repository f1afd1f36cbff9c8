/*
 * Conditions against SQLite: random ones over random rows, in all forms and widths that a batch has.
 */
#include "gold/predicate.h"

#include "base/buffer.h"
#include "gold/definition.h"
#include "gold_events.h"
#include "tap.h"

#include <math.h>
#include <unistd.h>

enum { ROWS = 700, CONDITIONS = 600 };

static struct event events[ROWS];
static struct columns silver;
static char path[] = "/tmp/evlake-expression-XXXXXX";

static const char *pick(const char *const *from, size_t n)
{
	return from[event_random(n)];
}
#define PICK(list) pick(list, sizeof(list) / sizeof(list)[0])

/* A comparison that both understand alike. */
static int write_comparison(struct buffer *out)
{
	static const char *const signs[] = {"=", "<>", "!=", "<", "<=", ">", ">="};
	static const char *const texts[] = {"'books'",      "''",       "'caf\xc3\xa9'",
					    "'home'",       "'p_1007'", "'page_view'",
					    "'2025-12-06'", "NULL",     "'u'"};
	static const char *const text_columns[] = {"category", "product_id", "event_type", "EVENT_DATE",
						   "\"user_id\""};
	static const char *const numbers[] = {"0",
					      "1",
					      "3",
					      "-1",
					      "2.5",
					      "-2.50",
					      "1e1",
					      ".5",
					      "007",
					      "NULL",
					      "12",
					      "99.990001",
					      "100.99",
					      "9223372036854775807",
					      "-9223372036854775808",
					      "1e30",
					      "-1e30",
					      "5e-7",
					      "1.",
					      "549755813888"};
	static const char *const number_columns[] = {"quantity", "price", "event_hour",
						     "weight",   "big",   "revenue"};
	const bool is_text = event_random(2);
	const char *column = is_text ? PICK(text_columns) : PICK(number_columns);
	const char *first = is_text ? PICK(texts) : PICK(numbers),
		   *second = is_text ? PICK(texts) : PICK(numbers);

	switch (event_random(7)) {
	case 0: return buffer_printf(out, "%s IS %sNULL", column, event_random(2) ? "NOT " : "");
	case 1:
		return buffer_printf(out, "%s %sIN (%s, %s)", column, event_random(2) ? "NOT " : "", first,
				     second);
	case 2: return buffer_printf(out, "flag %s %s", PICK(signs), event_random(2) ? "true" : "FALSE");
	case 3: return buffer_printf(out, "%s %s %s", first, PICK(signs), column);
	case 4:
		return buffer_printf(out, "%s %sBETWEEN %s AND %s", column, event_random(2) ? "NOT " : "",
				     first, second);
	default: return buffer_printf(out, "%s %s %s", column, PICK(signs), first);
	}
}

static int write_condition(struct buffer *out, int depth)
{
	int failed;

	if (depth == 0 || event_random(4) == 0)
		return write_comparison(out);
	if (event_random(4) == 0)
		return buffer_append_text(out, "NOT (") != 0 || write_condition(out, depth - 1) != 0 ||
		       buffer_append_text(out, ")") != 0;
	failed = buffer_append_text(out, "(") != 0 || write_condition(out, depth - 1) != 0;
	for (uint64_t n = 1 + event_random(3); n > 0 && !failed; n--)
		failed = buffer_append_text(out, event_random(2) ? " AND " : " OR ") != 0 ||
			 write_condition(out, depth - 1) != 0;
	return failed || buffer_append_text(out, ")") != 0;
}

/* The rows that meet it, one letter for each. */
static int ask_sqlite(struct db *db, const char *condition, char *out)
{
	struct buffer sql = {0};
	struct db_statement *s = NULL;
	int more = -1;

	memset(out, '.', ROWS);
	if (buffer_printf(&sql, "SELECT rowid FROM truth WHERE %s", condition) == 0)
		s = db_prepare(db, buffer_text(&sql));
	while (s != NULL && (more = db_step(s)) == 1)
		out[db_int(s, 0) - 1] = 'x';
	db_finalize(s);
	buffer_free(&sql);
	return more;
}

/* As a definition has it, evaluated batch by batch. */
static int ask_ours(struct predicates *p, struct view *view, const struct batch *batches,
		    const char *condition, char *out)
{
	struct buffer sql = {0};
	struct sql_select *s = NULL;
	uint32_t id, at = 0;
	int failed = 1;

	memset(out, '.', ROWS);
	if (buffer_printf(&sql, "SELECT 1 AS n FROM silver WHERE %s", condition) == 0)
		s = sql_parse((const char *)sql.data, sql.len, "t.sql");
	if (s != NULL && predicates_bind(p, s, s->where, &id) == 0)
		failed = 0;
	for (int i = 0; i < 3 && !failed; i++) {
		const uint8_t *mask;
		const uint16_t *rows;
		uint32_t n = 0, sum = 0;

		failed = view_set(view, &batches[i]);
		mask = predicates_mask(p, view, id);
		rows = predicates_rows(p, view, id, &n);
		if (mask == NULL || rows == NULL)
			failed = 1;
		for (uint32_t k = 0; k < batches[i].n && !failed; k++)
			sum += mask[k];
		failed |= sum != n;
		for (uint32_t k = 0; k < n && !failed; k++) {
			failed = mask[rows[k]] != 1 || (k > 0 && rows[k] <= rows[k - 1]);
			out[at + rows[k]] = 'x';
		}
		at += batches[i].n;
	}
	sql_free(s);
	buffer_free(&sql);
	return failed;
}

struct held {
	struct builder builder;
	struct buffer payload;
	struct strings dictionaries[EVENT_COLUMNS];
	struct vector vectors[EVENT_COLUMNS];
};

/* Three batches: of 1 row, with strings in codes, and with strings that are plain. */
static int make_batches(struct held *held, struct batch *batches)
{
	static const uint32_t ends[] = {1, 300, ROWS};
	struct buffer scratch = {0};
	uint32_t at = 0;
	int failed = 0;

	for (int i = 0; i < 3 && !failed; i++) {
		failed = builder_init(&held[i].builder, silver.items, silver.n);
		for (int k = 0; k < EVENT_COLUMNS && i == 2 && !failed; k++)
			held[i].builder.columns[k].plain = event_columns[k].type == COLUMN_STRING;
		for (; at < ends[i] && !failed; at++)
			failed = event_add(&held[i].builder, &events[at]);
		for (size_t k = 0; k < silver.n && !failed; k++)
			failed = builder_encode_strings(&held[i].builder, k, 0, &scratch) < 0;
		failed = failed || builder_encode(&held[i].builder, &held[i].payload) != 0;
		for (int k = 0; k < EVENT_COLUMNS; k++)
			held[i].dictionaries[k] = held[i].builder.columns[k].dictionary.strings;
		batches[i] = (struct batch){.n_vectors = EVENT_COLUMNS, .vectors = held[i].vectors};
		failed =
		    failed || batch_decode(held[i].payload.data, held[i].payload.len, silver.items, silver.n,
					   held[i].dictionaries, held[i].vectors, &batches[i].n) != 0;
	}
	buffer_free(&scratch);
	return failed;
}

/* Prices as numbers, and the ends of what 64 bits hold. */
static int make_truth(struct db *db)
{
	events[0].null[EVENT_BIG] = events[1].null[EVENT_BIG] = false;
	events[0].number[EVENT_BIG] = INT64_MIN;
	events[1].number[EVENT_BIG] = INT64_MAX;
	return events_insert(db, events, ROWS) != 0 ||
	       db_exec(db, "UPDATE truth SET price = price / 1e6, revenue = revenue / 1e6") != 0;
}

static void test_conditions(void)
{
	static struct held held[3];
	struct batch batches[3];
	struct predicates *p = NULL;
	struct view view;
	struct db *db = db_open(path, DB_CREATE);
	struct buffer condition = {0};
	int failed = db == NULL || make_truth(db) != 0 || make_batches(held, batches) != 0, n = 0;
	char truth[ROWS], ours[ROWS];

	ok(!failed && view_open(&view, &silver) == 0, "rows: %s", cause_message());
	ok(!failed && batches[2].vectors[EVENT_USER].form == VECTOR_PLAIN &&
	       batches[1].vectors[EVENT_USER].form == VECTOR_CODES,
	   "in both forms");
	while (n < CONDITIONS && !failed) {
		if (n++ % 50 == 0) {
			predicates_free(p);
			p = predicates_new(&silver);
		}
		buffer_clear(&condition);
		failed = write_condition(&condition, 3) != 0 || p == NULL ||
			 ask_sqlite(db, buffer_text(&condition), truth) != 0 ||
			 ask_ours(p, &view, batches, buffer_text(&condition), ours) != 0 ||
			 memcmp(truth, ours, ROWS) != 0;
	}
	ok(!failed, "%d conditions; %s %s", n, failed ? buffer_text(&condition) : "", cause_message());
	predicates_free(p);
	view_close(&view);
	buffer_free(&condition);
	for (int i = 0; i < 3; i++) {
		builder_free(&held[i].builder);
		buffer_free(&held[i].payload);
	}
	db_close(db);
}

/* The one row of SELECT expression AS x FROM silver when there is no event; false when it is refused. */
static bool evaluate(const char *expression, struct value *v)
{
	struct predicates *p = predicates_new(&silver);
	struct definition d;
	struct buffer sql = {0};
	struct state states[8];
	struct value row[16];
	bool result = false;

	if (p == NULL || buffer_printf(&sql, "SELECT %s AS x FROM silver", expression) != 0)
		return false;
	if (definition_compile(&d, "t", "t.sql", (const char *)sql.data, sql.len, &silver, p) == 0) {
		for (size_t i = 0; i < d.n_measures; i++)
			state_init(&states[i], d.measures[i].kind, d.measures[i].type);
		result = definition_row(&d, (struct text){"", 0}, states, row) == 0;
		*v = row[0];
		definition_free(&d);
	}
	predicates_free(p);
	buffer_free(&sql);
	return result;
}

static void test_values(void)
{
	static const struct {
		const char *expression;
		enum value_kind kind;
		double value;
	} values[] = {
	    {"count(*)", VALUE_INTEGER, 0},
	    {"sum(quantity)", VALUE_NULL, 0},
	    {"coalesce(sum(quantity), 0)", VALUE_INTEGER, 0},
	    {"coalesce(sum(revenue), 0)", VALUE_REAL, 0},
	    {"coalesce(NULL, sum(big), 1.5, 2)", VALUE_REAL, 1.5},
	    {"7 / 2", VALUE_REAL, 3.5},
	    {"5 / count(*)", VALUE_REAL, HUGE_VAL},
	    {"-5 / count(*)", VALUE_REAL, -HUGE_VAL},
	    {"1 / nullif(count(*), 0)", VALUE_NULL, 0},
	    {"nullif(1.0, 1)", VALUE_NULL, 0},
	    {"nullif(2, NULL)", VALUE_INTEGER, 2},
	    {"1 + NULL", VALUE_NULL, 0},
	    {"- - 3 * (2 - 5)", VALUE_INTEGER, -9},
	    {"1 + 0.5", VALUE_REAL, 1.5},
	    {"9223372036854775807 - 1 + 1", VALUE_INTEGER, 9223372036854775807.0},
	    {"9223372036854775807 * 4 - 9223372036854775807 * 4", VALUE_INTEGER, 0},
	};
	struct value v;

	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		const bool there = evaluate(values[i].expression, &v);

		ok(there && v.kind == values[i].kind &&
		       (v.kind == VALUE_NULL ||
			(v.kind == VALUE_REAL ? v.real : (double)v.integer) == values[i].value),
		   "%s %s", values[i].expression, cause_message());
	}
	ok(evaluate("0 / count(*)", &v) && v.kind == VALUE_REAL && v.real != v.real, "0 / 0 is no number");
	ok(!evaluate("9223372036854775807 + 1", &v) && cause_status() == STATUS_REFUSED, "%s",
	   cause_message());
	cause_clear();
	ok(!evaluate("9223372036854775807 * 9223372036854775807 * 9223372036854775807", &v), "%s",
	   cause_message());
	cause_clear();
}

int main(void)
{
	const int fd = mkstemp(path);

	if (fd < 0 || events_columns(&silver) != 0)
		return 1;
	close(fd);
	for (int i = 0; i < ROWS; i++)
		events[i] = event_make(300);
	test_conditions();
	test_values();
	for (int i = 0; i < 3; i++) {
		char file[64];

		snprintf(file, sizeof file, "%s%s", path, i == 0 ? "" : i == 1 ? "-wal" : "-shm");
		unlink(file);
	}
	columns_free(&silver);
	return tap_done();
}
