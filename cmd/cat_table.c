#include "cat_table.h"

#include "commit/catalog.h"
#include "lake/ledger.h"
#include "silver/silver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Whether rows of the file can follow those of the stream that was begun. */
static bool goes_on(const struct cat_table *t, const struct silver_reader *in)
{
	const struct columns *a = &t->columns, *b = &in->columns;

	if (!t->open || t->is_silver != in->is_silver || a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (strcmp(a->items[i].name, b->items[i].name) != 0 || a->items[i].type != b->items[i].type ||
		    (b->items[i].nullable && !a->items[i].nullable))
			return false;
	}
	return true;
}

static int begin(struct cat_table *t, const struct silver_reader *in, struct stream_writer *out,
		 const char *command)
{
	t->is_silver = in->is_silver;
	if (columns_copy(&t->columns, &in->columns) != 0 ||
	    builder_init(&t->builder, t->columns.items, t->columns.n) != 0)
		return -1;
	t->open = true;
	if (stream_begin(out, in->is_silver ? STREAM_SILVER : STREAM_EVENTS, &t->columns, command) != 0)
		return -1;
	return t->begun != NULL ? t->begun(t->context) : 0;
}

void cat_table_close(struct cat_table *t)
{
	builder_free(&t->builder);
	columns_free(&t->columns);
	buffer_free(&t->payload);
	*t = (struct cat_table){.begun = t->begun,
				.context = t->context,
				.removed = t->removed,
				.left_out = t->left_out,
				.as = t->as,
				.united = t->united};
}

int cat_table_end(struct cat_table *t, struct stream_writer *out)
{
	if (!t->open)
		return 0;
	cat_table_close(t);
	return stream_end(out);
}

/* Rows of removed sources go. */
static void leave_out(struct cat_table *t, uint32_t *rows)
{
	const int column = columns_find(&t->columns, silver_added_name(SILVER_SOURCE));
	const uint32_t n = builder_rows(&t->builder);
	int64_t last = -1;
	bool is_removed = false;
	uint32_t kept = 0;
	struct vector v;

	builder_view(&t->builder.columns[column], &v);
	for (uint32_t i = 0; i < n; i++) {
		const bool is_code = v.form == VECTOR_CODES;
		const int64_t code_now = is_code ? vector_int(&v, i) : -1;

		/* Rows of a source stand together. */
		if (!is_code || code_now != last) {
			const struct text source = vector_text(&v, i);
			uint32_t code;

			is_removed = dictionary_find(t->removed, source.data, source.len, &code);
			last = code_now;
		}
		if (!is_removed)
			rows[kept++] = i;
	}
	t->left_out += n - kept;
	if (kept < n)
		builder_keep(&t->builder, rows, kept);
}

static int write_rows(struct cat_table *t, struct silver_reader *in, struct stream_writer *out)
{
	uint32_t *rows = t->removed != NULL ? malloc(BATCH_ROWS * sizeof *rows) : NULL;
	int more = -1;

	if (t->removed != NULL && rows == NULL)
		return cause_memory();
	while ((more = silver_reader_next(in, &t->builder)) > 0) {
		if (t->removed != NULL && t->is_silver)
			leave_out(t, rows);
		if (stream_write_batch(out, &t->builder) != 0) {
			more = -1;
			break;
		}
	}
	free(rows);
	return more;
}

/* The file is a source, and its rows are the source's lines. Of a content hash there is none: what vouches
 * for the rows are the checksums of their pages. */
static int copy_rows(struct cat_table *t, struct silver_reader *in, struct stream_writer *out,
		     const struct control_source *source)
{
	const uint64_t before = out->n_rows;
	struct control_source_end end = {.bytes = source->size};

	buffer_clear(&t->payload);
	if (control_encode_source(&t->payload, source) != 0 ||
	    stream_write_control(out, FRAME_SOURCE, &t->payload) != 0)
		return -1;
	if (write_rows(t, in, out) != 0)
		return -1;
	end.lines = end.rows = out->n_rows - before;
	buffer_clear(&t->payload);
	if (control_encode_source_end(&t->payload, &end) != 0)
		return -1;
	return stream_write_control(out, FRAME_SOURCE_END, &t->payload);
}

int cat_table_expect(struct cat_table *t, int fd, const char *name)
{
	struct silver_reader in;
	int result;

	if (silver_reader_open(&in, fd, name, NULL, 0) != 0)
		return -1;
	result = in.is_silver ? columns_unite(&t->united, &in.columns) : 0;
	silver_reader_close(&in);
	return result < 0 ? -1 : 0;
}

static int open_file(const struct cat_table *t, struct silver_reader *in, int fd, const char *name)
{
	if (t->as != NULL)
		return silver_reader_open_as(in, fd, name, t->as);
	if (t->united.n > 0 && silver_reader_open_as(in, fd, name, &t->united) == 0)
		return 0;
	/* It is not of those, or no Silver at all. */
	cause_clear();
	return silver_reader_open(in, fd, name, NULL, 0);
}

int cat_table_file(struct cat_table *t, int fd, const struct control_source *source, const char *name,
		   struct stream_writer *out, const char *command)
{
	struct silver_reader in;
	int result;

