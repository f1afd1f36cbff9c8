#include "base/cause.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* No threads, so one record for the process, like errno; but with the whole story. */
static struct {
	enum status status;
	char tool[64]; /* the earlier stage that failed, or "" */
	char message[2048];
} cause;

static int __attribute__((format(printf, 3, 0)))
record(enum status status, int error, const char *format, va_list ap)
{
	if (cause.status != STATUS_OK)
		return -1;
	cause.status = status;
	int n = vsnprintf(cause.message, sizeof cause.message, format, ap);
	if (error != 0 && n >= 0 && (size_t)n < sizeof cause.message)
		snprintf(cause.message + n, sizeof cause.message - (size_t)n, ": %s", strerror(error));
	return -1;
}

int cause_record(enum status status, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	record(status, 0, format, ap);
	va_end(ap);
	return -1;
}

int cause_system(const char *format, ...)
{
	int error = errno;
	va_list ap;

	va_start(ap, format);
	record(STATUS_SYSTEM, error, format, ap);
	va_end(ap);
	return -1;
}

int cause_memory(void)
{
	return cause_record(STATUS_SYSTEM, "out of memory");
}

int cause_upstream(const char *tool, enum status status, const char *message)
{
	if (cause.status == STATUS_OK)
		snprintf(cause.tool, sizeof cause.tool, "%s", tool);
	return cause_record(status, "%s", message);
}

bool cause_is_set(void)
{
	return cause.status != STATUS_OK;
}

const char *cause_upstream_tool(void)
{
	return cause.tool[0] != '\0' ? cause.tool : NULL;
}

enum status cause_status(void)
{
	return cause.status;
}

const char *cause_message(void)
{
	return cause.message;
}

void cause_clear(void)
{
	cause.status = STATUS_OK;
	cause.tool[0] = '\0';
	cause.message[0] = '\0';
}

void cause_keep(struct cause *kept)
{
	cause_free(kept);
	*kept = (struct cause){cause.status, strdup(cause.message)};
	cause_clear();
}

int cause_give(const struct cause *kept)
{
	return kept->message != NULL ? cause_record(kept->status, "%s", kept->message) : cause_memory();
}

void cause_free(struct cause *kept)
{
	free(kept->message);
	*kept = (struct cause){STATUS_OK, NULL};
}
