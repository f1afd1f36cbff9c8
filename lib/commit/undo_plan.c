#include "commit/undo_plan.h"

#include "commit/replay_plan.h"
#include "commit/undo_files.h"
#include "commit/undo_match.h"
#include "source/bundle.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

void undo_plan_free(struct undo_plan *p)
{
	free(p->wants);
	free(p->mended);
	strings_free(&p->texts);
	strings_free(&p->mended_texts);
	dictionary_free(&p->archives);
	members_free(&p->members);
	*p = (struct undo_plan){0};
}

int undo_plan_add(struct undo_plan *p, struct control_want want)
{
	if (array_reserve(&p->wants, &p->cap, p->n + 1, sizeof *p->wants) != 0 ||
	    strings_add(&p->texts, want.path.data, want.path.len) != 0 ||
	    strings_add(&p->texts, want.same_as.data, want.same_as.len) != 0)
		return -1;
	p->wants[p->n++] = want;
	return 0;
}

int undo_plan_add_mended(struct undo_plan *p, const struct control_mended *mended)
{
	if (array_reserve(&p->mended, &p->cap_mended, p->n_mended + 1, sizeof *p->mended) != 0 ||
	    strings_add(&p->mended_texts, mended->source.data, mended->source.len) != 0 ||
	    strings_add(&p->mended_texts, mended->raw.data, mended->raw.len) != 0)
		return -1;
	p->mended[p->n_mended++] = (struct undo_mended){p->n - 1, *mended};
	return 0;
}

/* The files that a query gives, as path, bytes and where they are staged. */
static int add_files(struct undo_plan *p, struct db *db, const char *sql, enum want_verdict verdict)
{
	struct db_statement *s = db_prepare(db, sql);
	int more = -1;

	while (s != NULL && (more = db_step(s)) == 1) {
		const struct control_want want = {
		    .verdict = verdict,
		    .path = db_text(s, 0),
		    .size = (uint64_t)db_int(s, 1),
		    .same_as = db_text(s, 2),
		};

		if (undo_plan_add(p, want) != 0) {
			more = -1;
			break;
		}
	}
	db_finalize(s);
	return more;
}

/* --- rebuild, rewind, reload -----------------------------------------------------------------------------
 */

#define LIVE_FILES \
	"SELECT path, bytes, coalesce(staged, '') FROM lake_file WHERE end_run IS NULL AND layer = "
#define IN_ORDER " ORDER BY path"

static int plan_replay(struct undo_plan *p, const struct lake *lake, struct db *db, char **paths)
{
	if (*paths != NULL)
		return replay_plan_files(p, lake, db, paths);
	return add_files(p, db, LIVE_FILES "'quarantine'" IN_ORDER, WANT_REPLAY);
}

/* Whether the names are those of tables is found out where the definitions are. */
static int plan_rebuild(struct undo_plan *p, struct db *db, char **tables)
{
	for (; *tables != NULL; tables++)
		if (undo_plan_add(
			p, (struct control_want){.verdict = WANT_TABLE, .path = text_of(*tables)}) != 0)
			return -1;
	return add_files(p, db, LIVE_FILES "'silver'" IN_ORDER, WANT_RECOUNT);
}

/* The files as of a run. All must be there, in their places or on the way to them. */
static int plan_rewind(struct undo_plan *p, const struct lake *lake, struct ledger *ledger, char **arguments)
{
	char sql[512], end;
	uint64_t newest;

	if (arguments[0] == NULL || arguments[1] != NULL || arguments[0][0] < '0' || arguments[0][0] > '9' ||
	    sscanf(arguments[0], "%" SCNu64 "%c", &p->target, &end) != 1)
		return cause_record(STATUS_USAGE,
				    "to which run? A number, as evmark runs lists them; 0 is the "
				    "lake before its first");
	if (ledger_newest_run(ledger, &newest) != 0)
		return -1;
	if (p->target > newest)
		return cause_record(STATUS_USAGE, "%s: no run %s yet: the newest is %" PRIu64, lake->path,
				    arguments[0], newest);
	snprintf(
	    sql, sizeof sql,
	    "SELECT path, size, '' FROM lake_source WHERE end_run IS NULL AND path NOT IN (SELECT path FROM"
	    " lake_source WHERE begin_run <= %" PRIu64 " AND (end_run IS NULL OR end_run > %" PRIu64
	    "))" IN_ORDER,
	    p->target, p->target);
	if (add_files(p, ledger->db, sql, WANT_REMOVE) != 0)
		return -1;
	snprintf(
	    sql, sizeof sql,
	    "SELECT path, bytes, coalesce(staged, '') FROM lake_file WHERE layer = 'silver' AND begin_run <="
	    " %" PRIu64 " AND (end_run IS NULL OR end_run > %" PRIu64 ")" IN_ORDER,
	    p->target, p->target);
	return add_files(p, ledger->db, sql, WANT_RECOUNT);
}

