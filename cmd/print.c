#include "print.h"

#include "base/decimal.h"
#include "base/timestamp.h"
#include "decode/map.h"
#include "stream/stream.h"
#include "tool.h"

#include <stdlib.h>
#include <string.h>

enum {
	CELL_TEXT = 40,     /* holds any number, time or truth value */
	REJECTS_NAMED = 10, /* of a source; the others are counted */
	RAW_SHOWN = 80,
};

struct print {
	enum rows_format format;
	struct rows rows;
	bool open; /* rows is */
	struct rows_column *columns;
	struct text *cells;
	char (*texts)[CELL_TEXT];
	uint64_t source_rejects;
	uint64_t rejects;
	char source[1024];
};

static void close_rows(struct print *p)
{
	if (p->open)
		rows_close(&p->rows);
	p->open = false;
	free(p->columns);
	free(p->cells);
	free(p->texts);
	p->columns = NULL;
	p->cells = NULL;
	p->texts = NULL;
}

static int open_rows(struct print *p, const struct stream *in)
{
	const size_t n = in->columns.n;

	p->columns = calloc(n + 1, sizeof *p->columns);
	p->cells = calloc(n + 1, sizeof *p->cells);
	p->texts = calloc(n + 1, sizeof *p->texts);
	if (p->columns == NULL || p->cells == NULL || p->texts == NULL)
		return cause_memory();
	for (size_t i = 0; i < n; i++) {
		const enum column_type type = in->columns.items[i].type;

		p->columns[i] = (struct rows_column){in->columns.items[i].name,
						     type != COLUMN_STRING && type != COLUMN_TIMESTAMP};
	}
	if (rows_open(&p->rows, stdout, p->format, p->columns, n) != 0)
		return -1;
	p->open = true;
	return 0;
}

static struct text format_number(enum column_type type, int64_t value, char out[CELL_TEXT])
{
	double number;
	int len;

	switch (type) {
	case COLUMN_TIMESTAMP: len = (int)timestamp_format(value, out); break;
	case COLUMN_DECIMAL: len = (int)decimal_format(value, out); break;
	case COLUMN_BOOL: len = snprintf(out, CELL_TEXT, "%s", value ? "true" : "false"); break;
	case COLUMN_FLOAT64:
		memcpy(&number, &value, sizeof number);
		len = snprintf(out, CELL_TEXT, "%.17g", number);
		break;
	default: len = snprintf(out, CELL_TEXT, "%lld", (long long)value);
	}
	return (struct text){out, (size_t)len};
}

static int print_batch(struct print *p, const struct batch *batch)
{
	for (uint32_t row = 0; row < batch->n; row++) {
		for (uint32_t i = 0; i < batch->n_vectors; i++) {
			const struct vector *v = &batch->vectors[i];

			if (!vector_is_valid(v, row))
				p->cells[i] = (struct text){NULL, 0};
			else if (v->type == COLUMN_STRING)
				p->cells[i] = vector_text(v, row);
			else
				p->cells[i] = format_number(v->type, vector_int(v, row), p->texts[i]);
		}
		if (rows_add(&p->rows, p->cells) != 0)
			return -1;
	}
	return 0;
}

static void name_reject(struct print *p, const struct control_reject *r)
{
	const int shown = (int)(r->raw.len < RAW_SHOWN ? r->raw.len : RAW_SHOWN);
	/* Of other reasons the field is a part. */
	const bool explained = text_equal(r->reason, text_of(MAP_REASON));

	p->rejects++;
	if (++p->source_rejects <= REJECTS_NAMED)
		tool_warn("%s:%llu:%llu: %.*s: %.*s%s%.*s%s", p->source, (unsigned long long)r->line,
			  (unsigned long long)r->column, (int)r->reason.len, r->reason.data,
			  explained ? (int)r->field.len : 0, r->field.data, explained ? ": " : "", shown,
			  r->raw.data, r->raw.len > RAW_SHOWN ? "..." : "");
}

static int print_item(struct print *p, struct stream *in)
{
	switch (in->type) {
	case FRAME_HEADER: return open_rows(p, in);
	case FRAME_SOURCE:
		p->source_rejects = 0;
		snprintf(p->source, sizeof p->source, "%.*s", (int)in->source.path.len, in->source.path.data);
		return 0;
	case FRAME_REJECT: name_reject(p, &in->reject); return 0;
	case FRAME_SOURCE_END:
		if (p->source_rejects > REJECTS_NAMED)
			tool_warn("%s: %llu more bad lines", p->source,
				  (unsigned long long)(p->source_rejects - REJECTS_NAMED));
		return 0;
	case FRAME_BATCH:
		if (stream_decode(in) != 0)
			return -1;
		return print_batch(p, &in->batch);
	case FRAME_TRAILER:
		if (rows_end(&p->rows) != 0)
			return -1;
		close_rows(p);
		return 0;
	default: return 0;
	}
}

int print_streams(int fd, const char *name, enum rows_format format)
{
	struct print p = {.format = format};
	struct stream in;
	int more;

	if (stream_open(&in, fd, name) != 0)
		return -1;
	while ((more = stream_next(&in)) > 0) {
		if (print_item(&p, &in) != 0) {
			more = -1;
			break;
		}
	}
	if (more == 0 && p.rejects > 0)
		more = cause_record(STATUS_REFUSED, "%llu bad lines are not among the rows",
				    (unsigned long long)p.rejects);
	/* What was read before an error is shown: whoever looks wants to see how far it went. */
	if (p.open && rows_end(&p.rows) != 0)
		more = -1;
	close_rows(&p);
	stream_close(&in);
	return more;
}
