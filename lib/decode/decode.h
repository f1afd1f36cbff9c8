/*
 * decode -- one line of Bronze to a row of a builder, or to the reason why not (evlake(7), "Decoding rules").
 *
 * All rules are here, and every tool that reads events uses them. The whole line is parsed first; keys are
 * compared unescaped; of duplicate keys the last counts; the first failing field in schema order gives the
 * reason.
 */
#ifndef EV_DECODE_H
#define EV_DECODE_H

#include "column/builder.h"
#include "decode/schema.h"
#include "decode/usual.h"
#include "source/line.h"

/* Readable bytes that must follow a line's last: inner loops read in blocks. */
enum { DECODE_SLACK = 64 };

struct decode_fault {
	const char *reason; /* "bad_price"; lives as long as the decoder */
	const char *field;  /* "price", or "" */
	size_t column; /* from 1, in bytes of the line: of the value, or of the first byte that is not JSON; 0
			  when absent */
};

/* Something noticed in good lines: unknown keys, values outside x-known. Reset by decoder_notes_clear. */
struct decode_note {
	struct text name;  /* the key or the value, cut to 256 bytes at a code point */
	const char *field; /* for a value its field; "" for a key */
	uint64_t count;
	uint64_t line; /* of the first */
};

struct decoder;

/* Both borrowed. The builder's columns are the schema's, in order, and `line` (int64), the line's number. */
struct decoder *decoder_new(const struct schema *schema, struct builder *builder) MUST_CHECK;
void decoder_free(struct decoder *d);
/* Another way to take usual lines than the best, which gives the same rows: for tests. */
void decoder_usual_by(struct decoder *d, usual_lines *usual);

/*
 * Lines that the reader has not given yet, as long as they are like the line before and good: it is passed
 * over them. Returns how many, each of them a row, or -1 (memory); 0 is for line_next and decode_line to go
 * on, which take any line.
 */
int decode_usual(struct decoder *d, struct line_reader *lines) MUST_CHECK;
/*
 * A line, not a blank one, nor one that is too long. Returns 1 for a row; 0 and sets *fault; or -1 (memory).
 *
 * Rows go into the builder some at a time. Those that have not are in the lines' own memory: decoder_flush
 * has to be called before that goes away, and before the builder is asked for its rows.
 */
int decode_line(struct decoder *d, const struct line *line, struct decode_fault *fault) MUST_CHECK;
int decoder_flush(struct decoder *d) MUST_CHECK;
/* The same verdict, and no row. */
int decode_check(struct decoder *d, const struct line *line, struct decode_fault *fault) MUST_CHECK;

/*
 * Whether the builder's rows come to whole cells. It is then that rows are flushed, and behind a line of more
 * than DECODE_LONG bytes; so it is there that a batch may end without it depending on how the lines lay in
 * memory.
 */
enum { DECODE_LONG = USUAL_LONG };

static inline bool decode_is_even(const struct builder *b)
{
	return builder_rows(b) % CELLS_ROWS == 0;
}

/* Notes since the last clear, in order of first appearance, at most 1,000 (then one named "..." counts the
 * rest). */
size_t decoder_notes(const struct decoder *d, const struct decode_note **notes);
void decoder_notes_clear(struct decoder *d);

#endif
