/*
 * Gold against SQLite: random events, aggregated by gold in one run and in many, and by queries over a table
 * of the same events.
 */
#include "gold/gold.h"
#include "gold/gold_group.h"

#include "column/distinct.h"
#include "gold_events.h"
#include "tap.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EVENTS = 20000, RUNS_MAX = 12 };

/* Definitions, and what SQLite makes of `truth` instead. */
static const struct {
	const char *name;
	const char *sql;
	const char *truth;
} tables[] = {
    {"everything",
     "SELECT count(*) AS n, count(category) AS categories, sum(big) AS big, sum(revenue) AS revenue,\n"
     " min(price) AS low, max(price) AS high, min(user_id) AS first_user, max(category) AS last_category,\n"
     " min(timestamp) AS first_time, max(timestamp) AS last_time, min(weight) AS lightest, max(weight) AS "
     "heaviest,\n"
     " max(flag) AS flag, count(DISTINCT user_id) AS users, count(DISTINCT session_id) AS sessions,\n"
     " count(DISTINCT weight) AS weights, count(DISTINCT event_hour) AS hours, count(DISTINCT price) AS "
     "prices,\n"
     " sum(quantity) FILTER (WHERE event_type = 'nothing') AS none FROM silver;",
     "SELECT count(*), count(category), sum(big), sum(revenue) / 1e6, min(price) / 1e6, max(price) / 1e6,"
     " min(user_id), max(category), min(time), max(time), min(weight), max(weight), max(flag),"
     " count(DISTINCT user_id), count(DISTINCT session_id), count(DISTINCT weight), count(DISTINCT "
     "event_hour),"
     " count(DISTINCT price), NULL FROM truth"},
    {"by_null",
     "SELECT category, product_id AS product, flag, count(*) AS n, count(weight) AS weights,\n"
     " min(session_id) AS s, count(DISTINCT user_id) FILTER (WHERE quantity > 1 OR flag = true) AS users\n"
     "FROM silver GROUP BY 1, product, flag",
     "SELECT category, product_id, flag, count(*), count(weight), min(session_id),"
     " count(DISTINCT user_id) FILTER (WHERE quantity > 1 OR flag = 1) FROM truth GROUP BY 1, 2, 3"},
    {"by_price",
     "select price, weight, sum(quantity) total from silver where price is not null group by price, weight",
     "SELECT price / 1e6, weight, sum(quantity) FROM truth WHERE price IS NOT NULL GROUP BY price, weight"},
    {"by_user",
     "SELECT user_id, event_date, count(*) AS n, min(timestamp) AS t FROM silver\n"
     "WHERE NOT (event_type IN ('search', 'purchase') OR quantity >= 4) GROUP BY event_date, user_id",
     "SELECT user_id, event_date, count(*), min(time) FROM truth"
     " WHERE NOT (event_type IN ('search', 'purchase') OR quantity >= 4) GROUP BY 1, 2"},
    {"derived",
     "SELECT event_hour, -count(*) AS minus, 2 * (count(*) + count(price)) - 1 AS sum,\n"
     " sum(revenue) / nullif(count(*) FILTER (WHERE flag = false), 0) AS ratio,\n"
     " coalesce(sum(quantity) FILTER (WHERE event_type = 'search'), -1, 2.5) AS nothing,\n"
     " count(*) * 1.5 / event_hour AS by_hour, nullif(count(*), count(*)) AS nullif\n"
     "FROM silver GROUP BY event_hour",
     "SELECT event_hour, -count(*), 2 * (count(*) + count(price)) - 1,"
     " sum(revenue) / 1e6 / nullif(count(*) FILTER (WHERE flag = 0), 0), -1.0,"
     " CASE event_hour WHEN 0 THEN 9e999 ELSE count(*) * 1.5 / event_hour END, NULL FROM truth GROUP BY 1"},
    {"time",
     "SELECT event_date, event_hour, count(*) AS n FROM silver WHERE timestamp >= '2025-12-06'\n"
     " AND timestamp < '2025-12-07T12:30:00Z' AND weight <> 0.5 AND weight < 1e2 AND '2025-12-05' < "
     "event_date\n"
     " AND NOT flag IS NULL GROUP BY event_date, event_hour",
     "SELECT event_date, event_hour, count(*) FROM truth WHERE time >= '2025-12-06' AND"
     " time < '2025-12-07T12:30:00' AND weight <> 0.5 AND weight < 100 AND flag IS NOT NULL GROUP BY 1, 2"},
    {"never",
     "SELECT category, count(*) AS n FROM silver WHERE price = NULL OR price < -1.5 GROUP BY category",
     "SELECT category, count(*) FROM truth WHERE 0 GROUP BY 1"},
    {"nothing", "SELECT count(*) AS n, max(price) AS p FROM silver WHERE quantity = 99", "SELECT 0, NULL"},
    {"category_daily_performance", NULL,
     "SELECT event_date, category, count(*), count(*) FILTER (WHERE event_type = 'page_view'),"
     " count(*) FILTER (WHERE event_type = 'add_to_cart'), count(*) FILTER (WHERE event_type = 'purchase'),"
     " ifnull(sum(revenue), 0) / 1e6 FROM truth WHERE category IS NOT NULL GROUP BY 1, 2"},
    {"daily_user_activity", NULL,
     "SELECT event_date, count(DISTINCT user_id), count(DISTINCT session_id), count(*),"
     " count(*) * 1.0 / count(DISTINCT user_id), count(DISTINCT session_id) * 1.0 / count(DISTINCT user_id)"
     " FROM truth GROUP BY 1"},
    {"hourly_revenue", NULL,
     "SELECT event_date, event_hour, ifnull(sum(revenue), 0) / 1e6, count(*), ifnull(sum(quantity), 0),"
     " ifnull(sum(revenue), 0) / 1e6 / count(*) FROM truth WHERE event_type = 'purchase' GROUP BY 1, 2"},
    {"product_funnel", NULL,
     "SELECT product_id, category, v, a, p, a * 1.0 / nullif(v, 0), p * 1.0 / nullif(a, 0), p * 1.0 / "
     "nullif(v, 0)"
     " FROM (SELECT product_id, category, count(*) FILTER (WHERE event_type = 'page_view') AS v,"
     " count(*) FILTER (WHERE event_type = 'add_to_cart') AS a,"
     " count(*) FILTER (WHERE event_type = 'purchase') AS p"
     " FROM truth WHERE product_id IS NOT NULL GROUP BY 1, 2)"},
    {"product_popularity", NULL,
     "SELECT product_id, category, count(*), count(DISTINCT user_id) FROM truth"
     " WHERE event_type = 'page_view' AND product_id IS NOT NULL GROUP BY 1, 2"},
};
enum { N_TABLES = sizeof tables / sizeof tables[0] };

