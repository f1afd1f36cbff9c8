/*
 * scan: every way to scan gives the same masks, and a line that goes the short way gives the row or the
 * fault, to the column, that the grammar gives.
 */
#include "../../lib/scan.h"

#include "decode_bench.h"
#include "random.h"

enum { LINES = 60000 };

static void test_masks(void)
{
	scan_line *const ways[] = {scan_line_plain, scan_line_sse2, scan_line_avx2};
	static const char bytes[] = "\"\"ab\xc3 1\\\x01\t~\x7f";
	char line[600 + SCAN_SLACK];
	unsigned wrong = 0, good = 0, n_ways = 0;

	for (unsigned i = 0; i < LINES; i++) {
		const size_t len = random_next() % 600;
		const unsigned kinds = i % 3 == 0 ? sizeof bytes - 1 : 8 - i % 2 * 4;
		struct scan first;
		bool taken = false;

		for (size_t k = 0; k < sizeof line; k++)
			line[k] = k < len ? bytes[random_next() % kinds] : (char)random_next();
		n_ways = 0;
		for (unsigned w = 0; w < 3; w++) {
			struct scan s;

			if (ways[w] == NULL || (w == 2 && scan_line_best() != ways[2]))
				continue;
			const bool result = ways[w](line, len, &s);

			if (n_ways++ == 0) {
				taken = result;
				first = s;
				continue;
			}
			wrong += result != taken;
			if (!taken || !result)
				continue;
			wrong += s.is_ascii != first.is_ascii;
			for (size_t at = 0; at < len; at++)
				wrong += scan_next(&s, at, len) != scan_next(&first, at, len);
		}
		if (!taken)
			continue;
		good++;
		for (size_t at = 0; at < len; at++) {
			const char *next = memchr(line + at, '"', len - at);

			wrong += scan_next(&first, at, len) != (next == NULL ? len : (size_t)(next - line));
		}
	}
	ok(wrong == 0 && good > LINES / 4, "%u ways to scan agree, %u of %u lines being taken", n_ways, good,
	   LINES);
	ok(!scan_line_plain(line, SCAN_LINE + 1, &(struct scan){0}), "a line that is too long is not");
}

/* The grammar alone: the twin that every other way is held against. */
static bool scan_nothing(const char *line, size_t len, struct scan *s)
{
	(void)line;
	(void)len;
	(void)s;
	return false;
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
	scan_line *const ways[] = {scan_line_plain, scan_line_sse2, scan_line_best()};
	struct bench grammar, b[3];
	unsigned wrong = 0, rows = 0;

	bench_open(&grammar, schema_read("schemas/event.json"));
	decoder_scan_by(grammar.decoder, scan_nothing);
	for (int w = 0; w < 3; w++) {
		bench_open(&b[w], schema_read("schemas/event.json"));
		decoder_scan_by(b[w].decoder, ways[w] != NULL ? ways[w] : scan_line_plain);
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
