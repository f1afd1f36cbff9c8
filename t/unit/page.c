#include "parquet/page.h"
#include "base/crc.h"
#include "parquet_decode.h"
#include "random.h"
#include "tap.h"

#include <snappy-c.h>
#include <stdlib.h>
#include <string.h>

/* Runs that the hybrid decoded last had. */
static size_t runs;

static struct cursor cursor_of(const struct buffer *b)
{
	return (struct cursor){b->data, b->data + b->len};
}

static bool hybrid_returns(const uint32_t *values, size_t n, unsigned width)
{
	struct buffer b = {0};
	uint32_t *out = malloc((n + 1) * sizeof *out);
	bool good = page_hybrid(&b, values, n, width) == 0 &&
		    decode_hybrid(cursor_of(&b), out, n, width, &runs) &&
		    (n == 0 || memcmp(out, values, n * sizeof *out) == 0);

	/* Never much larger than plain packing. */
	good = good && b.len <= (n + 7) / 8 * width + n / 64 + 10;
	free(out);
	buffer_free(&b);
	return good;
}

static void hybrid(void)
{
	enum { N = 5000 };
	static uint32_t values[N];

	for (unsigned width = 0; width <= 32; width++) {
		uint32_t mask = width == 0 ? 0 : UINT32_MAX >> (32 - width);
		bool good = true;

		for (size_t i = 0; i < N; i++)
			values[i] = (uint32_t)random_next() & mask;
		for (size_t n = 0; n < 40; n++)
			good = good && hybrid_returns(values, n, width);
		ok(good && hybrid_returns(values, N, width), "width %u: values without runs", width);
		/* Runs of every length up to some hundreds, between values without runs. */
		for (size_t i = 0; i < N;) {
			size_t run = random_next() % 4 == 0 ? random_next() % 300 : 1;
			uint32_t value = (uint32_t)random_next() & mask;
			while (run-- > 0 && i < N)
				values[i++] = value;
		}
		good = true;
		for (size_t n = N - 20; n <= N; n++)
			good = good && hybrid_returns(values, n, width);
		ok(good, "width %u: runs and values between them", width);
	}
	memset(values, 0xff, sizeof values);
	ok(hybrid_returns(values, N, 32) && runs == 1, "equal values are one run");
}

static void hybrid_run(void)
{
	static uint32_t out[100000];
	struct buffer b = {0};

	ok(page_hybrid_run(&b, 5, 0, 3) == 0 && b.len == 0, "no values, no run");
	ok(page_hybrid_run(&b, 0x1234, 100000, 13) == 0 &&
	       decode_hybrid(cursor_of(&b), out, 100000, 13, &runs),
	   "a run");
	ok(out[0] == 0x1234 && out[99999] == 0x1234 && b.len == 5, "its value, once");
	buffer_free(&b);
}

static bool levels_return(const uint64_t *bits, size_t n)
{
	struct buffer b = {0};
	static uint32_t out[4096];
	size_t set = 0;
	uint32_t len;
	bool good;

	for (size_t i = 0; i < n; i++)
		set += bits[i / 64] >> i % 64 & 1;
	good = page_levels(&b, bits, n, set) == 0 && b.len >= sizeof len;
	if (good) {
		memcpy(&len, b.data, sizeof len);
		good = len == b.len - sizeof len &&
		       decode_hybrid((struct cursor){b.data + sizeof len, b.data + b.len}, out, n, 1, &runs);
	}
	for (size_t i = 0; good && i < n; i++)
		good = out[i] == (bits[i / 64] >> i % 64 & 1);
	buffer_free(&b);
	return good;
}

static void levels(void)
{
	uint64_t bits[64] = {0};
	bool good = true;

	for (size_t n = 0; n < 200; n++)
		good = good && levels_return(bits, n);
	ok(good, "all null, 0 to 199 rows");
	memset(bits, 0xff, sizeof bits);
	for (size_t n = 1; n < 200; n++)
		good = good && levels_return(bits, n);
	ok(good, "none null");
	ok(levels_return(bits, 4096) && runs == 1, "no nulls are one run");
	for (int round = 0; round < 50; round++) {
		/* Stretches of zeros, of ones and of both, over odd borders. */
		for (size_t i = 0; i < 4096;) {
			uint64_t kind = random_next() % 3, run = random_next() % 200;
			for (; run > 0 && i < 4096; run--, i++) {
				uint64_t bit = kind == 2 ? random_next() & 1 : kind;
				bits[i / 64] = (bits[i / 64] & ~((uint64_t)1 << i % 64)) | bit << i % 64;
			}
		}
		for (size_t n = 4096 - 16; n <= 4096; n++)
			good = good && levels_return(bits, n);
	}
	ok(good, "nulls in any pattern");
}

static bool delta_returns(const int64_t *values, size_t n, size_t *len)
{
	struct buffer b = {0};
	int64_t *out = malloc((n + 1) * sizeof *out);
	bool good = page_delta(&b, values, n) == 0 && decode_delta(cursor_of(&b), out, n) &&
		    (n == 0 || memcmp(out, values, n * sizeof *out) == 0);

	if (len != NULL)
		*len = b.len;
	free(out);
	buffer_free(&b);
	return good;
}

