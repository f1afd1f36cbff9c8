/* decode: fields that stand elsewhere than under their names, and are written otherwise: x-from, x-format,
 * x-lenient. */
#include "decode_bench.h"
#include "random.h"

static const char properties[] =
    "{\"type\":\"object\",\"required\":[\"timestamp\",\"user_id\"],\"properties\":{"
    "\"timestamp\":{\"type\":[\"number\",\"string\"],\"x-from\":\"ctx.at\",\"x-format\":\"epoch-s\","
    "\"x-lenient\":true},"
    "\"user_id\":{\"type\":\"string\",\"x-from\":\"ctx.user.id\"},"
    "\"price\":{\"type\":[\"number\",\"null\"],\"x-column\":\"decimal\",\"minimum\":0,\"x-lenient\":true,"
    "\"x-from\":\"item.price\"},"
    "\"n\":{\"type\":\"integer\",\"x-lenient\":true,\"x-column\":\"int32\"},"
    "\"ms\":{\"type\":\"integer\",\"x-format\":\"epoch-ms\",\"minimum\":0,\"exclusiveMaximum\":2e12},"
    "\"us\":{\"type\":[\"integer\",\"null\"],\"x-format\":\"epoch-us\"},"
    "\"ratio\":{\"type\":\"number\",\"x-lenient\":true,\"x-from\":\"item.a\\\\.b\"},"
    "\"a.b\":{\"type\":\"string\"}}}";

#define ROW(time, user, price, n, ms, us, ratio, ab) \
	time "000000|" user "|" price "|" n "|" ms "|" us "|" ratio "|" ab
#define WITH(rest) "{\"ctx\":{\"at\":5,\"user\":{\"id\":\"u\"}}," rest "}"

