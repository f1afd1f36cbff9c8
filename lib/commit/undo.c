#include "commit/undo_parts.h"

#include <inttypes.h>
#include <stdlib.h>

/* verdict: an enum want_verdict */
static const char reread_table[] =
    "CREATE TEMP TABLE reread (path TEXT, verdict INTEGER, rows INTEGER, left_out INTEGER)";

int undo_refuse_if(struct work *w, const char *sql, const char *what)
{
	struct db_statement *s = db_prepare(w->db, sql);
	int result = s != NULL ? db_step(s) : -1;

	if (result == 1) {
		const struct text path = db_text(s, 0);

		result = cause_record(STATUS_REFUSED, "%s/%.*s: %s: nothing is changed", w->c->lake->path,
				      (int)path.len, path.data, what);
	}
	db_finalize(s);
	return result;
}

static int take_rereads(struct work *w)
{
	const struct run *run = w->c->run;
	struct db_statement *s;
	int result = 0;

	if (db_exec(w->db, reread_table) != 0)
		return -1;
	s = db_prepare(w->db,
		       "INSERT INTO temp.reread (path, verdict, rows, left_out) VALUES (?1, ?2, ?3, ?4)");
	if (s == NULL)
		return -1;
	for (size_t i = 0; result == 0 && i < run->n_rereads; i++) {
		db_bind_text(s, 1, run->rereads[i].path);
		db_bind_int(s, 2, (int64_t)run->rereads[i].verdict);
		db_bind_int(s, 3, (int64_t)run->rereads[i].rows);
		db_bind_int(s, 4, (int64_t)run->rereads[i].left_out);
		result = db_run(s);
	}
	db_finalize(s);
	return result;
}

/* What was read again is what the ledger has now, each file once; and of Silver all of it, when Gold is made
 * of nothing else. */
static int check_rereads(struct work *w)
{
	if (undo_refuse_if(w, "SELECT path FROM temp.reread GROUP BY path HAVING count(*) > 1",
			   "it was read twice") != 0 ||
	    undo_refuse_if(w,
			   "SELECT r.path FROM temp.reread AS r LEFT JOIN lake_file AS f ON f.path = r.path"
			   " AND f.end_run IS NULL WHERE f.rows IS NOT r.rows + r.left_out",
			   "what was read is not what the ledger has of it") != 0)
		return -1;
	if (!verb_is_fresh(w->verb))
		return 0;
	return undo_refuse_if(w,
			      "SELECT path FROM lake_file WHERE layer = 'silver' AND end_run IS NULL"
			      " AND path NOT IN (SELECT path FROM temp.reread)",
			      "it was not read again");
}

/* --- the verbs -------------------------------------------------------------------------------------------
 */

int undo_run_all(struct work *w, const char *const *sql, size_t n_sql, int n)
{
	int result = 0;

	for (size_t i = 0; result == 0 && i < n_sql; i++) {
		struct db_statement *s = db_prepare(w->db, sql[i]);

		result = -1;
		if (s != NULL) {
			if (n > 0)
				db_bind_int(s, 1, (int64_t)w->c->number);
			if (n > 1)
				db_bind_int(s, 2, (int64_t)w->c->run->target);
			result = db_run(s);
		}
		db_finalize(s);
	}
	return result;
}

/* What holds again must be there. */
static int check_there(struct work *w)
{
	struct db_statement *s = db_prepare(w->db, "SELECT path FROM lake_file WHERE begin_run = ?1");
	int more = -1;

	if (s == NULL)
		return -1;
	db_bind_int(s, 1, (int64_t)w->c->number);
	while ((more = db_step(s)) == 1) {
		char *path = commit_copy_text(db_text(s, 0));
		const int has = path != NULL ? lake_has(w->c->lake, path) : -1;

		if (has == 0)
			cause_record(STATUS_REFUSED, "%s/%s: it is not there any more: nothing is changed",
				     w->c->lake->path, path);
		free(path);
		if (has != 1) {
			more = -1;
			break;
		}
	}
	db_finalize(s);
	return more;
}

