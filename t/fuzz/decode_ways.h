/*
 * decode_ways -- lines, each through the grammar alone and through the three short ways, scanned and not: all
 * have to say what the slow reference says.
 */
#ifndef EV_DECODE_WAYS_H
#define EV_DECODE_WAYS_H

#include "../unit/decode_bench.h"
#include "slow_event.h"

enum { WAYS = 4, WAYS_INPUTS = 5000 };

/* DECODE_SLACK bytes, and a line feed before them. */
#define WAYS_SLACK "\n                                                                "

struct ways {
	const char *schema; /* a file */
	/* The way that a line takes depends on the one before: this is the one before the first, with
	 * WAYS_SLACK behind it. */
	const char *usual;
	const struct slow_field *fields;
	struct bench benches[WAYS];
	unsigned inputs;
};

static inline void ways_open(struct ways *ways)
{
	scan_blocks *const scans[] = {scan_blocks_plain, scan_blocks_plain, scan_blocks_sse2,
				      scan_blocks_best()};
	usual_lines *const lines[] = {usual_lines_plain, usual_lines_plain, usual_lines_sse2,
				      usual_lines_best()};

	for (int w = 0; w < WAYS; w++) {
		struct bench *b = &ways->benches[w];

		bench_open(b, schema_read(ways->schema));
		b->never_scans = w == 0;
		b->lines.scan.blocks = scans[w] != NULL ? scans[w] : scan_blocks_plain;
		decoder_usual_by(b->decoder, lines[w] != NULL ? lines[w] : usual_lines_plain);
	}
}

static inline void ways_try(struct ways *ways, const char *line, size_t len)
{
	char *expected = slow_verdict(line, len, ways->fields);

	for (int w = 0; w < WAYS; w++) {
		const char *got = verdict(&ways->benches[w], line, len);

		if (strcmp(got, expected) != 0) {
			fprintf(stderr, "way %d: %.*s\nexpected: %s\ngot:      %s\n", w, (int)len, line,
				expected, got);
			abort();
		}
	}
	free(expected);
}

static inline void ways_begin(const struct ways *ways, struct bench *b)
{
	struct decode_fault fault;

	if (builder_is_full(&b->builder))
		builder_clear(&b->builder);
	MUST(bench_decode(b, ways->usual, strlen(ways->usual) - strlen(WAYS_SLACK), false, &fault) == 1);
	MUST(decoder_flush(b->decoder) == 0);
}

/* Each line of the content. */
static inline void ways_run(struct ways *ways, const uint8_t *data, size_t len)
{
	const char *p = (const char *)data, *const end = p + len;

	if (ways->inputs++ % WAYS_INPUTS == 0) {
		for (int w = 0; ways->inputs > 1 && w < WAYS; w++)
			bench_close(&ways->benches[w]);
		ways_open(ways);
	}
	for (int w = 0; w < WAYS; w++)
		ways_begin(ways, &ways->benches[w]);
	while (p < end) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		const struct line line = {.data = p, .len = (size_t)((stop != NULL ? stop : end) - p)};

		if (!line_is_blank(&line))
			ways_try(ways, line.data, line.len);
		p += line.len + 1;
	}
}

#endif
