#include "lake/ddl.h"

#include "gold/sql_write.h"
#include "lake/ledger.h"

#include <stdio.h>
#include <string.h>

/* What differs between engines. */
static const struct engine {
	const char *name;
	struct sql_dialect dialect;
	/* Types by enum column_type; %s in nullable is one of them. */
	const char *types[COLUMN_BOOL + 1];
	const char *file_name; /* an expression: the name of a row's file, without its folder */
	const char *view;      /* what a view begins with */
} engines[] = {
    [DDL_DUCKDB] = {"duckdb",
		    {'"', false, "DOUBLE"},
		    {[COLUMN_TIMESTAMP] = "TIMESTAMPTZ",
		     [COLUMN_STRING] = "VARCHAR",
		     [COLUMN_INT64] = "BIGINT",
		     [COLUMN_INT32] = "INTEGER",
		     [COLUMN_DECIMAL] = "DECIMAL(18,6)",
		     [COLUMN_FLOAT64] = "DOUBLE",
		     [COLUMN_BOOL] = "BOOLEAN"},
		    "parse_filename(filename)",
		    "CREATE OR REPLACE VIEW"},
    [DDL_SPARK] = {"spark",
		   {'`', true, "DOUBLE"},
		   {[COLUMN_TIMESTAMP] = "TIMESTAMP",
		    [COLUMN_STRING] = "STRING",
		    [COLUMN_INT64] = "BIGINT",
		    [COLUMN_INT32] = "INT",
		    [COLUMN_DECIMAL] = "DECIMAL(18,6)",
		    [COLUMN_FLOAT64] = "DOUBLE",
		    [COLUMN_BOOL] = "BOOLEAN"},
		   "_metadata.file_name",
		   "CREATE OR REPLACE VIEW"},
    [DDL_ATHENA] = {"athena",
		    {'"', false, "DOUBLE"},
		    {[COLUMN_TIMESTAMP] = "timestamp",
		     [COLUMN_STRING] = "string",
		     [COLUMN_INT64] = "bigint",
		     [COLUMN_INT32] = "int",
		     [COLUMN_DECIMAL] = "decimal(18,6)",
		     [COLUMN_FLOAT64] = "double",
		     [COLUMN_BOOL] = "boolean"},
		    "regexp_extract(\"$path\", '[^/]+$')",
		    "CREATE OR REPLACE VIEW"},
    [DDL_CLICKHOUSE] = {"clickhouse",
			{'"', true, "Nullable(Float64)"},
			{[COLUMN_TIMESTAMP] = "DateTime64(6, 'UTC')",
			 [COLUMN_STRING] = "String",
			 [COLUMN_INT64] = "Int64",
			 [COLUMN_INT32] = "Int32",
			 [COLUMN_DECIMAL] = "Decimal(18, 6)",
			 [COLUMN_FLOAT64] = "Float64",
			 [COLUMN_BOOL] = "Bool"},
			"_file",
			"CREATE OR REPLACE VIEW"},
    [DDL_SQLITE] = {"sqlite", {'"', false, "REAL"}, {0}, NULL, "CREATE TEMP VIEW"},
};

bool ddl_engine_parse(const char *name, enum ddl_engine *engine)
{
	for (size_t i = 0; i < sizeof engines / sizeof *engines; i++) {
		if (strcmp(engines[i].name, name) == 0) {
			*engine = (enum ddl_engine)i;
			return true;
		}
	}
	return false;
}

struct ddl {
	enum ddl_engine which;
	const struct engine *engine;
	struct text location;
	struct db *db;
	struct columns columns; /* of Silver, event_date last */
	struct buffer retired;  /* names of files that are no longer Silver, and are there: "'a', 'b'" */
	char first_date[16];
	struct buffer *out;
};

static int put(struct ddl *d, const char *text)
{
	return buffer_append_text(d->out, text);
}

static int put_name(struct ddl *d, struct text name, char quote)
{
	return sql_write_name(name, quote, d->out);
}

/* The location and a path below it, in quotes. */
static int put_place(struct ddl *d, const char *path)
{
	struct buffer place = {0};
	int result = -1;

	if (buffer_append(&place, d->location.data, d->location.len) == 0 &&
	    buffer_append_text(&place, path) == 0)
		result = sql_write_text((struct text){(const char *)place.data, place.len},
					d->engine->dialect.backslashes, d->out);
	buffer_free(&place);
	return result;
}

