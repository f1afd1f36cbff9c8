/*
 * scan, usual: every way to scan finds what is there, and a line that goes the short way gives the row or the
 * fault, to the column, that the grammar gives.
 */
#include "source/scan.h"

#include "decode_bench.h"
#include "random.h"

enum { LINES = 60000, TEXTS = 3000, TEXT = 2000 };

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
	static const char *const prices[] = {"null",  "9.99",         "251.0", "-1",  "1e2",
					     "\"9\"", "12345678.125", "0",     "true"};
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
	usual_line *const usual[] = {usual_line_plain, usual_line_sse2, usual_line_best()};
	struct bench grammar, b[3];
	unsigned wrong = 0, rows = 0;

	bench_open(&grammar, schema_read("schemas/event.json"));
	grammar.never_scans = true;
	for (int w = 0; w < 3; w++) {
		bench_open(&b[w], schema_read("schemas/event.json"));
		b[w].scan.blocks = scans[w] != NULL ? scans[w] : scan_blocks_plain;
		decoder_usual_by(b[w].decoder, usual[w] != NULL ? usual[w] : usual_line_plain);
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

int main(void)
{
	test_masks();
	test_lines();
	return tap_done();
}
