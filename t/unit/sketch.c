/*
 * Estimates of how many are different: exact while few, close when many, whatever the order.
 */
#include "column/sketch.h"

#include "base/hash.h"
#include "tap.h"

#include <math.h>

/* Each of n numbers is added `times` times. */
static uint64_t count(uint64_t n, int times, bool backwards)
{
	struct sketch s = {0};
	uint64_t found;

	for (int t = 0; t < times; t++) {
		for (uint64_t i = 0; i < n; i++) {
			const uint64_t number = backwards ? n - 1 - i : i;

			if (sketch_add(&s, hash64(&number, sizeof number)) < 0)
				return UINT64_MAX;
		}
	}
	found = sketch_count(&s);
	sketch_free(&s);
	return found;
}

int main(void)
{
	struct sketch s = {0};
	uint64_t worst_at = 0;
	double worst = 0, sum = 0;
	int n_sums = 0;
	bool few = true;

	for (uint64_t n = 0; n <= 1024; n++)
		few = few && count(n, 2, false) == n;
	ok(few, "up to 1024 are counted");
	for (uint64_t n = 1025; n < 4000000; n += n / 7) {
		const double error = (double)count(n, 1, false) / (double)n - 1;

		sum += error;
		n_sums++;
		if (fabs(error) > fabs(worst)) {
			worst = error;
			worst_at = n;
		}
	}
	ok(fabs(worst) < 0.03, "more are estimated: %.4f off at %llu, at worst", worst,
	   (unsigned long long)worst_at);
	ok(fabs(sum / n_sums) < 0.01, "and not one way: %.4f", sum / n_sums);
	ok(count(100000, 3, false) == count(100000, 1, true), "whatever the order, and how often");

	ok(sketch_add(&s, 0) == 1 && sketch_add(&s, 0) == 0 && sketch_add(&s, 7) == 1 &&
	       sketch_count(&s) == 2,
	   "a fingerprint may be 0");
	for (uint64_t i = 1; i < 3000; i++) {
		if (sketch_add(&s, i << 20) < 0)
			break;
	}
	ok(!sketch_is_exact(&s), "fingerprints that are alike");
	sketch_free(&s);
	ok(sketch_count(&s) == 0, "nothing is left");
	return tap_done();
}
