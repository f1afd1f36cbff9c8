/*
 * parquet_leaf -- a column of a Parquet file, and how what is stored in it becomes a value of ours.
 *
 * Source: apache/parquet-format, LogicalTypes.md.
 *
 *   BOOLEAN                                    bool
 *   INT32, INT64 of any width                  int32 or int64, whichever holds all of them
 *   INT32, INT64, FIXED, BYTE_ARRAY decimal    decimal: rescaled to six places when that is exact
 *   INT64 timestamp, millis, micros or nanos   timestamp; nanoseconds only when they are whole microseconds
 *   INT96                                      timestamp, likewise
 *   INT32 date                                 string, YYYY-MM-DD
 *   FLOAT, DOUBLE                              float64
 *   BYTE_ARRAY                                 string, which must be UTF-8
 *
 * Anything else is refused: `refused` says why, in words that follow the column's name. A timestamp without a
 * zone is taken as UTC.
 */
#ifndef EV_PARQUET_LEAF_H
#define EV_PARQUET_LEAF_H

#include "column/column.h"
#include "column/dictionary.h"
#include "parquet/parquet_format.h"

/* What the schema says of a column. */
struct parquet_element {
	enum parquet_type physical;
	enum parquet_repetition repetition;
	int converted; /* enum parquet_converted, or -1 */
	int logical;   /* enum parquet_logical, or 0 */
	int unit;      /* TIMESTAMP: enum parquet_time_unit */
	int bits;      /* INTEGER */
	bool is_signed;
	int32_t scale;  /* DECIMAL */
	int32_t length; /* FIXED */
};

struct parquet_leaf {
	char *name; /* the names on the way to it, with points between them */
	bool nested;
	enum parquet_type physical;
	bool nullable;
	uint32_t length;     /* FIXED: bytes */
	const char *refused; /* NULL when it can be read */
	enum column_type type;
	bool is_date;
	bool is_unsigned32;
	/* A stored number times multiply, or divided by divide, must lie from min to max. */
	int64_t multiply, divide, min, max;
	const char *beyond; /* what to say of one that does not */
};

/* Sets everything but name and nested. */
void parquet_leaf_set(struct parquet_leaf *leaf, const struct parquet_element *element);

/*
 * The first n PLAIN values of a column that is neither text nor BOOLEAN, as they are stored: integers, the
 * bits of a double. Timestamps of INT96 are microseconds already. Returns the bytes they take, or -1 and
 * *why.
 */
ptrdiff_t parquet_leaf_plain(const struct parquet_leaf *leaf, const uint8_t *data, size_t len, size_t n,
			     int64_t *out, const char **why) MUST_CHECK;
/* Stored numbers to ours, in place; a date is still a number of days. -1 and *why when one does not fit. */
int parquet_leaf_convert(const struct parquet_leaf *leaf, int64_t *values, size_t n,
			 const char **why) MUST_CHECK;

#endif
