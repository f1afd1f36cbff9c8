#include "gold/expression.h"

#include <stdlib.h>

void expression_free(struct expression *e)
{
	while (e != NULL) {
		struct expression *next = e->next;

		expression_free(e->first);
		free(e);
		e = next;
	}
}

static double real_of(const struct value *v)
{
	return v->kind == VALUE_INTEGER ? (double)v->integer : v->real;
}

static struct value null_value(void)
{
	return (struct value){.kind = VALUE_NULL};
}

static struct value real_value(double d)
{
	return (struct value){.kind = VALUE_REAL, .real = d};
}

static int negate(const struct value *a, struct value *v)
{
	*v = *a;
	v->real = -a->real;
	return __builtin_sub_overflow((decimal_sum)0, a->integer, &v->integer) ? -1 : 0;
}

static int arithmetic(enum expression_kind kind, const struct value *a, const struct value *b,
		      struct value *v)
{
	const double x = real_of(a), y = real_of(b);
	decimal_sum *sum = &v->integer;

	if (kind == EXPRESSION_DIVIDE) {
		*v = real_value(x / y);
		return 0;
	}
	if (a->kind == VALUE_INTEGER && b->kind == VALUE_INTEGER) {
		*v = (struct value){.kind = VALUE_INTEGER};
		switch (kind) {
		case EXPRESSION_ADD: return __builtin_add_overflow(a->integer, b->integer, sum) ? -1 : 0;
		case EXPRESSION_SUBTRACT: return __builtin_sub_overflow(a->integer, b->integer, sum) ? -1 : 0;
		default: return __builtin_mul_overflow(a->integer, b->integer, sum) ? -1 : 0;
		}
	}
	*v = real_value(kind == EXPRESSION_ADD ? x + y : kind == EXPRESSION_SUBTRACT ? x - y : x * y);
	return 0;
}

static bool is_equal(const struct value *a, const struct value *b)
{
	if (a->kind == VALUE_INTEGER && b->kind == VALUE_INTEGER)
		return a->integer == b->integer;
	return real_of(a) == real_of(b);
}

static int coalesce(const struct expression *e, const struct value *dimensions, const struct value *measures,
		    struct value *v)
{
	*v = null_value();
	for (const struct expression *o = e->first; o != NULL && v->kind == VALUE_NULL; o = o->next) {
		if (expression_evaluate(o, dimensions, measures, v) != 0)
			return -1;
	}
	if (v->kind == VALUE_INTEGER && e->type == VALUE_REAL)
		*v = real_value(real_of(v));
	return 0;
}

/* What is there is taken from where it is. NULL is the failure of evaluate. */
static const struct value *operand(const struct expression *e, const struct value *dimensions,
				   const struct value *measures, struct value *room)
{
	if (e->kind == EXPRESSION_DIMENSION)
		return &dimensions[e->index];
	if (e->kind == EXPRESSION_MEASURE)
		return &measures[e->index];
	return expression_evaluate(e, dimensions, measures, room) == 0 ? room : NULL;
}

static int operation(const struct expression *e, const struct value *dimensions, const struct value *measures,
		     struct value *v)
{
	struct value rooms[2];
	const struct value *a = operand(e->first, dimensions, measures, &rooms[0]), *b = NULL;

	if (a != NULL && e->kind != EXPRESSION_NEGATE)
		b = operand(e->first->next, dimensions, measures, &rooms[1]);
	if (a == NULL || (e->kind != EXPRESSION_NEGATE && b == NULL))
		return -1;
	if (a->kind == VALUE_NULL) {
		*v = null_value();
		return 0;
	}
	if (e->kind == EXPRESSION_NEGATE)
		return negate(a, v);
	if (e->kind == EXPRESSION_NULLIF) {
		*v = b->kind != VALUE_NULL && is_equal(a, b) ? null_value() : *a;
		return 0;
	}
	if (b->kind == VALUE_NULL) {
		*v = null_value();
		return 0;
	}
	return arithmetic(e->kind, a, b, v);
}

int expression_evaluate(const struct expression *e, const struct value *dimensions,
			const struct value *measures, struct value *v)
{
	switch (e->kind) {
	case EXPRESSION_NULL: *v = null_value(); return 0;
	case EXPRESSION_INTEGER: *v = (struct value){.kind = VALUE_INTEGER, .integer = e->integer}; return 0;
	case EXPRESSION_REAL: *v = real_value(e->real); return 0;
	case EXPRESSION_DIMENSION: *v = dimensions[e->index]; return 0;
	case EXPRESSION_MEASURE: *v = measures[e->index]; return 0;
	case EXPRESSION_COALESCE: return coalesce(e, dimensions, measures, v);
	default: return operation(e, dimensions, measures, v);
	}
}
