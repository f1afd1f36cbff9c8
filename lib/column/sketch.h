/*
 * sketch -- about how many different 64-bit fingerprints there were: exactly as long as they are few, then
 * within about 0.8 % (one standard error), in 16 KiB whatever comes.
 *
 * Source: Flajolet et al., "HyperLogLog" (2007), with 2^14 registers; the estimate is Ertl's, "New
 * cardinality estimation algorithms for HyperLogLog sketches" (2017), section 4, which has no bias to be
 * corrected. What it gives depends on the set of fingerprints only, not on their order.
 */
#ifndef EV_SKETCH_H
#define EV_SKETCH_H

#include "base/cause.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* {0} is empty. */
struct sketch {
	uint64_t *places;   /* as long as there are few; 0 is a free one */
	uint8_t *registers; /* then */
	uint32_t n, cap;    /* of places */
	bool has_zero;      /* the fingerprint 0 itself, among few */
};

/* 1: it is new, as far as that is known: never of one that is not; 0; -1 (memory). */
int sketch_add(struct sketch *s, uint64_t id) MUST_CHECK;
/* Whether the count is exact. */
static inline bool sketch_is_exact(const struct sketch *s)
{
	return s->registers == NULL;
}
uint64_t sketch_count(const struct sketch *s);
void sketch_free(struct sketch *s);

#endif
