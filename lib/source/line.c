#include "source/line.h"

#include <string.h>

_Static_assert((int)LINE_SLACK >= (int)SCAN_SLACK, "scanning reads beyond the text's end");

enum { CHUNK = 256 << 10 }; /* inflated, scanned and decoded while it is in the second-level cache */

int line_reader_open(struct line_reader *r, struct input *input, size_t limit)
{
	*r = (struct line_reader){.limit = limit, .scan.blocks = scan_blocks_best()};
	line_reader_restart(r, input);
	return buffer_reserve(&r->buffer, 2 * (size_t)CHUNK + LINE_SLACK);
}

void line_reader_close(struct line_reader *r)
{
	buffer_free(&r->buffer);
	buffer_free(&r->prefix);
	scan_free(&r->scan);
}

void line_reader_restart(struct line_reader *r, struct input *input)
{
	r->input = input;
	buffer_clear(&r->buffer);
	r->at = 0;
	r->next = 0;
	r->scan.n = 0;
	r->offset = 0;
	r->lines = 0;
	r->ended = false;
	hash_begin(&r->content);
}

/* Another chunk behind what is left of the last: 1, 0 at the end, -1. */
static int read_chunk(struct line_reader *r)
{
	const size_t left = r->buffer.len - r->at;

	memmove(r->buffer.data, r->buffer.data + r->at, left);
	r->offset += r->at;
	r->at = 0;
	r->buffer.len = left;
	if (buffer_reserve(&r->buffer, (size_t)CHUNK + LINE_SLACK) != 0)
		return -1;
	const ssize_t n = input_read(r->input, r->buffer.data + left, CHUNK);

	if (n < 0)
		return -1;
	hash_update(&r->content, r->buffer.data + left, (size_t)n);
	r->buffer.len += (size_t)n;
	/* What follows the last line is read, and never used; but it is not to be what memory happened to
	 * hold. */
	memset(r->buffer.data + r->buffer.len, 0, LINE_SLACK);
	r->ended = n == 0;
	r->next = 0;
	if (scan_text(&r->scan, (const char *)r->buffer.data, r->buffer.len) != 0)
		return -1;
	return n > 0;
}

static void skip_byte_order_mark(struct line_reader *r)
{
	static const uint8_t mark[3] = {0xef, 0xbb, 0xbf};

	if (r->buffer.len >= sizeof mark && memcmp(r->buffer.data, mark, sizeof mark) == 0)
		r->at = sizeof mark;
}

static void give(struct line_reader *r, struct line *line, size_t len)
{
	const char *data = (const char *)r->buffer.data + r->at;

	line->data = data;
	line->raw_len = len;
	line->len = len > 0 && data[len - 1] == '\r' ? len - 1 : len;
	line->number = ++r->lines;
	line->offset = r->offset + r->at;
	line->full_len = len;
	line->too_long = false;
	line->hash = (struct hash128){0, 0};
}

/* The line at r->at is longer than the limit: its prefix is kept, all of it is hashed, the rest is dropped.
 */
static int give_too_long(struct line_reader *r, struct line *line)
{
	struct hash_stream hash;
	const uint8_t *end = NULL;

	buffer_clear(&r->prefix);
	if (buffer_append(&r->prefix, r->buffer.data + r->at, LINE_PREFIX) != 0 ||
	    buffer_reserve(&r->prefix, LINE_SLACK) != 0)
		return -1;
	give(r, line, LINE_PREFIX);
	line->full_len = 0;
	hash_begin(&hash);
	while (end == NULL) {
		const uint8_t *start = r->buffer.data + r->at;
		const size_t left = r->buffer.len - r->at;
		int more = 1;

		end = memchr(start, '\n', left);
		const size_t part = end != NULL ? (size_t)(end - start) : left;

		hash_update(&hash, start, part);
		line->full_len += part;
		r->at += part + (end != NULL);
		if (end == NULL)
			more = read_chunk(r);
		if (more < 0)
			return -1;
		if (more == 0)
			break;
	}
	while (r->next < r->scan.n && (r->scan.ends[r->next] & ~SCAN_ODD) < r->at)
		r->next++;
	line->data = (const char *)r->prefix.data;
	line->len = line->raw_len = LINE_PREFIX;
	line->too_long = true;
	line->hash = hash_end(&hash);
	return 1;
}

int line_next(struct line_reader *r, struct line *line)
{
	for (;;) {
		const bool has_end = r->next < r->scan.n;
		const size_t len = (has_end ? r->scan.ends[r->next] & ~SCAN_ODD : r->buffer.len) - r->at;

		if (len > r->limit)
			return give_too_long(r, line);
		if (has_end) {
			give(r, line, len);
			r->at += len + 1;
			r->next++;
			return 1;
		}
		if (r->ended) {
			if (len == 0)
				return 0;
			give(r, line, len);
			r->at += len;
			return 1;
		}
		const bool first = r->offset == 0 && r->buffer.len == 0;

		if (read_chunk(r) < 0)
			return -1;
		if (first)
			skip_byte_order_mark(r);
	}
}

uint64_t line_bytes(const struct line_reader *r)
{
	return r->offset + r->buffer.len;
}

struct hash128 line_hash(const struct line_reader *r)
{
	return hash_end(&r->content);
}
