#include "query/constraint.h"

#include "base/decimal.h"
#include "base/timestamp.h"
#include "column/value.h"
#include "gold/predicate_list.h"

#include <math.h>

enum { IN_MAX = 1000 };

bool constraint_is_known(int op)
{
	switch (op) {
	case SQLITE_INDEX_CONSTRAINT_EQ:
	case SQLITE_INDEX_CONSTRAINT_NE:
	case SQLITE_INDEX_CONSTRAINT_GT:
	case SQLITE_INDEX_CONSTRAINT_LE:
	case SQLITE_INDEX_CONSTRAINT_LT:
	case SQLITE_INDEX_CONSTRAINT_GE:
	case SQLITE_INDEX_CONSTRAINT_IS:
	case SQLITE_INDEX_CONSTRAINT_ISNULL:
	case SQLITE_INDEX_CONSTRAINT_ISNOTNULL: return true;
	default: return false;
	}
}

static uint32_t orders_of(int op)
{
	switch (op) {
	case SQLITE_INDEX_CONSTRAINT_NE: return ORDER_LESS | ORDER_GREATER;
	case SQLITE_INDEX_CONSTRAINT_GT: return ORDER_GREATER;
	case SQLITE_INDEX_CONSTRAINT_LE: return ORDER_LESS | ORDER_EQUAL;
	case SQLITE_INDEX_CONSTRAINT_LT: return ORDER_LESS;
	case SQLITE_INDEX_CONSTRAINT_GE: return ORDER_GREATER | ORDER_EQUAL;
	default: return ORDER_EQUAL;
	}
}

static int add_range(struct predicates *p, size_t column, int64_t first, int64_t last, uint32_t *id)
{
	struct predicate item = {.kind = PREDICATE_RANGE, .column = column, .first = first, .last = last};

	*id = PREDICATE_NEVER;
	return first <= last ? predicates_add(p, &item, id) : 0;
}

/* --- texts -----------------------------------------------------------------------------------------------
 */

static struct text text_of_value(sqlite3_value *value)
{
	const char *data = (const char *)sqlite3_value_text(value);

	return (struct text){data != NULL ? data : "", (size_t)sqlite3_value_bytes(value)};
}

static int bind_text(struct predicates *p, size_t column, uint32_t orders, struct text text, uint32_t *id)
{
	struct predicate item = {.kind = PREDICATE_TEXT, .column = column, .orders = orders};

	if (orders == ORDER_EQUAL || orders == (ORDER_LESS | ORDER_GREATER)) {
		item.kind = PREDICATE_IN;
		item.negated = orders != ORDER_EQUAL;
		item.orders = 0;
	}
	if (strings_add(&item.texts, text.data, text.len) != 0) {
		strings_free(&item.texts);
		return -1;
	}
	return predicates_add(p, &item, id);
}

/* Texts of moments sort as the moments do, so it can be found by halves. */
int64_t constraint_moment(struct text text, bool beyond)
{
	int64_t first = TIMESTAMP_MIN, last = TIMESTAMP_MAX + 1;

	while (first < last) {
		const int64_t middle = first + (last - first) / 2;
		char shown[TIMESTAMP_TEXT];
		const size_t len = timestamp_format(middle, shown);

		if (text_order((struct text){shown, len}, text) >= beyond)
			last = middle;
		else
			first = middle + 1;
	}
	return first <= TIMESTAMP_MAX ? first : INT64_MAX;
}

static int bind_moment(struct predicates *p, size_t column, uint32_t orders, struct text text, uint32_t *id)
{
	const int64_t least = constraint_moment(text, false), beyond = constraint_moment(text, true);

	switch (orders) {
	case ORDER_EQUAL: return add_range(p, column, least, beyond - 1, id);
	case ORDER_LESS: return add_range(p, column, INT64_MIN, least - 1, id);
	case ORDER_GREATER: return add_range(p, column, beyond, INT64_MAX, id);
	case ORDER_LESS | ORDER_EQUAL: return add_range(p, column, INT64_MIN, beyond - 1, id);
	case ORDER_GREATER | ORDER_EQUAL: return add_range(p, column, least, INT64_MAX, id);
	default: return predicates_not_null(p, column, id);
	}
}

/* --- numbers ---------------------------------------------------------------------------------------------
 */

/* The whole numbers around `exact`, which is right but for some 50 bits of it. */
static int bind_around(struct predicates *p, size_t column, uint32_t orders, long double exact, uint32_t *id)
{
	const long double slack = 1 + fabsl(exact) * 0x1p-50L;
	const long double low = floorl(exact - slack), high = ceill(exact + slack);
	const int64_t first = low <= -0x1p63L ? INT64_MIN : low >= 0x1p63L ? INT64_MAX : (int64_t)low;
	const int64_t last = high <= -0x1p63L ? INT64_MIN : high >= 0x1p63L ? INT64_MAX : (int64_t)high;

	if ((orders & ORDER_LESS) && (orders & ORDER_GREATER))
		return predicates_not_null(p, column, id);
	return add_range(p, column, orders & ORDER_LESS ? INT64_MIN : first,
			 orders & ORDER_GREATER ? INT64_MAX : last, id);
}

