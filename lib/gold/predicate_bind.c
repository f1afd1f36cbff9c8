#include "gold/predicate_list.h"

#include "base/decimal.h"
#include "base/timestamp.h"

#include <stdlib.h>

/* Each takes memory for a batch; a text IN list is one, however long. */
enum { OPERANDS_MAX = 1000 };

struct binder {
	struct predicates *list;
	const struct sql_select *select;
};

static int bind(struct binder *b, const struct sql_node *node, bool negated, uint32_t *id);

static int refuse(const struct binder *b, const struct sql_node *node, const char *why)
{
	return sql_refuse(b->select, node->at, node->text.data, "%s", why);
}

static const struct sql_node *unsigned_literal(const struct sql_node *node)
{
	return node->kind == SQL_NEGATE && node->first->kind == SQL_NUMBER ? node->first : node;
}

static bool is_literal(const struct sql_node *node)
{
	switch (unsigned_literal(node)->kind) {
	case SQL_NUMBER:
	case SQL_STRING:
	case SQL_NULL:
	case SQL_TRUE:
	case SQL_FALSE: return true;
	default: return false;
	}
}

static int find_column(const struct binder *b, const struct sql_node *node, size_t *column)
{
	if (node->kind == SQL_CALL)
		return refuse(b, node, "no functions in a condition: compare a column with a literal");
	if (node->kind != SQL_NAME)
		return refuse(b, node, "compare a column with a literal");
	for (size_t i = 0; i < b->list->types->n; i++) {
		if (sql_same_name(b->list->types->items[i].name, node->text.data)) {
			*column = i;
			return 0;
		}
	}
	return refuse(b, node, "no such column in silver");
}

/* --- numbers ---------------------------------------------------------------------------------------------
 */

/* SQL writes 007, .5 and 1. where JSON, which decimal_parse reads, has 7, 0.5 and 1.0. */
static int write_number(const struct sql_node *node, struct buffer *out)
{
	const struct text t = unsigned_literal(node)->text;
	size_t i = 0;

	if (unsigned_literal(node) != node && buffer_append(out, "-", 1) != 0)
		return -1;
	while (i + 1 < t.len && t.data[i] == '0' && t.data[i + 1] >= '0' && t.data[i + 1] <= '9')
		i++;
	if (t.data[i] == '.' && buffer_append(out, "0", 1) != 0)
		return -1;
	for (; i < t.len; i++) {
		const bool bare = t.data[i] == '.' && (i + 1 == t.len || (t.data[i + 1] | 0x20) == 'e');

		if (buffer_append(out, t.data + i, 1) != 0 || (bare && buffer_append(out, "0", 1) != 0))
			return -1;
	}
	return 0;
}

static int add_range(struct binder *b, size_t column, int64_t first, int64_t last, bool negated, uint32_t *id)
{
	struct predicate item = {
	    .kind = PREDICATE_RANGE, .column = column, .first = first, .last = last, .negated = negated};

	if (!negated && first == INT64_MIN && last == INT64_MAX)
		return predicates_not_null(b->list, column, id);
	return predicates_add(b->list, &item, id);
}

/*
 * A comparison of a whole number with any number is one with the whole numbers on both sides of it: `below`
 * is the greatest that is less, `above` the least that is greater. Where there is none, within is false.
 */
struct neighbours {
	bool exact; /* and the number itself is in `at` */
	bool has_below, has_above;
	int64_t below, at, above;
};

static struct neighbours neighbours_of(enum decimal_exactness how, int64_t value, bool is_negative)
{
	struct neighbours n = {.exact = how == DECIMAL_EXACT, .at = value};

	if (how == DECIMAL_RANGE) {
		n.has_below = !is_negative;
		n.has_above = is_negative;
		n.below = INT64_MAX;
		n.above = INT64_MIN;
		return n;
	}
	n.has_below = how == DECIMAL_ABOVE || value > INT64_MIN;
	n.below = how == DECIMAL_ABOVE || !n.has_below ? value : value - 1;
	n.has_above = how == DECIMAL_BELOW || value < INT64_MAX;
	n.above = how == DECIMAL_BELOW || !n.has_above ? value : value + 1;
	return n;
}

