/*
 * The order of groups: by one column after the other, each within those that the columns before it leave
 * alike. Many are sorted by radix, few by comparing.
 */
#include "query/aggregate_parts.h"

#include "column/order.h"

#include <stdlib.h>

enum { FEW = 32 };

struct sorting {
	const struct aggregate *aggregate;
	struct aggregate_order *by;
	size_t n;
	uint32_t *order;
	uint32_t *scratch;
};

/* --- few -------------------------------------------------------------------------------------------------
 */

static int rank_of(const struct value *v)
{
	return v->kind == VALUE_NULL ? 0 : v->kind == VALUE_TEXT ? 2 : 1;
}

/* Of one column, so that integers do not meet reals. */
static int compare_values(const struct value *a, const struct value *b)
{
	if (rank_of(a) != rank_of(b))
		return rank_of(a) - rank_of(b);
	switch (a->kind) {
	case VALUE_INTEGER: return (a->integer > b->integer) - (a->integer < b->integer);
	case VALUE_REAL: return (a->real > b->real) - (a->real < b->real);
	case VALUE_TEXT: return text_order(value_text(a), value_text(b));
	default: return 0;
	}
}

struct rest {
	const struct sorting *sorting;
	size_t from; /* the first column that counts */
};

static int compare_groups(const void *x, const void *y, void *context)
{
	const struct rest *rest = context;
	const struct aggregate *a = rest->sorting->aggregate;
	int order = 0;

	for (size_t i = rest->from; i < rest->sorting->n && order == 0; i++) {
		const struct aggregate_order *by = &rest->sorting->by[i];
		struct value v, w;

		aggregate_value(a, *(const uint32_t *)x, by->output, &v);
		aggregate_value(a, *(const uint32_t *)y, by->output, &w);
		order = compare_values(&v, &w);
		order = by->descending ? -order : order;
	}
	return order;
}

/* --- many ------------------------------------------------------------------------------------------------
 */

/* The values of a column, in the order that there is so far. */
struct keys {
	bool *is_null;
	uint64_t *numbers;    /* that order as they do */
	struct strings texts; /* or these */
	bool are_texts;
};

static void keys_free(struct keys *k)
{
	free(k->is_null);
	free(k->numbers);
	strings_free(&k->texts);
}

static int keys_make(struct keys *k, const struct aggregate *a, size_t output, const uint32_t *order,
		     uint32_t n)
{
	k->are_texts = strcmp(definition_output_type(&a->definition, output), "TEXT") == 0;
	k->is_null = calloc((size_t)n + 1, sizeof *k->is_null);
	k->numbers = k->are_texts ? NULL : calloc((size_t)n + 1, sizeof *k->numbers);
	if (k->is_null == NULL || (!k->are_texts && k->numbers == NULL))
		return cause_memory();
	for (uint32_t i = 0; i < n; i++) {
		struct value v;
		struct text text = {"", 0};

		aggregate_value(a, order[i], output, &v);
		k->is_null[i] = v.kind == VALUE_NULL;
		if (v.kind == VALUE_INTEGER)
			k->numbers[i] = (uint64_t)v.integer ^ (uint64_t)1 << 63;
		else if (v.kind == VALUE_REAL)
			k->numbers[i] = (uint64_t)state_rank(value_bits(v.real + 0.0)) ^ (uint64_t)1 << 63;
		else if (v.kind == VALUE_TEXT)
			text = value_text(&v);
		if (k->are_texts && strings_add(&k->texts, text.data, text.len) != 0)
			return -1;
	}
	return 0;
}

static bool are_same(const struct keys *k, uint32_t i, uint32_t j)
{
	if (k->is_null[i] || k->is_null[j])
		return k->is_null[i] && k->is_null[j];
	return k->are_texts ? text_equal(strings_get(&k->texts, i), strings_get(&k->texts, j))
			    : k->numbers[i] == k->numbers[j];
}

