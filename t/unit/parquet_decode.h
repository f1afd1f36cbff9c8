/*
 * parquet_decode -- Parquet's encodings and Thrift's structs, read for tests: slow, strict, and written from
 * the specifications a bit at a time, so that it shares no idea with the encoders.
 */
#ifndef EV_PARQUET_DECODE_H
#define EV_PARQUET_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cursor {
	const uint8_t *p, *end;
};

static inline size_t left(struct cursor c)
{
	return (size_t)(c.end - c.p);
}

static inline bool get_varint(struct cursor *c, uint64_t *value)
{
	*value = 0;
	for (unsigned shift = 0; shift < 64; shift += 7) {
		if (c->p == c->end)
			return false;
		*value |= (uint64_t)(*c->p & 0x7f) << shift;
		if ((*c->p++ & 0x80) == 0)
			return true;
	}
	return false;
}

static inline bool get_zigzag(struct cursor *c, int64_t *value)
{
	uint64_t raw;

	if (!get_varint(c, &raw))
		return false;
	*value = (int64_t)(raw >> 1 ^ (uint64_t) - (int64_t)(raw & 1));
	return true;
}

static inline uint64_t get_bits(const uint8_t *p, size_t at, unsigned width)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < width; i++)
		value |= (uint64_t)(p[(at + i) / 8] >> (at + i) % 8 & 1) << i;
	return value;
}

/* The hybrid, all of c. *runs counts its runs. */
static inline bool decode_hybrid(struct cursor c, uint32_t *out, size_t n, unsigned width, size_t *runs)
{
	size_t have = 0;

	for (*runs = 0; have < n; ++*runs) {
		uint64_t header, count;

		if (!get_varint(&c, &header) || header >> 1 == 0)
			return false;
		count = header >> 1;
		if (header & 1) {
			if (left(c) < count * width)
				return false;
			for (size_t i = 0; i < count * 8 && have + i < n; i++)
				out[have + i] = (uint32_t)get_bits(c.p, i * width, width);
			c.p += count * width;
			have += count * 8;
		} else {
			size_t bytes = (width + 7) / 8;
			if (left(c) < bytes || count > n - have)
				return false;
			for (size_t i = 0; i < count; i++)
				out[have + i] = (uint32_t)get_bits(c.p, 0, (unsigned)bytes * 8);
			c.p += bytes;
			have += count;
		}
	}
	return c.p == c.end && have < n + 8;
}

/* DELTA_BINARY_PACKED, all of c. */
static inline bool decode_delta(struct cursor c, int64_t *out, size_t n)
{
	uint64_t block, miniblocks, total;
	int64_t value, min;

	if (!get_varint(&c, &block) || !get_varint(&c, &miniblocks) || !get_varint(&c, &total) ||
	    !get_zigzag(&c, &value))
		return false;
	if (block == 0 || block % 128 != 0 || miniblocks == 0 || block / miniblocks % 32 != 0 || total != n)
		return false;
	size_t mini = block / miniblocks;
	if (n > 0)
		out[0] = value;
	for (size_t i = 1; i < n;) {
		if (!get_zigzag(&c, &min) || left(c) < miniblocks)
			return false;
		const uint8_t *widths = c.p;
		c.p += miniblocks;
		for (size_t m = 0; m < miniblocks && i < n; m++) {
			if (widths[m] > 64 || left(c) < mini / 8 * widths[m])
				return false;
			for (size_t j = 0; j < mini && i < n; j++, i++) {
				uint64_t delta = (uint64_t)min + get_bits(c.p, j * widths[m], widths[m]);
				out[i] = (int64_t)((uint64_t)out[i - 1] + delta);
			}
			c.p += mini / 8 * widths[m];
		}
	}
	return c.p == c.end;
}

/* ---- Thrift: a struct is the cursor of its first field ---- */

static inline bool skip_value(struct cursor *c, unsigned type);

/* The next field's header: true and its type and id, false at the end of the struct. Broken: type 0x10. */
static inline bool next_field(struct cursor *c, unsigned *type, int64_t *id)
{
	*type = 0x10;
	if (c->p == c->end)
		return true;
	uint8_t byte = *c->p++;
	if (byte == 0)
		return false;
	if (byte >> 4 != 0)
		*id += byte >> 4;
	else if (!get_zigzag(c, id))
		return true;
	*type = byte & 0xf;
	return true;
}

static inline bool skip_struct(struct cursor *c)
{
	unsigned type;
	int64_t id = 0;

	while (next_field(c, &type, &id)) {
		if (!skip_value(c, type))
			return false;
	}
	return true;
}

static inline bool list_header(struct cursor *c, unsigned *type, uint64_t *n)
{
	if (c->p == c->end)
		return false;
	*type = *c->p & 0xf;
	*n = *c->p++ >> 4;
	return *n != 15 || get_varint(c, n);
}

static inline bool skip_value(struct cursor *c, unsigned type)
{
	uint64_t n;

	switch (type) {
	case 1:
	case 2: return true;
	case 4:
	case 5:
	case 6: return get_varint(c, &n);
	case 8:
		if (!get_varint(c, &n) || n > left(*c))
			return false;
		c->p += n;
		return true;
	case 9:
		if (!list_header(c, &type, &n))
			return false;
		while (n-- > 0) {
			if (!skip_value(c, type))
				return false;
		}
		return true;
	case 12: return skip_struct(c);
	default: return false;
	}
}

/* Field id of a struct, as the cursor of its value; {NULL, NULL} when it is not there. */
static inline struct cursor field(struct cursor c, int id, unsigned *type)
{
	int64_t at = 0;

	while (c.p != NULL && next_field(&c, type, &at)) {
		if (at == id)
			return c;
		if (!skip_value(&c, *type))
			break;
	}
	*type = 0;
	return (struct cursor){NULL, NULL};
}

static inline int64_t int_field(struct cursor s, int id, int64_t missing)
{
	unsigned type;
	struct cursor c = field(s, id, &type);
	int64_t value;

	return (type == 4 || type == 5 || type == 6) && get_zigzag(&c, &value) ? value : missing;
}

/* 1, 0, or -1 when it is not there. */
static inline int bool_field(struct cursor s, int id)
{
	unsigned type;

	field(s, id, &type);
	return type == 1 ? 1 : type == 2 ? 0 : -1;
}

static inline struct cursor struct_field(struct cursor s, int id)
{
	unsigned type;
	struct cursor c = field(s, id, &type);

	return type == 12 ? c : (struct cursor){NULL, NULL};
}

/* A binary's bytes; {NULL, NULL} when it is not there. */
static inline struct cursor binary_field(struct cursor s, int id)
{
	unsigned type;
	struct cursor c = field(s, id, &type);
	uint64_t n;

	if (type != 8 || !get_varint(&c, &n) || n > left(c))
		return (struct cursor){NULL, NULL};
	return (struct cursor){c.p, c.p + n};
}

/* The cursor of a list's first value, *n of them. */
static inline struct cursor list_field(struct cursor s, int id, uint64_t *n)
{
	unsigned type;
	struct cursor c = field(s, id, &type);

	*n = 0;
	if (type != 9 || !list_header(&c, &type, n))
		return (struct cursor){NULL, NULL};
	return c;
}

#endif
