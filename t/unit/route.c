/*
 * Which SELECTs the engine of Gold is given, and what is left to SQLite.
 */
#include "query/route.h"

#include "gold/definition.h"
#include "query/route_check.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static struct column items[] = {{(char[]){"timestamp"}, COLUMN_TIMESTAMP, true},
				{(char[]){"category"}, COLUMN_STRING, true},
				{(char[]){"event_date"}, COLUMN_STRING, true},
				{(char[]){"event_hour"}, COLUMN_INT32, true},
				{(char[]){"quantity"}, COLUMN_INT32, true},
				{(char[]){"line"}, COLUMN_INT64, true},
				{(char[]){"price"}, COLUMN_DECIMAL, true},
				{(char[]){"weight"}, COLUMN_FLOAT64, true},
				{(char[]){"flag"}, COLUMN_BOOL, true}};
static const struct columns silver = {items, sizeof items / sizeof items[0], sizeof items / sizeof items[0]};
static struct buffer definitions;

static const struct columns *columns_of(void *context, struct text table)
{
	(void)context;
	return table.len == 6 && strncasecmp(table.data, "silver", 6) == 0 ? &silver : NULL;
}

static int literal(void *context, struct text parameter, struct buffer *out)
{
	(void)context;
	if (!text_equal(parameter, text_of(":least")))
		return 0;
	return buffer_append_text(out, "250") == 0 ? 1 : -1;
}

static int add(void *context, struct text table, const char *definition, struct buffer *out)
{
	struct predicates *predicates = predicates_new(&silver);
	struct definition d;
	int same = route_check(definition, &silver);

	(void)context;
	(void)table;
	if (predicates == NULL || same < 0)
		abort();
	if (same > 0 &&
	    definition_compile(&d, "t", "SQL", definition, strlen(definition), &silver, predicates) != 0) {
		cause_clear();
		same = 0;
	} else if (same > 0) {
		definition_free(&d);
	}
	predicates_free(predicates);
	if (same > 0 &&
	    (buffer_printf(&definitions, "%s; ", definition) != 0 || buffer_append_text(out, "g") != 0))
		abort();
	return same;
}

/* What is left of it, and the definitions behind that; "" when it stays as it is. */
static const char *route(const char *sql)
{
	static struct buffer out;
	const struct route r = {columns_of, literal, add, NULL};
	int result;

	buffer_clear(&definitions);
	result = route_statement(&r, text_of(sql), &out);
	if (result < 0)
		abort();
	if (result == 0)
		return "";
	if (buffer_printf(&out, "| %.*s", (int)definitions.len, (char *)definitions.data) != 0)
		abort();
	return buffer_text(&out);
}

/* Blanks do not count. */
static bool is_like(const char *a, const char *b)
{
	for (;;) {
		a += strspn(a, " \n");
		b += strspn(b, " \n");
		if (*a != *b)
			return false;
		if (*a == '\0')
			return true;
		a++;
		b++;
	}
}

static void becomes(const char *sql, const char *expected)
{
	const char *got = route(sql);

	if (!ok(is_like(got, expected), "%s", sql))
		fprintf(stderr, "# %s\n", got);
}

static void stays(const char *sql)
{
	const char *got = route(sql);

	if (!ok(*got == '\0', "as it is: %s", sql))
		fprintf(stderr, "# %s\n", got);
}

/* One that groups by category, and WHERE. */
static void where(const char *condition, bool given)
{
	struct buffer sql = {0};

	if (buffer_printf(&sql, "SELECT category, count(*) FROM silver WHERE %s GROUP BY category",
			  condition) != 0)
		abort();
	ok((*route(buffer_text(&sql)) != '\0') == given, "%s: %s", given ? "the same" : "not the same",
	   condition);
	buffer_free(&sql);
}

