#include "parquet_numbers.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 64, PORTION = 64, CENT = 10000 /* millionths */ };

/*
 * Most decimals are amounts of money: whole cents of a small range. Those are given slots of their own side
 * by side, which no others share and which stay in the cache; what is left of the cent is spread over the
 * table.
 */
static inline size_t slot_of(int64_t number, size_t n_slots)
{
	uint64_t cents = (uint64_t)number / CENT, rest = (uint64_t)number % CENT;

	return (size_t)(cents + (rest * UINT64_C(0x9e3779b97f4a7c15) >> 32)) & (n_slots - 1);
}

static int grow(struct parquet_numbers *d, size_t n_slots)
{
	uint32_t *slots = calloc(n_slots, sizeof *slots);

	if (slots == NULL)
		return cause_memory();
	for (uint32_t i = 0; i < d->n; i++) {
		size_t s = slot_of(d->values[i], n_slots);
		while (slots[s] != 0)
			s = (s + 1) & (n_slots - 1);
		slots[s] = i + 1;
	}
	free(d->slots);
	d->slots = slots;
	d->n_slots = n_slots;
	return 0;
}

/* Room for n more, at most a third full: a probe that goes on costs more than the memory. */
static int make_room(struct parquet_numbers *d, size_t n)
{
	size_t n_slots = d->n_slots == 0 ? FIRST_SLOTS : d->n_slots;

	while ((d->n + n) * 3 > n_slots)
		n_slots *= 2;
	if (n_slots > d->n_slots && grow(d, n_slots) != 0)
		return -1;
	return array_reserve(&d->values, &d->cap, d->n + n, sizeof *d->values);
}

static inline uint32_t find(struct parquet_numbers *d, int64_t number, size_t s)
{
	uint32_t found;

	for (; (found = d->slots[s]) != 0; s = (s + 1) & (d->n_slots - 1)) {
		if (d->values[found - 1] == number)
			return found - 1;
	}
	d->values[d->n++] = number;
	d->slots[s] = d->n;
	return d->n - 1;
}

/* By portions, whose slots are asked for before any of them is needed. */
int parquet_numbers_find(struct parquet_numbers *d, const int64_t *numbers, size_t n, uint32_t *indices)
{
	uint32_t slots[PORTION];

	for (size_t from = 0; from < n; from += PORTION) {
		size_t portion = n - from < PORTION ? n - from : PORTION;

		if (make_room(d, portion) != 0)
			return -1;
		for (size_t i = 0; i < portion; i++) {
			slots[i] = (uint32_t)slot_of(numbers[from + i], d->n_slots);
			__builtin_prefetch(&d->slots[slots[i]]);
		}
		for (size_t i = 0; i < portion; i++) {
			if (d->slots[slots[i]] != 0)
				__builtin_prefetch(&d->values[d->slots[slots[i]] - 1]);
		}
		for (size_t i = 0; i < portion; i++)
			indices[from + i] = find(d, numbers[from + i], slots[i]);
	}
	return 0;
}

void parquet_numbers_clear(struct parquet_numbers *d)
{
	d->n = 0;
	if (d->slots != NULL)
		memset(d->slots, 0, d->n_slots * sizeof *d->slots);
}

void parquet_numbers_free(struct parquet_numbers *d)
{
	free(d->values);
	free(d->slots);
	*d = (struct parquet_numbers){0};
}
