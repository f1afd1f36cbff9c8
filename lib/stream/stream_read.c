#include "stream/stream.h"

#include "column/batch_wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *stream_kind_name(enum stream_kind kind)
{
	static const char *const names[] = {[STREAM_PLAN] = "plan",
					    [STREAM_EVENTS] = "events",
					    [STREAM_SILVER] = "silver",
					    [STREAM_PARTIAL] = "partial"};

	return kind >= STREAM_PLAN && kind <= STREAM_PARTIAL ? names[kind] : NULL;
}

static int broken(const struct stream *s, const char *what)
{
	return cause_record(STATUS_INPUT, "%s: broken stream before byte %llu: %s", s->frames.name,
			    (unsigned long long)s->frames.offset, what);
}

int stream_open(struct stream *s, int fd, const char *name)
{
	*s = (struct stream){0};
	return frame_reader_open(&s->frames, fd, name);
}

static void forget_header(struct stream *s)
{
	for (size_t i = 0; s->dictionaries != NULL && i < s->columns.n; i++)
		strings_free(&s->dictionaries[i]);
	free(s->dictionaries);
	free(s->vectors);
	free(s->command_copy);
	columns_free(&s->columns);
	s->dictionaries = NULL;
	s->vectors = NULL;
	s->command_copy = NULL;
}

void stream_close(struct stream *s)
{
	forget_header(s);
	buffer_free(&s->source_path);
	frame_reader_close(&s->frames);
	*s = (struct stream){0};
}

int stream_accept(const struct stream *s, unsigned kinds)
{
	if (kinds >> s->kind & 1)
		return 0;
	return cause_record(
	    STATUS_INPUT,
	    "%s: this is a stream of kind %s (by: %.*s), which belongs at another place of the pipe",
	    s->frames.name, stream_kind_name(s->kind), (int)s->command.len, s->command.data);
}

/* What a header is made of; decoded by hand because the columns are a list. */
struct cursor {
	const uint8_t *p;
	size_t left;
};

static bool take_number(struct cursor *c, uint64_t *number)
{
	if (c->left < sizeof *number)
		return false;
	memcpy(number, c->p, sizeof *number);
	c->p += sizeof *number;
	c->left -= sizeof *number;
	return true;
}

/* A copy with a NUL behind it, or NULL: cut, or memory. */
static char *take_text(struct cursor *c)
{
	uint64_t len;
	char *copy;

	if (!take_number(c, &len) || len > c->left || ((len + 7) & ~(uint64_t)7) > c->left)
		return NULL;
	copy = strndup((const char *)c->p, len);
	c->p += (len + 7) & ~(uint64_t)7;
	c->left -= (len + 7) & ~(uint64_t)7;
	return copy;
}

static int read_columns(struct stream *s, struct cursor *c)
{
	uint64_t n, type, nullable;

	if (!take_number(c, &n) || n > c->left / 16)
		return broken(s, "a header that is cut short");
	for (uint64_t i = 0; i < n; i++) {
		char *name = take_text(c);
		int result;

		if (name == NULL || !take_number(c, &type) || !take_number(c, &nullable)) {
			free(name);
			return broken(s, "a header that is cut short");
		}
		if (type > COLUMN_BOOL || column_type_name((enum column_type)type) == NULL || nullable > 1) {
			free(name);
			return broken(s, "a header with a column type that this version does not know");
		}
		result = columns_add(&s->columns, name, (enum column_type)type, nullable == 1);
		free(name);
		if (result != 0)
			return -1;
	}
	if (c->left != 0)
		return broken(s, "a header with bytes left over");
	return 0;
}

static int read_header(struct stream *s)
{
	struct cursor c = {s->frame.payload, s->frame.len};
	uint64_t kind;

	forget_header(s);
	if (s->frame.type != FRAME_HEADER)
		return broken(s, "the first frame is no header");
	if (!take_number(&c, &kind) || (s->command_copy = take_text(&c)) == NULL)
		return broken(s, "a header that is cut short");
	if (kind > STREAM_PARTIAL || stream_kind_name((enum stream_kind)kind) == NULL)
		return broken(s, "a kind of stream that this version does not know");
	s->kind = (enum stream_kind)kind;
	s->command = text_of(s->command_copy);
	if (read_columns(s, &c) != 0)
		return -1;
	s->dictionaries = calloc(s->columns.n + 1, sizeof *s->dictionaries);
	s->vectors = calloc(s->columns.n + 1, sizeof *s->vectors);
	if (s->dictionaries == NULL || s->vectors == NULL)
		return cause_memory();
	return 0;
}

