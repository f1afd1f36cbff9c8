/*
 * bronze -- the files under bronze/, whatever the layout, in name order: all of them, or those in folders
 * that may hold something new (folder.h).
 *
 * Names that begin with "." or "_" or end in ".tmp" are set aside with a reason, folders of that kind without
 * being opened; so are files of other kinds, and symbolic links, but for those directly under bronze/, which
 * are followed. Errors: STATUS_SYSTEM naming the folder or file that cannot be read, STATUS_INPUT for a name
 * that is not UTF-8; what vanishes while it is looked at is not there.
 */
#ifndef EV_BRONZE_H
#define EV_BRONZE_H

#include "lake/lake.h"
#include "lake/ledger.h"
#include "source/folder.h"

struct bronze_file {
	struct text path; /* within the lake; valid once all are listed */
	uint64_t size;
	uint64_t mtime_ns;
	const char *ignored; /* why, or NULL */
	uint32_t folder;     /* among those that were listed */
};

/* {0} is empty. */
struct bronze {
	struct bronze_file *files;
	size_t n, cap;
	struct strings paths;
	/* What is to be remembered. */
	uint64_t *stamps; /* of the folders that were listed */
	size_t n_listed, cap_listed;
	struct bronze_row *rows;
	size_t n_rows, cap_rows;
	struct bronze_folder *folders; /* of all rows */
	size_t n_folders, cap_folders;
	struct buffer names; /* of folders and paths of rows, NUL-terminated */
};

/*
 * What a folder that has not changed may still hide is a file whose content was changed where it is: so each
 * is listed in one of so many runs all the same. With 1, all are in every run; with 0, none.
 */
enum { BRONZE_ROUNDS = 256 };

struct bronze_options {
	struct ledger *ledger; /* with the memory, or NULL */
	uint64_t run;          /* the newest: whose turn it is depends on it */
	uint64_t rounds;
};

int bronze_list(struct bronze *b, const struct lake *lake, const struct bronze_options *options) MUST_CHECK;
/* The next run has to look at this file again. */
void bronze_look_again(struct bronze *b, const struct bronze_file *file);
/* Row i of n_rows, as it is to be remembered: 1, its path, and row filled with it; 0 when it is remembered
 * like this already; -1. */
int bronze_row(const struct bronze *b, size_t i, struct text *path, struct buffer *row) MUST_CHECK;
void bronze_free(struct bronze *b);

#endif
