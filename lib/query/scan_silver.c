/* Rows of the files that the ledger lists. */
#include "query/scan_parts.h"

#include "gold/predicate_bounds.h"
#include "parquet/parquet_read.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A file of the manifest. Its texts are three: path, where it is staged, and date. */
struct file {
	uint32_t texts;
	uint32_t number; /* among all, those that are left out too */
	uint64_t rows;
};

struct scan_silver {
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
};

uint64_t scan_silver_rows(const struct scan *s)
{
	struct scan_silver *own = s->silver;
	uint64_t rows = 0;

	for (size_t i = 0; i < own->n; i++)
		rows += own->files[i].rows;
	return rows;
}

static struct text file_text(const struct scan *s, const struct file *file, uint32_t which)
{
	return strings_get(&s->silver->texts, file->texts + which);
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
	b->min_text = b->max_text = s->silver->date;
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
	struct scan_silver *own = s->silver;
	const struct text path = db_text(q, 0), staged = db_text(q, 1);
	struct usage *usage = &s->is.relation->query->usage;

	const uint32_t number = own->n_listed++;

	if (!lake_is_within(path) || (staged.len > 0 && !lake_is_within(staged)))
		return cause_record(STATUS_INPUT, "%s/gold.db: a file that is not in the lake: %.*s",
				    s->is.relation->lake.path, (int)path.len, path.data);
	if (!s->is.relation->counted) {
		usage->files_all++;
		usage->bytes_all += (uint64_t)db_int(q, 4);
	}
	own->date = date_of(db_text(q, 2));
	if (!predicates_possible(s->is.predicates, s->is.condition, bounds_of_file, s))
		return 0;
	if (array_reserve(&own->files, &own->cap, own->n + 1, sizeof *own->files) != 0)
		return -1;
	own->files[own->n++] = (struct file){own->texts.n, number, (uint64_t)db_int(q, 3)};
	if (strings_add(&own->texts, path.data, path.len) != 0 ||
	    strings_add(&own->texts, staged.data, staged.len) != 0)
		return -1;
	return strings_add(&own->texts, own->date.data, own->date.len);
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
	struct scan_silver *own = s->silver;
	if (own->parquet != NULL)
		s->is.relation->query->usage.bytes += parquet_bytes_read(own->parquet);
	parquet_close(own->parquet);
	own->parquet = NULL;
	if (own->fd >= 0)
		close(own->fd);
	own->fd = -1;
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
	struct scan_silver *own = s->silver;
	own->n_read = 0;
	for (size_t i = 0; i < s->columns->n; i++) {
		own->has[i] = s->is.used[i] && (int)i != s->is.relation->date &&
			      file_has(own->parquet, s->columns->items[i].name);
		if (!own->has[i])
			continue;
		own->to[own->n_read] = i;
		own->names[own->n_read++] = s->columns->items[i].name;
	}
	if (parquet_select(own->parquet, own->names, own->n_read) != 0)
		return -1;
	for (size_t i = 0; i < own->n_read; i++) {
		const struct column *c = &s->columns->items[own->to[i]];

		if (parquet_columns(own->parquet)->items[i].type != c->type)
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
	b->only_nulls = !s->silver->has[column];
	for (size_t i = 0; i < s->silver->n_read; i++) {
		if (s->silver->to[i] != column)
			continue;
		parquet_said(s->silver->parquet, g->number, i, &said);
		*b = (struct predicate_bounds){
		    .has_bounds = said.has_bounds,
		    .no_nulls = said.nulls == 0,
		    .only_nulls = said.nulls >= 0 &&
				  (uint64_t)said.nulls == parquet_group_rows(s->silver->parquet, g->number),
		    .min = said.min,
		    .max = said.max,
		    .min_text = said.min_text,
		    .max_text = said.max_text,
		};
	}
}

static void leave_out_groups(struct scan *s)
{
	struct scan_silver *own = s->silver;
	struct group g = {.scan = s};

	for (; g.number < parquet_n_groups(own->parquet); g.number++) {
		if (!predicates_possible(s->is.predicates, s->is.condition, bounds_of_group, &g) ||
		    (s->is.parts > 1 && own->group++ % s->is.parts != s->is.part))
			parquet_leave_out(own->parquet, g.number);
	}
}

static int open_file(struct scan *s, const struct file *file)
{
	struct scan_silver *own = s->silver;
	const struct text name = file_text(s, file, 0);
	char *path = NULL;
	int result = -1;

	own->date = file_text(s, file, 2);
	own->fd = open_path(s, file);
	if (own->fd < 0)
		return -1;
	if (asprintf(&path, "%s/%.*s", s->is.relation->lake.path, (int)name.len, name.data) < 0)
		return cause_memory();
	own->parquet = parquet_open(own->fd, path);
	if (own->parquet != NULL && select_columns(s, path) == 0)
		result = 0;
	free(path);
	if (result != 0)
		return -1;
	leave_out_groups(s);
	own->number = file->number;
	own->group_at = 0;
	own->group_from = own->within = 0;
	return 0;
}

/* --- rows ------------------------------------------------------------------------------------------------
 */

static int dates(struct scan *s, struct vector *v)
{
	struct scan_silver *own = s->silver;
	uint32_t code;

	if (dictionary_code(&own->dates, own->date.data, own->date.len, &code) != 0)
		return -1;
	*v = (struct vector){
	    .type = COLUMN_STRING, .form = VECTOR_CODES, .base = code, .strings = &own->dates.strings};
	return 0;
}

static int give(struct scan *s, uint32_t n, uint32_t *given)
{
	struct scan_silver *own = s->silver;
	const int date = s->is.relation->date;

	for (size_t i = 0; i < s->columns->n; i++) {
		if (own->has[i])
			builder_view(&own->builder.columns[i], &s->vectors[i]);
		else
			s->vectors[i] = scan_nothing(s, i, n);
	}
	if (date >= 0 && dates(s, &s->vectors[date]) != 0)
		return -1;
	s->first = (uint64_t)own->number << 32 | (own->group_from + own->within);
	own->within += n;
	*given = n;
	return 1;
}

static void enter_group(struct scan *s, size_t group)
{
	struct scan_silver *own = s->silver;
	for (; own->group_at < group; own->group_at++) {
		own->group_from += parquet_group_rows(own->parquet, own->group_at);
		own->within = 0;
	}
}

/* Some rows of a row group, of which nothing is read. */
static int count_rows(struct scan *s, uint32_t *n)
{
	struct scan_silver *own = s->silver;
	const size_t n_groups = parquet_n_groups(own->parquet);
	uint64_t left = 0;

	while (own->group_at < n_groups && left == 0) {
		if (!parquet_is_left_out(own->parquet, own->group_at))
			left = parquet_group_rows(own->parquet, own->group_at) - own->within;
		if (left == 0)
			enter_group(s, own->group_at + 1);
	}
	return left == 0 ? 0 : give(s, left < BATCH_ROWS ? (uint32_t)left : BATCH_ROWS, n);
}

static int read_rows(struct scan *s, uint32_t *n)
{
	struct scan_silver *own = s->silver;
	const int more = parquet_read(own->parquet, &own->builder, own->to);

	if (more <= 0)
		return more;
	enter_group(s, parquet_group(own->parquet));
	return give(s, own->builder.columns[own->to[0]].n, n);
}

/* What the last batch was made of. */
static int clear(struct scan *s)
{
	struct scan_silver *own = s->silver;
	builder_clear(&own->builder);
	for (size_t i = 0; i < s->columns->n; i++) {
		if (s->columns->items[i].type == COLUMN_STRING && builder_reset_strings(&own->builder, i) &&
		    view_reset(&s->view, i) != 0)
			return -1;
	}
	return 0;
}

int scan_silver_next(struct scan *s, uint32_t *n)
{
	struct scan_silver *own = s->silver;
	int more = clear(s);

	while (more == 0) {
		if (own->parquet != NULL) {
			more = own->n_read > 0 ? read_rows(s, n) : count_rows(s, n);
			if (more != 0)
				return more;
			close_file(s);
		}
		if (own->at == own->n)
			return 0;
		/* Of a file each part reads some row groups: it is one file. */
		s->is.relation->query->usage.files += s->is.part == 0;
		more = open_file(s, &own->files[own->at++]);
	}
	return more;
}

/* --- opening ---------------------------------------------------------------------------------------------
 */

/* What will be read, as the footers say. */
static int check_limit(struct scan *s)
{
	struct scan_silver *own = s->silver;
	uint64_t wanted = 0;

	if (s->is.relation->query->usage.limit == 0)
		return 0;
	for (size_t i = 0; i < own->n; i++) {
		if (open_file(s, &own->files[i]) != 0)
			return -1;
		wanted += parquet_bytes_wanted(own->parquet);
		parquet_close(own->parquet);
		own->parquet = NULL;
		close_file(s);
	}
	own->group = 0;
	return scan_want(s, wanted);
}

static int make_room(struct scan *s)
{
	struct scan_silver *own = s->silver;
	const size_t n = s->columns->n;

	own->to = calloc(n, sizeof *own->to);
	own->has = calloc(n, sizeof *own->has);
	own->names = calloc(n, sizeof *own->names);
	if (own->to == NULL || own->has == NULL || own->names == NULL)
		return cause_memory();
	return builder_init(&own->builder, s->columns->items, n);
}

int scan_silver_open(struct scan *s)
{
	s->silver = calloc(1, sizeof *s->silver);
	if (s->silver == NULL)
		return cause_memory();
	s->silver->fd = -1;
	return make_room(s) != 0 || list_files(s) != 0 ? -1 : check_limit(s);
}

void scan_silver_close(struct scan *s)
{
	struct scan_silver *own = s->silver;

	if (own == NULL)
		return;
	close_file(s);
	builder_free(&own->builder);
	dictionary_free(&own->dates);
	strings_free(&own->texts);
	free(own->files);
	free(own->to);
	free(own->has);
	free(own->names);
	free(own);
	s->silver = NULL;
}
