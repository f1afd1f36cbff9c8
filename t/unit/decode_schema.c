/* decode: rules that other schemas give, and what is noted of good lines. */
#include "decode_bench.h"

static struct schema *compile(const char *properties, const char *required)
{
	char text[4096];
	int n = snprintf(text, sizeof text, "{\"type\":\"object\",\"required\":[%s],\"properties\":{%s}}",
			 required, properties);

	return schema_compile(text, (size_t)n, "test.json");
}

static void test_other_schema(void)
{
	static const struct {
		const char *line, *verdict;
	} lines[] = {
	    {"{\"a_name_that_is_longer_than_sixteen\": 5}", "5|-|-|-|-|-|-"},
	    {"{\"a_name_that_is_longer_than_sixteen\" : 5.5}", "bad_a_name_that_is_longer_than_sixteen "
							       "a_name_that_is_longer_than_sixteen 41"},
	    {"{\"a_name_that_is_longer_than_sixteeN\": 5.5}", "-|-|-|-|-|-|-"},
	    {"{\"a_name_that_is_longer_than_sixteen\": -9223372036854775808}",
	     "-9223372036854775808|-|-|-|-|-|-"},
	    {"{\"a_name_that_is_longer_than_sixteen\": 9223372036854775808}",
	     "bad_a_name_that_is_longer_than_sixteen a_name_that_is_longer_than_sixteen 40"},
	    {"{\"flag\": true}", "-|1|-|-|-|-|-"},
	    {"{\"flag\": false}", "-|0|-|-|-|-|-"},
	    {"{\"flag\": 1}", "bad_flag flag 10"},
	    {"{\"flag\": null}", "bad_flag flag 10"},
	    {"{\"ratio\": 0.25}", "-|-|0.25|-|-|-|-"},
	    {"{\"ratio\": -0.0}", "-|-|0|-|-|-|-"},
	    {"{\"ratio\": 1}", "bad_ratio ratio 11"},
	    {"{\"ratio\": -1e400}", "bad_ratio ratio 11"},
	    {"{\"ratio\": 1e-400}", "-|-|0|-|-|-|-"},
	    {"{\"ratio\": \"0\"}", "bad_ratio ratio 11"},
	    {"{\"size\": \"S\"}", "-|-|-|S|-|-|-"},
	    {"{\"size\": \"extra extra large\"}", "-|-|-|extra extra large|-|-|-"},
	    {"{\"size\": \"\\u0053\"}", "-|-|-|S|-|-|-"},
	    {"{\"size\": \"s\"}", "bad_size size 10"},
	    {"{\"size\": \"\"}", "bad_size size 10"},
	    {"{\"size\": null}", "-|-|-|-|-|-|-"},
	    {"{\"code\": \"\xc3\xa4\xc3\xa4\"}", "-|-|-|-|\xc3\xa4\xc3\xa4|-|-"},
	    {"{\"code\": \"\xc3\xa4\"}", "bad_code code 10"},
	    {"{\"code\": \"abc\"}", "-|-|-|-|abc|-|-"},
	    {"{\"code\": \"abcd\"}", "bad_code code 10"},
	    {"{\"code\": \"\xc3\xa4\xc3\xa4\xc3\xa4\"}", "-|-|-|-|\xc3\xa4\xc3\xa4\xc3\xa4|-|-"},
	    {"{\"code\": \"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\"}", "bad_code code 10"},
	    {"{\"cost\": -1.5}", "-|-|-|-|-|-1500000|-"},
	    {"{\"cost\": -1.5000001}", "bad_cost cost 10"},
	    {"{\"cost\": 2}", "bad_cost cost 10"},
	    {"{\"cost\": 1.9999999}", "bad_cost cost 10"},
	    {"{\"cost\": 1.9999994}", "-|-|-|-|-|1999999|-"},
	    {"{\"a\\\"b\\u00e4\": \"x\"}", "-|-|-|-|-|-|x"},
	    {"{\"a\\u0022b\xc3\xa4\": \"x\"}", "-|-|-|-|-|-|x"},
	    {"{\"a\\\"b\": \"x\"}", "-|-|-|-|-|-|-"},
	};
	struct bench b;

	bench_open(&b, compile("\"a_name_that_is_longer_than_sixteen\":{\"type\":\"integer\"},"
			       "\"flag\":{\"type\":\"boolean\"},"
			       "\"ratio\":{\"type\":\"number\",\"minimum\":0,\"exclusiveMaximum\":1},"
			       "\"size\":{\"type\":[\"string\",\"null\"],\"enum\":[\"S\",\"M\",\"extra extra "
			       "large\"]},"
			       "\"code\":{\"type\":\"string\",\"minLength\":2,\"maxLength\":3},"
			       "\"cost\":{\"type\":\"number\",\"x-column\":\"decimal\",\"minimum\":-1.5,"
			       "\"exclusiveMaximum\":2},"
			       "\"a\\\"b\xc3\xa4\":{\"type\":\"string\"}",
			       ""));
	for (int again = 0; again < 2; again++) { /* the second time with all keys guessed */
		for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
			const char *found = verdict_of(&b, lines[i].line);

			if (!ok(strcmp(found, lines[i].verdict) == 0, "other %zu: %s", i, lines[i].verdict))
				fprintf(stderr, "# %s\n# %s\n", lines[i].line, found);
		}
	}
	bench_close(&b);
}

