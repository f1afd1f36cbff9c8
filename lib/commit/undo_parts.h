/*
 * undo_parts -- what the files of undo share: undo.c, which knows the verbs, and undo_replay.c.
 */
#ifndef EV_UNDO_PARTS_H
#define EV_UNDO_PARTS_H

#include "commit/undo.h"

/* A query that must give no row; what it gives is a path that something is wrong with: STATUS_REFUSED. */
int undo_refuse_if(struct work *w, const char *sql, const char *what) MUST_CHECK;
/* Runs statements with as many of ?1, the run, and ?2, its target, as they have, which is n. */
int undo_run_all(struct work *w, const char *const *sql, size_t n_sql, int n) MUST_CHECK;

#define UNDO_RUN_ALL(W, SQL, N) undo_run_all(W, SQL, sizeof(SQL) / sizeof *(SQL), N)

/* Lines that were in quarantine: what is kept, rejected, blank and noted of their sources now. The files that
 * were read again are in temp.reread. */
int undo_replay(struct work *w) MUST_CHECK;

#endif