static struct event events[EVENTS];
static struct columns silver;
static char folder[] = "/tmp/evlake-gold-XXXXXX";

static bool write_file(const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s.sql", folder, name);
	f = fopen(path, "w");
	if (f == NULL)
		return false;
	fputs(text, f);
	return fclose(f) == 0;
}

static void remove_file(const char *name)
{
	char path[256];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	unlink(path);
}

/* The shipped definitions are tested as they are. */
static bool copy_shipped(const char *name)
{
	static char text[65536];
	char path[256];
	size_t n;
	FILE *f;

	snprintf(path, sizeof path, "schemas/gold/%s.sql", name);
	f = fopen(path, "r");
	if (f == NULL)
		return false;
	n = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[n] = '\0';
	return write_file(name, text);
}

static struct db *lake_new(const char *name)
{
	char path[256];
	struct db *db;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	db = db_open(path, DB_CREATE);
	if (db != NULL && gold_create(db) == 0)
		return db;
	db_close(db);
	return NULL;
}

static void lake_remove(const char *name)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	char file[64];

	for (int i = 0; i < 3; i++) {
		snprintf(file, sizeof file, "%s%s", name, ends[i]);
		remove_file(file);
	}
}

/* Events [start, end) in the order given, in batches of random lengths, with dictionaries that start anew. */
static int feed(struct gold *g, const uint32_t *order, size_t start, size_t end)
{
	struct builder b;
	struct buffer payload = {0};
	struct strings dictionaries[EVENT_COLUMNS];
	struct vector vectors[EVENT_COLUMNS];
	struct batch batch = {.n_vectors = EVENT_COLUMNS, .vectors = vectors};
	int failed = builder_init(&b, silver.items, silver.n);

	while (start < end && !failed) {
		size_t n = 1 + event_random(event_random(3) == 0 ? 40 : 3000);

		for (; n > 0 && start < end && !failed && !builder_is_full(&b); n--)
			failed = event_add(&b, &events[order[start++]]);
		for (size_t k = 0; k < silver.n && !failed; k++)
			failed = builder_encode_strings(&b, k, 0, &payload) < 0;
		failed = failed || builder_encode(&b, &payload) != 0;
		for (int k = 0; k < EVENT_COLUMNS; k++)
			dictionaries[k] = b.columns[k].dictionary.strings;
		failed = failed || batch_decode(payload.data, payload.len, silver.items, silver.n,
						dictionaries, vectors, &batch.n) != 0;
		failed = failed || gold_update(g, &batch) != 0;
		if (event_random(7) != 0)
			continue;
		builder_free(&b);
		failed |= builder_init(&b, silver.items, silver.n);
		for (size_t k = 0; k < silver.n; k++)
			gold_strings_reset(g, k);
	}
	builder_free(&b);
	buffer_free(&payload);
	return failed;
}