static void test_given(void)
{
	becomes("SELECT count(*) FROM silver",
		"SELECT \"#1\" AS \"count(*)\" FROM g | SELECT count(*) AS \"#1\" FROM silver;");
	becomes("select Category, sum(price) / count(*) x from SILVER where quantity > 1 and category is not "
		"null "
		"group by category having count(*) > 5 order by sum(price) desc, 2 limit 3;",
		"SELECT Category, \"#3\" / \"#4\" AS x FROM g WHERE \"#1\" > 5 order by "
		"\"#2\" desc, 2 limit 3 ; | SELECT \"category\", count(*) AS \"#1\", sum(price) AS \"#2\", "
		"sum(price) AS \"#3\", count(*) AS \"#4\" FROM silver WHERE quantity > 1 and category is not "
		"null "
		"GROUP BY \"category\";");
	becomes(
	    "SELECT event_date AS d, avg(price), total(quantity) FROM silver GROUP BY d, 1",
	    "SELECT event_date AS d, (1.0 * \"#1\" / nullif(\"#2\", 0)) AS \"avg(price)\", coalesce(1.0 * "
	    "\"#3\", 0.0) AS \"total(quantity)\" FROM g | SELECT \"event_date\", sum(price) AS "
	    "\"#1\", count(price) AS \"#2\", sum(quantity) AS \"#3\" FROM silver GROUP BY \"event_date\";");
	becomes("SELECT DISTINCT category, event_hour FROM silver",
		"SELECT DISTINCT category, event_hour FROM g | SELECT \"category\", \"event_hour\" FROM "
		"silver GROUP BY "
		"\"category\", \"event_hour\";");
	becomes("SELECT count(*) FILTER (WHERE price > :least) FROM silver WHERE price < :least",
		"SELECT \"#1\" AS \"count(*) FILTER (WHERE price > :least)\" FROM g | SELECT count(*) FILTER "
		"(WHERE "
		"price > 250) AS \"#1\" FROM silver WHERE price < 250;");
	becomes("WITH x AS (SELECT category, max(price) AS m FROM silver GROUP BY 1) SELECT * FROM x UNION "
		"ALL SELECT "
		"'all', max(price) FROM silver ORDER BY 1",
		"WITH x AS (SELECT category, \"#1\" AS m FROM g ) SELECT * FROM x UNION ALL "
		"SELECT 'all' AS "
		"\"'all'\", \"#1\" AS \"max(price)\" FROM g ORDER BY 1 | SELECT \"category\", max(price) AS "
		"\"#1\" "
		"FROM silver GROUP BY \"category\"; SELECT max(price) AS \"#1\" FROM silver;");
	becomes(
	    "SELECT category, row_number() OVER (ORDER BY count(*) DESC) AS n FROM silver GROUP BY category",
	    "SELECT category, row_number() OVER (ORDER BY \"#1\" DESC) AS n FROM g | "
	    "SELECT "
	    "\"category\", count(*) AS \"#1\" FROM silver GROUP BY \"category\";");
	becomes("SELECT category, 100.0 * count(*) / sum(count(*)) OVER () AS share FROM silver GROUP BY "
		"category",
		"SELECT category, 100.0 * \"#1\" / sum(\"#2\") OVER () AS share FROM g | "
		"SELECT "
		"\"category\", count(*) AS \"#1\", count(*) AS \"#2\" FROM silver GROUP BY \"category\";");
	becomes("SELECT \"category\" || '-' || event_hour AS \"a \"\"b\", min(timestamp) -- the first\nFROM "
		"silver GROUP "
		"BY \"CATEGORY\", event_hour",
		"SELECT \"category\" || '-' || event_hour AS \"a \"\"b\", \"#1\" AS \"min(timestamp)\" FROM "
		"g | SELECT \"category\", \"event_hour\", min(timestamp) AS \"#1\" "
		"FROM silver "
		"GROUP BY \"category\", \"event_hour\";");
	becomes("SELECT CASE WHEN count(*) > 5 THEN 'many' ELSE 'few' END, count(DISTINCT line) AS last FROM "
		"silver",
		"SELECT CASE WHEN \"#1\" > 5 THEN 'many' ELSE 'few' END AS \"CASE WHEN count(*) > 5 THEN "
		"'many' ELSE "
		"'few' END\", \"#2\" AS last FROM g | SELECT count(*) AS \"#1\", count(DISTINCT line) AS "
		"\"#2\" FROM "
		"silver;");
	becomes("SELECT (SELECT count(*) FROM silver) - (SELECT count(price) FROM silver) AS d",
		"SELECT (SELECT \"#1\" AS \"count(*)\" FROM g) - (SELECT \"#1\" AS \"count(price)\" FROM g) "
		"AS d | "
		"SELECT count(*) AS \"#1\" FROM silver; SELECT count(price) AS \"#1\" FROM silver;");
}

