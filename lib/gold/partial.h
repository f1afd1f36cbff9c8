/*
 * partial -- a run's aggregates as frames: what a shard sends to the merge instead of its rows.
 *
 * A frame holds encoded groups of one table (group.h), or a piece of one that is large. They come in the
 * order of their keys, so that the merge of several shards goes through its memory once for each; but it is
 * order-free.
 */
#ifndef EV_PARTIAL_H
#define EV_PARTIAL_H

#include "gold/gold.h"
#include "stream/stream.h"

/* Every group of every table, into out. */
int partial_write(struct gold *gold, struct stream_writer *out) MUST_CHECK;
/* A FRAME_PARTIAL item; state, {0} at first, holds groups that are not complete yet. */
int partial_merge(struct gold *gold, const struct control_partial *partial, struct buffer *state) MUST_CHECK;

#endif
