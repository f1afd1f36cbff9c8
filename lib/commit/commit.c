#include "commit/commit_parts.h"
#include "commit/undo.h"
#include "silver/silver_span.h"
#include "stream/verb.h"

#include <inttypes.h>
#include <stdlib.h>

int commit_too_late(struct text path, const char *what)
{
	return cause_record(STATUS_RETRY, "%.*s: %s: another run was first; try again", (int)path.len,
			    path.data, what);
}

/* The lake is the one that the plan was made for. */
static int check_lake(struct work *w)
{
	const struct run *run = w->c->run;
	char id[LEDGER_ID_LEN + 1];
	int known = ledger_exists(&w->ledger);

	if (known < 0)
		return -1;
	if (!known && run->id.len != 0)
		return cause_record(STATUS_REFUSED,
				    "%s: the plan was made for a lake with a history: plan again",
				    w->c->lake->path);
	if (!known)
		return ledger_create(&w->ledger) != 0 || catalog_create(w->db) != 0 || gold_create(w->db) != 0
			   ? -1
			   : 0;
	if (run->id.len == 0)
		return commit_too_late(text_of(w->c->lake->path), "the lake has been created since");
	if (ledger_id(&w->ledger, id) != 0)
		return -1;
	if (!text_equal(run->id, text_of(id)))
		return cause_record(STATUS_REFUSED, "%s: the plan was made for another lake: plan again",
				    w->c->lake->path);
	return 0;
}

/* The folder of a path, on top of its name. */
static struct text folder_of(struct text path)
{
	while (path.len > 0 && path.data[path.len - 1] != '/')
		path.len--;
	return (struct text){path.data, path.len > 0 ? path.len - 1 : 0};
}

/* Folders once each, for fsync and removal. */
static int add_folder(struct dictionary *folders, struct text path)
{
	struct text folder = folder_of(path);
	uint32_t code;

	return dictionary_code(folders, folder.data, folder.len, &code);
}

/* A copy with a NUL behind it. */
char *commit_copy_text(struct text text)
{
	char *copy = strndup(text.data, text.len);

	if (copy == NULL)
		cause_memory();
	return copy;
}

static int sync_folders(const struct lake *lake, const struct dictionary *folders)
{
	for (uint32_t i = 0; i < folders->strings.n; i++) {
		char *folder = commit_copy_text(strings_get(&folders->strings, i));
		int result = folder != NULL ? lake_sync_folder(lake, folder) : -1;

		free(folder);
		if (result != 0)
			return -1;
	}
	return 0;
}

/* What is pending under the write lock was committed by a run that was stopped, or that is at its renames
 * just now: two that do the same rename do no harm. */
static int finish_renames(struct work *w)
{
	struct dictionary folders = {0};
	struct text staged, path;
	int result;

	while ((result = ledger_next_pending(&w->ledger, &staged, &path)) == 1) {
		char *from = commit_copy_text(staged), *to = commit_copy_text(path);

		if (from == NULL || to == NULL || lake_move(w->c->lake, from, to) != 0 ||
		    add_folder(&folders, path) != 0)
			result = -1;
		free(from);
		free(to);
		if (result < 0)
			break;
	}
	if (result == 0)
		result = sync_folders(w->c->lake, &folders);
	if (result == 0 && folders.strings.n > 0)
		result = ledger_clear_pending(&w->ledger, 0);
	dictionary_free(&folders);
	return result;
}

/* Nothing that the run brings is marked already. */
static int check_marks(struct work *w)
{
	const struct run *run = w->c->run;
	struct ledger_source mark;

	for (size_t i = 0; i < run->n_sources; i++) {
		int found = run->sources[i].purpose == SOURCE_NEW
				? ledger_find_path(&w->ledger, run->sources[i].path, &mark)
				: 0;

		if (found != 0)
			return found < 0 ? -1 : commit_too_late(run->sources[i].path, "it is already marked");
	}
	return 0;
}

int commit_add_run(struct work *w, const struct run_sums *sums, uint64_t files)
{
	const struct commit *c = w->c;
	const struct ledger_run row = {
	    .run = c->number,
	    .verb = c->run->verb,
	    .began = c->began,
	    .sources = sums->sources,
	    .copies = c->copies,
	    .rows = sums->rows,
	    .rejects = sums->rejects,
	    .blank = sums->blank,
	    .bytes = sums->bytes,
	    .files = files,
	    .cpu_seconds = c->cpu_seconds,
	    .wall_seconds = c->wall_seconds,
	};

	return ledger_add_run(&w->ledger, &row);
}

