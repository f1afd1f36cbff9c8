/*
 * States: an identity, a merge that commutes and associates, and bytes that say it all.
 */
#include "gold/state.h"

#include "random.h"
#include "tap.h"

static const enum column_type types[] = {COLUMN_INT64, COLUMN_DECIMAL, COLUMN_FLOAT64, COLUMN_STRING,
					 COLUMN_TIMESTAMP};
static const enum state_kind kinds[] = {STATE_COUNT, STATE_SUM, STATE_MIN, STATE_MAX, STATE_DISTINCT};

static void fill(struct state *s)
{
	static const char *const texts[] = {"", "a", "b", "aa", "\xff", "a\xc3\xa9"};

	s->count = random_next() % 3;
	s->sum = s->kind == STATE_SUM && s->count > 0
		     ? (decimal_sum)(int64_t)random_next() * (int64_t)(random_next() >> 4)
		     : 0;
	if (s->kind != STATE_MIN && s->kind != STATE_MAX)
		return;
	s->number = s->type == COLUMN_STRING ? 0 : (int64_t)random_next();
	buffer_clear(&s->text);
	if (s->type == COLUMN_STRING && s->count > 0 &&
	    buffer_append_text(&s->text, texts[random_next() % 6]) != 0)
		tap.failed++;
}

static bool same(const struct state *a, const struct state *b)
{
	struct buffer x = {0}, y = {0};
	bool result = state_encode(a, &x) == 0 && state_encode(b, &y) == 0 && x.len == y.len &&
		      memcmp(x.data, y.data, x.len) == 0;

	buffer_free(&x);
	buffer_free(&y);
	return result;
}

static bool copies(const struct state *s)
{
	struct state copy;
	struct buffer bytes = {0};
	const uint8_t *at;
	bool result;

	state_init(&copy, s->kind, s->type);
	result = state_encode(s, &bytes) == 0;
	at = bytes.data;
	result = result && state_decode(&copy, &at, bytes.data + bytes.len) == 0 &&
		 at == bytes.data + bytes.len && same(s, &copy);
	/* Cut anywhere it is no state. */
	for (size_t len = 0; len < bytes.len && result; len++) {
		at = bytes.data;
		result = state_decode(&copy, &at, bytes.data + len) != 0;
	}
	state_free(&copy);
	buffer_free(&bytes);
	return result;
}

/* (a + b) + c and a + (c + b), and with nothing on either side. */
static bool merges(enum state_kind kind, enum column_type type)
{
	struct state a, b, c, left, right, none;
	struct state *all[] = {&a, &b, &c, &left, &right, &none};
	int failed = 0;
	bool result;

	for (int i = 0; i < 6; i++)
		state_init(all[i], kind, type);
	for (int i = 0; i < 3; i++)
		fill(all[i]);
	failed |= state_merge(&left, &a) | state_merge(&left, &b) | state_merge(&left, &c);
	failed |= state_merge(&c, &b) | state_merge(&right, &c) | state_merge(&right, &a) |
		  state_merge(&right, &none);
	result =
	    !failed && same(&left, &right) && copies(&left) && copies(&none) && cause_status() == STATUS_OK;
	for (int i = 0; i < 6; i++)
		state_free(all[i]);
	return result;
}

static struct value value_after(enum state_kind kind, enum column_type type, double first, double second)
{
	struct state a, b;
	struct value v = {0};

	state_init(&a, kind, type);
	state_init(&b, kind, type);
	a.count = b.count = 1;
	a.number = state_rank(value_bits(first));
	b.number = state_rank(value_bits(second));
	if (state_merge(&a, &b) == 0)
		v = state_value(&a);
	return v;
}

static void test_values(void)
{
	struct state s;

	for (size_t i = 0; i < 5; i++) {
		struct value v;

		state_init(&s, kinds[i], COLUMN_DECIMAL);
		v = state_value(&s);
		ok(v.kind ==
		       (kinds[i] == STATE_COUNT || kinds[i] == STATE_DISTINCT ? VALUE_INTEGER : VALUE_NULL),
		   "of nothing: kind %zu", i);
	}
	state_init(&s, STATE_SUM, COLUMN_DECIMAL);
	s.count = 1;
	s.sum = (decimal_sum)24399028240000;
	ok(state_value(&s).real == 24399028.24, "a decimal sum is converted once");
	ok(value_after(STATE_MIN, COLUMN_FLOAT64, -1.5, -2.5).real == -2.5 &&
	       value_after(STATE_MAX, COLUMN_FLOAT64, -1.5, 2.5).real == 2.5 &&
	       value_after(STATE_MIN, COLUMN_FLOAT64, 1e300, -1e-300).real == -1e-300,
	   "doubles by rank");
	state_init(&s, STATE_MAX, COLUMN_TIMESTAMP);
	s.count = 1;
	s.number = INT64_C(1765079756633003);
	const struct value time = state_value(&s);
	ok(text_equal(value_text(&time), (struct text){"2025-12-07T03:55:56.633003Z", 27}), "a time is text");
}

static void test_keys(void)
{
	struct buffer key = {0};
	const uint8_t *at;
	struct value v;
	int failed = key_add_null(&key) != 0 || key_add_number(&key, COLUMN_INT64, -7) != 0 ||
		     key_add_text(&key, (struct text){"a\0b", 3}) != 0 ||
		     key_add_number(&key, COLUMN_DECIMAL, 1500000) != 0;

	at = key.data;
	ok(!failed && key_next(&at, key.data + key.len, COLUMN_STRING, &v) == 0 && v.kind == VALUE_NULL,
	   "a null");
	ok(key_next(&at, key.data + key.len, COLUMN_INT64, &v) == 0 && v.integer == -7, "a number");
	ok(key_next(&at, key.data + key.len, COLUMN_STRING, &v) == 0 &&
	       text_equal(value_text(&v), (struct text){"a\0b", 3}),
	   "a text");
	ok(key_next(&at, key.data + key.len, COLUMN_DECIMAL, &v) == 0 && v.kind == VALUE_REAL &&
	       v.real == 1.5,
	   "a decimal");
	ok(at == key.data + key.len && key_next(&at, key.data + key.len, COLUMN_STRING, &v) != 0, "the end");
	at = key.data + 1;
	ok(key_next(&at, key.data + key.len, COLUMN_STRING, &v) != 0, "a number where a text should be");
	at = key.data + 10;
	ok(key_next(&at, key.data + 17, COLUMN_STRING, &v) != 0, "half a text");
	buffer_clear(&key);
	failed = key_add_number(&key, COLUMN_FLOAT64, value_bits(-0.0));
	at = key.data;
	ok(!failed && key_next(&at, key.data + key.len, COLUMN_FLOAT64, &v) == 0 && value_bits(v.real) == 0,
	   "-0 is 0");
	buffer_free(&key);
}

int main(void)
{
	for (size_t i = 0; i < 5; i++) {
		for (size_t k = 0; k < 5; k++) {
			int wrong = 0;

			for (int n = 0; n < 200; n++)
				wrong += !merges(kinds[i], types[k]);
			ok(wrong == 0, "kind %zu of %s merges in any order", i, column_type_name(types[k]));
		}
	}
	test_values();
	test_keys();
	return tap_done();
}
