/*
 * predicate_list -- what a list of predicates is made of: for predicate.c, which evaluates, and for
 * predicate_bind.c, which makes them from a tree.
 */
#ifndef EV_PREDICATE_LIST_H
#define EV_PREDICATE_LIST_H

#include "gold/predicate.h"

enum predicate_kind {
	PREDICATE_CONSTANT, /* all or, negated, none */
	PREDICATE_NULL,
	PREDICATE_RANGE, /* first <= number <= last */
	PREDICATE_FLOAT, /* order of a float64 and `number` is in orders */
	PREDICATE_TEXT,  /* order of a text and the one in texts is in orders */
	PREDICATE_IN,    /* a text is one of texts */
	PREDICATE_AND,   /* of two */
	PREDICATE_OR,
};

/* Sets of orders, for comparisons. */
enum { ORDER_LESS = 1, ORDER_EQUAL = 2, ORDER_GREATER = 4 };

struct predicate {
	enum predicate_kind kind;
	bool negated; /* never true of null, either way; except PREDICATE_NULL and -CONSTANT */
	uint32_t orders;
	size_t column;
	int64_t first, last;
	double number;
	struct strings texts; /* owned */
	uint32_t left, right;
	/* For the batch whose sequence is beside it. */
	uint64_t mask_of, rows_of;
	uint8_t *mask;
	uint16_t *rows;
	uint32_t cap; /* rows that both have room for */
	uint32_t n_rows;
	/* By slot, for the generation beside it. */
	uint8_t *verdicts;
	size_t verdicts_cap;
	uint32_t n_verdicts;
	uint64_t generation;
};

struct predicates {
	const struct columns *types;
	struct predicate *items;
	size_t n, cap;
};

/* Takes what it owns; *id is that of an equal one if there is one. */
int predicates_add(struct predicates *p, struct predicate *item, uint32_t *id) MUST_CHECK;

#endif
