#include "column/view.h"

#include <stdlib.h>

enum {
	NUMBERED_MAX = 1 << 20, /* values that are given slots before they are all forgotten */
	CHUNK = 4096,           /* rows that arrays grow by */
};

int view_open(struct view *r, const struct columns *types)
{
	*r = (struct view){.types = types};
	r->columns = calloc(types->n + 1, sizeof *r->columns);
	return r->columns == NULL ? cause_memory() : 0;
}

static void free_arrays(struct view *r)
{
	for (size_t i = 0; r->columns != NULL && i < r->types->n; i++) {
		struct view_column *c = &r->columns[i];

		free(c->valid);
		free(c->numbers);
		free(c->slots);
		c->valid = NULL;
		c->numbers = NULL;
		c->slots = NULL;
	}
	free(r->all);
	r->all = NULL;
}

void view_close(struct view *r)
{
	free_arrays(r);
	for (size_t i = 0; r->columns != NULL && i < r->types->n; i++) {
		dictionary_free(&r->columns[i].numbered);
		free(r->columns[i].fingerprints);
	}
	free(r->columns);
	*r = (struct view){0};
}

static int grow(struct view *r, uint32_t n)
{
	free_arrays(r);
	r->cap = 0;
	n = (n + CHUNK - 1) / CHUNK * CHUNK;
	r->all = malloc(n * sizeof *r->all);
	if (r->all == NULL)
		return cause_memory();
	for (uint32_t i = 0; i < n; i++)
		r->all[i] = (uint16_t)i;
	r->cap = n;
	return 0;
}

int view_reset(struct view *r, size_t column)
{
	struct view_column *c = &r->columns[column];
	const int result = r->before_reset == NULL ? 0 : r->before_reset(r->context, column);

	c->generation++;
	c->strings = NULL;
	c->n_strings = 0;
	c->n_fingerprints = 0;
	dictionary_clear(&c->numbered);
	return result;
}

/* Codes stay what they are for as long as the column comes with the same strings and these only grow. */
static bool is_same(const struct view_column *c, const struct strings *strings)
{
	return strings == c->strings && (strings == NULL || strings->n >= c->n_strings) &&
	       c->numbered.strings.n <= NUMBERED_MAX;
}

int view_set(struct view *r, const struct batch *batch)
{
	if (batch->n > BATCH_ROWS_MAX || batch->n_vectors < r->types->n)
		return cause_record(STATUS_INPUT, "a batch of %u rows and %u columns", batch->n,
				    batch->n_vectors);
	if ((batch->n > r->cap || r->all == NULL) && grow(r, batch->n + 1) != 0)
		return -1;
	r->batch = batch;
	r->n = batch->n;
	r->sequence++;
	for (size_t i = 0; i < r->types->n; i++) {
		const struct vector *v = &batch->vectors[i];
		const struct strings *strings = v->form == VECTOR_CODES ? v->strings : NULL;
		struct view_column *c = &r->columns[i];

		c->has_valid = c->has_numbers = c->has_slots = false;
		if (!is_same(c, strings) && view_reset(r, i) != 0)
			return -1;
		c->strings = strings;
		c->n_strings = strings != NULL ? strings->n : 0;
	}
	return 0;
}

/* Spreads the bits of a byte over the bytes of a word: bit i becomes byte i, 0 or 1. */
static uint64_t spread(uint64_t byte)
{
	const uint64_t bits = byte * UINT64_C(0x0101010101010101) & UINT64_C(0x8040201008040201);

	return (bits + UINT64_C(0x7f7f7f7f7f7f7f7f)) >> 7 & UINT64_C(0x0101010101010101);
}

const uint8_t *view_valid(struct view *r, size_t column)
{
	const struct vector *v = view_vector(r, column);
	struct view_column *c = &r->columns[column];

	if (c->has_valid)
		return c->valid;
	if (c->valid == NULL)
		c->valid = malloc(r->cap);
	if (c->valid == NULL) {
		cause_memory();
		return NULL;
	}
	for (uint32_t i = 0; i < r->n; i += 8) {
		const uint64_t word = v->valid == NULL ? UINT64_MAX : v->valid[i / 64];
		const uint64_t bytes = spread(word >> (i % 64) & 0xff);

		memcpy(c->valid + i, &bytes, sizeof bytes);
	}
	c->has_valid = true;
	return c->valid;
}

