#include "mark.h"

#include "lake/plan.h"
#include "rows.h"
#include "source/bundle.h"
#include "stream/stream.h"
#include "tool.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The plan of a run, and what of the lake it was made from. */
struct pending {
	struct lake lake;
	struct plan plan;
	char id[LEDGER_ID_LEN + 1]; /* "" for a lake that has never been committed to */
	uint64_t newest_run;
	struct strings vanished; /* marked paths that are not there any more; looked for with all */
	bool verbose;
	bool all; /* every file is looked at */
};

/* Whether the file is there, or the member: of an archive that was opened all that it has are in the plan.
 * numbers: of the files of the plan, by their paths. */
static int is_there(const struct pending *p, const struct dictionary *numbers, struct text path)
{
	const size_t archive = bundle_in_path(p->lake.fd, path);
	char *name;
	struct stat st;
	uint32_t i;
	bool there;

	if (archive > 0 && dictionary_find(numbers, path.data, archive, &i) && p->plan.files[i].opened)
		return dictionary_find(numbers, path.data, path.len, &i);
	if (archive > 0)
		return 1;
	name = strndup(path.data, path.len);
	if (name == NULL)
		return cause_memory();
	there = fstatat(p->lake.fd, name, &st, 0) == 0 || (errno != ENOENT && errno != ENOTDIR);
	free(name);
	return there;
}

/* What was read of them stays: it is no reason to stop, but one to be told. */
static int find_vanished(struct pending *p, struct db *db)
{
	struct db_statement *s =
	    db_prepare(db, "SELECT path FROM lake_source WHERE end_run IS NULL AND status <> 'SKIPPED'"
			   " ORDER BY path");
	struct dictionary numbers = {0};
	uint32_t number;
	int more = s != NULL ? 1 : -1;

	for (size_t i = 0; more == 1 && i < p->plan.n; i++) {
		const struct text path = p->plan.files[i].path;

		/* No path is there twice. */
		if (dictionary_code(&numbers, path.data, path.len, &number) != 0)
			more = -1;
	}
	while (more == 1 && (more = db_step(s)) == 1) {
		const struct text mark = db_text(s, 0);
		const int there = is_there(p, &numbers, mark);

		if (there < 0 || (there == 0 && strings_add(&p->vanished, mark.data, mark.len) != 0))
			more = -1;
	}
	db_finalize(s);
	dictionary_free(&numbers);
	return more;
}

static void tell_vanished(const struct pending *p)
{
	const uint32_t n = p->vanished.n;

	if (n == 0)
		return;
	const struct text first = strings_get(&p->vanished, 0);

	if (n == 1)
		tool_warn("%.*s: it is marked, and no longer in Bronze; what was read of it stays",
			  (int)first.len, first.data);
	else
		tool_warn("%.*s and %" PRIu32 " others: they are marked, and no longer in Bronze; what was "
			  "read of them stays: evmark sources -v",
			  (int)first.len, first.data, n - 1);
}

static int make_plan(struct pending *p, int64_t age)
{
	struct db *db;
	struct ledger ledger;
	struct bronze_options listing = {.rounds = p->all ? 1 : BRONZE_ROUNDS};
	uint64_t settled_ns = UINT64_MAX;
	int result = -1;
	int known = ledger_read(&p->lake, &db, &ledger);

	if (known < 0)
		goto out;
	if (known && (ledger_id(&ledger, p->id) != 0 || ledger_newest_run(&ledger, &p->newest_run) != 0))
		goto out;
	if (age > 0) {
		struct timespec now;

		clock_gettime(CLOCK_REALTIME, &now);
		settled_ns = (uint64_t)(now.tv_sec - age) * 1000000000 + (uint64_t)now.tv_nsec;
	}
	listing.ledger = known ? &ledger : NULL;
	listing.run = p->newest_run;
	result = plan_make(&p->plan, &p->lake, &listing, settled_ns);
	if (result == 0 && known && p->all)
		result = find_vanished(p, db);
out:
	ledger_close(&ledger);
	db_close(db);
	return result;
}

/* In words: whether the file is in, and why. */
static const char *verdict_name(const struct plan_file *file, struct text *why)
{
	static const char *const names[] = {"take",    "same", "touched", "changed",
					    "archive", "done", "young",   "ignored"};
	static const char *const reasons[] = {
	    "new",
	    "",
	    "marked; the content is as it was",
	    "marked, but the content is another now",
	    "what is in it comes next",
	    "marked",
	    "younger than the settle time",
	    "",
	};

	*why = file->verdict == PLAN_SAME      ? file->same_as
	       : file->verdict == PLAN_IGNORED ? text_of(file->why)
					       : text_of(reasons[file->verdict]);
	return names[file->verdict];
}

static bool is_wanted(const struct plan_file *file)
{
	return file->verdict <= PLAN_ARCHIVE;
}

/* The list for people: what is wanted, or everything with -v. */
static int print_plan(const struct pending *p, FILE *to)
{
	static const struct rows_column columns[] = {
	    {"verdict", false}, {"size", true}, {"path", false}, {"why", false}};
	struct rows rows;
	int result = rows_open(&rows, to, ROWS_TABLE, columns, 4);

	for (size_t i = 0; result == 0 && i < p->plan.n; i++) {
		const struct plan_file *file = &p->plan.files[i];
		struct text cells[4];
		char size[24];

		if (!p->verbose && !is_wanted(file))
			continue;
		snprintf(size, sizeof size, "%" PRIu64, file->size);
		cells[0] = text_of(verdict_name(file, &cells[3]));
		cells[1] = text_of(size);
		cells[2] = file->path;
		result = rows_add(&rows, cells);
	}
	for (uint32_t i = 0; result == 0 && i < p->vanished.n; i++) {
		const struct text cells[4] = {
		    text_of("vanished"),
		    {NULL, 0},
		    strings_get(&p->vanished, i),
		    text_of("marked; what was read of it stays"),
		};

		result = rows_add(&rows, cells);
	}
	if (result == 0)
		result = rows_end(&rows);
	rows_close(&rows);
	return result;
}

