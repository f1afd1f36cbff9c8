/* schema: what is compiled to what, and what is refused, by name and line. */
#include "decode/schema.h"

#include "tap.h"

#include <string.h>

static struct schema *compile(const char *text)
{
	cause_clear();
	return schema_compile(text, strlen(text), "test.json");
}

/* A schema with one property x, whose rules are given. */
static struct schema *compile_property(const char *rules)
{
	char text[1024];

	snprintf(text, sizeof text, "{\"type\": \"object\",\n\"properties\": {\"x\": {%s}}}", rules);
	return compile(text);
}

static void test_shipped(void)
{
	static const enum column_type types[] = {COLUMN_TIMESTAMP, COLUMN_STRING, COLUMN_STRING,
						 COLUMN_STRING,    COLUMN_STRING, COLUMN_INT32,
						 COLUMN_DECIMAL,   COLUMN_STRING, COLUMN_STRING};
	struct schema *s = schema_read("schemas/event.json");
	bool same = s != NULL && s->n == 9 && s->columns.n == 9;

	ok(same, "the shipped schema has nine columns: %s", cause_message());
	if (!same)
		return;
	for (size_t i = 0; i < 9; i++) {
		same &= s->columns.items[i].type == types[i] && s->fields[i].column == &s->columns.items[i];
		same &= s->fields[i].required == (i < 4) && s->columns.items[i].nullable == (i >= 4);
		same &= s->fields[i].null_allowed == (i >= 4);
	}
	ok(same, "in order, the first four required");
	ok(s->timestamp == 0 && s->event_type == 3 && s->quantity == 5 && s->price == 6,
	   "what revenue takes");
	ok(s->fields[3].has_known && s->fields[3].known.strings.n == 5 && !s->fields[3].has_allowed,
	   "five known event types");
	ok(s->fields[5].has_minimum && s->fields[5].minimum == 0 && s->fields[5].has_maximum &&
	       s->fields[5].exclusive_maximum && s->fields[5].maximum == 2147483648,
	   "bounds of quantity, in its units");
	ok(s->fields[6].has_maximum && s->fields[6].maximum == 1000000000000000000, "of price in millionths");
	schema_free(s);
}

static void test_columns(void)
{
	static const struct {
		const char *rules;
		enum column_type type;
	} columns[] = {
	    {"\"type\": \"string\"", COLUMN_STRING},
	    {"\"type\": [\"null\", \"string\"]", COLUMN_STRING},
	    {"\"type\": \"string\", \"format\": \"date-time\"", COLUMN_TIMESTAMP},
	    {"\"type\": \"string\", \"x-column\": \"timestamp\"", COLUMN_TIMESTAMP},
	    {"\"type\": \"integer\"", COLUMN_INT64},
	    {"\"type\": \"integer\", \"x-column\": \"int32\"", COLUMN_INT32},
	    {"\"type\": \"integer\", \"x-column\": \"decimal\"", COLUMN_DECIMAL},
	    {"\"type\": \"number\"", COLUMN_FLOAT64},
	    {"\"type\": \"number\", \"x-column\": \"decimal\"", COLUMN_DECIMAL},
	    {"\"type\": \"boolean\"", COLUMN_BOOL},
	    {"\"t\\u0079pe\": \"string\"", COLUMN_STRING},
	    {"\"type\": \"integer\", \"x-format\": \"epoch-s\"", COLUMN_TIMESTAMP},
	    {"\"type\": [\"number\", \"null\"], \"x-format\": \"epoch-us\", \"x-column\": \"timestamp\"",
	     COLUMN_TIMESTAMP},
	    {"\"type\": \"number\", \"x-lenient\": true", COLUMN_FLOAT64},
	    {"\"type\": [\"string\", \"integer\", \"null\"], \"x-lenient\": true", COLUMN_INT64},
	    {"\"type\": [\"number\", \"string\"], \"x-lenient\": true, \"x-format\": \"epoch-ms\"",
	     COLUMN_TIMESTAMP},
	    {"\"type\": \"string\", \"x-lenient\": false, \"x-from\": \"x\"", COLUMN_STRING},
	    {"\"type\": \"string\", \"title\": \"\", \"description\": 1, \"$comment\": \"\", \"examples\": "
	     "[{}], "
	     "\"default\": null",
	     COLUMN_STRING},
	};

	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
		struct schema *s = compile_property(columns[i].rules);

		ok(s != NULL && s->n == 1 && s->columns.items[0].type == columns[i].type, "%s %s",
		   columns[i].rules, cause_message());
		schema_free(s);
	}
}

