/*
 * parquet_bounds -- what the statistics of a column chunk say: nulls, minimum, maximum.
 *
 * Source: apache/parquet-format, parquet.thrift, Statistics and ColumnOrder. Texts are compared byte for byte
 * and bounds of more than 64 bytes are cut: a minimum to a prefix, a maximum to a prefix with its last
 * character replaced by the next one, both valid UTF-8. Doubles: no bounds at all where a NaN is among the
 * values, and a zero is -0.0 as minimum and +0.0 as maximum.
 */
#ifndef EV_PARQUET_BOUNDS_H
#define EV_PARQUET_BOUNDS_H

#include "column/column.h"
#include "parquet/thrift.h"

enum { PARQUET_BOUND_LEN = 64 };

/* The first bytes of a text, and whether it has more. */
struct parquet_text_bound {
	uint64_t prefix; /* the first 8 bytes as a big-endian number: most comparisons end here */
	uint32_t len;
	bool cut;
	uint8_t bytes[PARQUET_BOUND_LEN];
};

/* {0} is no values. */
struct parquet_bounds {
	bool any; /* there are values */
	bool nan;
	int64_t min, max; /* all numbers but doubles */
	double min_double, max_double;
	struct parquet_text_bound min_text, max_text;
};

void parquet_bounds_numbers(struct parquet_bounds *b, const int64_t *values, size_t n);
void parquet_bounds_doubles(struct parquet_bounds *b, const int64_t *bits, size_t n);
void parquet_bounds_text(struct parquet_bounds *b, const void *data, size_t len);
/* The Statistics as field id. */
void parquet_bounds_write(const struct parquet_bounds *b, enum column_type type, uint64_t nulls,
			  struct thrift_writer *w, int16_t id);

#endif
