/*
 * cells, codes, numbered: texts get the code of their first appearance, whichever way they are found, in
 * groups of any size, and when the dictionary is emptied between.
 */
#include "column/builder.h"
#include "column/codes.h"
#include "random.h"
#include "tap.h"

#include <stdlib.h>

enum { ROWS = 300000 };

/* Ids with a number, some written another way, others; padded. */
static size_t make_text(char text[64], unsigned prefix)
{
	static const char *const prefixes[] = {"u_", "", "session", "longer_than_that_", "7"};
	static const char *const odd[] = {"",      "u_", "u_007", "u_0",       "guest", "u_123456789",
					  "u_12a", "0",  "00",    "\xc3\xbc_1"};
	const unsigned kind = (unsigned)(random_next() % 16);

	memset(text, 'x', 64);
	if (kind == 0) {
		const char *word = odd[random_next() % 10];

		memcpy(text, word, strlen(word));
		return strlen(word);
	}
	return (size_t)snprintf(text, 64, "%s%u", prefixes[kind == 1 ? random_next() % 5 : prefix],
				(unsigned)(random_next() % (kind < 4 ? 100000000 : 5000)));
}

static void test_codes(unsigned prefix)
{
	char name[] = "id";
	const struct column column = {.name = name, .type = COLUMN_STRING, .nullable = true};
	static struct cells cells;
	static char texts[CELLS_ROWS][64];
	struct dictionary expected = {0};
	struct buffer out = {0};
	struct builder b;
	unsigned wrong = 0, nulls = 0;

	if (builder_init(&b, &column, 1) != 0)
		abort();
	for (unsigned row = 0; row < ROWS;) {
		struct builder_column *c = &b.columns[0];
		const uint32_t n = 1 + (uint32_t)(random_next() % CELLS_ROWS), from = c->n;
		struct vector v;

		cells_empty(&cells);
		/* Emptied, as it is between two batches. */
		if (from == 0 && random_next() % 3 == 0) {
			dictionary_clear(&c->dictionary);
			dictionary_clear(&expected);
			c->told = 0;
		}
		for (uint32_t i = 0; i < n; i++) {
			const bool is_there = random_next() % 5 > 0;
			const size_t len = is_there ? make_text(texts[i], prefix) : 0;

			cells_keep_text(&cells, i, texts[i], len, is_there);
		}
		if (builder_add_cells(&b, c, &cells, n) != 0)
			abort();
		builder_view(c, &v);
		for (uint32_t i = 0; i < n; i++) {
			const bool is_there = (cells.there >> i & 1) != 0;
			const struct text t = cells.texts[i];
			uint32_t code = 0;

			nulls += !is_there;
			wrong += is_there != vector_is_valid(&v, from + i);
			if (is_there && dictionary_code(&expected, t.data, t.len, &code) != 0)
				abort();
			wrong += vector_int(&v, from + i) != code;
			wrong += is_there && !text_equal(vector_text(&v, from + i), t);
		}
		row += n;
		if (c->n > BATCH_ROWS - CELLS_ROWS && builder_encode(&b, &out) != 0)
			abort();
	}
	ok(wrong == 0 && nulls > ROWS / 10, "%u texts with prefix %u, wrong: %u", ROWS, prefix, wrong);
	buffer_free(&out);
	builder_free(&b);
	dictionary_free(&expected);
}

