/* parquet_gather: what is made for AVX2 gives what the plain loop gives. */
#include "parquet/parquet_gather.h"
#include "random.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

enum { N = 1000 };

static bool same(const uint8_t *codes, const uint64_t *valid)
{
	const uint32_t first = (uint32_t)(random_next() % N), n = (uint32_t)(random_next() % (N - first + 1));
	/* Exactly as much room as is said to be needed: more would be found out. */
	uint32_t *out[2] = {malloc(n * sizeof **out + 1), malloc(n * sizeof **out + 1)};
	const uint32_t base = (uint32_t)random_next();

	if (out[0] == NULL || out[1] == NULL)
		abort();
	const uint32_t a = parquet_gather_bytes_plain(codes, valid, first, n, base, out[0]);
	const uint32_t b = parquet_gather_bytes_avx2(codes, valid, first, n, base, out[1]);
	const bool equal = a == b && memcmp(out[0], out[1], a * sizeof **out) == 0;

	free(out[0]);
	free(out[1]);
	return equal;
}

int main(void)
{
	uint64_t valid[N / 64 + 1];
	unsigned wrong = 0;

	if (parquet_gather_bytes_avx2 == NULL || !__builtin_cpu_supports("avx2") ||
	    !__builtin_cpu_supports("bmi2")) {
		ok(true, "this processor has no AVX2");
		return tap_done();
	}
	for (int round = 0; round < 3000; round++) {
		uint8_t *codes = malloc(N);

		if (codes == NULL)
			abort();
		for (uint32_t i = 0; i < N; i++)
			codes[i] = (uint8_t)random_next();
		for (uint32_t i = 0; i < N / 64 + 1; i++) {
			valid[i] = random_next();
			if (round % 3 == 1)
				valid[i] &= random_next() & random_next();
			if (round % 3 == 2)
				valid[i] |= random_next() | random_next();
		}
		wrong += !same(codes, valid);
		free(codes);
	}
	ok(wrong == 0, "codes of rows that are not null");
	return tap_done();
}
