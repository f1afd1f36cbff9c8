/*
 * Comparisons that SQLite makes, as conditions: whatever it finds true, they do too.
 */
#include "query/constraint.h"

#include "base/decimal.h"
#include "base/timestamp.h"
#include "column/value.h"
#include "gold/predicate_list.h"
#include "tap.h"

#include <math.h>
#include <stdlib.h>

static struct column items[] = {{(char[]){"a"}, COLUMN_TIMESTAMP, true}};
static const struct columns columns = {items, 1, 1};

/* --- moments ---------------------------------------------------------------------------------------------
 */

static bool is_at_least(int64_t us, const char *text)
{
	char shown[TIMESTAMP_TEXT];
	const size_t len = timestamp_format(us, shown);

	return text_order((struct text){shown, len}, text_of(text)) >= 0;
}

static void test_moments(void)
{
	static const char *const texts[] = {"2025-12-07",
					    "2025-12-07T",
					    "2025-12-07 03:00",
					    "2025-12-07T03:00:00Z",
					    "2025-12-07T03:00:00.5",
					    "2025-12-07T03:00:00.500000Z",
					    "2025-12-07T03:00:00.500000Zz",
					    "1969-12-31T23:59:59.999999Z",
					    "0001-01-01T00:00:00.000001Z",
					    "9999-12-31T23:59:59.999999Z",
					    "2025-13",
					    "2025-02-30",
					    "202"};

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		const int64_t least = constraint_moment(text_of(texts[i]), false);
		const int64_t beyond = constraint_moment(text_of(texts[i]), true);

		ok(is_at_least(least, texts[i]) && !is_at_least(least - 1, texts[i]),
		   "%s: the least that is not less", texts[i]);
		ok(beyond == least || beyond == INT64_MAX || beyond == least + 1, "%s: beyond", texts[i]);
	}
	ok(constraint_moment(text_of(""), false) == TIMESTAMP_MIN, "nothing is less than any");
	ok(constraint_moment(text_of("a"), false) == INT64_MAX, "a letter is more than any");
	ok(constraint_moment(text_of("9999-12-31T23:59:59.999999Z"), true) == INT64_MAX,
	   "none is beyond the last");
}

/* --- numbers ---------------------------------------------------------------------------------------------
 */

static const int ops[] = {SQLITE_INDEX_CONSTRAINT_EQ, SQLITE_INDEX_CONSTRAINT_NE, SQLITE_INDEX_CONSTRAINT_GT,
			  SQLITE_INDEX_CONSTRAINT_LE, SQLITE_INDEX_CONSTRAINT_LT, SQLITE_INDEX_CONSTRAINT_GE,
			  SQLITE_INDEX_CONSTRAINT_IS};
static const char *const signs[] = {"=", "<>", ">", "<=", "<", ">=", "IS"};

static sqlite3 *db;

/* What SQLite says of shown SIGN value. */
static bool truth(double shown, bool whole, int64_t number, size_t op, const char *value)
{
	char *sql = sqlite3_mprintf("SELECT ?1 %s %s", signs[op], value);
	sqlite3_stmt *s;
	bool is;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		abort();
	if (whole)
		sqlite3_bind_int64(s, 1, number);
	else
		sqlite3_bind_double(s, 1, shown);
	is = sqlite3_step(s) == SQLITE_ROW && sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	sqlite3_free(sql);
	return is;
}

/* What the condition says of the number in a batch. */
static bool holds(const struct predicates *p, uint32_t id, int64_t number)
{
	const struct predicate *item = &p->items[id];
	const double real = value_double(number);

	switch (item->kind) {
	case PREDICATE_CONSTANT: return !item->negated;
	case PREDICATE_NULL: return item->negated;
	case PREDICATE_RANGE: return (number >= item->first && number <= item->last) != item->negated;
	default:
		return item->orders & (real < item->number   ? ORDER_LESS
				       : real > item->number ? ORDER_GREATER
							     : ORDER_EQUAL);
	}
}

/* How many that SQLite finds true are lost; and *tight how many it finds untrue are. */
static int lost(enum column_type type, int64_t number, const char *value, int *tight)
{
	const bool whole = type == COLUMN_INT64;
	const double shown = type == COLUMN_DECIMAL ? decimal_to_double(number) : value_double(number);
	char *sql = sqlite3_mprintf("SELECT %s", value);
	sqlite3_stmt *s;
	int n = 0;

	items[0].type = type;
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK || sqlite3_step(s) != SQLITE_ROW)
		abort();
	for (size_t op = 0; op < sizeof ops / sizeof ops[0]; op++) {
		struct predicates *p = predicates_new(&columns);
		uint32_t id;

		if (p == NULL || constraint_bind(p, 0, type, ops[op], sqlite3_column_value(s, 0), &id) != 0)
			abort();
		if (truth(shown, whole, number, op, value))
			n += !holds(p, id, number);
		else
			*tight += !holds(p, id, number);
		predicates_free(p);
	}
	sqlite3_finalize(s);
	sqlite3_free(sql);
	return n;
}

static void test_numbers(void)
{
	static const char *const values[] = {"0",
					     "-0.0",
					     "1",
					     "2.5",
					     "19.99",
					     "-19.99",
					     "19.9900001",
					     "0.000001",
					     "9007199254740993",
					     "9007199254740992.0",
					     "9223372036854775807",
					     "-9223372036854775808",
					     "9223372036854775807.0",
					     "1e18",
					     "999999999999.999999",
					     "-1e300",
					     "1e300",
					     "9e999",
					     "-9e999"};
	static const int64_t numbers[] = {0,
					  1,
					  -1,
					  2,
					  2500000,
					  19990000,
					  -19990000,
					  9007199254740992,
					  9007199254740993,
					  999999999999999999,
					  -999999999999999999,
					  INT64_MAX,
					  INT64_MIN};
	int of_decimals = 0, of_integers = 0, of_reals = 0, tight = 0, pairs = 0;

	for (size_t v = 0; v < sizeof values / sizeof values[0]; v++) {
		for (size_t n = 0; n < sizeof numbers / sizeof numbers[0]; n++, pairs++) {
			of_integers += lost(COLUMN_INT64, numbers[n], values[v], &tight);
			if (numbers[n] > -DECIMAL_LIMIT && numbers[n] < DECIMAL_LIMIT)
				of_decimals += lost(COLUMN_DECIMAL, numbers[n], values[v], &tight);
			of_reals +=
			    lost(COLUMN_FLOAT64, value_bits((double)numbers[n] / 1e6), values[v], &tight);
		}
	}
	ok(of_integers == 0, "no integer is lost");
	ok(of_decimals == 0, "no decimal is lost");
	ok(of_reals == 0, "no real is lost");
	ok(tight > 8 * pairs, "and most of the others are left out: %d", tight);
}

int main(void)
{
	if (sqlite3_open(":memory:", &db) != SQLITE_OK)
		return 1;
	test_moments();
	test_numbers();
	sqlite3_close(db);
	return tap_done();
}
