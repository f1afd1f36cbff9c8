/* decode: every decoding rule, by lines and what becomes of them. */
#include "../../lib/decode.h"

#include "tap.h"

#include <dirent.h>
#include <stdlib.h>

static uint64_t state = 0x2545f4914f6cdd1d;

static uint64_t next_random(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

/* A schema, its decoder, and a builder that takes the rows. */
struct bench {
	struct schema *schema;
	struct decoder *decoder;
	struct builder builder;
	uint64_t line;
};

static void bench_open(struct bench *b, struct schema *schema)
{
	b->schema = schema;
	b->line = 0;
	b->decoder = schema != NULL ? decoder_new(schema) : NULL;
	if (b->decoder == NULL || builder_init(&b->builder, schema->columns.items, schema->n) != 0) {
		fprintf(stderr, "# %s\n", cause_message());
		exit(1);
	}
}

static void bench_close(struct bench *b)
{
	builder_free(&b->builder);
	decoder_free(b->decoder);
	schema_free(b->schema);
}

/* The last row as text, `|` between the values, `-` for null. */
static void print_row(const struct bench *b, struct buffer *out)
{
	for (size_t i = 0; i < b->schema->n; i++) {
		const struct builder_column *c = &b->builder.columns[i];
		const uint32_t row = c->n - 1;
		int result;

		if ((c->valid[row / 64] >> (row % 64) & 1) == 0) {
			result = buffer_append_text(out, "-");
		} else if (c->type == COLUMN_STRING) {
			struct text t = c->plain
					    ? (struct text){(const char *)c->bytes.data + c->offsets[row],
							    c->offsets[row + 1] - c->offsets[row]}
					    : strings_get(&c->dictionary.strings, (uint32_t)c->values[row]);

			result = buffer_append(out, t.data, t.len);
		} else if (c->type == COLUMN_FLOAT64) {
			double value;

			memcpy(&value, &c->values[row], sizeof value);
			result = buffer_printf(out, "%g", value);
		} else {
			result = buffer_printf(out, "%lld", (long long)c->values[row]);
		}
		if (result != 0 || (i + 1 < b->schema->n && buffer_append_text(out, "|") != 0))
			exit(1);
	}
}

/*
 * What becomes of a line: its row, or "reason field column". What stands behind the line in memory must not
 * matter, so the line is tried with several.
 */
static const char *verdict(struct bench *b, const char *line, size_t len)
{
	static const char *const behind[] = {"\n", "0", "\"", "}", "\", \"", "null}", " "};
	static struct buffer first, out;
	char *copy = malloc(len + DECODE_SLACK);

	buffer_clear(&first);
	for (size_t i = 0; i < sizeof behind / sizeof behind[0]; i++) {
		struct decode_fault fault;
		struct buffer ignored = {0};
		const size_t n = strlen(behind[i]);
		int result;

		memcpy(copy, line, len);
		for (size_t j = 0; j < DECODE_SLACK; j++)
			copy[len + j] = behind[i][j % n];
		if (builder_is_full(&b->builder) && builder_encode(&b->builder, &ignored) != 0)
			exit(1);
		buffer_free(&ignored);
		buffer_clear(&out);
		result = decode_line(b->decoder, copy, len, ++b->line, &b->builder, &fault);
		if (result == 1)
			print_row(b, &out);
		else if (result != 0 ||
			 buffer_printf(&out, "%s %s %zu", fault.reason, fault.field, fault.column) != 0)
			exit(1);
		if (i == 0 && buffer_append(&first, out.data, out.len) != 0)
			exit(1);
		if (first.len != out.len || memcmp(first.data, out.data, out.len) != 0)
			buffer_append_text(&first, " (and differently)") == 0 ? (void)0 : exit(1);
	}
	free(copy);
	return buffer_text(&first);
}

static const char *verdict_of(struct bench *b, const char *line)
{
	return verdict(b, line, strlen(line));
}

/* Puts one member in place of the same in a good event; NULL takes it out. */
static const char *event_with(const char *key, const char *member)
{
	static const char *const members[] = {
	    "\"timestamp\": \"2025-12-07T03:55:56.633003+00:00\"",
	    "\"user_id\": \"u_1\"",
	    "\"session_id\": \"s_1\"",
	    "\"event_type\": \"purchase\"",
	    "\"product_id\": \"p_1\"",
	    "\"quantity\": 2",
	    "\"price\": 10.5",
	    "\"category\": \"books\"",
	    "\"search_query\": null",
	};
	static char line[1 << 16];
	size_t n = 0, key_len = strlen(key);
	bool found = false;

	line[n++] = '{';
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
		bool same = strncmp(members[i] + 1, key, key_len) == 0 && members[i][1 + key_len] == '"';
		const char *text = same ? member : members[i];

		found |= same;
		if (text != NULL)
			n += (size_t)snprintf(line + n, sizeof line - n, "%s%s", n > 1 ? ", " : "", text);
	}
	if (!found)
		n += (size_t)snprintf(line + n, sizeof line - n, ", %s", member);
	snprintf(line + n, sizeof line - n, "}");
	return line;
}

