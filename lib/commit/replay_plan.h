/*
 * replay_plan -- lines that somebody corrected, and the quarantine files that they are in: the plan of a
 * replay from files.
 *
 * The files are laid out as quarantine is (quarantine.h), plain or gzipped, wherever they lie; "-" is
 * standard input. A line is found by its source and its number there, and only the bytes behind the last tab
 * count. Memory grows with the lines in the files. Errors: STATUS_INPUT for a file that is laid out in
 * another way; STATUS_REFUSED naming the first line that is not in quarantine, or there twice; STATUS_USAGE
 * for files without a line.
 */
#ifndef EV_REPLAY_PLAN_H
#define EV_REPLAY_PLAN_H

#include "commit/undo_plan.h"

/* paths: up to a NULL. */
int replay_plan_files(struct undo_plan *p, const struct lake *lake, struct db *db, char **paths) MUST_CHECK;

#endif
