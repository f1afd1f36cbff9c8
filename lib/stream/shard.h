/*
 * shard -- the work of a run, shared out: which of the wanted files part k of n reads.
 *
 * Largest first, each to the part that has least so far: every part works out the same for itself, from sizes
 * alone.
 */
#ifndef EV_SHARD_H
#define EV_SHARD_H

#include "base/cause.h"

#include <stddef.h>
#include <stdint.h>

enum { SHARD_MAX = 4096 };

/* parts[i], from 1 to n, for each of the sizes. */
int shard_assign(const uint64_t *sizes, size_t n_sizes, uint32_t n, uint32_t *parts) MUST_CHECK;

#endif
