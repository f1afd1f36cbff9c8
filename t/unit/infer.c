/*
 * What a survey sees in lines, and the schema that is made of it.
 */
#include "infer_check.h"
#include "random.h"
#include "tap.h"

static const struct survey_field *field_at(const struct survey *s, const char *wanted)
{
	for (uint32_t i = 0; i < s->n; i++) {
		struct buffer path = {0};
		const bool found = survey_path(s, i, &path) == 0 && strcmp(buffer_text(&path), wanted) == 0;

		buffer_free(&path);
		if (found)
			return &s->fields[i];
	}
	return NULL;
}

static bool is_at(struct survey_place place, uint64_t line)
{
	return place.line == line && place.source == 0;
}

static void survey_text(struct survey *s, const char *text)
{
	if (survey_open(s, LINE_LIMIT) != 0 || infer_survey(s, text, strlen(text)) != 0)
		abort();
}

static void test_types(void)
{
	struct survey s;
	const struct survey_field *f;
	const struct survey_value *v;

	survey_text(&s, "{\"a\": 1, \"b\": \"x\"}\n"
			"\n"
			"{\"a\": null}\n"
			"{\"a\": \"7\", \"b\": \"y\"}\n"
			"{\"a\": 1.5, \"b\": \"\\u0078\"}\n"
			"{\"a\": true, \"b\": []}\n"
			"{\"b\": {\"c\": 1, \"d\": {}}}\n"
			"nonsense\n"
			"[1]\n"
			"{\"a\": 2, \"b\": \"2025-12-07T03:55Z\"}");
	f = field_at(&s, "a");
	v = &f->value;
	ok(s.rows == 7 && s.blank == 1 && s.faults[SURVEY_MALFORMED] == 1 && s.faults[SURVEY_NO_OBJECT] == 1,
	   "lines are counted");
	ok(is_at(s.first_fault[SURVEY_MALFORMED], 8) && is_at(s.first_fault[SURVEY_NO_OBJECT], 9),
	   "bad ones with where they are");
	ok(v->rows[SURVEY_INTEGER] == 2 && v->rows[SURVEY_NULL] == 1 && v->rows[SURVEY_STRING] == 1 &&
	       v->rows[SURVEY_NUMBER] == 1 && v->rows[SURVEY_BOOLEAN] == 1,
	   "values by their types");
	ok(is_at(v->first[SURVEY_INTEGER], 1) && is_at(v->first[SURVEY_NULL], 3) &&
	       is_at(v->first[SURVEY_STRING], 4) && is_at(v->first[SURVEY_NUMBER], 5),
	   "and where each was first");
	ok(survey_missing(&s, 0) == 1 && is_at(f->first_missing, 7), "where it is missing");
	ok(v->numbers.low_value == 1 && v->numbers.high_value == 2 && v->numerals.n == 1 &&
	       sketch_count(&v->distinct) == 5,
	   "extremes, numbers in strings, how many differ");
	f = field_at(&s, "b");
	v = &f->value;
	ok(v->rows[SURVEY_STRING] == 4 && sketch_count(&v->distinct) == 3 && v->n_times == 1,
	   "strings are what they mean");
	ok(is_at(f->first_missing, 3), "what was always there, and then is not");
	ok(field_at(&s, "b.c")->value.rows[SURVEY_INTEGER] == 1 && field_at(&s, "b.d") != NULL &&
	       is_at(field_at(&s, "b.c")->first_missing, 1),
	   "what stands in objects");
	survey_close(&s);
}

static void test_twice(void)
{
	struct survey s;

	survey_text(&s, "{\"a\": 1, \"a\": \"x\", \"o\": {\"p\": 1}, \"o\": {\"q\": 2}, \"\\u0061\": null}\n"
			"{\"o\": {\"p\": 3}, \"o\": 4}\n");
	ok(field_at(&s, "a")->value.rows[SURVEY_NULL] == 1 &&
	       survey_value_rows(&field_at(&s, "a")->value) == 0,
	   "of a key that is there twice the last counts");
	ok(survey_value_rows(&field_at(&s, "o.p")->value) == 0 &&
	       survey_value_rows(&field_at(&s, "o.q")->value) == 1,
	   "with nothing of the object before");
	ok(field_at(&s, "o")->value.rows[SURVEY_OBJECT] == 1 &&
	       field_at(&s, "o")->value.rows[SURVEY_INTEGER] == 1,
	   "or with a number instead of it");
	survey_close(&s);
}