/* What becomes of an event with one member changed. A fault's column is where the `@` stands, which is not in
 * the line; without one it is 0. */
struct rule {
	const char *key, *member, *verdict;
};

#define ROW(timestamp, user, type, product, quantity, price, category, query) \
	timestamp "|" user "|s_1|" type "|" product "|" quantity "|" price "|" category "|" query
#define TIME(timestamp) ROW(timestamp, "u_1", "purchase", "p_1", "2", "10500000", "books", "-")
#define USER(user) ROW("1765079756633003", user, "purchase", "p_1", "2", "10500000", "books", "-")
#define TYPE(type) ROW("1765079756633003", "u_1", type, "p_1", "2", "10500000", "books", "-")
#define PRODUCT(product) ROW("1765079756633003", "u_1", "purchase", product, "2", "10500000", "books", "-")
#define QUANTITY(quantity) \
	ROW("1765079756633003", "u_1", "purchase", "p_1", quantity, "10500000", "books", "-")
#define PRICE(price) ROW("1765079756633003", "u_1", "purchase", "p_1", "2", price, "books", "-")
#define QUERY(query) ROW("1765079756633003", "u_1", "purchase", "p_1", "2", "10500000", "books", query)
#define GOOD USER("u_1")

static const struct rule rules[] = {
    {"x", "\"x\": 1", GOOD},
    /* Timestamps. */
    {"timestamp", "\"timestamp\": \"2025-12-07T03:55:56.633003Z\"", TIME("1765079756633003")},
    {"timestamp", "\"timestamp\":\"2025-12-07T03:55:56Z\"", TIME("1765079756000000")},
    {"timestamp", "\"timestamp\": \"2025-12-07 05:25+0130\"", TIME("1765079700000000")},
    {"timestamp", "\"timestamp\": \"2025-12-07T03:55:60Z\"", TIME("1765079760000000")},
    {"timestamp", "\"timestamp\": \"2025-12-07\\u005403:55:56.633003+00:00\"", TIME("1765079756633003")},
    {"timestamp", "\"timestamp\": @\"2025-02-29T03:55:56.633003+00:00\"", "bad_timestamp timestamp"},
    {"timestamp", "\"timestamp\": @\"0001-01-01T00:00:00+23:59\"", "bad_timestamp timestamp"},
    {"timestamp", "\"timestamp\": @\"yesterday\"", "bad_timestamp timestamp"},
    {"timestamp", "\"timestamp\": @1765079756", "bad_timestamp timestamp"},
    {"timestamp", "\"timestamp\": @true", "bad_timestamp timestamp"},
    {"timestamp", "\"timestamp\": @[\"2025-12-07T03:55:56Z\"]", "bad_timestamp timestamp"},
    {"timestamp", "\"timestamp\": @\"2025-12-07T03:55:56.633003+00:00\\u0000\"", "bad_timestamp timestamp"},
    {"timestamp", "\"timestamp\": @\"\"", "missing_timestamp timestamp"},
    {"timestamp", "\"timestamp\": @null", "missing_timestamp timestamp"},
    {"timestamp", NULL, "missing_timestamp timestamp"},
    /* Required. */
    {"user_id", NULL, "missing_user_id user_id"},
    {"user_id", "\"user_id\": @null", "missing_user_id user_id"},
    {"user_id", "\"user_id\":@\"\"", "missing_user_id user_id"},
    {"session_id", NULL, "missing_session_id session_id"},
    {"event_type", "\"event_type\": @\"\"", "missing_event_type event_type"},
    /* Strings. */
    {"user_id", "\"user_id\": @17", "bad_user_id user_id"},
    {"user_id", "\"user_id\": @{}", "bad_user_id user_id"},
    {"user_id", "\"user_id\": @\"\\ud800\"", "bad_user_id user_id"},
    {"user_id", "\"user_id\": @\"a\\u0000b\"", "bad_user_id user_id"},
    {"user_id", "\"user_id\": \" U_1 \"", USER(" U_1 ")},
    {"user_id", "\"user_id\": \"\\u00e4\\n\\ud83d\\ude00\"", USER("\xc3\xa4\n\xf0\x9f\x98\x80")},
    {"user_id", "\"user_id\": \"\xc3\xa4\"", USER("\xc3\xa4")},
    {"product_id", "\"product_id\": \"\"", PRODUCT("")},
    {"product_id", "\"product_id\": null", PRODUCT("-")},
    {"product_id", NULL, PRODUCT("-")},
    {"product_id", "\"product_id\": @false", "bad_product_id product_id"},
    /* Price. */
    {"price", "\"price\": 0", PRICE("0")},
    {"price", "\"price\": -0.0", PRICE("0")},
    {"price", "\"price\": 296.20", PRICE("296200000")},
    {"price", "\"price\": 0.0000005", PRICE("0")},
    {"price", "\"price\": 0.0000015", PRICE("2")},
    {"price", "\"price\": 1e-7", PRICE("0")},
    {"price", "\"price\": 1.05E1", PRICE("10500000")},
    {"price", "\"price\": 499999999999.999999", PRICE("499999999999999999")},
    {"price", "\"price\": @-1", "bad_price price"},
    {"price", "\"price\": @-0.0000001", "bad_price price"},
    {"price", "\"price\": @-1e-999", "bad_price price"},
    {"price", "\"price\": @1000000000000", "bad_price price"},
    {"price", "\"price\": @999999999999.9999995", "bad_price price"},
    {"price", "\"price\": @1e999999999", "bad_price price"},
    {"price", "\"price\": @\"10.5\"", "bad_price price"},
    {"price", "\"price\": @\"\"", "bad_price price"},
    {"price", "\"price\": @true", "bad_price price"},
    {"price", "\"price\": null", PRICE("-")},
    {"price", NULL, PRICE("-")},
    /* Quantity. */
    {"quantity", "\"quantity\": 2.0", QUANTITY("2")},
    {"quantity", "\"quantity\": 1e2", QUANTITY("100")},
    {"quantity", "\"quantity\": -0", QUANTITY("0")},
    {"quantity", "\"quantity\": 20E-1", QUANTITY("2")},
    {"quantity", "\"quantity\": 2147483647", QUANTITY("2147483647")},
    {"quantity", "\"quantity\": @2147483648", "bad_quantity quantity"},
    {"quantity", "\"quantity\": @2.5", "bad_quantity quantity"},
    {"quantity", "\"quantity\": @-1", "bad_quantity quantity"},
    {"quantity", "\"quantity\": @1e400", "bad_quantity quantity"},
    {"quantity", "\"quantity\": @2.00000000000000000000000001", "bad_quantity quantity"},
    {"quantity", "\"quantity\": @\"2\"", "bad_quantity quantity"},
    {"quantity", "\"quantity\": null", QUANTITY("-")},
    /* Revenue, of purchases only. */
    {"price", "\"price\": @500000000000", "bad_revenue revenue"},
    {"price", "\"price\": @999999999999.999999", "bad_revenue revenue"},
    {"event_type", "\"event_type\": \"purchas\\u0065\"", TYPE("purchase")},
    /* Event types. */
    {"event_type", "\"event_type\": \"refund\"", TYPE("refund")},
    {"event_type", "\"event_type\": @1", "bad_event_type event_type"},
    /* Keys. */
    {"x", "\"user_id\": \"u_2\"", USER("u_2")},
    {"x", "\"us\\u0065r_id\": \"u_2\"", USER("u_2")},
    {"x", "\"user_id\": @2", "bad_user_id user_id"},
    {"x", "\"user_id\": @null", "missing_user_id user_id"},
    {"user_id", "\"user_id\": 1, \"user_id\": \"u_3\"", USER("u_3")},
    {"user_id", "\"User_id\": \"u_1\"", "missing_user_id user_id"},
    {"user_id", "\"user_id \": \"u_1\"", "missing_user_id user_id"},
    {"x", "\"x\": \"\\ud800\\u0000\"", GOOD},
    {"x", "\"\\ud800\": 1", GOOD},
    {"x", "\"user_id\\u0000\": 1", GOOD},
    {"x", "\"\": {\"user_id\": [1, {}, \"}\"]}", GOOD},
    /* The whole line first, then schema order. */
    {"x", "\"timestamp\": @1, \"price\": -1", "bad_timestamp timestamp"},
    {"timestamp", "\"price\": -1, \"timestamp\": @1", "bad_timestamp timestamp"},
    {"timestamp", "\"timestamp\": 1, \"x\": nul@", "malformed_json "},
    {"x", "\"x\": \"@\xff\"", "malformed_json "},
    {"x", "\"@\xc3\": 1", "malformed_json "},
    {"user_id", "\"user_id\": \"@\xed\xa0\x80\"", "malformed_json "},
    {"user_id", "\"user_id\": \"@\xff\", 1", "malformed_json "},
    {"user_id", "@1, \"user_id\": \"\xff\"", "malformed_json "},
    {"user_id", "\"user_id\": \"a@\tb\"", "malformed_json "},
    {"user_id", "\"user_id\": \"\\@x\"", "malformed_json "},
    {"price", "\"price\": 0@1.5", "malformed_json "},
    {"price", "\"price\": 1.@", "malformed_json "},
    {"price", "\"price\": @.5", "malformed_json "},
    {"price", "\"price\": @+5", "malformed_json "},
    {"price", "\"price\": 1.5@.5", "malformed_json "},
    {"price", "\"price\": 1.5e@", "malformed_json "},
    {"price", "\"price\": 15 @15", "malformed_json "},
    {"price", "\"price\": @NaN", "malformed_json "},
    {"quantity", "\"quantity\": 0@x2", "malformed_json "},
};