/* The archive goes before what is in it, once. */
static int want_archive(struct undo_plan *p, struct text archive)
{
	const uint32_t had = p->archives.strings.n;
	uint32_t code;

	if (dictionary_code(&p->archives, archive.data, archive.len, &code) != 0)
		return -1;
	if (code < had)
		return 0;
	return undo_plan_add(p, (struct control_want){.verdict = WANT_ARCHIVE,
						      .path = archive,
						      .size = p->members.size,
						      .mtime_ns = p->members.mtime_ns});
}

/* A member of an archive to be taken, as it is now. */
static int add_member(struct undo_plan *p, const struct lake *lake, struct text path, size_t archive_len)
{
	const struct text archive = {path.data, archive_len};
	const struct member *member;

	if (members_read(&p->members, lake, archive, false) != 0)
		return -1;
	member =
	    members_find(&p->members, (struct text){path.data + archive_len + 1, path.len - archive_len - 1});
	if (member == NULL && p->members.damage.len > 0)
		return cause_record(STATUS_INPUT, "%s/%.*s: %.*s", lake->path, (int)archive.len, archive.data,
				    (int)p->members.damage.len, (const char *)p->members.damage.data);
	if (member == NULL)
		return cause_record(STATUS_SYSTEM, "%s/%.*s: it is not in the archive any more", lake->path,
				    (int)path.len, path.data);
	if (want_archive(p, archive) != 0)
		return -1;
	return undo_plan_add(
	    p, (struct control_want){
		   .verdict = WANT_TAKE, .path = path, .size = member->size, .mtime_ns = member->mtime_ns});
}

/* A source to be taken, as it is now. */
static int add_source(struct undo_plan *p, const struct lake *lake, struct text path)
{
	const size_t archive = bundle_in_path(lake->fd, path);
	struct control_want want = {.verdict = WANT_TAKE, .path = path};
	char *full;
	struct stat st;
	int result = -1;

	if (archive > 0)
		return add_member(p, lake, path, archive);
	if (asprintf(&full, "%s/%.*s", lake->path, (int)path.len, path.data) < 0)
		return cause_memory();
	if (stat(full, &st) != 0) {
		cause_system("%s", full);
	} else {
		want.size = (uint64_t)st.st_size;
		want.mtime_ns = (uint64_t)st.st_mtim.tv_sec * 1000000000U + (uint64_t)st.st_mtim.tv_nsec;
		result = undo_plan_add(p, want);
	}
	free(full);
	return result;
}

static int plan_reload(struct undo_plan *p, const struct lake *lake, struct db *db)
{
	struct db_statement *s = db_prepare(
	    db, "SELECT path FROM lake_source WHERE end_run IS NULL AND status IN ('DONE', 'PARTIAL')"
		" ORDER BY path");
	int more = -1;

	while (s != NULL && (more = db_step(s)) == 1) {
		if (add_source(p, lake, db_text(s, 0)) != 0) {
			more = -1;
			break;
		}
	}
	db_finalize(s);
	return more;
}

/* --- forget, skip, replace -------------------------------------------------------------------------------
 */

/* A mark that is meant. */
static int remove_mark(struct undo_plan *p, const struct lake *lake, const struct control_want *mark,
		       struct text status)
{
	const bool taken =
	    text_equal(status, text_of(LEDGER_DONE)) || text_equal(status, text_of(LEDGER_PARTIAL));
	struct control_want want = *mark;

	if (p->verb == VERB_REPLACE && !taken)
		return 0;
	want.verdict = WANT_REMOVE;
	if (undo_plan_add(p, want) != 0)
		return -1;
	want.verdict = WANT_SKIP;
	if (p->verb == VERB_SKIP)
		return undo_plan_add(p, want);
	return p->verb == VERB_REPLACE ? add_source(p, lake, mark->path) : 0;
}

static int remove_marks(struct undo_plan *p, struct ledger *ledger, struct undo_match *match)
{
	struct db_statement *s = db_prepare(ledger->db, "SELECT path, size, mtime_ns, status FROM lake_source"
							" WHERE end_run IS NULL ORDER BY path");
	struct ledger_source mark;
	int more = -1;

	while (s != NULL && (more = db_step(s)) == 1) {
		const struct text path = db_text(s, 0);
		int meant = undo_match_path(match, path);

		if (meant == 1) {
			meant = ledger_find_live(ledger, path, &mark) == 1 ? 0 : -1;
			if (meant == 0)
				meant = remove_mark(p, match->lake,
						    &(struct control_want){.path = path,
									   .size = mark.size,
									   .mtime_ns = mark.mtime_ns,
									   .content = mark.content},
						    text_of(mark.status));
		}
		if (meant < 0) {
			more = -1;
			break;
		}
	}
	db_finalize(s);
	return more;
}

/* A file, or a member of an archive, that has no mark yet. */
static int skip_unmarked(struct undo_plan *p, struct ledger *ledger, struct undo_match *match,
			 struct control_want want)
{
	struct ledger_source mark;
	int known = undo_match_path(match, want.path);

