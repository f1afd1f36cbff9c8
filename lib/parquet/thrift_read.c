#include "parquet/thrift_read.h"

enum { LONG_LIST = 15 };

void thrift_wrong(struct thrift_reader *r)
{
	r->failed = true;
}

static uint8_t get_byte(struct thrift_reader *r)
{
	if (r->failed || r->p == r->end) {
		r->failed = true;
		return 0;
	}
	return *r->p++;
}

static uint64_t get_varint(struct thrift_reader *r)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		const uint8_t byte = get_byte(r);

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return r->failed ? 0 : value;
	}
	r->failed = true;
	return 0;
}

static int64_t get_zigzag(struct thrift_reader *r)
{
	const uint64_t value = get_varint(r);

	return (int64_t)(value >> 1 ^ -(value & 1));
}

static struct text get_bytes(struct thrift_reader *r)
{
	const uint64_t len = get_varint(r);
	const struct text text = {(const char *)r->p, (size_t)len};

	if (r->failed || len > (uint64_t)(r->end - r->p)) {
		r->failed = true;
		return (struct text){"", 0};
	}
	r->p += len;
	return text;
}

void thrift_enter(struct thrift_reader *r)
{
	if (r->depth + 1 >= THRIFT_READ_DEPTH) {
		r->failed = true;
		return;
	}
	r->depth++;
	r->last[r->depth] = 0;
	r->seen[r->depth] = 0;
}

/* Whether the field has been in the struct before. */
static bool is_repeated(struct thrift_reader *r, int16_t id)
{
	uint64_t *seen = &r->seen[r->depth];
	const uint64_t bit = id >= 0 && id < 64 ? (uint64_t)1 << id : 0;
	const bool repeated = (*seen & bit) != 0;

	*seen |= bit;
	return repeated;
}

bool thrift_next(struct thrift_reader *r, struct thrift_field *field)
{
	const uint8_t head = get_byte(r);
	int64_t id;

	if (r->failed)
		return false;
	if (head == 0) {
		r->depth--;
		return false;
	}
	id = head >> 4 != 0 ? r->last[r->depth] + (head >> 4) : get_zigzag(r);
	field->type = (enum thrift_type)(head & 0xf);
	if (id < INT16_MIN || id > INT16_MAX || is_repeated(r, (int16_t)id))
		r->failed = true;
	field->id = r->last[r->depth] = (int16_t)id;
	return !r->failed;
}

bool thrift_get_bool(struct thrift_reader *r, struct thrift_field field)
{
	if (field.type != THRIFT_TRUE && field.type != THRIFT_FALSE)
		r->failed = true;
	return !r->failed && field.type == THRIFT_TRUE;
}

int64_t thrift_get_i64(struct thrift_reader *r, struct thrift_field field)
{
	switch (field.type) {
	case THRIFT_BYTE: return (int8_t)get_byte(r);
	case THRIFT_I16:
	case THRIFT_I32:
	case THRIFT_I64: return get_zigzag(r);
	default: r->failed = true; return 0;
	}
}

int32_t thrift_get_i32(struct thrift_reader *r, struct thrift_field field)
{
	const int64_t value = thrift_get_i64(r, field);

	if (value < INT32_MIN || value > INT32_MAX)
		r->failed = true;
	return r->failed ? 0 : (int32_t)value;
}

struct text thrift_get_text(struct thrift_reader *r, struct thrift_field field)
{
	if (field.type != THRIFT_BINARY)
		r->failed = true;
	return get_bytes(r);
}

struct text thrift_item_get_text(struct thrift_reader *r)
{
	return get_bytes(r);
}

void thrift_get_struct(struct thrift_reader *r, struct thrift_field field)
{
	if (field.type != THRIFT_STRUCT)
		r->failed = true;
	thrift_enter(r);
}

/* The header of a list or a set. */
static size_t get_list(struct thrift_reader *r, enum thrift_type *type)
{
	const uint8_t head = get_byte(r);
	const uint64_t n = head >> 4 == LONG_LIST ? get_varint(r) : head >> 4;

	*type = (enum thrift_type)(head & 0xf);
	/* No value takes less than a byte. */
	if (r->failed || n > (uint64_t)(r->end - r->p)) {
		r->failed = true;
		return 0;
	}
	return (size_t)n;
}

size_t thrift_get_list(struct thrift_reader *r, struct thrift_field field, enum thrift_type type)
{
	enum thrift_type found;
	size_t n;

	if (field.type != THRIFT_LIST)
		r->failed = true;
	n = get_list(r, &found);
	if (n > 0 && found != type)
		r->failed = true;
	return r->failed ? 0 : n;
}

static void skip_value(struct thrift_reader *r, enum thrift_type type, bool in_list, int depth);

static void skip_list(struct thrift_reader *r, int depth)
{
	enum thrift_type type;
	const size_t n = get_list(r, &type);

	for (size_t i = 0; i < n && !r->failed; i++)
		skip_value(r, type, true, depth);
}

static void skip_map(struct thrift_reader *r, int depth)
{
	const uint64_t n = get_varint(r);
	const uint8_t types = n > 0 ? get_byte(r) : 0;

	for (uint64_t i = 0; i < n && !r->failed; i++) {
		skip_value(r, (enum thrift_type)(types >> 4), true, depth);
		skip_value(r, (enum thrift_type)(types & 0xf), true, depth);
	}
}

static void skip_struct(struct thrift_reader *r, int depth)
{
	uint8_t head;

	while ((head = get_byte(r)) != 0 && !r->failed) {
		if (head >> 4 == 0)
			get_zigzag(r);
		skip_value(r, (enum thrift_type)(head & 0xf), false, depth);
	}
}

/* depth is what is left of it, so that nothing can nest without end. */
static void skip_value(struct thrift_reader *r, enum thrift_type type, bool in_list, int depth)
{
	if (depth == 0) {
		r->failed = true;
		return;
	}
	switch (type) {
	case THRIFT_TRUE:
	case THRIFT_FALSE:
		if (in_list)
			get_byte(r);
		return;
	case THRIFT_BYTE: get_byte(r); return;
	case THRIFT_I16:
	case THRIFT_I32:
	case THRIFT_I64: get_varint(r); return;
	case THRIFT_DOUBLE:
		for (int i = 0; i < 8; i++)
			get_byte(r);
		return;
	case THRIFT_BINARY: get_bytes(r); return;
	case THRIFT_LIST:
	case THRIFT_SET: skip_list(r, depth - 1); return;
	case THRIFT_MAP: skip_map(r, depth - 1); return;
	case THRIFT_STRUCT: skip_struct(r, depth - 1); return;
	}
	r->failed = true;
}

void thrift_skip(struct thrift_reader *r, struct thrift_field field)
{
	skip_value(r, field.type, false, THRIFT_READ_DEPTH);
}
