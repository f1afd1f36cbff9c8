#include "parquet/thrift.h"

#include <assert.h>
#include <string.h>

enum { VARINT_MAX = 10, LIST_SHORT = 14, DELTA_MAX = 15 };

static void put(struct thrift_writer *w, const void *data, size_t len)
{
	if (!w->failed && buffer_append(w->out, data, len) != 0)
		w->failed = true;
}

static void put_byte(struct thrift_writer *w, unsigned value)
{
	uint8_t byte = (uint8_t)value;

	put(w, &byte, 1);
}

static void put_varint(struct thrift_writer *w, uint64_t value)
{
	uint8_t bytes[VARINT_MAX];
	size_t n = 0;

	for (; value >= 0x80; value >>= 7)
		bytes[n++] = (uint8_t)(value | 0x80);
	bytes[n++] = (uint8_t)value;
	put(w, bytes, n);
}

static void put_zigzag(struct thrift_writer *w, int64_t value)
{
	put_varint(w, (uint64_t)value << 1 ^ (uint64_t)(value < 0 ? -1 : 0));
}

static void put_field(struct thrift_writer *w, int16_t id, enum thrift_type type)
{
	int delta = id - w->last[w->depth];

	if (delta > 0 && delta <= DELTA_MAX) {
		put_byte(w, (unsigned)delta << 4 | type);
	} else {
		put_byte(w, type);
		put_zigzag(w, id);
	}
	w->last[w->depth] = id;
}

void thrift_bool(struct thrift_writer *w, int16_t id, bool value)
{
	put_field(w, id, value ? THRIFT_TRUE : THRIFT_FALSE);
}

void thrift_i16(struct thrift_writer *w, int16_t id, int16_t value)
{
	put_field(w, id, THRIFT_I16);
	put_zigzag(w, value);
}

void thrift_i32(struct thrift_writer *w, int16_t id, int32_t value)
{
	put_field(w, id, THRIFT_I32);
	put_zigzag(w, value);
}

void thrift_i64(struct thrift_writer *w, int16_t id, int64_t value)
{
	put_field(w, id, THRIFT_I64);
	put_zigzag(w, value);
}

void thrift_binary(struct thrift_writer *w, int16_t id, const void *data, size_t len)
{
	put_field(w, id, THRIFT_BINARY);
	put_varint(w, len);
	put(w, data, len);
}

void thrift_text(struct thrift_writer *w, int16_t id, const char *text)
{
	thrift_binary(w, id, text, strlen(text));
}

void thrift_begin(struct thrift_writer *w, int16_t id)
{
	put_field(w, id, THRIFT_STRUCT);
	thrift_item_begin(w);
}

void thrift_end(struct thrift_writer *w)
{
	assert(w->depth > 0);
	put_byte(w, 0);
	w->depth--;
}

void thrift_empty(struct thrift_writer *w, int16_t id)
{
	thrift_begin(w, id);
	thrift_end(w);
}

void thrift_list(struct thrift_writer *w, int16_t id, enum thrift_type type, size_t n)
{
	put_field(w, id, THRIFT_LIST);
	if (n <= LIST_SHORT) {
		put_byte(w, (unsigned)n << 4 | type);
	} else {
		put_byte(w, 0xf0 | type);
		put_varint(w, n);
	}
}

void thrift_item_i32(struct thrift_writer *w, int32_t value)
{
	put_zigzag(w, value);
}

void thrift_item_text(struct thrift_writer *w, const char *text)
{
	size_t len = strlen(text);

	put_varint(w, len);
	put(w, text, len);
}

void thrift_item_begin(struct thrift_writer *w)
{
	assert(w->depth + 1 < THRIFT_DEPTH);
	w->last[++w->depth] = 0;
}

void thrift_items(struct thrift_writer *w, const struct buffer *items)
{
	put(w, items->data, items->len);
}

int thrift_finish(struct thrift_writer *w)
{
	assert(w->depth == 0);
	put_byte(w, 0);
	return w->failed ? -1 : 0;
}
