/*
 * tap -- what a unit test says: "ok 1 - ..." for each assertion, and the plan at the end.
 */
#ifndef EV_TAP_H
#define EV_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static struct {
	int run, failed;
} tap;

/* One assertion; a failed one says where it stands. Its value is the condition. */
#define ok(condition, ...) tap_ok(condition, #condition, __FILE__, __LINE__, __VA_ARGS__)

static inline bool __attribute__((format(printf, 5, 6)))
tap_ok(bool condition, const char *text, const char *file, int line, const char *format, ...)
{
	va_list ap;

	tap.run++;
	printf("%sok %d - ", condition ? "" : "not ", tap.run);
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
	if (!condition) {
		tap.failed++;
		fflush(stdout);
		fprintf(stderr, "# %s:%d: %s\n", file, line, text);
	}
	return condition;
}

/* The plan, and what main returns. */
static inline int tap_done(void)
{
	printf("1..%d\n", tap.run);
	return tap.failed != 0;
}

#endif