static int add_comparison(struct binder *b, size_t column, enum sql_kind op, struct neighbours n,
			  uint32_t *id)
{
	*id = PREDICATE_NEVER;
	switch (op) {
	case SQL_EQUAL: return n.exact ? add_range(b, column, n.at, n.at, false, id) : 0;
	case SQL_NOT_EQUAL:
		if (!n.exact)
			return predicates_not_null(b->list, column, id);
		return add_range(b, column, n.at, n.at, true, id);
	case SQL_LESS_EQUAL:
		if (n.exact)
			return add_range(b, column, INT64_MIN, n.at, false, id);
		/* fall through */
	case SQL_LESS: return n.has_below ? add_range(b, column, INT64_MIN, n.below, false, id) : 0;
	case SQL_GREATER_EQUAL:
		if (n.exact)
			return add_range(b, column, n.at, INT64_MAX, false, id);
		/* fall through */
	default: return n.has_above ? add_range(b, column, n.above, INT64_MAX, false, id) : 0;
	}
}

static uint32_t orders_of(enum sql_kind op)
{
	switch (op) {
	case SQL_EQUAL: return ORDER_EQUAL;
	case SQL_NOT_EQUAL: return ORDER_LESS | ORDER_GREATER;
	case SQL_LESS: return ORDER_LESS;
	case SQL_LESS_EQUAL: return ORDER_LESS | ORDER_EQUAL;
	case SQL_GREATER: return ORDER_GREATER;
	default: return ORDER_GREATER | ORDER_EQUAL;
	}
}

static int compare_number(struct binder *b, size_t column, enum sql_kind op, const struct sql_node *literal,
			  uint32_t *id)
{
	const enum column_type type = b->list->types->items[column].type;
	struct buffer text = {0};
	enum decimal_exactness how;
	int64_t value = 0;
	int result = -1;

	if (write_number(literal, &text) != 0 || buffer_text(&text) == NULL)
		goto done;
	if (type == COLUMN_FLOAT64) {
		struct predicate item = {.kind = PREDICATE_FLOAT, .column = column, .orders = orders_of(op)};

		item.number = strtod(buffer_text(&text), NULL);
		result = predicates_add(b->list, &item, id);
		goto done;
	}
	how = decimal_parse((const char *)text.data, text.len, type == COLUMN_DECIMAL ? DECIMAL_SCALE : 0,
			    &value);
	result = add_comparison(b, column, op, neighbours_of(how, value, text.data[0] == '-'), id);
done:
	buffer_free(&text);
	return result;
}

static int compare_time(struct binder *b, size_t column, enum sql_kind op, const struct sql_node *literal,
			uint32_t *id)
{
	int64_t us, day;

	if (timestamp_parse_date(literal->text.data, literal->text.len, &day))
		us = day * TIMESTAMP_DAY;
	else if (!timestamp_parse(literal->text.data, literal->text.len, &us))
		return refuse(b, literal,
			      "no date and no time: write '2025-12-07' or '2025-12-07T03:00:00Z'");
	return add_comparison(b, column, op, neighbours_of(DECIMAL_EXACT, us, false), id);
}

static int compare_text(struct binder *b, size_t column, enum sql_kind op, const struct sql_node *literal,
			uint32_t *id)
{
	struct predicate item = {.kind = PREDICATE_TEXT, .column = column, .orders = orders_of(op)};

	if (op == SQL_EQUAL || op == SQL_NOT_EQUAL) {
		item.kind = PREDICATE_IN;
		item.negated = op == SQL_NOT_EQUAL;
		item.orders = 0;
	}
	if (strings_add(&item.texts, literal->text.data, literal->text.len) != 0) {
		strings_free(&item.texts);
		return -1;
	}
	return predicates_add(b->list, &item, id);
}