/* The column of a fault is where the `@` stands, which is not in the line; without one it is 0. */
static const struct {
	const char *line, *verdict;
} lines[] = {
    {"{\"ctx\": {\"at\": 1733540000, \"user\": {\"id\": \"u\"}}, \"item\": {\"price\": 1.5, \"a.b\": 2}, "
     "\"n\": 7, "
     "\"ms\": 1733540000123, \"us\": null, \"a.b\": \"x\"}",
     ROW("1733540000", "u", "1500000", "7", "1733540000123000", "-", "2", "x")},
    /* Paths: in any order, with anything around. */
    {"{\"item\":{},\"ctx\":{\"user\":{\"x\":{\"id\":1},\"id\":\"u\"},\"z\":[{}],\"at\":5}}",
     ROW("5", "u", "-", "-", "-", "-", "-", "-")},
    {"{\"\\u0063tx\":{\"us\\u0065r\":{\"i\\u0064\":\"\\u0075\"},\"at\" : 5 } ,\"item\" :{ } }",
     ROW("5", "u", "-", "-", "-", "-", "-", "-")},
    {"{\"ctx.at\":5,\"ctx\":{\"user.id\":\"u\"}}", "missing_timestamp timestamp"},
    {WITH("\"at\":6,\"id\":7,\"price\":\"x\",\"ctx.at\":8"), ROW("5", "u", "-", "-", "-", "-", "-", "-")},
    {WITH("\"item\":{\"a\":{\"b\":3},\"b\":4,\"a\\u002eb\":0.5}"),
     ROW("5", "u", "-", "-", "-", "-", "0.5", "-")},
    {WITH("\"a\":{\"b\":\"y\"}"), ROW("5", "u", "-", "-", "-", "-", "-", "-")},
    /* A null on the way is none; anything else is wrong for all that is behind it. */
    {WITH("\"item\":null"), ROW("5", "u", "-", "-", "-", "-", "-", "-")},
    {"{\"ctx\":null}", "missing_timestamp timestamp"},
    {"{\"ctx\":{\"at\":5}}", "missing_user_id user_id"},
    {"{\"ctx\":{\"at\":5,\"user\":null}}", "missing_user_id user_id"},
    {"{\"ctx\":{\"at\":5,\"user\":@\"u\"}}", "bad_user_id user_id"},
    {"{\"ctx\":{\"at\":5,\"user\":@\"\"}}", "bad_user_id user_id"},
    {"{\"ctx\":@[{\"at\":5}]}", "bad_timestamp timestamp"},
    {"{\"ctx\":@true}", "bad_timestamp timestamp"},
    {"{\"ctx\": @-1.5e3 }", "bad_timestamp timestamp"},
    {WITH("\"item\":@1"), "bad_price price"},
    {WITH("\"item\":@\"\\u0000\""), "bad_price price"},
    /* Twice: the last counts, with nothing of the one before. */
    {WITH("\"ctx\":{\"at\":6,\"user\":{\"id\":\"v\"}}"), ROW("6", "v", "-", "-", "-", "-", "-", "-")},
    {WITH("\"ctx\":{\"at\":6}"), "missing_user_id user_id"},
    {WITH("\"ctx\":{\"user\":{\"id\":\"v\"}}"), "missing_timestamp timestamp"},
    {WITH("\"ctx\":{}"), "missing_timestamp timestamp"},
    {WITH("\"ctx\":null"), "missing_timestamp timestamp"},
    {WITH("\"ctx\":@7"), "bad_timestamp timestamp"},
    {"{\"ctx\":7,\"ctx\":{\"at\":5,\"user\":{\"id\":\"u\"}}}", ROW("5", "u", "-", "-", "-", "-", "-", "-")},
    {"{\"ctx\":{\"at\":5,\"user\":{\"id\":\"u\"},\"user\":{}}}", "missing_user_id user_id"},
    {"{\"ctx\":{\"at\":5,\"at\":6,\"user\":{\"id\":1,\"id\":\"u\"}}}",
     ROW("6", "u", "-", "-", "-", "-", "-", "-")},
    {WITH("\"item\":{\"price\":1},\"item\":{\"a.b\":2}"), ROW("5", "u", "-", "-", "-", "-", "2", "-")},
    {WITH("\"item\":{\"price\":-1},\"item\":{}"), ROW("5", "u", "-", "-", "-", "-", "-", "-")},
    /* The first failing field in schema order. */
    {"{\"n\":-1.5,\"item\":{\"price\":-1},\"ctx\":{\"user\":{\"id\":@2},\"at\":5}}", "bad_user_id user_id"},
    /* Times. */
    {"{\"ctx\":{\"at\":1733540000.5,\"user\":{\"id\":\"u\"}}}", "1733540000500000|u|-|-|-|-|-|-"},
    {"{\"ctx\":{\"at\":1733540000.1234569,\"user\":{\"id\":\"u\"}}}", "1733540000123456|u|-|-|-|-|-|-"},
    {"{\"ctx\":{\"at\":-0.0000001,\"user\":{\"id\":\"u\"}}}", "-1|u|-|-|-|-|-|-"},
    {"{\"ctx\":{\"at\":-1.5,\"user\":{\"id\":\"u\"}}}", "-1500000|u|-|-|-|-|-|-"},
    {"{\"ctx\":{\"at\":-0,\"user\":{\"id\":\"u\"}}}", "0|u|-|-|-|-|-|-"},
    {"{\"ctx\":{\"at\":1.73354e9,\"user\":{\"id\":\"u\"}}}", "1733540000000000|u|-|-|-|-|-|-"},
    {"{\"ctx\":{\"at\":\"1733540000.5\",\"user\":{\"id\":\"u\"}}}", "1733540000500000|u|-|-|-|-|-|-"},
    {"{\"ctx\":{\"at\":\"1733540000\",\"user\":{\"id\":\"u\"}}}", "1733540000000000|u|-|-|-|-|-|-"},
    {"{\"ctx\":{\"at\":253402300799.9999999,\"user\":{\"id\":\"u\"}}}", "253402300799999999|u|-|-|-|-|-|-"},
    {"{\"ctx\":{\"at\":@253402300800,\"user\":{\"id\":\"u\"}}}", "bad_timestamp timestamp"},
    {"{\"ctx\":{\"at\":-62135596800,\"user\":{\"id\":\"u\"}}}", "-62135596800000000|u|-|-|-|-|-|-"},
    {"{\"ctx\":{\"at\":@-62135596800.0000001,\"user\":{\"id\":\"u\"}}}", "bad_timestamp timestamp"},
    {"{\"ctx\":{\"at\":@1733540000000,\"user\":{\"id\":\"u\"}}}", "bad_timestamp timestamp"},
    {"{\"ctx\":{\"at\":@9999999999999999,\"user\":{\"id\":\"u\"}}}", "bad_timestamp timestamp"},
    {"{\"ctx\":{\"at\":@99999999999999999,\"user\":{\"id\":\"u\"}}}", "bad_timestamp timestamp"},
    {"{\"ctx\":{\"at\":@1e30,\"user\":{\"id\":\"u\"}}}", "bad_timestamp timestamp"},
    {"{\"ctx\":{\"at\":@\"2025-12-07T03:55:56Z\",\"user\":{\"id\":\"u\"}}}", "bad_timestamp timestamp"},
    {"{\"ctx\":{\"at\":@true,\"user\":{\"id\":\"u\"}}}", "bad_timestamp timestamp"},
    {"{\"ctx\":{\"at\":@\"\",\"user\":{\"id\":\"u\"}}}", "missing_timestamp timestamp"},
    {"{\"ctx\":{\"at\":@null,\"user\":{\"id\":\"u\"}}}", "missing_timestamp timestamp"},
    {"{\"ctx\":{\"at\":@{\"at\":5},\"user\":{\"id\":\"u\"}}}", "bad_timestamp timestamp"},
    {WITH("\"ms\":1733540000123,\"us\":1733540000123456"),
     ROW("5", "u", "-", "-", "1733540000123000", "1733540000123456", "-", "-")},
    {WITH("\"ms\":0,\"us\":12345678"), ROW("5", "u", "-", "-", "0", "12345678", "-", "-")},
    {WITH("\"ms\":1999999999999.0"), ROW("5", "u", "-", "-", "1999999999999000", "-", "-", "-")},
    {WITH("\"ms\":@2000000000000"), "bad_ms ms"},
    {WITH("\"ms\":@-1"), "bad_ms ms"},
    {WITH("\"ms\":@1733540000123.5"), "bad_ms ms"},
    {WITH("\"ms\":@\"1733540000123\""), "bad_ms ms"},
    {WITH("\"ms\":@null"), "bad_ms ms"},
    {WITH("\"us\":@0.5"), "bad_us us"},
    {WITH("\"us\":@\"\""), "bad_us us"},
    {WITH("\"us\":0@1733540000"), "malformed_json "},
    /* Numbers in strings. */
    {WITH("\"item\":{\"price\":\"12.50\"},\"n\":\"3\""), ROW("5", "u", "12500000", "3", "-", "-", "-", "-")},
    {WITH("\"item\":{\"price\":\"1e2\",\"a.b\":\"-1e-2\"},\"n\":\"20e-1\""),
     ROW("5", "u", "100000000", "2", "-", "-", "-0.01", "-")},
    {WITH("\"item\":{\"price\":\"\\u0031\\u0032\",\"a.b\":\"\\u0031\"}"),
     ROW("5", "u", "12000000", "-", "-", "-", "1", "-")},
    {WITH("\"item\":{\"price\":\"\",\"a.b\":\"\"},\"n\":\"\""), ROW("5", "u", "-", "-", "-", "-", "-", "-")},
    {WITH("\"item\":{\"price\":@\"12.50 \"}"), "bad_price price"},
    {WITH("\"item\":{\"price\":@\" 12.50\"}"), "bad_price price"},
    {WITH("\"item\":{\"price\":@\"+1\"}"), "bad_price price"},
    {WITH("\"item\":{\"price\":@\"01\"}"), "bad_price price"},
    {WITH("\"item\":{\"price\":@\".5\"}"), "bad_price price"},
    {WITH("\"item\":{\"price\":@\"1,5\"}"), "bad_price price"},
    {WITH("\"item\":{\"price\":@\"NaN\"}"), "bad_price price"},
    {WITH("\"item\":{\"price\":@\"null\"}"), "bad_price price"},
    {WITH("\"item\":{\"price\":@\"-1\"}"), "bad_price price"},
    {WITH("\"item\":{\"price\":@\"-1\\u0030\"}"), "bad_price price"},
    {WITH("\"item\":{\"price\":@\"1\\ud800\"}"), "bad_price price"},
    {WITH("\"item\":{\"price\":@\"1\\u0000\"}"), "bad_price price"},
    {WITH("\"item\":{\"a.b\":@\"1e400\"}"), "bad_ratio ratio"},
    {WITH("\"n\":@\"2.5\""), "bad_n n"},
    {WITH("\"n\":@\"2147483648\""), "bad_n n"},
    {WITH("\"n\":@\"true\""), "bad_n n"},
    {WITH("\"n\":@true"), "bad_n n"},
    {WITH("\"n\":@null"), "bad_n n"},
    /* What is no JSON is found wherever it is. */
    {"{\"ctx\":{\"at\":5,@}}", "malformed_json "},
    {"{\"ctx\":{\"at\":5 @\"user\":1}}", "malformed_json "},
    {"{\"ctx\":{\"at\":5,\"user\":{\"id\":\"u\"}@", "malformed_json "},
    {"{\"ctx\":{\"at\":5,\"user\":{\"id\":\"u\"}}@", "malformed_json "},
    {"{\"ctx\":{@", "malformed_json "},
    {"{\"ctx\":{ @", "malformed_json "},
    {"{\"ctx\":@", "malformed_json "},
    {"{\"ctx\":{\"at\":5@]}", "malformed_json "},
    {"{\"ctx\":{}}@}", "malformed_json "},
    {"{\"ctx\":nul@", "malformed_json "},
    {"{\"ctx\":{\"user\":{@,\"id\":1}}}", "malformed_json "},
};

