/* page_pack: what is compiled for AVX2 and BMI2 gives what is compiled for every processor. */
#include "parquet/page_pack.h"
#include "random.h"
#include "tap.h"

#include <string.h>

enum { N = 64, ROOM = PAGE_BLOCK * 8 + 64 + PAGE_PACK_SLACK };

static bool same_bits(unsigned width)
{
	const size_t n = random_next() % (N / 8 + 1) * 8;
	uint8_t a[ROOM] = {0}, b[ROOM] = {0};
	uint32_t values[N];

	for (size_t i = 0; i < N; i++)
		values[i] = width == 0 ? 0 : (uint32_t)(random_next() >> (64 - width));
	page_pack_plain.bits(a, values, n, width);
	page_pack_avx2->bits(b, values, n, width);
	return memcmp(a, b, n / 8 * width) == 0;
}

static bool same_block(unsigned shift)
{
	const size_t n = 1 + random_next() % PAGE_BLOCK;
	const int64_t previous = (int64_t)random_next();
	uint8_t a[ROOM] = {0}, b[ROOM] = {0};
	int64_t values[PAGE_BLOCK];

	for (size_t i = 0; i < PAGE_BLOCK; i++) {
		const int64_t before = i > 0 ? values[i - 1] : previous;
		values[i] = (int64_t)((uint64_t)before + (shift == 64 ? 1 : random_next() >> shift));
	}
	const uint8_t *end_a = page_pack_plain.block(a, values, previous, n);
	const uint8_t *end_b = page_pack_avx2->block(b, values, previous, n);

	return end_a - a == end_b - b && memcmp(a, b, (size_t)(end_a - a)) == 0;
}

int main(void)
{
	unsigned wrong = 0;

	if (page_pack_best() == &page_pack_plain) {
		ok(true, "this processor has no AVX2");
		return tap_done();
	}
	for (unsigned i = 0; i < 33 * 100; i++)
		wrong += !same_bits(i % 33);
	ok(wrong == 0, "bits of every width");
	for (unsigned i = 0; i < 65 * 100; i++)
		wrong += !same_block(i % 65);
	ok(wrong == 0, "blocks of differences");
	return tap_done();
}