static int bind_whole(struct predicates *p, size_t column, uint32_t orders, int64_t value, uint32_t *id)
{
	struct predicate item = {
	    .kind = PREDICATE_RANGE, .negated = true, .column = column, .first = value, .last = value};
	int64_t first = INT64_MIN, last = INT64_MAX;

	if (orders == (ORDER_LESS | ORDER_GREATER))
		return predicates_add(p, &item, id);
	*id = PREDICATE_NEVER;
	if (!(orders & ORDER_LESS) && __builtin_add_overflow(value, !(orders & ORDER_EQUAL), &first))
		return 0;
	if (!(orders & ORDER_GREATER) && __builtin_sub_overflow(value, !(orders & ORDER_EQUAL), &last))
		return 0;
	return add_range(p, column, first, last, id);
}

static int bind_float(struct predicates *p, size_t column, uint32_t orders, double value, uint32_t *id)
{
	struct predicate item = {
	    .kind = PREDICATE_FLOAT, .column = column, .orders = orders, .number = value};

	return predicates_add(p, &item, id);
}

static int bind_number(struct predicates *p, size_t column, enum column_type type, uint32_t orders,
		       sqlite3_value *value, uint32_t *id)
{
	const bool whole = sqlite3_value_type(value) == SQLITE_INTEGER;
	const int64_t integer = sqlite3_value_int64(value);
	const double real = sqlite3_value_double(value);

	if (type == COLUMN_FLOAT64)
		return whole && integer != (int64_t)(int32_t)integer
			   ? 0
			   : bind_float(p, column, orders, real, id);
	if (type == COLUMN_DECIMAL)
		return bind_around(p, column, orders,
				   (whole ? (long double)integer : (long double)real) * DECIMAL_ONE, id);
	return whole ? bind_whole(p, column, orders, integer, id) : bind_around(p, column, orders, real, id);
}

/* --- both ------------------------------------------------------------------------------------------------
 */

static int bind_null(struct predicates *p, size_t column, bool negated, uint32_t *id)
{
	struct predicate item = {.kind = PREDICATE_NULL, .column = column};

	return negated ? predicates_not_null(p, column, id) : predicates_add(p, &item, id);
}

int constraint_bind(struct predicates *p, size_t column, enum column_type type, int op, sqlite3_value *value,
		    uint32_t *id)
{
	const uint32_t orders = orders_of(op);
	const int kind = value != NULL ? sqlite3_value_type(value) : SQLITE_NULL;

	*id = PREDICATE_ALWAYS;
	if (op == SQLITE_INDEX_CONSTRAINT_ISNULL || op == SQLITE_INDEX_CONSTRAINT_ISNOTNULL)
		return bind_null(p, column, op == SQLITE_INDEX_CONSTRAINT_ISNOTNULL, id);
	if (kind == SQLITE_NULL && op == SQLITE_INDEX_CONSTRAINT_IS)
		return bind_null(p, column, false, id);
	if (kind == SQLITE_NULL) {
		*id = PREDICATE_NEVER;
		return 0;
	}
	if (type == COLUMN_STRING)
		return kind == SQLITE_TEXT ? bind_text(p, column, orders, text_of_value(value), id) : 0;
	if (type == COLUMN_TIMESTAMP)
		return kind == SQLITE_TEXT ? bind_moment(p, column, orders, text_of_value(value), id) : 0;
	if (kind != SQLITE_INTEGER && kind != SQLITE_FLOAT)
		return 0;
	return bind_number(p, column, type, orders, value, id);
}

/* Texts are looked for all at once. */
static int bind_texts(struct predicates *p, size_t column, sqlite3_value *list, uint32_t *id)
{
	struct predicate item = {.kind = PREDICATE_IN, .column = column};
	sqlite3_value *value;
	int result = sqlite3_vtab_in_first(list, &value);

	for (; result == SQLITE_OK && value != NULL; result = sqlite3_vtab_in_next(list, &value)) {
		const struct text text = text_of_value(value);

		if (sqlite3_value_type(value) == SQLITE_NULL)
			continue;
		if (sqlite3_value_type(value) != SQLITE_TEXT || item.texts.n == IN_MAX) {
			strings_free(&item.texts);
			return 0;
		}
		if (strings_add(&item.texts, text.data, text.len) != 0) {
			strings_free(&item.texts);
			return -1;
		}
	}
	return predicates_add(p, &item, id);
}

int constraint_bind_in(struct predicates *p, size_t column, enum column_type type, sqlite3_value *list,
		       uint32_t *id)
{
	*id = PREDICATE_ALWAYS;
	return type == COLUMN_STRING ? bind_texts(p, column, list, id) : 0;
}