/* What has begun since the target ends, and what has ended since holds again. */
#define REWIND(TABLE, COLUMNS)                                                                  \
	"UPDATE " TABLE " SET end_run = ?1 WHERE end_run IS NULL AND begin_run > ?2",           \
	    "INSERT INTO " TABLE " (begin_run, " COLUMNS ") SELECT ?1, " COLUMNS " FROM " TABLE \
	    " WHERE begin_run <= ?2 AND end_run > ?2 AND end_run < ?1"

static int rewind_to(struct work *w)
{
	static const char *const steps[] = {
	    REWIND("lake_source",
		   "path, size, mtime_ns, content, bytes, lines, kept, rejected, blank, more, status,"
		   " same_as, run"),
	    REWIND("lake_reject", "source, reason, field, run, rejects, first_line, first_column"),
	    REWIND("lake_note", "source, what, field, name, run, lines, first_line"),
	    REWIND("lake_rule", "name, text"),
	    REWIND("lake_file", "path, layer, partition, rows, bytes, min_time, max_time, checksum"),
	};

	return UNDO_RUN_ALL(w, steps, 2) != 0 ? -1 : check_there(w);
}

static int take_removed(struct work *w)
{
	const struct run *run = w->c->run;
	struct db_statement *s;
	int result = 0;

	if (db_exec(w->db, "CREATE TEMP TABLE removed (path TEXT PRIMARY KEY) WITHOUT ROWID") != 0)
		return -1;
	s = db_prepare(w->db, "INSERT OR IGNORE INTO temp.removed (path) VALUES (?1)");
	if (s == NULL)
		return -1;
	for (size_t i = 0; result == 0 && i < run->n_wants; i++) {
		if (run->wants[i].verdict != WANT_REMOVE)
			continue;
		db_bind_text(s, 1, run->wants[i].path);
		result = db_run(s);
	}
	db_finalize(s);
	return result;
}

static int mark_skipped(struct work *w)
{
	const struct run *run = w->c->run;

	for (size_t i = 0; i < run->n_wants; i++) {
		const struct control_want *want = &run->wants[i];
		const struct ledger_source mark = {
		    .path = want->path,
		    .size = want->size,
		    .mtime_ns = want->mtime_ns,
		    .content = want->content,
		    .status = LEDGER_SKIPPED,
		    .run = w->c->number,
		};

		if (want->verdict == WANT_SKIP && ledger_add_source(&w->ledger, &mark) != 0)
			return -1;
	}
	return 0;
}

/* The marks of sources end, and with them those of their copies; of skipped sources these stay what they
 * are. */
static int remove_sources(struct work *w)
{
	static const char *const steps[] = {
	    "UPDATE lake_source SET end_run = ?1 WHERE end_run IS NULL AND path IN (SELECT path FROM "
	    "temp.removed)",
	    "UPDATE lake_reject SET end_run = ?1 WHERE end_run IS NULL AND source IN (SELECT path FROM "
	    "temp.removed)",
	    "UPDATE lake_note SET end_run = ?1 WHERE end_run IS NULL AND source IN (SELECT path FROM "
	    "temp.removed)",
	};
	static const char *const copies[] = {
	    "UPDATE lake_source SET end_run = ?1 WHERE end_run IS NULL AND status = 'SKIPPED_SAME'"
	    " AND same_as IN (SELECT path FROM temp.removed)",
	};

	if (take_removed(w) != 0 || undo_refuse_if(w,
						   "SELECT path FROM temp.removed WHERE path NOT IN"
						   " (SELECT path FROM lake_source WHERE end_run IS NULL)",
						   "it is not marked") != 0)
		return -1;
	if (UNDO_RUN_ALL(w, steps, 1) != 0)
		return -1;
	return w->verb == VERB_SKIP ? mark_skipped(w) : UNDO_RUN_ALL(w, copies, 1);
}

