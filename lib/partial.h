/*
 * partial -- a run's aggregates as frames: what a shard sends to the merge instead of its rows.
 *
 * A group is one encoded state (gold.h), in as many partial frames as its size needs. Merging is order-free.
 */
#ifndef EV_PARTIAL_H
#define EV_PARTIAL_H

#include "gold.h"
#include "stream.h"

/* Every group of every table, into out. */
int partial_write(struct gold *gold, struct stream_writer *out) MUST_CHECK;
/* A FRAME_PARTIAL item; state, {0} at first, holds a group that is not complete yet. */
int partial_merge(struct gold *gold, const struct control_partial *partial, struct buffer *state) MUST_CHECK;

#endif
