#include "commit/undo_match.h"

#include "source/bundle.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

int undo_match_open(struct undo_match *m, const struct lake *lake, struct db *db, char **arguments)
{
	struct db_statement *s;
	uint32_t code;
	int more = -1;

	*m = (struct undo_match){.lake = lake, .arguments = arguments};
	while (arguments[m->n] != NULL)
		m->n++;
	if (m->n == 0)
		return cause_record(STATUS_USAGE, "which sources? Paths, folders or patterns, below bronze/");
	m->used = calloc(m->n, sizeof *m->used);
	if (m->used == NULL)
		return cause_memory();
	/* One that is never to be taken may have been an archive. */
	s = db_prepare(db, "SELECT path FROM lake_source WHERE end_run IS NULL AND status IN ('ARCHIVE',"
			   " 'SKIPPED')");
	while (s != NULL && (more = db_step(s)) == 1) {
		const struct text path = db_text(s, 0);

		if (dictionary_code(&m->archives, path.data, path.len, &code) != 0) {
			more = -1;
			break;
		}
	}
	db_finalize(s);
	return more;
}

void undo_match_close(struct undo_match *m)
{
	dictionary_free(&m->archives);
	free(m->used);
	*m = (struct undo_match){0};
}

/* The length of the path of the archive that a path is in, or 0. A file is in none, whatever its name. */
static size_t archive_of(const struct undo_match *m, const char *path)
{
	uint32_t code;

	for (size_t len = strlen(path); len-- > 0;)
		if (path[len] == BUNDLE_MARK && dictionary_find(&m->archives, path, len, &code))
			return lake_has(m->lake, path) == 0 ? len : 0;
	return 0;
}

static bool is_pattern_for(const char *argument, const char *path)
{
	return fnmatch(argument, path, FNM_PATHNAME | FNM_LEADING_DIR) == 0;
}

/* By its path, by that of a folder or the archive above it, or by a pattern for either. */
static bool is_meant(const char *argument, char *path, size_t archive)
{
	const size_t len = strlen(argument);
	bool meant;

	if (strncmp(path, argument, len) == 0 &&
	    (path[len] == '\0' || path[len] == '/' || (archive > 0 && len == archive)))
		return true;
	meant = is_pattern_for(argument, path);
	if (archive == 0 || meant)
		return meant;
	path[archive] = '\0';
	meant = is_pattern_for(argument, path);
	path[archive] = BUNDLE_MARK;
	return meant;
}

int undo_match_path(struct undo_match *m, struct text path)
{
	char *name = strndup(path.data, path.len);
	int meant = 0;
	size_t archive;

	if (name == NULL)
		return cause_memory();
	archive = archive_of(m, name);
	for (size_t i = 0; i < m->n; i++) {
		if (!is_meant(m->arguments[i], name, archive))
			continue;
		m->used[i] = true;
		meant = 1;
	}
	free(name);
	return meant;
}

int undo_match_within(struct undo_match *m, struct text path)
{
	char *name = strndup(path.data, path.len);
	uint32_t code;
	bool within = false;

	if (name == NULL)
		return cause_memory();
	for (size_t i = 0; i < m->n && !within; i++) {
		char *argument = m->arguments[i];

		for (char *mark = strchr(argument, BUNDLE_MARK); mark != NULL && !within;
		     mark = strchr(mark + 1, BUNDLE_MARK)) {
			*mark = '\0';
			within = strcmp(argument, name) == 0 || fnmatch(argument, name, FNM_PATHNAME) == 0;
			*mark = BUNDLE_MARK;
		}
	}
	free(name);
	if (within && dictionary_code(&m->archives, path.data, path.len, &code) != 0)
		return -1;
	return within;
}

int undo_match_all(const struct undo_match *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (!m->used[i])
			return cause_record(STATUS_USAGE,
					    "%s: no source of %s is called so: evmark sources %s lists them",
					    m->arguments[i], m->lake->path, m->lake->path);
	return 0;
}
