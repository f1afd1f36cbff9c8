#include "query/scan.h"

#include "gold/predicate_bounds.h"
#include "lake/silver.h"
#include "parquet/parquet_read.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A file of the manifest. Its texts are in scan.texts, three for each: path, where it is staged, and date. */
struct file {
	uint32_t texts;
	uint32_t number; /* among all, those that are left out too */
	uint64_t rows;
};

struct scan {
	struct scan_options is;
	const struct columns *columns;
	struct file *files;
	size_t n, cap;
	uint32_t n_listed;
	struct strings texts;
	size_t at;      /* the next file */
	uint32_t group; /* row groups seen, for parts */
	/* The file at hand. */
	int fd;
	struct parquet_reader *parquet; /* NULL: none */
	struct text date;
	size_t *to;          /* by column of the file: of the relation */
	bool *has;           /* by column of the relation */
	const char **names;  /* scratch, for selecting */
	size_t n_read;       /* columns that are read of it; 0: rows are counted, and no page is read */
	uint32_t number;     /* of the file */
	size_t group_at;     /* the row group at hand */
	uint64_t group_from; /* its first row in the file */
	uint64_t within;     /* rows of it that have been given */
	/* Rows. */
	struct builder builder; /* of all columns, so that dictionaries go on from file to file */
	struct dictionary dates;
	struct vector *vectors;
	struct batch batch;
	uint64_t batch_first;
	struct view view;
	uint64_t *no_valid;
	struct strings no_texts;
};

struct view *scan_view(struct scan *s)
{
	return &s->view;
}

uint64_t scan_first(const struct scan *s)
{
	return s->batch_first;
}

uint64_t scan_rows(const struct scan *s)
{
	uint64_t rows = 0;

	for (size_t i = 0; i < s->n; i++)
		rows += s->files[i].rows;
	return rows;
}

static struct text file_text(const struct scan *s, const struct file *file, uint32_t which)
{
	return strings_get(&s->texts, file->texts + which);
}

/* --- the manifest ----------------------------------------------------------------------------------------
 */

/* All that is known of a file before it is opened is its date. */
static void bounds_of_file(const void *context, size_t column, struct predicate_bounds *b)
{
	const struct scan *s = context;

	if ((int)column != s->is.relation->date)
		return;
	b->has_bounds = b->no_nulls = true;
	b->min_text = b->max_text = s->date;
}

/* The value of a partition, whatever its key is called: it is event_date. */
static struct text date_of(struct text partition)
{
	const char *equals = partition.len > 0 ? memchr(partition.data, '=', partition.len) : NULL;
	const size_t from = equals != NULL ? (size_t)(equals + 1 - partition.data) : partition.len;

	return (struct text){partition.data + from, partition.len - from};
}

static int add_file(struct scan *s, struct db_statement *q)
{
	const struct text path = db_text(q, 0), staged = db_text(q, 1);
	struct usage *usage = &s->is.relation->query->usage;

	if (!s->is.relation->counted) {
		usage->files_all++;
		usage->bytes_all += (uint64_t)db_int(q, 4);
	}
	const uint32_t number = s->n_listed++;

	s->date = date_of(db_text(q, 2));
	if (!predicates_possible(s->is.predicates, s->is.condition, bounds_of_file, s))
		return 0;
	if (array_reserve(&s->files, &s->cap, s->n + 1, sizeof *s->files) != 0)
		return -1;
	s->files[s->n++] = (struct file){s->texts.n, number, (uint64_t)db_int(q, 3)};
	if (strings_add(&s->texts, path.data, path.len) != 0 ||
	    strings_add(&s->texts, staged.data, staged.len) != 0)
		return -1;
	return strings_add(&s->texts, s->date.data, s->date.len);
}

static int list_files(struct scan *s)
{
	struct relation *r = s->is.relation;
	struct db_statement *q;
	int more;

	if (r->db == NULL)
		return 0;
	q = db_prepare(r->db, "SELECT path, coalesce(staged, ''), partition, rows, bytes FROM lake_file"
			      " WHERE layer = 'silver' AND begin_run <= ?1"
			      " AND (end_run IS NULL OR end_run > ?1) ORDER BY path");
	if (q == NULL)
		return -1;
	db_bind_int(q, 1, r->run == 0 ? INT64_MAX : (int64_t)r->run);
	while ((more = db_step(q)) > 0) {
		if (add_file(s, q) != 0) {
			more = -1;
			break;
		}
	}
	db_finalize(q);
	r->counted = r->counted || more == 0;
	return more;
}

/* --- a file ----------------------------------------------------------------------------------------------
 */

