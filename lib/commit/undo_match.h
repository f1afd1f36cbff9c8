/*
 * undo_match -- which sources are meant by the arguments of a verb: paths, folders and archives above them,
 * and patterns for either.
 */
#ifndef EV_UNDO_MATCH_H
#define EV_UNDO_MATCH_H

#include "base/db.h"
#include "lake/lake.h"

struct undo_match {
	const struct lake *lake;
	char **arguments;
	size_t n;
	bool *used;
	struct dictionary archives; /* that have marks, or are looked into */
};

/* All are borrowed. arguments ends with a NULL. {0} can be closed. */
int undo_match_open(struct undo_match *m, const struct lake *lake, struct db *db,
		    char **arguments) MUST_CHECK;
void undo_match_close(struct undo_match *m);
/* 1, 0, -1 */
int undo_match_path(struct undo_match *m, struct text path) MUST_CHECK;
/* Whether members of a file, if it is an archive, may be meant, and not all of them; then it counts as one:
 * 1, 0, -1. */
int undo_match_within(struct undo_match *m, struct text path) MUST_CHECK;
/* STATUS_USAGE: one of them has not meant anything. */
int undo_match_all(const struct undo_match *m) MUST_CHECK;

#endif
