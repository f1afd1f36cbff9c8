/*
 * Definitions: what is bound, and what is refused by name.
 */
#include "gold/definition.h"

#include "gold_events.h"
#include "tap.h"

static struct columns silver;

static bool compile(struct definition *d, struct predicates *p, const char *name, const char *sql)
{
	char file[80];

	snprintf(file, sizeof file, "%s.sql", name);
	return definition_compile(d, name, file, sql, strlen(sql), &silver, p) == 0;
}

static void test_bound(struct predicates *p)
{
	struct definition d;

	ok(compile(&d, p, "t",
		   "SELECT event_date AS day, Category, sum(price) FILTER (WHERE quantity > 1) AS a, "
		   "count(price) AS b,\n"
		   " sum(price) FILTER (WHERE quantity > 1) / count(price) AS c, count(*) AS n, "
		   "max(timestamp) AS last\n"
		   "FROM silver WHERE price IS NOT NULL GROUP BY category, 1"),
	   "%s", cause_message());
	ok(d.n_dimensions == 2 && d.dimensions[0].column == EVENT_CATEGORY && d.dimensions[0].output == 1 &&
	       d.dimensions[1].column == EVENT_DATE && d.dimensions[1].output == 0,
	   "dimensions in the order of GROUP BY");
	ok(d.n_measures == 3, "%zu measures: equal ones once, count(price) being count(*) here",
	   d.n_measures);
	ok(d.n_outputs == 7 && strcmp(d.outputs[0].name, "day") == 0 &&
	       strcmp(d.outputs[1].name, "Category") == 0,
	   "names as they are written");
	ok(strcmp(definition_output_type(&d, 0), "TEXT") == 0 &&
	       strcmp(definition_output_type(&d, 2), "REAL") == 0 &&
	       strcmp(definition_output_type(&d, 3), "INTEGER") == 0 &&
	       strcmp(definition_output_type(&d, 4), "REAL") == 0 &&
	       strcmp(definition_output_type(&d, 6), "TEXT") == 0,
	   "types");
	definition_free(&d);
	ok(compile(&d, p, "t", "SELECT event_date AS day, count(*) AS n FROM silver GROUP BY day"),
	   "GROUP BY an alias");
	definition_free(&d);
	ok(compile(&d, p, "t",
		   "SELECT event_hour, count(*) / event_hour AS n FROM silver GROUP BY event_hour"),
	   "a dimension in an expression");
	definition_free(&d);
}