static void test_bounds(void)
{
	struct infer_check c;
	struct buffer text = {0};
	int failed = 0;

	for (int i = 0; i < 100000; i++)
		failed |= buffer_printf(&text, "{\"always\": %d, \"k%d\": {\"x\": %d}}\n", i, i, i);
	infer_check(&c, text.data, text.len);
	ok(!failed && c.wrong == NULL && c.survey.rows == 100000, "100,000 keys: %s", c.wrong);
	ok(c.survey.n == SURVEY_FIELDS && c.survey.others > 90000, "most are only counted");
	ok(sketch_count(&field_at(&c.survey, "always")->value.distinct) > 97000, "while one is looked at");
	infer_check_close(&c);

	buffer_clear(&text);
	for (int i = 0; i < 5000; i++)
		failed |= buffer_append_text(&text, "{\"a\":");
	failed |= buffer_append_text(&text, "\n{\"b\": 1}\n");
	for (int i = 0; i < 900; i++)
		failed |= buffer_append_text(&text, "{\"a\":");
	failed |= buffer_append_text(&text, "1");
	for (int i = 0; i < 900; i++)
		failed |= buffer_append_text(&text, "}");
	infer_check(&c, text.data, text.len);
	ok(!failed && c.wrong == NULL && c.survey.rows == 2, "objects in objects: %s", c.wrong);
	ok(c.survey.n == SURVEY_DEPTH + 1 && c.survey.faults[SURVEY_MALFORMED] == 1,
	   "as deep as a path leads");
	infer_check_close(&c);

	buffer_clear(&text);
	failed |= buffer_append_text(&text, "{\"b\": 1, \"");
	for (int i = 0; i < 300; i++)
		failed |= buffer_append_text(&text, "k");
	failed |= buffer_append_text(&text, "\": 1, \"\\ud800\": 2}\n");
	infer_check(&c, text.data, text.len);
	ok(!failed && c.wrong == NULL && c.survey.others == 2 && c.survey.n == 1,
	   "keys that are long, or no text");
	infer_check_close(&c);
	buffer_free(&text);
}

/* What a property is, by one line of the schema that must be in it. */
static void is_inferred(const char *lines, const char *expected, const char *what)
{
	struct infer_check c;

	infer_check(&c, lines, strlen(lines));
	if (!ok(c.wrong == NULL && c.schema.len > 0 && strstr(buffer_text(&c.schema), expected) != NULL, "%s",
		what))
		fprintf(stderr, "# %s: %s\n", c.wrong, c.schema.len > 0 ? (char *)c.schema.data : "");
	infer_check_close(&c);
}

