#include "parquet/page_read.h"

#include <assert.h>
#include <string.h>

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "little-endian host");

enum { GROUP = 8, BLOCK_MAX = 1 << 16 };

static inline uint64_t load64(const void *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

/* -1 when the bytes end first, or the number has more than 64 bits. */
static int get_varint(const uint8_t **p, const uint8_t *end, uint64_t *value)
{
	*value = 0;
	for (unsigned shift = 0; shift < 64 && *p < end; shift += 7) {
		const uint8_t byte = *(*p)++;

		*value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return 0;
	}
	return -1;
}

void hybrid_open(struct hybrid_reader *r, const uint8_t *p, size_t len, unsigned width)
{
	*r = (struct hybrid_reader){.p = p, .end = p + len, .width = width};
}

void hybrid_open_packed(struct hybrid_reader *r, const uint8_t *p, size_t len, unsigned width)
{
	assert(width > 0);
	*r = (struct hybrid_reader){
	    .p = p + len, .end = p + len, .width = width, .packed = p, .packed_left = len * 8 / width};
}

/* The header of the next run. A last packed run may be cut short, as old writers did: what is there counts.
 */
static int next_run(struct hybrid_reader *r)
{
	const size_t bytes = (r->width + 7) / 8;
	uint64_t head, left, n;

	if (get_varint(&r->p, r->end, &head) != 0 || head >> 1 > UINT32_MAX)
		return -1;
	left = (uint64_t)(r->end - r->p);
	if ((head & 1) == 0) {
		if (left < bytes)
			return -1;
		r->value = 0;
		memcpy(&r->value, r->p, bytes);
		if (r->width < 32 && r->value >> r->width != 0)
			return -1;
		r->p += bytes;
		r->run_left = head >> 1;
		return 0;
	}
	n = (head >> 1) * GROUP;
	if ((head >> 1) * r->width > left) {
		n = left * 8 / r->width;
		r->packed_left = n;
		r->packed = r->p;
		r->p = r->end;
	} else {
		r->packed_left = n;
		r->packed = r->p;
		r->p += (head >> 1) * r->width;
	}
	r->bit = 0;
	return 0;
}

/* Eight values from a byte on: their bits are in one word as long as they are at most 7 wide. */
static inline __attribute__((always_inline)) void unpack_groups(uint32_t *out, const uint8_t *p, size_t n,
								unsigned width)
{
	const uint32_t mask = ((uint32_t)1 << width) - 1;

	for (size_t i = 0; i < n; i += GROUP, p += width) {
		const uint64_t word = load64(p);

		for (unsigned j = 0; j < GROUP; j++)
			out[i + j] = (uint32_t)(word >> j * width) & mask;
	}
}

static void unpack(uint32_t *out, const uint8_t *p, uint64_t bit, size_t n, unsigned width)
{
	const uint64_t mask = ((uint64_t)1 << width) - 1;
	size_t i = 0;

	if (bit % 8 == 0 && width <= 8) {
		const size_t whole = n - n % GROUP;
		const uint8_t *from = p + bit / 8;

		switch (width) {
		case 1: unpack_groups(out, from, whole, 1); break;
		case 2: unpack_groups(out, from, whole, 2); break;
		case 3: unpack_groups(out, from, whole, 3); break;
		case 4: unpack_groups(out, from, whole, 4); break;
		case 5: unpack_groups(out, from, whole, 5); break;
		case 6: unpack_groups(out, from, whole, 6); break;
		case 7: unpack_groups(out, from, whole, 7); break;
		case 8: unpack_groups(out, from, whole, 8); break;
		default: memset(out, 0, whole * sizeof *out);
		}
		i = whole;
	}
	for (; i < n; i++) {
		const uint64_t at = bit + i * width;

		out[i] = (uint32_t)(load64(p + at / 8) >> at % 8 & mask);
	}
}

int hybrid_read(struct hybrid_reader *r, uint32_t *out, size_t n)
{
	while (n > 0) {
		size_t some;

		if (r->run_left > 0) {
			some = r->run_left < n ? (size_t)r->run_left : n;
			for (size_t i = 0; i < some; i++)
				out[i] = r->value;
			r->run_left -= some;
		} else if (r->packed_left > 0) {
			some = r->packed_left < n ? (size_t)r->packed_left : n;
			unpack(out, r->packed, r->bit, some, r->width);
			r->bit += some * r->width;
			r->packed_left -= some;
		} else if (next_run(r) != 0) {
			return -1;
		} else {
			continue;
		}
		out += some;
		n -= some;
	}
	return 0;
}

/* Sets n (up to 64) bits from bit `at` on to those of word, whose others are 0. */
static inline void put_bits(uint64_t *bits, size_t at, uint64_t word, size_t n)
{
	bits[at / 64] |= word << at % 64;
	if (at % 64 + n > 64)
		bits[at / 64 + 1] |= word >> (64 - at % 64);
}

static inline uint64_t low_bits(uint64_t word, size_t n)
{
	return n < 64 ? word & (((uint64_t)1 << n) - 1) : word;
}

int hybrid_read_bits(struct hybrid_reader *r, uint64_t *bits, size_t n, size_t *n_set)
{
	size_t at = 0;

	assert(r->width == 1);
	memset(bits, 0, (n + 63) / 64 * sizeof *bits);
	while (at < n) {
		size_t some = n - at < 64 ? n - at : 64;
		uint64_t word;

		if (r->run_left > 0) {
			some = r->run_left < some ? (size_t)r->run_left : some;
			word = low_bits(-(uint64_t)r->value, some);
			r->run_left -= some;
		} else if (r->packed_left > 0) {
			/* A word that does not begin with a byte has at least 57 bits. */
			some = some > 56 && r->bit % 8 != 0 ? 56 : some;
			some = r->packed_left < some ? (size_t)r->packed_left : some;
			word = low_bits(load64(r->packed + r->bit / 8) >> r->bit % 8, some);
			r->bit += some;
			r->packed_left -= some;
		} else if (next_run(r) != 0) {
			return -1;
		} else {
			continue;
		}
		put_bits(bits, at, word, some);
		*n_set += (size_t)__builtin_popcountll(word);
		at += some;
	}
	return 0;
}

static int get_zigzag(const uint8_t **p, const uint8_t *end, int64_t *value)
{
	uint64_t bits;

	if (get_varint(p, end, &bits) != 0)
		return -1;
	*value = (int64_t)(bits >> 1 ^ -(bits & 1));
	return 0;
}

int delta_open(struct delta_reader *r, const uint8_t *p, size_t len)
{
	uint64_t block, miniblocks;

	*r = (struct delta_reader){.p = p, .end = p + len, .is_first = 1};
	if (get_varint(&r->p, r->end, &block) != 0 || get_varint(&r->p, r->end, &miniblocks) != 0 ||
	    get_varint(&r->p, r->end, &r->left) != 0 || get_zigzag(&r->p, r->end, &r->last) != 0)
		return -1;
	if (block == 0 || block > BLOCK_MAX || miniblocks == 0 || block % miniblocks != 0 ||
	    block / miniblocks % GROUP != 0)
		return -1;
	r->per_miniblock = (uint32_t)(block / miniblocks);
	r->miniblocks = r->miniblock = (uint32_t)miniblocks;
	return 0;
}

/* The next miniblock, and before the first of a block the block's header. Of the last one only the values
 * that there are must be there. */
static int next_miniblock(struct delta_reader *r)
{
	const uint64_t needed = r->left < r->per_miniblock ? r->left : r->per_miniblock;
	size_t left, bytes;

	if (r->miniblock == r->miniblocks) {
		if (get_zigzag(&r->p, r->end, &r->min_delta) != 0 || (size_t)(r->end - r->p) < r->miniblocks)
			return -1;
		r->widths = r->p;
		r->p += r->miniblocks;
		r->miniblock = 0;
	}
	r->width = r->widths[r->miniblock++];
	left = (size_t)(r->end - r->p);
	if (r->width > 64 || (needed * r->width + 7) / 8 > left)
		return -1;
	bytes = (size_t)r->per_miniblock / GROUP * r->width;
	r->packed = r->p;
	r->p += bytes < left ? bytes : left;
	r->in_miniblock = r->per_miniblock;
	r->bit = 0;
	return 0;
}

/* A value of up to 64 bits, which may lie across nine bytes. */
static inline uint64_t wide_bits(const uint8_t *p, uint64_t bit)
{
	const unsigned shift = bit % 8;

	p += bit / 8;
	return shift == 0 ? load64(p) : load64(p) >> shift | (uint64_t)p[8] << (64 - shift);
}

static void add_deltas(struct delta_reader *r, int64_t *out, size_t n)
{
	const uint64_t mask = r->width == 64 ? UINT64_MAX : ((uint64_t)1 << r->width) - 1;
	uint64_t value = (uint64_t)r->last;
	uint64_t bit = r->bit;

	if (r->width <= 56) {
		for (size_t i = 0; i < n; i++, bit += r->width) {
			value += (uint64_t)r->min_delta + (load64(r->packed + bit / 8) >> bit % 8 & mask);
			out[i] = (int64_t)value;
		}
	} else {
		for (size_t i = 0; i < n; i++, bit += r->width) {
			value += (uint64_t)r->min_delta + (wide_bits(r->packed, bit) & mask);
			out[i] = (int64_t)value;
		}
	}
	r->bit = bit;
	r->last = (int64_t)value;
}

int delta_read(struct delta_reader *r, int64_t *out, size_t n)
{
	if (n > r->left)
		return -1;
	if (n > 0 && r->is_first) {
		*out++ = r->last;
		r->is_first = 0;
		r->left--;
		n--;
	}
	while (n > 0) {
		size_t some = n;

		if (r->in_miniblock == 0 && next_miniblock(r) != 0)
			return -1;
		some = some < r->in_miniblock ? some : r->in_miniblock;
		add_deltas(r, out, some);
		r->in_miniblock -= (uint32_t)some;
		r->left -= some;
		out += some;
		n -= some;
	}
	return 0;
}