enum { WAYS = 4 };

static void open_ways(struct bench *ways, const char *schema)
{
	scan_blocks *const scans[] = {scan_blocks_plain, scan_blocks_plain, scan_blocks_sse2,
				      scan_blocks_best()};
	usual_lines *const usual[] = {usual_lines_plain, usual_lines_plain, usual_lines_sse2,
				      usual_lines_best()};

	for (int w = 0; w < WAYS; w++) {
		bench_open(&ways[w], schema_compile(schema, strlen(schema), "test.json"));
		ways[w].never_scans = w == 0;
		ways[w].lines.scan.blocks = scans[w] != NULL ? scans[w] : scan_blocks_plain;
		decoder_usual_by(ways[w].decoder, usual[w] != NULL ? usual[w] : usual_lines_plain);
	}
}

static void close_ways(struct bench *ways)
{
	for (int w = 0; w < WAYS; w++)
		bench_close(&ways[w]);
}

/* Behind a line of another form, and behind one of its own, each line has its verdict. */
static void test_lines(void)
{
	struct bench ways[WAYS];

	open_ways(ways, properties);
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		char line[1024], expected[256];
		const char *const at = strchr(lines[i].line, '@');
		const int before = at != NULL ? (int)(at - lines[i].line) : 0;
		unsigned wrong = 0;

		snprintf(line, sizeof line, "%.*s%s", before, lines[i].line,
			 at != NULL ? at + 1 : lines[i].line);
		snprintf(expected, sizeof expected, "%s", lines[i].verdict);
		if (strchr(expected, '|') == NULL)
			snprintf(expected, sizeof expected, "%s %d", lines[i].verdict,
				 at != NULL ? before + 1 : 0);
		for (int w = 0; w < WAYS; w++) {
			for (int k = 0; k < 2; k++) {
				const char *found = verdict_of(&ways[w], line);

				if (strcmp(found, expected) != 0 && wrong++ == 0)
					fprintf(stderr, "# way %d: %s\n# %s\n# %s\n", w, line, expected,
						found);
			}
		}
		ok(wrong == 0, "%s", expected);
	}
	close_ways(ways);
}

