#include "commit/catalog.h"

#include "silver/silver_span.h"

#include <stdlib.h>

static const char tables[] =
    "CREATE TABLE lake_table (name TEXT PRIMARY KEY, layer TEXT NOT NULL, files INTEGER, rows INTEGER NOT "
    "NULL,"
    " bytes INTEGER, min_time TEXT, max_time TEXT, first_run INTEGER NOT NULL, last_run INTEGER NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE lake_partition (table_name TEXT, partition TEXT, files INTEGER NOT NULL,"
    " rows INTEGER NOT NULL, bytes INTEGER NOT NULL, min_time TEXT, max_time TEXT,"
    " first_run INTEGER NOT NULL, last_run INTEGER NOT NULL, PRIMARY KEY (table_name, partition))"
    " WITHOUT ROWID;"
    "CREATE TABLE lake_column (table_name TEXT, name TEXT, position INTEGER NOT NULL, type TEXT NOT NULL,"
    " nullable INTEGER NOT NULL, role TEXT NOT NULL, files INTEGER, first_run INTEGER, last_run INTEGER,"
    " PRIMARY KEY (table_name, name)) WITHOUT ROWID;";

/* What both tables say of files, from lake_file: all of them, or those of one path and run, which are new. */
#define TOTALS                                                                                             \
	" count(*) FILTER (WHERE end_run IS NULL), coalesce(sum(rows) FILTER (WHERE end_run IS NULL), 0)," \
	" coalesce(sum(bytes) FILTER (WHERE end_run IS NULL), 0), min(min_time) FILTER (WHERE end_run IS"  \
	" NULL), max(max_time) FILTER (WHERE end_run IS NULL), min(begin_run),"                            \
	" max(max(begin_run, coalesce(end_run, 0))) FROM lake_file"
#define TABLE_TOTALS "SELECT layer AS name, layer," TOTALS " WHERE true GROUP BY layer"
#define PARTITION_TOTALS \
	"SELECT layer AS table_name, partition," TOTALS " WHERE partition <> '' GROUP BY layer, partition"
#define FILE_TOTALS                                                                                     \
	" 1, rows, bytes, min_time, max_time, begin_run, begin_run FROM lake_file WHERE path = ?1 AND " \
	"begin_run = ?2"
#define ADD_UP                                                                                 \
	" ON CONFLICT DO UPDATE SET files = files + 1, rows = rows + excluded.rows,"           \
	" bytes = bytes + excluded.bytes,"                                                     \
	" min_time = coalesce(min(min_time, excluded.min_time), min_time, excluded.min_time)," \
	" max_time = coalesce(max(max_time, excluded.max_time), max_time, excluded.max_time)," \
	" last_run = excluded.last_run"
#define TABLE_COLUMNS "(name, layer, files, rows, bytes, min_time, max_time, first_run, last_run)"
#define PARTITION_COLUMNS \
	"(table_name, partition, files, rows, bytes, min_time, max_time, first_run, last_run)"

static const char add_table[] =
    "INSERT INTO lake_table " TABLE_COLUMNS " SELECT layer, layer," FILE_TOTALS ADD_UP;
static const char add_partition[] = "INSERT INTO lake_partition " PARTITION_COLUMNS
				    " SELECT layer, partition," FILE_TOTALS " AND partition <> ''" ADD_UP;
/* A type that differs is that of the newer files. */
static const char add_column[] =
    "INSERT INTO lake_column (table_name, name, position, type, nullable, role, files, first_run, last_run)"
    " VALUES ('silver', ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO UPDATE SET"
    " position = excluded.position, type = excluded.type, nullable = nullable OR excluded.nullable,"
    " role = excluded.role, files = files + excluded.files, first_run = min(first_run, excluded.first_run),"
    " last_run = max(last_run, excluded.last_run)";

#define FORGET_GOLD                                                                                       \
	"DELETE FROM lake_table WHERE layer = 'gold' AND name NOT IN (SELECT name FROM lake_definition);" \
	"DELETE FROM lake_column WHERE table_name NOT IN (SELECT name FROM lake_table)"
static const char recount[] =
    "DELETE FROM lake_partition; INSERT INTO lake_partition " PARTITION_COLUMNS " " PARTITION_TOTALS ";"
    "DELETE FROM lake_table WHERE layer <> 'gold'; INSERT INTO lake_table " TABLE_COLUMNS " " TABLE_TOTALS
    ";" FORGET_GOLD;
static const char forget_gold[] = FORGET_GOLD;
/* Rows that one of two queries gives, and the other does not. */
#define DIFFERENCE(WHAT, NAME, PART, A, B)                                            \
	"SELECT '" WHAT "', " NAME ", " PART " FROM (SELECT * FROM (" A ") EXCEPT " B \
	") UNION SELECT '" WHAT "', " NAME ", " PART " FROM (SELECT * FROM (" B ") EXCEPT " A ")"