static void delta(void)
{
	enum { N = 700 };
	static int64_t values[N];
	bool good = true;
	size_t len;

	for (unsigned width = 0; width <= 64; width++) {
		uint64_t mask = width == 0 ? 0 : UINT64_MAX >> (64 - width);

		values[0] = (int64_t)random_next();
		for (size_t i = 1; i < N; i++)
			values[i] = (int64_t)((uint64_t)values[i - 1] + (random_next() & mask));
		for (size_t n = 0; n < 300; n++)
			good = good && delta_returns(values, n, NULL);
		ok(good && delta_returns(values, N, NULL), "deltas of %u bits", width);
	}
	for (size_t i = 0; i < N; i++)
		values[i] = i % 2 == 0 ? INT64_MIN : INT64_MAX;
	ok(delta_returns(values, N, NULL), "from the least to the greatest and back");
	for (size_t i = 0; i < N; i++)
		values[i] = random_next() % 2 == 0 ? (int64_t)random_next() : (int64_t)(random_next() % 3);
	ok(delta_returns(values, N, NULL), "anything");
	for (size_t i = 0; i < N; i++)
		values[i] = (int64_t)i + 1000000;
	ok(delta_returns(values, N, &len) && len < 50, "line numbers cost next to nothing");
	for (size_t i = 0; i < N; i++)
		values[i] = -(int64_t)i * 3;
	ok(delta_returns(values, N, NULL), "falling");
}

static void plain(void)
{
	static const int64_t values[] = {0, 1, -1, INT32_MAX, INT32_MIN, 0, 7, 0, 1};
	struct buffer b = {0};
	int32_t narrow;

	ok(page_plain_int64(&b, values, 9) == 0 && b.len == 72 && memcmp(b.data, values, 72) == 0, "int64");
	buffer_clear(&b);
	ok(page_plain_int32(&b, values, 9) == 0 && b.len == 36, "int32");
	memcpy(&narrow, b.data + 16, sizeof narrow);
	ok(narrow == INT32_MIN, "its least");
	buffer_clear(&b);
	ok(page_plain_bool(&b, values, 9) == 0 && b.len == 2 && b.data[0] == 0x5e && b.data[1] == 1, "bool");
	buffer_clear(&b);
	ok(page_plain_texts(&b, (const struct text[]){{"abc", 3}, {NULL, 0}}, 2) == 0, "text");
	ok(b.len == 11 && memcmp(b.data, "\3\0\0\0abc\0\0\0\0", 11) == 0, "its bytes");
	buffer_clear(&b);
	ok(page_plain_int64(&b, values, 0) == 0 && page_plain_bool(&b, values, 0) == 0 && b.len == 0,
	   "nothing");
	buffer_free(&b);
}

/* Of every length, one behind the other. */
static void plain_texts(void)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	struct text texts[50];
	struct buffer b = {0};
	bool good = true;
	size_t at = 0;

	for (size_t i = 0; i < 50; i++)
		texts[i] = (struct text){letters + i % 3, i};
	ok(page_plain_texts(&b, texts, 50) == 0 && b.len == 50 * 4 + 49 * 25, "texts of every length");
	for (size_t i = 0; i < 50; i++) {
		good = good && b.data[at] == i && memcmp(b.data + at + 4, texts[i].data, i) == 0;
		at += 4 + i;
	}
	ok(good, "their bytes");
	buffer_free(&b);
}

static void snappy_blocks(void)
{
	static const size_t lens[] = {0, 1, 60, 61, 65535, 65536, 65537, 200000};
	struct buffer in = {0}, out = {0};
	static char back[200000];

	ok(buffer_reserve(&in, 200000) == 0, "room");
	for (size_t i = 0; i < 200000; i++)
		in.data[i] = (uint8_t)(i < 100000 ? random_next() : 'x');
	for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
		for (int try = 0; try < 2; try++) {
			size_t len = sizeof back;

			buffer_clear(&out);
			ok((try != 0 ? page_snappy(&out, in.data, lens[i])
				     : page_literals(&out, in.data, lens[i])) == 0,
			   "%zu bytes", lens[i]);
			ok(try != 0 || (out.len == page_literals_len(lens[i]) &&
					crc32_of(out.data, out.len) == page_literals_crc(in.data, lens[i])),
			   "of the length and the CRC that were foretold");
			ok(snappy_uncompress((char *)out.data, out.len, back, &len) == SNAPPY_OK &&
			       len == lens[i] && memcmp(back, in.data, len) == 0,
			   "%s come back", try != 0 ? "compressed" : "as literals");
		}
	}
	ok(out.len < 120000, "what can shrink does");
	buffer_free(&in);
	buffer_free(&out);
}

int main(void)
{
	ok(page_width(0) == 0 && page_width(1) == 1 && page_width(255) == 8 && page_width(256) == 9,
	   "widths");
	ok(page_width(UINT64_MAX) == 64, "the widest");
	hybrid();
	hybrid_run();
	levels();
	delta();
	plain();
	plain_texts();
	snappy_blocks();
	return tap_done();
}
