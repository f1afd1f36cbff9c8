/*
 * Statements that SQLite takes: what is left of them when groups are computed apart gives the same rows. The
 * groups are SQLite's own here, so whatever differs is in how the statement was cut.
 */
#include "query/route.h"
#include "base/sqlite.h"
#include "query/route_check.h"

#include "fuzz.h"
#include "gold/definition.h"
#include "silver_columns.h"

enum { STEPS = 20000, ROWS_MAX = 2000 };

static sqlite3 *db;
static unsigned n_groups;
static int steps_left;

static int count_steps(void *context)
{
	(void)context;
	return steps_left-- <= 0;
}

static int authorize(void *context, int action, const char *a, const char *b, const char *c, const char *d)
{
	(void)context, (void)a, (void)b, (void)c, (void)d;
	return action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_FUNCTION ||
		       action == SQLITE_RECURSIVE
		   ? SQLITE_OK
		   : SQLITE_DENY;
}

static void exec(const char *sql)
{
	steps_left = STEPS;
	sqlite3_set_authorizer(db, NULL, NULL);
	MUST(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
	sqlite3_set_authorizer(db, authorize, NULL);
}

/* A table with the columns of Silver and a few rows. */
static void make_silver(const struct columns *silver)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	char *text;

	sqlite3_str_appendall(sql, "CREATE TABLE silver (");
	for (size_t i = 0; i < silver->n; i++) {
		const enum column_type type = silver->items[i].type;

		sqlite3_str_appendf(sql, "%s\"%w\" %s", i > 0 ? ", " : "", silver->items[i].name,
				    type == COLUMN_STRING || type == COLUMN_TIMESTAMP  ? "TEXT"
				    : type == COLUMN_DECIMAL || type == COLUMN_FLOAT64 ? "REAL"
										       : "INTEGER");
	}
	sqlite3_str_appendall(sql, ")");
	text = sqlite3_str_finish(sql);
	exec(text);
	sqlite3_free(text);
	for (unsigned row = 0; row < 24; row++) {
		sql = sqlite3_str_new(NULL);
		sqlite3_str_appendall(sql, "INSERT INTO silver VALUES (");
		for (size_t i = 0; i < silver->n; i++) {
			const unsigned v = (row * 7 + (unsigned)i * 3) % 5;

			if (v == 4)
				sqlite3_str_appendf(sql, "%sNULL", i > 0 ? ", " : "");
			else if (silver->items[i].type == COLUMN_TIMESTAMP)
				sqlite3_str_appendf(sql, "%s'2025-12-0%uT00:00:00.00000%uZ'",
						    i > 0 ? ", " : "", v + 6, v);
			else
				sqlite3_str_appendf(sql, "%s%u", i > 0 ? ", " : "", v);
		}
		sqlite3_str_appendall(sql, ")");
		text = sqlite3_str_finish(sql);
		exec(text);
		sqlite3_free(text);
	}
}

static const struct columns *columns_of(void *context, struct text table)
{
	(void)context;
	return table.len == 6 && sqlite3_strnicmp(table.data, "silver", 6) == 0 ? silver_columns() : NULL;
}

static int literal(void *context, struct text parameter, struct buffer *out)
{
	(void)context, (void)parameter;
	return buffer_append_text(out, "1") == 0 ? 1 : -1;
}

