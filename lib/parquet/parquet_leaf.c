#include "parquet/parquet_leaf.h"

#include "base/decimal.h"
#include "base/timestamp.h"

#include <assert.h>
#include <string.h>

enum { INT96_LEN = 12, JULIAN_EPOCH = 2440588, PLACES_MAX = 18 };

static const char too_fine_time[] =
    "a time that is finer than a microsecond, or outside of the years 1 to 9999";

static int64_t power_of_ten(int n)
{
	int64_t power = 1;

	while (n-- > 0)
		power *= 10;
	return power;
}

static void set_timestamp(struct parquet_leaf *leaf, int unit)
{
	leaf->type = COLUMN_TIMESTAMP;
	leaf->multiply = unit == PARQUET_MILLIS ? 1000 : 1;
	leaf->divide = unit == PARQUET_NANOS ? 1000 : 1;
	leaf->min = TIMESTAMP_MIN;
	leaf->max = TIMESTAMP_MAX;
	leaf->beyond = too_fine_time;
	if (unit < PARQUET_MILLIS || unit > PARQUET_NANOS)
		leaf->refused = "a timestamp of an unknown unit";
}

static void set_decimal(struct parquet_leaf *leaf, int32_t scale)
{
	leaf->type = COLUMN_DECIMAL;
	leaf->min = -DECIMAL_LIMIT + 1;
	leaf->max = DECIMAL_LIMIT - 1;
	leaf->beyond = "a decimal that is not exact in DECIMAL(18,6)";
	if (scale < 0 || scale > DECIMAL_SCALE + PLACES_MAX)
		leaf->refused = "a decimal of that scale is not read";
	else if (scale <= DECIMAL_SCALE)
		leaf->multiply = power_of_ten(DECIMAL_SCALE - scale);
	else
		leaf->divide = power_of_ten(scale - DECIMAL_SCALE);
}

static void set_date(struct parquet_leaf *leaf)
{
	leaf->type = COLUMN_STRING;
	leaf->is_date = true;
	leaf->min = TIMESTAMP_MIN / TIMESTAMP_DAY;
	leaf->max = TIMESTAMP_MAX / TIMESTAMP_DAY;
	leaf->beyond = "a date outside of the years 1 to 9999";
}

static void set_integer(struct parquet_leaf *leaf, int bits, bool is_signed)
{
	if (leaf->physical == PARQUET_INT64) {
		leaf->type = COLUMN_INT64;
		if (!is_signed) {
			leaf->min = 0;
			leaf->beyond = "an unsigned integer beyond 63 bits";
		}
		return;
	}
	leaf->type = !is_signed && bits == 32 ? COLUMN_INT64 : COLUMN_INT32;
	if (!is_signed) {
		leaf->is_unsigned32 = true;
		leaf->max = leaf->type == COLUMN_INT32 ? INT32_MAX : UINT32_MAX;
		leaf->beyond = "an integer beyond its width";
	}
}

/* What ConvertedType says, in the words of LogicalType; the new one wins where both are. */
static struct parquet_element modern(struct parquet_element e)
{
	if (e.logical != 0 || e.converted < 0)
		return e;
	switch (e.converted) {
	case PARQUET_UTF8: e.logical = PARQUET_STRING; break;
	case PARQUET_CONVERTED_ENUM: e.logical = PARQUET_ENUM; break;
	case PARQUET_CONVERTED_DECIMAL: e.logical = PARQUET_DECIMAL; break;
	case PARQUET_CONVERTED_DATE: e.logical = PARQUET_DATE; break;
	case PARQUET_TIME_MILLIS:
	case PARQUET_TIME_MICROS: e.logical = PARQUET_TIME; break;
	case PARQUET_TIMESTAMP_MILLIS:
	case PARQUET_TIMESTAMP_MICROS:
		e.logical = PARQUET_TIMESTAMP;
		e.unit = e.converted == PARQUET_TIMESTAMP_MILLIS ? PARQUET_MILLIS : PARQUET_MICROS;
		break;
	case PARQUET_CONVERTED_JSON: e.logical = PARQUET_JSON; break;
	case PARQUET_CONVERTED_BSON: e.logical = PARQUET_BSON; break;
	default: break;
	}
	if (e.converted >= PARQUET_UINT_8 && e.converted <= PARQUET_INT_64) {
		e.logical = PARQUET_INTEGER;
		e.is_signed = e.converted >= PARQUET_INT_8;
		e.bits = 8 << (e.converted - (e.is_signed ? PARQUET_INT_8 : PARQUET_UINT_8));
	}
	return e;
}