static void test_columns(void)
{
	is_inferred("{\"a\": 5}", "\"type\": \"integer\",\n      \"x-column\": \"int32\"", "a small number");
	is_inferred("{\"a\": 5000000}", "\"x-column\": \"int64\"", "a number that may grow");
	is_inferred("{\"a\": 5}\n{\"a\": 5.25}\n{}",
		    "\"type\": [\"number\", \"null\"],\n      \"x-column\": \"decimal\"",
		    "a decimal that may be missing");
	is_inferred("{\"a\": 1e-7}", "\"x-column\": \"float64\"", "one with more places");
	is_inferred("{\"a\": 18446744073709551615}", "\"x-column\": \"float64\"",
		    "and a number beyond all others");
	is_inferred("{\"a\": true}\n{\"a\": false}", "\"x-column\": \"bool\"", "true and false");
	is_inferred("{\"a\": \"2025-12-07T03:55:56.1Z\"}",
		    "\"timestamp\": {\n      \"type\": \"string\",\n      \"format\": \"date-time\"",
		    "a time is the event's");
	is_inferred("{\"a\": \"2025-12-07T03:55:56.1Z\"}", "\"x-from\": \"a\"", "whatever it is called");
	is_inferred("{\"ts\": 1765000000}", "\"x-format\": \"epoch-s\"", "seconds");
	is_inferred("{\"created_at\": 1765000000123}", "\"x-format\": \"epoch-ms\"", "milliseconds");
	is_inferred("{\"eventTime\": 1765000000123456}", "\"x-format\": \"epoch-us\"", "microseconds");
	is_inferred("{\"ts\": 1765000000.25}", "\"type\": \"number\",\n      \"x-column\": \"timestamp\"",
		    "with a fraction");
	is_inferred("{\"product\": 1765000000123}", "\"x-column\": \"int64\"", "but not every number");
	is_inferred("{\"price\": \"12.50\"}", "\"x-lenient\": true", "a fraction in a string");
	is_inferred("{\"id\": \"12\"}", "\"type\": \"string\"", "digits in a string are an id");
	is_inferred("{\"n\": \"12\"}\n{\"n\": 3}\n{\"n\": \"\"}",
		    "\"type\": [\"integer\", \"string\", \"null\"]", "unless there are such numbers too");
	is_inferred("{\"price\": 10}", "\"x-column\": \"decimal\"", "a price, for the revenue");
	is_inferred("{\"quantity\": 10000000}", "\"x-column\": \"int32\"", "and a quantity");
	is_inferred("{\"a\": {\"b-c\": {\"d.e\": 1}}}", "\"x-from\": \"a.b-c.d\\\\.e\"", "a path");
	is_inferred("{\"a\": {\"b-c\": {\"d.e\": 1}}}", "\"a_b_c_d_e\": {", "and its name");
	is_inferred("{\"Line\": 1}", "\"Line_2\": {", "names that are taken");
	is_inferred("{\"a\": null}", "\"type\": [\"string\", \"null\"]", "what is always null");
	is_inferred("{\"a\": 1, \"b\": [2]}", "\"why\": \"lists have no column\"", "lists");
	is_inferred("{\"a\": 1, \"b\": 2}\n{\"a\": 1, \"b\": \"x\"}",
		    "\"why\": \"no column takes nine in ten of its values\"", "half and half");
}

/* --- any lines -------------------------------------------------------------------------------------------
 */

static int add_value(struct buffer *out, int depth);

static int add_object(struct buffer *out, int depth)
{
	static const char *const keys[] = {"a",     "b",        "A", "ts",  "line",
					   "price", "quantity", "",  "x.y", "\\u0062"};
	const int n = (int)(random_next() % 5);
	int failed = buffer_append_text(out, "{");

	for (int i = 0; i < n; i++) {
		failed |= buffer_printf(out, "%s\"%s\": ", i > 0 ? ", " : "", keys[random_next() % 10]);
		failed |= add_value(out, depth + 1);
	}
	return failed | buffer_append_text(out, "}");
}

static int add_value(struct buffer *out, int depth)
{
	static const char *const values[] = {
	    "null",        "true",      "1",          "-1",    "1.5",   "1e400",   "12345678901234567890",
	    "1765000000",  "0.0000001", "\"\"",       "\"x\"", "\"7\"", "\"7.5\"", "\"2025-12-07T03:55Z\"",
	    "\"\\ud800\"", "[]",        "2147483648", "-0",
	};

	if (depth < 4 && random_next() % 6 == 0)
		return add_object(out, depth);
	return buffer_append_text(out, values[random_next() % (sizeof values / sizeof *values)]);
}

static void test_any(void)
{
	int wrong = 0, schemas = 0;

	for (int i = 0; i < 3000; i++) {
		struct buffer text = {0};
		struct infer_check c;
		/* Few values of many, so that some columns are good. */
		const int lines = 1 + (int)(random_next() % 12);
		int failed = 0;

		for (int n = 0; n < lines; n++)
			failed |= add_object(&text, 0) | buffer_append_text(&text, "\n");
		infer_check(&c, text.data, text.len);
		schemas += c.schema.len > 0;
		if (failed || c.wrong != NULL) {
			if (wrong++ == 0)
				fprintf(stderr, "# %s\n%.*s\n%.*s\n", c.wrong, (int)text.len, text.data,
					(int)c.schema.len, c.schema.data);
		}
		infer_check_close(&c);
		buffer_free(&text);
	}
	ok(wrong == 0, "of 3,000 bundles of any lines, the schema takes what it says");
	ok(schemas > 1000, "and %d have one", schemas);
}

int main(void)
{
	test_types();
	test_twice();
	test_bounds();
	test_columns();
	test_any();
	return tap_done();
}
