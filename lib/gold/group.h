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

uint32_t groups_n(const struct groups *g);
/* Rows that have met WHERE, and groups that were merged: 0 when there is nothing. */
uint64_t groups_rows(const struct groups *g);
uint64_t groups_bytes(const struct groups *g);
/* Borrowed until the next update. */
struct text groups_key(const struct groups *g, uint32_t group);
/* Into an initialized state. */
int groups_state(struct groups *g, uint32_t group, size_t measure, struct state *s) MUST_CHECK;
/* Appends the ids of a distinct to out, ascending, 8 bytes each. */
int groups_ids(struct groups *g, uint32_t group, size_t measure, struct buffer *out) MUST_CHECK;

/* The numbers of all groups, in the order of their keys as bytes; the caller frees them. */
uint32_t *groups_order(struct groups *g) MUST_CHECK;

int groups_encode(struct groups *g, uint32_t group, struct buffer *out) MUST_CHECK;
/* Adds encoded groups, one behind the other. STATUS_INPUT when the bytes are none. */
int groups_merge(struct groups *g, const void *data, size_t len) MUST_CHECK;

#endif
