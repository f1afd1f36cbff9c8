/*
 * lake -- the folder: what is where in it, staging, and moving staged files into place.
 *
 * Paths "within the lake" are relative to its folder, which is absolute. Functions that give a char * give a
 * malloc'd one, NULL on error. Errors: STATUS_INPUT for a folder that is no lake, STATUS_SYSTEM else.
 */
#ifndef EV_LAKE_H
#define EV_LAKE_H

#include "base/fd.h"
#include "column/dictionary.h"

#include <time.h>

struct lake {
	char *path; /* absolute, without links */
	int fd;     /* its folder */
};

/* A folder is a lake when it holds bronze/ or gold.db. */
int lake_open(struct lake *lake, const char *path) MUST_CHECK;
/* The same with a path from a stream. */
int lake_open_text(struct lake *lake, struct text path) MUST_CHECK;
void lake_close(struct lake *lake); /* {.fd = -1} is closed */

/* The full path of something within the lake. */
char *lake_path(const struct lake *lake, const char *within) MUST_CHECK;
/* 1: it is there, 0: it is not. */
int lake_has(const struct lake *lake, const char *within) MUST_CHECK;
/* The lake's own schemas/NAME if it has one, else NAME in the folder of the installed ones. */
char *lake_schema(const struct lake *lake, const char *name, const char *installed) MUST_CHECK;
/* Gives a lake what it lacks of schemas/event.json and schemas/gold/, durably. Under the write lock. */
int lake_adopt_schemas(const struct lake *lake, const char *installed) MUST_CHECK;

/* A new folder of the stage's own, mode 0700, within the lake: "staging/STAGE-xxxxxx". */
char *lake_stage(const struct lake *lake, const char *stage) MUST_CHECK;
/* Whether a path leads to something within the lake, by its names alone; links are followed as ever. */
bool lake_is_within(struct text path);
/* The same within staging/. */
bool lake_is_staged(struct text within);
/* Size and XXH3-128 of a file within the lake. */
int lake_measure(const struct lake *lake, const char *within, uint64_t *size,
		 struct hash128 *checksum) MUST_CHECK;
/*
 * Renames, never over another file. A source that is not there counts as moved when its target is: an
 * earlier process was stopped after the rename. Neither there is STATUS_INPUT. The folder of the target must
 * exist; the caller syncs folders.
 */
int lake_move(const struct lake *lake, const char *from, const char *to) MUST_CHECK;
/* mkdir -p and fsync of a folder within the lake. */
int lake_make_folder(const struct lake *lake, const char *within) MUST_CHECK;
int lake_sync_folder(const struct lake *lake, const char *within) MUST_CHECK;
/* Removes a folder within staging/ if it is empty: best effort. */
void lake_unstage(const struct lake *lake, const char *within);
/* Removes a staged file, and its folder with the last of them: best effort. */
void lake_discard(const struct lake *lake, const char *within);
/* Removes what dead runs left in staging/: folders in which nothing has changed for a day. Best effort; under
 * the write lock. */
void lake_sweep(const struct lake *lake, time_t now);

/* lake/stamp: the run that last changed Gold; 0 when there is none. */
int lake_read_stamp(const struct lake *lake, uint64_t *run) MUST_CHECK;
/* It may be lost when the machine stops: then the next run writes it. Under the write lock. */
int lake_write_stamp(const struct lake *lake, uint64_t run) MUST_CHECK;

#endif
