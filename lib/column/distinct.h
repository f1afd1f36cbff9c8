/*
 * distinct -- sets of 64-bit fingerprints: what count(DISTINCT x) remembers.
 *
 * A fingerprint (id) is XXH3-64 of a text, or of the 8 bytes of a number. Sets are exact in ids; two texts
 * share an id with a probability of n^2 / 2^65. In memory a set is its ids in order as long as they are few,
 * or came so from other sets; else open addressing, at most 5/8 full, whose places follow the ids' own order,
 * so that sorting is one pass. On disk sets are sorted runs.
 */
#ifndef EV_DISTINCT_H
#define EV_DISTINCT_H

#include "base/buffer.h"

#include <stdbool.h>

/* {0} is empty. */
struct distinct {
	uint64_t *slots; /* places, 0 being a free one; while bits is 0, n ids ascending */
	size_t cap;      /* places: 2^bits and some behind them, so that a probe needs no turn at the end */
	uint32_t bits;
	bool has_zero; /* the id 0 itself; where there are places */
	size_t n;
};

int distinct_add(struct distinct *d, uint64_t id) MUST_CHECK;
/* n ids as they are in an encoded set: ascending, 8 bytes each, aligned or not. */
int distinct_add_run(struct distinct *d, const void *ids, size_t n) MUST_CHECK;
/* Room for n more ids, so that adding them grows nothing. */
int distinct_reserve(struct distinct *d, size_t n) MUST_CHECK;
/* To be called some ids before the id is added, so that its place is in the cache by then. */
static inline void distinct_prefetch(const struct distinct *d, uint64_t id)
{
	__builtin_prefetch(d->bits > 0 ? &d->slots[id >> (64 - d->bits)] : d->slots, 1);
}
/* Appends all ids to out, ascending, 8 bytes each. */
int distinct_sorted(const struct distinct *d, struct buffer *out) MUST_CHECK;
void distinct_free(struct distinct *d);

static inline size_t distinct_bytes(const struct distinct *d)
{
	return d->cap * sizeof *d->slots;
}

/* Runs: ascending, without repetition; those given as void aligned or not. */
bool distinct_is_run(const void *ids, size_t n);
/* Takes those of run out of ids; returns how many are left. */
size_t distinct_subtract(uint64_t *ids, size_t n, const uint64_t *run, size_t n_run);
/* The union of two runs, in out (room for both); returns its length. */
size_t distinct_merge(const void *a, size_t n_a, const void *b, size_t n_b, void *out);

#endif
