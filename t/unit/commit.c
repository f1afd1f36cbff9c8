/*
 * The commit, with a Gold that only counts rows; and stopped before each of its system calls that writes.
 */
#include "commit/commit.h"
#include "base/timestamp.h"
#include "parquet/parquet_write.h"
#include "tap.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Calls until this process stops as by SIGKILL; 0: it does not. */
static long calls_left;

static void count_call(void)
{
	if (calls_left > 0 && --calls_left == 0)
		_exit(42);
}

/*
 * In place of the C library's, for SQLite too. What a stopped process has written stays written, so that
 * syncing would only cost time here.
 */
int fsync(int fd)
{
	(void)fd;
	count_call();
	return 0;
}

int fdatasync(int fd)
{
	return fsync(fd);
}

int renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
	count_call();
	return (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, flags);
}

int renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	return renameat2(from_fd, from, to_fd, to, 0);
}

int mkdir(const char *path, mode_t mode)
{
	count_call();
	return (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int unlinkat(int fd, const char *path, int flags)
{
	count_call();
	return (int)syscall(SYS_unlinkat, fd, path, flags);
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t at)
{
	count_call();
	return syscall(SYS_pwrite64, fd, data, len, at);
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
	return pwrite64(fd, data, len, at);
}

/* A Gold that keeps one number. */
struct gold {
	int64_t rows;
	bool refuses;
};

int gold_create(struct db *db)
{
	return db_exec(db, "CREATE TABLE total (n INTEGER); INSERT INTO total VALUES (0)");
}

int gold_check(const struct gold *g, struct db *db, bool has_history)
{
	(void)db;
	return g->refuses && has_history ? cause_record(STATUS_USAGE, "a changed definition") : 0;
}

int gold_renew(struct gold *g, struct db *db)
{
	return g->refuses ? -1 : db_exec(db, "UPDATE total SET n = 0");
}

int gold_commit(struct gold *g, struct db *db)
{
	struct db_statement *s = db_prepare(db, "UPDATE total SET n = n + ?1");

	if (s == NULL)
		return -1;
	db_bind_int(s, 1, g->rows);
	return db_run(s);
}

size_t gold_tables(const struct gold *g)
{
	(void)g;
	return 1;
}

const char *gold_table_name(const struct gold *g, size_t table)
{
	(void)g, (void)table;
	return "total";
}

struct gold_change gold_table_change(const struct gold *g, size_t table)
{
	(void)table;
	return (struct gold_change){.any = g->rows != 0, .rows = 1};
}

bool gold_is_touched(const struct gold *g)
{
	return g->rows != 0;
}

static char root[] = "/tmp/evlake-commit-XXXXXX";
static char lake_folder[64], schemas[64];

/* The argument is $1. */
static void shell(const char *script, const char *argument)
{
	pid_t child;
	int status;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		execl("/bin/sh", "sh", "-c", script, "sh", argument, (char *)NULL);
		_exit(127);
	}
	if (waitpid(child, &status, 0) != child || status != 0)
		abort();
}

/* Empty, but for bronze/. */
static void make_lake(void)
{
	shell("rm -rf $1 && mkdir -p $1/bronze", lake_folder);
}

/* A run in the making. */
struct fixture {
	struct lake lake;
	struct run run;
	struct gold gold;
	struct commit commit;
	char *stage;
	char id[LEDGER_ID_LEN + 1];
};

static void take(struct fixture *f, struct stream *s, uint32_t type)
{
	s->type = type;
	if (run_take(&f->run, s) != 0)
		fprintf(stderr, "# %s\n", cause_message());
}

/* The id of the lake as evmark would see it. */
static void begin(struct fixture *f)
{
	struct stream s = {0};
	struct db *db = NULL;
	struct ledger ledger;
	char *path;

	*f = (struct fixture){0};
	if (lake_open(&f->lake, lake_folder) != 0)
		abort();
	path = lake_path(&f->lake, "gold.db");
	if (lake_has(&f->lake, "gold.db") == 1) {
		db = db_open(path, DB_READ);
		if (db == NULL) {
			fprintf(stderr, "# %s\n", cause_message());
			abort();
		}
		ledger_open(&ledger, db);
		if (ledger_exists(&ledger) == 1 && ledger_id(&ledger, f->id) != 0)
			abort();
		ledger_close(&ledger);
		db_close(db);
	}
	free(path);
	s.run = (struct control_run){
	    .verb = text_of("load"), .lake = text_of(f->lake.path), .id = text_of(f->id)};
	take(f, &s, FRAME_RUN);
	f->commit = (struct commit){.lake = &f->lake,
				    .run = &f->run,
				    .gold = &f->gold,
				    .schemas = schemas,
				    .began = "2025-12-07T00:00:00.000Z"};
}

/* A file of Silver, of which only the times matter. */
static void write_silver(int fd, uint64_t rows)
{
	struct columns columns = {0};
	struct builder b = {0};
	struct vector v;
	struct parquet_writer *w;
	struct parquet_summary summary;

	if (columns_add(&columns, "timestamp", COLUMN_TIMESTAMP, false) != 0 ||
	    builder_init(&b, columns.items, 1) != 0)
		abort();
	for (uint64_t i = 0; i < rows; i++)
		builder_add_int(&b.columns[0], (int64_t)i * TIMESTAMP_SECOND);
	builder_view(&b.columns[0], &v);
	w = parquet_writer_open(fd, "silver", &columns);
	if (w == NULL ||
	    parquet_write(w, &(struct batch){(uint32_t)rows, 1, &v}, NULL, (uint32_t)rows) != 0 ||
	    parquet_writer_finish(w, &summary) != 0)
		abort();
	parquet_writer_free(w);
	builder_free(&b);
	columns_free(&columns);
}

/* A file in staging/, as a stage announces it. */
static void stage(struct fixture *f, const char *layer, const char *partition, uint64_t rows)
{
	struct stream s = {
	    .staged = {.layer = text_of(layer), .partition = text_of(partition), .rows = rows}};
	char within[128];
	int fd;

	if (f->stage == NULL && (f->stage = lake_stage(&f->lake, "test")) == NULL)
		abort();
	snprintf(within, sizeof within, "%s/%zu", f->stage, f->run.n_files);
	fd = openat(f->lake.fd, within, O_WRONLY | O_CREAT | O_EXCL, 0666);
	if (fd >= 0 && strcmp(layer, "silver") == 0)
		write_silver(fd, rows);
	if (fd < 0 || (strcmp(layer, "silver") != 0 && write(fd, layer, strlen(layer)) < 0) ||
	    close(fd) != 0 || lake_measure(&f->lake, within, &s.staged.size, &s.staged.checksum) != 0)
		abort();
	s.staged.path = text_of(within);
	take(f, &s, FRAME_STAGED);
}

/* A source with rows events and one reject. */
static void source(struct fixture *f, const char *path, uint64_t content, uint64_t rows)
{
	struct stream s = {.source = {text_of(path), 100, 7}, .rows = (uint32_t)rows};

	take(f, &s, FRAME_SOURCE);
	take(f, &s, FRAME_BATCH);
	s.source_end = (struct control_source_end){
	    .content = {content, content}, .lines = rows + 2, .rows = rows, .rejects = 1, .blank = 1};
	take(f, &s, FRAME_SOURCE_END);
	s.tally = (struct control_tally){
	    .what = text_of("rejected"), .name = text_of("bad_price"), .field = text_of("price"), .count = 1};
	take(f, &s, FRAME_TALLY);
	for (int i = 0; i < 2; i++) {
		s.tally =
		    (struct control_tally){.what = text_of("unknown_key"), .name = text_of("x"), .count = 2};
		take(f, &s, FRAME_TALLY);
	}
	s.tally = (struct control_tally){.what = text_of("silver"), .count = rows};
	take(f, &s, FRAME_TALLY);
	f->gold.rows += (int64_t)rows;
}

/* run_check and commit_run: 0, or the status. */
static int commit(struct fixture *f)
{
	int status = 0;

	if (run_check(&f->run) != 0 || commit_run(&f->commit) != 0)
		status = (int)cause_status();
	return status;
}

static void end(struct fixture *f)
{
	cause_clear();
	run_free(&f->run);
	lake_close(&f->lake);
	free(f->stage);
}

/* The usual run: two files of Silver, one of rejects. */
static void fill(struct fixture *f, const char *path, uint64_t content)
{
	begin(f);
	source(f, path, content, 5);
	stage(f, "silver", "event_date=2025-12-06", 2);
	stage(f, "silver", "event_date=2025-12-07", 3);
	stage(f, "quarantine", "", 1);
}

static int64_t number(const char *sql)
{
	char path[128];
	struct db *db;
	struct db_statement *s = NULL;
	int64_t value = -1;

	snprintf(path, sizeof path, "%s/gold.db", lake_folder);
	db = db_open(path, DB_READ);
	if (db != NULL)
		s = db_prepare(db, sql);
	if (s != NULL && db_step(s) == 1)
		value = db_int(s, 0);
	db_close(db);
	cause_clear();
	return value;
}

static bool exists(const char *within)
{
	char path[512];

	snprintf(path, sizeof path, "%s/%s", lake_folder, within);
	return access(path, F_OK) == 0;
}

static int64_t n_found;

static int count_file(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)path, (void)st, (void)where;
	n_found += type == FTW_F;
	return 0;
}

