/*
 * Rows of a stream: of one that was given, or of the files of Bronze, made into one.
 *
 * Events get what Silver adds. Rejected lines are rows too, with nothing but a source, a line and a reason,
 * for a query that looks at the reason.
 */
#include "query/scan_parts.h"

#include "gold/predicate_bounds.h"
#include "lake/bronze.h"
#include "query/feed.h"
#include "silver/silver.h"
#include "source/bundle.h"
#include "stream/shard.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { EVENT_BYTES = 20 }; /* that a line takes in a file, about */

#define REJECTED ((uint64_t)1 << 31) /* in the number of a row */

struct scan_stream {
	struct feed feed;
	uint32_t *numbers;        /* of its files, among all of Bronze */
	uint64_t bytes;           /* of all of them */
	uint32_t at;              /* the file at hand */
	uint32_t rows, n_rejects; /* of it, given so far */
	int fd;                   /* of a stream that was given */
	bool open, ended;
	struct stream in;
	struct silver silver; /* of events */
	bool has_silver, has_added;
	struct builder rejects; /* of all columns */
	bool wants_rejects;
	bool gives_rejects; /* those are the last batch */
};

/* --- the files of Bronze ---------------------------------------------------------------------------------
 */

/* All that is known of a file is what its sources are called: as it is, or, in an archive, with something
 * behind that. */
struct called {
	size_t column;
	struct text path, last;
};

static void bounds_of_file(const void *context, size_t column, struct predicate_bounds *b)
{
	const struct called *c = context;

	if (column != c->column)
		return;
	*b = (struct predicate_bounds){
	    .has_bounds = true, .no_nulls = true, .min_text = c->path, .max_text = c->last};
}

static bool is_wanted(const struct scan *s, struct text path, struct buffer *last)
{
	const int source = columns_find(s->columns, silver_added_name(SILVER_SOURCE));
	struct called c = {(size_t)source, path, path};

	buffer_clear(last);
	if (buffer_printf(last, "%.*s%c\xff", (int)path.len, path.data, BUNDLE_MARK) == 0)
		c.last = (struct text){(const char *)last->data, last->len};
	return predicates_possible(s->is.predicates, s->is.condition, bounds_of_file, &c);
}

/* This part's share of the files. */
static int choose_files(struct scan *s, const struct bronze *b, const uint32_t *parts)
{
	struct scan_stream *own = s->stream;
	struct usage *usage = &s->is.relation->query->usage;
	struct buffer last = {0};
	int result = 0;

	for (size_t i = 0; i < b->n && result == 0; i++) {
		const struct bronze_file *file = &b->files[i];

		if (file->ignored != NULL)
			continue;
		if (!s->is.relation->counted) {
			usage->files_all++;
			usage->bytes_all += file->size;
		}
		if (parts[i] != s->is.part + 1 || !is_wanted(s, file->path, &last))
			continue;
		own->numbers[own->feed.paths.n] = (uint32_t)i;
		own->bytes += file->size;
		result = strings_add(&own->feed.paths, file->path.data, file->path.len);
	}
	s->is.relation->counted = s->is.relation->counted || result == 0;
	buffer_free(&last);
	return result;
}

static int list_files(struct scan *s)
{
	const struct bronze_options options = {.rounds = 1};
	struct bronze b = {0};
	uint64_t *sizes = NULL;
	uint32_t *parts = NULL;
	int result = -1;

	if (bronze_list(&b, &s->is.relation->lake, &options) != 0)
		goto out;
	sizes = calloc(b.n + 1, sizeof *sizes);
	parts = calloc(b.n + 1, sizeof *parts);
	s->stream->numbers = calloc(b.n + 1, sizeof *s->stream->numbers);
	if (sizes == NULL || parts == NULL || s->stream->numbers == NULL) {
		cause_memory();
		goto out;
	}
	for (size_t i = 0; i < b.n; i++)
		sizes[i] = b.files[i].ignored == NULL ? b.files[i].size : 0;
	if (shard_assign(sizes, b.n, s->is.parts > 1 ? s->is.parts : 1, parts) == 0)
		result = choose_files(s, &b, parts);
out:
	free(sizes);
	free(parts);
	bronze_free(&b);
	return result;
}

static int open_bronze(struct scan *s)
{
	struct scan_stream *own = s->stream;

	own->feed.lake = &s->is.relation->lake;
	own->feed.schema = s->is.relation->schema;
	return list_files(s) != 0 || scan_want(s, own->bytes) != 0 ? -1 : 0;
}

/* --- a stream --------------------------------------------------------------------------------------------
 */