static void test_rules(struct bench *b)
{
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		char line[1024], expected[256];
		const char *found, *at;

		snprintf(line, sizeof line, "%s", event_with(rules[i].key, rules[i].member));
		snprintf(expected, sizeof expected, "%s", rules[i].verdict);
		at = strchr(line, '@');
		if (strchr(expected, '|') == NULL)
			snprintf(expected, sizeof expected, "%s %td", rules[i].verdict,
				 at == NULL ? 0 : at - line + 1);
		if (at != NULL)
			memmove(line + (at - line), at + 1, strlen(at));
		found = verdict_of(b, line);
		if (!ok(strcmp(found, expected) == 0, "rule %zu, %s", i, rules[i].key))
			fprintf(stderr, "# %s\n# %s\n", line, found);
	}
}

static void test_revenue(struct bench *b)
{
	ok(strcmp(verdict_of(b, "{\"timestamp\":\"2025-12-07T03:55Z\",\"user_id\":\"u\",\"session_id\":\"s\","
				"\"event_type\":\"page_view\",\"price\":999999999999,\"quantity\":9}"),
		  "1765079700000000|u|s|page_view|-|9|999999999999000000|-|-") == 0,
	   "only purchases have revenue");
}

static void test_lines(struct bench *b)
{
	static const struct {
		const char *line, *verdict;
	} lines[] = {
	    {"", "malformed_json  1"},
	    {"   ", "malformed_json  4"},
	    {"{", "malformed_json  2"},
	    {"{}", "missing_timestamp timestamp 0"},
	    {" { } \t\r", "missing_timestamp timestamp 0"},
	    {"{} x", "malformed_json  4"},
	    {"{}{}", "malformed_json  3"},
	    {"{},", "malformed_json  3"},
	    {"{,}", "malformed_json  2"},
	    {"{\"a\"}", "malformed_json  5"},
	    {"{\"a\":}", "malformed_json  6"},
	    {"{\"a\":1,}", "malformed_json  8"},
	    {"{\"a\":1", "malformed_json  7"},
	    {"{\"timestamp\":", "malformed_json  14"},
	    {"{\"timestamp\": ", "malformed_json  15"},
	    {"{\"timestamp\"", "malformed_json  13"},
	    {"{\"timestamp\": \"2025-12-07T03:55:56.633003Z", "malformed_json  43"},
	    {"{\"timestamp\": \"2025-12-07T03:55:56.633003Z\"", "malformed_json  44"},
	    {"{\"timestamp\": \"2025-12-07T03:55:56.633003Z\",", "malformed_json  45"},
	    {"{\"price\": 12", "malformed_json  13"},
	    {"{\"price\": 1", "malformed_json  12"},
	    {"{\"price\": nul", "malformed_json  14"},
	    {"{\"price\": null", "malformed_json  15"},
	    {"[]", "not_an_object  1"},
	    {" 1 ", "not_an_object  2"},
	    {"null", "not_an_object  1"},
	    {"\"{}\"", "not_an_object  1"},
	    {"[1,", "malformed_json  4"},
	    {"[\"\xff\"]", "malformed_json  3"},
	    {"hello", "malformed_json  1"},
	    {"\xef\xbb\xbf{}", "malformed_json  1"},
	    {"{'timestamp': 1}", "malformed_json  2"},
	};

	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		const char *found = verdict_of(b, lines[i].line);

		if (!ok(strcmp(found, lines[i].verdict) == 0, "line %zu: %s", i, lines[i].verdict))
			fprintf(stderr, "# %s\n# %s\n", lines[i].line, found);
	}
	ok(strcmp(verdict(b, "{}\0", 3), "malformed_json  3") == 0, "a NUL behind the object");
	/* Cut anywhere, a line is malformed, there or before. */
	const char *good = event_with("x", "\"x\": [1.5e3, \"\\u00e4\", {\"y\": true}]");
	size_t wrong = 0;

	for (size_t len = 0; len < strlen(good); len++) {
		char expected[64];

		snprintf(expected, sizeof expected, "malformed_json  %zu", len + 1);
		wrong += strcmp(verdict(b, good, len), expected) != 0;
	}
	ok(wrong == 0, "a line that is cut is malformed where it ends");
}