#define DEFINED_COLUMNS                                                                         \
	"SELECT d.name AS table_name, p.name AS name, cid + 1, type FROM lake_definition AS d," \
	" pragma_table_info(d.name) AS p"
const char *const catalog_differences[CATALOG_DIFFERENCES] = {
    DIFFERENCE("lake_table", "name", "''", TABLE_TOTALS, "SELECT * FROM lake_table WHERE layer <> 'gold'"),
    DIFFERENCE("lake_partition", "table_name", "partition", PARTITION_TOTALS, "SELECT * FROM lake_partition"),
    DIFFERENCE("lake_table", "name", "''", "SELECT name FROM lake_definition",
	       "SELECT name FROM lake_table WHERE layer = 'gold'"),
    DIFFERENCE("lake_column", "table_name", "name", DEFINED_COLUMNS,
	       "SELECT table_name, name, position, type FROM lake_column WHERE table_name <> 'silver'"),
};

int catalog_create(struct db *db)
{
	return db_exec(db, tables);
}

void catalog_open(struct catalog *c, struct db *db)
{
	*c = (struct catalog){.db = db};
}

void catalog_close(struct catalog *c)
{
	db_finalize(c->add_table);
	db_finalize(c->add_partition);
	db_finalize(c->add_column);
	db_finalize(c->find_column);
	columns_free(&c->columns);
	*c = (struct catalog){0};
}

static int prepare(struct catalog *c, struct db_statement **s, const char *sql)
{
	if (*s == NULL)
		*s = db_prepare(c->db, sql);
	return *s != NULL ? 0 : -1;
}

/* --- columns ---------------------------------------------------------------------------------------------
 */

static int add_one_column(struct catalog *c, const struct column *column, size_t position, const char *role)
{
	const char *type = column_type_name(column->type);

	db_bind_text(c->add_column, 1, (struct text){column->name, strlen(column->name)});
	db_bind_int(c->add_column, 2, (int64_t)position);
	db_bind_text(c->add_column, 3, (struct text){type, strlen(type)});
	db_bind_int(c->add_column, 4, column->nullable);
	db_bind_text(c->add_column, 5, (struct text){role, strlen(role)});
	db_bind_int(c->add_column, 6, (int64_t)c->files);
	db_bind_int(c->add_column, 7, (int64_t)c->first_run);
	db_bind_int(c->add_column, 8, (int64_t)c->last_run);
	return db_run(c->add_column);
}

/* The columns of files that have the same ones, and the date, by which they are parted. */
static int add_columns(struct catalog *c)
{
	struct column date = {.name = (char[]){"event_date"}, .type = COLUMN_STRING};

	if (c->files == 0)
		return 0;
	if (prepare(c, &c->add_column, add_column) != 0)
		return -1;
	for (size_t i = 0; i < c->columns.n; i++) {
		if (add_one_column(c, &c->columns.items[i], i + 1, "column") != 0)
			return -1;
	}
	if (add_one_column(c, &date, c->columns.n + 1, "partition") != 0)
		return -1;
	c->files = 0;
	return 0;
}

/* Files come in the order of their runs. */
static int see_columns(struct catalog *c, const struct columns *columns, uint64_t run)
{
	if (c->files == 0 || !columns_equal(&c->columns, columns)) {
		if (add_columns(c) != 0)
			return -1;
		columns_free(&c->columns);
		if (columns_copy(&c->columns, columns) != 0)
			return -1;
		c->first_run = run;
	}
	c->files++;
	c->last_run = run;
	return 0;
}

/* A column that some files lack is null there, and comes after those of the newest files. */
static int settle_columns(struct catalog *c)
{
	if (add_columns(c) != 0)
		return -1;
	return db_exec(c->db,
		       "UPDATE lake_column SET nullable = 1 WHERE table_name = 'silver' AND nullable = 0"
		       " AND files < (SELECT files FROM lake_table WHERE name = 'silver');"
		       "UPDATE lake_column SET position = o.place FROM (SELECT name AS wanted, row_number()"
		       " OVER (ORDER BY role = 'partition', last_run DESC, position, name) AS place"
		       " FROM lake_column WHERE table_name = 'silver') AS o"
		       " WHERE table_name = 'silver' AND name = o.wanted AND position <> o.place");
}

static const char find_column[] =
    "SELECT name, type FROM lake_column WHERE table_name = 'silver' AND name = ?1 COLLATE NOCASE";

