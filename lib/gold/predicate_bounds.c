#include "gold/predicate_bounds.h"

#include "column/value.h"
#include "gold/predicate_list.h"

/* Some number from min to max is in the range, or, negated, is not. */
static bool range_possible(const struct predicate *item, const struct predicate_bounds *b)
{
	if (item->negated)
		return b->min < item->first || b->max > item->last;
	return b->max >= item->first && b->min <= item->last;
}

static bool float_possible(const struct predicate *item, const struct predicate_bounds *b)
{
	const double min = value_double(b->min), max = value_double(b->max);

	return ((item->orders & ORDER_LESS) && min < item->number) ||
	       ((item->orders & ORDER_GREATER) && max > item->number) ||
	       ((item->orders & ORDER_EQUAL) && min <= item->number && max >= item->number);
}

static bool text_possible(const struct predicate *item, const struct predicate_bounds *b)
{
	const struct text text = strings_get(&item->texts, 0);
	const int min = text_order(b->min_text, text), max = text_order(b->max_text, text);

	return ((item->orders & ORDER_LESS) && min < 0) || ((item->orders & ORDER_GREATER) && max > 0) ||
	       ((item->orders & ORDER_EQUAL) && min <= 0 && max >= 0);
}

static bool in_possible(const struct predicate *item, const struct predicate_bounds *b)
{
	const bool one = text_equal(b->min_text, b->max_text);

	/* Whatever lies between two bounds may be none of the texts. */
	if (item->negated && !one)
		return true;
	for (uint32_t i = 0; i < item->texts.n; i++) {
		const struct text text = strings_get(&item->texts, i);

		if (text_order(b->min_text, text) <= 0 && text_order(b->max_text, text) >= 0)
			return !item->negated;
	}
	return item->negated;
}

static bool leaf_possible(const struct predicate *item, const struct predicate_bounds *b)
{
	if (item->kind == PREDICATE_NULL)
		return item->negated ? !b->only_nulls : !b->no_nulls;
	if (b->only_nulls)
		return false;
	if (!b->has_bounds)
		return true;
	switch (item->kind) {
	case PREDICATE_RANGE: return range_possible(item, b);
	case PREDICATE_FLOAT: return float_possible(item, b);
	case PREDICATE_TEXT: return text_possible(item, b);
	default: return in_possible(item, b);
	}
}

bool predicates_possible(const struct predicates *p, uint32_t id, predicate_bounds_of *bounds_of,
			 const void *context)
{
	const struct predicate *item = &p->items[id];
	struct predicate_bounds b = {0};

	switch (item->kind) {
	case PREDICATE_CONSTANT: return !item->negated;
	case PREDICATE_AND:
		return predicates_possible(p, item->left, bounds_of, context) &&
		       predicates_possible(p, item->right, bounds_of, context);
	case PREDICATE_OR:
		return predicates_possible(p, item->left, bounds_of, context) ||
		       predicates_possible(p, item->right, bounds_of, context);
	default: break;
	}
	bounds_of(context, item->column, &b);
	return leaf_possible(item, &b);
}

void predicates_columns(const struct predicates *p, uint32_t id, bool *used)
{
	const struct predicate *item = &p->items[id];

	switch (item->kind) {
	case PREDICATE_CONSTANT: break;
	case PREDICATE_AND:
	case PREDICATE_OR:
		predicates_columns(p, item->left, used);
		predicates_columns(p, item->right, used);
		break;
	default: used[item->column] = true;
	}
}
