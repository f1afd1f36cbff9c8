/*
 * evclean -- decides what becomes of bad lines: in a run they go to quarantine, elsewhere they are dropped
 * and told.
 */
#include "../lib/clean.h"
#include "../lib/quarantine.h"
#include "../lib/stream.h"
#include "tool.h"

#include <unistd.h>

static const struct tool tool = {
    .name = "evclean",
    .synopsis = "[-q] [-x PERCENT]",
    .help = "Reads an events stream on standard input, writes one without bad lines to standard output.\n"
	    "  -q          say nothing about dropped lines\n"
	    "  -x PERCENT  refuse a source that loses more of its lines; 10 unless given, 100 refuses none\n",
};

struct stage {
	struct stream in;
	struct stream_writer out;
	struct clean clean;
	struct lake lake;
	struct quarantine quarantine;
	bool in_run; /* lake and quarantine are open */
	bool quiet;
	struct buffer payload;
	const char *command;
};

static int begin_run(struct stage *g)
{
	if (g->in_run)
		return cause_record(STATUS_INPUT, "stdin: more than one run in a stream");
	if (lake_open_text(&g->lake, g->in.run.lake) != 0)
		return -1;
	g->in_run = true;
	quarantine_open(&g->quarantine, &g->lake);
	return stream_pass(&g->out, &g->in);
}

static void end_run(struct stage *g)
{
	if (!g->in_run)
		return;
	quarantine_close(&g->quarantine);
	lake_close(&g->lake);
	g->in_run = false;
}

static int take_reject(struct stage *g)
{
	if (clean_count(&g->clean, &g->in.reject) != 0)
		return -1;
	return g->in_run ? quarantine_add(&g->quarantine, text_of(g->clean.source), &g->in.reject) : 0;
}

/* For the ledger: how many, why, and where first. */
static int write_tallies(struct stage *g)
{
	for (size_t i = 0; i < g->clean.n; i++) {
		const struct clean_count *c = &g->clean.counts[i];
		const struct control_tally tally = {
		    .what = text_of("rejected"),
		    .name = text_of(c->reason),
		    .field = text_of(c->field),
		    .count = c->count,
		    .line = c->line,
		    .column = c->column,
		};

		buffer_clear(&g->payload);
		if (control_encode_tally(&g->payload, &tally) != 0 ||
		    stream_write_control(&g->out, FRAME_TALLY, &g->payload) != 0)
			return -1;
	}
	return 0;
}

static int end_source(struct stage *g)
{
	const struct clean_count *most = clean_commonest(&g->clean);

	if (clean_judge(&g->clean, &g->in.source_end) != 0 || stream_pass(&g->out, &g->in) != 0)
		return -1;
	if (g->in_run)
		return write_tallies(g);
	if (most != NULL && !g->quiet)
		tool_warn("%s: %llu of %llu lines dropped, most by %s, first at line %llu", g->clean.source,
			  (unsigned long long)g->in.source_end.rejects,
			  (unsigned long long)g->in.source_end.lines, most->reason,
			  (unsigned long long)most->line);
	return 0;
}

static int end(struct stage *g)
{
	struct control_staged staged;
	int rejected = g->in_run ? quarantine_finish(&g->quarantine, &staged) : 0;

	if (rejected < 0)
		return -1;
	if (rejected > 0) {
		buffer_clear(&g->payload);
		if (control_encode_staged(&g->payload, &staged) != 0 ||
		    stream_write_control(&g->out, FRAME_STAGED, &g->payload) != 0)
			return -1;
	}
	end_run(g);
	return stream_end(&g->out);
}

static int take_item(struct stage *g)
{
	switch (g->in.type) {
	case FRAME_HEADER:
		if (stream_accept(&g->in, 1U << STREAM_EVENTS) != 0)
			return -1;
		return stream_begin(&g->out, STREAM_EVENTS, &g->in.columns, g->command);
	case FRAME_RUN: return begin_run(g);
	case FRAME_SOURCE:
		if (clean_begin_source(&g->clean, g->in.source.path) != 0)
			return -1;
		return stream_pass(&g->out, &g->in);
	case FRAME_REJECT: return take_reject(g);
	case FRAME_SOURCE_END: return end_source(g);
	case FRAME_TRAILER: return end(g);
	default: return stream_pass(&g->out, &g->in);
	}
}

int main(int argc, char **argv)
{
	struct stage g = {.clean = {.percent = CLEAN_PERCENT}, .lake = {.fd = -1}};
	int option, more = -1;

	tool_start(&tool);
	while ((option = tool_option(argc, argv, "qx:")) != -1) {
		switch (option) {
		case 'q': g.quiet = true; break;
		case 'x': g.clean.percent = (unsigned)tool_number('x', optarg, 0, 100); break;
		}
	}
	if (optind < argc)
		tool_usage("it takes no operands: events come from standard input");
	tool_refuse_terminal();
	g.command = tool_command(argc, argv);
	if (g.command != NULL && stream_open(&g.in, STDIN_FILENO, "stdin") == 0 &&
	    stream_writer_open(&g.out, STDOUT_FILENO, "stdout") == 0) {
		while ((more = stream_next(&g.in)) > 0 && take_item(&g) == 0)
			continue;
	}
	const int status = tool_finish(&g.out);

	end_run(&g);
	clean_free(&g.clean);
	stream_close(&g.in);
	stream_writer_close(&g.out);
	buffer_free(&g.payload);
	return status;
}
