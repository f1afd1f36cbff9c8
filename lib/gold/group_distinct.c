#include "base/word.h"
#include "column/distinct.h"
#include "gold/group_measure.h"

#include <stdlib.h>

enum { SEEN_FIRST = 4 };

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

/* How many bits a group has. */
static size_t count_seen(const struct measure *item, uint32_t group)
{
	const uint64_t *words = item->seen + (size_t)group * item->seen_stride;
	size_t n = 0;

	for (uint32_t i = 0; i < item->seen_stride; i++)
		n += word_bits(words[i]);
	return n;
}

/* The fingerprints of their codes. */
static void list_seen(const struct measures *m, const struct measure *item, uint32_t group, uint64_t *ids)
{
	const uint64_t *fingerprints = m->view->columns[item->is->column].fingerprints;
	const uint64_t *words = item->seen + (size_t)group * item->seen_stride;

	for (uint32_t i = 0; i < item->seen_stride; i++) {
		for (uint64_t rest = words[i]; rest != 0; rest &= rest - 1)
			*ids++ = fingerprints[i * 64 + (uint32_t)__builtin_ctzll(rest)];
	}
}

int measure_settle(struct measures *m, struct measure *item, uint32_t n_groups)
{
	struct group_ids *s = &item->ids;

	for (uint32_t i = 0; i < item->seen_groups; i++) {
		const size_t n = count_seen(item, i);

		if (n == 0)
			continue;
		if (group_ids_reserve(s, n_groups, n) != 0)
			return -1;
		list_seen(m, item, i, s->new_ids + s->n_new);
		for (size_t k = 0; k < n; k++)
			s->new_groups[s->n_new++] = i;
	}
	measure_drop_seen(m, item);
	return 0;
}

int measure_ids(struct measures *m, struct measure *item, uint32_t group, struct buffer *out)
{
	size_t n, n_seen = group < item->seen_groups ? count_seen(item, group) : 0;
	const uint64_t *ids = group_ids_of(&item->ids, group, &n);
	uint64_t *seen;

	if (n_seen == 0)
		return buffer_append(out, ids, n * sizeof *ids);
	buffer_clear(&m->seen[0]);
	buffer_clear(&m->seen[1]);
	if (buffer_reserve(&m->seen[0], n_seen * sizeof *ids) != 0 ||
	    buffer_reserve(&m->seen[1], n_seen * sizeof *ids) != 0 ||
	    buffer_reserve(out, (n + n_seen) * sizeof *ids) != 0)
		return -1;
	seen = (uint64_t *)(void *)m->seen[0].data;
	list_seen(m, item, group, seen);
	n_seen = distinct_sort(seen, n_seen, (uint64_t *)(void *)m->seen[1].data);
	out->len += distinct_merge(ids, n, seen, n_seen, out->data + out->len) * sizeof *ids;
	return 0;
}

/* Room for a bit for each group and slot. Without it, because the budget has no more, ids are noted as they
 * come. */
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
		if (measure_settle(m, item, n_groups) != 0)
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
	int64_t number = vector_int(v, row);

	if (type == COLUMN_FLOAT64)
		number = value_bits(value_double(number) + 0.0);
	return hash64(&number, sizeof number);
}

/* The groups of rows, whose ids are written by the caller. NULL: memory. */
static uint64_t *add_rows(struct measure *item, const struct numbering *rows, const uint16_t *list,
			  uint32_t n)
{
	struct group_ids *s = &item->ids;
	uint32_t *groups;

	if (group_ids_reserve(s, rows->n_groups, n) != 0)
		return NULL;
	groups = s->new_groups + s->n_new;
	for (uint32_t k = 0; k < n; k++)
		groups[k] = numbering_at(rows, list[k]);
	s->n_new += n;
	return s->new_ids + s->n_new - n;
}

static int add_ids(struct measures *m, struct measure *item, const struct numbering *rows,
		   const uint16_t *list, uint32_t n)
{
	const struct vector *v = view_vector(m->view, item->is->column);
	uint64_t *ids = add_rows(item, rows, list, n);

	if (ids == NULL)
		return -1;
	if (v->form == VECTOR_PLAIN) {
		for (uint32_t k = 0; k < n; k++)
			ids[k] = v->fingerprints[list[k]];
	} else {
		for (uint32_t k = 0; k < n; k++)
			ids[k] = id_at(v, item->is->type, list[k]);
	}
	return 0;
}

static int add_codes(struct measures *m, struct measure *item, const struct numbering *rows,
		     const uint16_t *list, uint32_t n)
{
	const uint64_t *fingerprints = view_fingerprints(m->view, item->is->column);
	const uint32_t *slots;
	uint32_t n_slots;
	uint64_t *ids;

	slots = view_slots(m->view, item->is->column, &n_slots);
	if (fingerprints == NULL || slots == NULL || reserve_seen(m, item, rows->n_groups, n_slots) != 0)
		return -1;
	if (item->seen != NULL) {
		set_bits(item, rows, list, n, slots);
		return 0;
	}
	ids = add_rows(item, rows, list, n);
	if (ids == NULL)
		return -1;
	for (uint32_t k = 0; k < n; k++)
		ids[k] = fingerprints[slots[list[k]]];
	return 0;
}

int measure_add_distinct(struct measures *m, struct measure *item, const struct numbering *rows)
{
	const uint16_t *list;
	uint32_t n;

	list = predicates_rows(m->predicates, m->view, item->is->predicate, &n);
	if (list == NULL || n == 0)
		return list == NULL ? -1 : 0;
	if (view_vector(m->view, item->is->column)->form == VECTOR_CODES)
		return add_codes(m, item, rows, list, n);
	return add_ids(m, item, rows, list, n);
}
