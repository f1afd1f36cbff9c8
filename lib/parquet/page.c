#include "parquet/page.h"

#include "base/crc.h"
#include "parquet/page_pack.h"

#include <assert.h>
#include <snappy-c.h>
#include <string.h>

/* Numbers are laid out as they lie in memory. */
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "little-endian host");

enum {
	GROUP = 8, /* values to a bit-packed group */
	SNAPPY_LITERAL = 65536,
	LITERAL_HEAD = 3,
};

static inline uint64_t load64(const void *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

static inline bool is_equal_group(const uint32_t *v)
{
	uint64_t a = load64(v), b = load64(v + 2), c = load64(v + 4), d = load64(v + 6);

	return ((a ^ b) | (a ^ c) | (a ^ d)) == 0 && (uint32_t)a == a >> 32;
}

/* How many of the n values from v on equal the first. */
static size_t run_length(const uint32_t *v, size_t n)
{
	size_t i = 1;

	while (i + GROUP <= n && v[i] == v[0] && is_equal_group(v + i))
		i += GROUP;
	while (i < n && v[i] == v[0])
		i++;
	return i;
}

static uint8_t *put_run(uint8_t *p, uint32_t value, size_t n, unsigned width)
{
	p = page_put_varint(p, (uint64_t)n << 1);
	memcpy(p, &value, sizeof value);
	return p + (width + 7) / 8;
}

/* n values, filled up with zeros to a multiple of 8: so short of the end n must be one. */
static uint8_t *put_packed(uint8_t *p, const uint32_t *values, size_t n, unsigned width)
{
	size_t groups = (n + GROUP - 1) / GROUP, whole = n - n % GROUP;
	uint32_t last[GROUP] = {0};

	if (n == 0)
		return p;
	p = page_put_varint(p, (uint64_t)groups << 1 | 1);
	page_pack_best()->bits(p, values, whole, width);
	if (whole < n) {
		memcpy(last, values + whole, (n - whole) * sizeof *last);
		page_pack_best()->bits(p + whole / GROUP * width, last, GROUP, width);
	}
	return p + groups * width;
}

int page_hybrid_run(struct buffer *out, uint32_t value, size_t n, unsigned width)
{
	if (buffer_reserve(out, PAGE_VARINT_MAX + PAGE_PACK_SLACK) != 0)
		return -1;
	if (n > 0)
		out->len = (size_t)(put_run(out->data + out->len, value, n, width) - out->data);
	return 0;
}

int page_hybrid(struct buffer *out, const uint32_t *values, size_t n, unsigned width)
{
	/* A run costs about 5 bytes with the header of what follows: shorter ones are cheaper packed. */
	const size_t run_min = width == 0 ? 1 : (48 / width + GROUP) / GROUP * GROUP;
	size_t start = 0, i = 0; /* values[start .. i) wait to be packed */

	if (buffer_reserve(out, PAGE_VARINT_MAX + (n + GROUP) / GROUP * (width + 1) + PAGE_PACK_SLACK) != 0)
		return -1;
	uint8_t *p = out->data + out->len;
	while (i + GROUP <= n) {
		if (!is_equal_group(values + i)) {
			i += GROUP;
			continue;
		}
		size_t run = run_length(values + i, n - i);
		if (run < run_min) {
			i += GROUP;
			continue;
		}
		p = put_packed(p, values + start, i - start, width);
		p = put_run(p, values[i], run, width);
		start = i += run;
	}
	p = put_packed(p, values + start, n - start, width);
	out->len = (size_t)(p - out->data);
	return 0;
}

/* How many of the n bytes from p on equal the first. */
static size_t bytes_equal(const uint8_t *p, size_t n)
{
	size_t i = 0;
	uint64_t all = p[0] * UINT64_C(0x0101010101010101);

	while (i + 8 <= n && load64(p + i) == all)
		i += 8;
	while (i < n && p[i] == p[0])
		i++;
	return i;
}

static uint8_t *put_packed_bits(uint8_t *p, const uint8_t *bytes, size_t len)
{
	if (len == 0)
		return p;
	p = page_put_varint(p, (uint64_t)len << 1 | 1);
	memcpy(p, bytes, len);
	return p + len;
}

/*
 * At width 1 bit-packed values are the bits themselves: whole bytes are looked for runs, and copied. A run
 * that begins here or soon covers the byte where the shortest one would end: when that is mixed, none does.
 */
static uint8_t *put_bits(uint8_t *p, const uint8_t *bytes, size_t n)
{
	enum { RUN_MIN = 6 }; /* bytes: a run and another header cost less */
	size_t whole = n / GROUP, len = (n + GROUP - 1) / GROUP, start = 0, i = 0;

	while (i + RUN_MIN <= whole) {
		const uint8_t last = bytes[i + RUN_MIN - 1];
		size_t before = RUN_MIN - 1;

		if (last != 0 && last != 0xff) {
			i += RUN_MIN;
			continue;
		}
		while (before > 0 && bytes[i + before - 1] == last)
			before--;
		i += before;
		if (before > 0)
			continue;
		size_t run = bytes_equal(bytes + i, whole - i);

		p = put_packed_bits(p, bytes + start, i - start);
		p = put_run(p, last & 1, run * GROUP, 1);
		start = i += run;
	}
	p = put_packed_bits(p, bytes + start, len - start);
	if (start < len && n % GROUP != 0)
		p[-1] &= (uint8_t)((1U << n % GROUP) - 1);
	return p;
}

int page_levels(struct buffer *out, const uint64_t *bits, size_t n, size_t n_set)
{
	uint8_t *from, *p;
	uint32_t len;

	if (buffer_reserve(out, sizeof len + 2 * PAGE_VARINT_MAX + n / GROUP * 2 + PAGE_PACK_SLACK) != 0)
		return -1;
	from = p = out->data + out->len + sizeof len;
	if (n > 0 && (n_set == 0 || n_set == n))
		p = put_run(p, n_set != 0, n, 1);
	else
		p = put_bits(p, (const uint8_t *)bits, n);
	len = (uint32_t)(p - from);
	memcpy(from - sizeof len, &len, sizeof len);
	out->len = (size_t)(p - out->data);
	return 0;
}

int page_delta(struct buffer *out, const int64_t *values, size_t n)
{
	size_t blocks = (n + PAGE_BLOCK - 1) / PAGE_BLOCK;
	uint8_t *p;

	if (buffer_reserve(out,
			   4 * PAGE_VARINT_MAX +
			       blocks * (PAGE_VARINT_MAX + PAGE_MINIBLOCKS + PAGE_BLOCK * sizeof *values) +
			       PAGE_PACK_SLACK) != 0)
		return -1;
	p = out->data + out->len;
	p = page_put_varint(p, PAGE_BLOCK);
	p = page_put_varint(p, PAGE_MINIBLOCKS);
	p = page_put_varint(p, n);
	p = page_put_zigzag(p, n > 0 ? values[0] : 0);
	for (size_t i = 1; i < n; i += PAGE_BLOCK)
		p = page_pack_best()->block(p, values + i, values[i - 1],
					    n - i < PAGE_BLOCK ? n - i : PAGE_BLOCK);
	out->len = (size_t)(p - out->data);
	return 0;
}

int page_plain_int64(struct buffer *out, const int64_t *values, size_t n)
{
	return buffer_append(out, values, n * sizeof *values);
}

int page_plain_int32(struct buffer *out, const int64_t *values, size_t n)
{
	if (buffer_reserve(out, n * sizeof(uint32_t)) != 0)
		return -1;
	uint8_t *p = out->data + out->len;
	for (size_t i = 0; i < n; i++) {
		uint32_t low = (uint32_t)values[i];
		memcpy(p + i * sizeof low, &low, sizeof low);
	}
	out->len += n * sizeof(uint32_t);
	return 0;
}

int page_plain_bool(struct buffer *out, const int64_t *values, size_t n)
{
	size_t len = (n + 7) / 8;

	if (buffer_reserve(out, len) != 0)
		return -1;
	uint8_t *p = out->data + out->len;
	memset(p, 0, len);
	for (size_t i = 0; i < n; i++)
		p[i / 8] |= (uint8_t)((values[i] != 0) << i % 8);
	out->len += len;
	return 0;
}

/* Most texts are short: two loads that may overlap, instead of a call. */
static inline void copy_text(uint8_t *to, const char *from, size_t len)
{
	if (len > 16) {
		memcpy(to, from, len);
	} else if (len >= 8) {
		const uint64_t head = load64(from), tail = load64(from + len - 8);

		memcpy(to, &head, sizeof head);
		memcpy(to + len - 8, &tail, sizeof tail);
	} else if (len >= 4) {
		uint32_t head, tail;

		memcpy(&head, from, sizeof head);
		memcpy(&tail, from + len - 4, sizeof tail);
		memcpy(to, &head, sizeof head);
		memcpy(to + len - 4, &tail, sizeof tail);
	} else {
		for (size_t i = 0; i < len; i++)
			to[i] = (uint8_t)from[i];
	}
}

int page_plain_texts(struct buffer *out, const struct text *texts, size_t n)
{
	size_t bytes = 0;

	for (size_t i = 0; i < n; i++)
		bytes += sizeof(uint32_t) + texts[i].len;
	if (buffer_reserve(out, bytes) != 0)
		return -1;
	uint8_t *p = out->data + out->len;

	for (size_t i = 0; i < n; i++) {
		const uint32_t len = (uint32_t)texts[i].len;

		memcpy(p, &len, sizeof len);
		copy_text(p + sizeof len, texts[i].data, len);
		p += sizeof len + len;
	}
	out->len += bytes;
	return 0;
}

/*
 * Source: google/snappy, format_description.txt. Literals of at most 64 KiB, as the reference compressor
 * makes them of bytes it cannot shrink. Takes the next of them off the len bytes that are left.
 */
static size_t literal_head(uint8_t head[LITERAL_HEAD], size_t left)
{
	const size_t n = left < SNAPPY_LITERAL ? left : SNAPPY_LITERAL;

	head[0] = 61 << 2; /* the length - 1 follows in two bytes */
	head[1] = (uint8_t)(n - 1);
	head[2] = (uint8_t)((n - 1) >> 8);
	return n;
}

size_t page_literals_len(size_t len)
{
	uint8_t varint[PAGE_VARINT_MAX];

	return (size_t)(page_put_varint(varint, len) - varint) + len +
	       (len + SNAPPY_LITERAL - 1) / SNAPPY_LITERAL * LITERAL_HEAD;
}

uint32_t page_literals_crc(const void *data, size_t len)
{
	const uint8_t *from = data;
	uint8_t varint[PAGE_VARINT_MAX], head[LITERAL_HEAD];
	uint32_t crc = crc32_of(varint, (size_t)(page_put_varint(varint, len) - varint));

	for (size_t n; len > 0; len -= n, from += n) {
		n = literal_head(head, len);
		crc = crc32_more(crc32_more(crc, head, sizeof head), from, n);
	}
	return crc;
}

int page_literals(struct buffer *out, const void *data, size_t len)
{
	const uint8_t *from = data;
	uint8_t *p;

	if (buffer_reserve(out, page_literals_len(len)) != 0)
		return -1;
	p = page_put_varint(out->data + out->len, len);
	for (size_t n; len > 0; len -= n, from += n) {
		n = literal_head(p, len);
		memcpy(p + LITERAL_HEAD, from, n);
		p += LITERAL_HEAD + n;
	}
	out->len = (size_t)(p - out->data);
	return 0;
}

int page_snappy(struct buffer *out, const void *data, size_t len)
{
	size_t room = snappy_max_compressed_length(len);

	if (len == 0)
		return page_literals(out, data, len);
	if (buffer_reserve(out, room) != 0)
		return -1;
	if (snappy_compress(data, len, (char *)out->data + out->len, &room) != SNAPPY_OK)
		return cause_record(STATUS_SYSTEM, "snappy: %zu bytes could not be compressed", len);
	out->len += room;
	return 0;
}
