#include "gold/group_measure.h"

#include <stdlib.h>

enum { FIRST_GROUPS = 16, PATTERN_BITS_MAX = 8, CELLS_MAX = 8192 };

/* --- arrays ----------------------------------------------------------------------------------------------
 */

static size_t add_tally(struct measures *m, uint32_t predicate, bool *is_new)
{
	size_t i = 0;

	while (i < m->n_tallies && m->tallies[i].predicate != predicate)
		i++;
	*is_new = i == m->n_tallies;
	if (*is_new)
		m->tallies[m->n_tallies++].predicate = predicate;
	return i;
}

int measures_open(struct measures *m)
{
	const struct definition *d = m->definition;

	m->tallies = calloc(d->n_measures + 1, sizeof *m->tallies);
	m->items = calloc(d->n_measures + 1, sizeof *m->items);
	m->cells = malloc(CELLS_MAX * sizeof *m->cells);
	if (m->tallies == NULL || m->items == NULL || m->cells == NULL)
		return cause_memory();
	m->n = d->n_measures;
	for (size_t i = 0; i < m->n; i++) {
		m->items[i].is = &d->measures[i];
		if (d->measures[i].kind != STATE_DISTINCT)
			m->items[i].tally = add_tally(m, d->measures[i].predicate, &m->items[i].owns_tally);
	}
	return 0;
}

void measures_close(struct measures *m)
{
	for (size_t i = 0; i < m->n_tallies; i++)
		free(m->tallies[i].counts);
	for (size_t i = 0; i < m->n; i++) {
		struct measure *item = &m->items[i];

		for (uint32_t k = 0; k < m->cap && item->texts != NULL; k++)
			buffer_free(&item->texts[k]);
		measure_drop_seen(m, item);
		group_ids_free(&item->ids);
		free(item->sums);
		free(item->numbers);
		free(item->texts);
	}
	free(m->tallies);
	free(m->items);
	free(m->patterns);
	free(m->cells);
	buffer_free(&m->seen[0]);
	buffer_free(&m->seen[1]);
}

/* Elements from cap on up to n, all zero. array is the address of a pointer. */
static int widen(void *array, uint32_t cap, uint32_t n, size_t size)
{
	char *grown;

	memcpy(&grown, array, sizeof grown);
	grown = realloc(grown, n * size);
	if (grown == NULL)
		return cause_memory();
	memset(grown + cap * size, 0, (n - cap) * size);
	memcpy(array, &grown, sizeof grown);
	return 0;
}

static int widen_measure(struct measure *item, uint32_t cap, uint32_t n)
{
	const enum state_kind kind = item->is->kind;

	if (kind == STATE_SUM)
		return widen(&item->sums, cap, n, sizeof *item->sums);
	if (kind == STATE_COUNT || kind == STATE_DISTINCT)
		return 0;
	if (item->is->type == COLUMN_STRING)
		return widen(&item->texts, cap, n, sizeof *item->texts);
	if (widen(&item->numbers, cap, n, sizeof *item->numbers) != 0)
		return -1;
	for (uint32_t i = cap; i < n; i++)
		item->numbers[i] = kind == STATE_MIN ? INT64_MAX : INT64_MIN;
	return 0;
}

int measures_reserve(struct measures *m, uint32_t n)
{
	uint32_t cap = m->cap == 0 ? FIRST_GROUPS : m->cap;

	if (n <= m->cap)
		return 0;
	while (cap < n)
		cap *= 2;
	for (size_t i = 0; i < m->n_tallies; i++) {
		if (widen(&m->tallies[i].counts, m->cap, cap, sizeof *m->tallies[i].counts) != 0)
			return -1;
	}
	for (size_t i = 0; i < m->n; i++) {
		if (widen_measure(&m->items[i], m->cap, cap) != 0)
			return -1;
	}
	m->cap = cap;
	return 0;
}

/* --- counts ----------------------------------------------------------------------------------------------
 */

/* All rows are in one group. */
static int count_one(struct measures *m, const struct numbering *rows)
{
	for (size_t i = 0; i < m->n_tallies; i++) {
		struct tally *t = &m->tallies[i];
		uint32_t n = rows->n;

		if (t->predicate != m->definition->where &&
		    predicates_rows(m->predicates, m->view, t->predicate, &n) == NULL)
			return -1;
		t->counts[rows->group] += n;
	}
	return 0;
}

static int count_each(struct measures *m, const struct numbering *rows)
{
	for (size_t i = 0; i < m->n_tallies; i++) {
		uint64_t *counts = m->tallies[i].counts;
		const uint8_t *mask;

		if (m->tallies[i].predicate == m->definition->where) {
			for (uint32_t k = 0; k < rows->n; k++)
				counts[rows->groups[rows->rows[k]]]++;
			continue;
		}
		mask = predicates_mask(m->predicates, m->view, m->tallies[i].predicate);
		if (mask == NULL)
			return -1;
		for (uint32_t k = 0; k < rows->n; k++)
			counts[rows->groups[rows->rows[k]]] += mask[rows->rows[k]];
	}
	return 0;
}

