/* json: what is JSON, where it stops being it, and what strings mean. */
#include "base/json.h"

#include "tap.h"

#include <stdlib.h>
#include <string.h>

static char text[1 << 20];

/* The whole text, as the only value: -1 when it is JSON, else where it is not. What follows it in memory
 * looks like more of the same, and must not be read as such. */
static long scan(const char *json, size_t len, struct json_token *token)
{
	const char *bad = NULL, *end, *p;

	memcpy(text, json, len);
	memset(text + len, len > 0 && json[len - 1] != '\\' ? json[len - 1] : '"', JSON_SLACK);
	end = text + len;
	p = json_value(text, end, token, &bad);
	if (p == NULL)
		return bad - text;
	p = json_space(p, end);
	return p == end ? -1 : p - text;
}

static void test_values(void)
{
	static const struct {
		const char *json;
		enum json_kind kind;
		long bad;
	} values[] = {
	    {"null", JSON_NULL, -1},
	    {"true", JSON_TRUE, -1},
	    {"false", JSON_FALSE, -1},
	    {"0", JSON_NUMBER, -1},
	    {"-0", JSON_NUMBER, -1},
	    {"-1.5e+10", JSON_NUMBER, -1},
	    {"1E5", JSON_NUMBER, -1},
	    {"0.0", JSON_NUMBER, -1},
	    {"\"\"", JSON_STRING, -1},
	    {"\"a b\"", JSON_STRING, -1},
	    {"\"\\u00e4\\n\\/\"", JSON_STRING, -1},
	    {"[]", JSON_ARRAY, -1},
	    {"[ ]", JSON_ARRAY, -1},
	    {"{}", JSON_OBJECT, -1},
	    {"{ }", JSON_OBJECT, -1},
	    {"[1,[2,{\"a\":[]}],\"]\"]", JSON_ARRAY, -1},
	    {"{\"a\" : 1 , \"b\":{\"c\":null}}", JSON_OBJECT, -1},
	    {"[{},{}]  ", JSON_ARRAY, -1},
	    {"\"\x7f\"", JSON_STRING, -1},
	    {"", 0, 0},
	    {"nul", 0, 3},
	    {"nulL", 0, 3},
	    {"tru", 0, 3},
	    {"fals", 0, 4},
	    {"nullx", 0, 4},
	    {"-", 0, 1},
	    {"+1", 0, 0},
	    {"01", 0, 1},
	    {"-01", 0, 2},
	    {"1.", 0, 2},
	    {".5", 0, 0},
	    {"1.e5", 0, 2},
	    {"1e", 0, 2},
	    {"1e+", 0, 3},
	    {"1.5.5", 0, 3},
	    {"NaN", 0, 0},
	    {"Infinity", 0, 0},
	    {"0x10", 0, 1},
	    {"\"", 0, 1},
	    {"\"abc", 0, 4},
	    {"\"a\tb\"", 0, 2},
	    {"\"\\x\"", 0, 2},
	    {"\"\\", 0, 2},
	    {"\"\\u", 0, 3},
	    {"\"\\u12g4\"", 0, 5},
	    {"\"\\u12", 0, 5},
	    {"'a'", 0, 0},
	    {"[", 0, 1},
	    {"[1", 0, 2},
	    {"[1,", 0, 3},
	    {"[1,]", 0, 3},
	    {"[,1]", 0, 1},
	    {"[1 2]", 0, 3},
	    {"[1}", 0, 2},
	    {"]", 0, 0},
	    {"{", 0, 1},
	    {"{\"a\"", 0, 4},
	    {"{\"a\":", 0, 5},
	    {"{\"a\":1", 0, 6},
	    {"{\"a\":1,", 0, 7},
	    {"{\"a\":1,}", 0, 7},
	    {"{\"a\" 1}", 0, 5},
	    {"{a:1}", 0, 1},
	    {"{1:1}", 0, 1},
	    {"{\"a\":1]", 0, 6},
	    {"{\"a\"}", 0, 4},
	    {"[\"a\":1]", 0, 4},
	    {"{,}", 0, 1},
	    {"1 2", 0, 2},
	    {"[] []", 0, 3},
	    {"/* */1", 0, 0},
	};
	struct json_token token;

	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		const char *json = values[i].json;
		long bad = scan(json, strlen(json), &token);

		ok(bad == values[i].bad && (bad >= 0 || token.kind == values[i].kind), "%s", json);
	}
	ok(scan("\"a\0b\"", 5, &token) == 2, "a NUL is a control");
	ok(scan("\"\\\0\"", 4, &token) == 2, "and no escape");
}

