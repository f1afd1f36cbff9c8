/*
 * evgold -- maintains the Gold tables and makes the one commit of a run, once the stream has proven that
 * every stage before it finished.
 */
#include "commit/commit.h"
#include "gold/partial.h"
#include "stream/verb.h"
#include "tool.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static const struct tool tool = {
    .name = "evgold",
    .synopsis = "[-pqv]",
    .help =
	"Reads the silver stream of a run, or its parts, on standard input and commits the run to its lake.\n"
	"  -p  no commit: write the aggregates as a partial stream, for the merge\n"
	"  -q  no summary, not even at a terminal\n"
	"  -v  a summary, and the memory that the groups take\n",
};

struct stage {
	struct stream in;
	struct stream_writer out; /* -p */
	struct run run;
	enum verb verb;
	struct lake lake;
	struct columns columns; /* of the first stream: all must be alike */
	struct gold *gold;      /* NULL before the run frame */
	struct buffer state;    /* of a group whose frames are not complete */
	const char *schemas;
	const char *command;
	bool partial, summary, verbose;
	struct timespec start;
	char began[LEDGER_TIME_LEN + 1];
};

static bool are_equal(const struct columns *a, const struct columns *b)
{
	for (size_t i = 0; a->n == b->n && i < a->n; i++)
		if (strcmp(a->items[i].name, b->items[i].name) != 0 || a->items[i].type != b->items[i].type)
			return false;
	return a->n == b->n;
}

static int begin_stream(struct stage *g)
{
	if (stream_accept(&g->in, 1U << STREAM_SILVER | (g->partial ? 0 : 1U << STREAM_PARTIAL)) != 0)
		return -1;
	if (g->partial && stream_begin(&g->out, STREAM_PARTIAL, &g->in.columns, g->command) != 0)
		return -1;
	if (g->columns.n == 0)
		return columns_copy(&g->columns, &g->in.columns);
	if (!are_equal(&g->columns, &g->in.columns))
		return cause_record(STATUS_INPUT, "stdin: two streams whose columns differ");
	/* Each stream has dictionaries of its own. */
	for (size_t i = 0; g->gold != NULL && i < g->columns.n; i++)
		gold_strings_reset(g->gold, i);
	return 0;
}

static int begin_run(struct stage *g)
{
	char *definitions;

	if (run_take(&g->run, &g->in) != 0)
		return -1;
	if (g->gold != NULL)
		return 0;
	if (verb_parse(g->run.verb, &g->verb) != 0 || lake_open(&g->lake, g->run.lake.data) != 0)
		return -1;
	definitions = lake_schema(&g->lake, "gold", g->schemas);
	if (definitions != NULL)
		g->gold = gold_open(definitions, &g->columns);
	free(definitions);
	return g->gold != NULL ? 0 : -1;
}

static int no_run(void)
{
	return cause_record(
	    STATUS_USAGE,
	    "these events belong to no run, and Gold is what runs have committed; to load a lake: "
	    "evetl LAKE, or: evmark pending LAKE | evcat | evclean | evsilver | evgold");
}

static int take_item(struct stage *g)
{
	if (g->in.type == FRAME_HEADER)
		return begin_stream(g);
	if (g->in.type == FRAME_RUN)
		return begin_run(g);
	if (g->gold == NULL)
		return no_run();
	if (g->in.type == FRAME_RESET) {
		gold_strings_reset(g->gold, g->in.column);
		return 0;
	}
	if (g->in.type == FRAME_BATCH &&
	    (stream_decode(&g->in) != 0 || gold_update(g->gold, &g->in.batch) != 0))
		return -1;
	if (g->in.type == FRAME_WANT && g->in.want.verdict == WANT_TABLE &&
	    gold_select(g->gold, g->in.want.path) != 0)
		return -1;
	if (g->in.type == FRAME_PARTIAL)
		return partial_merge(g->gold, &g->in.partial, &g->state);
	return run_take(&g->run, &g->in);
}

/* With -p, all but the rows goes on to the merge. */
static int pass_item(struct stage *g)
{
	switch (g->in.type) {
	case FRAME_HEADER:
	case FRAME_BATCH:
	case FRAME_STRINGS:
	case FRAME_RESET: return 0;
	case FRAME_TRAILER:
		/* All that this part has counted comes with its last stream. */
		if (g->run.rest == 0 &&
		    (run_check_counts(&g->run) != 0 || partial_write(g->gold, &g->out) != 0))
			return -1;
		return stream_end(&g->out);
	default: return stream_pass(&g->out, &g->in);
	}
}

