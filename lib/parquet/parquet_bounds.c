#include "parquet/parquet_bounds.h"

#include "column/sweep.h"

#include <string.h>

enum { FIELD_NULL_COUNT = 3, FIELD_MAX = 5, FIELD_MIN = 6, FIELD_MAX_EXACT = 7, FIELD_MIN_EXACT = 8 };

enum { LAST_CODE_POINT = 0x10ffff, FIRST_SURROGATE = 0xd800, LAST_SURROGATE = 0xdfff };

void parquet_bounds_numbers(struct parquet_bounds *b, const int64_t *values, size_t n)
{
	int64_t low, high;

	if (n == 0)
		return;
	sweep_best()->range(values, n, &low, &high);
	b->min = b->any && b->min < low ? b->min : low;
	b->max = b->any && b->max > high ? b->max : high;
	b->any = true;
}

void parquet_bounds_doubles(struct parquet_bounds *b, const int64_t *bits, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double value;

		memcpy(&value, &bits[i], sizeof value);
		if (value != value) {
			b->nan = true;
			continue;
		}
		if (!b->any || value < b->min_double)
			b->min_double = value;
		if (!b->any || value > b->max_double)
			b->max_double = value;
		b->any = true;
	}
}

static uint32_t load_big32(const uint8_t *data)
{
	uint32_t v;

	memcpy(&v, data, sizeof v);
	return __builtin_bswap32(v);
}

static uint64_t prefix(const uint8_t *data, size_t len)
{
	uint64_t p = 0;

	if (len >= sizeof p) {
		memcpy(&p, data, sizeof p);
		return __builtin_bswap64(p);
	}
	/* The last four bytes without those that are among the first four already. */
	if (len >= 4)
		return (uint64_t)load_big32(data) << 32 |
		       (uint32_t)((uint64_t)load_big32(data + len - 4) << 8 * (8 - len));
	for (size_t i = 0; i < len; i++)
		p |= (uint64_t)data[i] << (56 - 8 * i);
	return p;
}

static void bound_set(struct parquet_text_bound *bound, uint64_t p, const uint8_t *data, size_t len)
{
	bound->prefix = p;
	bound->cut = len > PARQUET_BOUND_LEN;
	bound->len = bound->cut ? PARQUET_BOUND_LEN : (uint32_t)len;
	if (len > 0)
		memcpy(bound->bytes, data, bound->len);
}

/*
 * Order of a text against a bound, both cut to 64 bytes; cutting keeps the order. Of two texts that are equal
 * so far the longer one is greater, as far as it matters here: whether the bound is exact.
 */
static int bound_compare(const struct parquet_text_bound *bound, const uint8_t *data, size_t len)
{
	size_t have = len < PARQUET_BOUND_LEN ? len : PARQUET_BOUND_LEN;
	size_t common = have < bound->len ? have : bound->len;
	int order = common == 0 ? 0 : memcmp(data, bound->bytes, common);

	if (order != 0)
		return order;
	if (have != bound->len)
		return have < bound->len ? -1 : 1;
	return (len > PARQUET_BOUND_LEN) - bound->cut;
}

void parquet_bounds_text(struct parquet_bounds *b, const void *data, size_t len)
{
	uint64_t p = prefix(data, len);

	if (!b->any) {
		bound_set(&b->min_text, p, data, len);
		bound_set(&b->max_text, p, data, len);
		b->any = true;
		return;
	}
	if (p <= b->min_text.prefix && bound_compare(&b->min_text, data, len) < 0)
		bound_set(&b->min_text, p, data, len);
	if (p >= b->max_text.prefix && bound_compare(&b->max_text, data, len) > 0)
		bound_set(&b->max_text, p, data, len);
}

/* Where the last character of UTF-8 text begins. */
static size_t last_start(const uint8_t *bytes, size_t len)
{
	while (len > 0 && (bytes[--len] & 0xc0) == 0x80)
		;
	return len;
}

/* The text without a character that was cut in two. */
static size_t whole_characters(const uint8_t *bytes, size_t len)
{
	size_t start = last_start(bytes, len);
	uint8_t lead = bytes[start];
	size_t need = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;

	return start + need <= len ? len : start;
}

