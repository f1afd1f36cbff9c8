#include "column/batch.h"

#include "base/decimal.h"
#include "base/timestamp.h"
#include "column/batch_wire.h"
#include "column/sweep.h"

#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
	       "memory is the wire, and the wire is little endian");

/* One loop for each width: the compiler turns each into straight vector code. */
#define WIDEN(TYPE)                      \
	for (uint32_t i = 0; i < n; i++) \
	out[i] = (int64_t)((uint64_t)v->base + ((const TYPE *)v->values)[i])

void vector_ints(const struct vector *v, uint32_t n, int64_t *out)
{
	switch (v->width) {
	case 1: WIDEN(uint8_t); break;
	case 2: WIDEN(uint16_t); break;
	case 4: WIDEN(uint32_t); break;
	case 8: WIDEN(uint64_t); break;
	default:
		for (uint32_t i = 0; i < n; i++)
			out[i] = v->base;
	}
}

#undef WIDEN
#define WIDEN(TYPE)                      \
	for (uint32_t i = 0; i < n; i++) \
	out[i] = base + ((const TYPE *)v->values)[i]

void vector_codes(const struct vector *v, uint32_t n, uint32_t *out)
{
	const uint32_t base = (uint32_t)v->base;

	switch (v->width) {
	case 1: WIDEN(uint8_t); break;
	case 2: WIDEN(uint16_t); break;
	case 4: WIDEN(uint32_t); break;
	case 8: /* never on the wire, but as a builder holds them */
		for (uint32_t i = 0; i < n; i++)
			out[i] = base + (uint32_t)((const uint64_t *)v->values)[i];
		break;
	default:
		for (uint32_t i = 0; i < n; i++)
			out[i] = base;
	}
}

uint64_t vector_most(const struct vector *v, uint32_t n)
{
	return sweep_best()->most(v->values, v->width, n);
}

static int bad(const struct column *c, const char *what)
{
	return cause_record(STATUS_INPUT, "broken batch: column %s: %s", c->name, what);
}

/* Whether len bytes at offset lie in the payload, behind the descriptors and aligned. */
static bool lies_within(size_t payload_len, size_t first, uint64_t offset, uint64_t len)
{
	return offset % 8 == 0 && offset >= first && offset <= payload_len && len <= payload_len - offset;
}

static int check_valid(const struct column *c, struct vector *v, uint32_t rows)
{
	uint32_t set = 0;

	if (v->valid == NULL)
		return v->nulls == 0 ? 0 : bad(c, "nulls without a validity bitmap");
	if (!c->nullable)
		return bad(c, "nulls in a column that has none");
	for (uint32_t w = 0; w < (rows + 63) / 64; w++)
		set += (uint32_t)__builtin_popcountll(v->valid[w]);
	if (rows % 64 != 0 && v->valid[rows / 64] >> (rows % 64) != 0)
		return bad(c, "validity bits behind the last row");
	return set + v->nulls == rows ? 0 : bad(c, "null count and validity bitmap differ");
}

/* What values of a type may be; false when all of int64. */
static bool type_range(enum column_type type, int64_t *low, int64_t *high)
{
	switch (type) {
	case COLUMN_TIMESTAMP: *low = TIMESTAMP_MIN, *high = TIMESTAMP_MAX; return true;
	case COLUMN_DECIMAL: *low = 1 - DECIMAL_LIMIT, *high = DECIMAL_LIMIT - 1; return true;
	case COLUMN_INT32: *low = INT32_MIN, *high = INT32_MAX; return true;
	case COLUMN_BOOL: *low = 0, *high = 1; return true;
	default: return false;
	}
}

static int check_fixed(const struct column *c, const struct vector *v, const struct strings *strings,
		       uint32_t rows)
{
	int64_t low = 0, high = (int64_t)strings->n - 1;
	uint64_t most;

	if (v->form == VECTOR_FIXED && !type_range(c->type, &low, &high))
		return 0;
	if (v->nulls == rows)
		return 0;
	most = vector_most(v, rows);
	if (v->base < low || v->base > high || most > (uint64_t)high - (uint64_t)v->base)
		return bad(c, v->form == VECTOR_CODES ? "a code that its dictionary does not have"
						      : "a value beyond its type");
	return 0;
}