static double seconds_of(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double seconds_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static void print_summary(const struct stage *g, const struct commit *c)
{
	const struct run_sums sums = run_sum(&g->run);
	double seconds = seconds_since(&g->start);

	if (g->verb == VERB_REPLAY)
		tool_warn("run %" PRIu64 " (replay): %zu files of quarantine, %" PRIu64
			  " events of them, %" PRIu64 " rejects still, in %.2f s",
			  c->number, g->run.n_rereads, sums.rows, sums.rejects_again, seconds);
	else if (g->verb != VERB_LOAD)
		tool_warn("run %" PRIu64 " (%s): %zu files read again, %" PRIu64 " sources taken, %" PRIu64
			  " events of them, in %.2f s",
			  c->number, verb_name(g->verb), g->run.n_rereads, sums.sources, sums.rows, seconds);
	else if (sums.sources == 0 && c->copies == 0)
		tool_warn("run %" PRIu64 ": nothing new", c->number);
	else
		tool_warn("run %" PRIu64 ": %" PRIu64 " sources, %" PRIu64 " copies, %" PRIu64
			  " events, %" PRIu64 " rejects in %.2f s (%.0f events/s)",
			  c->number, sums.sources, c->copies, sums.rows, sums.rejects, seconds,
			  seconds > 0 ? (double)sums.rows / seconds : 0);
	if (g->verbose)
		tool_warn("%" PRIu64 " groups in %.1f MB", gold_groups(g->gold),
			  (double)gold_bytes(g->gold) / 1e6);
}

/* Each file that is no longer what was read: it is left as it is, and somebody has to look at it. */
static void tell_changed(const struct run *run)
{
	size_t n = 0;

	for (size_t i = 0; i < run->n_wants; i++) {
		if (run->wants[i].verdict != WANT_CHANGED)
			continue;
		tool_warn("%s: changed since it was read", run->wants[i].path.data);
		n++;
	}
	if (n > 0)
		cause_record(
		    STATUS_REFUSED,
		    "%zu changed files were left out, all else is committed; put them back as they were, or "
		    "give what is new in them a file of its own",
		    n);
}

/* The verified end of the input: every stage has finished. */
static int commit(struct stage *g)
{
	struct rusage usage;
	struct commit c = {
	    .lake = &g->lake,
	    .run = &g->run,
	    .gold = g->gold,
	    .schemas = g->schemas,
	    .began = g->began,
	    .wall_seconds = seconds_since(&g->start),
	};

	if (run_check(&g->run) != 0)
		return -1;
	getrusage(RUSAGE_SELF, &usage);
	c.cpu_seconds = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
	if (commit_run(&c) != 0) {
		if (c.number != 0 && cause_status() != STATUS_RETRY)
			tool_warn("run %" PRIu64 " is committed; the next run will put its files into place",
				  c.number);
		return -1;
	}
	if (g->summary)
		print_summary(g, &c);
	tell_changed(&g->run);
	return 0;
}

static void run_stage(struct stage *g)
{
	int more = -1;

	g->schemas = tool_schemas();
	if (g->schemas == NULL || stream_open(&g->in, STDIN_FILENO, "stdin") != 0)
		return;
	if (g->partial && stream_writer_open(&g->out, STDOUT_FILENO, "stdout") != 0)
		return;
	while ((more = stream_next(&g->in)) > 0 && take_item(g) == 0 && (!g->partial || pass_item(g) == 0))
		continue;
	if (more == 0 && (g->partial || commit(g) == 0))
		return;
	if (g->lake.fd >= 0 && !g->partial)
		commit_note_failure(&g->lake, g->run.verb);
}

int main(int argc, char **argv)
{
	struct stage g = {.lake = {.fd = -1}};
	int letter, status;

	tool_start(&tool);
	g.summary = isatty(STDERR_FILENO);
	while ((letter = tool_option(argc, argv, "pqv")) != -1) {
		switch (letter) {
		case 'p': g.partial = true; break;
		case 'q': g.summary = false; break;
		case 'v': g.summary = g.verbose = true; break;
		}
	}
	if (optind < argc)
		tool_usage("it takes no operands: the lake is in the stream");
	if (g.partial)
		tool_refuse_terminal();
	g.command = tool_command(argc, argv);
	clock_gettime(CLOCK_MONOTONIC, &g.start);
	ledger_now(g.began);
	run_stage(&g);
	status = tool_finish(g.partial ? &g.out : NULL);
	stream_writer_close(&g.out);
	buffer_free(&g.state);
	gold_close(g.gold);
	columns_free(&g.columns);
	run_free(&g.run);
	lake_close(&g.lake);
	stream_close(&g.in);
	return status;
}