static int compare_bool(struct binder *b, size_t column, enum sql_kind op, const struct sql_node *literal,
			uint32_t *id)
{
	return add_comparison(b, column, op, neighbours_of(DECIMAL_EXACT, literal->kind == SQL_TRUE, false),
			      id);
}

static int compare(struct binder *b, size_t column, enum sql_kind op, const struct sql_node *literal,
		   uint32_t *id)
{
	const struct column *c = &b->list->types->items[column];
	const enum sql_kind kind = unsigned_literal(literal)->kind;
	const char *wanted;

	*id = PREDICATE_NEVER;
	if (kind == SQL_NULL)
		return 0;
	switch (c->type) {
	case COLUMN_STRING:
		if (kind == SQL_STRING)
			return compare_text(b, column, op, literal, id);
		wanted = "a 'text'";
		break;
	case COLUMN_TIMESTAMP:
		if (kind == SQL_STRING)
			return compare_time(b, column, op, literal, id);
		wanted = "a 'time'";
		break;
	case COLUMN_BOOL:
		if (kind == SQL_TRUE || kind == SQL_FALSE)
			return compare_bool(b, column, op, literal, id);
		wanted = "true or false";
		break;
	default:
		if (kind == SQL_NUMBER)
			return compare_number(b, column, op, literal, id);
		wanted = "a number";
		break;
	}
	return sql_refuse(b->select, literal->at, unsigned_literal(literal)->text.data,
			  "%s is of type %s: compare it with %s", c->name, column_type_name(c->type), wanted);
}

/* --- the tree --------------------------------------------------------------------------------------------
 */

/* NOT (a op b) is a opposite(op) b: both are unknown where one side is null. */
static enum sql_kind opposite(enum sql_kind op)
{
	switch (op) {
	case SQL_EQUAL: return SQL_NOT_EQUAL;
	case SQL_NOT_EQUAL: return SQL_EQUAL;
	case SQL_LESS: return SQL_GREATER_EQUAL;
	case SQL_LESS_EQUAL: return SQL_GREATER;
	case SQL_GREATER: return SQL_LESS_EQUAL;
	default: return SQL_LESS;
	}
}

static int bind_comparison(struct binder *b, const struct sql_node *node, bool negated, uint32_t *id)
{
	const struct sql_node *left = node->first, *right = node->last;
	enum sql_kind op = negated ? opposite(node->kind) : node->kind;
	size_t column;

	if (is_literal(left)) {
		left = node->last;
		right = node->first;
		op = sql_mirrored(op);
	}
	if (find_column(b, left, &column) != 0)
		return -1;
	if (!is_literal(right))
		return refuse(b, right, "compare a column with a literal");
	return compare(b, column, op, right, id);
}

/* Conditions joined two by two, so that n of them nest log n deep. */
static int join(struct binder *b, uint32_t *ids, size_t n, bool all, uint32_t *id)
{
	uint32_t left, right;

	if (n == 1) {
		*id = ids[0];
		return 0;
	}
	if (join(b, ids, n / 2, all, &left) != 0 || join(b, ids + n / 2, n - n / 2, all, &right) != 0)
		return -1;
	if (all)
		return predicates_and(b->list, left, right, id);
	*id = left == PREDICATE_NEVER ? right : left;
	if (left == right || left == PREDICATE_NEVER || right == PREDICATE_NEVER)
		return 0;
	struct predicate item = {
	    .kind = PREDICATE_OR, .left = left < right ? left : right, .right = left < right ? right : left};
	return predicates_add(b->list, &item, id);
}

