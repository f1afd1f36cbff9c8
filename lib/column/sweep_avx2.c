/* The Makefile compiles this file with -mavx2 and its like. Called only where the processor has them. */
#ifdef __AVX2__
#include "column/sweep_loops.h"

static const struct sweep loops = SWEEP_LOOPS;

const struct sweep *const sweep_avx2 = &loops;
#else
#include "column/sweep.h"

const struct sweep *const sweep_avx2 = NULL;
#endif
