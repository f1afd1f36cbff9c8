#include "mark.h"

#include "tool.h"
#include "verify/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* What is to be seen of it on a terminal. */
struct watch {
	bool shown;
	struct timespec start, last;
};

static double seconds_between(const struct timespec *from, const struct timespec *to)
{
	return (double)(to->tv_sec - from->tv_sec) + (double)(to->tv_nsec - from->tv_nsec) / 1e9;
}

static void clear_progress(struct watch *w)
{
	if (w->shown)
		fputs("\r\033[K", stderr);
	w->shown = false;
}

static void print_finding(void *context, const char *path, const char *what, const char *detail)
{
	clear_progress(context);
	tool_print(path);
	printf(": %s: ", what);
	tool_print(detail);
	putchar('\n');
}

static void print_note(void *context, const char *path, const char *what, const char *detail)
{
	clear_progress(context);
	tool_warn("%s: %s: %s", path, what, detail);
}

static void print_progress(void *context, const struct verify_progress *p)
{
	struct watch *w = context;
	struct timespec now;
	double seconds, part;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (seconds_between(&w->last, &now) < 0.2)
		return;
	w->last = now;
	seconds = seconds_between(&w->start, &now);
	part = (double)(p->rows + p->bytes / 256) / (double)(p->rows_all + p->bytes_all / 256 + 1);
	fprintf(stderr, "\r\033[K%" PRIu64 " of %" PRIu64 " events, %.0f events/s, %.0f s left", p->rows,
		p->rows_all, (double)p->rows / seconds, part > 0 ? seconds / part - seconds : 0);
	w->shown = true;
}

int mark_verify(int argc, char **argv)
{
	struct watch watch = {0};
	struct lake lake = {.fd = -1};
	struct verify v = {.lake = &lake, .finding = print_finding, .note = print_note, .context = &watch};

	while (tool_option(argc, argv, "c") != -1)
		v.contents = true;
	if (argc - optind != 1)
		tool_usage("one lake, please");
	clock_gettime(CLOCK_MONOTONIC, &watch.start);
	watch.last = watch.start;
	if (isatty(STDERR_FILENO))
		v.progress = print_progress;
	v.schemas = tool_schemas();
	if (v.schemas != NULL && lake_open(&lake, argv[optind]) == 0 && verify_lake(&v) == 0) {
		clear_progress(&watch);
		if (v.findings > 0)
			cause_record(STATUS_REFUSED, "%s: %" PRIu64 " findings", argv[optind], v.findings);
		else if (isatty(STDERR_FILENO))
			tool_warn("%s: %" PRIu64 " files, %" PRIu64 " sources, %" PRIu64 " events, %" PRIu64
				  " tables: nothing found",
				  argv[optind], v.files, v.sources, v.done.rows, v.tables);
	}
	clear_progress(&watch);
	lake_close(&lake);
	return tool_finish(NULL);
}
