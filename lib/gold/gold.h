/*
 * gold -- the Gold tables as incremental materialized views: definitions, the run's own aggregates, their
 * merge into what the lake holds.
 *
 * In memory are only the groups that the run touches. Everything is mergeable and order-free, so any split of
 * the same events into runs and orders gives the same tables and the same state, bit for bit.
 *
 * What the lake keeps, beside the Gold tables themselves (gold_table.h) and the state of their groups
 * (gold_group.h):
 *
 *   lake_definition  id, name      of a Gold table
 *                    sql           the text that defines it, as it was read
 */
#ifndef EV_GOLD_H
#define EV_GOLD_H

#include "base/db.h"
#include "column/batch.h"

struct gold;

/*
 * Compiles every *.sql in folder, in name order, against the Silver columns. Errors: STATUS_USAGE naming
 * file, line and construct.
 */
struct gold *gold_open(const char *folder, const struct columns *silver) MUST_CHECK;
/* The same with the definitions that the lake keeps. */
struct gold *gold_open_kept(struct db *db, const struct columns *silver) MUST_CHECK;
void gold_close(struct gold *g);

/* Before any row: only tables that are named so are to be made anew, one call for each. A name that is no
 * table's is no error here. */
int gold_select(struct gold *g, struct text table) MUST_CHECK;

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
/*
 * Before gold_commit, in its transaction, when what the run has seen is all there is: the selected tables, or
 * all, are emptied with their state, and their definitions are what they are now; one that has no definition
 * any more goes. STATUS_USAGE when a selected table is neither in the lake nor defined, or when the
 * definition of another than these is not the lake's.
 */
int gold_renew(struct gold *g, struct db *db) MUST_CHECK;
/* Within the caller's transaction: merges the run into the state, and recomputes the rows of the touched
 * groups. To be called once. */
int gold_commit(struct gold *g, struct db *db) MUST_CHECK;
/* After gold_commit: whether it changed a table; whether it made it, and how many rows it added. */
struct gold_change {
	bool any, anew;
	uint64_t rows;
};
struct gold_change gold_table_change(const struct gold *g, size_t table);
/* Whether gold_commit would change anything; groups held, and bytes of memory that they take. */
bool gold_is_touched(const struct gold *g);
uint64_t gold_groups(const struct gold *g);
uint64_t gold_bytes(const struct gold *g);

/*
 * For shards, whose aggregates are merged elsewhere: the tables are numbered in name order, and the groups of
 * each, none when the run touched none, come encoded (group.h) in the order of their keys: after gold_rewind
 * each call appends the next to out, 1, 0 behind the last, -1. They are merged into the table of that name;
 * STATUS_INPUT when there is no such table, or the bytes are no group of it.
 */
size_t gold_tables(const struct gold *g);
const char *gold_table_name(const struct gold *g, size_t table);
int gold_rewind(struct gold *g, size_t table) MUST_CHECK;
int gold_encode_next(struct gold *g, size_t table, struct buffer *out) MUST_CHECK;
int gold_merge(struct gold *g, struct text table, const void *data, size_t len) MUST_CHECK;

#endif