/* The same bytes once more, wherever others have read to. */
static int reopen(const struct relation *r)
{
	char path[64];
	int fd;

	snprintf(path, sizeof path, "/proc/self/fd/%d", r->fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd >= 0 ? fd : cause_system("%s", path);
}

/* Begun with the first rows that are asked for: who asks for none starts no process. */
static int begin(struct scan *s)
{
	struct scan_stream *own = s->stream;
	struct usage *usage = &s->is.relation->query->usage;
	int fd;

	if (s->is.relation->fd < 0 && own->feed.paths.n == 0) {
		own->ended = true;
		return 0;
	}
	if (s->is.relation->fd >= 0) {
		fd = own->fd = reopen(s->is.relation);
	} else {
		fd = feed_start(&own->feed) == 0 ? own->feed.fd : -1;
		usage->files += own->feed.paths.n;
		usage->bytes += own->bytes;
	}
	if (fd < 0 || stream_open(&own->in, fd, s->is.relation->fd >= 0 ? "stdin" : "bronze") != 0)
		return -1;
	own->open = true;
	return 0;
}

static bool are_first(const struct columns *first, const struct columns *all)
{
	for (size_t i = 0; i < first->n; i++) {
		if (i >= all->n || first->items[i].type != all->items[i].type ||
		    strcmp(first->items[i].name, all->items[i].name) != 0)
			return false;
	}
	return true;
}

static int take_header(struct scan *s)
{
	struct scan_stream *own = s->stream;
	const bool events = s->is.relation->kind == RELATION_BRONZE;

	if (stream_accept(&own->in, 1U << (events ? STREAM_EVENTS : STREAM_SILVER)) != 0)
		return -1;
	if (!are_first(&own->in.columns, s->columns) || (!events && own->in.columns.n != s->columns->n))
		return cause_record(STATUS_INPUT,
				    "stdin: a stream whose columns are not those of the one before");
	for (size_t i = 0; i < own->in.columns.n; i++) {
		if (view_reset(&s->view, i) != 0)
			return -1;
	}
	if (own->has_silver)
		silver_close(&own->silver);
	own->has_silver = events;
	return events ? silver_open(&own->silver, &own->in.columns) : 0;
}

/* The file that a source is of: they come in their order. */
static void take_source(struct scan *s)
{
	struct scan_stream *own = s->stream;
	const struct text path = own->in.source.path;

	for (uint32_t i = own->at; i < own->feed.paths.n; i++) {
		const struct text file = strings_get(&own->feed.paths, i);

		if (path.len < file.len || memcmp(path.data, file.data, file.len) != 0 ||
		    (path.len > file.len && path.data[file.len] != BUNDLE_MARK))
			continue;
		if (i != own->at)
			own->rows = own->n_rejects = 0;
		own->at = i;
		return;
	}
}

static int take_reset(struct scan *s)
{
	struct scan_stream *own = s->stream;

	if (own->has_silver)
		silver_strings_reset(&own->silver, own->in.column);
	return view_reset(&s->view, own->in.column);
}

/* --- rows ------------------------------------------------------------------------------------------------
 */

static uint64_t number_of(const struct scan_stream *own)
{
	return own->numbers != NULL ? (uint64_t)own->numbers[own->at] << 32 : 0;
}

static int give_batch(struct scan *s, uint32_t *n)
{
	struct scan_stream *own = s->stream;
	const size_t n_given = own->has_silver ? own->silver.columns.n : own->in.columns.n;

	if (stream_decode(&own->in) != 0 || (own->has_silver && silver_extend(&own->silver, &own->in) != 0))
		return -1;
	own->has_added = own->has_silver;
	*n = own->in.batch.n;
	memcpy(s->vectors, own->has_silver ? own->silver.vectors : own->in.batch.vectors,
	       n_given * sizeof *s->vectors);
	for (size_t i = n_given; i < s->columns->n; i++)
		s->vectors[i] = scan_nothing(s, i, *n);
	s->first = number_of(own) + own->rows;
	own->rows += *n;
	return 1;
}

static int add_text(struct scan_stream *own, size_t column, struct text text)
{
	return builder_add_text(&own->rejects, &own->rejects.columns[column], text.data, text.len);
}

static int keep_reject(struct scan *s)
{
	struct scan_stream *own = s->stream;
	const size_t reason = s->columns->n - 1, source = reason - 1;
	const int line = columns_find(s->columns, "line");

	builder_add_int(&own->rejects.columns[line], (int64_t)own->in.reject.line);
	return add_text(own, source, own->in.source.path) != 0 ? -1
							       : add_text(own, reason, own->in.reject.reason);
}

static int give_rejects(struct scan *s, uint32_t *n)
{
	struct scan_stream *own = s->stream;
	const size_t reason = s->columns->n - 1, source = reason - 1;
	const size_t line = (size_t)columns_find(s->columns, "line");

	*n = own->rejects.columns[reason].n;
	for (size_t i = 0; i < s->columns->n; i++) {
		if (i == reason || i == source || i == line)
			builder_view(&own->rejects.columns[i], &s->vectors[i]);
		else
			s->vectors[i] = scan_nothing(s, i, *n);
	}
	s->first = number_of(own) + REJECTED + own->n_rejects;
	own->n_rejects += *n;
	own->gives_rejects = true;
	return 1;
}

/* What the last batch was made of. */
static int clear_builder(struct scan *s, struct builder *b, size_t first_column)
{
	builder_clear(b);
	for (size_t i = 0; i < b->n_columns; i++) {
		if (b->columns[i].type == COLUMN_STRING && builder_reset_strings(b, i) &&
		    view_reset(&s->view, first_column + i) != 0)
			return -1;
	}
	return 0;
}

static int clear(struct scan *s)
{
	struct scan_stream *own = s->stream;

	if (own->has_added && clear_builder(s, &own->silver.added, own->silver.n_events) != 0)
		return -1;
	own->has_added = false;
	if (own->gives_rejects && clear_builder(s, &own->rejects, 0) != 0)
		return -1;
	own->gives_rejects = false;
	return 0;
}

static uint32_t rejects_held(const struct scan *s)
{
	return s->stream->wants_rejects ? s->stream->rejects.columns[s->columns->n - 1].n : 0;
}

/* What an item of the stream gives: 1, 0 when that is nothing, -1. */
static int take_item(struct scan *s, uint32_t *n)
{
	struct scan_stream *own = s->stream;

	switch (own->in.type) {
	case FRAME_HEADER: return take_header(s);
	case FRAME_SOURCE: take_source(s); return 0;
	case FRAME_RESET: return take_reset(s);
	case FRAME_BATCH: return give_batch(s, n);
	case FRAME_SOURCE_END: return rejects_held(s) > 0 ? give_rejects(s, n) : 0;
	case FRAME_REJECT:
		if (!own->wants_rejects)
			return 0;
		if (keep_reject(s) != 0)
			return -1;
		return rejects_held(s) == BATCH_ROWS ? give_rejects(s, n) : 0;
	default: return 0;
	}
}

/* What the process of Bronze says is told by this one. */
static int fail(const struct scan_stream *own)
{
	const enum status status = cause_status();
	char message[2048];

	if (own->fd >= 0 || cause_upstream_tool() == NULL)
		return -1;
	snprintf(message, sizeof message, "%s", cause_message());
	cause_clear();
	return cause_record(status, "%s", message);
}

int scan_stream_next(struct scan *s, uint32_t *n)
{
	struct scan_stream *own = s->stream;
	int given = clear(s);

	if (given == 0 && !own->open && !own->ended)
		given = begin(s);
	while (given == 0 && !own->ended) {
		const int more = stream_next(&own->in);

		if (more < 0)
			return fail(own);
		own->ended = more == 0;
		given = more > 0 ? take_item(s, n) : 0;
	}
	return given;
}

uint64_t scan_stream_rows(const struct scan *s)
{
	return s->stream->bytes / EVENT_BYTES;
}

/* --- opening ---------------------------------------------------------------------------------------------
 */

int scan_stream_open(struct scan *s)
{
	const bool is_bronze = s->is.relation->kind == RELATION_BRONZE;
	struct scan_stream *own = s->stream = calloc(1, sizeof *s->stream);

	if (own == NULL)
		return cause_memory();
	own->fd = own->feed.fd = -1;
	own->wants_rejects = is_bronze && s->is.used[s->columns->n - 1];
	if (own->wants_rejects && builder_init(&own->rejects, s->columns->items, s->columns->n) != 0)
		return -1;
	return s->is.relation->fd < 0 ? open_bronze(s) : 0;
}

void scan_stream_close(struct scan *s)
{
	struct scan_stream *own = s->stream;

	if (own == NULL)
		return;
	if (own->open)
		stream_close(&own->in);
	if (own->has_silver)
		silver_close(&own->silver);
	builder_free(&own->rejects);
	feed_end(&own->feed);
	if (own->fd >= 0)
		close(own->fd);
	free(own->numbers);
	free(own);
	s->stream = NULL;
}