	if (known != 1)
		return known;
	known = ledger_find_live(ledger, want.path, &mark);
	want.verdict = WANT_SKIP;
	return known == 0 ? undo_plan_add(p, want) : known < 0 ? -1 : 0;
}

static int skip_members(struct undo_plan *p, struct ledger *ledger, struct undo_match *match,
			struct text archive)
{
	struct buffer path = {0};
	int result = undo_match_within(match, archive);

	if (result != 1)
		return result;
	result = members_read(&p->members, match->lake, archive, false);
	for (uint32_t i = 0; result == 0 && i < p->members.names.strings.n; i++) {
		const struct text name = strings_get(&p->members.names.strings, i);
		struct control_want want = {.size = p->members.items[i].size,
					    .mtime_ns = p->members.items[i].mtime_ns};

		buffer_clear(&path);
		result = buffer_printf(&path, "%.*s%c%.*s", (int)archive.len, archive.data, BUNDLE_MARK,
				       (int)name.len, name.data);
		want.path = (struct text){(const char *)path.data, path.len};
		if (result == 0)
			result = skip_unmarked(p, ledger, match, want);
	}
	buffer_free(&path);
	return result;
}

/* What is pending can be skipped too. */
static int skip_pending(struct undo_plan *p, struct ledger *ledger, struct undo_match *match)
{
	struct bronze bronze = {0};
	int result = bronze_list(&bronze, match->lake, &(struct bronze_options){.rounds = 1});

	for (size_t i = 0; result == 0 && i < bronze.n; i++) {
		const struct bronze_file *file = &bronze.files[i];

		if (file->ignored != NULL)
			continue;
		result =
		    skip_unmarked(p, ledger, match,
				  (struct control_want){
				      .path = file->path, .size = file->size, .mtime_ns = file->mtime_ns});
		if (result == 0)
			result = skip_members(p, ledger, match, file->path);
	}
	bronze_free(&bronze);
	return result;
}

static int add_file(struct undo_plan *p, const struct undo_file *file)
{
	return undo_plan_add(p, (struct control_want){.verdict = file->hit ? WANT_REWRITE : WANT_RECOUNT,
						      .path = file->path,
						      .size = file->size,
						      .same_as = file->staged});
}

/* Every file of Silver, and those of quarantine that hold something of the removed sources. */
static int judge_files(struct undo_plan *p, const struct lake *lake, struct db *db)
{
	struct dictionary removed = {0};
	struct undo_files files = {0};
	int result = 0;

	for (size_t i = 0; result == 0 && i < p->n; i++) {
		const struct text path = strings_get(&p->texts, (uint32_t)(2 * i));
		uint32_t code;

		if (p->wants[i].verdict == WANT_REMOVE)
			result = dictionary_code(&removed, path.data, path.len, &code);
	}
	if (result == 0)
		result = undo_files_find(&files, lake, db, &removed, true);
	for (size_t i = 0; result == 0 && i < files.n; i++)
		result = add_file(p, &files.items[i]);
	undo_files_free(&files);
	dictionary_free(&removed);
	return result;
}

static int plan_removal(struct undo_plan *p, const struct lake *lake, struct ledger *ledger, char **arguments)
{
	struct undo_match match = {0};
	int result = -1;

	if (undo_match_open(&match, lake, ledger->db, arguments) == 0 &&
	    remove_marks(p, ledger, &match) == 0 &&
	    (p->verb != VERB_SKIP || skip_pending(p, ledger, &match) == 0) && undo_match_all(&match) == 0)
		result = judge_files(p, lake, ledger->db);
	undo_match_close(&match);
	return result;
}

int undo_plan_make(struct undo_plan *p, const struct lake *lake, struct ledger *ledger, enum verb verb,
		   char **arguments)
{
	int result;

	p->verb = verb;
	switch (verb) {
	case VERB_REBUILD: result = plan_rebuild(p, ledger->db, arguments); break;
	case VERB_REWIND: result = plan_rewind(p, lake, ledger, arguments); break;
	case VERB_RELOAD: result = plan_reload(p, lake, ledger->db); break;
	case VERB_REPLAY: result = plan_replay(p, lake, ledger->db, arguments); break;
	case VERB_FORGET:
	case VERB_SKIP:
	case VERB_REPLACE: result = plan_removal(p, lake, ledger, arguments); break;
	default: result = cause_record(STATUS_USAGE, "no plan of that kind: %s", verb_name(verb)); break;
	}
	/* The texts have stopped moving. */
	for (size_t i = 0; i < p->n; i++) {
		p->wants[i].path = strings_get(&p->texts, (uint32_t)(2 * i));
		p->wants[i].same_as = strings_get(&p->texts, (uint32_t)(2 * i + 1));
	}
	for (size_t i = 0; i < p->n_mended; i++) {
		p->mended[i].line.source = strings_get(&p->mended_texts, (uint32_t)(2 * i));
		p->mended[i].line.raw = strings_get(&p->mended_texts, (uint32_t)(2 * i + 1));
	}
	return result;
}
