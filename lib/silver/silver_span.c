#include "silver/silver_span.h"

#include "parquet/parquet_read.h"

#include <fcntl.h>
#include <unistd.h>

/* Bounds that a row group lacks are none for the file. */
static int find_bounds(const struct parquet_reader *r, const char *name, int64_t *first, int64_t *last)
{
	const struct columns *columns = parquet_columns(r);
	const int timestamp = columns_find(columns, "timestamp");

	if (timestamp < 0 || columns->items[timestamp].type != COLUMN_TIMESTAMP)
		return cause_record(STATUS_INPUT, "%s: no file of Silver: it has no timestamps", name);
	for (size_t i = 0; i < parquet_groups(r); i++) {
		struct parquet_said said;

		parquet_said(r, i, (size_t)timestamp, &said);
		if (!said.has_bounds || said.min < TIMESTAMP_MIN || said.max > TIMESTAMP_MAX)
			return cause_record(STATUS_INPUT, "%s: row group %zu: no bounds of the timestamps",
					    name, i);
		*first = said.min < *first ? said.min : *first;
		*last = said.max > *last ? said.max : *last;
	}
	return 0;
}

static int read_footer(struct silver_span *span, int fd, const char *name)
{
	struct parquet_reader *r = parquet_open(fd, name);
	int64_t first = TIMESTAMP_MAX, last = TIMESTAMP_MIN;
	int result = -1;

	if (r != NULL && parquet_select(r, NULL, 0) == 0 && find_bounds(r, name, &first, &last) == 0 &&
	    columns_copy(&span->columns, parquet_columns(r)) == 0)
		result = 0;
	if (result == 0 && first <= last) {
		timestamp_format(first, span->first);
		timestamp_format(last, span->last);
	}
	parquet_close(r);
	return result;
}

int silver_span_read(struct silver_span *span, const struct lake *lake, const char *within)
{
	const int fd = openat(lake->fd, within, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	int result;

	silver_span_free(span);
	if (fd < 0)
		return cause_system("%s/%s", lake->path, within);
	result = read_footer(span, fd, within);
	close(fd);
	return result;
}

void silver_span_free(struct silver_span *span)
{
	columns_free(&span->columns);
	*span = (struct silver_span){0};
}
