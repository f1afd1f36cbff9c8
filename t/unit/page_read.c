/* What page.c writes, read again in portions of any size; and bytes that nobody should have written. */
#include "parquet/page_read.h"
#include "parquet/page.h"
#include "random.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

enum { N = 5000 };

static size_t below(size_t n)
{
	return (size_t)(random_next() % n);
}

static uint64_t mask(unsigned width)
{
	return width == 64 ? UINT64_MAX : ((uint64_t)1 << width) - 1;
}

/* Stretches of equal values and of others. */
static void fill(uint32_t *values, unsigned width)
{
	for (size_t i = 0; i < N;) {
		const size_t n = below(3) == 0 ? below(400) + 1 : 1;
		const uint32_t value = (uint32_t)(random_next() & mask(width));

		for (size_t k = 0; k < n && i < N; k++)
			values[i++] = value;
	}
}

static bool hybrid_comes_back(unsigned width)
{
	static uint32_t in[N], out[N];
	struct buffer bytes = {0};
	struct hybrid_reader r;
	bool same = true;

	fill(in, width);
	if (page_hybrid(&bytes, in, N, width) != 0 || buffer_reserve(&bytes, PAGE_SLACK) != 0)
		return false;
	hybrid_open(&r, bytes.data, bytes.len, width);
	for (size_t i = 0; i < N && same;) {
		const size_t n = below(300) + 1, some = n < N - i ? n : N - i;

		same = hybrid_read(&r, out + i, some) == 0;
		i += some;
	}
	same = same && memcmp(in, out, sizeof in) == 0;
	/* The last group may be filled up with zeros: at most seven. */
	same = same && hybrid_read(&r, out, 8) != 0;
	buffer_free(&bytes);
	return same;
}

static bool levels_come_back(void)
{
	static uint64_t in[N / 64 + 1], out[N / 64 + 2];
	static uint32_t values[N];
	struct buffer bytes = {0};
	struct hybrid_reader r;
	size_t set = 0, got = 0, at = 0;
	bool same = true;

	memset(in, 0, sizeof in);
	fill(values, 1);
	for (size_t i = 0; i < N; i++) {
		in[i / 64] |= (uint64_t)values[i] << i % 64;
		set += values[i];
	}
	if (page_levels(&bytes, in, N, set) != 0 || buffer_reserve(&bytes, PAGE_SLACK) != 0)
		return false;
	hybrid_open(&r, bytes.data + 4, bytes.len - 4, 1);
	while (at < N && same) {
		size_t n = below(300) + 1;

		n = n < N - at ? n : N - at;
		same = hybrid_read_bits(&r, out, n, &got) == 0;
		for (size_t i = 0; i < n && same; i++)
			same = (out[i / 64] >> i % 64 & 1) == values[at + i];
		same = same && (n % 64 == 0 || out[n / 64] >> n % 64 == 0);
		at += n;
	}
	buffer_free(&bytes);
	return same && got == set;
}

static bool delta_comes_back(unsigned width, size_t n)
{
	static int64_t in[N], out[N];
	struct buffer bytes = {0};
	struct delta_reader r;
	bool same;

	for (size_t i = 0; i < n; i++)
		in[i] = (int64_t)((i > 0 ? (uint64_t)in[i - 1] : 0) + (random_next() & mask(width)));
	if (page_delta(&bytes, in, n) != 0 || buffer_reserve(&bytes, PAGE_SLACK) != 0)
		return false;
	same = delta_open(&r, bytes.data, bytes.len) == 0;
	for (size_t i = 0; i < n && same;) {
		const size_t want = below(100) + 1, some = want < n - i ? want : n - i;

		same = delta_read(&r, out + i, some) == 0;
		i += some;
	}
	same = same && (n == 0 || memcmp(in, out, n * sizeof *in) == 0) && delta_read(&r, out, 1) != 0;
	buffer_free(&bytes);
	return same;
}

/* Copies, so that a sanitizer sees where they end. */
static uint8_t *padded(const void *data, size_t len)
{
	uint8_t *copy = calloc(1, len + PAGE_SLACK);

	if (copy == NULL)
		abort();
	if (len > 0)
		memcpy(copy, data, len);
	return copy;
}

