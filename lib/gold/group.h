/*
 * group -- the groups of one definition: rows of batches in, keys and states out.
 *
 * Groups are numbered in the order of their appearance. A definition without GROUP BY has its one group from
 * the start. Memory grows with groups and with the ids of distinct counts, and with nothing else: what speeds
 * up batches is bounded and may be forgotten at any time.
 *
 * An encoded group (a shard's, on its way to be merged) is a length of 8 bytes and the key, then for each
 * measure in order its state (state.h); a distinct is followed by its ids, 8 bytes each, ascending. All
 * little endian.
 */
#ifndef EV_GROUP_H
#define EV_GROUP_H

#include "gold/definition.h"

struct groups;

/* All borrowed. *budget is the bytes left for bitmaps of codes seen, shared by all who are given it. */
struct groups *groups_new(const struct definition *d, struct view *view, struct predicates *predicates,
			  uint64_t *budget) MUST_CHECK;
void groups_free(struct groups *g);

/* Takes in the batch that the view holds. */
int groups_update(struct groups *g) MUST_CHECK;

/* The slots of a column are about to change their meaning: for the view's before_reset. */
int groups_settle(struct groups *g, size_t column) MUST_CHECK;

/* Adds encoded groups, one behind the other. STATUS_INPUT when the bytes are none. */
int groups_merge(struct groups *g, const void *data, size_t len) MUST_CHECK;

/* Whether there is anything: a row has met WHERE, or a group was merged. */
bool groups_any(const struct groups *g);
/* How many there are; when some were merged, how many of them the walk has passed. */
uint64_t groups_n(const struct groups *g);
uint64_t groups_bytes(const struct groups *g);

/*
 * All groups, if there is anything, in the order of their keys as bytes: to the start, and on to the next: 1
 * with its key, borrowed until the one after it; 0 behind the last; -1. In between nothing is to be added.
 */
int groups_rewind(struct groups *g) MUST_CHECK;
/* The same for who needs no order: that of their appearance, if none were merged. */
int groups_rewind_any(struct groups *g) MUST_CHECK;
int groups_next(struct groups *g, struct text *key) MUST_CHECK;
/* Of the group at hand: the state of any measure but a distinct, into an initialized state; of a distinct the
 * ids, ascending, 8 bytes each, appended to out; and all of it encoded. */
int groups_state(struct groups *g, size_t measure, struct state *s) MUST_CHECK;
int groups_ids(struct groups *g, size_t measure, struct buffer *out) MUST_CHECK;
int groups_encode(struct groups *g, struct buffer *out) MUST_CHECK;

#endif