/* Every file of the manifest is in its place, and nothing else is; nothing is pending. The lake has its two
 * schemas, and no half of one. */
static bool is_whole(void)
{
	char path[256];
	struct db *db;
	struct db_statement *s;
	int64_t n_listed = 0;

	snprintf(path, sizeof path, "%s/gold.db", lake_folder);
	db = db_open(path, DB_READ);
	s = db != NULL ? db_prepare(db, "SELECT path FROM lake_file WHERE staged IS NULL") : NULL;
	while (s != NULL && db_step(s) == 1) {
		snprintf(path, sizeof path, "%.*s", (int)db_text(s, 0).len, db_text(s, 0).data);
		n_listed += exists(path);
	}
	db_close(db);
	n_found = 0;
	snprintf(path, sizeof path, "%s/silver", lake_folder);
	nftw(path, count_file, 8, FTW_PHYS);
	snprintf(path, sizeof path, "%s/quarantine", lake_folder);
	nftw(path, count_file, 8, FTW_PHYS);
	if (n_found != n_listed || n_listed != number("SELECT count(*) FROM lake_file"))
		return false;
	n_found = 0;
	snprintf(path, sizeof path, "%s/schemas", lake_folder);
	nftw(path, count_file, 8, FTW_PHYS);
	return n_found == 2;
}