static void set_number(struct parquet_leaf *leaf, const struct parquet_element *e)
{
	const bool wide = e->physical == PARQUET_INT64;

	switch (e->logical) {
	case PARQUET_DECIMAL: set_decimal(leaf, e->scale); break;
	case PARQUET_DATE:
		set_date(leaf);
		leaf->refused = wide ? "a date that is not 32 bits wide" : NULL;
		break;
	case PARQUET_TIMESTAMP:
		set_timestamp(leaf, e->unit);
		leaf->refused = wide ? leaf->refused : "a timestamp that is not 64 bits wide";
		break;
	case PARQUET_TIME: leaf->refused = "a time of day is not read"; break;
	case PARQUET_INTEGER: set_integer(leaf, e->bits, e->is_signed); break;
	default: set_integer(leaf, wide ? 64 : 32, true); break;
	}
}

static void set_bytes(struct parquet_leaf *leaf, const struct parquet_element *e)
{
	switch (e->logical) {
	case PARQUET_DECIMAL:
		set_decimal(leaf, e->scale);
		if (e->physical == PARQUET_FIXED && (e->length <= 0 || e->length > UINT16_MAX))
			leaf->refused = "a decimal of no length";
		return;
	case PARQUET_BSON:
	case PARQUET_UUID:
	case PARQUET_FLOAT16: break;
	default:
		if (e->physical == PARQUET_BYTE_ARRAY && e->logical < PARQUET_VARIANT) {
			leaf->type = COLUMN_STRING;
			return;
		}
	}
	leaf->refused = "binary values that are no text are not read";
}

void parquet_leaf_set(struct parquet_leaf *leaf, const struct parquet_element *element)
{
	const struct parquet_element e = modern(*element);

	leaf->physical = e.physical;
	leaf->nullable = e.repetition != PARQUET_REQUIRED;
	leaf->length = e.length > 0 ? (uint32_t)e.length : 0;
	leaf->type = COLUMN_INT64;
	leaf->multiply = leaf->divide = 1;
	leaf->min = INT64_MIN;
	leaf->max = INT64_MAX;
	leaf->beyond = "";
	leaf->refused = NULL;
	switch (e.physical) {
	case PARQUET_BOOLEAN: leaf->type = COLUMN_BOOL; break;
	case PARQUET_INT32:
	case PARQUET_INT64: set_number(leaf, &e); break;
	case PARQUET_INT96: set_timestamp(leaf, PARQUET_MICROS); break;
	case PARQUET_FLOAT:
	case PARQUET_DOUBLE: leaf->type = COLUMN_FLOAT64; break;
	case PARQUET_BYTE_ARRAY:
	case PARQUET_FIXED: set_bytes(leaf, &e); break;
	}
	if (leaf->nested || e.repetition == PARQUET_REPEATED)
		leaf->refused = "nested and repeated columns are not read";
}

static int64_t bits_of(double value)
{
	int64_t bits;

	memcpy(&bits, &value, sizeof bits);
	return bits;
}

/* Nanoseconds of the day, and the Julian day: microseconds. */
static bool from_int96(const uint8_t *p, int64_t *out)
{
	int64_t nanos, day_us;
	int32_t day;

	memcpy(&nanos, p, sizeof nanos);
	memcpy(&day, p + sizeof nanos, sizeof day);
	return nanos % 1000 == 0 &&
	       !__builtin_mul_overflow((int64_t)day - JULIAN_EPOCH, TIMESTAMP_DAY, &day_us) &&
	       !__builtin_add_overflow(day_us, nanos / 1000, out);
}