/* What would not be the same, or is not known to be. */
static void test_left(void)
{
	stays("SELECT * FROM silver");
	stays("SELECT price FROM silver");
	stays("SELECT count(*) FROM lake_run");
	stays("SELECT count\v(*) FROM silver"); /* no space to SQLite */
	stays("SELECT count(*) FROM silver s");
	stays("SELECT count(*) FROM silver, lake_run");
	stays("SELECT count(*) FROM silver JOIN lake_run");
	stays("SELECT count(*) FROM main.silver");
	stays("SELECT count(*) FROM (SELECT * FROM silver)");
	stays("SELECT category, count(*) FROM silver");
	stays("SELECT DISTINCT category, count(*) FROM silver");
	stays("SELECT DISTINCT price + 1 FROM silver");
	stays("SELECT category, price, count(*) FROM silver GROUP BY category");
	stays("SELECT category, count(*) FROM silver GROUP BY category ORDER BY price");
	stays("SELECT event_hour / 6, count(*) FROM silver GROUP BY 1");
	stays("SELECT event_hour / 6, count(*) FROM silver GROUP BY event_hour / 6");
	stays("SELECT category, count(*) FROM silver GROUP BY category COLLATE NOCASE");
	stays("SELECT category, count(*) FROM silver GROUP BY 3");
	stays("SELECT category, group_concat(category) FROM silver GROUP BY category");
	stays("SELECT category, json_group_array(category) FROM silver GROUP BY category");
	stays("SELECT sum(price * quantity) FROM silver");
	stays("SELECT sum(DISTINCT quantity) FROM silver");
	stays("SELECT count() FROM silver");
	stays("SELECT sum(timestamp) FROM silver");
	stays("SELECT sum(flag) FROM silver");
	stays("SELECT max(weight) FROM silver");
	stays("SELECT weight, count(*) FROM silver GROUP BY weight");
	stays("SELECT count(*) FROM silver WHERE category = :nobody");
	stays("SELECT count(*), count(price) OVER () FROM silver WHERE category = ?");
	stays("SELECT category, rowid, count(*) FROM silver GROUP BY category");
	stays("SELECT silver.category, count(*) FROM silver GROUP BY category");
	stays("SELECT category, count(*) FROM silver GROUP BY category HAVING count(*) > (SELECT 5)");
	stays("WITH silver AS (SELECT 1 AS a) SELECT count(*) FROM silver");
	stays("WITH silver(a) AS (SELECT 1) SELECT count(*) FROM silver");
	stays("SELECT count(*) FROM silver WINDOW w AS ()");
	stays("SELECT min(price, 5) FROM silver");
	stays("SELECT");
	stays("SELECT FROM silver");
	stays("((((SELECT count( FROM silver");
	stays("'");
	stays("");
}

static void test_conditions(void)
{
	where("category = 'books'", true);
	where("category IN ('a', 'b', NULL)", true);
	where("category LIKE 'b%'", false);
	where("lower(category) = 'b'", false);
	where("price > 250", true);
	where("price BETWEEN 10 AND 20.5", true);
	where("timestamp NOT BETWEEN '2025-12-07' AND '2025-12-08'", false);
	where("250 < price", true);
	where("price > -19.99", true);
	where("price > 250.1234567", false);
	where("price > 9000000001", false);
	where("price > 1e2", false);
	where("price = '250'", false);
	where("quantity > 1.5", true);
	where("line = 9223372036854775807", true);
	where("line = 9223372036854775807.0", false);
	where("line IN (1, 2, 9223372036854775807.5)", false);
	where("weight > 1", false);
	where("weight IS NULL", false);
	where("flag = TRUE", true);
	where("flag = 1", false);
	where("timestamp >= '2025-12-07'", true);
	where("timestamp < '2025-12-07'", true);
	where("'2025-12-07' <= timestamp", true);
	where("timestamp > '2025-12-07'", false);
	where("timestamp <= '2025-12-07'", false);
	where("timestamp = '2025-12-07'", false);
	where("timestamp >= '2025-12-07T03:00'", true);
	where("timestamp >= '2025-12-07 03:00'", false);
	where("timestamp >= '2025-12-07T03:00:00Z'", false);
	where("timestamp >= '2025-12-07T03:00:00.5'", true);
	where("timestamp > '2025-12-07T03:00:00.500000Z'", true);
	where("timestamp = '2025-12-07T03:00:00.500000Z'", true);
	where("timestamp >= '2025-12-07T03:00:00+01:00'", false);
	where("NOT (price > 5 OR (quantity IS NULL AND category <> 'x'))", true);
	where("NOT (price > 5 OR timestamp = '2025-12-07')", false);
	where("price > quantity", false);
	where("category = \"category\"", false);
}

int main(void)
{
	test_given();
	test_left();
	test_conditions();
	buffer_free(&definitions);
	return tap_done();
}
