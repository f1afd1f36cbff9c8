#include "parquet/parquet_numbers.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 64, PORTION = 64, CENT = 10000 /* millionths */, CENTS_MAX = 1 << 18 };

/* The cents that a number is, or at least CENTS_MAX for what has no place in their table. */
static inline uint64_t cents_of(int64_t number)
{
	const uint64_t cents = (uint64_t)number / CENT;

	return cents * CENT == (uint64_t)number ? cents : UINT64_MAX;
}

static inline size_t slot_of(int64_t number, size_t n_slots)
{
	return (size_t)((uint64_t)number * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (n_slots - 1);
}

static int grow(struct parquet_numbers *d, size_t n_slots)
{
	uint32_t *slots = calloc(n_slots, sizeof *slots);

	if (slots == NULL)
		return cause_memory();
	for (uint32_t i = 0; i < d->n; i++) {
		size_t s = slot_of(d->values[i], n_slots);

		if (cents_of(d->values[i]) < CENTS_MAX)
			continue;
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

	while ((d->n_hashed + n) * 3 > n_slots)
		n_slots *= 2;
	if (n_slots > d->n_slots && grow(d, n_slots) != 0)
		return -1;
	return array_reserve(&d->values, &d->cap, d->n + n, sizeof *d->values);
}

/* The place of so many cents in their table, which grows to have it. */
static uint32_t *place_of_cents(struct parquet_numbers *d, uint64_t cents)
{
	const size_t had = d->n_cents;

	if (cents >= had) {
		if (array_reserve(&d->cents, &d->n_cents, cents + 1, sizeof *d->cents) != 0)
			return NULL;
		memset(d->cents + had, 0, (d->n_cents - had) * sizeof *d->cents);
	}
	return &d->cents[cents];
}

/* Where the index of a number is, or is to be. */
static uint32_t *place_of(struct parquet_numbers *d, int64_t number)
{
	const uint64_t cents = cents_of(number);
	size_t s;

	if (cents < CENTS_MAX)
		return place_of_cents(d, cents);
	for (s = slot_of(number, d->n_slots); d->slots[s] != 0; s = (s + 1) & (d->n_slots - 1)) {
		if (d->values[d->slots[s] - 1] == number)
			return &d->slots[s];
	}
	d->n_hashed++;
	return &d->slots[s];
}

/* Asks for the places of cents that may have been seen. */
static void ask(const struct parquet_numbers *d, const int64_t *numbers, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const uint64_t cents = cents_of(numbers[i]);

		__builtin_prefetch(&d->cents[cents < d->n_cents ? cents : 0]);
	}
}

/*
 * By portions: amounts that have been seen are done with at once; what is left comes after, when the slots it
 * needs have been asked for.
 */
int parquet_numbers_find(struct parquet_numbers *d, const int64_t *numbers, size_t n, uint32_t *indices)
{
	size_t late[PORTION];

	for (size_t from = 0; from < n; from += PORTION) {
		const size_t end = n - from < PORTION ? n : from + PORTION;
		size_t n_late = 0;

		if (make_room(d, PORTION) != 0)
			return -1;
		ask(d, numbers + from, end - from);
		for (size_t i = from; i < end; i++) {
			const uint64_t cents = cents_of(numbers[i]);

			if (cents < d->n_cents && d->cents[cents] != 0) {
				indices[i] = d->cents[cents] - 1;
				continue;
			}
			__builtin_prefetch(&d->slots[slot_of(numbers[i], d->n_slots)]);
			late[n_late++] = i;
		}
		for (size_t k = 0; k < n_late; k++) {
			uint32_t *place = place_of(d, numbers[late[k]]);

			if (place == NULL)
				return -1;
			if (*place == 0) {
				d->values[d->n++] = numbers[late[k]];
				*place = d->n;
			}
			indices[late[k]] = *place - 1;
		}
	}
	return 0;
}

void parquet_numbers_clear(struct parquet_numbers *d)
{
	d->n = d->n_hashed = 0;
	if (d->slots != NULL)
		memset(d->slots, 0, d->n_slots * sizeof *d->slots);
	if (d->cents != NULL)
		memset(d->cents, 0, d->n_cents * sizeof *d->cents);
}

void parquet_numbers_free(struct parquet_numbers *d)
{
	free(d->values);
	free(d->cents);
	free(d->slots);
	*d = (struct parquet_numbers){0};
}