/* Bit i of a row's pattern: whether it meets the condition of the i-th tally that has one of its own. */
static int make_patterns(struct measures *m, uint32_t *bits)
{
	*bits = 0;
	if (m->patterns_cap < m->view->cap) {
		free(m->patterns);
		m->patterns_cap = 0;
		m->patterns = malloc((size_t)m->view->cap + 8);
		if (m->patterns == NULL)
			return cause_memory();
		m->patterns_cap = m->view->cap;
	}
	memset(m->patterns, 0, (size_t)m->view->cap + 8);
	for (size_t i = 0; i < m->n_tallies; i++) {
		const uint8_t *mask;

		if (m->tallies[i].predicate == m->definition->where)
			continue;
		mask = predicates_mask(m->predicates, m->view, m->tallies[i].predicate);
		if (mask == NULL)
			return -1;
		/* Eight rows at a time: no bit leaves its byte. */
		for (uint32_t k = 0; k < m->view->n; k += 8) {
			uint64_t eight, pattern;

			memcpy(&eight, mask + k, sizeof eight);
			memcpy(&pattern, m->patterns + k, sizeof pattern);
			pattern |= eight << *bits;
			memcpy(m->patterns + k, &pattern, sizeof pattern);
		}
		++*bits;
	}
	return 0;
}

/*
 * Few groups: one pass counts the rows of each group with each pattern, and what all tallies want is a sum of
 * some of these cells.
 */
static int count_patterns(struct measures *m, const struct numbering *rows)
{
	uint32_t bits, bit = 0;

	if (make_patterns(m, &bits) != 0)
		return -1;
	const uint32_t n = rows->n_groups << bits;
	memset(m->cells, 0, n * sizeof *m->cells);
	for (uint32_t k = 0; k < rows->n; k++)
		m->cells[rows->groups[rows->rows[k]] << bits | m->patterns[rows->rows[k]]]++;
	for (size_t i = 0; i < m->n_tallies; i++) {
		const bool all = m->tallies[i].predicate == m->definition->where;

		for (uint32_t cell = 0; cell < n; cell++) {
			if (all || (cell >> bit & 1))
				m->tallies[i].counts[cell >> bits] += m->cells[cell];
		}
		bit += !all;
	}
	return 0;
}

static int count(struct measures *m, const struct numbering *rows)
{
	if (rows->groups == NULL)
		return count_one(m, rows);
	if (m->n_tallies <= PATTERN_BITS_MAX && (uint64_t)rows->n_groups << m->n_tallies <= CELLS_MAX &&
	    rows->n_groups << m->n_tallies <= rows->n)
		return count_patterns(m, rows);
	return count_each(m, rows);
}

/* --- sums and extremes -----------------------------------------------------------------------------------
 */

static int add_sums(struct measures *m, struct measure *item, const struct numbering *rows)
{
	const int64_t *numbers = view_numbers(m->view, item->is->column);
	const uint16_t *list;
	decimal_sum sum = 0;
	uint32_t n;

	list = predicates_rows(m->predicates, m->view, item->is->predicate, &n);
	if (numbers == NULL || list == NULL)
		return -1;
	if (rows->groups != NULL) {
		for (uint32_t k = 0; k < n; k++)
			item->sums[rows->groups[list[k]]] += numbers[list[k]];
		return 0;
	}
	for (uint32_t k = 0; k < n; k++)
		sum += numbers[list[k]];
	item->sums[rows->group] += sum;
	return 0;
}

static int add_numbers(struct measures *m, struct measure *item, const struct numbering *rows)
{
	const int64_t *numbers = view_numbers(m->view, item->is->column);
	const bool least = item->is->kind == STATE_MIN;
	const bool is_float = item->is->type == COLUMN_FLOAT64;
	const uint16_t *list;
	uint32_t n;

	list = predicates_rows(m->predicates, m->view, item->is->predicate, &n);
	if (numbers == NULL || list == NULL)
		return -1;
	for (uint32_t k = 0; k < n; k++) {
		int64_t *extreme = &item->numbers[numbering_at(rows, list[k])];
		const int64_t number = is_float ? state_rank(numbers[list[k]]) : numbers[list[k]];

		if (least ? number < *extreme : number > *extreme)
			*extreme = number;
	}
	return 0;
}

static int add_text(struct measures *m, struct measure *item, uint32_t group, struct text text, bool is_first)
{
	struct buffer *extreme = &item->texts[group];
	const struct text held = {(const char *)extreme->data, extreme->len};
	const size_t cap = extreme->cap;

	if (!is_first) {
		const int order = text_order(text, held);

		if (item->is->kind == STATE_MIN ? order >= 0 : order <= 0)
			return 0;
	}
	buffer_clear(extreme);
	if (buffer_append(extreme, text.data, text.len) != 0)
		return -1;
	m->bytes += extreme->cap - cap;
	return 0;
}

static int add_texts(struct measures *m, struct measure *item, const struct numbering *rows)
{
	const struct vector *v = view_vector(m->view, item->is->column);
	const uint16_t *list;
	uint32_t n;

	list = predicates_rows(m->predicates, m->view, item->is->predicate, &n);
	if (list == NULL)
		return -1;
	for (uint32_t k = 0; k < n; k++) {
		const uint32_t group = numbering_at(rows, list[k]);

		/* A buffer that was never reserved holds no text, not even the empty one. */
		if (add_text(m, item, group, vector_text(v, list[k]), item->texts[group].data == NULL) != 0)
			return -1;
	}
	return 0;
}

int measures_update(struct measures *m, const struct numbering *rows)
{
	int failed = count(m, rows);

	for (size_t i = 0; i < m->n && !failed; i++) {
		struct measure *item = &m->items[i];

		if (item->sums != NULL)
			failed = add_sums(m, item, rows);
		else if (item->numbers != NULL)
			failed = add_numbers(m, item, rows);
		else if (item->texts != NULL)
			failed = add_texts(m, item, rows);
		else if (item->is->kind == STATE_DISTINCT)
			failed = measure_add_distinct(m, item, rows);
	}
	return failed;
}
