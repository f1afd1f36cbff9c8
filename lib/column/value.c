#include "column/value.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "fields are copied as they are in memory");

struct value value_of_number(enum column_type type, int64_t number)
{
	struct value v = {.kind = VALUE_INTEGER, .integer = number};

	switch (type) {
	case COLUMN_DECIMAL:
		v.kind = VALUE_REAL;
		v.real = decimal_to_double(number);
		break;
	case COLUMN_FLOAT64:
		v.kind = VALUE_REAL;
		v.real = value_double(number);
		break;
	case COLUMN_TIMESTAMP:
		v.kind = VALUE_TEXT;
		v.text.len = timestamp_format(number, v.time);
		break;
	default: break;
	}
	return v;
}

struct value value_of_text(struct text text)
{
	return (struct value){.kind = VALUE_TEXT, .text = {text.data == NULL ? "" : text.data, text.len}};
}

struct text value_text(const struct value *v)
{
	return (struct text){v->text.data == NULL ? v->time : v->text.data, v->text.len};
}

int key_add_null(struct buffer *key)
{
	static const uint8_t tag = KEY_NULL;

	return buffer_append(key, &tag, 1);
}

int key_add_number(struct buffer *key, enum column_type type, int64_t number)
{
	static const uint8_t tag = KEY_NUMBER;

	if (type == COLUMN_DECIMAL)
		number = value_bits(decimal_to_double(number));
	else if (type == COLUMN_FLOAT64)
		number = value_bits(value_double(number) + 0.0);
	if (buffer_append(key, &tag, 1) != 0)
		return -1;
	return field_add(key, (uint64_t)number);
}

int key_add_text(struct buffer *key, struct text text)
{
	const uint32_t len = (uint32_t)text.len;
	uint8_t *at;

	if (text.len > UINT32_MAX)
		return cause_memory();
	if (buffer_reserve(key, 1 + sizeof len + text.len) != 0)
		return -1;
	at = key->data + key->len;
	*at++ = KEY_TEXT;
	memcpy(at, &len, sizeof len);
	if (text.len > 0)
		memcpy(at + sizeof len, text.data, text.len);
	key->len += 1 + sizeof len + text.len;
	return 0;
}

static int key_next_text(const uint8_t **at, const uint8_t *end, struct value *v)
{
	uint32_t len;

	if ((size_t)(end - *at) < sizeof len)
		return -1;
	memcpy(&len, *at, sizeof len);
	*at += sizeof len;
	if ((size_t)(end - *at) < len)
		return -1;
	*v = value_of_text((struct text){(const char *)*at, len});
	*at += len;
	return 0;
}

int key_next(const uint8_t **at, const uint8_t *end, enum column_type type, struct value *v)
{
	uint64_t number;

	if (*at == end)
		return -1;
	switch (*(*at)++) {
	case KEY_NULL: *v = (struct value){.kind = VALUE_NULL}; return 0;
	case KEY_NUMBER:
		if (type == COLUMN_STRING || field_next(at, end, &number) != 0)
			return -1;
		*v = value_of_number(type == COLUMN_DECIMAL ? COLUMN_FLOAT64 : type, (int64_t)number);
		return 0;
	case KEY_TEXT: return type == COLUMN_STRING ? key_next_text(at, end, v) : -1;
	default: return -1;
	}
}

int key_skip(const uint8_t **at, const uint8_t *end, enum column_type type)
{
	uint32_t len = sizeof(uint64_t);

	if (*at == end)
		return -1;
	switch (*(*at)++) {
	case KEY_NULL: return 0;
	case KEY_NUMBER:
		if (type == COLUMN_STRING)
			return -1;
		break;
	case KEY_TEXT:
		if (type != COLUMN_STRING || (size_t)(end - *at) < sizeof len)
			return -1;
		memcpy(&len, *at, sizeof len);
		*at += sizeof len;
		break;
	default: return -1;
	}
	if ((size_t)(end - *at) < len)
		return -1;
	*at += len;
	return 0;
}

int field_add(struct buffer *to, uint64_t value)
{
	return buffer_append(to, &value, sizeof value);
}

int field_next(const uint8_t **at, const uint8_t *end, uint64_t *value)
{
	if ((size_t)(end - *at) < sizeof *value)
		return -1;
	memcpy(value, *at, sizeof *value);
	*at += sizeof *value;
	return 0;
}