/* The same event by a schema that is plain, and by one of another shape. */
static void test_twins(void)
{
	static const char *const texts[] = {"null", "\"\"", "\"toys\"", "\"a longer text than eleven bytes\"",
					    "7"};
	static const char *const numbers[] = {"null", "0",  "9.99",     "1234567.25",
					      "1e2",  "-1", "12345678", "true"};
	struct bench plain, ways[WAYS];
	unsigned wrong = 0, rows = 0;
	const char *const plain_schema =
	    "{\"type\":\"object\",\"required\":[\"user_id\"],\"properties\":{"
	    "\"user_id\":{\"type\":\"string\"},\"text\":{\"type\":[\"string\",\"null\"]},"
	    "\"price\":{\"type\":[\"number\",\"null\"],\"x-column\":\"decimal\",\"minimum\":0},"
	    "\"n\":{\"type\":[\"integer\",\"null\"],\"x-column\":\"int32\"}}}";
	const char *const other_schema =
	    "{\"type\":\"object\",\"required\":[\"user_id\"],\"properties\":{"
	    "\"user_id\":{\"type\":\"string\",\"x-from\":\"a.a.a\"},"
	    "\"text\":{\"type\":[\"string\",\"null\"],\"x-from\":\"a.a.b\"},"
	    "\"price\":{\"type\":[\"number\",\"null\"],\"x-column\":\"decimal\",\"minimum\":0,"
	    "\"x-from\":\"a rather long name of an object.price\"},"
	    "\"n\":{\"type\":[\"integer\",\"null\"],\"x-column\":\"int32\",\"x-lenient\":true,\"x-from\":\"z."
	    "n\"}}}";

	bench_open(&plain, schema_compile(plain_schema, strlen(plain_schema), "plain.json"));
	open_ways(ways, other_schema);
	for (int i = 0; i < 20000; i++) {
		const char *text = texts[random_next() % 5], *price = numbers[random_next() % 8],
			   *n = numbers[random_next() % 8];
		const bool is_quoted = random_next() % 4 == 0 && strspn(n, "0123456789.e-") == strlen(n);
		const char *const quote = is_quoted ? "\"" : "";
		char line[512], other[512], *first;

		snprintf(line, sizeof line, "{\"user_id\":\"u_%d\",\"text\":%s,\"price\":%s,\"n\":%s}", i,
			 text, price, n);
		snprintf(
		    other, sizeof other,
		    "{\"a\": {\"a\": {\"a\": \"u_%d\", \"b\": %s}},\t\"a rather long name of an object\": "
		    "{\"price\": %s}%s, \"z\": {\"n\": %s%s%s}}",
		    i, text, price, i % 1000 == 0 ? ", \"other\": [{}]" : "", quote, n, quote);
		first = strdup(verdict_of(&plain, line));
		rows += strchr(first, '|') != NULL;
		if (strchr(first, '|') == NULL)
			*strrchr(first, ' ') = '\0'; /* a fault stands at another column */
		for (int w = 0; w < WAYS; w++) {
			const char *found = verdict_of(&ways[w], other);

			if (strncmp(found, first, strlen(first)) != 0 && wrong++ == 0)
				fprintf(stderr, "# way %d: %s\n# %s\n# %s\n# %s\n", w, line, other, first,
					found);
		}
		free(first);
	}
	ok(wrong == 0 && rows > 5000, "%u events in two shapes give the same rows", rows);
	close_ways(ways);
	bench_close(&plain);
}

