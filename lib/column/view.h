/*
 * view -- a batch as inner loops want it: columns widened, nulls as bytes, dimensions as small numbers. What
 * one definition asked for is there for the others; each is made at most once for a batch.
 *
 * Slots number the values of a column for as long as its generation stays: 0 is null, a string in CODES form
 * is its code + 1, anything else is numbered in the order of its appearance. Whoever keeps something by slot
 * keeps the generation beside it. Pointers are borrowed until the next view_set; NULL means memory ran out
 * (cause recorded) except where it says otherwise.
 */
#ifndef EV_VIEW_H
#define EV_VIEW_H

#include "column/batch.h"

struct view_column {
	uint64_t generation;
	uint64_t *fingerprints; /* by slot; of codes only */
	size_t fingerprints_cap;
	uint32_t n_fingerprints;
	const struct strings *strings; /* that the slots are codes of, or NULL */
	uint32_t n_strings;
	struct dictionary numbered; /* other values with a slot; numbers as their 8 bytes */
	bool has_valid, has_numbers, has_slots;
	uint8_t *valid;
	int64_t *numbers;
	uint32_t *slots;
};

struct view {
	const struct columns *types; /* borrowed */
	const struct batch *batch;   /* borrowed */
	uint32_t n;
	uint32_t cap;      /* rows that the arrays have room for */
	uint64_t sequence; /* of the batch: who keeps something for a batch keeps this beside it */
	struct view_column *columns;
	uint16_t *all; /* 0, 1, 2 ... */
	/* Called before the slots of a column change their meaning, while fingerprints of the old ones are
	 * there. */
	int (*before_reset)(void *context, size_t column);
	void *context;
};

int view_open(struct view *r, const struct columns *types) MUST_CHECK;
void view_close(struct view *r);
/* The next batch, whose vectors are those of the types. */
int view_set(struct view *r, const struct batch *batch) MUST_CHECK;
/* The slots of the column will mean something else. */
int view_reset(struct view *r, size_t column) MUST_CHECK;

static inline const struct vector *view_vector(const struct view *r, size_t column)
{
	return &r->batch->vectors[column];
}

/* Whether all rows have the same value. */
static inline bool view_is_constant(const struct view *r, size_t column)
{
	const struct vector *v = view_vector(r, column);

	return v->form != VECTOR_PLAIN && v->width == 0 && v->valid == NULL;
}

/* 1 for each row that is not null, 0 for the others; to be asked only of a column with nulls. */
const uint8_t *view_valid(struct view *r, size_t column) MUST_CHECK;
/* FIXED values. */
const int64_t *view_numbers(struct view *r, size_t column) MUST_CHECK;
/* Slots, all below *n. */
const uint32_t *view_slots(struct view *r, size_t column, uint32_t *n) MUST_CHECK;

/* The fingerprints of the strings of a column in CODES form, by slot. */
const uint64_t *view_fingerprints(struct view *r, size_t column) MUST_CHECK;

#endif