static void test_long(struct bench *b)
{
	char member[3000];
	size_t n = (size_t)snprintf(member, sizeof member, "\"x\": ");

	memset(member + n, '[', 1024);
	memset(member + n + 1024, ']', 1024);
	member[n + 2048] = '\0';
	ok(strcmp(verdict_of(b, event_with("x", member)), GOOD) == 0, "a value as deep as may be");
	memset(member + n, '[', 1025);
	memset(member + n + 1025, ']', 1025);
	member[n + 2050] = '\0';
	ok(strncmp(verdict_of(b, event_with("x", member)), "malformed_json", 14) == 0, "and one deeper");
	n = (size_t)snprintf(member, sizeof member, "\"price\": 1");
	memset(member + n, '0', 400);
	member[n + 400] = '\0';
	ok(strcmp(verdict_of(b, event_with("price", member)), "bad_price price 161") == 0, "401 digits");
	memcpy(member + n + 400, "e-400", 6);
	ok(strcmp(verdict_of(b, event_with("price", member)), PRICE("1000000")) == 0,
	   "... and an exponent that takes them back");
}

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
	return decode_line(b->decoder, copy, strlen(line), ++b->line, &b->builder, &fault);
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
	const struct decode_note *notes;
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
	bench_close(&b);
}

/*
 * The same event in the usual form, which the fast paths take, and in an odd one, which they leave: other
 * separators, keys in any order, escapes, exponents. Both must give the same row.
 */