/* At a place where a stream may begin or the input may end: 1 behind the magic line, 0 at the end. */
static int read_magic(struct stream *s)
{
	static const char family[] = "evlake stream ";
	const char *line;
	int got = frame_reader_fill(&s->frames, STREAM_MAGIC_LEN);

	if (got < 0)
		return -1;
	line = (const char *)s->frames.buffer.data + s->frames.start;
	if (got == 0) {
		const size_t left = s->frames.buffer.len - s->frames.start;

		if (left == 0 && s->seen)
			return 0;
		if (left == 0)
			return cause_record(STATUS_SYSTEM,
					    "%s: no stream at all: an earlier stage failed or was killed",
					    s->frames.name);
		if (memcmp(line, family, left < sizeof family - 1 ? left : sizeof family - 1) == 0)
			return cause_record(STATUS_SYSTEM, "%s: the stream stops in its first line",
					    s->frames.name);
		return cause_record(STATUS_INPUT, "%s: not an evlake stream", s->frames.name);
	}
	if (memcmp(line, STREAM_MAGIC, STREAM_MAGIC_LEN) != 0) {
		if (memcmp(line, family, sizeof family - 1) == 0)
			return cause_record(
			    STATUS_INPUT, "%s: a stream of another version (%.*s); this is version 1",
			    s->frames.name, (int)strcspn(line, " ("), line + sizeof family - 1);
		return cause_record(STATUS_INPUT, "%s: not an evlake stream", s->frames.name);
	}
	frame_reader_skip(&s->frames, STREAM_MAGIC_LEN);
	return 1;
}

static void count_frame(struct stream *s, const struct frame *f)
{
	hash_update(&s->hash, &f->checksum, sizeof f->checksum);
	s->n_frames++;
}

/* A batch is followed by what stages have added to it: read on until every column of the stream is there. */
static int read_batch(struct stream *s)
{
	struct wire_batch head, more;
	size_t columns;

	if (s->frame.len < sizeof head)
		return broken(s, "a batch that is cut short");
	memcpy(&head, s->frame.payload, sizeof head);
	columns = head.columns;
	s->n_parts = 0;
	s->parts[s->n_parts++] = s->frame;
	frame_hold(&s->frames, &s->frame);
	while (columns < s->columns.n && s->n_parts < STREAM_PARTS) {
		struct frame *f = &s->parts[s->n_parts++];

		if (frame_read(&s->frames, f) < 0)
			return -1;
		count_frame(s, f);
		if (f->type != FRAME_COLUMNS || f->len < sizeof more)
			return broken(s, "a batch that lacks columns");
		memcpy(&more, f->payload, sizeof more);
		if (more.rows != head.rows)
			return broken(s, "added columns of another length than their batch");
		columns += more.columns;
	}
	if (columns != s->columns.n)
		return broken(s, "a batch with another number of columns than its stream");
	/* Reading may have moved them: all parts lie one behind the other from the held one on. */
	const uint8_t *at = frame_held(&s->frames);

	for (size_t i = 0; i < s->n_parts; i++) {
		s->parts[i].payload = at;
		at += s->parts[i].len + FRAME_HEAD;
	}
	s->frame = s->parts[0];
	s->rows = head.rows;
	s->n_rows += head.rows;
	s->source_rows += head.rows;
	return s->in_source ? 1 : broken(s, "rows outside a source");
}

int stream_decode(struct stream *s)
{
	size_t column = 0;

	for (size_t i = 0; i < s->n_parts; i++) {
		struct wire_batch head;
		uint32_t rows;

		memcpy(&head, s->parts[i].payload, sizeof head);
		if (batch_decode(s->parts[i].payload, s->parts[i].len, s->columns.items + column,
				 head.columns, s->dictionaries + column, s->vectors + column, &rows) != 0)
			return -1;
		column += head.columns;
	}
	s->batch = (struct batch){s->rows, (uint32_t)s->columns.n, s->vectors};
	return 0;
}

static int read_strings(struct stream *s)
{
	struct cursor c = {s->frame.payload, s->frame.len};
	uint64_t column, first, n;

	if (!take_number(&c, &column) || !take_number(&c, &first) || !take_number(&c, &n))
		return broken(s, "a dictionary that is cut short");
	if (column >= s->columns.n || s->columns.items[column].type != COLUMN_STRING)
		return broken(s, "a dictionary for a column that has none");
	struct strings *strings = &s->dictionaries[column];

	if (first != strings->n || n == 0 || n > c.left / 4)
		return broken(s, "a dictionary that does not go on where it stopped");
	const uint32_t *lengths = (const uint32_t *)(const void *)c.p;
	const size_t lengths_len = (n * sizeof *lengths + 7) & ~(size_t)7;
	uint64_t len = 0;

	if (lengths_len > c.left)
		return broken(s, "a dictionary that is cut short");
	for (uint64_t i = 0; i < n; i++)
		len += lengths[i];
	if (len > c.left - lengths_len)
		return broken(s, "a dictionary that is cut short");
	if (c.left - lengths_len - len >= 8)
		return broken(s, "a dictionary with bytes left over");
	if (strings_add_all(strings, lengths, (uint32_t)n, c.p + lengths_len) != 0)
		return -1;
	s->column = column;
	return 1;
}

