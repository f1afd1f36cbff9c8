/*
 * gold -- the Gold tables as incremental materialized views: definitions, the run's own aggregates, their
 * merge into what the lake holds.
 *
 * In memory are only the groups that the run touches. Everything is mergeable and order-free, so any split of
 * the same events into runs and orders gives the same tables and the same state, bit for bit.
 */
#ifndef EV_GOLD_H
#define EV_GOLD_H

#include "batch.h"
#include "db.h"

struct gold;

/*
 * Compiles every *.sql in folder, in name order, against the Silver columns. Errors: STATUS_USAGE naming
 * file, line and construct.
 */
struct gold *gold_open(const char *folder, const struct columns *silver) MUST_CHECK;
void gold_close(struct gold *g);

/* Rows of a Silver batch, its vectors in the order of the columns given to gold_open. */
int gold_update(struct gold *g, const struct batch *batch) MUST_CHECK;
/* The stream's dictionary of a column was emptied. */
void gold_strings_reset(struct gold *g, size_t column);

/* The tables that state and definitions live in; called once when a lake is created. */
int gold_create(struct db *db) MUST_CHECK;
/*
 * Holds the definitions against those the lake keeps. On a lake without history they are taken as they are;
 * on one with history a new, changed or vanished definition is STATUS_USAGE, with what to type next.
 */
int gold_check(const struct gold *g, struct db *db, bool has_history) MUST_CHECK;
/* Within the caller's transaction: merges the run into the state, and recomputes the rows of the touched
 * groups. */
int gold_commit(struct gold *g, struct db *db) MUST_CHECK;
/* Whether gold_commit would change anything; groups held, and bytes of memory that they take. */
bool gold_is_touched(const struct gold *g);
uint64_t gold_groups(const struct gold *g);
uint64_t gold_bytes(const struct gold *g);

#endif