static int add(void *context, struct text table, const char *definition, struct buffer *out)
{
	struct predicates *predicates = predicates_new(silver_columns());
	struct definition d;
	char *sql;
	int same = route_check(definition, silver_columns());

	(void)context, (void)table;
	MUST(predicates != NULL && same >= 0);
	if (same > 0 && definition_compile(&d, "fuzz", "SQL", definition, strlen(definition),
					   silver_columns(), predicates) == 0) {
		sql = sqlite3_mprintf("CREATE TEMP TABLE \"g %u\" AS %s", ++n_groups, definition);
		exec(sql);
		sqlite3_free(sql);
		MUST(buffer_printf(out, "temp.\"g %u\"", n_groups) == 0);
		definition_free(&d);
	} else if (same > 0) {
		fuzz_failed();
		same = 0;
	}
	predicates_free(predicates);
	return same;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The rows in some order, as one text; NULL when it does not come to an end. A parameter is 1, as in literal.
 */
static char *run(sqlite3_stmt *s)
{
	char **rows = calloc(ROWS_MAX, sizeof *rows);
	sqlite3_str *all = sqlite3_str_new(NULL);
	int n = 0, result = SQLITE_ROW;

	for (int i = 1; i <= sqlite3_bind_parameter_count(s); i++)
		MUST(sqlite3_bind_int(s, i, 1) == SQLITE_OK);
	steps_left = STEPS;
	while (n < ROWS_MAX && (result = sqlite3_step(s)) == SQLITE_ROW) {
		sqlite3_str *row = sqlite3_str_new(NULL);

		for (int i = 0; i < sqlite3_column_count(s); i++)
			sqlite3_str_appendf(row, "%d:%s|", sqlite3_column_type(s, i),
					    sqlite3_column_text(s, i));
		sqlite3_str_appendall(row, "\n");
		rows[n++] = sqlite3_str_finish(row);
	}
	qsort(rows, (size_t)n, sizeof *rows, by_text);
	for (int i = 0; i < n; i++) {
		sqlite3_str_appendall(all, rows[i]);
		sqlite3_free(rows[i]);
	}
	free(rows);
	sqlite3_str_appendf(all, "%d rows", n);
	char *text = sqlite3_str_finish(all);

	if (result == SQLITE_DONE)
		return text;
	sqlite3_free(text);
	return NULL;
}

/* What depends on more than the rows. */
static bool is_certain(const char *sql)
{
	static const char *const doubtful[] = {
	    "limit",   "random", "now", "current", "julianday", "strftime", "time(",   "date(",      "epoch(",
	    "changes", "rowid",  "oid", "over",    "pragma",    "sqlite_",  "explain", "last_insert"};

	for (size_t i = 0; i < sizeof doubtful / sizeof doubtful[0]; i++) {
		if (strcasestr(sql, doubtful[i]) != NULL)
			return false;
	}
	return true;
}

static void compare(const char *sql, sqlite3_stmt *original, const char *routed)
{
	sqlite3_stmt *s = NULL;
	char *wanted = run(original), *got = NULL;

	/* What SQLite does not take stays as it was. */
	if (wanted != NULL && sqlite3_prepare_v2(db, routed, -1, &s, NULL) == SQLITE_OK && s != NULL) {
		MUST(sqlite3_column_count(s) == sqlite3_column_count(original));
		got = run(s);
	}
	if (got != NULL && strcmp(got, wanted) != 0) {
		fprintf(stderr, "%s\ngives\n%s\nand\n%s\ngives\n%s\n", sql, wanted, routed, got);
		abort();
	}
	sqlite3_finalize(s);
	sqlite3_free(wanted);
	sqlite3_free(got);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct route route = {columns_of, literal, add, NULL};
	struct buffer out = {0};
	sqlite3_stmt *original = NULL;
	char *sql = malloc(len + 1);
	int result;

	if (db == NULL) {
		MUST(sqlite3_open(":memory:", &db) == SQLITE_OK);
		sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
		sqlite3_progress_handler(db, 100, count_steps, NULL);
		sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 1 << 20);
		make_silver(silver_columns());
	}
	memcpy(sql, data, len);
	sql[len] = '\0';
	steps_left = STEPS;
	result = sqlite3_prepare_v2(db, sql, -1, &original, NULL);
	/* Whatever it is, it can be cut. */
	n_groups = 0;
	result = result == SQLITE_OK && original != NULL && is_certain(sql)
		     ? route_statement(&route, text_of(sql), &out)
		     : route_statement(&(struct route){columns_of, literal, add, NULL},
				       (struct text){sql, strlen(sql) / 2}, &out) *
			   0;
	MUST(result >= 0);
	if (result > 0)
		compare(sql, original, buffer_text(&out));
	sqlite3_finalize(original);
	for (; n_groups > 0; n_groups--) {
		char *drop = sqlite3_mprintf("DROP TABLE IF EXISTS temp.\"g %u\"", n_groups);

		exec(drop);
		sqlite3_free(drop);
	}
	buffer_free(&out);
	free(sql);
	return 0;
}
