/*
 * What a replay changes in the ledger. All rejected lines of a source lie in the quarantine files that were
 * read again, or none do; so what it says of their reasons is all there is to say, and rows that come out as
 * they were stay.
 */
#include "commit/undo_parts.h"

static const char tables[] =
    "CREATE TEMP TABLE again (source TEXT PRIMARY KEY, lines INTEGER, kept INTEGER, rejected INTEGER,"
    " blank INTEGER, more INTEGER) WITHOUT ROWID;"
    "CREATE TEMP TABLE again_reject (source TEXT, reason TEXT, field TEXT, rejects INTEGER,"
    " first_line INTEGER, first_column INTEGER, PRIMARY KEY (source, reason, field)) WITHOUT ROWID;"
    "CREATE TEMP TABLE again_note (source TEXT, what TEXT, field TEXT, name TEXT, lines INTEGER,"
    " first_line INTEGER, PRIMARY KEY (source, what, field, name)) WITHOUT ROWID;";

static int take_source(struct db_statement *s, const struct run_source *source)
{
	db_bind_text(s, 1, source->path);
	db_bind_int(s, 2, (int64_t)source->end.rows);
	db_bind_int(s, 3, (int64_t)source->end.rejects);
	db_bind_int(s, 4, (int64_t)source->end.blank);
	db_bind_int(s, 5, (int64_t)source->end.lines);
	db_bind_int(s, 6, (int64_t)source->end.more);
	return db_run(s);
}

static int take_sources(struct work *w)
{
	const struct run *run = w->c->run;
	struct db_statement *s =
	    db_prepare(w->db, "INSERT INTO temp.again (source, kept, rejected, blank, lines, more)"
			      " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET"
			      " lines = lines + excluded.lines, kept = kept + excluded.kept,"
			      " rejected = rejected + excluded.rejected, blank = blank + excluded.blank,"
			      " more = more + excluded.more");
	int result = s != NULL ? 0 : -1;

	for (size_t i = 0; result == 0 && i < run->n_sources; i++)
		if (run->sources[i].purpose == SOURCE_AGAIN)
			result = take_source(s, &run->sources[i]);
	db_finalize(s);
	return result;
}

static int take_tally(struct db_statement *rejects, struct db_statement *notes, struct text source,
		      const struct control_tally *tally)
{
	const bool is_reject = text_equal(tally->what, text_of("rejected"));
	struct db_statement *s = is_reject ? rejects : notes;

	db_bind_text(s, 1, source);
	db_bind_text(s, 2, tally->name);
	db_bind_text(s, 3, tally->field);
	db_bind_int(s, 4, (int64_t)tally->count);
	db_bind_int(s, 5, (int64_t)tally->line);
	if (is_reject)
		db_bind_int(s, 6, (int64_t)tally->column);
	else
		db_bind_text(s, 6, tally->what);
	return db_run(s);
}

/* Of the same that was told twice, as of a source whose lines are in two files, the first comes first. */
static int take_tallies(struct work *w)
{
	const struct run *run = w->c->run;
	struct db_statement *rejects = db_prepare(
	    w->db,
	    "INSERT INTO temp.again_reject (source, reason, field, rejects, first_line, first_column)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET"
	    " rejects = rejects + excluded.rejects,"
	    " first_column = iif(excluded.first_line < first_line, excluded.first_column, first_column),"
	    " first_line = min(first_line, excluded.first_line)");
	struct db_statement *notes =
	    db_prepare(w->db, "INSERT INTO temp.again_note (source, name, field, lines, first_line, what)"
			      " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET"
			      " lines = lines + excluded.lines,"
			      " first_line = min(first_line, excluded.first_line)");
	int result = rejects != NULL && notes != NULL ? 0 : -1;

	for (size_t i = 0; result == 0 && i < run->n_tallies; i++) {
		const struct run_source *source = &run->sources[run->tallies[i].source];

		if (source->purpose == SOURCE_AGAIN)
			result = take_tally(rejects, notes, source->path, &run->tallies[i].tally);
	}
	db_finalize(rejects);
	db_finalize(notes);
	return result;
}

