#include "tool.h"

#include "base/buffer.h"
#include "base/fd.h"
#include "stream/stream.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct tool *self;
static bool is_stage;

static void print_synopsis(FILE *to)
{
	const char *lead = "usage:";

	const char *line = self->synopsis;

	/* A tool without options and operands has one line too. */
	do {
		const int len = (int)strcspn(line, "\n");

		fprintf(to, "%s %s%s%.*s\n", lead, self->name, len > 0 ? " " : "", len, line);
		lead = "      ";
		line += len + (line[len] == '\n');
	} while (*line != '\0');
}

void tool_start(const struct tool *tool)
{
	self = tool;
	if (fd_open_standard() != 0)
		_exit(STATUS_SYSTEM);
}

static _Noreturn void help(void)
{
	print_synopsis(stdout);
	fputs(self->help, stdout);
	printf("See %s(1) and evlake(7).\n", self->name);
	exit(tool_finish(NULL));
}

static _Noreturn void version(void)
{
	printf("%s (evlake) %s\n", self->name, EV_VERSION);
	exit(tool_finish(NULL));
}

int tool_option(int argc, char **argv, const char *options)
{
	char all[64];
	int letter;

	/* Options come first, as the synopses say: an operand may begin with a dash, as SQL does with a
	 * comment. */
	snprintf(all, sizeof all, "+:hV%s", options);
	letter = getopt(argc, argv, all);
	switch (letter) {
	case 'h': help();
	case 'V': version();
	case '?': tool_usage("no option -%c", optopt);
	case ':': tool_usage("option -%c takes an argument", optopt);
	default: return letter;
	}
}

/*
 * One line to stderr, in one write, so that stages that speak at the same time do not garble each other. What
 * a file name or a bad line brings along must not control the terminal.
 */
static void __attribute__((format(printf, 1, 0))) say(const char *format, va_list ap)
{
	static const char hex[] = "0123456789abcdef";
	char message[4096], line[sizeof message * 4 + 64];
	size_t n = (size_t)snprintf(line, 32, "%.24s: ", self->name);

	vsnprintf(message, sizeof message, format, ap);
	for (const char *p = message; *p != '\0'; p++) {
		const unsigned char c = (unsigned char)*p;

		if (c >= 0x20 && c != 0x7f) {
			line[n++] = *p;
			continue;
		}
		memcpy(line + n, (const char[]){'\\', 'x', hex[c >> 4], hex[c & 15]}, 4);
		n += 4;
	}
	line[n++] = '\n';
	fwrite(line, 1, n, stderr);
}

void tool_warn(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(format, ap);
	va_end(ap);
}

void tool_print(const char *text)
{
	for (; *text != '\0'; text++) {
		const unsigned char c = (unsigned char)*text;

		if (c < 0x20 || c == 0x7f)
			printf("\\x%02x", c);
		else
			putchar(c);
	}
}

void tool_usage(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(format, ap);
	va_end(ap);
	print_synopsis(stderr);
	if (is_stage && !isatty(STDOUT_FILENO)) {
		struct stream_writer out;

		cause_record(STATUS_USAGE, "wrong usage");
		if (stream_writer_open(&out, STDOUT_FILENO, "stdout") == 0)
			stream_fail(&out, self->name);
	}
	exit(STATUS_USAGE);
}

void tool_is_stage(void)
{
	is_stage = true;
}

int64_t tool_number(char option, const char *argument, int64_t min, int64_t max)
{
	char *end;

	errno = 0;
	const long long number = strtoll(argument, &end, 10);

	if (end == argument || *end != '\0' || errno != 0 || number < min || number > max)
		tool_usage("option -%c takes a whole number from %lld to %lld, not '%s'", option,
			   (long long)min, (long long)max, argument);
	return number;
}

void tool_refuse_terminal(void)
{
	if (isatty(STDOUT_FILENO))
		tool_usage(
		    "the output is a binary stream: send it to a pipe or a file, or look at it by '| evcat'");
}

const char *tool_command(int argc, char **argv)
{
	static struct buffer command;

	buffer_clear(&command);
	if (buffer_append_text(&command, self->name) != 0)
		return NULL;
	for (int i = 1; i < argc; i++) {
		if (buffer_printf(&command, " %s", argv[i]) != 0)
			return NULL;
	}
	return buffer_text(&command);
}

/* The first of some places beside this program that is there; valid until the next call, NULL when none is.
 */
static const char *find_beside(const char *const *places, size_t n)
{
	static char path[4096 + 32];
	ssize_t len = readlink("/proc/self/exe", path, 4095);

	if (len < 0) {
		cause_system("/proc/self/exe");
		return NULL;
	}
	path[len] = '\0';
	char *slash = strrchr(path, '/');

	for (size_t i = 0; slash != NULL && i < n; i++) {
		strcpy(slash, places[i]);
		if (access(path, F_OK) == 0)
			return path;
	}
	cause_record(STATUS_SYSTEM, "what belongs to this program is not beside it: is it installed whole?");
	return NULL;
}

const char *tool_schemas(void)
{
	static const char *const places[] = {"/../share/evlake/schemas", "/../schemas"};
	static char *found;

	if (found == NULL) {
		const char *path = find_beside(places, 2);

		found = path != NULL ? strdup(path) : NULL;
		if (path != NULL && found == NULL)
			cause_memory();
	}
	return found;
}

const char *tool_extension(void)
{
	static const char *const places[] = {"/../lib/evlake/evlake.so", "/evlake.so"};

	return find_beside(places, 2);
}

int tool_finish(struct stream_writer *out)
{
	if (cause_is_set() && cause_upstream_tool() == NULL)
		tool_warn("%s", cause_message());
	if (cause_is_set() && out != NULL)
		stream_fail(out, self->name);
	if (fflush(stdout) != 0 || ferror(stdout) || (fclose(stdout) != 0 && errno != EBADF)) {
		if (!cause_is_set())
			tool_warn("stdout: %s", strerror(errno));
		cause_record(STATUS_SYSTEM, "stdout");
	}
	return cause_status();
}