static void test_bounds(void)
{
	struct schema *s =
	    compile_property("\"type\": \"number\", \"x-column\": \"decimal\", \"minimum\": -1.5, "
			     "\"exclusiveMinimum\": -1.5, \"maximum\": 1e3, "
			     "\"exclusiveMaximum\": 2000");

	ok(s != NULL && s->fields[0].minimum == -1500000 && s->fields[0].exclusive_minimum &&
	       s->fields[0].maximum == 1000000000 && !s->fields[0].exclusive_maximum,
	   "the stricter bound counts");
	schema_free(s);
	s = compile_property("\"type\": \"number\", \"minimum\": 0.25, \"exclusiveMaximum\": 1e300");
	ok(s != NULL && s->fields[0].minimum_float == 0.25 && s->fields[0].maximum_float == 1e300 &&
	       s->fields[0].exclusive_maximum,
	   "bounds of doubles");
	schema_free(s);
	s = compile_property("\"type\": \"string\", \"minLength\": 2, \"maxLength\": 2.0");
	ok(s != NULL && s->fields[0].min_length == 2 && s->fields[0].max_length == 2, "lengths");
	schema_free(s);
	s = compile_property("\"type\": [\"string\", \"null\"], \"enum\": [\"a\", \"\\u00e4\", null]");
	ok(s != NULL && s->fields[0].has_allowed && s->fields[0].allowed.strings.n == 2, "values");
	schema_free(s);
}

static void test_order(void)
{
	struct schema *s =
	    compile("{\"properties\": {\"z\": {\"type\": \"string\"}, \"a\": {\"type\": "
		    "\"string\"}, \"m\\u0031\": {\"type\": \"string\"}}, \"type\": \"object\"}");

	ok(s != NULL && strcmp(s->columns.items[0].name, "z") == 0 &&
	       strcmp(s->columns.items[1].name, "a") == 0 && strcmp(s->columns.items[2].name, "m1") == 0,
	   "properties keep their order");
	ok(s != NULL && s->event_type == -1 && s->price == -1 && s->quantity == -1 && s->timestamp == -1,
	   "without what revenue takes");
	schema_free(s);
	s = compile(
	    "{\"type\": \"object\", \"properties\": {\"price\": {\"type\": \"number\"}, \"event_type\": "
	    "{\"type\": \"boolean\"}}}");
	ok(s != NULL && s->price == -1 && s->event_type == -1, "... or with other types");
	schema_free(s);
}

/* Refused with status 2, and a message that starts with the place and has the word in it. */
static void refused(struct schema *s, const char *place, const char *word)
{
	ok(s == NULL && cause_status() == STATUS_USAGE &&
	       strncmp(cause_message(), place, strlen(place)) == 0 && strstr(cause_message(), word) != NULL,
	   "%s", cause_message());
	schema_free(s);
}

