#include "verify/verify_parts.h"

#include "source/line.h"
#include "stream/control.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- quarantine ------------------------------------------------------------------------------------------
 */

/* Takes the next field off a row. */
static struct text next_field(struct text *row)
{
	const char *tab = row->len > 0 ? memchr(row->data, '\t', row->len) : NULL;
	const struct text field = {row->data, tab != NULL ? (size_t)(tab - row->data) : row->len};

	row->data += field.len + (tab != NULL);
	row->len -= field.len + (tab != NULL);
	return field;
}

/* What \t, \n, \r and \\ stand for. */
static int unescape(struct text field, struct buffer *out)
{
	buffer_clear(out);
	for (size_t i = 0; i < field.len; i++) {
		char c = field.data[i];

		if (c == '\\' && i + 1 < field.len) {
			c = field.data[++i];
			c = c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c;
		}
		if (buffer_append(out, &c, 1) != 0)
			return -1;
	}
	return 0;
}

static int count_line(struct verify_counts *counts, const struct line *line, struct buffer *source)
{
	struct text row = {line->data, line->len};

	(void)next_field(&row);
	(void)next_field(&row);
	if (unescape(next_field(&row), source) != 0)
		return -1;
	return verify_count_reject(counts, (struct text){(const char *)source->data, source->len});
}

