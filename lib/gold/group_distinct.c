#include "base/word.h"
#include "gold/group_measure.h"

#include <stdlib.h>

enum { AHEAD = 12, SEEN_FIRST = 4 };

static int add_id(struct measures *m, struct measure *item, uint32_t group, uint64_t id)
{
	struct distinct *set = &item->sets[group];
	const size_t bytes = distinct_bytes(set);

	if (distinct_add(set, id) != 0)
		return -1;
	m->bytes += distinct_bytes(set) - bytes;
	return 0;
}

int measures_add_ids(struct measures *m, uint32_t group, size_t measure, const void *ids, size_t n)
{
	struct distinct *set = &m->items[measure].sets[group];
	const size_t bytes = distinct_bytes(set);

	if (distinct_add_run(set, ids, n) != 0)
		return -1;
	m->bytes += distinct_bytes(set) - bytes;
	return 0;
}

/* --- bits of codes ---------------------------------------------------------------------------------------
 */

void measure_drop_seen(struct measures *m, struct measure *item)
{
	*m->budget += item->seen_bytes;
	free(item->seen);
	item->seen = NULL;
	item->seen_bytes = 0;
	item->seen_groups = item->seen_stride = 0;
	item->seen_off = false;
}

int measure_settle_group(struct measures *m, struct measure *item, uint32_t group)
{
	const uint64_t *fingerprints = m->view->columns[item->is->column].fingerprints;
	struct distinct *set = &item->sets[group];
	const size_t bytes = distinct_bytes(set);
	uint64_t *words;
	size_t n = 0;

	if (group >= item->seen_groups)
		return 0;
	words = item->seen + (size_t)group * item->seen_stride;
	for (uint32_t i = 0; i < item->seen_stride; i++)
		n += word_bits(words[i]);
	if (n > 0 && distinct_reserve(set, n) != 0)
		return -1;
	for (uint32_t i = 0; i < item->seen_stride && n > 0; i++) {
		for (; words[i] != 0; words[i] &= words[i] - 1) {
			const uint32_t slot = i * 64 + (uint32_t)__builtin_ctzll(words[i]);

			if (distinct_add(set, fingerprints[slot]) != 0)
				return -1;
		}
	}
	m->bytes += distinct_bytes(set) - bytes;
	return 0;
}

int measure_settle(struct measures *m, struct measure *item)
{
	for (uint32_t i = 0; i < item->seen_groups; i++) {
		if (measure_settle_group(m, item, i) != 0)
			return -1;
	}
	measure_drop_seen(m, item);
	return 0;
}

/* Room for a bit for each group and slot. Without it, because the budget has no more, ids go into the sets.
 */
static int reserve_seen(struct measures *m, struct measure *item, uint32_t n_groups, uint32_t n_slots)
{
	const uint32_t words = (n_slots + 63) / 64;
	uint32_t stride = item->seen_stride, groups = item->seen_groups;
	uint64_t *seen, bytes;

	if (item->seen_off || (words <= stride && n_groups <= groups))
		return 0;
	if (item->seen == NULL)
		stride = groups = SEEN_FIRST;
	while (stride < words)
		stride *= 2;
	while (groups < n_groups)
		groups *= 2;
	bytes = (uint64_t)stride * groups * sizeof *seen;
	seen = bytes <= *m->budget + item->seen_bytes ? calloc((size_t)stride * groups, sizeof *seen) : NULL;
	if (seen == NULL) {
		if (measure_settle(m, item) != 0)
			return -1;
		item->seen_off = true;
		return 0;
	}
	for (uint32_t i = 0; i < item->seen_groups; i++)
		memcpy(seen + (size_t)i * stride, item->seen + (size_t)i * item->seen_stride,
		       item->seen_stride * sizeof *seen);
	measure_drop_seen(m, item);
	*m->budget -= bytes;
	item->seen = seen;
	item->seen_bytes = bytes;
	item->seen_stride = stride;
	item->seen_groups = groups;
	return 0;
}

static void set_bits(struct measure *item, const struct numbering *rows, const uint16_t *list, uint32_t n,
		     const uint32_t *slots)
{
	const size_t stride = item->seen_stride;
	uint64_t *seen = item->seen;

	if (rows->groups == NULL) {
		seen += rows->group * stride;
		for (uint32_t k = 0; k < n; k++)
			seen[slots[list[k]] / 64] |= (uint64_t)1 << (slots[list[k]] % 64);
		return;
	}
	for (uint32_t k = 0; k < n; k++) {
		const uint32_t slot = slots[list[k]];

		seen[rows->groups[list[k]] * stride + slot / 64] |= (uint64_t)1 << (slot % 64);
	}
}

/* --- ids as they come ------------------------------------------------------------------------------------
 */

static uint64_t id_at(const struct vector *v, enum column_type type, uint32_t row)
{
	int64_t number;

	if (v->form == VECTOR_PLAIN)
		return v->fingerprints[row];
	number = vector_int(v, row);
	if (type == COLUMN_FLOAT64)
		number = value_bits(value_double(number) + 0.0);
	return hash64(&number, sizeof number);
}

static int add_ids(struct measures *m, struct measure *item, const struct numbering *rows,
		   const uint16_t *list, uint32_t n)
{
	const struct vector *v = view_vector(m->view, item->is->column);
	const enum column_type type = item->is->type;

	for (uint32_t k = 0; k < n; k++) {
		if (k + 2 * AHEAD < n)
			__builtin_prefetch(&item->sets[numbering_at(rows, list[k + 2 * AHEAD])]);
		if (k + AHEAD < n && v->form == VECTOR_PLAIN)
			distinct_prefetch(&item->sets[numbering_at(rows, list[k + AHEAD])],
					  id_at(v, type, list[k + AHEAD]));
		if (add_id(m, item, numbering_at(rows, list[k]), id_at(v, type, list[k])) != 0)
			return -1;
	}
	return 0;
}

static int add_codes(struct measures *m, struct measure *item, const struct numbering *rows,
		     const uint16_t *list, uint32_t n)
{
	const uint64_t *fingerprints = view_fingerprints(m->view, item->is->column);
	const uint32_t *slots;
	uint32_t n_slots;

	slots = view_slots(m->view, item->is->column, &n_slots);
	if (fingerprints == NULL || slots == NULL || reserve_seen(m, item, rows->n_groups, n_slots) != 0)
		return -1;
	if (item->seen != NULL) {
		set_bits(item, rows, list, n, slots);
		return 0;
	}
	for (uint32_t k = 0; k < n; k++) {
		if (k + 2 * AHEAD < n)
			__builtin_prefetch(&item->sets[numbering_at(rows, list[k + 2 * AHEAD])]);
		if (k + AHEAD < n)
			distinct_prefetch(&item->sets[numbering_at(rows, list[k + AHEAD])],
					  fingerprints[slots[list[k + AHEAD]]]);
		if (add_id(m, item, numbering_at(rows, list[k]), fingerprints[slots[list[k]]]) != 0)
			return -1;
	}
	return 0;
}

int measure_add_distinct(struct measures *m, struct measure *item, const struct numbering *rows)
{
	const uint16_t *list;
	uint32_t n;

	list = predicates_rows(m->predicates, m->view, item->is->predicate, &n);
	if (list == NULL)
		return -1;
	if (view_vector(m->view, item->is->column)->form == VECTOR_CODES)
		return add_codes(m, item, rows, list, n);
	return add_ids(m, item, rows, list, n);
}
