#include "undo.h"

#include <inttypes.h>

static const char reread_table[] =
    "CREATE TEMP TABLE reread (path TEXT, verdict INTEGER, rows INTEGER, left_out INTEGER)";

/* A query that must give no row; what it gives is a path that something is wrong with. */
static int refuse_if(struct work *w, const char *sql, const char *what)
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
	if (refuse_if(w, "SELECT path FROM temp.reread GROUP BY path HAVING count(*) > 1",
		      "it was read twice") != 0 ||
	    refuse_if(w,
		      "SELECT r.path FROM temp.reread AS r LEFT JOIN lake_file AS f ON f.path = r.path"
		      " AND f.end_run IS NULL WHERE f.rows IS NOT r.rows + r.left_out",
		      "what was read is not what the ledger has of it") != 0)
		return -1;
	if (!verb_is_fresh(w->verb))
		return 0;
	return refuse_if(w,
			 "SELECT path FROM lake_file WHERE layer = 'silver' AND end_run IS NULL"
			 " AND path NOT IN (SELECT path FROM temp.reread)",
			 "it was not read again");
}

/* --- the verbs -------------------------------------------------------------------------------------------
 */

int undo_apply(struct work *w)
{
	const struct run *run = w->c->run;

	/* What was counted again is not all there is, if anything has been added since. */
	if (run->newest_run + 1 != w->c->number)
		return commit_too_late(text_of(w->c->lake->path), "it has changed since the plan was made");
	if (take_rereads(w) != 0)
		return -1;
	switch (w->verb) {
	case VERB_REBUILD: break;
	default:
		return cause_record(STATUS_INPUT, "a run that is to %s, which this program cannot yet",
				    verb_name(w->verb));
	}
	return check_rereads(w);
}

int undo_check_sums(struct work *w)
{
	return refuse_if(
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
	return refuse_if(w,
			 "SELECT path FROM lake_source WHERE end_run IS NULL AND status = 'SKIPPED_SAME'"
			 " AND begin_run = (SELECT max(begin_run) FROM lake_source)",
			 "its content is that of another source now");
}