/* Every staged file is there, whole. */
static int check_files(const struct work *w)
{
	const struct run *run = w->c->run;

	for (size_t i = 0; i < run->n_files; i++) {
		const struct control_staged *file = &run->files[i];
		struct hash128 checksum;
		uint64_t size;

		if (lake_measure(w->c->lake, file->path.data, &size, &checksum) != 0)
			return -1;
		if (size != file->size || !hash_equal(checksum, file->checksum))
			return cause_record(STATUS_REFUSED,
					    "%s/%s: not the file that was staged: size or checksum differ",
					    w->c->lake->path, file->path.data);
	}
	return 0;
}

static int write_sources(struct work *w)
{
	const struct run *run = w->c->run;

	for (size_t i = 0; i < run->n_sources; i++) {
		const struct run_source *source = &run->sources[i];
		const struct ledger_source mark = {
		    .path = source->path,
		    .size = source->size,
		    .mtime_ns = source->mtime_ns,
		    .content = source->end.content,
		    .bytes = source->end.bytes,
		    .lines = source->end.lines,
		    .kept = source->end.rows,
		    .rejected = source->end.rejects,
		    .blank = source->end.blank,
		    .more = source->end.more,
		    .status = source->end.partial ? LEDGER_PARTIAL : LEDGER_DONE,
		    .run = w->c->number,
		};

		if (source->purpose == SOURCE_NEW && ledger_add_source(&w->ledger, &mark) != 0)
			return -1;
	}
	return 0;
}

/* All that the folders held when they were listed is marked now. */
static int write_folders(struct work *w)
{
	const struct run *run = w->c->run;

	for (size_t i = 0; i < run->n_folders; i++)
		if (ledger_put_folder(&w->ledger, run->folders[i].path, run->folders[i].subfolders) != 0)
			return -1;
	return 0;
}

/* By which lines have been read, if any have. */
static int write_rules(struct work *w)
{
	const struct run *run = w->c->run;
	const bool any = w->verb == VERB_REPLAY || run_sum(run).sources > 0;

	for (size_t i = 0; any && i < run->n_rules; i++)
		if (ledger_put_rule(&w->ledger, run->rules[i].name, run->rules[i].text, w->c->number) != 0)
			return -1;
	return 0;
}

static int write_tallies(struct work *w)
{
	const struct run *run = w->c->run;

	for (size_t i = 0; i < run->n_tallies; i++) {
		const struct control_tally *tally = &run->tallies[i].tally;
		const struct run_source *source = &run->sources[run->tallies[i].source];
		const struct ledger_count count = {
		    .run = w->c->number,
		    .source = source->path,
		    .what = tally->what,
		    .name = tally->name,
		    .field = tally->field,
		    .count = tally->count,
		    .line = tally->line,
		    .column = tally->column,
		};
		/* What goes from one quarantine file to another has been counted, and what a replay changes
		 * in that is known to undo. */
		if (source->purpose == SOURCE_AGAIN)
			continue;
		bool reject = text_equal(tally->what, text_of("rejected"));

		if ((reject ? ledger_add_reject : ledger_add_note)(&w->ledger, &count) != 0)
			return -1;
	}
	return 0;
}

/* Where each staged file will be: silver/PARTITION/part-RUN-N.parquet, quarantine/run=RUN/rejects-N.tsv.gz.
 */
static int choose_targets(struct work *w)
{
	const struct run *run = w->c->run;
	uint64_t parts = 0, rejects = 0;
	struct buffer path = {0};
	int result = -1;

	w->targets = calloc(run->n_files + 1, sizeof *w->targets);
	if (w->targets == NULL) {
		cause_memory();
		goto out;
	}
	for (size_t i = 0; i < run->n_files; i++) {
		const struct control_staged *file = &run->files[i];
		int made;

		buffer_clear(&path);
		if (file->partition.len != 0)
			made = buffer_printf(&path, "silver/%s/part-%" PRIu64 "-%" PRIu64 ".parquet",
					     file->partition.data, w->c->number, ++parts);
		else
			made = buffer_printf(&path, "quarantine/run=%" PRIu64 "/rejects-%" PRIu64 ".tsv.gz",
					     w->c->number, ++rejects);
		/* With the NUL, so that they are C strings too. */
		if (made != 0 || buffer_append(&path, "", 1) != 0 ||
		    strings_add(&w->target_texts, path.data, path.len) != 0)
			goto out;
	}
	for (size_t i = 0; i < run->n_files; i++) {
		w->targets[i] = strings_get(&w->target_texts, (uint32_t)i);
		w->targets[i].len--;
	}
	result = 0;
out:
	buffer_free(&path);
	return result;
}

static int make_folder(const struct lake *lake, struct text path)
{
	char *folder = commit_copy_text(folder_of(path));
	int result = folder != NULL ? lake_make_folder(lake, folder) : -1;

	free(folder);
	return result;
}