/* Two's complement, the most significant byte first. False when it has more than 64 bits. */
static bool from_big_endian(const uint8_t *p, size_t len, int64_t *out)
{
	const uint8_t sign = len > 0 && p[0] & 0x80 ? 0xff : 0;
	uint64_t value = sign != 0 ? UINT64_MAX : 0;

	for (; len > sizeof value; p++, len--) {
		if (*p != sign)
			return false;
	}
	for (size_t i = 0; i < len; i++)
		value = value << 8 | p[i];
	*out = (int64_t)value;
	return len < sizeof value || (p[0] & 0x80) == (sign & 0x80);
}

/* Decimals of any length: FIXED, or each with its length before it. */
static ptrdiff_t plain_decimals(const struct parquet_leaf *leaf, const uint8_t *data, size_t len, size_t n,
				int64_t *out, const char **why)
{
	const uint8_t *p = data, *end = data + len;

	for (size_t i = 0; i < n; i++) {
		uint32_t bytes = leaf->length;

		*why = "values that are cut short";
		if (leaf->physical == PARQUET_BYTE_ARRAY) {
			if ((size_t)(end - p) < sizeof bytes)
				return -1;
			memcpy(&bytes, p, sizeof bytes);
			p += sizeof bytes;
		}
		if (bytes > (size_t)(end - p))
			return -1;
		*why = leaf->beyond;
		if (!from_big_endian(p, bytes, &out[i]))
			return -1;
		p += bytes;
	}
	return p - data;
}

ptrdiff_t parquet_leaf_plain(const struct parquet_leaf *leaf, const uint8_t *data, size_t len, size_t n,
			     int64_t *out, const char **why)
{
	static const uint8_t widths[] = {0, 4, 8, INT96_LEN, 4, 8, 0, 0};
	const size_t width = widths[leaf->physical];

	assert(leaf->physical != PARQUET_BOOLEAN);
	if (width == 0)
		return plain_decimals(leaf, data, len, n, out, why);
	if (n > len / width) {
		*why = "values that are cut short";
		return -1;
	}
	switch (leaf->physical) {
	case PARQUET_INT32:
		for (size_t i = 0; i < n; i++) {
			int32_t value;

			memcpy(&value, data + i * sizeof value, sizeof value);
			out[i] = value;
		}
		break;
	case PARQUET_FLOAT:
		for (size_t i = 0; i < n; i++) {
			float value;

			memcpy(&value, data + i * sizeof value, sizeof value);
			out[i] = bits_of(value);
		}
		break;
	case PARQUET_INT96:
		*why = leaf->beyond;
		for (size_t i = 0; i < n; i++) {
			if (!from_int96(data + i * INT96_LEN, &out[i]))
				return -1;
		}
		break;
	default:
		if (n > 0)
			memcpy(out, data, n * width);
		break;
	}
	return (ptrdiff_t)(n * width);
}

/* 0, or not: whether a value does not divide. */
static uint64_t divide_all(int64_t *values, size_t n, int64_t divide)
{
	uint64_t rest = 0;

	for (size_t i = 0; i < n; i++) {
		rest |= (uint64_t)(values[i] % divide);
		values[i] /= divide;
	}
	return rest;
}

int parquet_leaf_convert(const struct parquet_leaf *leaf, int64_t *values, size_t n, const char **why)
{
	const int64_t low = leaf->min / leaf->multiply, high = leaf->max / leaf->multiply;
	uint64_t wrong = 0;

	if (leaf->is_unsigned32) {
		for (size_t i = 0; i < n; i++)
			values[i] &= UINT32_MAX;
	}
	if (leaf->divide > 1)
		wrong = divide_all(values, n, leaf->divide);
	if (low > INT64_MIN || high < INT64_MAX) {
		for (size_t i = 0; i < n; i++)
			wrong |= (uint64_t)(values[i] < low) | (uint64_t)(values[i] > high);
	}
	*why = leaf->beyond;
	if (wrong != 0)
		return -1;
	if (leaf->multiply > 1) {
		for (size_t i = 0; i < n; i++)
			values[i] *= leaf->multiply;
	}
	return 0;
}
