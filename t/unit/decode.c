/* decode: every decoding rule, by lines and what becomes of them. */
#include "decode_bench.h"

#include <dirent.h>

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

/* The first timestamp that a decoder sees. */
static void test_first(void)
{
	static const char line[] =
	    "{\"timestamp\":\"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	    "56.633003Z\",\"user_id\":\"u\",\"session_id\":\"s\",\"event_type\":\"x\"}";
	struct bench b;

	bench_open(&b, schema_read("schemas/event.json"));
	ok(strcmp(verdict(&b, line, sizeof line - 1), "malformed_json  15") == 0, "no minute at all");
	bench_close(&b);
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
	test_first();
	test_long(&b);
	test_suite(&b);
	bench_close(&b);
	return tap_done();
}
