/*
 * line -- the lines of a source, in chunks that stay in the cache.
 *
 * A line ends by LF or by the end of the content; one CR before it is not part of it. A byte order mark at
 * the start of the content is skipped. A line over the limit is not kept: its first 64 KiB, its length and
 * its hash are. Lines given are followed by at least LINE_SLACK readable bytes.
 */
#ifndef EV_LINE_H
#define EV_LINE_H

#include "base/hash.h"
#include "source/input.h"
#include "source/scan.h"

enum { LINE_SLACK = 64, LINE_PREFIX = 64 << 10, LINE_LIMIT = 1 << 20, LINE_LIMIT_MAX = 4 << 20 };

struct line {
	const char *data;  /* borrowed, see line_stays */
	size_t len;        /* bytes, without the line end */
	size_t raw_len;    /* with the CR, if there was one: what a quarantine keeps of data */
	uint64_t number;   /* from 1 */
	uint64_t offset;   /* of data in the content */
	uint64_t full_len; /* bytes without LF: more than raw_len when too long */
	bool too_long;
	struct hash128 hash; /* of all full_len bytes, when too long */
};

struct line_reader {
	struct input *input;
	size_t limit;
	struct buffer buffer;
	struct buffer prefix; /* of a line that is too long */
	size_t at;            /* first byte of buffer that is not given yet */
	uint64_t offset;      /* of buffer.data[0] in the content */
	uint64_t lines;
	bool ended;
	struct hash_stream content;
	struct scan scan; /* of buffer */
	size_t next;      /* of the scan's lines */
};

/* input stays the caller's. A line may have up to limit bytes. */
int line_reader_open(struct line_reader *r, struct input *input, size_t limit) MUST_CHECK;
void line_reader_close(struct line_reader *r); /* keeps nothing */
/* The same reader, its memory kept, for another source. */
void line_reader_restart(struct line_reader *r, struct input *input);
/* 1 and a line, 0 at the verified end, -1. */
int line_next(struct line_reader *r, struct line *line) MUST_CHECK;
/* Whether the lines given so far stay where they are when the next is asked for. */
static inline bool line_stays(const struct line_reader *r)
{
	return r->next < r->scan.n;
}
/*
 * For who takes lines from the scan: how many have ended, from r->at on, and are not given yet; and n of
 * these, one or more, were taken. None of them may be over the limit.
 */
static inline size_t line_ahead(const struct line_reader *r)
{
	return r->scan.n - r->next;
}
static inline void line_pass(struct line_reader *r, size_t n)
{
	r->next += n;
	r->lines += n;
	r->at = (r->scan.ends[r->next - 1] & ~SCAN_ODD) + 1;
}
/* Nothing but JSON white space. */
static inline bool line_is_blank(const struct line *line)
{
	size_t i = 0;

	while (i < line->len && (line->data[i] == ' ' || line->data[i] == '\t' || line->data[i] == '\r'))
		i++;
	return i == line->len;
}
/* Of the content read so far: bytes, and their hash. */
uint64_t line_bytes(const struct line_reader *r);
struct hash128 line_hash(const struct line_reader *r);

#endif