const int64_t *view_numbers(struct view *r, size_t column)
{
	struct view_column *c = &r->columns[column];

	if (c->has_numbers)
		return c->numbers;
	if (c->numbers == NULL)
		c->numbers = malloc(r->cap * sizeof *c->numbers);
	if (c->numbers == NULL) {
		cause_memory();
		return NULL;
	}
	vector_ints(view_vector(r, column), r->n, c->numbers);
	c->has_numbers = true;
	return c->numbers;
}

/* The code + 1 of each string that is there, 0 for the others. */
static int slots_of_codes(struct view *r, size_t column, uint32_t *slots)
{
	const struct vector *v = view_vector(r, column);
	const uint8_t *valid;

	vector_codes(v, r->n, slots);
	if (v->valid == NULL) {
		for (uint32_t i = 0; i < r->n; i++)
			slots[i]++;
		return 0;
	}
	valid = view_valid(r, column);
	if (valid == NULL)
		return -1;
	for (uint32_t i = 0; i < r->n; i++)
		slots[i] = (slots[i] + 1) & -(uint32_t)valid[i];
	return 0;
}

static int slots_of_texts(struct view *r, size_t column, uint32_t *slots)
{
	const struct vector *v = view_vector(r, column);
	struct dictionary *numbered = &r->columns[column].numbered;

	for (uint32_t i = 0; i < r->n; i++) {
		struct text t;

		slots[i] = 0;
		if (!vector_is_valid(v, i))
			continue;
		t = vector_text(v, i);
		if (dictionary_code_hashed(numbered, t.data, t.len, v->fingerprints[i], &slots[i]) != 0)
			return -1;
		slots[i]++;
	}
	return 0;
}

/* A number is looked up once for the batch, unless one of the same lowest byte comes between. */
static int slots_of_numbers(struct view *r, size_t column, uint32_t *slots)
{
	const struct vector *v = view_vector(r, column);
	struct dictionary *numbered = &r->columns[column].numbered;
	struct seen {
		int64_t number;
		uint32_t slot; /* 0: none yet */
	} seen[256] = {0};

	for (uint32_t i = 0; i < r->n; i++) {
		const int64_t number = vector_int(v, i);
		struct seen *known = &seen[(uint8_t)number];

		slots[i] = 0;
		if (!vector_is_valid(v, i))
			continue;
		if (known->slot == 0 || known->number != number) {
			if (dictionary_code(numbered, &number, sizeof number, &known->slot) != 0)
				return -1;
			known->number = number;
			known->slot++;
		}
		slots[i] = known->slot;
	}
	return 0;
}

const uint32_t *view_slots(struct view *r, size_t column, uint32_t *n)
{
	struct view_column *c = &r->columns[column];
	const struct vector *v = view_vector(r, column);
	int failed = 0;

	if (c->slots == NULL)
		c->slots = malloc(r->cap * sizeof *c->slots);
	if (c->slots == NULL) {
		cause_memory();
		return NULL;
	}
	if (!c->has_slots) {
		if (v->form == VECTOR_CODES)
			failed = slots_of_codes(r, column, c->slots);
		else if (v->form == VECTOR_PLAIN)
			failed = slots_of_texts(r, column, c->slots);
		else
			failed = slots_of_numbers(r, column, c->slots);
		c->has_slots = failed == 0;
	}
	*n = (v->form == VECTOR_CODES ? c->n_strings : c->numbered.strings.n) + 1;
	return failed ? NULL : c->slots;
}

const uint64_t *view_fingerprints(struct view *r, size_t column)
{
	struct view_column *c = &r->columns[column];

	if (array_reserve(&c->fingerprints, &c->fingerprints_cap, (size_t)c->n_strings + 1,
			  sizeof *c->fingerprints) != 0)
		return NULL;
	if (c->n_fingerprints == 0)
		c->fingerprints[c->n_fingerprints++] = 0;
	for (; c->n_fingerprints <= c->n_strings; c->n_fingerprints++) {
		const struct text t = strings_get(c->strings, c->n_fingerprints - 1);

		c->fingerprints[c->n_fingerprints] = hash64(t.data, t.len);
	}
	return c->fingerprints;
}
