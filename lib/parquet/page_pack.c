#include "parquet/page_pack_loops.h"

const struct page_pack page_pack_plain = PAGE_PACK_LOOPS;
