/*
 * scan, usual: every way to scan finds what is there, and a line that goes the short way gives the row or the
 * fault, to the column, that the grammar gives.
 */
#include "source/scan.h"

#include "decode_bench.h"
#include "random.h"

enum {
	LINES = 60000,
	TEXTS = 3000,
	TEXT = 2000,
	BLOCKS = 300,
	BLOCK_LINES = 200,
	BLOCK = BLOCK_LINES * 1024
};

/* How many bytes of the text from `from` on, before `to`, make a line odd. */
static unsigned odd_bytes(const char *text, size_t from, size_t to)
{
	unsigned n = 0;

	for (size_t i = from; i < to; i++)
		n += ((unsigned char)text[i] < 0x20 && text[i] != '\n') || text[i] == '\\' ||
		     (text[i] & 0x80) != 0;
	return n;
}

/* What a scan says of a text, byte by byte; text has slack, which must not matter. */
static unsigned wrong_in(const struct scan *s, const char *text, size_t len)
{
	size_t line = 0, start = 0;
	unsigned wrong = 0;

	for (size_t i = 0; i < len; i++) {
		wrong += (s->quotes[i / 64] >> (i % 64) & 1) != (text[i] == '"');
		if (text[i] != '\n')
			continue;
		if (line >= s->n)
			return wrong + 1;
		const bool odd = (s->ends[line] & SCAN_ODD) != 0;
		const size_t block_end = i / 64 * 64 + 64;

		wrong += (s->ends[line] & ~SCAN_ODD) != i;
		/* Never missed, and not without a reason in the blocks that it and the end before it touch.
		 */
		wrong += !odd && odd_bytes(text, start, i) > 0;
		wrong += odd && odd_bytes(text, (start - (start > 0)) / 64 * 64, block_end) == 0;
		line++;
		start = i + 1;
	}
	for (size_t at = 0; at <= len; at += 7) {
		const char *next = memchr(text + at, '"', len - at);
		const size_t found = scan_next(s, at, len);

		wrong += next == NULL ? found < len : found != (size_t)(next - text);
	}
	return wrong + (line != s->n);
}

static void test_masks(void)
{
	scan_blocks *const ways[] = {scan_blocks_plain, scan_blocks_sse2,
				     scan_has_avx2() ? scan_blocks_avx2 : NULL};
	static const char bytes[] = "\"a\nb c,\"1234567890abcdefghijklmnopqrstuvwxyz~\x7f\xc3\\\x01\t\r";
	static char text[TEXT + SCAN_SLACK];
	unsigned wrong = 0, n_ways = 0;

	for (unsigned w = 0; w < 3; w++) {
		struct scan s = {.blocks = ways[w]};

		if (ways[w] == NULL)
			continue;
		n_ways++;
		for (unsigned i = 0; i < TEXTS; i++) {
			const size_t len = random_next() % TEXT;
			/* Odd texts; plain ones; many lines in a block. */
			const unsigned kinds = i % 3 == 0   ? sizeof bytes - 1
					       : i % 3 == 1 ? 43
							    : 2 + 40 * (i % 2);

			for (size_t k = 0; k < sizeof text; k++)
				text[k] = bytes[random_next() % (k < len ? kinds : sizeof bytes - 1)];
			if (scan_text(&s, text, len) != 0)
				abort();
			wrong += wrong_in(&s, text, len);
		}
		scan_free(&s);
	}
	ok(wrong == 0, "%u ways to scan say what is there", n_ways);
}

static size_t make_line(char line[1024])
{
	static const char *const types[] = {"page_view", "purchase", "search", "", "refund"};
	static const char *const prices[] = {"null",  "9.99",         "251.0",   "-1",  "1e2",
					     "\"9\"", "12345678.125", "2000000", "true"};
	static const char *const users[] = {"u_12345",  "",     "\xc3\xbc",
					    "u\\u0041", "\xff", "a longer id than eleven bytes"};
	static const char *const times[] = {"2025-12-07T03:55:56.633003+00:00", "2025-12-07T03:55:56Z",
					    "2025-12-07 03:55", "yesterday",
					    "2025-12-07T03:55:56.633003+01:00"};
	const char *comma = random_next() % 8 ? ", " : ",", *colon = random_next() % 8 ? ": " : ":";

#define ANY(LIST) LIST[random_next() % 3 ? 0 : random_next() % (sizeof LIST / sizeof *LIST)]
	int len = snprintf(
	    line, 1024,
	    "{\"timestamp\"%s\"%s\"%s\"user_id\"%s\"%s\"%s\"session_id\"%s\"s_1\"%s\"event_type\"%s\"%s\"%s"
	    "\"product_id\"%snull%s\"quantity\"%s%s%s\"price\"%s%s%s\"category\"%s\"toys\"%s\"search_query\"%"
	    "snull}",
	    colon, ANY(times), comma, colon, ANY(users), comma, colon, comma, colon, ANY(types), comma, colon,
	    comma, colon, ANY(prices), comma, colon, ANY(prices), comma, colon, comma, colon);
#undef ANY
	return (size_t)len;
}

static void damage(char *line, size_t *len)
{
	static const char bytes[] = "\"\"\\{}[]:, \t0123456789.eE+-nul\n\x7f\xc3\xa4\xff";

	for (unsigned n = random_next() % 4; n > 0; n--) {
		const size_t at = random_next() % *len;

		if (random_next() % 3 == 0) {
			memmove(line + at, line + at + 1, *len - at - 1);
			--*len;
		} else {
			line[at] = bytes[random_next() % (sizeof bytes - 1)];
		}
	}
}