static int end_all(struct work *w)
{
	static const char *const steps[] = {
	    "UPDATE lake_source SET end_run = ?1 WHERE end_run IS NULL AND status IN ('DONE', 'PARTIAL')",
	    "UPDATE lake_reject SET end_run = ?1 WHERE end_run IS NULL",
	    "UPDATE lake_note SET end_run = ?1 WHERE end_run IS NULL",
	    "UPDATE lake_file SET end_run = ?1 WHERE end_run IS NULL",
	};

	return UNDO_RUN_ALL(w, steps, 1);
}

/* What folders and archives held was marked: it may not be any more. */
static int forget_folders(struct work *w)
{
	/* Members are called ARCHIVE#NAME, and $ comes next to #. */
	static const char *const doubt[] = {
	    "UPDATE lake_source AS a SET size = 0 WHERE status = 'ARCHIVE' AND end_run IS NULL AND EXISTS"
	    " (SELECT 1 FROM lake_source AS m WHERE m.path > a.path || '#' AND m.path < a.path || '$'"
	    " AND (m.end_run = ?1 OR (m.end_run IS NULL AND m.status = 'SKIPPED_SAME' AND NOT EXISTS"
	    " (SELECT 1 FROM lake_source AS original WHERE original.path = m.same_as"
	    " AND original.end_run IS NULL AND original.status <> 'SKIPPED_SAME'))))",
	};

	if (w->verb == VERB_REBUILD || w->verb == VERB_REPLAY)
		return 0;
	return db_exec(w->db, "DELETE FROM lake_folder") != 0 ? -1 : UNDO_RUN_ALL(w, doubt, 1);
}

int undo_apply(struct work *w)
{
	static const char *const retire[] = {
	    "UPDATE lake_file SET end_run = ?1 WHERE end_run IS NULL AND path IN"
	    " (SELECT path FROM temp.reread WHERE verdict <> 3)",
	};
	int result;

	/* What was counted again is not all there is, if anything has been added since. */
	if (w->c->run->newest_run + 1 != w->c->number)
		return commit_too_late(text_of(w->c->lake->path), "it has changed since the plan was made");
	if (take_rereads(w) != 0)
		return -1;
	switch (w->verb) {
	case VERB_REBUILD: result = 0; break;
	case VERB_REWIND: result = rewind_to(w); break;
	case VERB_FORGET:
	case VERB_SKIP:
	case VERB_REPLACE: result = remove_sources(w); break;
	case VERB_RELOAD: result = end_all(w); break;
	case VERB_REPLAY: result = undo_replay(w); break;
	default: return cause_record(STATUS_INPUT, "a %s that undoes nothing", verb_name(w->verb));
	}
	if (result != 0 || check_rereads(w) != 0 || UNDO_RUN_ALL(w, retire, 1) != 0)
		return -1;
	return forget_folders(w);
}

int undo_check_sums(struct work *w)
{
	if (w->verb == VERB_RELOAD &&
	    undo_refuse_if(
		w,
		"SELECT path FROM lake_source AS old WHERE status IN ('DONE', 'PARTIAL') AND end_run ="
		" (SELECT max(run) FROM lake_run) AND NOT EXISTS (SELECT 1 FROM lake_source AS new"
		" WHERE new.path = old.path AND new.begin_run = old.end_run"
		" AND new.content = old.content)",
		"it is not what it was when it was read (evmark replace takes it as it is now)") != 0)
		return -1;
	return undo_refuse_if(
	    w,
	    "SELECT layer FROM (SELECT 'silver' AS layer, coalesce(sum(kept), 0) AS n FROM lake_source"
	    " WHERE end_run IS NULL UNION ALL SELECT 'quarantine', coalesce(sum(rejected), 0)"
	    " FROM lake_source WHERE end_run IS NULL) AS marked WHERE n <>"
	    " (SELECT coalesce(sum(rows), 0) FROM lake_file AS f"
	    " WHERE f.layer = marked.layer AND end_run IS NULL)",
	    "the files would not hold what the marks say");
}

int undo_refuse_copies(struct work *w)
{
	return undo_refuse_if(w,
			      "SELECT path FROM lake_source WHERE end_run IS NULL AND status = 'SKIPPED_SAME'"
			      " AND begin_run = (SELECT max(begin_run) FROM lake_source)",
			      "its content is that of another source now");
}
