/*
 * undo -- what runs other than a load change in the ledger, in the commit's transaction (commit_parts.h).
 *
 * Nothing is deleted: rows end with the run, and those that hold again begin with it. What the run read again
 * is held against what the ledger has, file by file, so that no file can vanish from Gold or be counted
 * twice. Errors: STATUS_RETRY when any other run was committed since the plan was made; STATUS_REFUSED when
 * the run does not fit the ledger.
 */
#ifndef EV_UNDO_H
#define EV_UNDO_H

#include "commit/commit_parts.h"

/* Marks, counts and files end or hold again, as the verb says. */
int undo_apply(struct work *w) MUST_CHECK;
/* When all is written: what the marks say was kept and rejected is what the files hold. */
int undo_check_sums(struct work *w) MUST_CHECK;
/* Sources of the run turned out to be copies: -1. */
int undo_refuse_copies(struct work *w) MUST_CHECK;

#endif