static void test_refused_properties(void)
{
	static const struct {
		const char *rules, *word;
	} properties[] = {
	    {"\"type\": \"string\", \"pattern\": \"a\"", "pattern"},
	    {"\"type\": \"string\", \"properties\": {}", "properties"},
	    {"\"type\": \"string\", \"type\": \"string\"", "type"},
	    {"\"type\": \"string\", \"format\": \"email\"", "email"},
	    {"\"type\": \"string\", \"format\": 1", ""},
	    {"\"type\": \"array\"", "array"},
	    {"\"type\": \"object\"", "object"},
	    {"\"type\": [\"string\", \"integer\"]", "type"},
	    {"\"type\": \"null\"", "type"},
	    {"\"type\": []", "type"},
	    {"\"type\": 1", ""},
	    {"", "type"},
	    {"\"type\": \"string\", \"x-column\": \"varchar\"", "varchar"},
	    {"\"type\": \"string\", \"x-column\": \"int32\"", "int32"},
	    {"\"type\": \"number\", \"x-column\": \"int32\"", "int32"},
	    {"\"type\": \"integer\", \"x-column\": \"string\"", "string"},
	    {"\"type\": \"boolean\", \"x-column\": \"int32\"", "int32"},
	    {"\"type\": \"integer\", \"format\": \"date-time\"", "strings"},
	    {"\"type\": \"string\", \"format\": \"date-time\", \"x-column\": \"string\"", "string"},
	    {"\"type\": \"string\", \"minimum\": 1", "string"},
	    {"\"type\": \"integer\", \"minimum\": 0.5", "int64"},
	    {"\"type\": \"integer\", \"minimum\": \"1\"", "number"},
	    {"\"type\": \"integer\", \"exclusiveMinimum\": true", "number"},
	    {"\"type\": \"integer\", \"maximum\": 1e19", "bound"},
	    {"\"type\": \"number\", \"maximum\": 1e400", "bound"},
	    {"\"type\": \"number\", \"x-column\": \"decimal\", \"minimum\": 1e-7", "decimal"},
	    {"\"type\": \"integer\", \"minLength\": 1", "int64"},
	    {"\"type\": \"string\", \"minLength\": -1", "length"},
	    {"\"type\": \"string\", \"maxLength\": 1.5", "length"},
	    {"\"type\": \"string\", \"maxLength\": \"1\"", "length"},
	    {"\"type\": \"integer\", \"enum\": [1]", "string"},
	    {"\"type\": \"string\", \"enum\": []", "values"},
	    {"\"type\": \"string\", \"enum\": \"a\"", "array"},
	    {"\"type\": \"string\", \"enum\": [\"a\", null]", "string"},
	    {"\"type\": \"string\", \"enum\": [\"a\", \"\\u0061\"]", "twice"},
	    {"\"type\": \"string\", \"x-known\": [1]", "string"},
	    {"\"type\": \"string\", \"enum\": [\"\\ud800\"]", "surrogate"},
	    {"\"type\": \"integer\", \"x-format\": \"epoch\"", "\"epoch\""},
	    {"\"type\": \"integer\", \"x-format\": 1", "string"},
	    {"\"type\": \"string\", \"x-format\": \"epoch-s\"", "numbers"},
	    {"\"type\": \"boolean\", \"x-format\": \"epoch-s\"", "numbers"},
	    {"\"type\": \"string\", \"format\": \"date-time\", \"x-format\": \"epoch-s\"", "strings"},
	    {"\"type\": \"integer\", \"x-format\": \"epoch-s\", \"x-column\": \"int64\"", "int64"},
	    {"\"type\": \"integer\", \"x-column\": \"timestamp\"", "x-format"},
	    {"\"type\": \"integer\", \"x-format\": \"epoch-s\", \"minimum\": 0.0000001", "places"},
	    {"\"type\": \"string\", \"x-lenient\": true", "numbers"},
	    {"\"type\": [\"string\", \"boolean\"], \"x-lenient\": true", "numbers"},
	    {"\"type\": \"string\", \"format\": \"date-time\", \"x-lenient\": true", "numbers"},
	    {"\"type\": \"number\", \"x-lenient\": \"yes\"", "true"},
	    {"\"type\": [\"string\", \"number\"]", "x-lenient"},
	    {"\"type\": [\"string\", \"number\", \"integer\"], \"x-lenient\": true", "one type"},
	    {"\"type\": \"string\", \"x-from\": 1", "string"},
	    {"\"type\": \"string\", \"x-from\": \"\"", "empty"},
	    {"\"type\": \"string\", \"x-from\": \".a\"", "empty"},
	    {"\"type\": \"string\", \"x-from\": \"a..b\"", "empty"},
	    {"\"type\": \"string\", \"x-from\": \"a.\"", "empty"},
	    {"\"type\": \"string\", \"x-from\": \"a\\\\b\"", "backslash"},
	    {"\"type\": \"string\", \"x-from\": \"a\\\\\"", "backslash"},
	    {"\"type\": \"string\", \"x-from\": \"a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a\"", "16"},
	};

	for (size_t i = 0; i < sizeof properties / sizeof properties[0]; i++)
		refused(compile_property(properties[i].rules), "test.json:2: ", properties[i].word);
}