struct event {
	char time[48], odd_time[48];
	char user[32], odd_user[192];
	const char *type;
	char price[32], odd_price[48];
	char quantity[16], odd_quantity[32];
};

static void make_event(struct event *e)
{
	static const char *const types[] = {"page_view", "add_to_cart", "purchase", "search", "refund"};
	unsigned year = 1 + (unsigned)(next_random() % 9998), month = 1 + (unsigned)(next_random() % 12),
		 day = 1 + (unsigned)(next_random() % 28), hour = (unsigned)(next_random() % 24),
		 minute = (unsigned)(next_random() % 60), second = (unsigned)(next_random() % 60),
		 part = (unsigned)(next_random() % 1000000), cents = (unsigned)(next_random() % 10000000),
		 quantity = (unsigned)(next_random() >> (32 + next_random() % 32)) & INT32_MAX;
	size_t n = 0;

	snprintf(e->time, sizeof e->time, "%04u-%02u-%02uT%02u:%02u:%02u.%06u%s", year, month, day, hour,
		 minute, second, part, next_random() % 2 ? "Z" : "+00:00");
	snprintf(e->odd_time, sizeof e->odd_time, "%04u-%02u-%02u %02u:%02u:%02u,%06u999%s", year, month, day,
		 hour, minute, second, part, next_random() % 2 ? "-00" : "");
	snprintf(e->user, sizeof e->user, "u_%llu",
		 (unsigned long long)(next_random() >> next_random() % 60));
	for (const char *c = e->user; *c != '\0'; c++)
		n += (size_t)snprintf(e->odd_user + n, sizeof e->odd_user - n,
				      next_random() % 4 ? "%c" : "\\u%04X", *c);
	e->type = types[next_random() % 5];
	snprintf(e->price, sizeof e->price, "%u.%02u", cents / 100, cents % 100);
	snprintf(e->odd_price, sizeof e->odd_price, "%u%s", cents, cents == 0 ? "e5" : "000e-5");
	snprintf(e->quantity, sizeof e->quantity, "%u", quantity);
	snprintf(e->odd_quantity, sizeof e->odd_quantity, "%u%s", quantity, quantity == 0 ? ".0" : "0.0E-1");
}

