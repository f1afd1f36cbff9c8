/*
 * Sets of fingerprints against a sorted array.
 */
#include "column/distinct.h"

#include "random.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
	uint64_t x, y;

	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return (x > y) - (x < y);
}

/* Sorts and makes unique; returns how many are left. */
static size_t make_run(uint64_t *ids, size_t n)
{
	size_t left = 0;

	qsort(ids, n, sizeof *ids, compare);
	for (size_t i = 0; i < n; i++) {
		if (left == 0 || ids[left - 1] != ids[i])
			ids[left++] = ids[i];
	}
	return left;
}

static void test_set(const char *name, uint64_t *ids, size_t n, size_t reserved)
{
	struct distinct d = {0};
	struct buffer out = {0};
	int failed = reserved > 0 ? distinct_reserve(&d, reserved) : 0;

	for (size_t i = 0; i < n && !failed; i++) {
		distinct_prefetch(&d, ids[i]);
		failed = distinct_add(&d, ids[i]);
	}
	failed |= distinct_sorted(&d, &out) != 0;
	n = make_run(ids, n);
	ok(!failed && d.n == n && out.len == n * sizeof *ids &&
	       (n == 0 || memcmp(out.data, ids, out.len) == 0) &&
	       distinct_is_run((const uint64_t *)(void *)out.data, out.len / sizeof *ids),
	   "%s: %zu ids in %zu bytes", name, n, distinct_bytes(&d));
	ok(distinct_bytes(&d) <= 128 + n * 64 + reserved * 32, "%s: no more memory than it takes", name);
	distinct_free(&d);
	buffer_free(&out);
}

/* Runs of other sets, at any address, and ids in between, before or after they have become a table. */
static void test_mixed(size_t n, uint64_t range, uint32_t single)
{
	enum { RUNS = 5, MAX = 2000 };
	static uint64_t ids[RUNS * MAX], all[RUNS * MAX];
	static uint8_t moved[MAX * 8 + 1];
	struct distinct d = {0};
	struct buffer out = {0};
	size_t n_all = 0;
	int failed = 0;

	for (uint32_t k = 0; k < RUNS && !failed; k++) {
		size_t length;

		for (size_t i = 0; i < n; i++)
			ids[i] = random_next() % range * (UINT64_MAX / range);
		memcpy(all + n_all, ids, n * 8);
		n_all += n;
		if (k == single) {
			for (size_t i = 0; i < n && !failed; i++)
				failed = distinct_add(&d, ids[i]);
			continue;
		}
		length = make_run(ids, n);
		memcpy(moved + 1, ids, length * 8);
		failed = distinct_add_run(&d, moved + 1, length);
	}
	n_all = make_run(all, n_all);
	ok(!failed && distinct_sorted(&d, &out) == 0 && d.n == n_all && out.len == n_all * 8 &&
	       memcmp(out.data, all, out.len) == 0,
	   "%zu ids of %llu in each of %d runs, of which %u one by one: %zu", n, (unsigned long long)range,
	   RUNS, single, n_all);
	distinct_free(&d);
	buffer_free(&out);
}

static void test_runs(void)
{
	enum { N = 4000 };
	static uint64_t a[N], b[N], merged[2 * N], left[N], all[2 * N];
	size_t n_a = N, n_b = N, n, n_left;

	for (int i = 0; i < N; i++) {
		a[i] = random_next() % 6000;
		b[i] = random_next() % 6000;
	}
	n_a = make_run(a, n_a);
	n_b = make_run(b, n_b);
	memcpy(all, a, n_a * 8);
	memcpy(all + n_a, b, n_b * 8);
	n = make_run(all, n_a + n_b);
	ok(distinct_merge(a, n_a, b, n_b, merged) == n && memcmp(merged, all, n * 8) == 0,
	   "union of %zu and %zu ids", n_a, n_b);
	ok(distinct_merge(a, n_a, a, 0, merged) == n_a && distinct_merge(a, 0, b, n_b, merged) == n_b,
	   "and of none");
	memcpy(left, b, n_b * 8);
	n_left = distinct_subtract(left, n_b, a, n_a);
	ok(n_left == n - n_a && distinct_is_run(left, n_left), "what only one has: %zu", n_left);
	ok(distinct_merge(a, n_a, left, n_left, merged) == n && memcmp(merged, all, n * 8) == 0,
	   "and back together");
	ok(distinct_subtract(left, n_left, a, 0) == n_left, "minus nothing");
	ok(distinct_is_run(a, 0) && !distinct_is_run((const uint64_t[]){1, 1}, 2) &&
	       !distinct_is_run((const uint64_t[]){2, 1}, 2),
	   "runs ascend without repetition");
}

int main(void)
{
	enum { N = 50000 };
	static uint64_t ids[N];

	test_set("nothing", ids, 0, 0);
	for (int i = 0; i < N; i++)
		ids[i] = random_next();
	test_set("all different", ids, N, 0);
	for (int i = 0; i < N; i++)
		ids[i] = random_next();
	test_set("reserved", ids, N, N);
	for (int i = 0; i < N; i++)
		ids[i] = random_next() % 1000 * UINT64_C(0x9e3779b97f4a7c15);
	test_set("often equal", ids, N, 0);
	/* Crowds, which fingerprints do not make of themselves: at the start, at the very end. */
	for (int i = 0; i < 3000; i++)
		ids[i] = random_next() % 4000;
	test_set("low", ids, 3000, 0);
	for (int i = 0; i < 3000; i++)
		ids[i] = UINT64_MAX - random_next() % 4000;
	test_set("high", ids, 3000, 0);
	for (uint32_t single = 0; single <= 5; single++) {
		test_mixed(3, 10, single);
		test_mixed(12, 30, single);
		test_mixed(17, UINT64_MAX, single);
		test_mixed(2000, 5000, single);
	}
	test_runs();
	return tap_done();
}