static void first_runs(void)
{
	struct fixture f;
	uint64_t stamp;

	make_lake();
	fill(&f, "bronze/a", 1);
	ok(commit(&f) == 0, "the first run: %s", cause_message());
	ok(f.commit.number == 1 && is_whole(), "its files are in their places");
	ok(exists("silver/event_date=2025-12-07/part-1-2.parquet") &&
	       exists("quarantine/run=1/rejects-1.tsv.gz"),
	   "by their names");
	ok(exists("schemas/event.json") && exists("schemas/gold/t.sql"), "the lake has schemas of its own");
	ok(lake_read_stamp(&f.lake, &stamp) == 0 && stamp == 1, "and a stamp");
	ok(!exists("staging/test"), "staging is clean");
	end(&f);
	begin(&f);
	ok(commit(&f) == 0 && f.commit.number == 2, "nothing new is a run too");
	ok(lake_read_stamp(&f.lake, &stamp) == 0 && stamp == 1, "which leaves the stamp as it is");
	end(&f);
	ok(number("SELECT n FROM total") == 5 && number("SELECT count(*) FROM lake_run") == 2, "and Gold");
	ok(number("SELECT lines - kept - rejected - blank FROM lake_source") == 0, "the mark adds up");
	ok(number("SELECT rejects FROM lake_reject WHERE reason = 'bad_price'") == 1, "rejects are counted");
	ok(number("SELECT lines FROM lake_note WHERE name = 'x'") == 4, "notes of one name are added up");
}

