/*
 * tool -- what every command does alike: start-up, options, messages, the exit.
 */
#ifndef EV_TOOL_H
#define EV_TOOL_H

#include "base/cause.h"

#include <stdbool.h>
#include <stdint.h>

struct stream_writer;

struct tool {
	const char *name;     /* "evcat" */
	const char *synopsis; /* "[-k] [PATH ...]": as in SYNOPSIS of its man page, one line for each form */
	const char *help;     /* one line for each option, each ending in a newline */
};

/* Descriptors 0-2 open; to be called first. tool is kept. */
void tool_start(const struct tool *tool);
/* From here on a usage error is told to the next stage too, as a stream's error frame. */
void tool_is_stage(void);
/* getopt over `options` and -h and -V. Returns the letter, or -1 at the end; an unknown letter is a usage
 * error. */
int tool_option(int argc, char **argv, const char *options);
/* Prints "NAME: message" and the synopsis to stderr, and exits 2. */
_Noreturn void tool_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Prints "NAME: message" to stderr. */
void tool_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A name or value within a line to stdout. It may hold anything; none may control the terminal, or pass for a
 * line of its own. */
void tool_print(const char *text);
/* A number option's argument within [min, max], or a usage error. */
int64_t tool_number(char option, const char *argument, int64_t min, int64_t max);
/* A usage error unless stdout is a pipe or a file: for tools whose only output is the binary stream. */
void tool_refuse_terminal(void);
/* The full command line as one text, for stream headers. Valid until the next call; NULL when memory ran out.
 */
const char *tool_command(int argc, char **argv);
/* Where the schemas that came with this program are: beside it in a build, in ../share/evlake when installed.
 */
const char *tool_schemas(void);
/* The same for the extension of SQLite. Valid until the next call. */
const char *tool_extension(void);
/*
 * The end of main. Prints the cause on record, unless an earlier stage has done so, and tells the next stage
 * through out (NULL for tools that write no stream). Checks stdout. Returns the exit status.
 */
int tool_finish(struct stream_writer *out);

#endif