/* --- the catalog -----------------------------------------------------------------------------------------
 */

static int read_columns(struct ddl *d)
{
	struct db_statement *s = db_prepare(
	    d->db,
	    "SELECT name, type, nullable FROM lake_column WHERE table_name = 'silver' ORDER BY position");
	struct buffer name = {0};
	int more = -1;

	while (s != NULL && (more = db_step(s)) == 1) {
		char type[32];

		snprintf(type, sizeof type, "%.*s", (int)db_text(s, 1).len, db_text(s, 1).data);
		buffer_clear(&name);
		if (buffer_append(&name, db_text(s, 0).data, db_text(s, 0).len) != 0 ||
		    buffer_text(&name) == NULL ||
		    columns_add(&d->columns, (char *)name.data, column_type_parse(type), db_int(s, 2) != 0) !=
			0) {
			more = -1;
			break;
		}
	}
	db_finalize(s);
	buffer_free(&name);
	if (more == 0 && d->columns.n == 0)
		return cause_record(STATUS_REFUSED, "the lake has no Silver yet: load it first");
	return more;
}

/* Files of Silver that have retired; their names are unlike in all folders. */
static int read_retired(struct ddl *d)
{
	struct db_statement *s = db_prepare(
	    d->db, "SELECT DISTINCT replace(path, rtrim(path, replace(path, '/', '')), '') FROM lake_file"
		   " WHERE layer = 'silver' AND path NOT IN (SELECT path FROM lake_file"
		   " WHERE layer = 'silver' AND end_run IS NULL) ORDER BY 1");
	int more = -1;

	while (s != NULL && (more = db_step(s)) == 1) {
		if (buffer_append_text(&d->retired, d->retired.len > 0 ? ", " : "") != 0 ||
		    sql_write_text(db_text(s, 0), d->engine->dialect.backslashes, &d->retired) != 0) {
			more = -1;
			break;
		}
	}
	db_finalize(s);
	return more;
}

static int read_first_date(struct ddl *d)
{
	struct db_statement *s = db_prepare(d->db, "SELECT substr(min(min_time), 1, 10) FROM lake_partition"
						   " WHERE table_name = 'silver' AND files > 0");
	const int more = s != NULL ? db_step(s) : -1;

	if (more == 1)
		snprintf(d->first_date, sizeof d->first_date, "%.*s", (int)db_text(s, 0).len,
			 db_text(s, 0).data);
	db_finalize(s);
	return more < 0 ? -1 : 0;
}

/* --- Silver ----------------------------------------------------------------------------------------------
 */

/* name type, ...: without event_date. */
static int put_declarations(struct ddl *d, char quote, const char *null_open, const char *null_close)
{
	for (size_t i = 0; i + 1 < d->columns.n; i++) {
		const struct column *c = &d->columns.items[i];

		if (put(d, i > 0 ? ",\n  " : "\n  ") != 0 || put_name(d, text_of(c->name), quote) != 0 ||
		    put(d, " ") != 0 || put(d, c->nullable ? null_open : "") != 0 ||
		    put(d, d->engine->types[c->type]) != 0 || put(d, c->nullable ? null_close : "") != 0)
			return -1;
	}
	return 0;
}

/* The names alone, with event_date or without. */
static int put_names(struct ddl *d, bool with_date)
{
	for (size_t i = 0; i + !with_date < d->columns.n; i++) {
		if (put(d, i > 0 ? ", " : "") != 0 ||
		    put_name(d, text_of(d->columns.items[i].name), d->engine->dialect.quote) != 0)
			return -1;
	}
	return 0;
}

/* WHERE that leaves out what has retired. */
static int put_retired(struct ddl *d)
{
	if (d->retired.len == 0)
		return 0;
	return put(d, "\nWHERE ") != 0 || put(d, d->engine->file_name) != 0 || put(d, " NOT IN (") != 0 ||
		       buffer_append(d->out, d->retired.data, d->retired.len) != 0
		   ? -1
		   : put(d, ")");
}