static void refusals(void)
{
	struct fixture f;

	fill(&f, "bronze/a", 9);
	ok(commit(&f) == STATUS_RETRY, "a source that is already marked: %s", cause_message());
	ok(!exists(f.stage), "whose files are gone");
	end(&f);
	fill(&f, "bronze/b", 2);
	f.run.sources[0].silver--;
	ok(commit(&f) == STATUS_REFUSED, "a row that did not get into Silver: %s", cause_message());
	end(&f);
	fill(&f, "bronze/b", 2);
	f.run.sources[0].end.lines++;
	ok(commit(&f) == STATUS_REFUSED, "a line that is gone: %s", cause_message());
	end(&f);
	fill(&f, "bronze/b", 2);
	f.run.files[1].rows--;
	ok(commit(&f) == STATUS_REFUSED, "a row that is in no file: %s", cause_message());
	end(&f);
	fill(&f, "bronze/b", 2);
	f.run.files[1].checksum.low++;
	ok(commit(&f) == STATUS_REFUSED, "a file that is another: %s", cause_message());
	end(&f);
	fill(&f, "bronze/b", 2);
	shell("rm $1/staging/test-*/1", lake_folder);
	ok(commit(&f) == STATUS_SYSTEM, "a file that is gone: %s", cause_message());
	end(&f);
	fill(&f, "bronze/b", 2);
	f.run.id.len--;
	ok(commit(&f) == STATUS_REFUSED, "another lake's plan: %s", cause_message());
	end(&f);
	fill(&f, "bronze/b", 2);
	f.run.id.len = 0;
	ok(commit(&f) == STATUS_RETRY, "a plan from before the first commit: %s", cause_message());
	ok(!exists(f.stage), "whose files are gone, too");
	end(&f);
	fill(&f, "bronze/b", 2);
	f.gold.refuses = true;
	ok(commit(&f) == STATUS_USAGE, "a Gold definition that changed: %s", cause_message());
	commit_note_failure(&f.lake, text_of("load"));
	end(&f);
	ok(number("SELECT count(*) FROM lake_attempt WHERE status = 2") == 1, "is noted as an attempt");
	fill(&f, "bronze/b", 2);
	shell("touch $1/silver/event_date=2025-12-06/part-3-1.parquet", lake_folder);
	ok(commit(&f) == STATUS_REFUSED, "a file in the way: %s", cause_message());
	shell("rm $1/silver/event_date=2025-12-06/part-3-1.parquet", lake_folder);
	end(&f);
	ok(number("SELECT n FROM total") == 5 && number("SELECT count(*) FROM lake_run") == 2 &&
	       number("SELECT count(*) FROM lake_file") == 3,
	   "and nothing of all that is in the lake");
	shell("rm -rf $1/staging/*", lake_folder);
}