static void test_depth(void)
{
	struct json_token token;
	char *json = malloc(6 * JSON_DEPTH + 16);
	size_t len = 0;

	memset(json, '[', JSON_DEPTH);
	memset(json + JSON_DEPTH, ']', JSON_DEPTH);
	ok(scan(json, 2 * JSON_DEPTH, &token) == -1, "as deep as it may be");
	memset(json, '[', JSON_DEPTH + 1);
	memset(json + JSON_DEPTH + 1, ']', JSON_DEPTH + 1);
	ok(scan(json, 2 * (JSON_DEPTH + 1), &token) == JSON_DEPTH, "one deeper");
	for (int i = 0; i < JSON_DEPTH / 2; i++, len += 6)
		memcpy(json + len, "[{\"a\":", 6);
	json[len++] = '1';
	for (int i = 0; i < JSON_DEPTH / 2; i++, len += 2)
		memcpy(json + len, "}]", 2);
	ok(scan(json, len, &token) == -1, "arrays and objects in turn");
	json[len - 1] = '}';
	ok(scan(json, len, &token) == (long)len - 1, "each is closed by its own bracket");
	free(json);
}

/* A quote, a backslash, a control at every place of a long string. */
static void test_blocks(void)
{
	struct json_token token;
	char json[128];
	size_t wrong = 0;

	for (size_t len = 0; len < 100; len++) {
		json[0] = '"';
		memset(json + 1, 'x', len);
		json[len + 1] = '"';
		wrong += scan(json, len + 2, &token) != -1 || token.len != len || token.escaped;
		wrong += scan(json, len + 1, &token) != (long)len + 1;
		for (size_t at = 0; at < len; at++) {
			json[1 + at] = '\x1f';
			wrong += scan(json, len + 2, &token) != (long)at + 1;
			json[1 + at] = (char)0x80;
			wrong += scan(json, len + 2, &token) != -1 || token.len != len;
			json[1 + at] = '\\';
			if (at + 1 < len) {
				json[2 + at] = 'n';
				wrong +=
				    scan(json, len + 2, &token) != -1 || !token.escaped || token.len != len;
				json[2 + at] = 'x';
			}
			json[1 + at] = 'x';
		}
	}
	ok(wrong == 0, "strings end where they end");
}

static void test_unescape(void)
{
	static const struct {
		const char *json, *means; /* NULL: no text */
	} strings[] = {
	    {"abc", "abc"},
	    {"\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t"},
	    {"\\u0041\\u00e4\\u20AC", "A\xc3\xa4\xe2\x82\xac"},
	    {"\\ud83d\\ude00!", "\xf0\x9f\x98\x80!"},
	    {"\\uD800\\uDC00", "\xf0\x90\x80\x80"},
	    {"\\uDBFF\\uDFFF", "\xf4\x8f\xbf\xbf"},
	    {"\\uffff", "\xef\xbf\xbf"},
	    {"x\\u0001", "x\x01"},
	    {"\\u0000", NULL},
	    {"a\\ud800", NULL},
	    {"\\ud800x", NULL},
	    {"\\ud800\\n", NULL},
	    {"\\udc00", NULL},
	    {"\\ud800\\ud800", NULL},
	    {"\\ud800\\u0041", NULL},
	    {"\\udc00\\ud800", NULL},
	    {"\\ud83d\\\\ude00", NULL},
	};

	for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
		struct json_token token = {JSON_STRING, true, strings[i].json, strlen(strings[i].json)};
		char out[64];
		size_t len;
		bool text_is = json_unescape(&token, out, &len);

		ok(text_is == (strings[i].means != NULL) &&
		       (!text_is ||
			(len == strlen(strings[i].means) && memcmp(out, strings[i].means, len) == 0)),
		   "%s", strings[i].json);
	}
}

static void test_walk(void)
{
	static const char json[] = "{ \"a\" : [1, \"x\" ,{}] , \"b\":null}";
	struct json_token token, key, value, item;
	struct json_walk w, inner;
	int members = 0, elements = 0;

	ok(scan(json, strlen(json), &token) == -1 && token.kind == JSON_OBJECT, "an object to walk");
	for (json_walk(&w, &token); json_walk_member(&w, &key, &value); members++) {
		if (value.kind != JSON_ARRAY)
			continue;
		for (json_walk(&inner, &value); json_walk_element(&inner, &item); elements++)
			ok(item.kind == (elements == 0   ? JSON_NUMBER
					 : elements == 1 ? JSON_STRING
							 : JSON_OBJECT),
			   "element %d", elements);
	}
	ok(members == 2 && elements == 3, "all were met");
	ok(key.len == 1 && *key.data == 'b' && value.kind == JSON_NULL, "the last one last");
	ok(scan("[ ]", 3, &token) == -1, "an empty array");
	json_walk(&w, &token);
	ok(!json_walk_element(&w, &item), "has no elements");
}

int main(void)
{
	test_values();
	test_depth();
	test_blocks();
	test_unescape();
	test_walk();
	return tap_done();
}