static void test_paths(struct bench *b)
{
	size_t wrong = 0, rows = 0;

	for (int i = 0; i < 20000; i++) {
		struct event e;
		char usual[512], odd[1024];
		char *first;
		const char *second;

		make_event(&e);
		snprintf(usual, sizeof usual,
			 "{\"timestamp\": \"%s\", \"user_id\": \"%s\", \"session_id\": \"s\", "
			 "\"event_type\": \"%s\", "
			 "\"product_id\": null, \"quantity\": %s, \"price\": %s, \"category\": null, "
			 "\"search_query\": null}",
			 e.time, e.user, e.type, e.quantity, e.price);
		snprintf(
		    odd, sizeof odd,
		    " {\t\"price\":%s ,\"quantity\" :%s\t,\"\\u0075ser_id\": \"%s\", \"event_type\"\r:\"%s\","
		    "\"x\":[\"}\"],\"timestamp\":\"%s\" , \"session_id\":1,\"session_id\":\"\\u0073\" } ",
		    e.odd_price, e.odd_quantity, e.odd_user, e.type, e.odd_time);
		first = strdup(verdict_of(b, usual));
		second = verdict_of(b, odd);
		rows += strchr(first, '|') != NULL;
		if (strcmp(first, second) != 0 &&
		    (strchr(first, '|') != NULL || strchr(second, '|') != NULL) && wrong++ == 0)
			fprintf(stderr, "# %s\n# %s\n# %s\n# %s\n", usual, odd, first, second);
		free(first);
	}
	ok(wrong == 0 && rows > 10000, "%zu events in two forms give the same rows", rows);
}

/* Spaces around whatever stands between strings and numbers: no change of meaning, other paths. */
static size_t spread(const char *line, size_t len, char *out)
{
	bool inside = false;
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		bool mark = !inside && memchr("{}[]:,", line[i], 6) != NULL;

		if (mark)
			out[n++] = ' ';
		out[n++] = line[i];
		if (mark)
			out[n++] = '\t';
		if (inside && line[i] == '\\' && i + 1 < len)
			out[n++] = line[++i];
		else if (line[i] == '"')
			inside = !inside;
	}
	return n;
}