/* The operands of node from first on, each bound by AND and OR's rule, or compared with column. */
static int bind_list(struct binder *b, const struct sql_node *node, const struct sql_node *first,
		     bool negated, const size_t *column, uint32_t *id)
{
	const bool all = (node->kind == SQL_AND) != negated;
	uint32_t *ids = NULL;
	size_t n = 0, cap = 0;
	int result = -1;

	for (const struct sql_node *o = first; o != NULL; o = o->next) {
		if (n == OPERANDS_MAX) {
			sql_refuse(b->select, o->at, node->text.data, "more than %d operands", OPERANDS_MAX);
			goto done;
		}
		if (array_reserve(&ids, &cap, n + 1, sizeof *ids) != 0)
			goto done;
		if (column == NULL ? bind(b, o, negated, &ids[n])
				   : compare(b, *column, negated ? SQL_NOT_EQUAL : SQL_EQUAL, o, &ids[n]))
			goto done;
		n++;
	}
	result = join(b, ids, n, all, id);
done:
	free(ids);
	return result;
}

/* A text is looked for in all of them at once. */
static int bind_texts(struct binder *b, const struct sql_node *node, size_t column, bool negated,
		      uint32_t *id)
{
	struct predicate item = {.kind = PREDICATE_IN, .column = column, .negated = negated};

	for (const struct sql_node *o = node->first->next; o != NULL; o = o->next) {
		if (o->kind == SQL_NULL)
			continue;
		if (o->kind != SQL_STRING) {
			/* says what is wrong with it */
			strings_free(&item.texts);
			return compare(b, column, SQL_EQUAL, o, id);
		}
		if (strings_add(&item.texts, o->text.data, o->text.len) != 0) {
			strings_free(&item.texts);
			return -1;
		}
	}
	return predicates_add(b->list, &item, id);
}

static int bind_in(struct binder *b, const struct sql_node *node, bool negated, uint32_t *id)
{
	size_t column;

	negated = negated != node->negated;
	if (find_column(b, node->first, &column) != 0)
		return -1;
	for (const struct sql_node *o = node->first->next; o != NULL; o = o->next) {
		if (!is_literal(o))
			return refuse(b, o, "IN takes a list of literals");
		/* x NOT IN (..., NULL) is false or unknown, and never true. */
		if (o->kind == SQL_NULL && negated) {
			*id = PREDICATE_NEVER;
			return 0;
		}
	}
	if (b->list->types->items[column].type == COLUMN_STRING)
		return bind_texts(b, node, column, negated, id);
	return bind_list(b, node, node->first->next, negated, &column, id);
}

static int bind_null(struct binder *b, const struct sql_node *node, bool negated, uint32_t *id)
{
	struct predicate item = {.kind = PREDICATE_NULL};

	negated = negated != node->negated;
	if (find_column(b, node->first, &item.column) != 0)
		return -1;
	if (negated)
		return predicates_not_null(b->list, item.column, id);
	*id = PREDICATE_NEVER;
	return b->list->types->items[item.column].nullable ? predicates_add(b->list, &item, id) : 0;
}

static int bind(struct binder *b, const struct sql_node *node, bool negated, uint32_t *id)
{
	switch (node->kind) {
	case SQL_NOT: return bind(b, node->first, !negated, id);
	case SQL_AND:
	case SQL_OR: return bind_list(b, node, node->first, negated, NULL, id);
	case SQL_IN: return bind_in(b, node, negated, id);
	case SQL_IS_NULL: return bind_null(b, node, negated, id);
	case SQL_EQUAL:
	case SQL_NOT_EQUAL:
	case SQL_LESS:
	case SQL_LESS_EQUAL:
	case SQL_GREATER:
	case SQL_GREATER_EQUAL: return bind_comparison(b, node, negated, id);
	case SQL_TRUE:
	case SQL_FALSE:
		*id = (node->kind == SQL_TRUE) != negated ? PREDICATE_ALWAYS : PREDICATE_NEVER;
		return 0;
	case SQL_NULL: *id = PREDICATE_NEVER; return 0;
	default: return refuse(b, node, "a condition expected: compare a column with a literal");
	}
}

int predicates_bind(struct predicates *p, const struct sql_select *s, const struct sql_node *node,
		    uint32_t *id)
{
	struct binder b = {p, s};

	return bind(&b, node, false, id);
}
