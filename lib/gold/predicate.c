#include "gold/predicate_list.h"

#include "column/value.h"

#include <stdlib.h>

struct predicates *predicates_new(const struct columns *types)
{
	struct predicates *p = calloc(1, sizeof *p);
	struct predicate always = {.kind = PREDICATE_CONSTANT};
	struct predicate never = {.kind = PREDICATE_CONSTANT, .negated = true};
	uint32_t id;

	if (p == NULL) {
		cause_memory();
		return NULL;
	}
	p->types = types;
	if (predicates_add(p, &always, &id) == 0 && predicates_add(p, &never, &id) == 0)
		return p;
	predicates_free(p);
	return NULL;
}

static void item_free(struct predicate *item)
{
	strings_free(&item->texts);
	free(item->mask);
	free(item->rows);
	free(item->verdicts);
}

void predicates_free(struct predicates *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->n; i++)
		item_free(&p->items[i]);
	free(p->items);
	free(p);
}

static bool same_texts(const struct strings *a, const struct strings *b)
{
	if (a->n != b->n)
		return false;
	for (uint32_t i = 0; i < a->n; i++) {
		if (!text_equal(strings_get(a, i), strings_get(b, i)))
			return false;
	}
	return true;
}

static bool same(const struct predicate *a, const struct predicate *b)
{
	return a->kind == b->kind && a->negated == b->negated && a->orders == b->orders &&
	       a->column == b->column && a->first == b->first && a->last == b->last &&
	       memcmp(&a->number, &b->number, sizeof a->number) == 0 && a->left == b->left &&
	       a->right == b->right && same_texts(&a->texts, &b->texts);
}

int predicates_add(struct predicates *p, struct predicate *item, uint32_t *id)
{
	for (size_t i = 0; i < p->n; i++) {
		if (same(&p->items[i], item)) {
			item_free(item);
			*id = (uint32_t)i;
			return 0;
		}
	}
	if (array_reserve(&p->items, &p->cap, p->n + 1, sizeof *p->items) != 0) {
		item_free(item);
		return -1;
	}
	*id = (uint32_t)p->n;
	p->items[p->n++] = *item;
	return 0;
}

int predicates_not_null(struct predicates *p, size_t column, uint32_t *id)
{
	struct predicate item = {.kind = PREDICATE_NULL, .negated = true, .column = column};

	*id = PREDICATE_ALWAYS;
	return p->types->items[column].nullable ? predicates_add(p, &item, id) : 0;
}

int predicates_and(struct predicates *p, uint32_t a, uint32_t b, uint32_t *id)
{
	struct predicate item = {.kind = PREDICATE_AND, .left = a < b ? a : b, .right = a < b ? b : a};

	*id = item.left == PREDICATE_ALWAYS ? item.right : item.left;
	if (item.left <= PREDICATE_NEVER || a == b)
		return 0;
	/* a AND (a AND b) is what count(x) FILTER (WHERE a) makes of WHERE a. */
	for (int swap = 0; swap < 2; swap++) {
		const uint32_t inner = swap ? a : b, other = swap ? b : a;

		if (p->items[inner].kind == PREDICATE_AND &&
		    (p->items[inner].left == other || p->items[inner].right == other)) {
			*id = inner;
			return 0;
		}
	}
	return predicates_add(p, &item, id);
}

/* --- evaluation ------------------------------------------------------------------------------------------
 */

static uint32_t order_of_texts(struct text a, struct text b)
{
	const int order = text_order(a, b);

	return order < 0 ? ORDER_LESS : order > 0 ? ORDER_GREATER : ORDER_EQUAL;
}

static bool passes(const struct predicate *item, struct text text)
{
	if (item->kind == PREDICATE_TEXT)
		return order_of_texts(text, strings_get(&item->texts, 0)) & item->orders;
	for (uint32_t i = 0; i < item->texts.n; i++) {
		if (text_equal(text, strings_get(&item->texts, i)))
			return !item->negated;
	}
	return item->negated;
}

/* The verdicts on all codes there are; on slot 0, null, it is no. */
static int judge_codes(struct predicate *item, const struct view_column *c)
{
	if (item->verdicts == NULL || item->generation != c->generation)
		item->n_verdicts = 0;
	item->generation = c->generation;
	if (array_reserve(&item->verdicts, &item->verdicts_cap, (size_t)c->n_strings + 1, 1) != 0)
		return -1;
	if (item->n_verdicts == 0)
		item->verdicts[item->n_verdicts++] = 0;
	for (; item->n_verdicts <= c->n_strings; item->n_verdicts++)
		item->verdicts[item->n_verdicts] =
		    passes(item, strings_get(c->strings, item->n_verdicts - 1));
	return 0;
}

static int evaluate_texts(struct predicate *item, struct view *r)
{
	const struct vector *v = view_vector(r, item->column);
	const uint32_t *slots;
	uint32_t n;

	if (v->form == VECTOR_PLAIN) {
		for (uint32_t i = 0; i < r->n; i++)
			item->mask[i] = vector_is_valid(v, i) && passes(item, vector_text(v, i));
		return 0;
	}
	slots = view_slots(r, item->column, &n);
	if (slots == NULL || judge_codes(item, &r->columns[item->column]) != 0)
		return -1;
	for (uint32_t i = 0; i < r->n; i++)
		item->mask[i] = item->verdicts[slots[i]];
	return 0;
}