static int run(struct db *db, bool has_history, const uint32_t *order, size_t start, size_t end)
{
	struct gold *g = gold_open(folder, &silver);
	int failed = g == NULL || feed(g, order, start, end) != 0 || db_exec(db, "BEGIN IMMEDIATE") != 0 ||
		     gold_check(g, db, has_history) != 0 || gold_commit(g, db) != 0 ||
		     db_exec(db, "COMMIT") != 0;

	gold_close(g);
	return failed;
}

static void shuffle(uint32_t *order)
{
	for (uint32_t i = 0; i < EVENTS; i++)
		order[i] = i;
	for (uint32_t i = EVENTS; i > 1; i--) {
		const uint32_t k = (uint32_t)event_random(i), held = order[k];

		order[k] = order[i - 1];
		order[i - 1] = held;
	}
}

/* A lake made of all events in so many runs, in another order each time. */
static struct db *lake_of_runs(const char *name, size_t runs)
{
	static uint32_t order[EVENTS];
	struct db *db = lake_new(name);
	int failed = db == NULL;

	shuffle(order);
	for (size_t i = 0; i < runs && !failed; i++)
		failed = run(db, i > 0, order, EVENTS * i / runs, EVENTS * (i + 1) / runs);
	ok(!failed, "%zu runs: %s", runs, cause_message());
	return db;
}

/* --- dumps -----------------------------------------------------------------------------------------------
 */

static int append_rows(struct db *db, const char *sql, int columns, struct buffer *out)
{
	struct db_statement *s = db_prepare(db, sql);
	int more = -1;

	while (s != NULL && (more = db_step(s)) == 1) {
		for (int i = 0; i < columns; i++) {
			const struct text t = db_text(s, i);

			if (buffer_printf(out, "%s|", db_is_null(s, i) ? "null" : "") != 0 ||
			    (!db_is_null(s, i) && buffer_append(out, t.data, t.len) != 0))
				more = -1;
		}
		if (buffer_append_text(out, "\n") != 0)
			more = -1;
	}
	db_finalize(s);
	return more;
}