static void check_foreign(void)
{
	/* Nine values in a last run that old writers cut short: three bytes of width 3 would be due. */
	static const uint8_t cut[] = {2 << 1 | 1, 0x88, 0xc6, 0xfa, 0x11};
	static const uint8_t wide_value[] = {4 << 1, 2};
	static const uint8_t endless[] = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80};
	static const uint8_t empty_runs[] = {0, 1, 0, 1, 1, 2 << 1, 1};
	uint8_t *p = padded(cut, sizeof cut);
	struct hybrid_reader r;
	uint32_t out[16];
	uint64_t bits[1];
	size_t n_set = 0;

	hybrid_open(&r, p, sizeof cut, 3);
	ok(hybrid_read(&r, out, 10) == 0 && out[0] == 0 && out[1] == 1 && out[7] == 7 && out[8] == 1,
	   "a packed run that is cut short counts as far as it goes");
	ok(hybrid_read(&r, out, 1) != 0, "and no further");
	free(p);
	p = padded(wide_value, sizeof wide_value);
	hybrid_open(&r, p, sizeof wide_value, 1);
	ok(hybrid_read_bits(&r, bits, 4, &n_set) != 0, "a level above 1 is refused");
	free(p);
	p = padded(endless, sizeof endless);
	hybrid_open(&r, p, sizeof endless, 1);
	ok(hybrid_read(&r, out, 1) != 0, "a length that does not end is refused");
	free(p);
	p = padded(empty_runs, sizeof empty_runs);
	hybrid_open(&r, p, sizeof empty_runs, 1);
	ok(hybrid_read(&r, out, 2) == 0 && out[0] == 1 && out[1] == 1, "empty runs are stepped over");
	free(p);
	p = padded("", 0);
	hybrid_open(&r, p, 0, 0);
	ok(hybrid_read(&r, out, 1) != 0, "no byte at all has no value, not even at width 0");
	free(p);
}

static void check_delta_heads(void)
{
	static const uint8_t heads[][6] = {
	    {0x80, 0x01, 0, 1, 0},       /* no miniblocks */
	    {0x80, 0x01, 3, 1, 0},       /* that do not divide the block */
	    {0, 4, 1, 0},                /* no block */
	    {0x80, 0x80, 0x80, 4, 1, 0}, /* a huge one */
	    {0x80, 0x01, 4},             /* cut */
	};
	struct delta_reader r;

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		uint8_t *p = padded(heads[i], sizeof *heads);

		ok(delta_open(&r, p, i == 4 ? 3 : sizeof *heads) != 0, "delta header %zu is refused", i);
		free(p);
	}
}

/* Whatever the bytes are, readers end and stay within them. */
static void check_noise(void)
{
	int64_t out[300];
	uint32_t indices[300];
	uint64_t bits[5];
	size_t n_set = 0, done = 0;

	for (int round = 0; round < 20000; round++) {
		const size_t len = below(60);
		uint8_t *p = padded(NULL, 0);
		struct hybrid_reader h;
		struct delta_reader d;

		free(p);
		p = calloc(1, len + PAGE_SLACK);
		for (size_t i = 0; i < len; i++)
			p[i] = (uint8_t)(below(2) == 0 ? random_next() : below(4));
		hybrid_open(&h, p, len, (unsigned)below(33));
		done += hybrid_read(&h, indices, 300) == 0;
		hybrid_open(&h, p, len, 1);
		done += hybrid_read_bits(&h, bits, 300, &n_set) == 0;
		if (len > 2 && below(2) == 0)
			memcpy(p, "\x80\x01\x04", 3);
		done += delta_open(&d, p, len) == 0 && delta_read(&d, out, 300) == 0;
		free(p);
	}
	ok(done > 0, "noise is read without harm");
}

int main(void)
{
	for (unsigned width = 0; width <= 32; width++)
		ok(hybrid_comes_back(width), "hybrid of width %u", width);
	for (int i = 0; i < 20; i++)
		ok(levels_come_back(), "levels %d", i);
	for (unsigned width = 0; width <= 64; width++)
		ok(delta_comes_back(width, N), "deltas of up to %u bits", width);
	for (size_t n = 0; n < 300; n = n * 2 + 1)
		ok(delta_comes_back(20, n), "%zu deltas", n);
	check_foreign();
	check_delta_heads();
	check_noise();
	return tap_done();
}
