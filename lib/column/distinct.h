/*
 * distinct -- runs of 64-bit fingerprints: what count(DISTINCT x) remembers.
 *
 * A fingerprint (id) is XXH3-64 of a text, or of the 8 bytes of a number. Sets are exact in ids; two texts
 * share an id with a probability of n^2 / 2^65. A run is ids ascending, without repetition, in memory as on
 * disk 8 bytes each; those given as void are aligned or not.
 */
#ifndef EV_DISTINCT_H
#define EV_DISTINCT_H

#include "base/buffer.h"

#include <stdbool.h>

/* Makes a run of n ids, and returns how many are left. scratch has room for n, or is NULL when n is at most
 * DISTINCT_FEW. */
enum { DISTINCT_FEW = 24 };
size_t distinct_sort(uint64_t *ids, size_t n, uint64_t *scratch);

bool distinct_is_run(const void *ids, size_t n);
/* Takes those of run out of ids; returns how many are left. */
size_t distinct_subtract(uint64_t *ids, size_t n, const void *run, size_t n_run);
/* The union of two runs, in out (room for both); returns its length. */
size_t distinct_merge(const void *a, size_t n_a, const void *b, size_t n_b, void *out);

#endif