static void test_refused(void)
{
	struct schema *s;
	static const struct {
		const char *text, *place, *word;
	} schemas[] = {
	    {"", "test.json:1: ", "JSON"},
	    {"{\n\n\"type\" \"object\"}", "test.json:3: ", "JSON"},
	    {"{} {}", "test.json:1: ", "JSON"},
	    {"{\"title\": \"\xff\"}", "test.json:1: ", "UTF-8"},
	    {"[]", "test.json:1: ", "object"},
	    {"{}", "test.json:1: ", "properties"},
	    {"{\"type\": \"array\", \"properties\": {}}", "test.json:1: ", "object"},
	    {"{\"type\": \"object\", \"properties\": {}}", "test.json:1: ", "property"},
	    {"{\"type\": \"object\", \"properties\": []}", "test.json:1: ", "object"},
	    {"{\"type\": \"object\", \"properties\": {\"a\": true}}", "test.json:1: ", "object"},
	    {"{\"type\": \"object\",\n \"additionalProperties\": false}",
	     "test.json:2: ", "additionalProperties"},
	    {"{\"type\": \"object\",\n \"minimum\": 1}", "test.json:2: ", "minimum"},
	    {"{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"string\"},\n\"\\u0061\": "
	     "{\"type\": "
	     "\"string\"}}}",
	     "test.json:2: ", "\"a\""},
	    {"{\"type\": \"object\", \"properties\": {\"\": {\"type\": \"string\"}}}",
	     "test.json:1: ", "name"},
	    {"{\"type\": \"object\", \"properties\": {\"a\\u0000\": {\"type\": \"string\"}}}",
	     "test.json:1: ", "U+0000"},
	    {"{\"type\": \"object\", \"required\": [\"b\"], \"properties\": {\"a\": {\"type\": \"string\"}}}",
	     "test.json:1: ", "\"b\""},
	    {"{\"type\": \"object\", \"required\": [\"a\", \"a\"], \"properties\": {\"a\": {\"type\": "
	     "\"string\"}}}",
	     "test.json:1: ", "\"a\""},
	    {"{\"type\": \"object\", \"required\": \"a\", \"properties\": {\"a\": {\"type\": \"string\"}}}",
	     "test.json:1: ", "array"},
	    {"{\"type\": \"object\", \"properties\": {\"price\": {\"type\": \"number\"}, \"event_type\": "
	     "{\"type\": \"string\"},\n\"quantity\": {\"type\": \"string\"}}}",
	     "test.json:2: /properties/quantity: ", "an integer"},
	    {"{\"type\": \"object\", \"properties\": {\"quantity\": {\"type\": \"integer\"}, \"event_type\": "
	     "{\"type\": \"string\"},\n\"price\": {\"type\": \"number\"}}}",
	     "test.json:2: /properties/price: ", "decimal"},
	};

	for (size_t i = 0; i < sizeof schemas / sizeof schemas[0]; i++)
		refused(compile(schemas[i].text), schemas[i].place, schemas[i].word);
	cause_clear();
	s = compile(
	    "{\"type\": \"object\", \"properties\": {\"price\": {\"type\": \"number\"}, \"quantity\": "
	    "{\"type\": \"string\"}}}");
	ok(s != NULL, "without an event_type there is no revenue");
	schema_free(s);
	refused(schema_read("t/no-such-schema.json"), "t/no-such-schema.json: ", "");
	cause_clear();
	ok(schema_read("t") == NULL && cause_is_set(), "a folder: %s", cause_message());
}

