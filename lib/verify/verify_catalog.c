#include "verify/verify_parts.h"

#include "commit/catalog.h"
#include "stream/control.h"

#include <inttypes.h>

static int check_differences(struct verify *v, struct db *db, const char *sql)
{
	struct db_statement *s = db_prepare(db, sql);
	int more = -1;

	while (s != NULL && (more = db_step(s)) == 1) {
		const struct text table = db_text(s, 0), name = db_text(s, 1), part = db_text(s, 2);

		verify_tell(v, text_of("gold.db"), "catalog", "%.*s: %.*s%s%.*s: not as it is",
			    (int)table.len, table.data, (int)name.len, name.data, part.len > 0 ? " " : "",
			    (int)part.len, part.data);
	}
	db_finalize(s);
	return more;
}

/* Of Silver: in how many files each column is, and whether some lack it. */
static int check_columns(struct verify *v, struct db *db, const struct verify_counts *counts)
{
	struct db_statement *s = db_prepare(
	    db, "SELECT name || ' ' || type, files, nullable < (files < (SELECT files FROM lake_table"
		" WHERE name = 'silver')) FROM lake_column"
		" WHERE table_name = 'silver' AND role = 'column'");
	uint32_t known = 0;
	int more = -1;

	while (s != NULL && (more = db_step(s)) == 1) {
		const struct text column = db_text(s, 0);
		uint32_t place;
		const bool found = dictionary_find(&counts->sources, column.data, column.len, &place);
		const uint64_t files = found ? counts->rows[place] : 0;

		known += found;
		if (files != (uint64_t)db_int(s, 1) || db_int(s, 2) != 0)
			verify_tell(v, text_of("gold.db"), "catalog",
				    "lake_column: silver %.*s: %" PRIu64 " files have it", (int)column.len,
				    column.data, files);
	}
	db_finalize(s);
	if (more == 0 && known < counts->sources.strings.n)
		verify_tell(v, text_of("gold.db"), "catalog",
			    "lake_column: silver: it lacks columns that files have");
	return more;
}

static int check_rows(struct verify *v, struct db *db, struct text name, uint64_t rows)
{
	struct buffer sql = {0};
	struct db_statement *s = NULL;
	int more = -1;

	if (buffer_printf(&sql, "SELECT count(*) FROM \"%.*s\"", (int)name.len, name.data) == 0 &&
	    buffer_text(&sql) != NULL)
		s = db_prepare(db, buffer_text(&sql));
	if (s != NULL)
		more = db_step(s);
	if (more == 1 && (uint64_t)db_int(s, 0) != rows)
		verify_tell(v, text_of("gold.db"), "catalog", "lake_table: %.*s: not its number of rows",
			    (int)name.len, name.data);
	db_finalize(s);
	buffer_free(&sql);
	return more < 0 ? -1 : 0;
}

/* Names of tables that are there, and are ones that definitions may have. */
static int check_gold(struct verify *v, struct db *db)
{
	struct db_statement *s =
	    db_prepare(db, "SELECT t.name, rows FROM lake_table AS t JOIN lake_definition USING (name)"
			   " JOIN sqlite_schema AS x ON x.name = t.name"
			   " WHERE layer = 'gold' AND type = 'table'");
	int more = -1;

	while (s != NULL && (more = db_step(s)) == 1) {
		if (check_rows(v, db, db_text(s, 0), (uint64_t)db_int(s, 1)) != 0) {
			more = -1;
			break;
		}
	}
	db_finalize(s);
	return more;
}

int verify_catalog(struct verify *v, struct db *db, const struct verify_silver *silver)
{
	for (size_t i = 0; i < CATALOG_DIFFERENCES; i++) {
		if (check_differences(v, db, catalog_differences[i]) != 0)
			return -1;
	}
	if (check_gold(v, db) != 0)
		return -1;
	return silver->incomplete ? 0 : check_columns(v, db, &silver->of_columns);
}