/* All that could keep a rename from succeeding is made or found out before the commit. */
static int prepare_target(const struct lake *lake, struct text target)
{
	const int has = lake_has(lake, target.data);

	if (has > 0)
		return cause_record(STATUS_REFUSED,
				    "%s/%s: there is a file of that name, though no run committed it",
				    lake->path, target.data);
	return has < 0 ? -1 : make_folder(lake, target);
}

static int write_file(struct work *w, const struct control_staged *file, struct text target)
{
	const bool is_silver = file->partition.len != 0;
	struct silver_span span = {0};
	int result = -1;

	if (is_silver && silver_span_read(&span, w->c->lake, file->path.data) != 0)
		goto out;
	if (is_silver && !verb_is_fresh(w->verb) &&
	    catalog_check_columns(&w->catalog, &span.columns, w->c->lake->path) != 0)
		goto out;
	const struct ledger_file row = {
	    .path = target,
	    .layer = file->layer,
	    .partition = file->partition,
	    .rows = file->rows,
	    .size = file->size,
	    .checksum = file->checksum,
	    .run = w->c->number,
	    .staged = file->path,
	    .first = text_of(span.first),
	    .last = text_of(span.last),
	};

	if (prepare_target(w->c->lake, target) == 0 && ledger_add_file(&w->ledger, &row) == 0)
		result =
		    catalog_add_file(&w->catalog, target, w->c->number, is_silver ? &span.columns : NULL);
out:
	silver_span_free(&span);
	return result;
}

/* The manifest. */
static int write_files(struct work *w)
{
	const struct run *run = w->c->run;

	if (choose_targets(w) != 0)
		return -1;
	for (size_t i = 0; i < run->n_files; i++) {
		if (write_file(w, &run->files[i], w->targets[i]) != 0)
			return -1;
	}
	return catalog_flush(&w->catalog);
}

/* What a run that is no load took away is not among its files; and one that is fresh has read all of Silver.
 */
static int write_catalog(struct work *w)
{
	if ((w->verb != VERB_LOAD && catalog_recount(&w->catalog) != 0) ||
	    (verb_is_fresh(w->verb) && catalog_recount_columns(&w->catalog, w->c->lake) != 0))
		return -1;
	return catalog_add_gold(&w->catalog, w->c->gold, w->c->number);
}

static int write_gold(struct work *w)
{
	const bool fresh = verb_is_fresh(w->verb);
	int history = ledger_has_history(&w->ledger);

	if (history < 0 ||
	    (fresh ? gold_renew(w->c->gold, w->db) : gold_check(w->c->gold, w->db, history)) != 0 ||
	    gold_commit(w->c->gold, w->db) != 0)
		return -1;
	return fresh || gold_is_touched(w->c->gold) ? ledger_set_gold_run(&w->ledger, w->c->number) : 0;
}

/* What make looks at. A run that was stopped before it got here is made up for by the next. */
static int renew_stamp(struct work *w)
{
	uint64_t gold_run, stamp;

	if (ledger_gold_run(&w->ledger, &gold_run) != 0 || lake_read_stamp(w->c->lake, &stamp) != 0)
		return -1;
	return gold_run != 0 && gold_run != stamp ? lake_write_stamp(w->c->lake, gold_run) : 0;
}

/* Everything up to COMMIT, within the transaction. 1: only copies are to be committed. */
static int write_run(struct work *w)
{
	struct commit *c = w->c;
	const struct run_sums sums = run_sum(c->run);
	int copies;

	if (check_lake(w) != 0 || finish_renames(w) != 0 || renew_stamp(w) != 0)
		return -1;
	lake_sweep(c->lake, time(NULL));
	if (ledger_newest_run(&w->ledger, &c->number) != 0)
		return -1;
	c->number++;
	if (w->verb == VERB_LOAD && c->run->n_rereads > 0)
		return cause_record(STATUS_REFUSED, "%s: a load that reads what is loaded already",
				    c->lake->path);
	if ((w->verb != VERB_LOAD && undo_apply(w) != 0) || check_marks(w) != 0)
		return -1;
	copies = commit_mark_copies(w);
	if (copies != 0)
		return copies > 0 && w->verb != VERB_LOAD ? undo_refuse_copies(w) : copies;
	if (check_files(w) != 0 || commit_write_wants(w) != 0 || commit_mark_archives(w) != 0 ||
	    write_gold(w) != 0 || write_sources(w) != 0 || write_folders(w) != 0 || write_rules(w) != 0 ||
	    write_tallies(w) != 0 || write_files(w) != 0 || write_catalog(w) != 0 ||
	    commit_add_run(w, &sums, c->run->n_files) != 0)
		return -1;
	if (w->verb != VERB_LOAD && undo_check_sums(w) != 0)
		return -1;
	return lake_adopt_schemas(c->lake, c->schemas);
}

