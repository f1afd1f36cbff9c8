#include "query/route_check.h"

#include "base/timestamp.h"
#include "query/constraint.h"

#include <math.h>
#include <stdlib.h>

/* Numbers below these are told apart by doubles: with six places, and without. */
#define DECIMAL_MOST 9e9
#define INTEGER_MOST 9e15

static bool are_same(const struct columns *columns, const struct sql_node *node);

static const struct column *column_of(const struct columns *columns, const struct sql_node *node)
{
	for (size_t i = 0; node != NULL && node->kind == SQL_NAME && i < columns->n; i++) {
		if (sql_same_name(columns->items[i].name, node->text.data))
			return &columns->items[i];
	}
	return NULL;
}

static bool is_number_same(enum column_type type, const struct sql_node *literal)
{
	const char *point = strchr(literal->text.data, '.');

	if (strpbrk(literal->text.data, "eE") != NULL)
		return false;
	if (type != COLUMN_DECIMAL)
		return point == NULL || strtod(literal->text.data, NULL) < INTEGER_MOST;
	return strtod(literal->text.data, NULL) < DECIMAL_MOST && (point == NULL || strlen(point + 1) <= 6);
}

/* The moments on both sides of it are those that the text divides. */
static bool is_moment_same(const struct sql_node *literal, enum sql_kind op)
{
	const bool least = op == SQL_GREATER_EQUAL || op == SQL_LESS;
	const bool beyond = op == SQL_GREATER || op == SQL_LESS_EQUAL;
	int64_t us, day;

	if (timestamp_parse_date(literal->text.data, literal->text.len, &day))
		us = day * TIMESTAMP_DAY;
	else if (!timestamp_parse(literal->text.data, literal->text.len, &us))
		return false;
	return (beyond || constraint_moment(literal->text, false) == us) &&
	       (least || constraint_moment(literal->text, true) == us + 1);
}

static bool is_literal_same(const struct column *c, const struct sql_node *literal, enum sql_kind op)
{
	if (literal->kind == SQL_NEGATE)
		literal = literal->first;
	switch (c->type) {
	case COLUMN_TIMESTAMP: return literal->kind != SQL_STRING || is_moment_same(literal, op);
	case COLUMN_FLOAT64: return false;
	default: return literal->kind != SQL_NUMBER || is_number_same(c->type, literal);
	}
}

static bool is_comparison_same(const struct columns *columns, const struct sql_node *node)
{
	const struct column *left = column_of(columns, node->first), *right = column_of(columns, node->last);

	if (left != NULL)
		return is_literal_same(left, node->last, node->kind);
	return right != NULL && is_literal_same(right, node->first, sql_mirrored(node->kind));
}

static bool is_in_same(const struct columns *columns, const struct sql_node *node)
{
	const struct column *c = column_of(columns, node->first);

	for (const struct sql_node *o = node->first->next; o != NULL && c != NULL; o = o->next) {
		if (!is_literal_same(c, o, SQL_EQUAL))
			return false;
	}
	return c != NULL;
}

static bool are_operands_same(const struct columns *columns, const struct sql_node *node)
{
	for (const struct sql_node *o = node->first; o != NULL; o = o->next) {
		if (!are_same(columns, o))
			return false;
	}
	return true;
}

static bool are_same(const struct columns *columns, const struct sql_node *node)
{
	const struct column *c = column_of(columns, node);

	switch (node->kind) {
	/* Not every double of a file is a number, and the least of zeros is any. */
	case SQL_NAME: return c == NULL || c->type != COLUMN_FLOAT64;
	case SQL_EQUAL:
	case SQL_NOT_EQUAL:
	case SQL_LESS:
	case SQL_LESS_EQUAL:
	case SQL_GREATER:
	case SQL_GREATER_EQUAL: return is_comparison_same(columns, node);
	case SQL_IN: return is_in_same(columns, node);
	case SQL_CALL:
		return are_operands_same(columns, node) &&
		       (node->filter == NULL || are_same(columns, node->filter));
	default: return are_operands_same(columns, node);
	}
}

int route_check(const char *definition, const struct columns *columns)
{
	struct sql_select *s = sql_parse(definition, strlen(definition), "SQL");
	bool same;

	if (s == NULL && cause_status() == STATUS_USAGE) {
		cause_clear();
		return 0;
	}
	if (s == NULL)
		return -1;
	same = s->where == NULL || are_same(columns, s->where);
	for (size_t i = 0; i < s->n_outputs && same; i++)
		same = are_same(columns, s->outputs[i].value);
	sql_free(s);
	return same;
}