static int check_plain(const struct column *c, const struct vector *v, uint64_t bytes_len, uint32_t rows)
{
	uint32_t wrong = v->offsets[0] != 0;

	for (uint32_t i = 0; i < rows; i++)
		wrong |= v->offsets[i + 1] < v->offsets[i];
	if (wrong || v->offsets[rows] > bytes_len)
		return bad(c, "text offsets out of order");
	return 0;
}

static int decode_vector(const uint8_t *payload, size_t len, size_t first, const struct column *c,
			 const struct strings *strings, const struct wire_vector *wire, struct vector *v,
			 uint32_t rows)
{
	const size_t words = ((size_t)rows + 63) / 64 * 8;

	*v = (struct vector){.type = c->type,
			     .form = wire->form,
			     .width = wire->width,
			     .nulls = wire->nulls,
			     .base = wire->base,
			     .strings = strings};
	if (wire->form > VECTOR_PLAIN || (c->type == COLUMN_STRING) != (wire->form != VECTOR_FIXED))
		return bad(c, "a form that its type does not have");
	if (wire->width > 8 || (wire->width & (wire->width - 1)) != 0 ||
	    (wire->form == VECTOR_CODES && wire->width > 4))
		return bad(c, "no such width");
	if (wire->nulls > rows)
		return bad(c, "more nulls than rows");
	if (wire->valid_at != 0) {
		if (!lies_within(len, first, wire->valid_at, words))
			return bad(c, "validity bitmap beyond the payload");
		v->valid = (const uint64_t *)(const void *)(payload + wire->valid_at);
	}
	if (check_valid(c, v, rows) != 0)
		return -1;
	v->values = payload + wire->values_at;
	if (wire->form != VECTOR_PLAIN) {
		if (!lies_within(len, first, wire->values_at, (uint64_t)rows * wire->width))
			return bad(c, "values beyond the payload");
		return check_fixed(c, v, strings, rows);
	}
	if (!lies_within(len, first, wire->values_at, ((uint64_t)rows + 1) * 4) ||
	    !lies_within(len, first, wire->fingerprints_at, (uint64_t)rows * 8) ||
	    !lies_within(len, first, wire->bytes_at, 0))
		return bad(c, "texts beyond the payload");
	v->offsets = v->values;
	v->bytes = (const char *)payload + wire->bytes_at;
	v->fingerprints = (const uint64_t *)(const void *)(payload + wire->fingerprints_at);
	return check_plain(c, v, len - wire->bytes_at, rows);
}

int batch_decode(const uint8_t *payload, size_t len, const struct column *columns, size_t n_columns,
		 const struct strings *dictionaries, struct vector *vectors, uint32_t *rows)
{
	struct wire_batch head;
	struct wire_vector wire;
	const size_t first = sizeof head + n_columns * sizeof wire;

	if (len > BATCH_BYTES_MAX)
		return cause_record(STATUS_INPUT, "broken batch: longer than 16 MiB");
	if (len < sizeof head)
		return cause_record(STATUS_INPUT, "broken batch: cut short");
	memcpy(&head, payload, sizeof head);
	if (head.columns != n_columns)
		return cause_record(STATUS_INPUT, "broken batch: %u columns, not %zu", head.columns,
				    n_columns);
	if (head.rows == 0 || head.rows > BATCH_ROWS_MAX)
		return cause_record(STATUS_INPUT, "broken batch: %u rows", head.rows);
	if (len < first)
		return cause_record(STATUS_INPUT, "broken batch: cut short");
	for (size_t i = 0; i < n_columns; i++) {
		memcpy(&wire, payload + sizeof head + i * sizeof wire, sizeof wire);
		if (decode_vector(payload, len, first, &columns[i], &dictionaries[i], &wire, &vectors[i],
				  head.rows) != 0)
			return -1;
	}
	*rows = head.rows;
	return 0;
}
