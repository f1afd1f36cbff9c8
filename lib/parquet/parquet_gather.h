/*
 * parquet_gather -- chosen rows of a vector as dense arrays, nulls left out, as the pages of a column take
 * them.
 */
#ifndef EV_PARQUET_GATHER_H
#define EV_PARQUET_GATHER_H

#include "column/batch.h"

/* n rows of a batch: row i is rows[i], or first + i when rows is NULL. */
struct parquet_rows {
	const uint32_t *rows;
	uint32_t first;
	uint32_t n;
};

/* The part from row `from` on, of at most n rows. */
static inline struct parquet_rows parquet_rows_slice(struct parquet_rows r, uint32_t from, uint32_t n)
{
	n = n < r.n - from ? n : r.n - from;
	return (struct parquet_rows){r.rows == NULL ? NULL : r.rows + from, r.first + from, n};
}

/* Each writes the values of the rows that are not null to out, which has room for rows.n, and returns how
 * many those are. Codes of width 0 are one code: no array is made of them. */
uint32_t parquet_gather_codes(const struct vector *v, struct parquet_rows rows, uint32_t *out);
uint32_t parquet_gather_numbers(const struct vector *v, struct parquet_rows rows, int64_t *out);
uint32_t parquet_gather_texts(const struct vector *v, struct parquet_rows rows, struct text *out);
/*
 * Sets bits at .. at + rows.n of a bitmap: is the row not null? Bits behind them are spoiled, up to the end
 * of the word after the last. Returns how many are set. bits may be NULL, for the count alone.
 */
uint32_t parquet_gather_valid(const struct vector *v, struct parquet_rows rows, uint64_t *bits, size_t at);

/*
 * The commonest of them: codes of one byte, of n rows from `first` on, of which some are null. A plain one,
 * and one for processors with AVX2 and BMI2: NULL where the compiler has none. out has room for n.
 */
typedef uint32_t parquet_gather_bytes(const uint8_t *codes, const uint64_t *valid, uint32_t first, uint32_t n,
				      uint32_t base, uint32_t *out);
extern parquet_gather_bytes *const parquet_gather_bytes_plain, *const parquet_gather_bytes_avx2;

/* n <= 64 bits of a bitmap from bit `at` on; no word is read that holds none of them. */
static inline uint64_t parquet_bits(const uint64_t *bits, size_t at, uint32_t n)
{
	uint64_t word = bits[at / 64] >> at % 64;

	if (at % 64 + n > 64)
		word |= bits[at / 64 + 1] << (64 - at % 64);
	return n == 64 ? word : word & (((uint64_t)1 << n) - 1);
}

#endif