static int compare_ids(const void *a, const void *b)
{
	uint64_t x, y;

	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return (x > y) - (x < y);
}

/* The logical state: for each definition and key, in their order, the measures, and count and hash of all
 * ids. */
static int append_state(struct db *db, struct buffer *out)
{
	struct db_statement *groups = db_prepare(
	    db, "SELECT g.id, name, hex(key), hex(measures) FROM lake_group g JOIN lake_definition d"
		" ON d.id = g.definition ORDER BY name, key");
	struct db_statement *runs = db_prepare(
	    db, "SELECT measure, ids FROM lake_distinct WHERE group_id = ?1 ORDER BY measure, run DESC");
	struct buffer ids = {0};
	int more = -1;

	while (groups != NULL && runs != NULL && (more = db_step(groups)) == 1) {
		int64_t measure = -1;
		int ids_more;

		for (int i = 1; i < 4; i++) {
			if (buffer_append(out, db_text(groups, i).data, db_text(groups, i).len) != 0 ||
			    buffer_append_text(out, "|") != 0)
				return -1;
		}
		db_bind_int(runs, 1, db_int(groups, 0));
		do {
			ids_more = db_step(runs);
			if (ids_more != 1 || db_int(runs, 0) != measure) {
				if (ids.len > 0)
					qsort(ids.data, ids.len / 8, 8, compare_ids);
				if (buffer_printf(out, "%zu %llx|", ids.len / 8,
						  (unsigned long long)hash64(ids.data, ids.len)) != 0)
					return -1;
				buffer_clear(&ids);
			}
			if (ids_more == 1) {
				measure = db_int(runs, 0);
				if (buffer_append(&ids, db_text(runs, 1).data, db_text(runs, 1).len) != 0)
					return -1;
			}
		} while (ids_more == 1);
		if (buffer_append_text(out, "\n") != 0)
			return -1;
	}
	db_finalize(groups);
	db_finalize(runs);
	buffer_free(&ids);
	return more;
}

static int dump(struct db *db, struct buffer *out)
{
	int failed = 0;

	for (int i = 0; i < N_TABLES && !failed; i++) {
		char sql[256];

		/* As the table has them: type and exact value of each column. */
		snprintf(sql, sizeof sql, "SELECT count(*) FROM pragma_table_info('%s')", tables[i].name);
		struct db_statement *s = db_prepare(db, sql);
		const int columns = s != NULL && db_step(s) == 1 ? (int)db_int(s, 0) : 0;
		struct buffer query = {0};

		db_finalize(s);
		failed = columns == 0 || buffer_append_text(&query, "SELECT ") != 0;
		snprintf(sql, sizeof sql, "SELECT name FROM pragma_table_info('%s')", tables[i].name);
		s = db_prepare(db, sql);
		while (!failed && db_step(s) == 1)
			failed = buffer_printf(&query,
					       "typeof(\"%s\") || iif(typeof(\"%s\") = 'real', "
					       "printf('%%!.17g', \"%s\"), \"%s\"), ",
					       db_text(s, 0).data, db_text(s, 0).data, db_text(s, 0).data,
					       db_text(s, 0).data) != 0;
		db_finalize(s);
		failed = failed || buffer_printf(&query, "1 FROM \"%s\" ORDER BY ", tables[i].name) != 0;
		for (int k = 1; k <= columns && !failed; k++)
			failed = buffer_printf(&query, "%s%d", k > 1 ? ", " : "", k) != 0;
		failed = failed || buffer_printf(out, "%s\n", tables[i].name) != 0 ||
			 append_rows(db, buffer_text(&query), columns, out) != 0;
		buffer_free(&query);
	}
	return failed || append_state(db, out) != 0 ? -1 : 0;
}

/* --- tests -----------------------------------------------------------------------------------------------
 */

