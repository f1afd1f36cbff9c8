#include "lake/ledger_sql.h"

#define MARK_COLUMNS                                                                                       \
	"SELECT path, size, mtime_ns, content, bytes, lines, kept, rejected, blank, status, same_as, run," \
	" more"                                                                                            \
	" FROM lake_source AS mark "
#define HAS_ORIGINAL                                                                       \
	"EXISTS (SELECT 1 FROM lake_source AS original WHERE original.path = mark.same_as" \
	" AND original.end_run IS NULL AND original.status <> 'SKIPPED_SAME')"

static const char *const texts[STATEMENTS] = {
    [GET_META] = "SELECT value FROM lake_meta WHERE key = ?1",
    [SET_META] = "INSERT OR REPLACE INTO lake_meta (key, value) VALUES (?1, ?2)",
    [NEWEST_RUN] = "SELECT coalesce(max(run), 0) FROM lake_run",
    /* By the path, which is the key: a lake may have many files in quarantine, whose paths come before. */
    [HISTORY] = "SELECT EXISTS (SELECT 1 FROM lake_file WHERE path > 'silver/' AND path < 'silver0')",
    [FIND_PATH] =
	MARK_COLUMNS "WHERE path = ?1 AND end_run IS NULL AND (status <> 'SKIPPED_SAME' OR " HAS_ORIGINAL ")",
    [NEAR_PATH] = MARK_COLUMNS "WHERE path >= ?1 AND end_run IS NULL ORDER BY path",
    [FIND_ORPHAN] =
	MARK_COLUMNS "WHERE path = ?1 AND end_run IS NULL AND status = 'SKIPPED_SAME' AND NOT " HAS_ORIGINAL,
    [FIND_LIVE] = MARK_COLUMNS "WHERE path = ?1 AND end_run IS NULL",
    [FIND_CONTENT] =
	MARK_COLUMNS "WHERE content = ?1 AND end_run IS NULL AND status <> 'SKIPPED_SAME' ORDER BY run, path",
    [HAS_SIZE] = "SELECT 1 FROM lake_source WHERE size = ?1 AND end_run IS NULL LIMIT 1",
    [NEAR_FOLDER] = "SELECT path, subfolders FROM lake_folder WHERE path >= ?1 ORDER BY path",
    [NEXT_PENDING] = "SELECT staged, path FROM lake_file WHERE staged IS NOT NULL ORDER BY path",
    [NEXT_SILVER] =
	"SELECT path, coalesce(staged, '') FROM lake_file WHERE layer = 'silver' AND end_run IS NULL"
	" ORDER BY path",
    [ADD_RUN] =
	"INSERT INTO lake_run (run, verb, began, committed, sources, copies, rows, rejects, blank, bytes,"
	" files, cpu_seconds, wall_seconds)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    [ADD_SOURCE] =
	"INSERT INTO lake_source (path, size, mtime_ns, content, bytes, lines, kept, rejected, blank, status,"
	" same_as, run, begin_run, more)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, nullif(?11, ''), ?12, ?12, ?13)",
    [END_SOURCE] = "UPDATE lake_source SET end_run = ?2 WHERE path = ?1 AND end_run IS NULL",
    [TOUCH_SOURCE] = "UPDATE lake_source SET size = ?2, mtime_ns = ?3 WHERE path = ?1 AND end_run IS NULL",
    [DOUBT_ARCHIVE] = "UPDATE lake_source SET size = 0 WHERE path = ?1 AND end_run IS NULL"
		      " AND status = 'ARCHIVE'",
    [ADD_REJECT] = ("INSERT INTO lake_reject (run, source, reason, field, rejects, first_line, first_column,"
		    " begin_run) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?1)"
		    " ON CONFLICT DO UPDATE SET rejects = rejects + excluded.rejects"),
    [ADD_NOTE] = ("INSERT INTO lake_note (run, source, what, name, field, lines, first_line, begin_run)"
		  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?1)"
		  " ON CONFLICT DO UPDATE SET lines = lines + excluded.lines"),
    [ADD_FILE] = ("INSERT INTO lake_file (path, layer, partition, rows, bytes, checksum, begin_run, staged,"
		  " min_time, max_time) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, nullif(?9, ''),"
		  " nullif(?10, ''))"),
    [CLEAR_PENDING] = "UPDATE lake_file SET staged = NULL WHERE staged IS NOT NULL AND ?1 IN (0, begin_run)",
    [ADD_ATTEMPT] = "INSERT INTO lake_attempt (at, verb, status, message) VALUES (?1, ?2, ?3, ?4)",
    [PUT_FOLDER] = "INSERT OR REPLACE INTO lake_folder (path, subfolders) VALUES (?1, ?2)",
    [END_RULE] = "UPDATE lake_rule SET end_run = ?1 WHERE name = ?2 AND end_run IS NULL AND text <> ?3",
    [ADD_RULE] = ("INSERT INTO lake_rule (begin_run, name, text) SELECT ?1, ?2, ?3 WHERE ?3 <> '' AND NOT"
		  " EXISTS (SELECT 1 FROM lake_rule WHERE name = ?2 AND end_run IS NULL)"),
};

_Static_assert(STATEMENTS == sizeof((struct ledger *)0)->prepared / sizeof((struct ledger *)0)->prepared[0],
	       "one place for each statement");

struct db_statement *ledger_statement(struct ledger *l, enum statement i)
{
	if (l->prepared[i] == NULL)
		l->prepared[i] = db_prepare(l->db, texts[i]);
	return l->prepared[i];
}