static int put_duckdb(struct ddl *d)
{
	if (put(d, "CREATE OR REPLACE VIEW silver AS\nSELECT ") != 0 || put_names(d, true) != 0 ||
	    put(d, "\nFROM read_parquet(") != 0 || put_place(d, "/silver/*/*.parquet") != 0 ||
	    put(d,
		",\n  hive_partitioning = true, hive_types = {'event_date': DATE}, union_by_name = true") !=
		0 ||
	    put(d, d->retired.len > 0 ? ", filename = true)" : ")") != 0 || put_retired(d) != 0)
		return -1;
	return put(d, ";\n");
}

/* Of a table over the folder, so that what has retired can be left out, now or later. */
static int put_view_of_files(struct ddl *d)
{
	if (put(d, "CREATE OR REPLACE VIEW silver AS\nSELECT ") != 0 || put_names(d, true) != 0 ||
	    put(d, "\nFROM silver_files") != 0 || put_retired(d) != 0)
		return -1;
	return put(d, ";\n");
}

/* Each partition by name, so that nobody lists folders. */
static int put_partitions(struct ddl *d)
{
	struct db_statement *s =
	    db_prepare(d->db, "SELECT partition FROM lake_partition WHERE table_name = 'silver' AND files > 0"
			      " ORDER BY partition");
	int more = -1;

	if (s == NULL || put(d, "ALTER TABLE silver_files ADD IF NOT EXISTS") != 0)
		goto out;
	while ((more = db_step(s)) == 1) {
		const struct text partition = db_text(s, 0);
		const char *date = memchr(partition.data, '=', partition.len);

		if (date == NULL)
			continue;
		date++;
		if (put(d, "\n  PARTITION (event_date = ") != 0 ||
		    sql_write_text((struct text){date, partition.len - (size_t)(date - partition.data)}, true,
				   d->out) != 0 ||
		    put(d, ")") != 0) {
			more = -1;
			break;
		}
	}
out:
	db_finalize(s);
	return more != 0 ? -1 : put(d, ";\n");
}

static int put_spark(struct ddl *d)
{
	if (put(d, "CREATE TABLE IF NOT EXISTS silver_files (") != 0 ||
	    put_declarations(d, '`', "", "") != 0 ||
	    put(d, ",\n  `event_date` DATE\n)\nUSING PARQUET\nPARTITIONED BY (event_date)\nLOCATION ") != 0 ||
	    put_place(d, "/silver") != 0 || put(d, ";\n") != 0 || put_partitions(d) != 0)
		return -1;
	return put_view_of_files(d);
}

static int put_athena(struct ddl *d)
{
	if (put(d, "CREATE EXTERNAL TABLE IF NOT EXISTS silver_files (") != 0 ||
	    put_declarations(d, '`', "", "") != 0 ||
	    put(d, "\n)\nPARTITIONED BY (`event_date` string)\nSTORED AS PARQUET\nLOCATION ") != 0 ||
	    put_place(d, "/silver/") != 0 ||
	    put(d,
		"\nTBLPROPERTIES (\n  'parquet.compression' = 'SNAPPY',\n  'projection.enabled' = 'true',\n"
		"  'projection.event_date.type' = 'date',\n  'projection.event_date.format' = 'yyyy-MM-dd',\n"
		"  'projection.event_date.range' = '") != 0 ||
	    put(d, d->first_date) != 0 ||
	    put(d,
		",NOW',\n  'projection.event_date.interval' = '1',\n"
		"  'projection.event_date.interval.unit' = 'DAYS',\n  'storage.location.template' = ") != 0 ||
	    put_place(d, "/silver/event_date=${event_date}/") != 0 || put(d, "\n);\n") != 0)
		return -1;
	return put_view_of_files(d);
}

/* The declarations are a text of their own. */
static int put_structure(struct ddl *d)
{
	struct buffer structure = {0}, *out = d->out;
	int result;

	d->out = &structure;
	result = put_declarations(d, '`', "Nullable(", ")");
	d->out = out;
	if (result == 0)
		result = sql_write_text((struct text){(const char *)structure.data, structure.len},
					d->engine->dialect.backslashes, out);
	buffer_free(&structure);
	return result;
}