/* The rows that only one of both has. */
static int64_t differences(struct db *db, const char *table, const char *truth)
{
	struct buffer sql = {0};
	struct db_statement *s;
	int64_t n = -1;

	if (buffer_printf(&sql,
			  "SELECT (SELECT count(*) FROM (SELECT * FROM \"%s\" EXCEPT %s)) +"
			  " (SELECT count(*) FROM (%s EXCEPT SELECT * FROM \"%s\")) +"
			  " abs((SELECT count(*) FROM \"%s\") - (SELECT count(*) FROM (%s)))",
			  table, truth, truth, table, table, truth) != 0)
		return -1;
	s = db_prepare(db, buffer_text(&sql));
	if (s != NULL && db_step(s) == 1)
		n = db_int(s, 0);
	db_finalize(s);
	buffer_free(&sql);
	return n;
}

static void test_truth(struct db *db)
{
	ok(events_insert(db, events, EVENTS) == 0, "events as a table: %s", cause_message());
	for (int i = 0; i < N_TABLES; i++) {
		const int64_t n = differences(db, tables[i].name, tables[i].truth);

		ok(n == 0, "%s is what SQLite says: %lld %s", tables[i].name, (long long)n, cause_message());
	}
}

/* The groups of a table into another's: all at once, or one by one in any order. The first stays in out. */
static int merge_table(struct gold *to, struct gold *from, size_t table, bool at_once, struct buffer *out,
		       int *n)
{
	const struct text name = {gold_table_name(from, table), strlen(gold_table_name(from, table))};
	static struct {
		size_t start, len;
	} groups[EVENTS];
	size_t left = 0, first;
	int more = gold_rewind(from, table) == 0 ? 1 : -1;

	buffer_clear(out);
	while (more > 0) {
		groups[left].start = out->len;
		more = gold_encode_next(from, table, out);
		groups[left].len = out->len - groups[left].start;
		left += more > 0;
	}
	*n += (int)left;
	first = left > 0 ? groups[0].len : 0;
	if (at_once && left > 0 && more == 0)
		more = gold_merge(to, name, out->data, out->len);
	while (!at_once && left > 0 && more == 0) {
		const size_t k = event_random(left);

		more = gold_merge(to, name, out->data + groups[k].start, groups[k].len);
		groups[k] = groups[--left];
	}
	out->len = first;
	return more;
}

/* Four shards, of which one got nothing, as encoded groups into a fifth. */
static void test_shards(const struct buffer *one)
{
	static uint32_t order[EVENTS];
	struct gold *all = gold_open(folder, &silver);
	struct db *db = lake_new("shards.db");
	struct buffer group = {0}, merged = {0};
	int failed = all == NULL || db == NULL, groups = 0;

	shuffle(order);
	for (size_t k = 0; k < 4 && !failed; k++) {
		struct gold *shard = gold_open(folder, &silver);

		failed = shard == NULL ||
			 feed(shard, order, EVENTS * k / 4, k == 2 ? EVENTS * k / 4 : EVENTS * (k + 1) / 4);
		ok(!failed && gold_is_touched(shard) == (k != 2), "shard %zu: %s", k, cause_message());
		for (size_t t = 0; !failed && t < gold_tables(shard); t++)
			failed = merge_table(all, shard, t, k % 2 == 0, &group, &groups);
		gold_close(shard);
	}
	/* What shard 2 should have read. */
	failed = failed || feed(all, order, EVENTS * 2 / 4, EVENTS * 3 / 4) != 0 ||
		 db_exec(db, "BEGIN") != 0 || gold_commit(all, db) != 0 || db_exec(db, "COMMIT") != 0 ||
		 dump(db, &merged) != 0;
	ok(!failed, "%d groups of shards are merged: %s", groups, cause_message());
	ok(merged.len == one->len && memcmp(merged.data, one->data, one->len) == 0,
	   "shards: tables and state as of one run");
	for (size_t len = 0; len < group.len; len += 7) {
		const int result = gold_merge(all, (struct text){"time", 4}, group.data, len);

		if (result == 0 || cause_status() != STATUS_INPUT)
			ok(false, "a group cut after %zu bytes", len);
		cause_clear();
	}
	ok(gold_merge(all, (struct text){"tim", 3}, group.data, group.len) != 0 &&
	       cause_status() == STATUS_INPUT,
	   "%s", cause_message());
	cause_clear();
	gold_close(all);
	db_close(db);
	lake_remove("shards.db");
	buffer_free(&group);
	buffer_free(&merged);
}