static void copies(void)
{
	struct fixture f;
	struct stream s = {0};

	fill(&f, "bronze/copy", 1);
	ok(commit(&f) == STATUS_RETRY, "a copy of a marked source: %s", cause_message());
	ok(!exists(f.stage), "nothing is left of it");
	end(&f);
	ok(number("SELECT n FROM total") == 5, "is not counted");
	ok(number("SELECT count(*) FROM lake_source WHERE path = 'bronze/copy' AND status = 'SKIPPED_SAME'"
		  " AND same_as = 'bronze/a'") == 1,
	   "but marked");
	fill(&f, "bronze/c", 3);
	source(&f, "bronze/d", 3, 5);
	stage(&f, "silver", "event_date=2025-12-07", 5);
	stage(&f, "quarantine", "", 1);
	ok(commit(&f) == STATUS_RETRY, "a copy within the run: %s", cause_message());
	end(&f);
	ok(number("SELECT count(*) FROM lake_source WHERE path = 'bronze/c'") == 0,
	   "marks the original not yet");
	begin(&f);
	source(&f, "bronze/d", 3, 5);
	stage(&f, "silver", "event_date=2025-12-07", 5);
	stage(&f, "quarantine", "", 1);
	ok(commit(&f) == 0, "so that the copy counts when the original is gone: %s", cause_message());
	end(&f);
	begin(&f);
	s.want = (struct control_want){.verdict = WANT_SAME,
				       .path = text_of("bronze/e"),
				       .same_as = text_of("bronze/d"),
				       .content = {3, 3}};
	take(&f, &s, FRAME_WANT);
	s.want.path = text_of("bronze/a");
	s.want.same_as = text_of("bronze/a");
	s.want.content = (struct hash128){1, 1};
	s.want.mtime_ns = 8;
	take(&f, &s, FRAME_WANT);
	ok(commit(&f) == 0, "a copy that the plan knew of: %s", cause_message());
	end(&f);
	ok(number("SELECT count(*) FROM lake_source WHERE path = 'bronze/e' AND same_as = 'bronze/d'") == 1,
	   "is marked");
	ok(number("SELECT mtime_ns FROM lake_source WHERE path = 'bronze/a'") == 8,
	   "a touched mark is renewed");
	begin(&f);
	s.want.content = (struct hash128){2, 1};
	take(&f, &s, FRAME_WANT);
	ok(commit(&f) == STATUS_RETRY, "unless its content is another now: %s", cause_message());
	end(&f);
	shell("rm -rf $1/staging/*", lake_folder);
}

/* In a child that stops before call n; whether it came to the end. */
static bool commit_stopped(const char *path, uint64_t content, long n)
{
	pid_t child;
	int status;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		struct fixture f;

		fill(&f, path, content);
		calls_left = n;
		_exit(commit(&f));
	}
	waitpid(child, &status, 0);
	if (WEXITSTATUS(status) != 42 && status != 0)
		fprintf(stderr, "# call %ld: status %d\n", n, WEXITSTATUS(status));
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Stopped at call n, in a new lake or one with a run: the old state or the new one, and the next run mends.
 */
static bool survives(bool is_new, long n, bool *finished)
{
	int64_t before = is_new ? 0 : 5;
	int64_t marked;
	struct fixture f;
	bool good;

	make_lake();
	if (!is_new && !commit_stopped("bronze/a", 1, 0))
		return false;
	*finished = commit_stopped("bronze/b", 2, n);
	marked = number("SELECT count(*) FROM lake_source WHERE path = 'bronze/b'") == 1;
	good = !*finished || marked;
	good = good && (number("SELECT n FROM total") == before + 5 * marked || (is_new && !marked));
	if (marked) {
		begin(&f);
		good = commit(&f) == 0 && good;
	} else {
		/* As long dead as sweeping asks for. */
		shell("test ! -d $1/staging || find $1/staging -exec touch -d '2 days ago' {} +",
		      lake_folder);
		fill(&f, "bronze/b", 2);
		good = commit(&f) == 0 && good;
	}
	if (cause_is_set())
		fprintf(stderr, "# after call %ld: %s\n", n, cause_message());
	end(&f);
	good = good && is_whole() && number("SELECT n FROM total") == before + 5;
	return good && exists("schemas/gold/t.sql") && exists("stamp");
}

static void stopped_anywhere(bool is_new)
{
	bool finished = false;
	long n = 0, bad = 0;

	while (!finished && n < 1000 && bad < 3) {
		n++;
		if (!survives(is_new, n, &finished)) {
			fprintf(stderr, "# stopped at call %ld\n", n);
			bad++;
		}
	}
	ok(bad == 0 && n > 10 && finished, "stopped at each of %ld calls, %s", n,
	   is_new ? "new lake" : "old lake");
}

int main(void)
{
	if (mkdtemp(root) == NULL)
		return 1;
	snprintf(lake_folder, sizeof lake_folder, "%s/lake", root);
	snprintf(schemas, sizeof schemas, "%s/schemas", root);
	shell("mkdir -p $1/gold && echo '{}' >$1/event.json && echo 'SELECT 1' >$1/gold/t.sql", schemas);
	first_runs();
	refusals();
	copies();
	stopped_anywhere(true);
	stopped_anywhere(false);
	shell("rm -rf $1", root);
	return tap_done();
}