int verify_quarantine_file(struct verify *v, struct verify_counts *counts, const struct verify_file *file)
{
	struct input *input = NULL;
	struct line_reader lines = {0};
	struct buffer source = {0};
	struct line line;
	char *path = strndup(file->path.data, file->path.len);
	const int fd = openat(v->lake->fd, file->place, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	uint64_t rows = 0;
	int more = -1;

	if (path == NULL)
		cause_memory();
	else if (fd < 0)
		cause_system("%s/%s", v->lake->path, file->place);
	else
		input = input_open_fd(fd, path, NULL);
	if (input == NULL || line_reader_open(&lines, input, LINE_LIMIT_MAX) != 0)
		goto out;
	while ((more = line_next(&lines, &line)) > 0) {
		rows++;
		if (count_line(counts, &line, &source) != 0) {
			more = -1;
			break;
		}
	}
	if (more < 0)
		more = verify_tell_cause(v, file->path, "damaged");
	else if (rows != file->rows)
		verify_tell(v, file->path, "rows", "it has %" PRIu64 " rows, and %" PRIu64 " were committed",
			    rows, file->rows);
out:
	line_reader_close(&lines);
	input_close(input);
	buffer_free(&source);
	free(path);
	if (fd >= 0)
		close(fd);
	return more;
}

/* --- the manifest ----------------------------------------------------------------------------------------
 */

/* The place of a file: where it belongs, or where it waits to be renamed; NULL when it is in neither. A run
 * that renames it just now may take it from under our eyes, but not from both. */
static const char *find_place(const struct lake *lake, const char *path, const char *staged)
{
	struct stat st;

	for (int tries = 0; tries < 2; tries++) {
		if (fstatat(lake->fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
			return path;
		if (*staged != '\0' && fstatat(lake->fd, staged, &st, AT_SYMLINK_NOFOLLOW) == 0)
			return staged;
	}
	return NULL;
}

/* 1: as it was committed. */
static int check_bytes(struct verify *v, const struct verify_file *file, uint64_t bytes, struct text checksum)
{
	char hex[LEDGER_ID_LEN + 1];
	struct hash128 hash;
	uint64_t size;

	if (lake_measure(v->lake, file->place, &size, &hash) != 0)
		return -1;
	ledger_write_hash(hex, hash);
	if (size != bytes)
		verify_tell(v, file->path, "size", "it has %" PRIu64 " bytes, and %" PRIu64 " were committed",
			    size, bytes);
	else if (!text_equal(checksum, text_of(hex)))
		verify_tell(v, file->path, "checksum", "it is %s, and %.*s was committed", hex,
			    (int)checksum.len, checksum.data);
	else
		return 1;
	return 0;
}

/* A row of the manifest: path, live, layer, partition, rows, bytes, checksum, staged, min_time, max_time. */
static int check_file(struct verify *v, struct db_statement *s, struct verify_silver *silver)
{
	const bool is_live = db_int(s, 1) != 0;
	const bool is_silver = text_equal(db_text(s, 2), text_of("silver"));
	struct verify_file file = {.path = db_text(s, 0),
				   .partition = db_text(s, 3),
				   .rows = (uint64_t)db_int(s, 4),
				   .first = db_text(s, 8),
				   .last = db_text(s, 9)};
	char *path = strndup(file.path.data, file.path.len);
	char *staged = strndup(db_text(s, 7).data, db_text(s, 7).len);
	int result = -1;

	if (path == NULL || staged == NULL) {
		cause_memory();
		goto out;
	}
	v->files++;
	file.place = find_place(v->lake, path, staged);
	if (file.place == NULL) {
		silver->incomplete |= is_live && is_silver;
		verify_tell(v, file.path, "missing",
			    is_live ? "it is in the manifest" : "an earlier run's file");
		result = 0;
		goto out;
	}
	if (file.place == staged)
		v->note(v->context, path, "pending",
			"committed, and not renamed yet: the next run does that");
	result = check_bytes(v, &file, (uint64_t)db_int(s, 5), db_text(s, 6));
	if (result < 0 || !is_live)
		goto out;
	result =
	    is_silver ? verify_silver_file(silver, &file) : verify_quarantine_file(v, silver->counts, &file);
out:
	free(path);
	free(staged);
	return result < 0 ? -1 : 0;
}

int verify_manifest(struct verify *v, struct db *db, struct verify_silver *silver)
{
	/* Of the rows of a file that has come back, the one that holds now. */
	struct db_statement *s = db_prepare(
	    db, "SELECT path, max(end_run IS NULL), layer, partition, rows, bytes, checksum,"
		" coalesce(staged, ''), coalesce(min_time, ''), coalesce(max_time, '') FROM lake_file"
		" GROUP BY path ORDER BY path");
	int more = -1;

	while (s != NULL && (more = db_step(s)) == 1) {
		if (check_file(v, s, silver) != 0) {
			more = -1;
			break;
		}
	}
	db_finalize(s);
	return more;
}

/* --- what no manifest has --------------------------------------------------------------------------------
 */

/* Whether a file is in the manifest, as the database has it now: its row was committed before it came. */
static int is_listed(struct db *db, struct text path)
{
	struct db_statement *s =
	    db != NULL ? db_prepare(db, "SELECT 1 FROM lake_file WHERE path = ?1 LIMIT 1") : NULL;
	int found;

	if (s == NULL)
		return db == NULL ? 0 : -1;
	db_bind_text(s, 1, path);
	found = db_step(s);
	db_finalize(s);
	return found;
}

static int check_entry(struct verify *v, struct db *db, struct db **newest, const FTSENT *entry)
{
	const struct text path = text_of(entry->fts_path + strlen(v->lake->path) + 1);
	int listed = is_listed(db, path);

	if (listed == 0 && db != NULL && *newest == NULL) {
		char *name = lake_path(v->lake, "gold.db");

		*newest = name != NULL ? db_open(name, DB_READ) : NULL;
		free(name);
		if (*newest == NULL)
			return -1;
	}
	if (listed == 0 && db != NULL)
		listed = is_listed(*newest, path);
	if (listed == 0)
		verify_tell(v, path, "stray", "no run has committed it");
	return listed < 0 ? -1 : 0;
}

static int walk(struct verify *v, struct db *db, struct db **newest, char *const roots[])
{
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR | FTS_NOSTAT, NULL);
	FTSENT *entry;
	int result = 0;

	if (tree == NULL)
		return cause_system("%s", roots[0]);
	while (result == 0 && (errno = 0, entry = fts_read(tree)) != NULL) {
		switch (entry->fts_info) {
		case FTS_D:
		case FTS_DP: break;
		case FTS_NS:
		case FTS_DNR:
		case FTS_ERR:
			errno = entry->fts_errno;
			if (errno != ENOENT)
				result = cause_system("%s", entry->fts_path);
			break;
		default: result = check_entry(v, db, newest, entry);
		}
	}
	if (result == 0 && errno != 0)
		result = cause_system("%s", roots[0]);
	fts_close(tree);
	return result;
}

/* What runs have left in staging: a run that is under way needs it, and a later one sweeps what is not. */
static int note_staged(struct verify *v)
{
	char *path = lake_path(v->lake, "staging");
	DIR *dir = path != NULL ? opendir(path) : NULL;
	const struct dirent *entry;
	char *name;
	int result = 0;

	if (dir == NULL) {
		/* Only who runs the pipe may look into it. */
		result = path == NULL                         ? -1
			 : errno == ENOENT || errno == EACCES ? 0
							      : cause_system("%s", path);
		free(path);
		return result;
	}
	while (result == 0 && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		if (asprintf(&name, "staging/%s", entry->d_name) < 0) {
			result = cause_memory();
			break;
		}
		v->note(v->context, name, "staged", "of a run that is under way, or was stopped");
		free(name);
	}
	closedir(dir);
	free(path);
	return result;
}

int verify_strays(struct verify *v, struct db *db)
{
	static const char *const folders[] = {"silver", "quarantine"};
	struct db *newest = NULL;
	int result = 0;

	for (size_t i = 0; i < 2 && result == 0; i++) {
		char *roots[2] = {lake_path(v->lake, folders[i]), NULL};
		const int has = roots[0] != NULL ? lake_has(v->lake, folders[i]) : -1;

		result = has <= 0 ? has : walk(v, db, &newest, roots);
		free(roots[0]);
	}
	db_close(newest);
	return result == 0 ? note_staged(v) : -1;
}
