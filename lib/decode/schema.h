/*
 * schema -- the rules for an event, compiled from a JSON Schema (2020-12, the subset that evlake(7) states).
 *
 * Immutable once compiled; equal texts give equal verdicts. Any keyword outside the subset, and whatever says
 * nothing about the column it stands at, is refused by name with STATUS_USAGE, FILE:LINE and JSON pointer.
 */
#ifndef EV_SCHEMA_H
#define EV_SCHEMA_H

#include "column/column.h"
#include "column/dictionary.h"
#include "decode/shape.h"

struct schema_field {
	struct column *column; /* in schema->columns; nullable unless required */
	bool required;
	bool null_allowed; /* null is in its type, and means absent */
	bool is_whole;     /* type integer */
	bool is_epoch;     /* x-format: a number counts from 1970-01-01T00:00:00Z */
	bool is_lenient;   /* x-lenient: a number may stand in a string */
	unsigned scale;    /* a number that is read exactly is kept times 10^scale */
	bool has_minimum, has_maximum;
	bool exclusive_minimum, exclusive_maximum;
	/* Bounds in the column's own units: integers as they are, decimals in millionths, timestamps in
	 * microseconds, float64 as a double. */
	int64_t minimum, maximum;
	double minimum_float, maximum_float;
	uint64_t min_length, max_length; /* code points; 0 and UINT64_MAX when not given */
	struct dictionary allowed;       /* enum; empty when not given */
	struct dictionary known;         /* x-known */
	bool has_allowed, has_known;
};

struct schema {
	struct columns columns;      /* in schema order */
	struct schema_field *fields; /* one for each column */
	size_t n;
	struct shape shape; /* where in a line they stand */
	/* For revenue: column numbers, or -1 where the schema has none of that name with the type it takes.
	 */
	int event_type, quantity, price, timestamp;
};

/* text is the schema; name is for messages. NULL on error. */
struct schema *schema_compile(const char *text, size_t len, const char *name) MUST_CHECK;
/* What is at path, appended to text. */
int schema_read_text(const char *path, struct buffer *text) MUST_CHECK;
struct schema *schema_read(const char *path) MUST_CHECK;
void schema_free(struct schema *s);

#endif
