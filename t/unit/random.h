/*
 * random -- the same numbers every time (xorshift64, George Marsaglia, 2003).
 */
#ifndef EV_RANDOM_H
#define EV_RANDOM_H

#include <stdint.h>

static uint64_t random_state = 88172645463325252;

static inline uint64_t random_next(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	return random_state ^= random_state << 17;
}

#endif
