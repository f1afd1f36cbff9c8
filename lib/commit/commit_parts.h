/*
 * commit_parts -- what the files of the commit share: commit.c, which holds it together, commit_copies.c and
 * undo.c.
 */
#ifndef EV_COMMIT_PARTS_H
#define EV_COMMIT_PARTS_H

#include "commit/catalog.h"
#include "commit/commit.h"
#include "stream/verb.h"

/* The state of one commit_run. */
struct work {
	struct commit *c;
	enum verb verb;
	struct db *db;
	struct ledger ledger;
	struct catalog catalog;
	struct text *targets; /* of the staged files, in their order */
	struct strings target_texts;
};

/* Another run was first: nothing is lost, and the next try begins with what it left. */
int commit_too_late(struct text path, const char *what);
/* A copy with a NUL behind it; the caller frees it. */
char *commit_copy_text(struct text text) MUST_CHECK;
/* The row of the run. */
int commit_add_run(struct work *w, const struct run_sums *sums, uint64_t files) MUST_CHECK;

/* Marks those of the run's sources that turned out to be copies: 1: there were some, and nothing else of the
 * run may be kept, 0: none. */
int commit_mark_copies(struct work *w) MUST_CHECK;
/* The copies that the plan knew of, and the marks that only need another size or mtime. */
int commit_write_wants(struct work *w) MUST_CHECK;
/* Archives that were read, and those of which something has changed. */
int commit_mark_archives(struct work *w) MUST_CHECK;

#endif
