/*
 * commit -- the one commit: Gold, marks, manifest, counts and the run's row, in a single transaction.
 *
 * Under the write lock it finishes what a stopped run left, checks the run against the lake, writes, and
 * commits; then the staged files are renamed into place, and what waits for that is no longer pending.
 * Stopped at any point, the lake is as before the run or as after it, and the next run does the rest.
 *
 * Errors: STATUS_RETRY when somebody else committed first, or when a source turned out to be a copy (which is
 * then marked); STATUS_REFUSED when the run does not fit the lake.
 */
#ifndef EV_COMMIT_H
#define EV_COMMIT_H

#include "gold/gold.h"
#include "lake/lake.h"
#include "lake/ledger.h"
#include "lake/run.h"

struct commit {
	const struct lake *lake;
	const struct run *run;
	struct gold *gold;
	const char *schemas; /* the installed ones: for a lake that has none of its own */
	const char *began;   /* as ledger_now gives it */
	double wall_seconds, cpu_seconds;
	/* Set by commit_run. */
	uint64_t number; /* of the run; 0: nothing was committed */
	uint64_t copies; /* marked SKIPPED_SAME */
};

int commit_run(struct commit *c) MUST_CHECK;
/* Best effort: notes the cause on record as a failed attempt, in a lake that has a ledger. */
void commit_note_failure(const struct lake *lake, struct text verb);

#endif
