/*
 * The order of texts against a sort that compares all of them.
 */
#include "column/order.h"

#include "column/value.h"
#include "random.h"
#include "tap.h"

#include <stdlib.h>

static bool is_in_order(const struct strings *s, const uint32_t *order)
{
	for (uint32_t i = 1; i < s->n; i++) {
		const int o = text_order(strings_get(s, order[i - 1]), strings_get(s, order[i]));

		if (o > 0 || (o == 0 && order[i - 1] >= order[i]))
			return false;
	}
	return true;
}

static bool is_permutation(const uint32_t *order, uint32_t n)
{
	uint8_t *seen = calloc(n + 1, 1);
	bool all = seen != NULL;

	for (uint32_t i = 0; i < n && all; i++)
		all = order[i] < n && !seen[order[i]]++;
	free(seen);
	return all;
}

/* n texts of a prefix and up to `most` bytes out of `letters` different ones. */
static void test(const char *name, uint32_t n, const char *prefix, uint32_t most, uint32_t letters)
{
	struct strings s = {0};
	struct buffer text = {0};
	uint32_t *order;
	int failed = 0;

	for (uint32_t i = 0; i < n && !failed; i++) {
		const uint32_t len = (uint32_t)(random_next() % (most + 1));

		buffer_clear(&text);
		failed = buffer_append_text(&text, prefix);
		for (uint32_t k = 0; k < len && !failed; k++)
			failed = buffer_append(&text, &(uint8_t){(uint8_t)(random_next() % letters)}, 1);
		failed = failed || strings_add(&s, text.data, text.len) != 0;
	}
	order = order_strings(&s);
	ok(!failed && order != NULL && is_permutation(order, s.n) && is_in_order(&s, order), "%s: %u texts",
	   name, n);
	free(order);
	strings_free(&s);
	buffer_free(&text);
}

int main(void)
{
	test("nothing", 0, "", 0, 1);
	test("one", 1, "only", 0, 1);
	test("all the same", 100, "same", 0, 1);
	test("empty or not", 1000, "", 1, 256);
	test("short", 5000, "", 4, 256);
	test("zeros at the end are bytes", 2000, "p", 12, 1);
	test("few letters", 5000, "", 20, 2);
	test("alike for long", 5000, "a prefix of more than eight", 30, 2);
	test("all letters", 20000, "p_", 16, 256);
	return tap_done();
}