static void reverse(uint32_t *items, uint32_t n)
{
	for (uint32_t i = 0; i < n / 2; i++) {
		const uint32_t swap = items[i];

		items[i] = items[n - 1 - i];
		items[n - 1 - i] = swap;
	}
}

/* The numbers of the keys in their order, nulls first; NULL: memory. */
static uint32_t *sort_keys(struct sorting *s, const struct keys *k, uint32_t n, bool descending)
{
	uint32_t *sorted = k->are_texts ? order_strings(&k->texts) : order_numbers(k->numbers, n);
	uint32_t at = 0;

	if (sorted == NULL)
		return NULL;
	for (int nulls = 1; nulls >= 0; nulls--) {
		for (uint32_t i = 0; i < n; i++) {
			if (k->is_null[sorted[i]] == nulls)
				s->scratch[at++] = sorted[i];
		}
	}
	memcpy(sorted, s->scratch, n * sizeof *sorted);
	if (descending)
		reverse(sorted, n);
	return sorted;
}

static int sort_range(struct sorting *s, uint32_t from, uint32_t n, size_t column);

/* Those that are alike by the column are sorted by the next. */
static int sort_runs(struct sorting *s, const struct keys *k, const uint32_t *sorted, uint32_t from,
		     uint32_t n, size_t column)
{
	for (uint32_t i = 0, end; i < n; i = end) {
		end = i + 1;
		while (end < n && are_same(k, sorted[i], sorted[end]))
			end++;
		if (sort_range(s, from + i, end - i, column + 1) != 0)
			return -1;
	}
	return 0;
}

static int sort_many(struct sorting *s, uint32_t from, uint32_t n, size_t column)
{
	const struct aggregate_order by = s->by[column];
	uint32_t *order = s->order + from, *sorted = NULL;
	struct keys k = {0};
	int result = -1;

	if (keys_make(&k, s->aggregate, by.output, order, n) == 0)
		sorted = sort_keys(s, &k, n, by.descending);
	if (sorted != NULL) {
		for (uint32_t i = 0; i < n; i++)
			s->scratch[i] = order[sorted[i]];
		memcpy(order, s->scratch, n * sizeof *order);
		result = sort_runs(s, &k, sorted, from, n, column);
	}
	free(sorted);
	keys_free(&k);
	return result;
}

static int sort_range(struct sorting *s, uint32_t from, uint32_t n, size_t column)
{
	struct rest rest = {s, column};

	if (n < 2 || column == s->n)
		return 0;
	if (n > FEW)
		return sort_many(s, from, n, column);
	qsort_r(s->order + from, n, sizeof *s->order, compare_groups, &rest);
	return 0;
}

/* --- all -------------------------------------------------------------------------------------------------
 */

static bool has_column(const struct sorting *s, size_t output)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->by[i].output == output)
			return true;
	}
	return false;
}

uint32_t *aggregate_sort(const struct aggregate *a, const struct aggregate_order *by, size_t n)
{
	const uint32_t n_groups = aggregate_n(a);
	struct sorting s = {.aggregate = a};

	s.by = calloc(n + a->definition.n_dimensions + 1, sizeof *s.by);
	s.order = calloc((size_t)n_groups + 1, sizeof *s.order);
	s.scratch = calloc((size_t)n_groups + 1, sizeof *s.scratch);
	if (s.by == NULL || s.order == NULL || s.scratch == NULL) {
		cause_memory();
		goto failed;
	}
	for (size_t i = 0; i < n; i++)
		s.by[s.n++] = by[i];
	/* The dimensions are the first outputs. */
	for (size_t i = 0; i < a->definition.n_dimensions; i++) {
		if (!has_column(&s, i))
			s.by[s.n++].output = i;
	}
	for (uint32_t i = 0; i < n_groups; i++)
		s.order[i] = i;
	if (sort_range(&s, 0, n_groups, 0) != 0)
		goto failed;
	free(s.by);
	free(s.scratch);
	return s.order;
failed:
	free(s.by);
	free(s.order);
	free(s.scratch);
	return NULL;
}
