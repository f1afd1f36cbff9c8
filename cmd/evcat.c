/*
 * evcat -- events from files, folders, plans, streams: to a stream, or to be looked at.
 *
 * What is printed is a stream first: without -f ev, a child process makes the stream and this one prints it,
 * so that there is one way from bytes to rows.
 */
#include "cat.h"

#include "print.h"
#include "stream/shard.h"
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct tool tool = {
    .name = "evcat",
    .synopsis =
	"[-k] [-f ev|table|tsv|csv|jsonl] [-m MAP] [-s K/N] [-t SECONDS] [-L BYTES] [-S SCHEMA] [PATH ...]",
    .help =
	"  -f FORMAT  ev, table, tsv, csv or jsonl; table on a terminal, else ev\n"
	"  -k         keep what is whole of a damaged source, and mark it PARTIAL\n"
	"  -m MAP     a jq program that makes events of lines of any shape\n"
	"  -s K/N     read part K of N of a plan, for evgold to merge\n"
	"  -t SECONDS processor time that the map may take for a line, 5 unless given\n"
	"  -L BYTES   the longest line that is read, 1048576 unless given\n"
	"  -S SCHEMA  the rules for an event, instead of the lake's or the installed ones\n"
	"PATH is a file or a folder; without one, or for -, standard input: lines, a plan or any stream.\n",
};

/* Everything that was asked for, as a stream to fd. Returns the exit status. */
static int produce(struct cat *cat, int fd, char **paths)
{
	/* A failure is on record, and tool_finish tells it. */
	const bool done = stream_writer_open(&cat->out, fd, "stdout") == 0 && cat_operands(cat, paths) == 0;
	const int status = tool_finish(&cat->out);

	(void)done;

	cat_close(cat);
	stream_writer_close(&cat->out);
	return status;
}

/* A child produces, we print. */
static int produce_and_print(struct cat *cat, char **paths, enum rows_format format)
{
	int pipe_fds[2];
	pid_t child;

	if (pipe2(pipe_fds, O_CLOEXEC) != 0 || (child = fork()) < 0) {
		cause_system("pipe");
		return tool_finish(NULL);
	}
	if (child == 0) {
		close(pipe_fds[0]);
		_exit(produce(cat, pipe_fds[1], paths));
	}
	close(pipe_fds[1]);
	const bool printed = print_streams(pipe_fds[0], "the pipe within evcat", format) == 0;

	(void)printed; /* a failure is on record here too */
	close(pipe_fds[0]);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		continue;
	return tool_finish(NULL);
}

static void parse_part(struct cat *cat, const char *argument)
{
	char end;

	if (sscanf(argument, "%u/%u%c", &cat->part, &cat->parts, &end) != 2 || cat->part == 0 ||
	    cat->part > cat->parts || cat->parts > SHARD_MAX)
		tool_usage("-s %s: a part is K/N, with K from 1 to N and N up to %d", argument, SHARD_MAX);
}

int main(int argc, char **argv)
{
	struct cat cat = {.limit = LINE_LIMIT, .seconds = MAP_SECONDS};
	const char *format_name = isatty(STDOUT_FILENO) ? "table" : "ev";
	enum rows_format format;
	int option;

	tool_start(&tool);
	tool_is_stage();
	while ((option = tool_option(argc, argv, "f:km:s:t:L:S:")) != -1) {
		switch (option) {
		case 'f': format_name = optarg; break;
		case 'k': cat.keep = true; break;
		case 'L': cat.limit = (size_t)tool_number('L', optarg, LINE_PREFIX, LINE_LIMIT_MAX); break;
		case 'm': cat.map_path = optarg; break;
		case 's': parse_part(&cat, optarg); break;
		case 't': cat.seconds = (unsigned)tool_number('t', optarg, 1, MAP_SECONDS_MAX); break;
		case 'S': cat.schema_path = optarg; break;
		}
	}
	cat.command = tool_command(argc, argv);
	if (cat.command == NULL)
		return tool_finish(NULL);
	if (strcmp(format_name, "ev") == 0) {
		tool_refuse_terminal();
		return produce(&cat, STDOUT_FILENO, argv + optind);
	}
	if (!rows_format_parse(format_name, &format))
		tool_usage("no format '%s': ev, table, tsv, csv or jsonl", format_name);
	return produce_and_print(&cat, argv + optind, format);
}