static int check_column(struct catalog *c, const struct column *column, const char *lake)
{
	struct db_statement *const s = c->find_column;
	const char *type = column_type_name(column->type);
	int more, result = 0;

	db_bind_text(s, 1, (struct text){column->name, strlen(column->name)});
	while (result == 0 && (more = db_step(s)) == 1) {
		const struct text name = db_text(s, 0), old = db_text(s, 1);

		if (!text_equal(name, (struct text){column->name, strlen(column->name)}))
			result = cause_record(
			    STATUS_USAGE,
			    "%s: the schema has a column %s, and Silver has %.*s, which SQL does "
			    "not tell from it: give it another name, and \"x-from\"",
			    lake, column->name, (int)name.len, name.data);
		else if (!text_equal(old, (struct text){type, strlen(type)}))
			result = cause_record(
			    STATUS_USAGE,
			    "%s: column %s is of type %s by the schema, and %.*s in Silver: give "
			    "it another name, and \"x-from\"; or, to have all of Silver by what "
			    "the schema is now: evetl %s reload",
			    lake, column->name, type, (int)old.len, old.data, lake);
	}
	db_reset(s);
	return result != 0 || more < 0 ? -1 : 0;
}

int catalog_check_columns(struct catalog *c, const struct columns *columns, const char *lake)
{
	/* Those of the file before have been checked. */
	if (c->files > 0 && columns_equal(&c->columns, columns))
		return 0;
	if (prepare(c, &c->find_column, find_column) != 0)
		return -1;
	for (size_t i = 0; i < columns->n; i++) {
		if (check_column(c, &columns->items[i], lake) != 0)
			return -1;
	}
	return 0;
}

/* --- files -----------------------------------------------------------------------------------------------
 */

static int run_for(struct db_statement *s, struct text path, uint64_t run)
{
	db_bind_text(s, 1, path);
	db_bind_int(s, 2, (int64_t)run);
	return db_run(s);
}

int catalog_add_file(struct catalog *c, struct text path, uint64_t run, const struct columns *columns)
{
	if (prepare(c, &c->add_table, add_table) != 0 || prepare(c, &c->add_partition, add_partition) != 0 ||
	    run_for(c->add_table, path, run) != 0 || run_for(c->add_partition, path, run) != 0)
		return -1;
	return columns != NULL ? see_columns(c, columns, run) : 0;
}

int catalog_flush(struct catalog *c)
{
	return c->files > 0 ? settle_columns(c) : 0;
}

int catalog_recount(struct catalog *c)
{
	return db_exec(c->db, recount);
}

/* A row of lake_file: path, where it is, begin_run, whether it holds now. */
static int read_file(struct catalog *c, const struct lake *lake, struct db_statement *s,
		     struct db_statement *set_times)
{
	struct silver_span span = {0};
	char *place = strndup(db_text(s, 1).data, db_text(s, 1).len);
	int result = place != NULL ? silver_span_read(&span, lake, place) : cause_memory();

	if (result == 0 && db_int(s, 3) != 0)
		result = see_columns(c, &span.columns, (uint64_t)db_int(s, 2));
	if (result == 0 && set_times != NULL) {
		db_bind_text(set_times, 1, db_text(s, 0));
		db_bind_int(set_times, 2, db_int(s, 2));
		db_bind_text(set_times, 3, (struct text){span.first, strlen(span.first)});
		db_bind_text(set_times, 4, (struct text){span.last, strlen(span.last)});
		result = db_run(set_times);
	}
	silver_span_free(&span);
	free(place);
	return result;
}

/* Of all files there ever were, the times; of those that there are now, the columns. */
static int read_files(struct catalog *c, const struct lake *lake, bool with_times)
{
	struct db_statement *set_times = NULL, *s;
	int more = -1;

	/* What follows adds to these. */
	if (db_exec(c->db, "UPDATE lake_column SET files = 0, last_run = 0, nullable = 0"
			   " WHERE table_name = 'silver'") != 0)
		return -1;
	s = db_prepare(c->db, "SELECT path, coalesce(staged, path), begin_run, end_run IS NULL FROM lake_file"
			      " WHERE layer = 'silver' AND (?1 OR end_run IS NULL) ORDER BY begin_run, path");
	if (with_times)
		set_times =
		    db_prepare(c->db, "UPDATE lake_file SET min_time = nullif(?3, ''),"
				      " max_time = nullif(?4, '') WHERE path = ?1 AND begin_run = ?2");
	if (s == NULL || (with_times && set_times == NULL))
		goto out;
	db_bind_int(s, 1, with_times);
	while ((more = db_step(s)) == 1) {
		if (read_file(c, lake, s, set_times) == 0)
			continue;
		more = -1;
		if (!with_times)
			break;
		cause_clear();
	}
out:
	db_finalize(s);
	db_finalize(set_times);
	return more < 0 || settle_columns(c) != 0
		   ? -1
		   : db_exec(c->db, "DELETE FROM lake_column WHERE table_name = 'silver' AND files = 0");
}

