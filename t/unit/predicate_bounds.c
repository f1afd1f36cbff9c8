/*
 * What bounds rule out: random conditions over few rows, where the bounds are those of the rows. A condition
 * that is true of one of them is always possible; and what plain bounds can tell is told.
 */
#include "gold/predicate_bounds.h"

#include "column/value.h"
#include "gold/predicate_list.h"
#include "random.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS = 3, ROUNDS = 20000, VALUES = 6 };

static struct column items[] = {{(char[]){"n"}, COLUMN_INT64, true},
				{(char[]){"t"}, COLUMN_STRING, true},
				{(char[]){"f"}, COLUMN_FLOAT64, true}};
static const struct columns columns = {items, 3, 3};
static const char *const texts[VALUES] = {"", "a", "ab", "b", "ba", "c"};

struct rows {
	bool null[3][ROWS];
	int64_t numbers[ROWS];
	int text[ROWS];
	double reals[ROWS];
};

static int below(int n)
{
	return (int)(random_next() % (uint64_t)n);
}

static bool is_less(const struct rows *r, size_t column, int a, int b)
{
	return column == 0   ? r->numbers[a] < r->numbers[b]
	       : column == 1 ? r->text[a] < r->text[b]
			     : r->reals[a] < r->reals[b];
}

static void bounds_of(const void *context, size_t column, struct predicate_bounds *b)
{
	const struct rows *r = context;
	int least = -1, most = -1, nulls = 0;

	for (int i = 0; i < ROWS; i++) {
		nulls += r->null[column][i];
		if (r->null[column][i])
			continue;
		if (least < 0 || is_less(r, column, i, least))
			least = i;
		if (most < 0 || is_less(r, column, most, i))
			most = i;
	}
	b->no_nulls = nulls == 0;
	b->only_nulls = nulls == ROWS;
	b->has_bounds = least >= 0;
	if (least < 0)
		return;
	b->min = column == 0 ? r->numbers[least] : value_bits(r->reals[least]);
	b->max = column == 0 ? r->numbers[most] : value_bits(r->reals[most]);
	b->min_text = text_of(texts[r->text[least]]);
	b->max_text = text_of(texts[r->text[most]]);
}

static uint32_t make_leaf(struct predicates *p)
{
	struct predicate item = {.column = (size_t)below(3), .negated = below(2)};
	uint32_t id = 0;

	switch (below(5) == 0 ? 3 : (int)item.column) {
	case 0:
		item.kind = PREDICATE_RANGE;
		item.first = below(VALUES) - 1;
		item.last = item.first + below(3);
		break;
	case 1:
		item.kind = below(2) ? PREDICATE_IN : PREDICATE_TEXT;
		for (int i = 0; i < (item.kind == PREDICATE_IN ? below(3) + 1 : 1); i++) {
			const char *text = texts[below(VALUES)];

			if (strings_add(&item.texts, text, strlen(text)) != 0)
				abort();
		}
		if (item.kind == PREDICATE_TEXT) {
			item.negated = false;
			item.orders = (uint32_t)below(7) + 1;
		}
		break;
	case 2:
		item.kind = PREDICATE_FLOAT;
		item.negated = false;
		item.number = below(VALUES) / 2.0;
		item.orders = (uint32_t)below(7) + 1;
		break;
	default: item.kind = PREDICATE_NULL;
	}
	if (predicates_add(p, &item, &id) != 0)
		abort();
	return id;
}

static uint32_t make(struct predicates *p, int depth)
{
	struct predicate item = {.kind = below(2) ? PREDICATE_AND : PREDICATE_OR};
	uint32_t id = 0;

	if (depth == 0 || below(3) == 0)
		return make_leaf(p);
	item.left = make(p, depth - 1);
	item.right = make(p, depth - 1);
	if (predicates_add(p, &item, &id) != 0)
		abort();
	return id;
}

static bool in_orders(int order, uint32_t orders)
{
	return orders & (order < 0 ? ORDER_LESS : order > 0 ? ORDER_GREATER : ORDER_EQUAL);
}

static bool is_true(const struct predicates *p, uint32_t id, const struct rows *r, int row)
{
	const struct predicate *item = &p->items[id];
	const struct text text = text_of(texts[r->text[row]]);

	if (item->kind == PREDICATE_AND)
		return is_true(p, item->left, r, row) && is_true(p, item->right, r, row);
	if (item->kind == PREDICATE_OR)
		return is_true(p, item->left, r, row) || is_true(p, item->right, r, row);
	if (item->kind == PREDICATE_NULL)
		return r->null[item->column][row] != item->negated;
	if (r->null[item->column][row])
		return false;
	if (item->kind == PREDICATE_RANGE)
		return (r->numbers[row] >= item->first && r->numbers[row] <= item->last) != item->negated;
	if (item->kind == PREDICATE_FLOAT)
		return in_orders((r->reals[row] > item->number) - (r->reals[row] < item->number),
				 item->orders);
	if (item->kind == PREDICATE_TEXT)
		return in_orders(text_order(text, strings_get(&item->texts, 0)), item->orders);
	for (uint32_t i = 0; i < item->texts.n; i++) {
		if (text_equal(text, strings_get(&item->texts, i)))
			return !item->negated;
	}
	return item->negated;
}

static void make_rows(struct rows *r)
{
	for (int i = 0; i < ROWS; i++) {
		for (int c = 0; c < 3; c++)
			r->null[c][i] = below(4) == 0;
		r->numbers[i] = below(VALUES);
		r->text[i] = below(VALUES);
		r->reals[i] = below(VALUES) / 2.0;
	}
	/* Of rows that are all the same, bounds know all about each column. */
	for (int i = 1; i < ROWS && below(2); i++) {
		r->numbers[i] = r->numbers[0];
		r->text[i] = r->text[0];
		r->reals[i] = r->reals[0];
	}
}

int main(void)
{
	int wrong = 0, told = 0, out = 0;
	bool used[3] = {false};

	for (int round = 0; round < ROUNDS; round++) {
		struct predicates *p = predicates_new(&columns);
		struct rows r;
		uint32_t id;
		bool any = false, possible;

		if (p == NULL)
			abort();
		make_rows(&r);
		id = make(p, 3);
		for (int i = 0; i < ROWS; i++)
			any = any || is_true(p, id, &r, i);
		possible = predicates_possible(p, id, bounds_of, &r);
		wrong += any && !possible;
		out += !any;
		told += !possible;
		predicates_free(p);
	}
	ok(wrong == 0, "what is true of a row is possible");
	ok(told * 2 > out && out > ROUNDS / 20, "%d of %d that are true of none are ruled out", told, out);

	struct predicates *p = predicates_new(&columns);
	struct predicate text = {.kind = PREDICATE_NULL, .column = 1},
			 real = {.kind = PREDICATE_NULL, .column = 2};
	uint32_t a, b, both;

	ok(p != NULL && predicates_add(p, &text, &a) == 0 && predicates_add(p, &real, &b) == 0 &&
	       predicates_and(p, a, b, &both) == 0,
	   "a condition of two columns");
	predicates_columns(p, both, used);
	ok(!used[0] && used[1] && used[2], "looks at both, and at no other");
	ok(!predicates_possible(p, PREDICATE_NEVER, bounds_of, NULL) &&
	       predicates_possible(p, PREDICATE_ALWAYS, bounds_of, NULL),
	   "never is never, and always possible");
	predicates_free(p);
	return tap_done();
}
