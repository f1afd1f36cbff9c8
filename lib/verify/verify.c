#include "verify/verify_parts.h"

#include "silver/silver.h"
#include "stream/control.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void verify_tell(struct verify *v, struct text path, const char *what, const char *format, ...)
{
	char *detail, *name;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&detail, format, ap) < 0)
		detail = NULL;
	va_end(ap);
	name = strndup(path.data, path.len);
	v->findings++;
	v->finding(v->context, name != NULL ? name : "", what, detail != NULL ? detail : "");
	free(detail);
	free(name);
}

int verify_tell_cause(struct verify *v, struct text path, const char *what)
{
	const char *message = cause_message();

	if (cause_status() != STATUS_INPUT)
		return -1;
	/* Most begin with the name of the file. */
	if (strncmp(message, path.data, path.len) == 0 && strncmp(message + path.len, ": ", 2) == 0)
		message += path.len + 2;
	verify_tell(v, path, what, "%s", message);
	cause_clear();
	return 0;
}

/* --- counts by source ------------------------------------------------------------------------------------
 */

void verify_counts_free(struct verify_counts *c)
{
	dictionary_free(&c->sources);
	free(c->rows);
	free(c->rejects);
	*c = (struct verify_counts){0};
}

static int place_of(struct verify_counts *c, struct text source, uint32_t *place)
{
	const uint32_t had = c->sources.strings.n;

	if (dictionary_code(&c->sources, source.data, source.len, place) != 0 ||
	    array_reserve(&c->rows, &c->rows_cap, *place + 1, sizeof *c->rows) != 0 ||
	    array_reserve(&c->rejects, &c->rejects_cap, *place + 1, sizeof *c->rejects) != 0)
		return -1;
	if (*place == had)
		c->rows[had] = c->rejects[had] = 0;
	return 0;
}

int verify_count_rows(struct verify_counts *c, struct text source, uint64_t n)
{
	uint32_t place;

	if (place_of(c, source, &place) != 0)
		return -1;
	c->rows[place] += n;
	return 0;
}

int verify_count_reject(struct verify_counts *c, struct text source)
{
	uint32_t place;

	if (place_of(c, source, &place) != 0)
		return -1;
	c->rejects[place]++;
	return 0;
}

/* --- the whole -------------------------------------------------------------------------------------------
 */

/* What a stream of Silver has, by the lake's schema. */
static int silver_columns(const struct verify *v, struct columns *columns)
{
	char *path = lake_schema(v->lake, "event.json", v->schemas);
	const int result = path != NULL ? silver_by_schema(path, columns) : -1;

	/* There may be nulls in older files where it allows none now. */
	for (size_t i = 0; i < columns->n; i++)
		columns->items[i].nullable = true;
	free(path);
	return result;
}

/* The one number that a query gives. */
static int query(struct db *db, const char *sql, uint64_t *number)
{
	struct db_statement *s = db_prepare(db, sql);
	const int more = s != NULL ? db_step(s) : -1;

	*number = more == 1 ? (uint64_t)db_int(s, 0) : 0;
	db_finalize(s);
	return more < 0 ? -1 : 0;
}

/* What SQLite finds when it looks at every page of the database: 1 when that is nothing. */
static int check_database(struct verify *v, struct db *db)
{
	struct db_statement *s = db_prepare(db, "PRAGMA integrity_check");
	int more = -1, sound = 1;

	while (s != NULL && (more = db_step(s)) == 1) {
		const struct text line = db_text(s, 0);

		if (text_equal(line, text_of("ok")))
			continue;
		verify_tell(v, text_of("gold.db"), "database", "%.*s", (int)line.len, line.data);
		sound = 0;
	}
	db_finalize(s);
	if (more < 0 && verify_tell_cause(v, text_of("gold.db"), "database") == 0)
		return 0;
	return more < 0 ? -1 : sound;
}

/* Everything that is held against Silver. */
static int verify_contents(struct verify *v, struct db *db)
{
	struct columns columns = {0};
	struct verify_counts counts = {0};
	struct verify_silver silver = {.verify = v, .columns = &columns, .counts = &counts};
	int result = -1;

	if (query(db, "SELECT sum(rows) FROM lake_file WHERE layer = 'silver' AND end_run IS NULL",
		  &v->done.rows_all) != 0 ||
	    (v->contents &&
	     query(db, "SELECT sum(size) FROM lake_source WHERE end_run IS NULL", &v->done.bytes_all) != 0) ||
	    silver_columns(v, &columns) != 0)
		goto out;
	silver.gold = gold_open_kept(db, &columns);
	if (silver.gold == NULL || verify_silver_open(&silver) != 0 || verify_manifest(v, db, &silver) != 0 ||
	    verify_marks(v, db, &counts) != 0 || verify_catalog(v, db, &silver) != 0)
		goto out;
	result = 0;
	if (silver.incomplete)
		verify_tell(v, text_of("gold.db"), "gold",
			    "not compared with Silver, of which files are missing or damaged");
	else
		result = verify_gold(v, db, silver.gold);
out:
	verify_silver_close(&silver);
	gold_close(silver.gold);
	verify_counts_free(&counts);
	columns_free(&columns);
	return result;
}

int verify_lake(struct verify *v)
{
	struct ledger ledger;
	struct db *db;
	int known = ledger_read(v->lake, &db, &ledger);
	int sound = 1, result = -1;

	/* All that is asked from here on is as of one moment. */
	if (known < 0 || (known && (db_exec(db, "BEGIN") != 0 || (sound = check_database(v, db)) < 0)))
		goto out;
	if (known && sound && verify_contents(v, db) != 0)
		goto out;
	result = sound ? verify_strays(v, known ? db : NULL) : 0;
out:
	ledger_close(&ledger);
	db_close(db);
	return result;
}
