#include "filter.h"

#include "tool.h"

#include <unistd.h>

int filter_main(struct filter *f, int argc, char **argv, filter_take *take, void *stage)
{
	if (optind < argc)
		tool_usage("it takes no operands: events come from standard input");
	tool_refuse_terminal();
	f->lake.fd = -1;
	f->command = tool_command(argc, argv);
	if (f->command != NULL && stream_open(&f->in, STDIN_FILENO, "stdin") == 0 &&
	    stream_writer_open(&f->out, STDOUT_FILENO, "stdout") == 0) {
		while (stream_next(&f->in) > 0 && take(stage) == 0)
			continue;
	}
	return tool_finish(&f->out);
}

void filter_close(struct filter *f)
{
	filter_end_run(f);
	stream_close(&f->in);
	stream_writer_close(&f->out);
	buffer_free(&f->payload);
}

int filter_begin_run(struct filter *f)
{
	if (f->in_run)
		return cause_record(STATUS_INPUT, "stdin: more than one run in a stream");
	if (lake_open_text(&f->lake, f->in.run.lake) != 0)
		return -1;
	f->in_run = true;
	return stream_pass(&f->out, &f->in);
}

void filter_end_run(struct filter *f)
{
	if (f->in_run)
		lake_close(&f->lake);
	f->in_run = false;
}
