/*
 * sweep -- passes over whole columns of integers, for the instructions that the processor has.
 *
 * The loops are one text (sweep_loops.h), compiled once for every processor and once for AVX2. Nothing here
 * can fail.
 */
#ifndef EV_SWEEP_H
#define EV_SWEEP_H

#include <stddef.h>
#include <stdint.h>

struct sweep {
	/* The least and the greatest of n > 0. */
	void (*range)(const int64_t *values, size_t n, int64_t *low, int64_t *high);
	/* The greatest of n unsigned integers of width bytes: 0, 1, 2, 4, 8. It is 0 where there are none. */
	uint64_t (*most)(const void *values, unsigned width, size_t n);
	/* Each less base, in width bytes: 0, 1, 2, 4, 8. */
	void (*narrow)(const int64_t *values, size_t n, int64_t base, unsigned width, void *to);
};

extern const struct sweep sweep_plain;
/* NULL where it was not compiled. */
extern const struct sweep *const sweep_avx2;

static inline const struct sweep *sweep_best(void)
{
#if defined __x86_64__
	if (sweep_avx2 != NULL && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"))
		return sweep_avx2;
#endif
	return &sweep_plain;
}

#endif
