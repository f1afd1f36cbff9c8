/*
 * sweep_loops -- the text of sweep's loops, which the compiler turns into straight vector code: one for each
 * width. To be included by the files that compile it, and by nobody else.
 */
#ifndef EV_SWEEP_LOOPS_H
#define EV_SWEEP_LOOPS_H

#include "column/sweep.h"

static void loop_range(const int64_t *values, size_t n, int64_t *low, int64_t *high)
{
	int64_t least = values[0], greatest = values[0];

	for (size_t i = 1; i < n; i++) {
		least = values[i] < least ? values[i] : least;
		greatest = values[i] > greatest ? values[i] : greatest;
	}
	*low = least;
	*high = greatest;
}

#define MOST(TYPE)                                                                                  \
	do {                                                                                        \
		TYPE most = 0;                                                                      \
		for (size_t i = 0; i < n; i++)                                                      \
			most = most > ((const TYPE *)values)[i] ? most : ((const TYPE *)values)[i]; \
		return most;                                                                        \
	} while (0)

static uint64_t loop_most(const void *values, unsigned width, size_t n)
{
	switch (width) {
	case 1: MOST(uint8_t);
	case 2: MOST(uint16_t);
	case 4: MOST(uint32_t);
	case 8: MOST(uint64_t);
	default: return 0;
	}
}

#define NARROW(TYPE)                   \
	for (size_t i = 0; i < n; i++) \
	((TYPE *)to)[i] = (TYPE)((uint64_t)values[i] - (uint64_t)base)

static void loop_narrow(const int64_t *restrict values, size_t n, int64_t base, unsigned width,
			void *restrict to)
{
	switch (width) {
	case 1: NARROW(uint8_t); break;
	case 2: NARROW(uint16_t); break;
	case 4: NARROW(uint32_t); break;
	case 8: NARROW(uint64_t); break;
	default: break;
	}
}

#define SWEEP_LOOPS                                \
	{                                          \
		loop_range, loop_most, loop_narrow \
	}

#endif