static int write_want(struct stream_writer *out, struct buffer *payload, const struct plan_file *file)
{
	struct control_want want = {
	    .verdict = file->verdict == PLAN_TAKE      ? WANT_TAKE
		       : file->verdict == PLAN_CHANGED ? WANT_CHANGED
		       : file->verdict == PLAN_ARCHIVE ? WANT_ARCHIVE
						       : WANT_SAME,
	    .path = file->path,
	    .size = file->size,
	    .mtime_ns = file->mtime_ns,
	};

	if (want.verdict == WANT_SAME) {
		/* A touched file is the same as itself: the commit renews its mark. */
		want.same_as = file->verdict == PLAN_TOUCHED ? file->path : file->same_as;
		want.content = file->content;
	}
	buffer_clear(payload);
	if (control_encode_want(payload, &want) != 0)
		return -1;
	return stream_write_control(out, FRAME_WANT, payload);
}

/* What the commit is to remember of folders. */
static int write_folders(const struct bronze *bronze, struct stream_writer *out, struct buffer *payload)
{
	struct control_folder folder;
	struct buffer row = {0};
	int result = 0;

	for (size_t i = 0; result >= 0 && i < bronze->n_rows; i++) {
		result = bronze_row(bronze, i, &folder.path, &row);
		if (result != 1)
			continue;
		folder.subfolders = (struct text){(const char *)row.data, row.len};
		buffer_clear(payload);
		if (control_encode_folder(payload, &folder) != 0 ||
		    stream_write_control(out, FRAME_FOLDER, payload) != 0)
			result = -1;
	}
	buffer_free(&row);
	return result < 0 ? -1 : 0;
}

static int write_plan(const struct pending *p, struct stream_writer *out)
{
	const struct control_run run = {
	    .verb = text_of("load"),
	    .lake = text_of(p->lake.path),
	    .id = text_of(p->id),
	    .newest_run = p->newest_run,
	};
	struct buffer payload = {0};
	int result = -1;

	if (control_encode_run(&payload, &run) != 0 || stream_write_control(out, FRAME_RUN, &payload) != 0)
		goto out;
	for (size_t i = 0; i < p->plan.n; i++)
		if (is_wanted(&p->plan.files[i]) && write_want(out, &payload, &p->plan.files[i]) != 0)
			goto out;
	if (write_folders(&p->plan.bronze, out, &payload) != 0)
		goto out;
	result = stream_end(out);
out:
	buffer_free(&payload);
	return result;
}

static void print_summary(const struct plan *plan)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < plan->n; i++)
		bytes += plan->files[i].verdict == PLAN_TAKE ? plan->files[i].size : 0;
	tool_warn(
	    "%zu to read (%" PRIu64 " bytes), %zu copies, %zu touched, %zu changed; %zu done, %zu young, "
	    "%zu ignored",
	    plan_count(plan, PLAN_TAKE), bytes, plan_count(plan, PLAN_SAME), plan_count(plan, PLAN_TOUCHED),
	    plan_count(plan, PLAN_CHANGED), plan_count(plan, PLAN_MARKED), plan_count(plan, PLAN_YOUNG),
	    plan_count(plan, PLAN_IGNORED));
}

static int pending(struct pending *p, int64_t age, const char *path, struct stream_writer *out)
{
	p->all |= out == NULL || p->verbose;
	if (lake_open(&p->lake, path) != 0 || make_plan(p, age) != 0)
		return -1;
	if (out == NULL || p->verbose) {
		if (print_plan(p, out == NULL ? stdout : stderr) != 0)
			return -1;
		if (fflush(stdout) != 0)
			return cause_system("stdout");
		print_summary(&p->plan);
	} else {
		tell_vanished(p);
	}
	return out != NULL ? write_plan(p, out) : 0;
}

static int propose(struct pending *p, int64_t age, const char *path, const char *command)
{
	const struct columns none = {0};
	struct stream_writer writer = {0};
	struct stream_writer *out = isatty(STDOUT_FILENO) ? NULL : &writer;
	int status;

	/* The header goes first, so that a failure has a stream to be told in. */
	if (out != NULL && (stream_writer_open(out, STDOUT_FILENO, "stdout") != 0 ||
			    stream_begin(out, STREAM_PLAN, &none, command) != 0))
		out = NULL;
	if (!cause_is_set())
		(void)!pending(p, age, path, out); /* the cause is on record */
	status = tool_finish(out);
	strings_free(&p->vanished);
	plan_free(&p->plan);
	lake_close(&p->lake);
	stream_writer_close(&writer);
	return status;
}

int mark_pending(int argc, char **argv, const char *command)
{
	struct pending p = {.lake.fd = -1};
	int64_t age = 0;
	int letter;

	tool_is_stage();
	while ((letter = tool_option(argc, argv, "a:cv")) != -1) {
		switch (letter) {
		case 'a': age = tool_number('a', optarg, 0, 1000000000); break;
		case 'c': p.all = true; break;
		case 'v': p.verbose = true; break;
		}
	}
	if (argc - optind != 1)
		tool_usage("one lake, please");
	return propose(&p, age, argv[optind], command);
}
