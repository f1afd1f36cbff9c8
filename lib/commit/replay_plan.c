#include "commit/replay_plan.h"

#include "commit/undo_files.h"
#include "silver/quarantine_read.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

/* A line that somebody corrected. */
struct corrected {
	uint32_t source; /* its code */
	uint32_t raw;    /* which text */
	uint64_t line;
	const char *path; /* of the file that has it */
	uint64_t row;
	bool found; /* it is in quarantine */
};

/* All of them; once sorted, in the order of sources and lines. */
struct corrections {
	struct corrected *items;
	size_t n, cap;
	struct dictionary sources;
	struct strings raws;
};

static int add_row(struct corrections *c, const char *path, const struct quarantine_reader *q)
{
	struct corrected item = {.raw = c->raws.n, .line = q->reject.line, .path = path, .row = q->rows};

	if (q->reject.raw.len > LINE_LIMIT_MAX)
		return cause_record(STATUS_INPUT, "%s:%" PRIu64 ": a line that is longer than any may be",
				    path, q->rows);
	if (array_reserve(&c->items, &c->cap, c->n + 1, sizeof *c->items) != 0 ||
	    dictionary_code(&c->sources, q->source.data, q->source.len, &item.source) != 0 ||
	    strings_add(&c->raws, q->reject.raw.data, q->reject.raw.len) != 0)
		return -1;
	c->items[c->n++] = item;
	return 0;
}

static int read_file(struct corrections *c, const char *path)
{
	const bool is_input = strcmp(path, "-") == 0;
	const int fd = is_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct quarantine_reader q;
	int more = -1;

	if (fd < 0)
		return cause_system("%s", path);
	if (quarantine_reader_open(&q, fd, path) == 0) {
		while ((more = quarantine_next(&q)) > 0) {
			if (add_row(c, path, &q) != 0) {
				more = -1;
				break;
			}
		}
		quarantine_reader_close(&q);
	}
	if (!is_input)
		close(fd);
	return more;
}

static int compare(const void *a, const void *b)
{
	const struct corrected *x = a, *y = b;

	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

/* Which of two corrections of a line would count? */
static int sort(struct corrections *c)
{
	qsort(c->items, c->n, sizeof *c->items, compare);
	for (size_t i = 1; i < c->n; i++) {
		const struct corrected *item = &c->items[i];
		const struct text source = strings_get(&c->sources.strings, item->source);

		if (compare(&c->items[i - 1], item) == 0)
			return cause_record(STATUS_REFUSED,
					    "%s:%" PRIu64 ": line %" PRIu64
					    " of %.*s is there twice: nothing is changed",
					    item->path, item->row, item->line, (int)source.len, source.data);
	}
	return 0;
}

static struct corrected *find(struct corrections *c, const struct quarantine_reader *q)
{
	struct corrected key = {.line = q->reject.line};

	if (!dictionary_find(&c->sources, q->source.data, q->source.len, &key.source))
		return NULL;
	return bsearch(&key, c->items, c->n, sizeof key, compare);
}

/* The corrected lines of a quarantine file, in its order. */
static int mend_rows(struct undo_plan *p, struct corrections *c, struct quarantine_reader *q)
{
	int more;

	while ((more = quarantine_next(q)) > 0) {
		struct corrected *item = find(c, q);

		if (item == NULL)
			continue;
		item->found = true;
		if (undo_plan_add_mended(p, &(struct control_mended){q->source, q->reject.line,
								     strings_get(&c->raws, item->raw)}) != 0)
			return -1;
	}
	return more;
}

static int mend_file(struct undo_plan *p, struct corrections *c, const struct lake *lake,
		     const struct undo_file *file)
{
	const struct control_want want = {
	    .verdict = WANT_MEND, .path = file->path, .size = file->size, .same_as = file->staged};
	struct buffer path = {0};
	struct quarantine_reader q;
	const int fd = undo_file_open(file, lake, &path);
	int result = -1;

	if (fd >= 0 && undo_plan_add(p, want) == 0 &&
	    quarantine_reader_open(&q, fd, buffer_text(&path)) == 0) {
		result = mend_rows(p, c, &q);
		quarantine_reader_close(&q);
	}
	if (fd >= 0)
		close(fd);
	buffer_free(&path);
	return result;
}

static int check_found(const struct corrections *c, const struct lake *lake)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct corrected *item = &c->items[i];
		const struct text source = strings_get(&c->sources.strings, item->source);

		if (!item->found)
			return cause_record(
			    STATUS_REFUSED,
			    "%s:%" PRIu64 ": line %" PRIu64
			    " of %.*s is not in quarantine (any more): evmark rejects %s lists "
			    "whose lines are",
			    item->path, item->row, item->line, (int)source.len, source.data, lake->path);
	}
	return 0;
}

/* Of every file that has lines of these sources, for the counts of a source are those of all of them. */
static int mend_files(struct undo_plan *p, struct corrections *c, const struct lake *lake, struct db *db)
{
	struct undo_files files = {0};
	int result = undo_files_find(&files, lake, db, &c->sources, false);

	for (size_t i = 0; result == 0 && i < files.n; i++)
		result = mend_file(p, c, lake, &files.items[i]);
	undo_files_free(&files);
	return result != 0 ? -1 : check_found(c, lake);
}

int replay_plan_files(struct undo_plan *p, const struct lake *lake, struct db *db, char **paths)
{
	struct corrections c = {0};
	int result = 0;

	for (size_t i = 0; result == 0 && paths[i] != NULL; i++)
		result = read_file(&c, paths[i]);
	if (result == 0 && c.n == 0)
		result = cause_record(STATUS_USAGE, "%s: no line to be replayed", paths[0]);
	if (result == 0)
		result = sort(&c);
	if (result == 0)
		result = mend_files(p, &c, lake, db);
	free(c.items);
	dictionary_free(&c.sources);
	strings_free(&c.raws);
	return result;
}
