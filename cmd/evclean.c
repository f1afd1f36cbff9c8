/*
 * evclean -- decides what becomes of bad lines: in a run they go to quarantine, elsewhere they are dropped
 * and told.
 */
#include "decode/clean.h"
#include "filter.h"
#include "silver/quarantine.h"
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
	struct filter filter;
	struct clean clean;
	struct quarantine quarantine; /* in a run */
	bool quiet;
};

static int take_reject(struct stage *g)
{
	if (clean_count(&g->clean, &g->filter.in.reject) != 0)
		return -1;
	return g->filter.in_run
		   ? quarantine_add(&g->quarantine, text_of(g->clean.source), &g->filter.in.reject)
		   : 0;
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

		buffer_clear(&g->filter.payload);
		if (control_encode_tally(&g->filter.payload, &tally) != 0 ||
		    stream_write_control(&g->filter.out, FRAME_TALLY, &g->filter.payload) != 0)
			return -1;
	}
	return 0;
}

static int end_source(struct stage *g)
{
	const struct clean_count *most = clean_commonest(&g->clean);

	/* Lines that come from quarantine have been judged with their source. */
	if ((g->filter.in.source.purpose == SOURCE_NEW &&
	     clean_judge(&g->clean, &g->filter.in.source_end) != 0) ||
	    stream_pass(&g->filter.out, &g->filter.in) != 0)
		return -1;
	if (g->filter.in_run)
		return write_tallies(g);
	if (most != NULL && !g->quiet)
		tool_warn("%s: %llu of %llu lines dropped, most by %s, first at line %llu", g->clean.source,
			  (unsigned long long)g->filter.in.source_end.rejects,
			  (unsigned long long)g->filter.in.source_end.lines, most->reason,
			  (unsigned long long)most->line);
	return 0;
}

static int end(struct stage *g)
{
	struct control_staged staged;
	int rejected = g->filter.in_run ? quarantine_finish(&g->quarantine, &staged) : 0;

	if (rejected < 0)
		return -1;
	if (rejected > 0) {
		buffer_clear(&g->filter.payload);
		if (control_encode_staged(&g->filter.payload, &staged) != 0 ||
		    stream_write_control(&g->filter.out, FRAME_STAGED, &g->filter.payload) != 0)
			return -1;
	}
	quarantine_close(&g->quarantine);
	filter_end_run(&g->filter);
	return stream_end(&g->filter.out);
}

static int begin_run(struct stage *g)
{
	if (filter_begin_run(&g->filter) != 0)
		return -1;
	quarantine_open(&g->quarantine, &g->filter.lake);
	return 0;
}

static int take_item(void *stage)
{
	struct stage *g = stage;

	/* What is Silver has been here before. */
	if (g->filter.in.kind == STREAM_SILVER && g->filter.in.type != FRAME_HEADER &&
	    g->filter.in.type != FRAME_RUN && g->filter.in.type != FRAME_TRAILER)
		return stream_pass(&g->filter.out, &g->filter.in);
	switch (g->filter.in.type) {
	case FRAME_HEADER:
		if (stream_accept(&g->filter.in, 1U << STREAM_EVENTS | 1U << STREAM_SILVER) != 0)
			return -1;
		return stream_begin(&g->filter.out, g->filter.in.kind, &g->filter.in.columns,
				    g->filter.command);
	case FRAME_RUN: return begin_run(g);
	case FRAME_SOURCE:
		if (clean_begin_source(&g->clean, g->filter.in.source.path) != 0)
			return -1;
		return stream_pass(&g->filter.out, &g->filter.in);
	case FRAME_REJECT: return take_reject(g);
	case FRAME_SOURCE_END: return end_source(g);
	case FRAME_TRAILER: return end(g);
	default: return stream_pass(&g->filter.out, &g->filter.in);
	}
}

int main(int argc, char **argv)
{
	struct stage g = {.clean = {.percent = CLEAN_PERCENT}, .quarantine = {.fd = -1}};
	int option, status;

	tool_start(&tool);
	tool_is_stage();
	while ((option = tool_option(argc, argv, "qx:")) != -1) {
		switch (option) {
		case 'q': g.quiet = true; break;
		case 'x': g.clean.percent = (unsigned)tool_number('x', optarg, 0, 100); break;
		}
	}
	status = filter_main(&g.filter, argc, argv, take_item, &g);
	quarantine_close(&g.quarantine);
	clean_free(&g.clean);
	filter_close(&g.filter);
	return status;
}