static uint8_t in_orders(double a, double b, uint32_t orders)
{
	const uint32_t order = a < b ? ORDER_LESS : a > b ? ORDER_GREATER : a == b ? ORDER_EQUAL : 0;

	return (order & orders) != 0;
}

static int evaluate_numbers(struct predicate *item, struct view *r)
{
	const int64_t *numbers = view_numbers(r, item->column);
	const uint64_t span = (uint64_t)item->last - (uint64_t)item->first;

	if (numbers == NULL)
		return -1;
	if (item->kind == PREDICATE_RANGE) {
		for (uint32_t i = 0; i < r->n; i++)
			item->mask[i] =
			    ((uint64_t)numbers[i] - (uint64_t)item->first <= span) != item->negated;
	} else {
		for (uint32_t i = 0; i < r->n; i++) {
			double d;

			memcpy(&d, &numbers[i], sizeof d);
			item->mask[i] = in_orders(d, item->number, item->orders);
		}
	}
	return 0;
}

/* Masks are combined eight rows at a time; there is room for that behind the last. */
static void combine(uint8_t *to, const uint8_t *from, uint32_t n, bool both)
{
	for (uint32_t i = 0; i < n; i += 8) {
		uint64_t a, b;

		memcpy(&a, to + i, sizeof a);
		memcpy(&b, from + i, sizeof b);
		a = both ? a & b : a | b;
		memcpy(to + i, &a, sizeof a);
	}
}

static int evaluate_null(struct predicate *item, struct view *r)
{
	const uint8_t *valid;

	if (view_vector(r, item->column)->valid == NULL) {
		memset(item->mask, item->negated, r->n);
		return 0;
	}
	valid = view_valid(r, item->column);
	if (valid == NULL)
		return -1;
	for (uint32_t i = 0; i < r->n; i++)
		item->mask[i] = valid[i] == item->negated;
	return 0;
}

static int evaluate_both(struct predicates *p, struct predicate *item, struct view *r)
{
	const uint8_t *left = predicates_mask(p, r, item->left);
	const uint8_t *right = predicates_mask(p, r, item->right);

	if (left == NULL || right == NULL)
		return -1;
	memcpy(item->mask, left, r->n);
	combine(item->mask, right, r->n, item->kind == PREDICATE_AND);
	return 0;
}

static int evaluate(struct predicates *p, struct predicate *item, struct view *r)
{
	const uint8_t *valid;

	switch (item->kind) {
	case PREDICATE_CONSTANT: memset(item->mask, !item->negated, r->n); return 0;
	case PREDICATE_NULL: return evaluate_null(item, r);
	case PREDICATE_AND:
	case PREDICATE_OR: return evaluate_both(p, item, r);
	case PREDICATE_TEXT:
	case PREDICATE_IN: return evaluate_texts(item, r);
	default: break;
	}
	if (evaluate_numbers(item, r) != 0)
		return -1;
	if (view_vector(r, item->column)->valid == NULL)
		return 0;
	valid = view_valid(r, item->column);
	if (valid == NULL)
		return -1;
	combine(item->mask, valid, r->n, true);
	return 0;
}

static int make_room(struct predicate *item, const struct view *r)
{
	if (item->cap >= r->cap)
		return 0;
	free(item->mask);
	free(item->rows);
	item->cap = 0;
	item->mask = malloc((size_t)r->cap + 8);
	item->rows = malloc(((size_t)r->cap + 8) * sizeof *item->rows);
	if (item->mask == NULL || item->rows == NULL)
		return cause_memory();
	memset(item->mask, 0, (size_t)r->cap + 8);
	item->cap = r->cap;
	return 0;
}

const uint8_t *predicates_mask(struct predicates *p, struct view *r, uint32_t id)
{
	struct predicate *item = &p->items[id];

	if (item->mask_of == r->sequence)
		return item->mask;
	if (make_room(item, r) != 0 || evaluate(p, item, r) != 0)
		return NULL;
	item->mask_of = r->sequence;
	return item->mask;
}

const uint16_t *predicates_rows(struct predicates *p, struct view *r, uint32_t id, uint32_t *n)
{
	struct predicate *item = &p->items[id];
	const uint8_t *mask;
	uint32_t found = 0;

	if (id == PREDICATE_ALWAYS) {
		*n = r->n;
		return r->all;
	}
	if (item->rows_of != r->sequence) {
		mask = predicates_mask(p, r, id);
		if (mask == NULL)
			return NULL;
		for (uint32_t i = 0; i < r->n; i++) {
			item->rows[found] = (uint16_t)i;
			found += mask[i];
		}
		item->n_rows = found;
		item->rows_of = r->sequence;
	}
	*n = item->n_rows;
	return item->rows;
}