static void close_file(struct scan *s)
{
	if (s->parquet != NULL)
		s->is.relation->query->usage.bytes += parquet_bytes_read(s->parquet);
	parquet_close(s->parquet);
	s->parquet = NULL;
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

/* A commit may move it from where it waits to its place at any time. */
static int open_path(const struct scan *s, const struct file *file)
{
	const uint32_t which[] = {0, 1, 0};
	int fd = -1;

	for (size_t i = 0; i < 3 && fd < 0 && (i == 0 || errno == ENOENT); i++) {
		const struct text path = file_text(s, file, which[i]);
		char *copy = strndup(path.data, path.len);

		if (copy == NULL)
			return cause_memory();
		if (*copy != '\0')
			fd = openat(s->is.relation->lake.fd, copy, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		free(copy);
	}
	if (fd < 0)
		cause_system("%s/%.*s", s->is.relation->lake.path, (int)file_text(s, file, 0).len,
			     file_text(s, file, 0).data);
	return fd;
}

static bool file_has(const struct parquet_reader *p, const char *name)
{
	for (size_t i = 0; i < parquet_n_columns(p); i++) {
		if (strcmp(parquet_column_name(p, i), name) == 0)
			return true;
	}
	return false;
}

/* What is used of it is selected. */
static int select_columns(struct scan *s, const char *path)
{
	s->n_read = 0;
	for (size_t i = 0; i < s->columns->n; i++) {
		s->has[i] = s->is.used[i] && (int)i != s->is.relation->date &&
			    file_has(s->parquet, s->columns->items[i].name);
		if (!s->has[i])
			continue;
		s->to[s->n_read] = i;
		s->names[s->n_read++] = s->columns->items[i].name;
	}
	if (parquet_select(s->parquet, s->names, s->n_read) != 0)
		return -1;
	for (size_t i = 0; i < s->n_read; i++) {
		const struct column *c = &s->columns->items[s->to[i]];

		if (parquet_columns(s->parquet)->items[i].type != c->type)
			return cause_record(STATUS_INPUT,
					    "%s: column %s: not of the type that the schema gives it", path,
					    c->name);
	}
	return 0;
}

struct group {
	const struct scan *scan;
	size_t number;
};

static void bounds_of_group(const void *context, size_t column, struct predicate_bounds *b)
{
	const struct group *g = context;
	const struct scan *s = g->scan;
	struct parquet_said said;

	if ((int)column == s->is.relation->date) {
		bounds_of_file(s, column, b);
		return;
	}
	b->only_nulls = !s->has[column];
	for (size_t i = 0; i < s->n_read; i++) {
		if (s->to[i] != column)
			continue;
		parquet_said(s->parquet, g->number, i, &said);
		*b = (struct predicate_bounds){
		    .has_bounds = said.has_bounds,
		    .no_nulls = said.nulls == 0,
		    .only_nulls =
			said.nulls >= 0 && (uint64_t)said.nulls == parquet_group_rows(s->parquet, g->number),
		    .min = said.min,
		    .max = said.max,
		    .min_text = said.min_text,
		    .max_text = said.max_text,
		};
	}
}

static void leave_out_groups(struct scan *s)
{
	struct group g = {.scan = s};

	for (; g.number < parquet_n_groups(s->parquet); g.number++) {
		if (!predicates_possible(s->is.predicates, s->is.condition, bounds_of_group, &g) ||
		    (s->is.parts > 1 && s->group++ % s->is.parts != s->is.part))
			parquet_leave_out(s->parquet, g.number);
	}
}

static int open_file(struct scan *s, const struct file *file)
{
	const struct text name = file_text(s, file, 0);
	char *path = NULL;
	int result = -1;

	s->date = file_text(s, file, 2);
	s->fd = open_path(s, file);
	if (s->fd < 0)
		return -1;
	if (asprintf(&path, "%s/%.*s", s->is.relation->lake.path, (int)name.len, name.data) < 0)
		return cause_memory();
	s->parquet = parquet_open(s->fd, path);
	if (s->parquet != NULL && select_columns(s, path) == 0)
		result = 0;
	free(path);
	if (result != 0)
		return -1;
	leave_out_groups(s);
	s->number = file->number;
	s->group_at = 0;
	s->group_from = s->within = 0;
	return 0;
}

/* --- rows ------------------------------------------------------------------------------------------------
 */

/* What a column holds that is not read: nothing, in all rows. */
static struct vector no_values(const struct scan *s, enum column_type type, uint32_t n)
{
	return (struct vector){.type = type,
			       .form = type == COLUMN_STRING ? VECTOR_CODES : VECTOR_FIXED,
			       .nulls = n,
			       .valid = s->no_valid,
			       .strings = &s->no_texts};
}

static int dates(struct scan *s, struct vector *v)
{
	uint32_t code;

	if (dictionary_code(&s->dates, s->date.data, s->date.len, &code) != 0)
		return -1;
	*v = (struct vector){
	    .type = COLUMN_STRING, .form = VECTOR_CODES, .base = code, .strings = &s->dates.strings};
	return 0;
}

static int give(struct scan *s, uint32_t n)
{
	for (size_t i = 0; i < s->columns->n; i++) {
		if (s->has[i])
			builder_view(&s->builder.columns[i], &s->vectors[i]);
		else
			s->vectors[i] = no_values(s, s->columns->items[i].type, n);
	}
	if (s->is.relation->date >= 0 && dates(s, &s->vectors[s->is.relation->date]) != 0)
		return -1;
	s->batch = (struct batch){n, (uint32_t)s->columns->n, s->vectors};
	s->batch_first = (uint64_t)s->number << 32 | (s->group_from + s->within);
	s->within += n;
	return view_set(&s->view, &s->batch) == 0 ? 1 : -1;
}

static void enter_group(struct scan *s, size_t group)
{
	for (; s->group_at < group; s->group_at++) {
		s->group_from += parquet_group_rows(s->parquet, s->group_at);
		s->within = 0;
	}
}

/* Some rows of a row group, of which nothing is read. */
static int count_rows(struct scan *s)
{
	const size_t n_groups = parquet_n_groups(s->parquet);
	uint64_t left = 0;

	while (s->group_at < n_groups && left == 0) {
		if (!parquet_is_left_out(s->parquet, s->group_at))
			left = parquet_group_rows(s->parquet, s->group_at) - s->within;
		if (left == 0)
			enter_group(s, s->group_at + 1);
	}
	return left == 0 ? 0 : give(s, left < BATCH_ROWS ? (uint32_t)left : BATCH_ROWS);
}

static int read_rows(struct scan *s)
{
	const int more = parquet_read(s->parquet, &s->builder, s->to);

	if (more <= 0)
		return more;
	enter_group(s, parquet_group(s->parquet));
	return give(s, s->builder.columns[s->to[0]].n);
}

/* What the last batch was made of. */
static int clear(struct scan *s)
{
	builder_clear(&s->builder);
	for (size_t i = 0; i < s->columns->n; i++) {
		if (s->columns->items[i].type == COLUMN_STRING && builder_reset_strings(&s->builder, i) &&
		    view_reset(&s->view, i) != 0)
			return -1;
	}
	return 0;
}

int scan_next(struct scan *s)
{
	int more = clear(s);

	while (more == 0) {
		if (s->parquet != NULL) {
			more = s->n_read > 0 ? read_rows(s) : count_rows(s);
			if (more != 0)
				return more;
			close_file(s);
		}
		if (s->at == s->n)
			return 0;
		s->is.relation->query->usage.files++;
		more = open_file(s, &s->files[s->at++]);
	}
	return more;
}

/* --- opening ---------------------------------------------------------------------------------------------
 */

/* What will be read, as the footers say. */
static int check_limit(struct scan *s)
{
	struct usage *usage = &s->is.relation->query->usage;
	uint64_t wanted = 0;

	if (usage->limit == 0)
		return 0;
	for (size_t i = 0; i < s->n; i++) {
		if (open_file(s, &s->files[i]) != 0)
			return -1;
		wanted += parquet_bytes_wanted(s->parquet);
		parquet_close(s->parquet);
		s->parquet = NULL;
		close_file(s);
	}
	s->group = 0;
	usage->wanted += wanted;
	if (usage->wanted <= usage->limit)
		return 0;
	return cause_record(
	    STATUS_REFUSED,
	    "it would read %" PRIu64 " bytes of %s, of %" PRIu64 " there are; the limit is %" PRIu64,
	    usage->wanted, relation_name(s->is.relation->kind), usage->bytes_all, usage->limit);
}

static int make_room(struct scan *s)
{
	const size_t n = s->columns->n;

	s->to = calloc(n, sizeof *s->to);
	s->has = calloc(n, sizeof *s->has);
	s->names = calloc(n, sizeof *s->names);
	s->vectors = calloc(n, sizeof *s->vectors);
	s->no_valid = calloc(BATCH_ROWS_MAX / 64, sizeof *s->no_valid);
	if (s->to == NULL || s->has == NULL || s->names == NULL || s->vectors == NULL || s->no_valid == NULL)
		return cause_memory();
	if (strings_add(&s->no_texts, "", 0) != 0 || view_open(&s->view, s->columns) != 0)
		return -1;
	return builder_init(&s->builder, s->columns->items, n);
}

struct scan *scan_open(const struct scan_options *options)
{
	struct scan *s = calloc(1, sizeof *s);

	if (s == NULL) {
		cause_memory();
		return NULL;
	}
	s->is = *options;
	s->columns = &options->relation->columns;
	s->fd = -1;
	if (make_room(s) == 0 && list_files(s) == 0 && check_limit(s) == 0)
		return s;
	scan_close(s);
	return NULL;
}

void scan_close(struct scan *s)
{
	if (s == NULL)
		return;
	close_file(s);
	builder_free(&s->builder);
	view_close(&s->view);
	dictionary_free(&s->dates);
	strings_free(&s->texts);
	strings_free(&s->no_texts);
	free(s->files);
	free(s->to);
	free(s->has);
	free(s->names);
	free(s->vectors);
	free(s->no_valid);
	free(s);
}