int catalog_recount_columns(struct catalog *c, const struct lake *lake)
{
	return read_files(c, lake, false);
}

/* --- Gold ------------------------------------------------------------------------------------------------
 */

static const char put_table[] =
    "INSERT INTO lake_table (name, layer, rows, first_run, last_run) VALUES (?1, 'gold', ?2, ?3, ?3)"
    " ON CONFLICT DO UPDATE SET rows = excluded.rows + CASE WHEN ?4 THEN 0 ELSE rows END,"
    " last_run = excluded.last_run";
/* As the database has them: the dimensions are those of the table's index. */
static const char put_columns[] =
    "INSERT OR REPLACE INTO lake_column (table_name, name, position, type, nullable, role)"
    " SELECT ?1, name, cid + 1, type, 1, CASE WHEN name IN (SELECT name FROM"
    " pragma_index_info('lake_by_' || ?1)) THEN 'dimension' ELSE 'measure' END FROM pragma_table_info(?1)";
static const char forget_columns[] = "DELETE FROM lake_column WHERE table_name = ?1";

static int run_named(struct catalog *c, const char *sql, struct text name)
{
	struct db_statement *s = db_prepare(c->db, sql);
	int result = -1;

	if (s != NULL) {
		db_bind_text(s, 1, name);
		result = db_run(s);
	}
	db_finalize(s);
	return result;
}

/* anew: rows is what it has, and not what has been added. */
static int add_gold_table(struct catalog *c, struct text name, uint64_t rows, uint64_t run, bool anew)
{
	struct db_statement *s = db_prepare(c->db, put_table);
	int result = -1;

	if (s != NULL) {
		db_bind_text(s, 1, name);
		db_bind_int(s, 2, (int64_t)rows);
		db_bind_int(s, 3, (int64_t)run);
		db_bind_int(s, 4, anew);
		result = db_run(s);
	}
	db_finalize(s);
	if (result != 0 || !anew)
		return result;
	return run_named(c, forget_columns, name) != 0 ? -1 : run_named(c, put_columns, name);
}

int catalog_add_gold(struct catalog *c, const struct gold *gold, uint64_t run)
{
	bool anew = false;

	for (size_t i = 0; i < gold_tables(gold); i++) {
		const char *name = gold_table_name(gold, i);
		const struct gold_change change = gold_table_change(gold, i);

		if (change.any &&
		    add_gold_table(c, (struct text){name, strlen(name)}, change.rows, run, change.anew) != 0)
			return -1;
		anew |= change.anew;
	}
	return anew ? db_exec(c->db, forget_gold) : 0;
}

static int fill_gold_table(struct catalog *c, struct text name)
{
	struct buffer sql = {0};
	struct db_statement *s = NULL;
	int result = -1;

	/* Its name is one that a definition may have: letters, digits and underscores. */
	if (buffer_printf(&sql, "SELECT count(*) FROM \"%.*s\"", (int)name.len, name.data) == 0 &&
	    buffer_text(&sql) != NULL)
		s = db_prepare(c->db, buffer_text(&sql));
	if (s != NULL && db_step(s) == 1)
		result = add_gold_table(c, name, (uint64_t)db_int(s, 0), 0, true);
	db_finalize(s);
	buffer_free(&sql);
	return result;
}

static int fill_gold(struct catalog *c)
{
	struct db_statement *s = db_prepare(c->db, "SELECT name FROM lake_definition");
	int more = -1;

	while (s != NULL && (more = db_step(s)) == 1) {
		if (fill_gold_table(c, db_text(s, 0)) != 0) {
			more = -1;
			break;
		}
	}
	db_finalize(s);
	return more < 0
		   ? -1
		   : db_exec(c->db,
			     "UPDATE lake_table SET first_run = (SELECT coalesce(min(run), 0) FROM lake_run),"
			     " last_run = coalesce((SELECT CAST(value AS INTEGER) FROM lake_meta WHERE key ="
			     " 'gold_run'), (SELECT coalesce(min(run), 0) FROM lake_run))"
			     " WHERE layer = 'gold'");
}

int catalog_fill(struct catalog *c, const struct lake *lake)
{
	return catalog_create(c->db) != 0 || read_files(c, lake, true) != 0 || catalog_recount(c) != 0 ||
		       settle_columns(c) != 0 || fill_gold(c) != 0
		   ? -1
		   : 0;
}

int catalog_is_mixed(struct db *db)
{
	struct db_statement *s =
	    db_prepare(db, "SELECT 1 FROM lake_column WHERE table_name = 'silver' AND files <>"
			   " (SELECT files FROM lake_table WHERE name = 'silver')");
	const int more = s != NULL ? db_step(s) : -1;

	db_finalize(s);
	return more;
}
