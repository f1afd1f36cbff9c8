#include "parquet/parquet_gather.h"

#include <assert.h>

#if defined __x86_64__
#define HAS_AVX2() __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2")
#else
#define HAS_AVX2() 0
#endif

static inline void bits_store(uint64_t *bits, size_t at, uint64_t word)
{
	uint64_t *to = bits + at / 64;
	unsigned shift = at % 64;

	if (shift == 0) {
		*to = word;
		return;
	}
	to[0] = (to[0] & (((uint64_t)1 << shift) - 1)) | word << shift;
	to[1] = word >> (64 - shift);
}

static inline uint32_t word_rows(uint32_t n, uint32_t i)
{
	return n - i < 64 ? n - i : 64;
}

/* Validity of up to 64 rows from the i-th of rows on. */
static inline uint64_t valid_word(const struct vector *v, struct parquet_rows r, uint32_t i)
{
	uint32_t n = word_rows(r.n, i);
	uint64_t word = 0;

	if (r.rows == NULL)
		return parquet_bits(v->valid, r.first + i, n);
	for (uint32_t j = 0; j < n; j++) {
		uint32_t row = r.rows[i + j];
		word |= (v->valid[row / 64] >> row % 64 & 1) << j;
	}
	return word;
}

/* One loop for each width: a stored integer plus base, as the type wanted. */
#define GATHER(name, in_type, out_type)                                                             \
	static uint32_t name(const struct vector *v, struct parquet_rows r, out_type *restrict out) \
	{                                                                                           \
		const in_type *restrict in = v->values;                                             \
		const uint64_t base = (uint64_t)v->base;                                            \
		uint32_t k = 0;                                                                     \
                                                                                                    \
		if (v->valid == NULL && r.rows == NULL) {                                           \
			for (in += r.first; k < r.n; k++)                                           \
				out[k] = (out_type)(base + in[k]);                                  \
			return k;                                                                   \
		}                                                                                   \
		if (v->valid == NULL) {                                                             \
			for (; k < r.n; k++)                                                        \
				out[k] = (out_type)(base + in[r.rows[k]]);                          \
			return k;                                                                   \
		}                                                                                   \
		for (uint32_t i = 0; i < r.n; i += 64) {                                            \
			uint64_t word = valid_word(v, r, i);                                        \
			for (; word != 0; word &= word - 1) {                                       \
				uint32_t j = i + (uint32_t)__builtin_ctzll(word);                   \
				uint32_t row = r.rows == NULL ? r.first + j : r.rows[j];            \
				out[k++] = (out_type)(base + in[row]);                              \
			}                                                                           \
		}                                                                                   \
		return k;                                                                           \
	}

GATHER(codes8, uint8_t, uint32_t)
GATHER(codes16, uint16_t, uint32_t)
GATHER(codes32, uint32_t, uint32_t)
GATHER(codes64, uint64_t, uint32_t)
GATHER(numbers8, uint8_t, int64_t)
GATHER(numbers16, uint16_t, int64_t)
GATHER(numbers32, uint32_t, int64_t)
GATHER(numbers64, uint64_t, int64_t)

static uint32_t bytes_plain(const uint8_t *codes, const uint64_t *valid, uint32_t first, uint32_t n,
			    uint32_t base, uint32_t *out)
{
	const struct vector v = {.width = 1, .base = base, .values = codes, .valid = valid};

	return codes8(&v, (struct parquet_rows){NULL, first, n}, out);
}

parquet_gather_bytes *const parquet_gather_bytes_plain = bytes_plain;

uint32_t parquet_gather_codes(const struct vector *v, struct parquet_rows rows, uint32_t *out)
{
	assert(v->width > 0);
	if (v->width == 1 && v->valid != NULL && rows.rows == NULL && HAS_AVX2())
		return parquet_gather_bytes_avx2(v->values, v->valid, rows.first, rows.n, (uint32_t)v->base,
						 out);
	switch (v->width) {
	case 1: return codes8(v, rows, out);
	case 2: return codes16(v, rows, out);
	case 4: return codes32(v, rows, out);
	default: return codes64(v, rows, out);
	}
}

uint32_t parquet_gather_numbers(const struct vector *v, struct parquet_rows rows, int64_t *out)
{
	switch (v->width) {
	case 1: return numbers8(v, rows, out);
	case 2: return numbers16(v, rows, out);
	case 4: return numbers32(v, rows, out);
	case 8: return numbers64(v, rows, out);
	}
	uint32_t n = parquet_gather_valid(v, rows, NULL, 0);
	for (uint32_t i = 0; i < n; i++)
		out[i] = v->base;
	return n;
}

uint32_t parquet_gather_texts(const struct vector *v, struct parquet_rows rows, struct text *out)
{
	uint32_t k = 0;

	for (uint32_t i = 0; i < rows.n; i++) {
		uint32_t row = rows.rows == NULL ? rows.first + i : rows.rows[i];
		if (vector_is_valid(v, row))
			out[k++] = vector_text(v, row);
	}
	return k;
}

uint32_t parquet_gather_valid(const struct vector *v, struct parquet_rows rows, uint64_t *bits, size_t at)
{
	uint32_t set = 0;

	if (v->valid == NULL && bits == NULL)
		return rows.n;
	for (uint32_t i = 0; i < rows.n; i += 64) {
		uint64_t word = v->valid == NULL ? UINT64_MAX : valid_word(v, rows, i);
		if (bits != NULL)
			bits_store(bits, at + i, word);
		set += (uint32_t)__builtin_popcountll(word);
	}
	return v->valid == NULL ? rows.n : set;
}
