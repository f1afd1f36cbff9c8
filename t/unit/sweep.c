/* sweep: what is compiled for AVX2 gives what is compiled for every processor. */
#include "column/sweep.h"
#include "random.h"
#include "tap.h"

#include <string.h>

enum { N = 300 };

static const unsigned widths[] = {0, 1, 2, 4, 8};

static bool same(const int64_t *values, size_t n)
{
	const struct sweep *sweeps[] = {&sweep_plain, sweep_avx2};
	int64_t low[2], high[2];
	uint64_t most[2];
	uint8_t narrow[2][N * 8];
	bool equal = true;

	memset(narrow, 0, sizeof narrow);
	for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
		for (int i = 0; i < 2; i++) {
			sweeps[i]->range(values, n, &low[i], &high[i]);
			most[i] = sweeps[i]->most(values, widths[w], n);
			sweeps[i]->narrow(values, n, low[i], widths[w], narrow[i]);
		}
		equal = equal && low[0] == low[1] && high[0] == high[1] && most[0] == most[1] &&
			memcmp(narrow[0], narrow[1], sizeof *narrow) == 0;
	}
	return equal;
}

static void test_known(void)
{
	const int64_t values[] = {5, -3, INT64_MIN, 7, INT64_MAX};
	const uint16_t shorts[] = {5, 65535, 7};
	uint8_t bytes[4] = {0, 0, 0, 9};
	int64_t low, high;

	sweep_best()->range(values, 5, &low, &high);
	ok(low == INT64_MIN && high == INT64_MAX, "the least and the greatest there are");
	ok(sweep_best()->most(shorts, 2, 3) == 65535 && sweep_best()->most(shorts, 1, 0) == 0,
	   "the greatest, and that of none");
	sweep_best()->narrow((const int64_t[]){1000, 1255, 1001}, 3, 1000, 1, bytes);
	ok(bytes[0] == 0 && bytes[1] == 255 && bytes[2] == 1 && bytes[3] == 9, "less the base, in a byte");
}

int main(void)
{
	unsigned wrong = 0;

	test_known();
	if (sweep_best() == &sweep_plain) {
		ok(true, "this processor has no AVX2");
		return tap_done();
	}
	for (int round = 0; round < 2000; round++) {
		int64_t values[N];

		for (size_t i = 0; i < N; i++)
			values[i] = (int64_t)(random_next() >> round % 64) - (round % 3 == 0 ? 1000 : 0);
		wrong += !same(values, 1 + random_next() % N);
	}
	ok(wrong == 0, "the same for AVX2");
	return tap_done();
}