/*
 * Another run was first, or the sources were copies: what was staged will never be committed. Best effort,
 * for what is left is swept some day; under the write lock, and only with every rename done, as the run may
 * be one that was committed, stopped before them, and tried again.
 */
static void discard_files(struct work *w)
{
	const struct run *run = w->c->run;

	if (finish_renames(w) != 0)
		return;
	for (size_t i = 0; i < run->n_files; i++)
		lake_discard(w->c->lake, run->files[i].path.data);
}

/* Once the run is committed: its files into their places. */
static int move_files(struct work *w)
{
	const struct run *run = w->c->run;
	struct dictionary folders = {0}, staging = {0};
	int result = 0;

	for (size_t i = 0; result == 0 && i < run->n_files; i++) {
		result = lake_move(w->c->lake, run->files[i].path.data, w->targets[i].data);
		if (result == 0 && (add_folder(&folders, w->targets[i]) != 0 ||
				    add_folder(&staging, run->files[i].path) != 0))
			result = -1;
	}
	if (result == 0)
		result = sync_folders(w->c->lake, &folders);
	for (uint32_t i = 0; result == 0 && i < staging.strings.n; i++) {
		char *folder = commit_copy_text(strings_get(&staging.strings, i));

		if (folder != NULL)
			lake_unstage(w->c->lake, folder);
		free(folder);
	}
	dictionary_free(&folders);
	dictionary_free(&staging);
	return result;
}

/*
 * After the commit; a run without files has nothing left to do. Should the machine stop before that it is
 * done is on the disk, the next run does it again: so nobody waits for the disk here.
 */
static int finish(struct work *w)
{
	if (db_start_log(w->db) != 0)
		return -1;
	if (w->c->run->n_files == 0)
		return verb_is_fresh(w->verb) ? renew_stamp(w) : 0;
	if (move_files(w) != 0 || db_exec(w->db, "PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE") != 0 ||
	    ledger_clear_pending(&w->ledger, w->c->number) != 0 || renew_stamp(w) != 0)
		return -1;
	return db_exec(w->db, "COMMIT");
}

static struct db *open_db(const struct commit *c)
{
	char *path = lake_path(c->lake, "gold.db");
	struct db *db = NULL;

	if (path != NULL)
		db = db_open(path, c->run->id.len == 0 ? DB_CREATE : DB_WRITE);
	free(path);
	return db;
}

int commit_run(struct commit *c)
{
	struct work w = {.c = c};
	int result = -1;
	int only_copies;

	if (verb_parse(c->run->verb, &w.verb) != 0)
		return -1;

	c->number = 0;
	c->copies = 0;
	w.db = open_db(c);
	if (w.db == NULL)
		return -1;
	ledger_open(&w.ledger, w.db);
	catalog_open(&w.catalog, w.db);
	if (db_exec(w.db, "BEGIN IMMEDIATE") != 0)
		goto out;
	only_copies = write_run(&w);
	if (only_copies > 0 || (only_copies < 0 && cause_status() == STATUS_RETRY))
		discard_files(&w);
	/* A query that is still open would keep its snapshot beyond the commit. */
	catalog_close(&w.catalog);
	ledger_close(&w.ledger);
	ledger_open(&w.ledger, w.db);
	/* A database that is new, and the folders beside it, must not be lost with their names. */
	if (only_copies < 0 || (c->run->id.len == 0 && lake_sync_folder(c->lake, ".") != 0) ||
	    db_exec(w.db, "COMMIT") != 0) {
		c->number = 0;
		goto out;
	}
	if (only_copies > 0)
		cause_record(STATUS_RETRY,
			     "%" PRIu64
			     " of the sources are copies of others (evmark sources %s): they are marked; "
			     "try again",
			     c->copies, c->lake->path);
	else
		result = finish(&w);
out:
	catalog_close(&w.catalog);
	ledger_close(&w.ledger);
	db_close(w.db); /* rolls back what was not committed */
	strings_free(&w.target_texts);
	free(w.targets);
	return result;
}

void commit_note_failure(const struct lake *lake, struct text verb)
{
	char *path = NULL;
	struct db *db = NULL;
	struct ledger ledger = {0};

	if (lake_has(lake, "gold.db") != 1 || (path = lake_path(lake, "gold.db")) == NULL)
		return;
	db = db_open(path, DB_WRITE);
	if (db != NULL) {
		ledger_open(&ledger, db);
		if (ledger_exists(&ledger) == 1)
			(void)!ledger_add_attempt(&ledger, verb, cause_status(), text_of(cause_message()));
		ledger_close(&ledger);
		db_close(db);
	}
	free(path);
}