static int64_t number(struct db *db, const char *sql)
{
	struct db_statement *s = db_prepare(db, sql);
	const int64_t n = s != NULL && db_step(s) == 1 ? db_int(s, 0) : -1;

	db_finalize(s);
	return n;
}

/* Sets that have become large in a later run are in lake_distinct, whole; small ones are not. */
static void test_places(struct db *db)
{
	static uint32_t order[EVENTS];
	struct db *first = lake_new("first.db");

	shuffle(order);
	ok(first != NULL && run(first, false, order, 0, EVENTS / RUNS_MAX) == 0, "one run: %s",
	   cause_message());
	const char *large = "SELECT count(DISTINCT group_id || ' ' || measure) FROM lake_distinct";
	const int64_t early = number(first, large), late = number(db, large);

	ok(early > 0 && late > early, "%lld sets grow large, then %lld", (long long)early, (long long)late);
	ok(number(db,
		  "SELECT min(n) FROM (SELECT sum(n) AS n FROM lake_distinct GROUP BY group_id, measure)") >
	       GOLD_GROUP_IDS,
	   "none before its time");
	ok(number(db, "SELECT count(*) FROM lake_group WHERE id IS NULL") > 0,
	   "others stay with their group");
	ok(number(db, "SELECT count(*) FROM lake_distinct WHERE group_id NOT IN (SELECT id FROM lake_group"
		      " WHERE id IS NOT NULL)") == 0,
	   "no set without a group");
	db_close(first);
	lake_remove("first.db");
}

/* A state that is cut, or whose ids are out of order, is told from a whole one. */
static void test_damage(struct db *db)
{
	static const char *const damages[] = {
	    "substr(measures, 1, length(measures) - 1)",
	    "measures || x'00'",
	    "substr(measures, 1, length(measures) - 16) || substr(measures, -8) || substr(measures, -16, 8)",
	};
	static uint32_t order[EVENTS];

	shuffle(order);
	for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
		char sql[512];

		snprintf(
		    sql, sizeof sql,
		    "SAVEPOINT damage; UPDATE lake_group SET measures = %s WHERE id IS NULL AND definition ="
		    " (SELECT id FROM lake_definition WHERE name = 'product_popularity')"
		    " AND length(measures) >= 32",
		    damages[i]);
		ok(db_exec(db, sql) == 0, "%s", damages[i]);
		ok(number(db, "SELECT changes()") > 0, "groups are damaged");
		struct gold *g = gold_open(folder, &silver);

		ok(g != NULL && feed(g, order, 0, EVENTS) == 0 && gold_commit(g, db) != 0 &&
		       cause_status() == STATUS_INPUT,
		   "%s", cause_message());
		cause_clear();
		gold_close(g);
		ok(db_exec(db, "ROLLBACK TO damage; RELEASE damage") == 0, "as it was: %s", cause_message());
	}
}

static void test_splits(void)
{
	static const size_t runs[] = {1, 3, RUNS_MAX};
	struct buffer dumps[3] = {{0}, {0}, {0}};

	for (int i = 0; i < 3; i++) {
		char name[32];
		struct db *db;

		snprintf(name, sizeof name, "%zu.db", runs[i]);
		db = lake_of_runs(name, runs[i]);
		if (db == NULL)
			continue;
		ok(dump(db, &dumps[i]) == 0, "dump of %zu runs: %s", runs[i], cause_message());
		ok(dumps[i].len > 10000 && dumps[i].len == dumps[0].len &&
		       memcmp(dumps[i].data, dumps[0].data, dumps[0].len) == 0,
		   "%zu runs: tables and state as of one", runs[i]);
		if (i == 2) {
			test_truth(db);
			test_places(db);
			test_damage(db);
		}
		db_close(db);
		lake_remove(name);
	}
	test_shards(&dumps[0]);
	for (int i = 0; i < 3; i++)
		buffer_free(&dumps[i]);
}

