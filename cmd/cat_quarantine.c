#include "cat_quarantine.h"

#include "silver/quarantine_read.h"

#include <stdlib.h>
#include <string.h>

/* A file on its way. */
struct again {
	struct ingest *ingest;
	uint64_t verdict;
	const struct dictionary *removed;
	const struct cat_mends *mends;
	size_t next, end;     /* of mends: those that are still to come */
	struct buffer source; /* whose lines are on their way; its path */
	bool open;
	struct buffer line; /* a mended one, with room behind it */
};

int cat_mends_add(struct cat_mends *m, size_t file, const struct control_mended *mended)
{
	if (array_reserve(&m->items, &m->cap, m->n + 1, sizeof *m->items) != 0 ||
	    strings_add(&m->texts, mended->source.data, mended->source.len) != 0 ||
	    strings_add(&m->texts, mended->raw.data, mended->raw.len) != 0)
		return -1;
	m->items[m->n++] = (struct cat_mend){file, mended->line};
	return 0;
}

void cat_mends_free(struct cat_mends *m)
{
	free(m->items);
	strings_free(&m->texts);
	*m = (struct cat_mends){0};
}

/* The rows of a source stand together. */
static int turn_to(struct again *a, struct text path)
{
	const struct control_source source = {.path = path, .purpose = SOURCE_AGAIN};

	if (a->open && text_equal(path, (struct text){(const char *)a->source.data, a->source.len}))
		return 0;
	if (a->open && ingest_end(a->ingest) != 0)
		return -1;
	a->open = true;
	buffer_clear(&a->source);
	if (buffer_append(&a->source, path.data, path.len) != 0)
		return -1;
	return ingest_begin(a->ingest, &source);
}

/* Where the line was it is again, whatever is in it now. */
static int decode(struct again *a, struct text raw, const struct control_reject *place)
{
	const struct line line = {
	    .data = raw.data,
	    .len = raw.len > 0 && raw.data[raw.len - 1] == '\r' ? raw.len - 1 : raw.len,
	    .raw_len = raw.len,
	    .number = place->line,
	    .offset = place->offset,
	    .full_len = raw.len,
	};

	return ingest_line(a->ingest, &line);
}

/* The line that somebody made of this row, if it is the next of those: 1, 0, -1. */
static int take_mended(struct again *a, const struct quarantine_reader *q, struct text *raw)
{
	if (a->next == a->end || a->mends->items[a->next].line != q->reject.line ||
	    !text_equal(strings_get(&a->mends->texts, (uint32_t)(2 * a->next)), q->source))
		return 0;
	*raw = strings_get(&a->mends->texts, (uint32_t)(2 * a->next + 1));
	a->next++;
	buffer_clear(&a->line);
	if (buffer_append(&a->line, raw->data, raw->len) != 0 || buffer_reserve(&a->line, LINE_SLACK) != 0)
		return -1;
	memset(a->line.data + a->line.len, 0, LINE_SLACK);
	raw->data = (const char *)a->line.data;
	return 1;
}

static int take(struct again *a, const struct quarantine_reader *q)
{
	const bool is_whole = q->reject.raw.len == q->reject.len;
	struct text raw = q->reject.raw;
	int mended;

	if (turn_to(a, q->source) != 0)
		return -1;
	if (a->verdict == WANT_REPLAY && is_whole)
		return decode(a, raw, &q->reject);
	mended = take_mended(a, q, &raw);
	if (mended < 0)
		return -1;
	if (mended > 0 && (is_whole || !text_equal(raw, q->reject.raw)))
		return decode(a, raw, &q->reject);
	return ingest_reject(a->ingest, &q->reject);
}

static int take_rows(struct again *a, struct quarantine_reader *q, struct control_reread *reread)
{
	uint32_t code;
	int more;

	while ((more = quarantine_next(q)) > 0) {
		const bool goes = dictionary_find(a->removed, q->source.data, q->source.len, &code);

		*(goes ? &reread->left_out : &reread->rows) += 1;
		if (!goes && take(a, q) != 0)
			return -1;
	}
	if (more == 0 && a->next < a->end)
		return cause_record(STATUS_INPUT, "%s: a plan that mends lines which are not in it", q->name);
	return more == 0 && a->open ? ingest_end(a->ingest) : more;
}

int cat_quarantine(struct cat *cat, int fd, const char *name, const struct dictionary *removed,
		   const struct cat_mends *mends, size_t file, struct control_reread *reread)
{
	struct again a = {
	    .ingest = &cat->ingest, .verdict = reread->verdict, .removed = removed, .mends = mends};
	struct quarantine_reader q;
	int result;

	if (quarantine_reader_open(&q, fd, name) != 0)
		return -1;
	while (a.next < mends->n && mends->items[a.next].file < file)
		a.next++;
	for (a.end = a.next; a.end < mends->n && mends->items[a.end].file == file;)
		a.end++;
	result = take_rows(&a, &q, reread);
	quarantine_reader_close(&q);
	buffer_free(&a.source);
	buffer_free(&a.line);
	return result;
}
