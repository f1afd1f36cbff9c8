#include "gold/state.h"

void state_init(struct state *s, enum state_kind kind, enum column_type type)
{
	*s = (struct state){.kind = kind, .type = type};
}

void state_free(struct state *s)
{
	buffer_free(&s->text);
}

static bool is_text(const struct state *s)
{
	return s->type == COLUMN_STRING && (s->kind == STATE_MIN || s->kind == STATE_MAX);
}

/* Whether from's text or number is beyond to's. */
static bool is_further(const struct state *to, const struct state *from)
{
	const bool least = to->kind == STATE_MIN;

	if (to->count == 0)
		return true;
	if (!is_text(to))
		return least ? from->number < to->number : from->number > to->number;
	const int order = text_order((struct text){(const char *)from->text.data, from->text.len},
				     (struct text){(const char *)to->text.data, to->text.len});
	return least ? order < 0 : order > 0;
}

int state_add(decimal_sum *sum, decimal_sum more)
{
	if (__builtin_add_overflow(*sum, more, sum))
		return cause_record(STATUS_INPUT, "a sum of more than 128 bits");
	return 0;
}

int state_merge(struct state *to, const struct state *from)
{
	if (from->count == 0)
		return 0;
	if ((to->kind == STATE_MIN || to->kind == STATE_MAX) && is_further(to, from)) {
		to->number = from->number;
		buffer_clear(&to->text);
		if (is_text(to) && buffer_append(&to->text, from->text.data, from->text.len) != 0)
			return -1;
	}
	to->count += from->count;
	return state_add(&to->sum, from->sum);
}

int state_encode(const struct state *s, struct buffer *out)
{
	if (field_add(out, s->count) != 0)
		return -1;
	if (s->kind == STATE_SUM)
		return buffer_append(out, &s->sum, sizeof s->sum);
	if ((s->kind != STATE_MIN && s->kind != STATE_MAX) || s->count == 0)
		return 0;
	if (!is_text(s))
		return field_add(out, (uint64_t)s->number);
	if (field_add(out, s->text.len) != 0)
		return -1;
	return buffer_append(out, s->text.data, s->text.len);
}

static int decode_text(struct state *s, const uint8_t **at, const uint8_t *end)
{
	uint64_t len;

	if (field_next(at, end, &len) != 0 || len > (size_t)(end - *at))
		return -1;
	if (buffer_append(&s->text, *at, (size_t)len) != 0)
		return -1;
	*at += len;
	return 0;
}

int state_decode(struct state *s, const uint8_t **at, const uint8_t *end)
{
	uint64_t number;

	buffer_clear(&s->text);
	if (field_next(at, end, &s->count) != 0)
		return -1;
	if (s->kind == STATE_SUM) {
		if ((size_t)(end - *at) < sizeof s->sum)
			return -1;
		memcpy(&s->sum, *at, sizeof s->sum);
		*at += sizeof s->sum;
		return 0;
	}
	if ((s->kind != STATE_MIN && s->kind != STATE_MAX) || s->count == 0)
		return 0;
	if (is_text(s))
		return decode_text(s, at, end);
	if (field_next(at, end, &number) != 0)
		return -1;
	s->number = (int64_t)number;
	return 0;
}

static int skip(const uint8_t **at, const uint8_t *end, uint64_t len)
{
	if (len > (size_t)(end - *at))
		return -1;
	*at += len;
	return 0;
}

int state_skip(enum state_kind kind, enum column_type type, const uint8_t **at, const uint8_t *end,
	       uint64_t *count)
{
	const bool is_extreme = kind == STATE_MIN || kind == STATE_MAX;
	uint64_t len;

	if (field_next(at, end, count) != 0)
		return -1;
	if (kind == STATE_SUM)
		return skip(at, end, sizeof(decimal_sum));
	if (!is_extreme || *count == 0)
		return 0;
	if (field_next(at, end, &len) != 0)
		return -1;
	return type == COLUMN_STRING ? skip(at, end, len) : 0;
}

struct value state_value(const struct state *s)
{
	const struct value none = {.kind = VALUE_NULL};

	switch (s->kind) {
	case STATE_COUNT:
	case STATE_DISTINCT: return (struct value){.kind = VALUE_INTEGER, .integer = (decimal_sum)s->count};
	case STATE_SUM:
		if (s->count == 0)
			return none;
		if (s->type == COLUMN_DECIMAL)
			return (struct value){.kind = VALUE_REAL, .real = decimal_to_double(s->sum)};
		return (struct value){.kind = VALUE_INTEGER, .integer = s->sum};
	default: break;
	}
	if (s->count == 0)
		return none;
	if (is_text(s))
		return value_of_text((struct text){(const char *)s->text.data, s->text.len});
	return value_of_number(s->type, s->type == COLUMN_FLOAT64 ? state_rank(s->number) : s->number);
}
