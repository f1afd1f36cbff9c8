#include "parquet_numbers.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 64 };

static inline size_t slot_of(int64_t number, size_t n_slots)
{
	/* The upper bits of a product depend on all bits of the number. */
	uint64_t mixed = (uint64_t)number * UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)((mixed ^ mixed >> 32) * UINT64_C(0xd6e8feb86659fd93) >> 32) & (n_slots - 1);
}

static int grow(struct parquet_numbers *d)
{
	size_t n_slots = d->n_slots == 0 ? FIRST_SLOTS : d->n_slots * 2;
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

int parquet_numbers_find(struct parquet_numbers *d, const int64_t *numbers, size_t n, uint32_t *indices)
{
	for (size_t i = 0; i < n; i++) {
		if (d->n >= d->n_slots / 2 && grow(d) != 0)
			return -1;
		size_t s = slot_of(numbers[i], d->n_slots);
		while (d->slots[s] != 0 && d->values[d->slots[s] - 1] != numbers[i])
			s = (s + 1) & (d->n_slots - 1);
		if (d->slots[s] == 0) {
			if (array_reserve(&d->values, &d->cap, d->n + 1, sizeof *d->values) != 0)
				return -1;
			d->values[d->n++] = numbers[i];
			d->slots[s] = d->n;
		}
		indices[i] = d->slots[s] - 1;
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
