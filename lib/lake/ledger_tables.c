/* The ledger's tables: made for a new lake, and remade for one of an earlier format. */
#include "lake/ledger.h"

#include <sys/random.h>

/*
 * The columns are explained in evlake(7). A row holds for the runs from begin_run up to, and without,
 * end_run, and now when that is null; so there are indexes only of what holds now. Primary keys come first:
 * else SQLite 3.40's integrity_check takes what follows in a table without rowids for nulls.
 */
static const char runs[] =
    "CREATE TABLE lake_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE lake_run (run INTEGER PRIMARY KEY, verb TEXT NOT NULL, began TEXT NOT NULL,"
    " committed TEXT NOT NULL, sources INTEGER NOT NULL, copies INTEGER NOT NULL, rows INTEGER NOT NULL,"
    " rejects INTEGER NOT NULL, blank INTEGER NOT NULL, bytes INTEGER NOT NULL, files INTEGER NOT NULL,"
    " cpu_seconds REAL NOT NULL, wall_seconds REAL NOT NULL);"
    "CREATE TABLE lake_attempt (attempt INTEGER PRIMARY KEY, at TEXT NOT NULL, verb TEXT NOT NULL,"
    " status INTEGER NOT NULL, message TEXT NOT NULL);"
    "CREATE TABLE lake_folder (path TEXT PRIMARY KEY, subfolders BLOB NOT NULL) WITHOUT ROWID;";
static const char sources[] =
    "CREATE TABLE lake_source (path TEXT, begin_run INTEGER, end_run INTEGER, size INTEGER NOT NULL,"
    " mtime_ns INTEGER NOT NULL, content TEXT NOT NULL, bytes INTEGER NOT NULL, lines INTEGER NOT NULL,"
    " kept INTEGER NOT NULL, rejected INTEGER NOT NULL, blank INTEGER NOT NULL, more INTEGER NOT NULL,"
    " status TEXT NOT NULL, same_as TEXT, run INTEGER NOT NULL, PRIMARY KEY (path, begin_run)) WITHOUT ROWID;"
    "CREATE INDEX lake_source_content ON lake_source (content) WHERE end_run IS NULL;"
    "CREATE INDEX lake_source_size ON lake_source (size) WHERE end_run IS NULL;";
static const char counts[] =
    "CREATE TABLE lake_reject (source TEXT, reason TEXT, field TEXT, begin_run INTEGER, end_run INTEGER,"
    " run INTEGER NOT NULL, rejects INTEGER NOT NULL, first_line INTEGER NOT NULL,"
    " first_column INTEGER NOT NULL, PRIMARY KEY (source, reason, field, begin_run)) WITHOUT ROWID;"
    "CREATE TABLE lake_note (source TEXT, what TEXT, field TEXT, name TEXT, begin_run INTEGER,"
    " end_run INTEGER, run INTEGER NOT NULL, lines INTEGER NOT NULL, first_line INTEGER NOT NULL,"
    " PRIMARY KEY (source, what, field, name, begin_run)) WITHOUT ROWID;";
static const char rules[] =
    "CREATE TABLE lake_rule (name TEXT, begin_run INTEGER, end_run INTEGER, text TEXT NOT NULL,"
    " PRIMARY KEY (name, begin_run)) WITHOUT ROWID;";
static const char files[] =
    "CREATE TABLE lake_file (path TEXT, begin_run INTEGER, end_run INTEGER, layer TEXT NOT NULL,"
    " partition TEXT NOT NULL, rows INTEGER NOT NULL, bytes INTEGER NOT NULL, min_time TEXT, max_time TEXT,"
    " checksum TEXT NOT NULL, staged TEXT, PRIMARY KEY (path, begin_run)) WITHOUT ROWID;"
    "CREATE INDEX lake_file_pending ON lake_file (path) WHERE staged IS NOT NULL;";

/* Format 2 knew no end of marks and counts: there was what holds now. */
static const char old_counts[] =
    "ALTER TABLE lake_source ADD COLUMN begin_run INTEGER; ALTER TABLE lake_source ADD COLUMN end_run "
    "INTEGER;"
    "UPDATE lake_source SET begin_run = run;"
    "ALTER TABLE lake_reject RENAME TO lake_old_reject; ALTER TABLE lake_note RENAME TO lake_old_note;";
static const char copy_counts[] =
    "INSERT INTO lake_reject (source, reason, field, begin_run, run, rejects, first_line, first_column)"
    " SELECT source, reason, field, run, run, rejects, first_line, first_column FROM lake_old_reject;"
    "INSERT INTO lake_note (source, what, field, name, begin_run, run, lines, first_line)"
    " SELECT source, what, field, name, run, run, lines, first_line FROM lake_old_note;"
    "DROP TABLE lake_old_reject; DROP TABLE lake_old_note;"
    "CREATE TABLE IF NOT EXISTS lake_folder (path TEXT PRIMARY KEY, subfolders BLOB NOT NULL) WITHOUT ROWID;";
/* And before format 4 a line was one event at most, and files had no times. */
static const char old_sources[] =
    "DROP INDEX IF EXISTS lake_source_content; DROP INDEX IF EXISTS lake_source_size;"
    "ALTER TABLE lake_source RENAME TO lake_old_source;";
static const char copy_sources[] =
    "INSERT INTO lake_source (path, begin_run, end_run, size, mtime_ns, content, bytes, lines, kept,"
    " rejected, blank, more, status, same_as, run) SELECT path, begin_run, end_run, size, mtime_ns, content,"
    " bytes, lines, kept, rejected, blank, 0, status, same_as, run FROM lake_old_source;"
    "DROP TABLE lake_old_source;";
static const char old_files[] =
    "DROP INDEX IF EXISTS lake_file_pending; ALTER TABLE lake_file RENAME TO lake_old_file;";
static const char copy_files[] =
    "INSERT INTO lake_file (path, begin_run, end_run, layer, partition, rows, bytes, checksum, staged)"
    " SELECT path, begin_run, end_run, layer, partition, rows, bytes, checksum, staged FROM lake_old_file;"
    "DROP TABLE lake_old_file;";

int ledger_create(struct ledger *l)
{
	struct hash128 random;
	char id[LEDGER_ID_LEN + 1];
	char now[LEDGER_TIME_LEN + 1];

	if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
		return cause_system("getrandom");
	ledger_write_hash(id, random);
	ledger_now(now);
	if (db_exec(l->db, runs) != 0 || db_exec(l->db, sources) != 0 || db_exec(l->db, counts) != 0 ||
	    db_exec(l->db, rules) != 0 || db_exec(l->db, files) != 0 || ledger_set_meta(l, "id", id) != 0)
		return -1;
	return ledger_set_meta(l, "created", now);
}

int ledger_remake(struct ledger *l, int format)
{
	if (format < 3 && (db_exec(l->db, old_counts) != 0 || db_exec(l->db, counts) != 0 ||
			   db_exec(l->db, copy_counts) != 0))
		return -1;
	if (db_exec(l->db, rules) != 0 || db_exec(l->db, old_sources) != 0 || db_exec(l->db, sources) != 0 ||
	    db_exec(l->db, copy_sources) != 0)
		return -1;
	if (db_exec(l->db, old_files) != 0 || db_exec(l->db, files) != 0)
		return -1;
	return db_exec(l->db, copy_files);
}
