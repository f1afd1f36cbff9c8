/*
 * decode -- one line of Bronze to a row of a builder, or to the reason why not (evlake(7), "Decoding rules").
 *
 * All rules are here, and every tool that reads events uses them. The whole line is parsed first; keys are
 * compared unescaped; of duplicate keys the last counts; the first failing field in schema order gives the
 * reason.
 */
#ifndef EV_DECODE_H
#define EV_DECODE_H

#include "builder.h"
#include "scan.h"
#include "schema.h"

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

struct decoder *decoder_new(const struct schema *schema) MUST_CHECK; /* borrows schema */
void decoder_free(struct decoder *d);
/* Another way to scan than the best, which gives the same rows: for tests. */
void decoder_scan_by(struct decoder *d, scan_line *scan);

/*
 * Line of len bytes without its line end, number counted from 1. Returns 1 and adds a row to the builder
 * (whose columns are the schema's, in order; more may follow, which the caller adds), 0 and sets *fault, or
 * -1 (memory).
 */
int decode_line(struct decoder *d, const char *line, size_t len, uint64_t number, struct builder *b,
		struct decode_fault *fault) MUST_CHECK;

/* Notes since the last clear, in order of first appearance, at most 1,000 (then one named "..." counts the
 * rest). */
size_t decoder_notes(const struct decoder *d, const struct decode_note **notes);
void decoder_notes_clear(struct decoder *d);

#endif
