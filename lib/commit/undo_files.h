/*
 * undo_files -- which files of Silver and quarantine hold anything of some sources.
 *
 * Of a Silver file only the source column is read, and only row groups whose statistics do not rule them out.
 * Errors: those of the readers; a file that is not there is STATUS_SYSTEM.
 */
#ifndef EV_UNDO_FILES_H
#define EV_UNDO_FILES_H

#include "base/db.h"
#include "lake/lake.h"

struct undo_file {
	struct text path, staged;
	uint64_t size;
	bool hit; /* it does */
};

/* {0} is empty. */
struct undo_files {
	struct undo_file *items;
	size_t n, cap;
	struct strings texts; /* two for each */
};

/* All live files of Silver, if it is asked for, and those of quarantine that are hit, each in the order of
 * paths. */
int undo_files_find(struct undo_files *f, const struct lake *lake, struct db *db,
		    const struct dictionary *sources, bool silver) MUST_CHECK;
/* A descriptor, and the file's full path, in its place or where it is staged. */
int undo_file_open(const struct undo_file *file, const struct lake *lake, struct buffer *path) MUST_CHECK;
void undo_files_free(struct undo_files *f);

#endif
