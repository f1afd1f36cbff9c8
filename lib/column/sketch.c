#include "column/sketch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	BITS = 14,
	REGISTERS = 1 << BITS,
	RANKS = 64 - BITS, /* of the bits that do not say which register it is; and one more for none set */
	FEW_MIN = 64,
	FEW_MAX = REGISTERS / 8, /* as many places take as many bytes as registers do */
};

/* The place of an id, or the free one where it belongs. */
static uint64_t *find_place(uint64_t *places, uint32_t cap, uint64_t id)
{
	uint32_t i = (uint32_t)id & (cap - 1);

	while (places[i] != 0 && places[i] != id)
		i = (i + 1) & (cap - 1);
	return &places[i];
}

static int grow(struct sketch *s)
{
	const uint32_t cap = s->cap == 0 ? FEW_MIN : s->cap * 2;
	uint64_t *places = calloc(cap, sizeof *places);

	if (places == NULL)
		return cause_memory();
	for (uint32_t i = 0; i < s->cap; i++) {
		if (s->places[i] != 0)
			*find_place(places, cap, s->places[i]) = s->places[i];
	}
	free(s->places);
	s->places = places;
	s->cap = cap;
	return 0;
}

/* 1 when it changes anything. */
static int add_to_registers(uint8_t *registers, uint64_t id)
{
	uint8_t *r = &registers[id >> (64 - BITS)];
	const uint64_t rest = id << BITS;
	const uint8_t rank = (uint8_t)(rest == 0 ? RANKS + 1 : __builtin_clzll(rest) + 1);

	if (rank <= *r)
		return 0;
	*r = rank;
	return 1;
}

static int leave_places(struct sketch *s)
{
	uint8_t *registers = calloc(REGISTERS, 1);

	if (registers == NULL)
		return cause_memory();
	for (uint32_t i = 0; i < s->cap; i++) {
		if (s->places[i] != 0)
			add_to_registers(registers, s->places[i]);
	}
	if (s->has_zero)
		add_to_registers(registers, 0);
	free(s->places);
	*s = (struct sketch){.registers = registers};
	return 0;
}

int sketch_add(struct sketch *s, uint64_t id)
{
	uint64_t *place;

	if (s->registers != NULL)
		return add_to_registers(s->registers, id);
	if (id == 0) {
		const int is_new = !s->has_zero;

		s->has_zero = true;
		return is_new;
	}
	if (s->cap == 0 && grow(s) != 0)
		return -1;
	place = find_place(s->places, s->cap, id);
	if (*place == id)
		return 0;
	*place = id;
	s->n++;
	if (s->n > s->cap / 2 && (s->cap < FEW_MAX ? grow(s) : leave_places(s)) != 0)
		return -1;
	return 1;
}

/* Ertl (2017), equation 18: x + sum of x^(2^k) 2^(k-1). */
static double sigma(double x)
{
	double y = 1, z = x, before;

	do {
		x *= x;
		before = z;
		z += x * y;
		y += y;
	} while (z != before);
	return z;
}

/* Equation 21: (1 - x - sum of (1 - x^(2^-k))^2 2^-k) / 3. */
static double tau(double x)
{
	double y = 1, z = 1 - x, before;

	if (x == 0 || x == 1)
		return 0;
	do {
		x = sqrt(x);
		before = z;
		y /= 2;
		z -= (1 - x) * (1 - x) * y;
	} while (z != before);
	return z / 3;
}

uint64_t sketch_count(const struct sketch *s)
{
	const double m = REGISTERS;
	double of_rank[RANKS + 2] = {0}, z;

	if (s->registers == NULL)
		return s->n + (s->has_zero ? 1 : 0);
	for (size_t i = 0; i < REGISTERS; i++)
		of_rank[s->registers[i]]++;
	z = m * tau(1 - of_rank[RANKS + 1] / m);
	for (int k = RANKS; k > 0; k--)
		z = (z + of_rank[k]) / 2;
	/* There are many, so that some register is not 0. */
	z += m * sigma(of_rank[0] / m);
	return (uint64_t)llround(m * m / (2 * log(2) * z));
}

void sketch_free(struct sketch *s)
{
	free(s->places);
	free(s->registers);
	*s = (struct sketch){0};
}