/* Good lines with a few bytes changed, whatever comes of them: the same with and without spaces. */
static void test_damage(struct bench *b)
{
	static const char bytes[] = "\"\\{}[]:, \t0123456789.eE+-truefalsn\n\x7f\xc3\xa4\xff";
	size_t wrong = 0, rows = 0;

	for (int i = 0; i < 50000; i++) {
		char line[512], wide[2048];
		char *first, *second;
		size_t len = (size_t)snprintf(line, sizeof line, "%s",
					      event_with("x", "\"x\": {\"y\": [1.5, \"\\n\"]}"));
		int changes = 1 + (int)(next_random() % 3);

		for (int j = 0; j < changes; j++)
			line[next_random() % len] = bytes[next_random() % (sizeof bytes - 1)];
		first = strdup(verdict(b, line, len));
		second = strdup(verdict(b, wide, spread(line, len, wide)));
		rows += strchr(first, '|') != NULL;
		/* A fault stands at another column then. */
		if (strchr(first, '|') == NULL && strrchr(second, ' ') != NULL)
			*strrchr(first, ' ') = *strrchr(second, ' ') = '\0';
		if (strcmp(first, second) != 0 && wrong++ == 0)
			fprintf(stderr, "# %.*s\n# %s\n# %s\n", (int)len, line, first, second);
		free(first);
		free(second);
	}
	ok(wrong == 0, "50000 damaged lines, %zu of them still good, are the same with spaces", rows);
}

/* What is neither demanded nor forbidden by RFC 8259 is accepted, unless it is no UTF-8. With its line feed
 * turned to a space, one of the forbidden strings is as good as any. */
static bool is_accepted(const char *name)
{
	static const char *const no_utf8[] = {
	    "i_string_UTF-16LE_with_BOM",
	    "i_string_UTF-8_invalid_sequence",
	    "i_string_UTF8_surrogate_U+D800",
	    "i_string_invalid_utf-8",
	    "i_string_iso_latin_1",
	    "i_string_lone_utf8_continuation_byte",
	    "i_string_not_in_unicode_range",
	    "i_string_overlong_sequence_2_bytes",
	    "i_string_overlong_sequence_6_bytes",
	    "i_string_overlong_sequence_6_bytes_null",
	    "i_string_truncated-utf-8",
	    /* no JSON in UTF-8 */
	    "i_string_utf16BE_no_BOM",
	    "i_string_utf16LE_no_BOM",
	    "i_structure_UTF-8_BOM_empty_object",
	};

	for (size_t i = 0; i < sizeof no_utf8 / sizeof no_utf8[0]; i++) {
		if (strncmp(name, no_utf8[i], strlen(no_utf8[i])) == 0 && name[strlen(no_utf8[i])] == '.')
			return false;
	}
	return *name != 'n' || strcmp(name, "n_string_unescaped_newline.json") == 0;
}

static void test_suite_file(struct bench *b, const char *path, const char *name)
{
	static char line[1 << 18];
	FILE *file = fopen(path, "rb");
	const char *good = event_with("x", "\"x\": ");
	size_t n = strlen(good) - 1, len;
	const char *found;

	if (file == NULL) {
		ok(false, "%s can be read", path);
		return;
	}
	memcpy(line, good, n);
	len = fread(line + n, 1, sizeof line - n - 1, file);
	fclose(file);
	for (size_t i = n; i < n + len; i++) {
		if (line[i] == '\n')
			line[i] = ' ';
	}
	line[n + len] = '}';
	found = verdict(b, line, n + len + 1);
	ok(strcmp(found, GOOD) == 0 ? is_accepted(name)
				    : !is_accepted(name) && strncmp(found, "malformed_json", 14) == 0,
	   "%s is %s", name, strcmp(found, GOOD) == 0 ? "kept" : "malformed");
}

static void test_suite(struct bench *b)
{
	static const char folder[] = "../shared/data/jsontestsuite/test_parsing";
	struct dirent **names;
	int n = scandir(folder, &names, NULL, alphasort);

	if (n < 0) {
		printf("ok %d - # SKIP no %s\n", ++tap.run, folder);
		return;
	}
	for (int i = 0; i < n; i++) {
		char path[1024];

		snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
		if (names[i]->d_name[0] != '.')
			test_suite_file(b, path, names[i]->d_name);
		free(names[i]);
	}
	free(names);
}

int main(void)
{
	struct bench b;

	bench_open(&b, schema_read("schemas/event.json"));
	test_rules(&b);
	test_revenue(&b);
	test_lines(&b);
	test_long(&b);
	test_paths(&b);
	test_damage(&b);
	test_suite(&b);
	bench_close(&b);
	test_other_schema();
	test_bounds();
	test_notes();
	return tap_done();
}