static int read_reset(struct stream *s)
{
	struct cursor c = {s->frame.payload, s->frame.len};
	uint64_t column;

	if (!take_number(&c, &column) || c.left != 0 || column >= s->columns.n)
		return broken(s, "a reset of no column");
	strings_clear(&s->dictionaries[column]);
	s->column = column;
	return 1;
}

static int read_source(struct stream *s)
{
	if (control_decode_source(&s->frame, &s->source) != 0)
		return -1;
	if (s->in_source)
		return broken(s, "a source inside a source");
	if (s->source.purpose > SOURCE_AGAIN)
		return broken(s, "a source of no known purpose");
	/* Its path is asked for as long as its rows come. */
	buffer_clear(&s->source_path);
	if (buffer_append(&s->source_path, s->source.path.data, s->source.path.len) != 0 ||
	    buffer_reserve(&s->source_path, 1) != 0)
		return -1;
	s->source.path.data = (const char *)s->source_path.data;
	s->in_source = true;
	s->source_rows = 0;
	return 1;
}

static int read_source_end(struct stream *s)
{
	const struct control_source_end *e = &s->source_end;

	if (control_decode_source_end(&s->frame, &s->source_end) != 0)
		return -1;
	/* A partial stream has the rows' aggregates instead. */
	if (!s->in_source || (s->kind != STREAM_PARTIAL && e->rows != s->source_rows))
		return broken(s, "a source with another number of rows than its end says");
	if (e->more > e->rows || e->lines + e->more != e->rows + e->rejects + e->blank)
		return broken(s, "a source whose lines are not its rows, rejects and blank lines");
	s->in_source = false;
	return 1;
}

static int read_error(struct stream *s)
{
	struct control_error error;
	char tool[64], message[2048];

	if (control_decode_error(&s->frame, &error) != 0)
		return -1;
	snprintf(tool, sizeof tool, "%.*s", (int)(error.tool.len > 63 ? 63 : error.tool.len),
		 error.tool.data);
	snprintf(message, sizeof message, "%.*s", (int)(error.message.len > 2047 ? 2047 : error.message.len),
		 error.message.data);
	/* A forged one must not turn a failure into a success, or into silence. */
	if (error.status < STATUS_REFUSED || error.status > STATUS_RETRY || tool[0] == '\0' ||
	    message[0] == '\0')
		return broken(s, "an error of nobody, or without a cause");
	return cause_upstream(tool, (enum status)error.status, message);
}

static int read_trailer(struct stream *s)
{
	const struct control_trailer *t = &s->trailer;

	if (control_decode_trailer(&s->frame, &s->trailer) != 0)
		return -1;
	if (t->frames != s->n_frames || t->rows != s->n_rows || t->hash != hash_end(&s->hash).low)
		return broken(s, "a trailer that does not match what was before it");
	if (s->in_source)
		return broken(s, "a trailer inside a source");
	s->inside = false;
	s->seen = true;
	return 1;
}

static int begin(struct stream *s)
{
	int got = read_magic(s);

	if (got <= 0)
		return got;
	if (frame_read(&s->frames, &s->frame) < 0)
		return -1;
	if (s->frame.type == FRAME_ERROR) /* a stage that failed before it had a header to write */
		return read_error(s);
	if (read_header(s) != 0)
		return -1;
	hash_begin(&s->hash);
	s->n_frames = 0;
	s->n_rows = 0;
	s->in_source = false;
	s->inside = true;
	s->type = FRAME_HEADER;
	count_frame(s, &s->frame);
	return 1;
}

#define CONTROL(NAME) return control_decode_##NAME(&s->frame, &s->NAME) == 0 ? 1 : -1

int stream_next(struct stream *s)
{
	frame_drop(&s->frames);
	if (!s->inside)
		return begin(s);
	if (frame_read(&s->frames, &s->frame) < 0)
		return -1;
	s->type = s->frame.type;
	if (s->type == FRAME_TRAILER)
		return read_trailer(s);
	count_frame(s, &s->frame);
	switch (s->type) {
	case FRAME_BATCH: return read_batch(s);
	case FRAME_STRINGS: return read_strings(s);
	case FRAME_RESET: return read_reset(s);
	case FRAME_SOURCE: return read_source(s);
	case FRAME_SOURCE_END: return read_source_end(s);
	case FRAME_RUN: CONTROL(run);
	case FRAME_WANT: CONTROL(want);
	case FRAME_REJECT: CONTROL(reject);
	case FRAME_STAGED: CONTROL(staged);
	case FRAME_TALLY: CONTROL(tally);
	case FRAME_SHARD: CONTROL(shard);
	case FRAME_PARTIAL: CONTROL(partial);
	case FRAME_FOLDER: CONTROL(folder);
	case FRAME_REREAD: CONTROL(reread);
	case FRAME_MENDED: CONTROL(mended);
	case FRAME_RULES: CONTROL(rules);
	case FRAME_ERROR: return read_error(s);
	default:
		if (s->type & FRAME_ANCILLARY)
			return 1;
		return broken(s, "a frame of a type that this version does not know");
	}
}
