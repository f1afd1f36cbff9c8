/* The Makefile compiles this file with -mavx2 and its like. Called only where the processor has them. */
#ifdef __AVX2__
#include "parquet/page_pack_loops.h"

static const struct page_pack loops = PAGE_PACK_LOOPS;

const struct page_pack *const page_pack_avx2 = &loops;
#else
#include "parquet/page_pack.h"

const struct page_pack *const page_pack_avx2 = NULL;
#endif
