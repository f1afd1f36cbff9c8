/*
 * Streams and plans whose checksums are right and which lie: the tools of $B have to see it, and name it.
 */
#include "../fuzz/silver_columns.h"
#include "stream/stream.h"
#include "tap.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/evlake-forged-XXXXXX";

struct forged {
	struct stream_writer out;
	struct buffer payload;
};

static void control(struct forged *f, enum frame_type type, int encoded)
{
	if (encoded != 0 || stream_write_control(&f->out, type, &f->payload) != 0)
		abort();
	buffer_clear(&f->payload);
}
#define PUT(TYPE, NAME, ...) \
	control(&f, TYPE, control_encode_##NAME(&f.payload, &(struct control_##NAME){__VA_ARGS__}))

static struct forged begin(enum stream_kind kind, const struct columns *columns)
{
	static const struct columns none;
	struct forged f = {.payload = {0}};
	const int fd = open("forged.ev", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	char lake[sizeof folder + 8];

	if (stream_writer_open(&f.out, fd, "forged") != 0 ||
	    stream_begin(&f.out, kind, columns != NULL ? columns : &none, "forged") != 0)
		abort();
	snprintf(lake, sizeof lake, "%s/lake", folder);
	PUT(FRAME_RUN, run, .verb = text_of("load"), .lake = text_of(lake), .id = text_of(""));
	return f;
}

static void end(struct forged *f)
{
	if (stream_end(&f->out) != 0)
		abort();
	close(f->out.frames.fd);
	stream_writer_close(&f->out);
	buffer_free(&f->payload);
}

/* The command, which has forged.ev on its standard input, ends with that status, says these words, and the
 * lake is as it was. */
static void refused(const char *tool, int status, const char *words, const char *what)
{
	char command[256], said[4096] = "";
	int result;
	FILE *f;

	snprintf(command, sizeof command, "\"$B\"/%s <forged.ev >out 2>err", tool);
	result = system(command);
	f = fopen("err", "r");
	if (f != NULL) {
		said[fread(said, 1, sizeof said - 1, f)] = '\0';
		fclose(f);
	}
	if (!ok(WIFEXITED(result) && WEXITSTATUS(result) == status && strstr(said, words) != NULL &&
		    access("lake/gold.db", F_OK) != 0 && access("lake/silver", F_OK) != 0,
		"%s: %s: status %d", tool, what, status))
		fprintf(stderr, "# status %d: %s\n", WEXITSTATUS(result), said);
}

static void test_plans(void)
{
	static const char *const paths[] = {"../outside", "bronze/../../outside", "/etc/passwd",
					    "bronze//1",  "./bronze/1",           ""};
	struct forged f;

	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		f = begin(STREAM_PLAN, NULL);
		PUT(FRAME_WANT, want, .verdict = WANT_TAKE, .path = text_of(paths[i]), .size = 5);
		end(&f);
		refused("evcat", 3, "not within the lake", paths[i]);
	}
	f = begin(STREAM_PLAN, NULL);
	PUT(FRAME_WANT, want, .verdict = WANT_TAKE, .path = text_of("bronze/none"), .size = 5);
	end(&f);
	refused("evcat", 4, "bronze/none", "a file that is not there");
	f = begin(STREAM_PLAN, NULL);
	PUT(FRAME_WANT, want, .verdict = WANT_TAKE, .path = text_of("bronze/1"), .size = 999);
	end(&f);
	refused("evcat", 3, "bronze/1", "a file of another size");
}

/* Lines of quarantine that are not there, or are no lines. */
static void test_mended(void)
{
	static const struct {
		const char *path, *source, *raw, *words;
		enum want_verdict verdict;
		int line;
	} plans[] = {
	    {"quarantine/q", "bronze/1", "{}", "belongs to no file of quarantine", WANT_REPLAY, 1},
	    {"quarantine/q", "bronze/1", "{}\n{}", "cannot be one", WANT_MEND, 1},
	    {"quarantine/q", "bronze/1", "{}", "which are not in it", WANT_MEND, 2},
	    {"quarantine/q", "bronze/2", "{}", "which are not in it", WANT_MEND, 1},
	    {"../outside", "bronze/1", "{}", "not within the lake", WANT_MEND, 1},
	};
	FILE *q;

	mkdir("lake/quarantine", 0700);
	q = fopen("lake/quarantine/q", "w");
	if (q == NULL || fputs("bad_price\tprice\tbronze/1\t1\t0\t{}\n", q) < 0 || fclose(q) != 0)
		abort();
	for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++) {
		struct forged f = begin(STREAM_PLAN, NULL);

		PUT(FRAME_WANT, want, .verdict = plans[i].verdict, .path = text_of(plans[i].path));
		PUT(FRAME_MENDED, mended, .source = text_of(plans[i].source), .line = (uint64_t)plans[i].line,
		    .raw = text_of(plans[i].raw));
		end(&f);
		refused("evcat", 3, plans[i].words, plans[i].words);
	}
}

