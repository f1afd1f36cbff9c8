/*
 * codes -- the codes that the texts of cells have in a dictionary, found or given, for rows at a time.
 *
 * The loops are one text (codes_loops.h), compiled once for every processor and once for AVX2.
 */
#ifndef EV_CODES_H
#define EV_CODES_H

#include "column/cells.h"

struct codes_loops {
	/* numbered_of each of n texts. */
	void (*numbers)(const struct numbered *numbered, const struct text *texts, uint32_t n,
			uint32_t *numbers);
	/* The codes of those of the rows in `rest`, from the first on, whose keys are found. Returns the rows
	 * that are left, the first of them being one whose key is not. */
	uint64_t (*by_key)(const struct dictionary *d, const struct text *texts,
			   const struct dictionary_key *keys, uint64_t rest, int64_t *codes);
};

extern const struct codes_loops codes_plain;
/* NULL where it was not compiled. */
extern const struct codes_loops *const codes_avx2;

static inline const struct codes_loops *codes_best(void)
{
#if defined __x86_64__
	if (codes_avx2 != NULL && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"))
		return codes_avx2;
#endif
	return &codes_plain;
}

/*
 * How the texts of n rows are going to be looked for, which asks for the memory that this will touch. Whoever
 * has several columns asks for all of them first: by the time they are looked for it has come.
 */
void codes_ask(const struct codes_loops *loops, const struct dictionary *d, struct cells *cells, uint32_t n);
/*
 * The codes of those of the rows that are there, which have been asked for; of the others nothing is written.
 * They are taken in their order, so that codes do not depend on how rows were put together. -1: memory.
 */
int codes_find(const struct codes_loops *loops, struct dictionary *d, const struct cells *cells,
	       int64_t *codes) MUST_CHECK;

#endif