/* Where the keys of a schema's properties stand. */
static void test_from(void)
{
	struct schema *s = compile("{\"type\": \"object\", \"properties\": {"
				   "\"a\": {\"type\": \"string\", \"x-from\": \"b\"},"
				   "\"b\": {\"type\": \"string\", \"x-from\": \"c.a\\\\.b\"},"
				   "\"c.a\": {\"type\": \"string\"},"
				   "\"d\": {\"type\": \"string\", \"x-from\": \"c.\\\\\\\\.d\"},"
				   "\"e\": {\"type\": \"string\", \"x-from\": \"\\\\.\"}}}");
	static const struct {
		const char *name;
		size_t object;
		int field;
		unsigned depth;
		const char *path;
	} keys[] = {
	    {"", 0, -1, 0, ""},           {"b", 0, 0, 0, "b."},       {"c", 0, -1, 0, "c."},
	    {"a.b", 2, 1, 1, "c.a\\.b."}, {"c.a", 0, 2, 0, "c\\.a."}, {"\\", 2, -1, 1, "c.\\\\."},
	    {"d", 5, 3, 2, "c.\\\\.d."},  {".", 0, 4, 0, "\\.."},
	};
	const size_t n = sizeof keys / sizeof keys[0];
	bool same = s != NULL && s->shape.n == n;

	for (size_t i = 0; same && i < n; i++) {
		const struct shape_key *k = &s->shape.keys[i];

		same = k->len == strlen(keys[i].name) && strcmp(k->name, keys[i].name) == 0 &&
		       k->object == keys[i].object && k->field == keys[i].field &&
		       k->depth == keys[i].depth && strcmp(k->path, keys[i].path) == 0;
		if (!same)
			fprintf(stderr, "# %zu: %s %zu %d %u %s\n", i, k->name, k->object, k->field, k->depth,
				k->path);
	}
	ok(same, "paths of keys, with dots and backslashes in them: %s", cause_message());
	schema_free(s);
	s = compile_property("\"type\": \"string\", \"x-from\": \"a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a\"");
	ok(s != NULL && s->shape.n == 17, "16 keys: %s", cause_message());
	schema_free(s);
}

static void test_clashes(void)
{
	static const struct {
		const char *first, *second, *pointer, *word;
	} pairs[] = {
	    {"\"a\": {\"type\": \"string\"}", "\"b\": {\"type\": \"string\", \"x-from\": \"a\"}",
	     "/properties/b/x-from: ", "\"a\""},
	    {"\"b\": {\"type\": \"string\", \"x-from\": \"a\"}", "\"a\": {\"type\": \"string\"}",
	     "/properties/a: ", "\"b\""},
	    {"\"a\": {\"type\": \"string\", \"x-from\": \"x.y\"}",
	     "\"b\": {\"type\": \"string\", \"x-from\": \"x.y\"}", "/properties/b/x-from: ", "\"a\""},
	    {"\"x\": {\"type\": \"string\"}", "\"b\": {\"type\": \"string\", \"x-from\": \"x.y\"}",
	     "/properties/b/x-from: ", "\"x\""},
	    {"\"b\": {\"type\": \"string\", \"x-from\": \"x.y.z\"}", "\"x\": {\"type\": \"string\"}",
	     "/properties/x: ", "\"b\""},
	    {"\"a\": {\"type\": \"string\"}", "\"A\": {\"type\": \"string\"}", "/properties/A: ", "case"},
	    {"\"a\": {\"type\": \"string\"}", "\"a/~b\": {\"type\": \"strings\"}",
	     "/properties/a~1~0b/type: ", "strings"},
	    {"\"a\": {\"type\": \"string\"}", "\"b\": {\"type\": \"string\", \"enum\": [\"a\", 1]}",
	     "/properties/b/enum/1: ", "string"},
	};
	static const char *const ours[] = {"event_date", "event_hour", "revenue", "source", "line", "Line"};

	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		char text[512], place[128];

		snprintf(text, sizeof text, "{\"type\": \"object\", \"properties\": {\n%s,\n%s}}",
			 pairs[i].first, pairs[i].second);
		snprintf(place, sizeof place, "test.json:3: %s", pairs[i].pointer);
		refused(compile(text), place, pairs[i].word);
	}
	for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
		char text[512], place[128];

		snprintf(text, sizeof text,
			 "{\"type\": \"object\", \"properties\": {\"%s\": {\"type\": \"string\"}}}", ours[i]);
		snprintf(place, sizeof place, "test.json:1: /properties/%s: ", ours[i]);
		refused(compile(text), place, "x-from");
	}
}

int main(void)
{
	test_shipped();
	test_columns();
	test_bounds();
	test_order();
	test_refused_properties();
	test_refused();
	test_from();
	test_clashes();
	return tap_done();
}
