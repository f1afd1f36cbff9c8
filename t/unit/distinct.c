/*
 * Runs of fingerprints against the C library's sort.
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

static void test_sort(const char *name, const uint64_t *ids, size_t n)
{
	uint64_t *sorted = malloc(n * sizeof *ids + 1), *expected = malloc(n * sizeof *ids + 1);
	uint64_t *scratch = n > DISTINCT_FEW ? malloc(n * sizeof *ids) : NULL;
	size_t left, n_expected;

	memcpy(sorted, ids, n * sizeof *ids);
	memcpy(expected, ids, n * sizeof *ids);
	left = distinct_sort(sorted, n, scratch);
	n_expected = make_run(expected, n);
	ok(left == n_expected && memcmp(sorted, expected, left * sizeof *ids) == 0 &&
	       distinct_is_run(sorted, left),
	   "%s: %zu of %zu ids", name, left, n);
	free(sorted);
	free(expected);
	free(scratch);
}

static void test_sorts(void)
{
	enum { N = 50000 };
	static uint64_t ids[N];

	for (int i = 0; i < N; i++)
		ids[i] = random_next();
	test_sort("nothing", ids, 0);
	for (size_t n = 1; n <= 70; n++)
		test_sort("few", ids, n);
	test_sort("many", ids, N);
	for (int i = 0; i < N; i++)
		ids[i] = random_next() % 1000 * UINT64_C(0x9e3779b97f4a7c15);
	test_sort("often equal", ids, N);
	for (int i = 0; i < N; i++)
		ids[i] = 42;
	test_sort("all equal", ids, N);
	/* Crowds, which fingerprints do not make of themselves: at the start, at the very end, in the middle.
	 */
	for (int i = 0; i < N; i++)
		ids[i] = random_next() % 4000;
	test_sort("low", ids, N);
	for (int i = 0; i < N; i++)
		ids[i] = UINT64_MAX - random_next() % 400000;
	test_sort("high", ids, N);
	for (int i = 0; i < N; i++)
		ids[i] = (random_next() % 3) << 62 | random_next() % 20;
	test_sort("three crowds", ids, N);
	for (int i = 0; i < N; i++)
		ids[i] = (uint64_t)i;
	test_sort("in order", ids, N);
	for (int i = 0; i < N; i++)
		ids[i] = (uint64_t)(N - i) << 40;
	test_sort("in reverse", ids, N);
	for (int i = 0; i < N; i++)
		ids[i] = (uint64_t)1 << i % 64;
	test_sort("each bit", ids, N);
}

/* Two runs of up to n_a and n_b ids, which are less than `below`. */
static void test_runs(size_t n_a, size_t n_b, uint64_t below)
{
	enum { N = 4000 };
	static uint64_t a[N], b[N], merged[2 * N], left[N], all[2 * N];
	size_t n, n_left;

	for (size_t i = 0; i < n_a; i++)
		a[i] = random_next() % below;
	for (size_t i = 0; i < n_b; i++)
		b[i] = random_next() % below;
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
	ok(distinct_subtract(b, n_b, all, n) == 0, "minus all");
}

static void test_order(void)
{
	ok(distinct_is_run(NULL, 0) && !distinct_is_run((const uint64_t[]){1, 1}, 2) &&
	       !distinct_is_run((const uint64_t[]){2, 1}, 2),
	   "runs ascend without repetition");
}

int main(void)
{
	test_sorts();
	test_runs(4000, 4000, 6000);
	/* Few in many, far apart or close; after the last, before the first. */
	test_runs(4000, 100, 6000);
	test_runs(4000, 100, UINT64_MAX);
	test_runs(100, 4000, UINT64_MAX);
	for (size_t n = 0; n < 40; n++)
		test_runs(n, n % 4, 50);
	test_order();
	return tap_done();
}