static void test_numbers(void)
{
	struct numbered n = {0};
	char text[64];

	numbered_learn(&n, "guest", 5);
	ok(!n.has_prefix, "a text without a number shows no prefix");
	numbered_learn(&n, "eightlong1", 10);
	ok(!n.has_prefix, "nor does a long one");
	numbered_learn(&n, "u_042", 5);
	ok(!n.has_prefix, "nor one with a zero before its number");
	numbered_learn(&n, "u_12345678", 10);
	ok(n.has_prefix && n.prefix_len == 2, "u_12345678 does");
	memset(text, '5', sizeof text);
	memcpy(text, "u_90417", 7);
	ok(numbered_of(&n, text, 7) == 90417, "a number is read");
	ok(numbered_of(&n, text, 3) == 9 && numbered_of(&n, text, 10) == 90417555, "of one to eight digits");
	ok(numbered_of(&n, text, 2) == UINT32_MAX && numbered_of(&n, text, 11) == UINT32_MAX &&
	       numbered_of(&n, text, 0) == UINT32_MAX && numbered_of(&n, text, 1) == UINT32_MAX,
	   "and of no more or less");
	ok(numbered_put(&n, 90417, 3, 10) == 0 && numbered_bytes(&n) == 0, "a number far off is not kept");
	ok(numbered_put(&n, 90417, 3, 10000) == 0 && numbered_code(&n, 90417) == 4 &&
	       numbered_code(&n, 90416) == 0 && numbered_code(&n, UINT32_MAX) == 0,
	   "among many it is");
	numbered_free(&n);
}

/* Numbers, with nulls that repeat the one before. */
static void test_number_cells(void)
{
	char name[] = "n";
	const struct column column = {.name = name, .type = COLUMN_INT64, .nullable = true};
	struct cells cells = {0};
	struct builder b;
	struct vector v;
	unsigned wrong = 0;
	int64_t last = 0;

	if (builder_init(&b, &column, 1) != 0)
		abort();
	while (b.columns[0].n + CELLS_ROWS <= BATCH_ROWS) {
		const uint32_t n = 1 + (uint32_t)(random_next() % CELLS_ROWS), from = b.columns[0].n;

		cells_empty(&cells);
		for (uint32_t i = 0; i < n; i++)
			cells_keep_number(&cells, i, (int64_t)random_next(), random_next() % 4 > 0);
		if (builder_add_cells(&b, &b.columns[0], &cells, n) != 0)
			abort();
		builder_view(&b.columns[0], &v);
		for (uint32_t i = 0; i < n; i++) {
			const bool is_there = (cells.there >> i & 1) != 0;

			last = is_there ? cells.numbers[i] : last;
			wrong +=
			    is_there != vector_is_valid(&v, from + i) || vector_int(&v, from + i) != last;
		}
	}
	ok(wrong == 0, "numbers and nulls");
	builder_free(&b);
}

/* What is compiled for AVX2 gives the codes that every text gets by itself. */
static void test_loops(unsigned prefix)
{
	const struct codes_loops *const loops[] = {&codes_plain, codes_best()};
	static char texts[CELLS_ROWS][64];
	struct dictionary expected = {0}, found[2] = {0};
	unsigned wrong = 0;

	for (unsigned i = 0; i < ROWS / CELLS_ROWS; i++) {
		const uint32_t n = 1 + (uint32_t)(random_next() % CELLS_ROWS);
		struct cells cells;

		cells_empty(&cells);
		for (uint32_t row = 0; row < n; row++) {
			const size_t len = make_text(texts[row], prefix);

			cells_keep_text(&cells, row, texts[row], len, random_next() % 5 > 0);
		}
		for (unsigned k = 0; k < 2; k++) {
			int64_t codes[CELLS_ROWS];

			codes_ask(loops[k], &found[k], &cells, n);
			if (codes_find(loops[k], &found[k], &cells, codes) != 0)
				abort();
			for (uint64_t rest = cells.there; rest != 0; rest &= rest - 1) {
				const struct text t = cells.texts[__builtin_ctzll(rest)];
				uint32_t code;

				if (dictionary_code(&expected, t.data, t.len, &code) != 0)
					abort();
				wrong += codes[__builtin_ctzll(rest)] != code;
			}
		}
	}
	ok(wrong == 0, "prefix %u by two ways, wrong: %u", prefix, wrong);
	dictionary_free(&expected);
	dictionary_free(&found[0]);
	dictionary_free(&found[1]);
}

int main(void)
{
	test_numbers();
	for (unsigned prefix = 0; prefix < 5; prefix++)
		test_codes(prefix), test_loops(prefix);
	test_number_cells();
	return tap_done();
}