/* Bounds at the ends of an int64, where no neighbour is. */
static void test_bounds(void)
{
	struct bench b;

	bench_open(&b, compile("\"a\":{\"type\":\"integer\",\"exclusiveMinimum\":9223372036854775807},"
			       "\"b\":{\"type\":\"integer\",\"exclusiveMaximum\":-9223372036854775808},"
			       "\"c\":{\"type\":\"integer\",\"exclusiveMinimum\":5,\"maximum\":6}",
			       ""));
	ok(strcmp(verdict_of(&b, "{\"a\":9223372036854775807}"), "bad_a a 6") == 0,
	   "nothing is above the last");
	ok(strcmp(verdict_of(&b, "{\"a\":1}"), "bad_a a 6") == 0, "... nor anything else");
	ok(strcmp(verdict_of(&b, "{\"b\":-9223372036854775808}"), "bad_b b 6") == 0,
	   "nothing below the first");
	ok(strcmp(verdict_of(&b, "{\"c\":5}"), "bad_c c 6") == 0 &&
	       strcmp(verdict_of(&b, "{\"c\":7}"), "bad_c c 6") == 0 &&
	       strcmp(verdict_of(&b, "{\"c\":6}"), "-|-|6") == 0,
	   "one value is left");
	bench_close(&b);
}

/* Decodes once, whatever comes of it. */
static int decode_once(struct bench *b, const char *line)
{
	struct decode_fault fault;
	char copy[1024 + DECODE_SLACK] = {0};

	memcpy(copy, line, strlen(line));
	const int result = bench_decode(b, copy, strlen(line), false, &fault);

	if (decoder_flush(b->decoder) != 0)
		abort();
	return result;
}

static bool is_note(const struct decode_note *note, const char *name, const char *field, uint64_t count,
		    uint64_t line)
{
	return note->name.len == strlen(name) && memcmp(note->name.data, name, note->name.len) == 0 &&
	       strcmp(note->field, field) == 0 && note->count == count && note->line == line;
}

