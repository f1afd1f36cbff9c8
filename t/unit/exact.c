/* exact: which numbers a double carries, as libjq itself shows; and those it does not, there and back. */
#include "decode/exact.h"

#include "base/json.h"
#include "base/random.h"
#include "decode/jq.h"

#include "tap.h"

#include <stdlib.h>
#include <string.h>

static struct buffer scratch, back;

static struct text copy_of(const char *text)
{
	static char copies[2][1024 + JSON_SLACK];
	static int next;
	char *copy = copies[next ^= 1];

	memset(copy, 0, sizeof copies[0]);
	strcpy(copy, text);
	return (struct text){copy, strlen(copy)};
}

static bool is(struct text text, const char *expected)
{
	return text.len == strlen(expected) && memcmp(text.data, expected, text.len) == 0;
}

static void test_carried(void)
{
	static const struct {
		const char *number;
		bool carried;
	} numbers[] = {
	    {"0", true},
	    {"-0.000", true},
	    {"19.99", true},
	    {"0.1", true},
	    {"1e22", true},
	    {"100000000000000000000000", true},
	    {"999999999999999", true},
	    {"9007199254740992", true},
	    {"9007199254740993", false},
	    {"1609466498123456", true},
	    {"1152921504606846976", false},
	    {"1234567890123456789", false},
	    {"19.989999999999995", true},
	    {"19.989999999999998", false},
	    {"19.9899999999999984", false},
	    {"0.30000000000000004", true},
	    {"0.3000000000000000444", false},
	    {"123456789012.123456", false},
	    {"12345678901.123456", false},
	    {"1e400", false},
	    {"1e-400", false},
	    {"1e99999999999999999999", false},
	    {"0e99999999999999999999", true},
	    {"4.9e-324", false},
	    {"1.50000000000000000000000000", true},
	    {"0.00000000000000000000000015", true},
	    {"1.00000000000000000000000001", false},
	};

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		ok(exact_is_carried(copy_of(numbers[i].number)) == numbers[i].carried, "%s is %scarried",
		   numbers[i].number, numbers[i].carried ? "" : "not ");
}

/* What libjq prints of a number is the same number, or we have said so: by its value, to the last digit. */
static bool is_printed(struct jq_program *p, const char *number)
{
	struct buffer out = {0}, why = {0};
	char digits[2][64];
	bool same = false;

	if (jq_program_start(p, copy_of(number), false, &why) == 0 && jq_program_next(p, &out, &why) == 1 &&
	    buffer_text(&out) != NULL) {
		/* Of at most 20 digits each, without a point or an exponent: as a whole number. */
		snprintf(digits[0], sizeof digits[0], "%s", number);
		snprintf(digits[1], sizeof digits[1], "%s", (const char *)out.data);
		same = strcmp(digits[0], digits[1]) == 0;
	}
	buffer_free(&out);
	buffer_free(&why);
	return same;
}

static void test_against_libjq(void)
{
	struct buffer why = {0};
	struct jq_program *p = jq_program_new(".", ".", &why);
	struct random random;
	unsigned wrong = 0, carried = 0;

	random_seed(&random, 11, 0);
	for (int i = 0; p != NULL && i < 20000; i++) {
		const unsigned digits = 1 + (unsigned)random_below(&random, 17);
		const unsigned long long all = random_next(&random);
		char number[64];

		snprintf(number, sizeof number, "%llu", all % 9 + 1);
		for (unsigned k = 1; k < digits; k++)
			snprintf(number + k, sizeof number - k, "%u", (unsigned)(random_next(&random) % 10));
		const bool is_carried = exact_is_carried(copy_of(number));

		carried += is_carried;
		wrong += is_carried != is_printed(p, number);
	}
	ok(p != NULL && wrong == 0, "20,000 numbers are carried, or not, as libjq prints them");
	ok(carried > 15000 && carried < 20000, "most of them are");
	jq_program_free(p);
	buffer_free(&why);
}

static void test_there_and_back(void)
{
	static const struct {
		const char *json, *hidden;
		size_t numbers;
	} texts[] = {
	    {"{\"a\":1}", "{\"a\":1}", 0},
	    {"1234567890123456789", "\"\\u00001234567890123456789\"", 1},
	    {"[1234567890123456789,-0.12345678901234567890,1]",
	     "[\"\\u00001234567890123456789\",\"\\u0000-0.12345678901234567890\",1]", 2},
	    {"{\"1234567890123456789\":\"1234567890123456789\"}",
	     "{\"1234567890123456789\":\"1234567890123456789\"}", 0},
	    {"[\"\\u00001\"]", "[\"\\u0000\\u00001\"]", 0},
	    {"[\"\\u0000\",\"a\\u0000\",\"\\\\u0000\",\"\\\"\"]",
	     "[\"\\u0000\\u0000\",\"a\\u0000\",\"\\\\u0000\",\"\\\"\"]", 0},
	    {"{\"\\u00001\":\"\\u00002\"}", "{\"\\u00001\":\"\\u0000\\u00002\"}", 0},
	    {"[1e999]", "[\"\\u00001e999\"]", 1},
	    {"\"x\"", "\"x\"", 0},
	};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct text json = copy_of(texts[i].json);
		size_t numbers = 99;
		const int result = exact_hide(&json, &scratch, &numbers);

		ok(result == 0 && numbers == texts[i].numbers && is(json, texts[i].hidden), "%s: hidden",
		   texts[i].json);
		ok(exact_show(&json, &back) == 0 && is(json, texts[i].json), "%s: and shown", texts[i].json);
	}
}

static void test_shown(void)
{
	struct text json = copy_of("[\"\\u0000abc\",\"\\u000012x\",\"\\u0000 1\",\"\\u0000\",\"\\u000001\"]");

	ok(exact_show(&json, &back) == 0 &&
	       is(json, "[\"\\u0000abc\",\"\\u000012x\",\"\\u0000 1\",\"\\u0000\",\"\\u000001\"]"),
	   "what is no number stays a string");
}

int main(void)
{
	test_carried();
	test_against_libjq();
	test_there_and_back();
	test_shown();
	buffer_free(&scratch);
	buffer_free(&back);
	return tap_done();
}
