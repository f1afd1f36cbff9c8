#include "commit/undo_files.h"

#include "column/value.h"
#include "parquet/parquet_read.h"
#include "silver/quarantine_read.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

void undo_files_free(struct undo_files *f)
{
	free(f->items);
	strings_free(&f->texts);
	*f = (struct undo_files){0};
}

static bool has(const struct dictionary *sources, struct text source)
{
	uint32_t code;

	return dictionary_find(sources, source.data, source.len, &code);
}

/* Texts of the dictionary from `known` on, or of the rows when there is none. */
static bool is_hit(const struct builder_column *c, uint32_t known, const struct dictionary *sources)
{
	struct vector v;

	builder_view(c, &v);
	for (uint32_t i = known; v.form == VECTOR_CODES && i < v.strings->n; i++)
		if (has(sources, strings_get(v.strings, i)))
			return true;
	for (uint32_t i = 0; v.form == VECTOR_PLAIN && i < c->n; i++)
		if (vector_is_valid(&v, i) && has(sources, vector_text(&v, i)))
			return true;
	return false;
}

/* From the least of the sources to the greatest. */
static struct parquet_range range_of(const struct dictionary *sources)
{
	struct parquet_range range = {.column = "source"};

	for (uint32_t i = 0; i < sources->strings.n; i++) {
		const struct text t = strings_get(&sources->strings, i);

		if (i == 0 || text_order(t, range.low_text) < 0)
			range.low_text = t;
		if (i == 0 || text_order(t, range.high_text) > 0)
			range.high_text = t;
	}
	return range;
}

/* 1: it holds rows of them, 0, -1. */
static int look_into_silver(int fd, const char *name, const struct dictionary *sources)
{
	static const char *const columns[] = {"source"};
	const struct parquet_range range = range_of(sources);
	struct parquet_reader *r = parquet_open(fd, name);
	struct builder b = {0};
	uint32_t known = 0;
	int result = -1, more;

	if (r == NULL)
		return -1;
	if (parquet_select(r, columns, 1) != 0 || parquet_restrict(r, &range) != 0 ||
	    builder_init(&b, parquet_columns(r)->items, 1) != 0)
		goto out;
	while ((more = parquet_read(r, &b, NULL)) > 0) {
		if (is_hit(&b.columns[0], known, sources)) {
			result = 1;
			goto out;
		}
		known = b.columns[0].dictionary.strings.n;
		builder_clear(&b);
		if (builder_reset_strings(&b, 0))
			known = 0;
	}
	result = more;
out:
	builder_free(&b);
	parquet_close(r);
	return result;
}

static int look_into_quarantine(int fd, const char *name, const struct dictionary *sources)
{
	struct quarantine_reader q;
	int more;

	if (quarantine_reader_open(&q, fd, name) != 0)
		return -1;
	while ((more = quarantine_next(&q)) > 0 && !has(sources, q.source))
		continue;
	quarantine_reader_close(&q);
	return more;
}

/* The file at a path within the lake: a descriptor, -1 when there is none, -2 for another failure. */
static int open_at(const struct lake *lake, struct text within, struct buffer *path)
{
	buffer_clear(path);
	if (buffer_printf(path, "%s/%.*s", lake->path, (int)within.len, within.data) != 0 ||
	    buffer_text(path) == NULL)
		return -2;
	return open(buffer_text(path), O_RDONLY | O_CLOEXEC);
}

int undo_file_open(const struct undo_file *file, const struct lake *lake, struct buffer *path)
{
	int fd = open_at(lake, file->path, path);

	if (fd == -1 && file->staged.len > 0)
		fd = open_at(lake, file->staged, path);
	if (fd == -1)
		cause_system("%s", buffer_text(path));
	return fd < 0 ? -1 : fd;
}

static int look_into(struct undo_file *file, const struct lake *lake, const struct dictionary *sources,
		     bool silver)
{
	struct buffer path = {0};
	const int fd = undo_file_open(file, lake, &path);
	int found = -1;

	if (fd >= 0) {
		found = (silver ? look_into_silver : look_into_quarantine)(fd, buffer_text(&path), sources);
		close(fd);
	}
	file->hit = found == 1;
	buffer_free(&path);
	return found < 0 ? -1 : 0;
}

static int add(struct undo_files *f, const struct undo_file *file)
{
	if (array_reserve(&f->items, &f->cap, f->n + 1, sizeof *f->items) != 0 ||
	    strings_add(&f->texts, file->path.data, file->path.len) != 0 ||
	    strings_add(&f->texts, file->staged.data, file->staged.len) != 0)
		return -1;
	f->items[f->n++] = *file;
	return 0;
}

static int find_in_layer(struct undo_files *f, const struct lake *lake, struct db *db,
			 const struct dictionary *sources, bool silver)
{
	struct db_statement *s =
	    db_prepare(db, "SELECT path, bytes, coalesce(staged, '') FROM lake_file WHERE end_run IS NULL"
			   " AND layer = ?1 ORDER BY path");
	int more = -1;

	if (s == NULL)
		return -1;
	db_bind_text(s, 1, text_of(silver ? "silver" : "quarantine"));
	while ((more = db_step(s)) == 1) {
		struct undo_file file = {
		    .path = db_text(s, 0), .size = (uint64_t)db_int(s, 1), .staged = db_text(s, 2)};

		if ((sources->strings.n > 0 && look_into(&file, lake, sources, silver) != 0) ||
		    ((silver || file.hit) && add(f, &file) != 0)) {
			more = -1;
			break;
		}
	}
	db_finalize(s);
	return more;
}

int undo_files_find(struct undo_files *f, const struct lake *lake, struct db *db,
		    const struct dictionary *sources, bool silver)
{
	if ((silver && find_in_layer(f, lake, db, sources, true) != 0) ||
	    find_in_layer(f, lake, db, sources, false) != 0)
		return -1;
	for (size_t i = 0; i < f->n; i++) {
		f->items[i].path = strings_get(&f->texts, (uint32_t)(2 * i));
		f->items[i].staged = strings_get(&f->texts, (uint32_t)(2 * i + 1));
	}
	return 0;
}
