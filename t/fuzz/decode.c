/*
 * Lines, each through the grammar alone and through the three short ways, scanned and not: all have to say
 * what the slow reference says.
 */
#include "../unit/decode_bench.h"
#include "slow_event.h"

enum { WAYS = 4, INPUTS = 5000 };

/* The way that a line takes depends on the one before: this is the one before the first. */
static const char usual[] =
    "{\"timestamp\": \"2025-12-07T03:55:56.633003+00:00\", \"user_id\": \"u_1\", \"session_id\": \"s_1\", "
    "\"event_type\": \"page_view\", \"product_id\": \"p_1\", \"quantity\": null, \"price\": null, "
    "\"category\": \"toys\", \"search_query\": null}\n"
    "                                                                "; /* DECODE_SLACK */

static struct bench ways[WAYS];

static void open_ways(void)
{
	scan_blocks *const scans[] = {scan_blocks_plain, scan_blocks_plain, scan_blocks_sse2,
				      scan_blocks_best()};
	usual_lines *const lines[] = {usual_lines_plain, usual_lines_plain, usual_lines_sse2,
				      usual_lines_best()};

	for (int w = 0; w < WAYS; w++) {
		bench_open(&ways[w], schema_read("schemas/event.json"));
		ways[w].never_scans = w == 0;
		ways[w].lines.scan.blocks = scans[w] != NULL ? scans[w] : scan_blocks_plain;
		decoder_usual_by(ways[w].decoder, lines[w] != NULL ? lines[w] : usual_lines_plain);
	}
}

static void try_line(const char *line, size_t len)
{
	char *expected = slow_verdict(line, len);

	for (int w = 0; w < WAYS; w++) {
		const char *got = verdict(&ways[w], line, len);

		if (strcmp(got, expected) != 0) {
			fprintf(stderr, "way %d: %.*s\nexpected: %s\ngot:      %s\n", w, (int)len, line,
				expected, got);
			abort();
		}
	}
	free(expected);
}

static void begin(struct bench *b)
{
	struct decode_fault fault;

	if (builder_is_full(&b->builder))
		builder_clear(&b->builder);
	MUST(bench_decode(b, usual, sizeof usual - 2 - DECODE_SLACK, false, &fault) == 1);
	MUST(decoder_flush(b->decoder) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static unsigned n;
	const char *p = (const char *)data, *const end = p + len;

	if (n++ % INPUTS == 0) {
		for (int w = 0; n > 1 && w < WAYS; w++)
			bench_close(&ways[w]);
		open_ways();
	}
	for (int w = 0; w < WAYS; w++)
		begin(&ways[w]);
	while (p < end) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		const struct line line = {.data = p, .len = (size_t)((stop != NULL ? stop : end) - p)};

		if (!line_is_blank(&line))
			try_line(line.data, line.len);
		p += line.len + 1;
	}
	return 0;
}
