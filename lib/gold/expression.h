/*
 * expression -- an output column of a Gold table, computed from the aggregates and dimensions of a group.
 *
 * Integers are exact and wide; everything else, and every quotient, is an IEEE double, so x / 0 is an
 * infinity, and 0 / 0 no number, which SQLite keeps as NULL. Null in, null out, but for nullif and coalesce.
 */
#ifndef EV_EXPRESSION_H
#define EV_EXPRESSION_H

#include "column/value.h"

enum expression_kind {
	EXPRESSION_NULL,
	EXPRESSION_INTEGER,
	EXPRESSION_REAL,
	EXPRESSION_DIMENSION,
	EXPRESSION_MEASURE,
	EXPRESSION_NEGATE,
	EXPRESSION_ADD,
	EXPRESSION_SUBTRACT,
	EXPRESSION_MULTIPLY,
	EXPRESSION_DIVIDE,
	EXPRESSION_NULLIF,
	EXPRESSION_COALESCE,
};

struct expression {
	enum expression_kind kind;
	enum value_kind type; /* of what it gives, if that is not null */
	int64_t integer;
	double real;
	size_t index;             /* of a dimension or measure */
	struct expression *first; /* operands */
	struct expression *next;
};

void expression_free(struct expression *e);
/* -1, without a cause, when an integer grows beyond 128 bits. Texts in *v are borrowed. */
int expression_evaluate(const struct expression *e, const struct value *dimensions,
			const struct value *measures, struct value *v) MUST_CHECK;

#endif