static void test_silver(void)
{
	static const char day[] = "event_date=2025-12-07";
	static const struct {
		const char *layer, *path, *partition, *words;
	} files[] = {
	    {"silver", "../outside", day, "not in staging/"},
	    {"silver", "staging/../gold.db", day, "not in staging/"},
	    {"silver", "staging/", day, "not in staging/"},
	    {"silver", "silver/x", day, "not in staging/"},
	    {"gold", "staging/s/x", day, "no known layer"},
	    {"silver", "staging/s/x", "", "partition"},
	    {"silver", "staging/s/x", "../..", "partition"},
	    {"silver", "staging/s/x", "event_date=../..", "partition"},
	    {"silver", "staging/s/x", "event_date=2025-12-07/x", "partition"},
	};
	struct forged f = begin(STREAM_SILVER, NULL);

	end(&f);
	refused("evgold", 2, "silver", "columns of no Silver");
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		f = begin(STREAM_SILVER, silver_columns());
		PUT(FRAME_STAGED, staged, .layer = text_of(files[i].layer), .path = text_of(files[i].path),
		    .partition = text_of(files[i].partition), .rows = 1, .size = 1);
		end(&f);
		refused("evgold", 3, files[i].words, files[i].path);
	}
	f = begin(STREAM_SILVER, silver_columns());
	PUT(FRAME_STAGED, staged, .layer = text_of("silver"), .path = text_of("staging/s/x"),
	    .partition = text_of(day), .rows = 1, .size = 1);
	end(&f);
	refused("evgold", 1, "staged files hold 1 events", "rows of no source");
	f = begin(STREAM_SILVER, silver_columns());
	PUT(FRAME_SOURCE, source, .path = text_of("bronze/1"), .size = 3);
	PUT(FRAME_SOURCE_END, source_end, .lines = 7, .rows = 0);
	end(&f);
	refused("evgold", 3, "lines are not its rows", "a source that does not add up");
	f = begin(STREAM_PARTIAL, silver_columns());
	PUT(FRAME_PARTIAL, partial, .table = text_of("daily_user_activity"), .state = text_of("no groups"));
	end(&f);
	refused("evgold", 3, "an encoded group is damaged", "a partial of no groups");
	f = begin(STREAM_PARTIAL, silver_columns());
	PUT(FRAME_PARTIAL, partial, .table = text_of("nothing"), .state = text_of(""));
	end(&f);
	refused("evgold", 3, "no definition of the table nothing", "a partial of no table");
}

/* A failure is told by the stage that it is of; one that nobody can have told is told here. */
static void test_failures(void)
{
	static const struct control_error errors[] = {
	    {{"evcat", 5}, 0, {"no memory", 9}},
	    {{"evcat", 5}, 200, {"no memory", 9}},
	    {{"", 0}, 4, {"no memory", 9}},
	    {{"evcat", 5}, 4, {"", 0}},
	};
	static const char *const tools[] = {"evcat", "evclean", "evsilver", "evgold"};

	for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
		struct forged f = begin(STREAM_SILVER, silver_columns());

		PUT(FRAME_ERROR, error, .tool = errors[i].tool, .status = errors[i].status,
		    .message = errors[i].message);
		end(&f);
		for (size_t k = 0; k < sizeof tools / sizeof tools[0]; k++)
			refused(tools[k], 3, "without a cause",
				"a failure of nobody, with status 0, or in silence");
	}
}

int main(void)
{
	if (getenv("B") == NULL) {
		printf("1..0 # SKIP no tools: B is not set\n");
		return 0;
	}
	(void)silver_columns(); /* of the schema, which is not where the tools will run */
	if (mkdtemp(folder) == NULL || chdir(folder) != 0 || mkdir("lake", 0755) != 0 ||
	    mkdir("lake/bronze", 0755) != 0 || system("echo '{}' >lake/bronze/1; echo secret >outside") != 0)
		return 1;
	test_plans();
	test_mended();
	test_silver();
	test_failures();
	if (chdir("/") != 0)
		return 1;
	char command[64];

	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command) != 0 ? 1 : tap_done();
}
