/*
 * evsilver -- adds Silver's columns to events; in a run, writes them to Parquet files that wait for the
 * commit.
 */
#include "filter.h"
#include "silver/silver_write.h"
#include "tool.h"

static const struct tool tool = {
    .name = "evsilver",
    .synopsis = "",
    .help = "Reads an events stream on standard input, writes a silver stream to standard output.\n",
};

struct stage {
	struct filter filter;
	struct silver silver;
	struct silver_writer files; /* in a run */
};

static int begin(struct stage *g)
{
	silver_close(&g->silver);
	if (stream_accept(&g->filter.in, 1U << STREAM_EVENTS | 1U << STREAM_SILVER) != 0)
		return -1;
	if (g->filter.in.kind == STREAM_SILVER)
		return stream_begin(&g->filter.out, STREAM_SILVER, &g->filter.in.columns, g->filter.command);
	if (silver_open(&g->silver, &g->filter.in.columns) != 0)
		return -1;
	return stream_begin(&g->filter.out, STREAM_SILVER, &g->silver.columns, g->filter.command);
}

static int begin_run(struct stage *g)
{
	if (filter_begin_run(&g->filter) != 0)
		return -1;
	return silver_writer_open(&g->files, &g->silver, &g->filter.lake, &g->filter.out);
}

static int extend(struct stage *g)
{
	const size_t source = g->silver.n_events + SILVER_SOURCE;

	if (stream_decode(&g->filter.in) != 0 || silver_extend(&g->silver, &g->filter.in) != 0)
		return -1;
	if (g->filter.in_run && silver_write(&g->files, &g->silver, g->filter.in.rows) != 0)
		return -1;
	if (stream_pass_extended(&g->filter.out, &g->filter.in, &g->silver.added, g->silver.n_events) != 0)
		return -1;
	/* Our own dictionaries are emptied too, behind a batch. */
	if (g->filter.in_run && g->silver.added.columns[SILVER_SOURCE].dictionary.strings.n == 0)
		return silver_writer_strings_reset(&g->files, source);
	return 0;
}

static int reset(struct stage *g)
{
	silver_strings_reset(&g->silver, g->filter.in.column);
	if (g->filter.in_run && silver_writer_strings_reset(&g->files, g->filter.in.column) != 0)
		return -1;
	return stream_pass(&g->filter.out, &g->filter.in);
}

/* In a run, how many rows of the source are in Silver: for the commit to hold against what was kept of it. */
static int end_source(struct stage *g)
{
	const struct control_tally tally = {.what = text_of("silver"), .count = g->filter.in.source_rows};

	if (stream_pass(&g->filter.out, &g->filter.in) != 0)
		return -1;
	if (!g->filter.in_run)
		return 0;
	buffer_clear(&g->filter.payload);
	if (control_encode_tally(&g->filter.payload, &tally) != 0)
		return -1;
	return stream_write_control(&g->filter.out, FRAME_TALLY, &g->filter.payload);
}

static int end(struct stage *g)
{
	if (g->filter.in_run && silver_writer_finish(&g->files) != 0)
		return -1;
	silver_writer_close(&g->files);
	filter_end_run(&g->filter);
	return stream_end(&g->filter.out);
}

/* Rows of a file that goes: they are as they should be, and go to others. */
static int rewrite(struct stage *g)
{
	if (g->silver.columns.n == 0 &&
	    (silver_open_again(&g->silver, &g->filter.in.columns) != 0 ||
	     silver_writer_open(&g->files, &g->silver, &g->filter.lake, &g->filter.out) != 0))
		return -1;
	if (stream_decode(&g->filter.in) != 0 || silver_take_again(&g->silver, &g->filter.in) != 0 ||
	    silver_write(&g->files, &g->silver, g->filter.in.rows) != 0)
		return -1;
	return stream_pass(&g->filter.out, &g->filter.in);
}

/* What is Silver already goes on as it is. */
static int take_silver(struct stage *g)
{
	switch (g->filter.in.type) {
	case FRAME_RUN: return filter_begin_run(&g->filter);
	case FRAME_BATCH:
		if (g->filter.in_run && g->filter.in.source.purpose == SOURCE_REWRITE)
			return rewrite(g);
		break;
	case FRAME_RESET:
		if (g->silver.columns.n > 0 &&
		    silver_writer_strings_reset(&g->files, g->filter.in.column) != 0)
			return -1;
		break;
	case FRAME_TRAILER: return end(g);
	default: break;
	}
	return stream_pass(&g->filter.out, &g->filter.in);
}

static int take_item(void *stage)
{
	struct stage *g = stage;

	if (g->filter.in.kind == STREAM_SILVER && g->filter.in.type != FRAME_HEADER)
		return take_silver(g);
	switch (g->filter.in.type) {
	case FRAME_HEADER: return begin(g);
	case FRAME_RUN: return begin_run(g);
	case FRAME_BATCH: return extend(g);
	case FRAME_RESET: return reset(g);
	case FRAME_SOURCE_END: return end_source(g);
	case FRAME_TRAILER: return end(g);
	default: return stream_pass(&g->filter.out, &g->filter.in);
	}
}

int main(int argc, char **argv)
{
	struct stage g = {0};
	int status;

	tool_start(&tool);
	tool_is_stage();
	while (tool_option(argc, argv, "") != -1)
		continue;
	status = filter_main(&g.filter, argc, argv, take_item, &g);
	silver_writer_close(&g.files);
	silver_close(&g.silver);
	filter_close(&g.filter);
	return status;
}