static int put_clickhouse(struct ddl *d)
{
	if (put(d, "CREATE OR REPLACE VIEW silver AS\nSELECT ") != 0 || put_names(d, false) != 0 ||
	    put(d, ",\n  toDate(extract(CAST(_path AS String), 'event_date=([0-9-]+)')) AS event_date\nFROM "
		   "file(") != 0 ||
	    put_place(d, "/silver/*/*.parquet") != 0 || put(d, ", Parquet, ") != 0 || put_structure(d) != 0 ||
	    put(d, ")") != 0 || put_retired(d) != 0)
		return -1;
	return put(d, ";\n");
}

/* --- Gold ------------------------------------------------------------------------------------------------
 */

static int put_view(struct ddl *d, struct text name, struct text sql)
{
	struct sql_select *s = sql_parse(sql.data, sql.len, "gold.db");
	int result = -1;

	if (s != NULL && put(d, "\n") == 0 && put(d, d->engine->view) == 0 && put(d, " ") == 0 &&
	    put_name(d, name, d->engine->dialect.quote) == 0 && put(d, " AS\n") == 0 &&
	    sql_write(s, &d->columns, &d->engine->dialect, d->out) == 0)
		result = put(d, ";\n");
	sql_free(s);
	return result;
}

static int put_own(struct ddl *d, struct text name)
{
	if (put(d, "CREATE TEMP VIEW ") != 0 || put_name(d, name, '"') != 0 ||
	    put(d, " AS SELECT * FROM lake.") != 0 || put_name(d, name, '"') != 0)
		return -1;
	return put(d, ";\n");
}

static int put_gold(struct ddl *d)
{
	struct db_statement *s = db_prepare(d->db, "SELECT name, sql FROM lake_definition ORDER BY name");
	int more = -1;

	while (s != NULL && (more = db_step(s)) == 1) {
		if ((d->which == DDL_SQLITE ? put_own(d, db_text(s, 0))
					    : put_view(d, db_text(s, 0), db_text(s, 1))) != 0) {
			more = -1;
			break;
		}
	}
	db_finalize(s);
	return more;
}

/* As a URI, so that it is opened for reading only. */
static int put_attach(struct ddl *d)
{
	struct buffer uri = {0};
	int failed = buffer_append_text(&uri, "file:");

	for (size_t i = 0; failed == 0 && i < d->location.len; i++) {
		const char c = d->location.data[i];

		failed = c == '%' || c == '?' || c == '#' ? buffer_printf(&uri, "%%%02x", (unsigned)c)
							  : buffer_append(&uri, &c, 1);
	}
	if (failed == 0)
		failed = buffer_append_text(&uri, "/gold.db?mode=ro");
	if (failed == 0)
		failed = put(d, "ATTACH DATABASE ");
	if (failed == 0)
		failed = sql_write_text((struct text){(const char *)uri.data, uri.len}, false, d->out);
	buffer_free(&uri);
	return failed != 0 ? -1 : put(d, " AS lake;\n");
}

/* --- the whole -------------------------------------------------------------------------------------------
 */

static int put_silver(struct ddl *d)
{
	switch (d->which) {
	case DDL_DUCKDB: return put_duckdb(d);
	case DDL_SPARK: return put_spark(d);
	case DDL_ATHENA: return put_athena(d);
	case DDL_CLICKHOUSE: return put_clickhouse(d);
	default: return put_attach(d);
	}
}

int ddl_write(const struct lake *lake, enum ddl_engine engine, const char *location, struct buffer *out)
{
	struct ddl d = {
	    .which = engine, .engine = &engines[engine], .location = text_of(location), .out = out};
	struct ledger ledger;
	const int known = ledger_read(lake, &d.db, &ledger);
	int result = -1;

	if (known == 0)
		cause_record(STATUS_REFUSED, "%s: the lake has no Silver yet: load it first", lake->path);
	/* All that is asked is as of one moment. */
	if (known > 0 && db_exec(d.db, "BEGIN") == 0 && read_columns(&d) == 0 && read_retired(&d) == 0 &&
	    read_first_date(&d) == 0 && put_silver(&d) == 0)
		result = put_gold(&d);
	ledger_close(&ledger);
	db_close(d.db);
	columns_free(&d.columns);
	buffer_free(&d.retired);
	return result;
}
