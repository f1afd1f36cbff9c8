/*
 * Rows that are taken out of a builder: the others are what they were, in every form of a column.
 */
#include "column/builder.h"
#include "tap.h"

#include <stdio.h>
#include <string.h>

static char number_name[] = "number", text_name[] = "text", same_name[] = "same";
static const struct column columns[] = {
    {number_name, COLUMN_INT64, true},
    {text_name, COLUMN_STRING, true},
    {same_name, COLUMN_STRING, false},
};

static size_t text_of_row(char text[32], uint32_t row, uint32_t batch)
{
	return (size_t)snprintf(text, 32, "row-%u-of-%u", row, batch);
}

static int fill(struct builder *b, uint32_t n, uint32_t batch)
{
	char text[32];

	for (uint32_t i = 0; i < n; i++) {
		if (i % 7 == 3)
			builder_add_null(&b->columns[0]);
		else
			builder_add_int(&b->columns[0], (int64_t)i * 1000003);
		if (i % 5 == 1)
			builder_add_null(&b->columns[1]);
		else if (builder_add_text(b, &b->columns[1], text, text_of_row(text, i, batch)) != 0)
			return -1;
	}
	return builder_fill_text(b, &b->columns[2], "x", 1, n);
}

/* Whether row i of the builder is that row of what was filled in. */
static bool is_row(const struct builder *b, uint32_t i, uint32_t row, uint32_t batch)
{
	struct vector number, text, same;
	char expected[32];
	const size_t len = text_of_row(expected, row, batch);

	builder_view(&b->columns[0], &number);
	builder_view(&b->columns[1], &text);
	builder_view(&b->columns[2], &same);
	if (vector_is_valid(&number, i) != (row % 7 != 3) || vector_is_valid(&text, i) != (row % 5 != 1) ||
	    !vector_is_valid(&same, i) || !text_equal(vector_text(&same, i), (struct text){"x", 1}))
		return false;
	return (!vector_is_valid(&number, i) || vector_int(&number, i) == (int64_t)row * 1000003) &&
	       (!vector_is_valid(&text, i) ||
		text_equal(vector_text(&text, i), (struct text){expected, len}));
}

/* Every step-th row from first on stays; then some are added behind them. */
static bool keeps(struct builder *b, uint32_t n, uint32_t first, uint32_t step, uint32_t batch)
{
	static uint32_t rows[BATCH_ROWS];
	struct buffer payload = {0};
	uint32_t kept = 0, nulls = 0;
	bool right;

	if (fill(b, n, batch) != 0)
		return false;
	for (uint32_t i = first; i < n; i += step) {
		nulls += i % 7 == 3;
		rows[kept++] = i;
	}
	builder_keep(b, rows, kept);
	right = builder_rows(b) == kept && b->columns[1].n == kept && b->columns[0].nulls == nulls;
	for (uint32_t i = 0; right && i < kept; i++)
		right = is_row(b, i, rows[i], batch);
	right = right && builder_encode(b, &payload) == 0 && builder_rows(b) == 0;
	buffer_free(&payload);
	return right;
}

int main(void)
{
	struct builder b;
	uint32_t batch = 0;

	ok(builder_init(&b, columns, sizeof columns / sizeof *columns) == 0, "a builder");
	ok(keeps(&b, 1, 0, 1, batch++), "the only row stays");
	ok(keeps(&b, 1000, 0, 1, batch++), "all rows stay");
	ok(keeps(&b, 1000, 1, 2, batch++), "every second row stays");
	ok(keeps(&b, 130, 63, 64, batch++), "rows at the ends of words stay");
	ok(keeps(&b, 1000, 999, 1, batch++), "the last row stays");
	ok(keeps(&b, 1000, 1000, 1, batch++), "no row stays");
	ok(keeps(&b, BATCH_ROWS, 5, 3, batch++), "of a full builder");
	while (!b.columns[1].plain && batch < 30)
		if (!keeps(&b, BATCH_ROWS, 0, 1, batch++))
			break;
	ok(b.columns[1].plain, "texts that are all new");
	ok(keeps(&b, BATCH_ROWS, 2, 3, batch++), "stay likewise");
	ok(keeps(&b, 1000, 1000, 1, batch++), "or go");
	ok(keeps(&b, 1000, 0, 2, batch++), "and those of the next batch");
	builder_free(&b);
	return tap_done();
}