static void test_lines(void)
{
	scan_blocks *const scans[] = {scan_blocks_plain, scan_blocks_sse2, scan_blocks_best()};
	usual_lines *const usual[] = {usual_lines_plain, usual_lines_sse2, usual_lines_best()};
	struct bench grammar, b[3];
	unsigned wrong = 0, rows = 0;

	bench_open(&grammar, schema_read("schemas/event.json"));
	grammar.never_scans = true;
	for (int w = 0; w < 3; w++) {
		bench_open(&b[w], schema_read("schemas/event.json"));
		b[w].lines.scan.blocks = scans[w] != NULL ? scans[w] : scan_blocks_plain;
		decoder_usual_by(b[w].decoder, usual[w] != NULL ? usual[w] : usual_lines_plain);
	}
	for (unsigned i = 0; i < LINES; i++) {
		char line[1024];
		size_t len = make_line(line);

		if (i % 2)
			damage(line, &len);
		char *expected = strdup(verdict(&grammar, line, len));

		rows += strchr(expected, '|') != NULL;
		for (int w = 0; w < 3; w++) {
			const char *got = verdict(&b[w], line, len);

			if (strcmp(expected, got) != 0 && wrong++ == 0)
				fprintf(stderr, "# %.*s\n# %s\n# %s\n", (int)len, line, expected, got);
		}
		free(expected);
	}
	ok(wrong == 0 && rows > LINES / 20, "%u lines, %u of them good, mean the same whichever way", LINES,
	   rows);
	for (int w = 0; w < 3; w++)
		bench_close(&b[w]);
	bench_close(&grammar);
}

/* Lines as a source has them: mostly alike, some damaged, some with a key or a value that nobody expects. */
static size_t make_block(char *text)
{
	size_t n = 0;

	for (unsigned i = 0; i < BLOCK_LINES; i++) {
		size_t len = make_line(text + n);

		if (random_next() % 16 == 0)
			damage(text + n, &len);
		if (random_next() % 32 == 0)
			len += (size_t)sprintf(text + n + len - 1, ", \"key %u\": 1}", i % 3) - 1;
		if (random_next() % 32 == 0)
			text[n + len++] = '\r';
		n += len;
		text[n++] = '\n';
	}
	memset(text + n, 0, DECODE_SLACK);
	return n;
}

static int add_strings(struct bench *b, size_t column, struct buffer *out)
{
	const int news = builder_encode_strings(&b->builder, column, 0, &b->batch);

	return news <= 0 ? news : buffer_append(out, b->batch.data, b->batch.len);
}

/* All lines of a text, of which as many as can go the short way: what becomes of them, and what is noted. */
static void take_block(struct bench *b, const char *text, size_t len, struct buffer *out)
{
	struct line_reader *r = &b->lines;
	const struct decode_note *notes;
	int result = 0;

	buffer_clear(out);
	r->buffer = (struct buffer){.data = (uint8_t *)(uintptr_t)text, .len = len};
	r->at = r->next = 0;
	if (scan_text(&r->scan, text, len) != 0)
		abort();
	while (result == 0 && line_ahead(r) > 0) {
		struct decode_fault fault;
		struct line line;
		int taken = b->never_scans ? 0 : decode_usual(b->decoder, r);

		if (taken != 0 || line_next(r, &line) != 1 || line_is_blank(&line))
			continue;
		taken = decode_line(b->decoder, &line, &fault);
		if (taken == 0)
			result = buffer_printf(out, "%zu %s %s %zu\n", (size_t)line.number, fault.reason,
					       fault.field, fault.column);
	}
	if (result != 0 || decoder_flush(b->decoder) != 0)
		abort();
	for (size_t i = decoder_notes(b->decoder, &notes); i > 0; i--, notes++)
		result |= buffer_printf(out, "%s %.*s %u %u\n", notes->field, (int)notes->name.len,
					notes->name.data, (unsigned)notes->count, (unsigned)notes->line);
	for (size_t i = 0; i < b->columns.n; i++)
		result |= add_strings(b, i, out);
	decoder_notes_clear(b->decoder);
	if (result != 0 || builder_encode(&b->builder, &b->batch) != 0 ||
	    buffer_append(out, b->batch.data, b->batch.len) != 0)
		abort();
}

static void test_blocks(void)
{
	usual_lines *const usual[] = {usual_lines_plain, usual_lines_sse2, usual_lines_best()};
	static char text[BLOCK + DECODE_SLACK];
	struct buffer expected = {0}, got = {0};
	struct bench grammar, b[3];
	unsigned wrong = 0;

	bench_open(&grammar, schema_read("schemas/event.json"));
	grammar.never_scans = true;
	for (int w = 0; w < 3; w++) {
		bench_open(&b[w], schema_read("schemas/event.json"));
		decoder_usual_by(b[w].decoder, usual[w] != NULL ? usual[w] : usual_lines_plain);
	}
	for (unsigned i = 0; i < BLOCKS; i++) {
		const size_t len = make_block(text);

		take_block(&grammar, text, len, &expected);
		for (int w = 0; w < 3; w++) {
			take_block(&b[w], text, len, &got);
			wrong += got.len != expected.len || memcmp(got.data, expected.data, got.len) != 0;
		}
	}
	ok(wrong == 0, "%u times %u lines at once: the same rows, faults and notes", BLOCKS, BLOCK_LINES);
	for (int w = 0; w < 3; w++)
		bench_close(&b[w]);
	bench_close(&grammar);
	buffer_free(&expected);
	buffer_free(&got);
}

int main(void)
{
	test_masks();
	test_lines();
	test_blocks();
	return tap_done();
}