static void test_refused(struct predicates *p)
{
	static const struct {
		const char *sql;
		const char *where;
	} refused[] = {
	    {"SELECT avg(price) AS x FROM silver", "1:8: avg"},
	    {"SELECT median(price) AS x FROM silver", "1:8: median"},
	    {"SELECT date_trunc('day', timestamp) AS x FROM silver", "1:8: date_trunc"},
	    {"SELECT count(*) FROM silver", "1:8: count"},
	    {"SELECT 1 + 1 FROM silver", "1:10: +"},
	    {"SELECT count(*) AS \"\" FROM silver", "1:8: count"},
	    {"SELECT count(*) AS a, count(price) AS A FROM silver", "1:39: A"},
	    {"SELECT nothing, count(*) AS n FROM silver GROUP BY nothing", "1:52: nothing"},
	    {"SELECT category, count(*) AS n FROM silver", "1:8: category"},
	    {"SELECT category, count(*) AS n FROM silver GROUP BY event_date", "1:8: category"},
	    {"SELECT count(*) AS n FROM silver GROUP BY category", "1:8: category"},
	    {"SELECT category AS c FROM silver GROUP BY category, c", "1:53: c"},
	    {"SELECT category, count(*) AS n FROM silver GROUP BY 3", "1:53: 3"},
	    {"SELECT category, count(*) AS n FROM silver GROUP BY 0", "1:53: 0"},
	    {"SELECT category, count(*) AS n FROM silver GROUP BY 1.5", "1:53: 1.5"},
	    {"SELECT category, count(*) AS n FROM silver GROUP BY 2", "1:53: 2"},
	    {"SELECT category, count(*) AS n FROM silver GROUP BY category + 1", "1:62: +"},
	    {"SELECT sum(*) AS x FROM silver", "1:8: sum"},
	    {"SELECT count() AS x FROM silver", "1:8: count"},
	    {"SELECT count(price, quantity) AS x FROM silver", "1:8: count"},
	    {"SELECT sum(price * quantity) AS x FROM silver", "1:8: sum"},
	    {"SELECT sum(count(*)) AS x FROM silver", "1:8: sum"},
	    {"SELECT sum(DISTINCT price) AS x FROM silver", "1:8: sum"},
	    {"SELECT sum(weight) AS x FROM silver", "1:12: weight"},
	    {"SELECT sum(category) AS x FROM silver", "1:12: category"},
	    {"SELECT sum(timestamp) AS x FROM silver", "1:12: timestamp"},
	    {"SELECT max(nothing) AS x FROM silver", "1:12: nothing"},
	    {"SELECT nullif(count(*)) AS x FROM silver", "1:8: nullif"},
	    {"SELECT coalesce() AS x FROM silver", "1:8: coalesce"},
	    {"SELECT coalesce(sum(price), 0) FILTER (WHERE flag = true) AS x FROM silver", "1:8: coalesce"},
	    {"SELECT max(category) || 'x' AS x FROM silver", "1:22: ||"},
	    {"SELECT -max(category) AS x FROM silver", "1:9: max"},
	    {"SELECT coalesce(max(category), 'x') AS x FROM silver", "1:17: max"},
	    {"SELECT 'x' AS x FROM silver", "1:8: x"},
	    {"SELECT count(*) > 1 AS x FROM silver", "1:17: >"},
	    {"SELECT true AS x FROM silver", "1:8: true"},
	    {"SELECT 9223372036854775808 AS x FROM silver", "1:8: 9223372036854775808"},
	    {"SELECT count(*) AS n FROM silver WHERE category", "1:40: category"},
	    {"SELECT count(*) AS n FROM silver WHERE category = event_type", "1:51: event_type"},
	    {"SELECT count(*) AS n FROM silver WHERE 1 = 1", "1:44: 1"},
	    {"SELECT count(*) AS n FROM silver WHERE quantity + 1 = 2", "1:49: +"},
	    {"SELECT count(*) AS n FROM silver WHERE lower(category) = 'x'", "1:40: lower"},
	    {"SELECT count(*) AS n FROM silver WHERE count(*) = 2", "1:40: count"},
	    {"SELECT count(*) AS n FROM silver WHERE category = 1", "1:51: 1"},
	    {"SELECT count(*) AS n FROM silver WHERE quantity = '1'", "1:51: 1"},
	    {"SELECT count(*) AS n FROM silver WHERE quantity IN (1, 'x')", "1:56: x"},
	    {"SELECT count(*) AS n FROM silver WHERE category IN ('x', 1)", "1:58: 1"},
	    {"SELECT count(*) AS n FROM silver WHERE category IN (event_type)", "1:53: event_type"},
	    {"SELECT count(*) AS n FROM silver WHERE flag = 1", "1:47: 1"},
	    {"SELECT count(*) AS n FROM silver WHERE timestamp > 5", "1:52: 5"},
	    {"SELECT count(*) AS n FROM silver WHERE timestamp > '2025-02-30'", "1:52: 2025-02-30"},
	    {"SELECT count(*) FILTER (WHERE nothing = 1) AS n FROM silver", "1:31: nothing"},
	};
	struct definition d;

	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		char wanted[80];
		const bool compiled = compile(&d, p, "t", refused[i].sql);

		snprintf(wanted, sizeof wanted, "t.sql:%s: ", refused[i].where);
		ok(!compiled && cause_status() == STATUS_USAGE &&
		       strncmp(cause_message(), wanted, strlen(wanted)) == 0,
		   "%s", compiled ? refused[i].sql : cause_message());
		if (compiled)
			definition_free(&d);
		cause_clear();
	}
}

static void test_names(struct predicates *p)
{
	static const char *const names[] = {
	    "lake_x",      "SQLite_x",
	    "9lives",      "a-b",
	    "a b",         "",
	    "caf\xc3\xa9", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
	struct definition d;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		ok(!compile(&d, p, names[i], "SELECT count(*) AS n FROM silver") &&
		       cause_status() == STATUS_USAGE,
		   "%s", cause_message());
		cause_clear();
	}
}

int main(void)
{
	struct predicates *p;

	if (events_columns(&silver) != 0)
		return 1;
	p = predicates_new(&silver);
	if (p == NULL)
		return 1;
	test_bound(p);
	test_refused(p);
	test_names(p);
	predicates_free(p);
	columns_free(&silver);
	return tap_done();
}