/* How deep a value may be nested does not depend on what the schema reads around it. */
static void test_depth(void)
{
	static const char schema[] =
	    "{\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"string\",\"x-from\":"
	    "\"a.b.c.d\"},\"y\":{\"type\":\"string\",\"x-from\":\"a.n\"}}}";
	struct bench b;

	bench_open(&b, schema_compile(schema, strlen(schema), "test.json"));
	for (int more = 0; more < 2; more++) {
		for (int around = 0; around < 4; around++) {
			static const char *const starts[] = {
			    "{\"z\":", "{\"a\":{\"z\":", "{\"a\":{\"b\":{\"z\":",
			    "{\"a\":{\"b\":{\"c\":{\"z\":"};
			char line[4096];
			int n = snprintf(line, sizeof line, "%s", starts[around]);
			const int deep = 1024 - around + more;

			memset(line + n, '[', (size_t)deep);
			memset(line + n + deep, ']', (size_t)deep);
			memset(line + n + 2 * deep, '}', (size_t)around + 1);
			line[n + 2 * deep + around + 1] = '\0';
			ok((strcmp(verdict_of(&b, line), "-|-") == 0) == (more == 0), "%d around %d", around,
			   deep);
		}
	}
	bench_close(&b);
}

static void test_notes(void)
{
	static const char line[] =
	    "{\"ctx\":{\"at\":5,\"user\":{\"id\":\"u\",\"age\":7,\"a.b\":1,\"b\\\\c\":{\"d\":1}}},"
	    "\"x\":{\"y\":1},\"ctx.at\":2,\"item\":{\"a\":1,\"\\ud800\":2},\"\\ud800\":3}";
	static const char *const names[] = {"ctx.user.age", "ctx.user.a\\.b", "ctx.user.b\\\\c", "x",
					    "ctx\\.at",     "item.a",         "item.\\ud800",    "\\ud800"};
	const struct decode_note *notes;
	struct bench b;
	size_t n, wrong = 0;

	bench_open(&b, schema_compile(properties, strlen(properties), "test.json"));
	ok(strchr(verdict_of(&b, line), '|') != NULL, "keys that the schema does not know");
	n = decoder_notes(b.decoder, &notes);
	for (size_t i = 0; i < n && i < 8; i++) {
		if (!text_equal(notes[i].name, (struct text){names[i], strlen(names[i])}) && wrong++ == 0)
			fprintf(stderr, "# %.*s\n", (int)notes[i].name.len, notes[i].name.data);
	}
	ok(n == 8 && wrong == 0, "are called by their paths, %zu of them", n);
	bench_close(&b);
}

