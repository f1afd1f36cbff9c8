#include "verify/verify_parts.h"

#include "silver/silver.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int verify_silver_open(struct verify_silver *s)
{
	const size_t n = s->columns->n;

	s->given = calloc(n, sizeof *s->given);
	s->map = calloc(n, sizeof *s->map);
	s->no_offsets = calloc(BATCH_ROWS + 1, sizeof *s->no_offsets);
	s->no_valid = calloc(BATCH_ROWS / 64, sizeof *s->no_valid);
	s->no_fingerprints = calloc(BATCH_ROWS, sizeof *s->no_fingerprints);
	s->scratch = calloc(BATCH_ROWS, sizeof *s->scratch);
	if (s->given == NULL || s->map == NULL || s->no_offsets == NULL || s->no_valid == NULL ||
	    s->no_fingerprints == NULL || s->scratch == NULL)
		return cause_memory();
	return 0;
}

static void drop_columns(struct verify_silver *s)
{
	for (size_t i = 0; s->bounds != NULL && i < s->held.n; i++)
		verify_bounds_free(&s->bounds[i]);
	free(s->bounds);
	s->bounds = NULL;
	free(s->vectors);
	s->vectors = NULL;
	builder_free(&s->builder);
	s->builder = (struct builder){0};
	columns_free(&s->held);
}

void verify_silver_close(struct verify_silver *s)
{
	drop_columns(s);
	free(s->given);
	free(s->map);
	free(s->no_offsets);
	free(s->no_valid);
	free(s->no_fingerprints);
	free(s->scratch);
	verify_counts_free(&s->of_columns);
}

/* Rows keep the order of Bronze, so there are few stretches of one source. */
static int count_sources(struct verify_silver *s, uint32_t n)
{
	const struct vector *v = &s->vectors[s->source];
	uint32_t first = 0;

	if (v->nulls > 0)
		return cause_record(STATUS_INPUT, "rows without a source");
	if (v->form == VECTOR_CODES && v->width == 0)
		return verify_count_rows(s->counts, vector_text(v, 0), n);
	for (uint32_t i = 1; i <= n; i++) {
		if (i < n && text_equal(vector_text(v, i), vector_text(v, first)))
			continue;
		if (verify_count_rows(s->counts, vector_text(v, first), i - first) != 0)
			return -1;
		first = i;
	}
	return 0;
}

/* A column that the schema has got since is null in older files. */
static int map_columns(struct verify_silver *s, const char *file)
{
	for (size_t i = 0; i < s->columns->n; i++) {
		const struct column *c = &s->columns->items[i];

		s->map[i] = columns_find(&s->held, c->name);
		if (s->map[i] >= 0 && s->held.items[s->map[i]].type != c->type)
			return cause_record(STATUS_INPUT,
					    "%s: column %s: not of the type that the schema gives it", file,
					    c->name);
		if (s->map[i] >= 0)
			continue;
		s->given[i] = (struct vector){.type = c->type,
					      .form = c->type == COLUMN_STRING ? VECTOR_PLAIN : VECTOR_FIXED,
					      .nulls = 1,
					      .valid = s->no_valid,
					      .offsets = s->no_offsets,
					      .bytes = "",
					      .fingerprints = s->no_fingerprints};
	}
	return 0;
}

/* Dictionaries go on from file to file as long as columns are the same. */
static int take_columns(struct verify_silver *s, const struct silver_reader *r)
{
	if (columns_equal(&s->held, &r->columns))
		return 0;
	for (size_t i = 0; i < s->columns->n; i++)
		gold_strings_reset(s->gold, i);
	drop_columns(s);
	if (!r->is_silver)
		return cause_record(STATUS_INPUT, "%s: it lacks columns that Silver has", r->path);
	if (columns_copy(&s->held, &r->columns) != 0 ||
	    builder_init(&s->builder, s->held.items, s->held.n) != 0)
		return -1;
	s->vectors = calloc(s->held.n, sizeof *s->vectors);
	s->bounds = calloc(s->held.n, sizeof *s->bounds);
	if (s->vectors == NULL || s->bounds == NULL)
		return cause_memory();
	s->source = columns_find(&s->held, silver_added_name(SILVER_SOURCE));
	s->timestamp = columns_find(&s->held, "timestamp");
	return map_columns(s, r->path);
}

static int give_gold(struct verify_silver *s, uint32_t n)
{
	const struct batch batch = {.n = n, .n_vectors = (uint32_t)s->columns->n, .vectors = s->given};

	for (size_t i = 0; i < s->columns->n; i++) {
		if (s->map[i] >= 0)
			s->given[i] = s->vectors[s->map[i]];
		else
			s->given[i].nulls = n;
	}
	return gold_update(s->gold, &batch);
}

/* The rows that the builder holds. */
static int take_rows(struct verify_silver *s, const struct silver_reader *r)
{
	const uint32_t n = builder_rows(&s->builder);

	for (size_t i = 0; i < s->held.n; i++)
		builder_view(&s->builder.columns[i], &s->vectors[i]);
	for (size_t i = 0; i < parquet_columns(r->parquet)->n; i++) {
		if (verify_bounds_add(&s->bounds[r->to[i]], &s->vectors[r->to[i]], n, s->scratch) != 0)
			return -1;
	}
	if (count_sources(s, n) != 0 || give_gold(s, n) != 0)
		return -1;
	builder_clear(&s->builder);
	for (size_t i = 0; i < s->held.n; i++) {
		if (s->held.items[i].type != COLUMN_STRING)
			continue;
		if (!builder_reset_strings(&s->builder, i))
			continue;
		for (size_t k = 0; k < s->columns->n; k++)
			if (s->map[k] == (int)i)
				gold_strings_reset(s->gold, k);
	}
	s->verify->done.rows += n;
	if (s->verify->progress != NULL)
		s->verify->progress(s->verify->context, &s->verify->done);
	return 0;
}

