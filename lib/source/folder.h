/*
 * folder -- what is remembered of the folders under bronze/, so that those in which nothing has changed need
 * not be listed again.
 *
 * A folder has a stamp: a fingerprint of its inode number and of its times of change and modification. A new,
 * renamed or removed entry changes a folder's time of change, which nobody can set. So when the stamp is what
 * it was when all the folder's files had been listed and were marked, it holds no file that is not; a file
 * whose content was changed where it is does not show this way.
 *
 * The memory is a row for each folder that has subfolders: their names in the order of bytes, each with its
 * stamp. A stamp of 0 says that the subfolder has to be listed: it had changed just before (a change within
 * the same tick of the clock would not show), or holds a file that is to be looked at again. The row of the
 * path "" ends with the empty name, bronze/ itself. Paths are within bronze/.
 */
#ifndef EV_FOLDER_H
#define EV_FOLDER_H

#include "column/dictionary.h"

#include <sys/stat.h>

/* What has changed within so many seconds before it is listed is listed again. */
enum { FOLDER_SETTLED_SECONDS = 10 };

struct folder {
	struct text name; /* NUL-terminated */
	uint64_t stamp;
	bool branch; /* it has subfolders, and so a row of its own */
};

/* Never 0. */
uint64_t folder_stamp(const struct stat *st);
/* Appends to a row. name.len is without the NUL, which is added. */
int folder_append(struct buffer *row, const struct folder *f) MUST_CHECK;
/* Takes the first folder off a row: 1; 0 at its end, or where it is no row; then something is left of it. */
int folder_next(struct text *row, struct folder *f);
/* Whether all of it is one. */
bool folder_is_row(struct text row);

/* Why a file or folder of that name is left alone: no producer has finished with it, or it is not meant as
 * data. NULL: it is not. */
const char *folder_ignored_name(const char *name);

#endif