static bool same_notes(struct bench *a, struct bench *b)
{
	const struct decode_note *x, *y;
	const size_t n = decoder_notes(a->decoder, &x);
	bool same = decoder_notes(b->decoder, &y) == n;

	for (size_t i = 0; same && i < n; i++)
		same = text_equal(x[i].name, y[i].name) && x[i].count == y[i].count && x[i].line == y[i].line;
	return same;
}

/* Keys that the schema does not know: lines that have them go the short way too, and each is counted. */
static void test_unknown(void)
{
	static const char *const rests[] = {
	    "",
	    "",
	    ",\"x\":1",
	    ",\"x\":\"abc\"",
	    ",\"x\":{\"x\":[1,{\"y\":null}]}",
	    ",\"x\":1,\"y\":true,\"x\":\"\"",
	    ",\"x\":\"\\u00e4\",\"y.z\":\"\xc3\xa4\"",
	    ",\"x\":01",
	    ",\"b\":{},\"x\":1",
	    ",\"1\":1,\"2\":1,\"3\":1,\"4\":1,\"5\":1,\"6\":1,\"7\":1,\"8\":1,\"9\":1,\"10\":1,\"11\":1,"
	    "\"12\":1,\"13\":1,\"14\":1,\"15\":1,\"16\":1",
	    ",\"1\":1,\"2\":1,\"3\":1,\"4\":1,\"5\":1,\"6\":1,\"7\":1,\"8\":1,\"9\":1,\"10\":1,\"11\":1,"
	    "\"12\":1,\"13\":1,\"14\":1,\"15\":1,\"16\":1,\"17\":1",
	};
	static const char schema[] =
	    "{\"type\":\"object\",\"properties\":{\"t\":{\"type\":\"string\",\"x-from\":\"a.t\","
	    "\"x-known\":[\"known\"]},\"n\":{\"type\":\"integer\",\"minimum\":0}}}";
	const size_t n_rests = sizeof rests / sizeof rests[0];
	struct bench ways[WAYS];
	unsigned wrong = 0, rows = 0;
	const char *rest = rests[0];

	open_ways(ways, schema);
	for (int i = 0; i < 20000; i++) {
		const bool first = random_next() % 4 == 0;
		char line[512], *expected;

		if (random_next() % 3 == 0)
			rest = rests[random_next() % n_rests];
		snprintf(line, sizeof line, "{%s\"a\":{\"u\":\"%d\",\"t\":\"%s\"},\"n\":%d%s}",
			 first ? "\"f\":[],\"v\":0," : "", i, random_next() % 50 ? "known" : "other",
			 (int)(random_next() % 20) - 1, rest);
		expected = strdup(verdict_of(&ways[0], line));
		rows += strchr(expected, '|') != NULL;
		for (int w = 1; w < WAYS; w++) {
			const char *found = verdict_of(&ways[w], line);

			if ((strcmp(found, expected) != 0 ||
			     (i % 16 == 0 && !same_notes(&ways[0], &ways[w]))) &&
			    wrong++ == 0)
				fprintf(stderr, "# way %d: %s\n# %s\n# %s\n", w, line, expected, found);
		}
		free(expected);
		for (int w = 0; w < WAYS && i % 999 == 0; w++)
			decoder_notes_clear(ways[w].decoder);
	}
	ok(wrong == 0 && rows > 10000, "keys are counted alike whichever way a line goes, in %u rows", rows);
	close_ways(ways);
}

static void test_revenue(void)
{
	static const char schema[] =
	    "{\"type\":\"object\",\"properties\":{\"event_type\":{\"type\":\"string\"},"
	    "\"quantity\":{\"type\":\"integer\",\"x-column\":\"int32\"},"
	    "\"price\":{\"type\":\"number\",\"x-column\":\"decimal\",\"x-lenient\":true,\"x-from\":\"p.p\"}}"
	    "}";
	static const char *const bad[] = {"5e11", "\"5e11\"", "\"\\u0035e11\"", "500000000000"};
	struct bench b;

	bench_open(&b, schema_compile(schema, strlen(schema), "test.json"));
	for (int i = 0; i < 4; i++) {
		char line[256];

		snprintf(line, sizeof line, "{\"event_type\":\"purchase\",\"quantity\":2,\"p\":{\"p\":%s}}",
			 bad[i]);
		ok(strcmp(verdict_of(&b, line), "bad_revenue revenue 48") == 0, "a price of %s", bad[i]);
	}
	bench_close(&b);
}

int main(void)
{
	test_lines();
	test_twins();
	test_depth();
	test_notes();
	test_unknown();
	test_revenue();
	return tap_done();
}
