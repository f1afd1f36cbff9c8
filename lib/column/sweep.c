#include "column/sweep_loops.h"

const struct sweep sweep_plain = SWEEP_LOOPS;