/* Rows of other days than the folder's name says. */
static void check_day(struct verify_silver *s, const struct verify_file *file)
{
	static const char key[] = "event_date=";
	const struct parquet_bounds *b;
	char first[TIMESTAMP_DATE_TEXT], last[TIMESTAMP_DATE_TEXT];

	if (s->timestamp < 0 || s->held.items[s->timestamp].type != COLUMN_TIMESTAMP)
		return;
	b = &s->bounds[s->timestamp].exact;
	if (b->any) {
		s->first = b->min < s->first ? b->min : s->first;
		s->last = b->max > s->last ? b->max : s->last;
	}
	if (!b->any || file->partition.len < sizeof key ||
	    memcmp(file->partition.data, key, sizeof key - 1) != 0)
		return;
	const struct text day = {file->partition.data + sizeof key - 1,
				 file->partition.len - (sizeof key - 1)};

	timestamp_format_date(timestamp_day(b->min), first);
	timestamp_format_date(timestamp_day(b->max), last);
	if (!text_equal(day, text_of(first)) || !text_equal(day, text_of(last)))
		verify_tell(s->verify, file->path, "partition", "it has events from %s to %s", first, last);
}

static void check_times(struct verify_silver *s, const struct verify_file *file)
{
	char first[TIMESTAMP_TEXT] = "", last[TIMESTAMP_TEXT] = "";

	if (s->first <= s->last) {
		timestamp_format(s->first, first);
		timestamp_format(s->last, last);
	}
	if (!text_equal(file->first, text_of(first)) || !text_equal(file->last, text_of(last)))
		verify_tell(s->verify, file->path, "times",
			    "it has events from %s to %s, and from %.*s to %.*s were committed", first, last,
			    (int)file->first.len, file->first.data, (int)file->last.len, file->last.data);
}

static int count_columns(struct verify_silver *s, const struct columns *columns)
{
	struct buffer key = {0};
	int result = 0;

	for (size_t i = 0; result == 0 && i < columns->n; i++) {
		buffer_clear(&key);
		result = buffer_printf(&key, "%s %s", columns->items[i].name,
				       column_type_name(columns->items[i].type));
		if (result == 0)
			result = verify_count_rows(&s->of_columns,
						   (struct text){(const char *)key.data, key.len}, 1);
	}
	buffer_free(&key);
	return result;
}

static void end_group(struct verify_silver *s, const struct silver_reader *r, const struct verify_file *file,
		      size_t group)
{
	const struct columns *columns = parquet_columns(r->parquet);

	check_day(s, file);
	for (size_t i = 0; i < columns->n; i++) {
		struct parquet_said said;
		const char *wrong;

		parquet_said(r->parquet, group, i, &said);
		wrong = verify_bounds_end(&s->bounds[r->to[i]], columns->items[i].type, &said);
		if (wrong != NULL)
			verify_tell(s->verify, file->path, "bounds", "column %s: row group %zu: %s",
				    columns->items[i].name, group, wrong);
	}
}

static int read_rows(struct verify_silver *s, struct silver_reader *r, const struct verify_file *file)
{
	size_t group = 0;
	bool in_group = false;
	int more;

	s->first = TIMESTAMP_MAX;
	s->last = TIMESTAMP_MIN;

	while ((more = silver_reader_next(r, &s->builder)) > 0) {
		if (in_group && parquet_group(r->parquet) != group)
			end_group(s, r, file, group);
		group = parquet_group(r->parquet);
		in_group = true;
		if (take_rows(s, r) != 0)
			return -1;
	}
	if (in_group && more == 0)
		end_group(s, r, file, group);
	if (more == 0)
		check_times(s, file);
	return more;
}

int verify_silver_file(struct verify_silver *s, const struct verify_file *file)
{
	const int fd = openat(s->verify->lake->fd, file->place, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct silver_reader r = {0};
	char *path = strndup(file->path.data, file->path.len);
	int result = -1;

	if (path == NULL) {
		cause_memory();
		goto out;
	}
	if (fd < 0) {
		cause_system("%s/%s", s->verify->lake->path, file->place);
		goto out;
	}
	if (silver_reader_open(&r, fd, path, NULL, 0) == 0 && take_columns(s, &r) == 0 &&
	    count_columns(s, parquet_columns(r.parquet)) == 0) {
		if (parquet_rows(r.parquet) != file->rows)
			verify_tell(
			    s->verify, file->path, "rows", "it has %llu rows, and %llu were committed",
			    (unsigned long long)parquet_rows(r.parquet), (unsigned long long)file->rows);
		result = read_rows(s, &r, file);
	}
	if (result != 0) {
		/* What the builder holds belongs to no batch: the next file has one of its own. */
		s->incomplete = true;
		if (verify_tell_cause(s->verify, file->path, "damaged") == 0)
			result = 0;
		for (size_t i = 0; i < s->columns->n; i++)
			gold_strings_reset(s->gold, i);
		drop_columns(s);
	}
out:
	silver_reader_close(&r);
	free(path);
	if (fd >= 0)
		close(fd);
	return result;
}
