#include "query/scan_parts.h"

#include <inttypes.h>
#include <stdlib.h>

struct view *scan_view(struct scan *s)
{
	return &s->view;
}

uint64_t scan_first(const struct scan *s)
{
	return s->first;
}

uint64_t scan_rows(const struct scan *s)
{
	return s->silver != NULL ? scan_silver_rows(s) : scan_stream_rows(s);
}

struct vector scan_nothing(const struct scan *s, size_t column, uint32_t n)
{
	const enum column_type type = s->columns->items[column].type;

	return (struct vector){.type = type,
			       .form = type == COLUMN_STRING ? VECTOR_CODES : VECTOR_FIXED,
			       .nulls = n,
			       .valid = s->no_valid,
			       .strings = &s->no_texts};
}

int scan_want(const struct scan *s, uint64_t bytes)
{
	struct usage *usage = &s->is.relation->query->usage;

	usage->wanted += bytes;
	if (usage->limit == 0 || usage->wanted <= usage->limit)
		return 0;
	return cause_record(
	    STATUS_REFUSED,
	    "it would read %" PRIu64 " bytes of %s, of %" PRIu64 " there are; the limit is %" PRIu64,
	    usage->wanted, relation_name(s->is.relation->kind), usage->bytes_all, usage->limit);
}

int scan_next(struct scan *s)
{
	uint32_t n;
	const int more = s->silver != NULL ? scan_silver_next(s, &n) : scan_stream_next(s, &n);

	if (more <= 0)
		return more;
	s->batch = (struct batch){n, (uint32_t)s->columns->n, s->vectors};
	return view_set(&s->view, &s->batch) == 0 ? 1 : -1;
}

static int make_room(struct scan *s)
{
	s->vectors = calloc(s->columns->n, sizeof *s->vectors);
	s->no_valid = calloc(BATCH_ROWS_MAX / 64, sizeof *s->no_valid);
	if (s->vectors == NULL || s->no_valid == NULL)
		return cause_memory();
	return strings_add(&s->no_texts, "", 0) != 0 ? -1 : view_open(&s->view, s->columns);
}

struct scan *scan_open(const struct scan_options *options)
{
	struct scan *s = calloc(1, sizeof *s);
	const bool is_silver = options->relation->kind == RELATION_SILVER && options->relation->fd < 0;

	if (s == NULL) {
		cause_memory();
		return NULL;
	}
	s->is = *options;
	s->columns = &options->relation->columns;
	if (make_room(s) == 0 && (is_silver ? scan_silver_open(s) : scan_stream_open(s)) == 0)
		return s;
	scan_close(s);
	return NULL;
}

void scan_close(struct scan *s)
{
	if (s == NULL)
		return;
	scan_silver_close(s);
	scan_stream_close(s);
	view_close(&s->view);
	strings_free(&s->no_texts);
	free(s->vectors);
	free(s->no_valid);
	free(s);
}