static int check(struct db *db, bool has_history)
{
	struct gold *g = gold_open(folder, &silver);
	int result = g == NULL ? -1 : gold_check(g, db, has_history);

	gold_close(g);
	return result;
}

static bool says(const char *what)
{
	const bool result = cause_status() == STATUS_USAGE && strstr(cause_message(), what) != NULL;

	if (!result)
		fprintf(stderr, "# %s\n", cause_message());
	cause_clear();
	return result;
}

static void test_changes(void)
{
	static uint32_t order[EVENTS];
	struct db *db = lake_new("changes.db");

	shuffle(order);
	ok(db != NULL && run(db, false, order, 0, 0) == 0, "a run of nothing: %s", cause_message());
	ok(differences(db, "nothing", "SELECT 0, NULL") == 0, "a table without GROUP BY has its row");
	ok(write_file("never", "SELECT category, count(*) AS m FROM silver GROUP BY category"),
	   "another text");
	ok(check(db, false) == 0 && run(db, false, order, 0, 100) == 0,
	   "is taken while nothing has been counted: %s", cause_message());
	ok(differences(db, "never", "SELECT category, m FROM never") == 0, "with its own columns: %s",
	   cause_message());
	ok(check(db, true) == 0, "the same definitions: %s", cause_message());
	ok(write_file("never", "SELECT category, count(*) AS m FROM silver GROUP BY category;"),
	   "one byte more");
	ok(check(db, true) != 0 && says("changed never.sql"), "is a change");
	ok(run(db, false, order, 100, 200) != 0 && says("changed never.sql"),
	   "which a commit refuses by itself");
	ok(db_exec(db, "ROLLBACK") == 0, "rolled back");
	remove_file("never.sql");
	ok(write_file("new_one", "SELECT count(*) AS n FROM silver"), "another file");
	ok(check(db, true) != 0 && says("missing never.sql, new new_one.sql"), "missing and new");
	remove_file("new_one.sql");
	ok(write_file("never", "SELECT category, count(*) AS m FROM silver GROUP BY category"),
	   "the text it had");
	ok(check(db, true) == 0 && run(db, true, order, 100, EVENTS) == 0, "goes on: %s", cause_message());
	ok(write_file("NEVER", "SELECT count(*) AS n FROM silver") && gold_open(folder, &silver) == NULL,
	   "%s", cause_message());
	cause_clear();
	remove_file("NEVER.sql");
	db_close(db);
	lake_remove("changes.db");
	ok(gold_open("/nonexistent", &silver) == NULL && cause_status() == STATUS_SYSTEM, "%s",
	   cause_message());
	cause_clear();
}

int main(void)
{
	if (mkdtemp(folder) == NULL || events_columns(&silver) != 0)
		return 1;
	for (int i = 0; i < EVENTS; i++)
		events[i] = event_make(i % 2 ? 300 : 100000);
	for (int i = 0; i < N_TABLES; i++)
		ok(tables[i].sql == NULL ? copy_shipped(tables[i].name)
					 : write_file(tables[i].name, tables[i].sql),
		   "%s.sql", tables[i].name);
	test_splits();
	test_changes();
	for (int i = 0; i < N_TABLES; i++) {
		char file[64];

		snprintf(file, sizeof file, "%s.sql", tables[i].name);
		remove_file(file);
	}
	rmdir(folder);
	columns_free(&silver);
	return tap_done();
}