	if (open_file(t, &in, fd, name) != 0)
		return -1;
	if (source->purpose == SOURCE_REWRITE && in.unasked != NULL) {
		cause_record(
		    STATUS_REFUSED,
		    "%s: column %s is not of the schema that the lake has now, and would be lost: evetl "
		    "LAKE reload makes Silver by that",
		    name, in.unasked);
		silver_reader_close(&in);
		return -1;
	}
	result = goes_on(t, &in) ? 0 : cat_table_end(t, out) != 0 ? -1 : begin(t, &in, out, command);
	if (result == 0)
		result = copy_rows(t, &in, out, source);
	silver_reader_close(&in);
	return result;
}

/* Whether there is a file or folder of that name in a folder: 1, 0, -1. */
static int has(const char *folder, const char *name)
{
	char *path;
	int there;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		return cause_memory();
	there = access(path, F_OK) == 0;
	free(path);
	return there;
}

/* The last folder called silver in a path, before end: where the slash before it stands. */
static char *last_silver(char *path, char *end)
{
	static const char name[] = "/silver";

	while (end-- > path) {
		const char after = strncmp(end, name, sizeof name - 1) == 0 ? end[sizeof name - 1] : 'x';

		if (after == '/' || after == '\0')
			return end;
	}
	return NULL;
}

/* The lake that a folder is the Silver of, or a part of it: 1, with *lake open and what stands behind the
 * lake's path; 0; -1. */
static int find_lake(const char *folder, struct lake *lake, char **within)
{
	char *real = realpath(folder, NULL), *at;
	int found = 0;

	if (real == NULL)
		return cause_system("%s", folder);
	at = real + strlen(real);
	while (found == 0 && (at = last_silver(real, at)) != NULL) {
		*at = '\0';
		found = has(real, "gold.db");
		if (found > 0)
			found = lake_open(lake, at > real ? real : "/") == 0 ? 1 : -1;
		*at = '/';
	}
	if (found > 0 && (*within = strdup(at + 1)) == NULL)
		found = cause_memory();
	free(real);
	return found;
}

/* A file of the lake, by the name that begins as base says; where it lies if it is not there yet. */
static int add_file(struct cat_files *files, const struct lake *lake, struct text base, struct text path,
		    struct text staged)
{
	char *name, *place = NULL;

	if (array_reserve(&files->items, &files->cap, files->n + 1, sizeof *files->items) != 0)
		return -1;
	if (asprintf(&name, "%.*s%.*s", (int)base.len, base.data, (int)path.len, path.data) < 0)
		return cause_memory();
	files->items[files->n++] = (struct cat_file){name, NULL};
	if (staged.len > 0 && access(name, F_OK) != 0) {
		if (asprintf(&place, "%s/%.*s", lake->path, (int)staged.len, staged.data) < 0)
			return cause_memory();
		files->items[files->n - 1].place = place;
	}
	return 0;
}

/* What the user calls the lake, up to where paths within it begin: its real path, if he stands within it. */
static struct text lake_as_named(const struct lake *lake, const char *folder, const char *within, char **base)
{
	const size_t len = strlen(folder), inner = strlen(within);

	if (len >= inner && strcmp(folder + len - inner, within) == 0)
		return (struct text){folder, len - inner};
	*base = lake_path(lake, "");
	return *base != NULL ? text_of(*base) : (struct text){NULL, 0};
}

static int list(struct cat_files *files, struct ledger *ledger, const struct lake *lake, const char *folder,
		const char *within)
{
	const size_t len = strlen(within);
	char *copy = NULL;
	const struct text base = lake_as_named(lake, folder, within, &copy);
	struct text path, staged;
	int more = -1;

	while (base.data != NULL && (more = ledger_next_silver(ledger, &path, &staged)) > 0) {
		if (path.len <= len || memcmp(path.data, within, len) != 0 || path.data[len] != '/')
			continue;
		if (add_file(files, lake, base, path, staged) != 0) {
			more = -1;
			break;
		}
	}
	free(copy);
	return more;
}

int cat_silver_files(const char *folder, struct cat_files *files)
{
	struct lake lake = {.fd = -1};
	struct db *db = NULL;
	struct ledger ledger;
	char *within = NULL;
	int result = find_lake(folder, &lake, &within);

	if (result <= 0)
		goto out;
	result = ledger_read(&lake, &db, &ledger);
	if (result > 0 && list(files, &ledger, &lake, folder, within) != 0)
		result = -1;
	if (result > 0) {
		const int mixed = catalog_is_mixed(db);

		files->is_mixed = mixed > 0;
		result = mixed < 0 ? -1 : 1;
	}
	ledger_close(&ledger);
	db_close(db);
out:
	free(within);
	lake_close(&lake);
	return result;
}

void cat_files_free(struct cat_files *files)
{
	for (size_t i = 0; i < files->n; i++) {
		free(files->items[i].name);
		free(files->items[i].place);
	}
	free(files->items);
	*files = (struct cat_files){0};
}

int cat_refuse_lake(const char *folder)
{
	const int gold = has(folder, "gold.db");
	const int silver = gold > 0 ? has(folder, "silver") : 0;
	const int bronze = gold > 0 && silver == 0 ? has(folder, "bronze") : 0;

	if (gold < 0 || silver < 0 || bronze < 0)
		return -1;
	if (silver == 0 && bronze == 0)
		return 0;
	return cause_record(STATUS_USAGE,
			    "%s: a lake holds the same events in several layers; say which: evcat %s/bronze, "
			    "evcat %s/silver, or for Gold sqlite3 -readonly %s/gold.db",
			    folder, folder, folder, folder);
}