static void test_notes(void)
{
	static const char *const lines[] = {
	    "{\"kind\":\"a\"}",
	    "{\"kind\":\"z\",\"x\":1}",
	    "{\"x\":1,\"kind\":\"z\",\"k\\u00e4y\":{},\"x\":2}",
	    "{\"kind\":\"a much longer kind than any\",\"n\":1,\"bad\":1}",
	    "{\"kind\":\"\\u007a\",\"\\ud800\":1}",
	    "{\"kind\":\"b\",\"n\":null}",
	    "{\"n\":0}",
	};
#define SLACK "                                                                "
	static const char *const in_order[] = {"{\"kind\":\"v\"}" SLACK, "{\"k\":1}" SLACK,
					       "{\"kind\":\"w\"}" SLACK};
	const struct decode_note *notes;
	struct decode_fault fault;
	struct bench b;
	char line[512];
	size_t wrong = 0;

	bench_open(
	    &b,
	    compile("\"kind\":{\"type\":\"string\",\"x-known\":[\"a\",\"b\"]},\"n\":{\"type\":[\"integer\","
		    "\"null\"],\"maximum\":0}",
		    ""));
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		wrong += decode_once(&b, lines[i]) != (i != 3);
	ok(wrong == 0, "one of these lines is bad");
	ok(decoder_notes(b.decoder, &notes) == 4, "four things are noted, of good lines only");
	ok(is_note(&notes[0], "x", "", 3, 2), "an unknown key");
	ok(is_note(&notes[1], "z", "kind", 3, 2), "an unexpected value");
	ok(is_note(&notes[2], "k\xc3\xa4y", "", 1, 3), "a key with an escape");
	ok(is_note(&notes[3], "\\ud800", "", 1, 5), "a key that is no text");
	decoder_notes_clear(b.decoder);
	ok(decoder_notes(b.decoder, &notes) == 0, "nothing is left after the clear");
	for (int i = 0; i < 1500; i++) {
		snprintf(line, sizeof line, "{\"key%d\":%d,\"kind\":\"a\"}", i % 1200, i);
		wrong += decode_once(&b, line) != 1;
	}
	ok(wrong == 0 && decoder_notes(b.decoder, &notes) == 1001, "names are bounded");
	ok(is_note(&notes[0], "key0", "", 2, 8) && is_note(&notes[999], "key999", "", 1, 1007) &&
	       is_note(&notes[1000], "...", "", 200, 1008),
	   "what is beyond counts as one");
	decoder_notes_clear(b.decoder);
	memset(line, 'k', sizeof line);
	memcpy(line, "{\"", 2);
	memcpy(line + 2 + 255, "\xc3\xa4xyz\":1}", 10);
	ok(decode_once(&b, line) == 1 && decoder_notes(b.decoder, &notes) == 1 && notes[0].name.len == 255,
	   "a long name is cut between code points");
	decoder_notes_clear(b.decoder);
	for (unsigned i = 0; i < 3; i++)
		wrong +=
		    bench_decode(&b, in_order[i], strlen(in_order[i]) - DECODE_SLACK, false, &fault) != 1;
	ok(wrong == 0 && decoder_flush(b.decoder) == 0 && decoder_notes(b.decoder, &notes) == 3 &&
	       notes[0].name.data[0] == 'v' && notes[1].name.data[0] == 'k' && notes[2].name.data[0] == 'w',
	   "names are in the order of the lines");
	bench_close(&b);
}

/* Revenue where a schema does not demand what it takes. */
static void test_optional_type(void)
{
	struct bench b;

	bench_open(&b, compile("\"event_type\":{\"type\":\"string\"},\"quantity\":{\"type\":\"integer\"},"
			       "\"price\":{\"type\":\"number\",\"x-column\":\"decimal\"}",
			       ""));
	ok(strcmp(verdict_of(&b, "{\"event_type\":\"purchase\",\"price\":5e11,\"quantity\":2}"),
		  "bad_revenue revenue 34") == 0,
	   "a purchase beyond a decimal");
	ok(strcmp(verdict_of(&b, "{\"price\":5e11,\"quantity\":2}"), "-|2|500000000000000000") == 0,
	   "without a type it is no purchase, whatever the line before was");
	bench_close(&b);
}

int main(void)
{
	test_other_schema();
	test_bounds();
	test_optional_type();
	test_notes();
	return tap_done();
}
