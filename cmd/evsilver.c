/*
 * evsilver -- adds Silver's columns to events; in a run, writes them to Parquet files that wait for the
 * commit.
 */
#include "../lib/silver_write.h"
#include "tool.h"

#include <unistd.h>

static const struct tool tool = {
    .name = "evsilver",
    .synopsis = "",
    .help = "Reads an events stream on standard input, writes a silver stream to standard output.\n",
};

struct stage {
	struct stream in;
	struct stream_writer out;
	struct silver silver;
	struct lake lake;
	struct silver_writer files;
	bool in_run; /* lake and files are open */
	struct buffer payload;
	const char *command;
};

static int begin(struct stage *g)
{
	silver_close(&g->silver);
	if (stream_accept(&g->in, 1U << STREAM_EVENTS) != 0 || silver_open(&g->silver, &g->in.columns) != 0)
		return -1;
	return stream_begin(&g->out, STREAM_SILVER, &g->silver.columns, g->command);
}

static int begin_run(struct stage *g)
{
	if (g->in_run)
		return cause_record(STATUS_INPUT, "stdin: more than one run in a stream");
	if (lake_open_text(&g->lake, g->in.run.lake) != 0)
		return -1;
	g->in_run = true;
	if (silver_writer_open(&g->files, &g->silver, &g->lake, &g->out) != 0)
		return -1;
	return stream_pass(&g->out, &g->in);
}

static void end_run(struct stage *g)
{
	if (!g->in_run)
		return;
	silver_writer_close(&g->files);
	lake_close(&g->lake);
	g->in_run = false;
}

static int extend(struct stage *g)
{
	const size_t source = g->silver.n_events + SILVER_SOURCE;

	if (stream_decode(&g->in) != 0 || silver_extend(&g->silver, &g->in) != 0)
		return -1;
	if (g->in_run && silver_write(&g->files, &g->silver, g->in.rows) != 0)
		return -1;
	if (stream_pass_extended(&g->out, &g->in, &g->silver.added, g->silver.n_events) != 0)
		return -1;
	/* Our own dictionaries are emptied too, behind a batch. */
	if (g->in_run && g->silver.added.columns[SILVER_SOURCE].dictionary.strings.n == 0)
		silver_writer_strings_reset(&g->files, source);
	return 0;
}

static int reset(struct stage *g)
{
	silver_strings_reset(&g->silver, g->in.column);
	if (g->in_run)
		silver_writer_strings_reset(&g->files, g->in.column);
	return stream_pass(&g->out, &g->in);
}

/* In a run, how many rows of the source are in Silver: for the commit to hold against what was kept of it. */
static int end_source(struct stage *g)
{
	const struct control_tally tally = {.what = text_of("silver"), .count = g->in.source_rows};

	if (stream_pass(&g->out, &g->in) != 0)
		return -1;
	if (!g->in_run)
		return 0;
	buffer_clear(&g->payload);
	if (control_encode_tally(&g->payload, &tally) != 0)
		return -1;
	return stream_write_control(&g->out, FRAME_TALLY, &g->payload);
}

static int end(struct stage *g)
{
	if (g->in_run && silver_writer_finish(&g->files) != 0)
		return -1;
	end_run(g);
	return stream_end(&g->out);
}

static int take_item(struct stage *g)
{
	switch (g->in.type) {
	case FRAME_HEADER: return begin(g);
	case FRAME_RUN: return begin_run(g);
	case FRAME_BATCH: return extend(g);
	case FRAME_RESET: return reset(g);
	case FRAME_SOURCE_END: return end_source(g);
	case FRAME_TRAILER: return end(g);
	default: return stream_pass(&g->out, &g->in);
	}
}

int main(int argc, char **argv)
{
	struct stage g = {.lake = {.fd = -1}};
	int more = -1;

	tool_start(&tool);
	while (tool_option(argc, argv, "") != -1)
		continue;
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
	silver_close(&g.silver);
	stream_close(&g.in);
	stream_writer_close(&g.out);
	buffer_free(&g.payload);
	return status;
}
