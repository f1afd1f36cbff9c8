/*
 * silver_span -- what a file of Silver says of itself: its columns, and from when to when its events are.
 *
 * Only the footer is read. Errors: those of the Parquet reader; STATUS_INPUT when it has no timestamps.
 */
#ifndef EV_SILVER_SPAN_H
#define EV_SILVER_SPAN_H

#include "lake/lake.h"

#include "base/timestamp.h"
#include "column/column.h"

/* {0} is nothing yet, and may be freed. */
struct silver_span {
	struct columns columns; /* in the order of the file; the date is in the name of its folder */
	char first[TIMESTAMP_TEXT], last[TIMESTAMP_TEXT]; /* as timestamp_format gives it; "" of no events */
};

/* Instead of what *span holds. */
int silver_span_read(struct silver_span *span, const struct lake *lake, const char *within) MUST_CHECK;
void silver_span_free(struct silver_span *span);

#endif
