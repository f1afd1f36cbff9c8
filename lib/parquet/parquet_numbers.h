/*
 * parquet_numbers -- distinct numbers in the order of their first appearance, for the dictionary of a column
 * chunk.
 *
 * {0} is empty. values[0 .. n) are the numbers; a double goes by its bits. Most decimals are amounts of
 * money, whole cents of a small range: those are found in a table by their cents, which is one load from the
 * cache; the others by hash.
 */
#ifndef EV_PARQUET_NUMBERS_H
#define EV_PARQUET_NUMBERS_H

#include "base/buffer.h"

struct parquet_numbers {
	int64_t *values;
	uint32_t *cents; /* by cents: index + 1, or 0 */
	uint32_t *slots; /* by hash: the same */
	size_t cap, n_cents;
	size_t n_slots; /* a power of two, or 0 */
	uint32_t n, n_hashed;
};

/* indices[i] = the index of numbers[i], added when new. */
int parquet_numbers_find(struct parquet_numbers *d, const int64_t *numbers, size_t n,
			 uint32_t *indices) MUST_CHECK;
void parquet_numbers_clear(struct parquet_numbers *d); /* keeps the memory */
void parquet_numbers_free(struct parquet_numbers *d);

#endif