static size_t put_utf8(uint8_t *p, uint32_t c)
{
	if (c < 0x80) {
		p[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		p[0] = (uint8_t)(0xc0 | c >> 6);
		p[1] = (uint8_t)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		p[0] = (uint8_t)(0xe0 | c >> 12);
		p[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		p[2] = (uint8_t)(0x80 | (c & 0x3f));
		return 3;
	}
	p[0] = (uint8_t)(0xf0 | c >> 18);
	p[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
	p[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
	p[3] = (uint8_t)(0x80 | (c & 0x3f));
	return 4;
}

/* The code point that the len bytes of one character stand for. */
static uint32_t get_utf8(const uint8_t *p, size_t len)
{
	static const uint8_t lead_mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	uint32_t c = p[0] & lead_mask[len > 4 ? 0 : len];

	for (size_t i = 1; i < len; i++)
		c = c << 6 | (p[i] & 0x3f);
	return c;
}

/* Makes the text, whole characters, the least one of its length in characters that no text starting with it
 * exceeds. Returns its new length, or 0 when there is none. bytes has room for 4 more. */
static size_t next_text(uint8_t *bytes, size_t len)
{
	while (len > 0) {
		size_t start = last_start(bytes, len);
		uint32_t c = get_utf8(bytes + start, len - start);

		if (c < LAST_CODE_POINT) {
			c = c + 1 == FIRST_SURROGATE ? LAST_SURROGATE + 1 : c + 1;
			return start + put_utf8(bytes + start, c);
		}
		len = start;
	}
	return 0;
}

static void write_texts(const struct parquet_bounds *b, struct thrift_writer *w)
{
	uint8_t bytes[PARQUET_BOUND_LEN + 4];
	const struct parquet_text_bound *min = &b->min_text, *max = &b->max_text;
	size_t max_len = max->len, min_len = min->len;

	memcpy(bytes, max->bytes, max_len);
	if (max->cut)
		max_len = next_text(bytes, whole_characters(bytes, max_len));
	if (min->cut)
		min_len = whole_characters(min->bytes, min_len);
	/* A cut maximum of nothing but last code points has no upper bound shorter than itself. */
	if (!max->cut || max_len > 0)
		thrift_binary(w, FIELD_MAX, bytes, max_len);
	thrift_binary(w, FIELD_MIN, min->bytes, min_len);
	if (!max->cut || max_len > 0)
		thrift_bool(w, FIELD_MAX_EXACT, !max->cut);
	thrift_bool(w, FIELD_MIN_EXACT, !min->cut);
}

static void write_numbers(struct thrift_writer *w, const void *min, const void *max, size_t len)
{
	thrift_binary(w, FIELD_MAX, max, len);
	thrift_binary(w, FIELD_MIN, min, len);
	thrift_bool(w, FIELD_MAX_EXACT, true);
	thrift_bool(w, FIELD_MIN_EXACT, true);
}

static void write_doubles(const struct parquet_bounds *b, struct thrift_writer *w)
{
	double min = b->min_double == 0 ? -0.0 : b->min_double;
	double max = b->max_double == 0 ? 0.0 : b->max_double;

	if (!b->nan)
		write_numbers(w, &min, &max, sizeof min);
}

void parquet_bounds_write(const struct parquet_bounds *b, enum column_type type, uint64_t nulls,
			  struct thrift_writer *w, int16_t id)
{
	thrift_begin(w, id);
	thrift_i64(w, FIELD_NULL_COUNT, (int64_t)nulls);
	if (b->any) {
		switch (type) {
		case COLUMN_STRING: write_texts(b, w); break;
		case COLUMN_FLOAT64: write_doubles(b, w); break;
		case COLUMN_BOOL: write_numbers(w, &b->min, &b->max, 1); break;
		case COLUMN_INT32: write_numbers(w, &b->min, &b->max, sizeof(int32_t)); break;
		case COLUMN_TIMESTAMP:
		case COLUMN_INT64:
		case COLUMN_DECIMAL: write_numbers(w, &b->min, &b->max, sizeof(int64_t)); break;
		}
	}
	thrift_end(w);
}