/* What is in doubt is refused before anything changes. */
static int check(struct work *w)
{
	if (undo_refuse_if(w,
			   "SELECT r.path FROM temp.reread AS r JOIN lake_file AS f ON f.path = r.path"
			   " AND f.end_run IS NULL WHERE f.layer <> 'quarantine' OR r.verdict NOT IN (5, 9)",
			   "a replay that reads it again") != 0)
		return -1;
	return undo_refuse_if(
	    w,
	    "SELECT source FROM temp.again LEFT JOIN lake_source AS mark ON path = source AND"
	    " end_run IS NULL WHERE mark.rejected IS NOT again.lines",
	    "what was read of it from quarantine is not what was rejected");
}

/* A mark is of the run that read its source, whenever its counts began to hold. */
static int write_marks(struct work *w)
{
	static const char *const steps[] = {
	    "UPDATE lake_source SET end_run = ?1 WHERE end_run IS NULL AND path IN"
	    " (SELECT source FROM temp.again WHERE kept + blank > 0)",
	    "INSERT INTO lake_source (begin_run, path, size, mtime_ns, content, bytes, lines, kept, rejected,"
	    " blank, more, status, same_as, run) SELECT ?1, path, size, mtime_ns, content, bytes, m.lines,"
	    " m.kept + a.kept, a.rejected, m.blank + a.blank, m.more + a.more, status, same_as, run"
	    " FROM lake_source AS m JOIN temp.again AS a ON a.source = m.path WHERE m.end_run = ?1",
	};

	return UNDO_RUN_ALL(w, steps, 1);
}

/* Quarantine does not keep at which column a line is wrong: of a first line that stays it is known. */
static int write_rejects(struct work *w)
{
	static const char *const columns[] = {
	    "UPDATE temp.again_reject AS a SET first_column = coalesce((SELECT r.first_column FROM "
	    "lake_reject"
	    " AS r WHERE r.end_run IS NULL AND r.source = a.source AND r.reason = a.reason AND"
	    " r.field = a.field AND r.first_line = a.first_line), 0) WHERE first_column = 0",
	};
	static const char *const steps[] = {
	    "UPDATE lake_reject AS r SET end_run = ?1 WHERE end_run IS NULL AND source IN (SELECT source FROM"
	    " temp.again) AND NOT EXISTS (SELECT 1 FROM temp.again_reject AS a WHERE a.source = r.source AND"
	    " a.reason = r.reason AND a.field = r.field AND a.rejects = r.rejects AND a.first_line ="
	    " r.first_line AND a.first_column = r.first_column)",
	    "INSERT INTO lake_reject (begin_run, run, source, reason, field, rejects, first_line, "
	    "first_column)"
	    " SELECT ?1, ?1, source, reason, field, rejects, first_line, first_column FROM temp.again_reject"
	    " AS a WHERE NOT EXISTS (SELECT 1 FROM lake_reject AS r WHERE r.end_run IS NULL AND r.source ="
	    " a.source AND r.reason = a.reason AND r.field = a.field)",
	};

	return UNDO_RUN_ALL(w, columns, 0) != 0 ? -1 : UNDO_RUN_ALL(w, steps, 1);
}

/* Notes are of good lines: there are more of those now. */
static int write_notes(struct work *w)
{
	static const char *const steps[] = {
	    "UPDATE lake_note AS n SET end_run = ?1 WHERE end_run IS NULL AND EXISTS (SELECT 1 FROM"
	    " temp.again_note AS a WHERE a.source = n.source AND a.what = n.what AND a.field = n.field AND"
	    " a.name = n.name)",
	    "INSERT INTO lake_note (begin_run, run, source, what, field, name, lines, first_line)"
	    " SELECT ?1, ?1, a.source, a.what, a.field, a.name, a.lines + coalesce(n.lines, 0),"
	    " min(a.first_line, coalesce(n.first_line, a.first_line)) FROM temp.again_note AS a LEFT JOIN"
	    " lake_note AS n ON n.end_run = ?1 AND a.source = n.source AND a.what = n.what AND"
	    " a.field = n.field AND a.name = n.name",
	};

	return UNDO_RUN_ALL(w, steps, 1);
}

int undo_replay(struct work *w)
{
	if (db_exec(w->db, tables) != 0 || take_sources(w) != 0 || take_tallies(w) != 0 || check(w) != 0)
		return -1;
	return write_marks(w) != 0 || write_rejects(w) != 0 ? -1 : write_notes(w);
}
