/*
 * tool -- what every command does alike: start-up, options, messages, the exit.
 */
#ifndef EV_TOOL_H
#define EV_TOOL_H

#include "../lib/cause.h"

#include <stdbool.h>
#include <stdint.h>

struct tool {
	const char *name;     /* "evcat" */
	const char *synopsis; /* the lines of SYNOPSIS in its man page, without the name: a test holds them
				 together */
	const char *help;     /* one line for each option */
};

/* Descriptors 0-2 open, C locale; to be called first. */
void tool_start(const struct tool *tool);
/* getopt over `options`, with -h, -V handled here. Returns the letter, or -1 at the end; exits 2 on an
 * unknown one. */
int tool_option(int argc, char **argv, const char *options);
/* Prints "NAME: message" and the synopsis to stderr, and exits 2. */
_Noreturn void tool_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Prints "NAME: message" to stderr. */
void tool_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A number option's argument within [min, max], or usage. */
int64_t tool_number(char option, const char *argument, int64_t min, int64_t max);
/* Exits 2 unless stdout is a pipe or a file: for tools whose only output is the binary stream. */
void tool_refuse_terminal(void);
/* The end of main: closes stdout honestly, prints the cause unless an earlier stage did, returns the exit
 * status. */
int tool_finish(void);
/* The full command line as one text, for stream headers. Borrowed. */
const char *tool_command(int argc, char **argv);
/* Where the schemas that came with this program are: beside it in a build, under share/evlake when installed.
 */
const char *tool_schemas(void);

#endif
