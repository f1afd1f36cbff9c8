/*
 * codes_loops -- the loops of codes.h, for whoever includes this to compile in its own way.
 *
 * It gives codes_match, which is dictionary_match as it does it best. What is not the same for each row is
 * done in a loop of its own, so that the rest can be done for some rows at once.
 */
#ifndef EV_CODES_LOOPS_H
#define EV_CODES_LOOPS_H

#include "column/codes.h"

/* numbered_of has the rules. */
static void loop_numbers(const struct numbered *numbered, const struct text *texts, uint32_t n,
			 uint32_t *numbers)
{
	const struct numbered same = *numbered;
	uint64_t heads[CELLS_ROWS], tails[CELLS_ROWS];

	for (uint32_t i = 0; i < n; i++) {
		heads[i] = word_load(texts[i].data);
		tails[i] = word_load(texts[i].data + same.prefix_len);
	}
	for (uint32_t i = 0; i < n; i++)
		numbers[i] = numbered_read(&same, heads[i], tails[i], texts[i].len);
}

static uint64_t loop_by_key(const struct dictionary *d, const struct text *texts,
			    const struct dictionary_key *keys, uint64_t rest, int64_t *codes)
{
	for (; rest != 0; rest &= rest - 1) {
		const unsigned i = (unsigned)__builtin_ctzll(rest);
		const uint32_t one_more = dictionary_at_by(d, keys[i], codes_match);

		if (one_more == 0 || (!dictionary_key_is_whole(keys[i]) &&
				      !text_equal(strings_get(&d->strings, one_more - 1), texts[i])))
			break;
		codes[i] = one_more - 1;
	}
	return rest;
}

#define CODES_LOOPS                       \
	{                                 \
		loop_numbers, loop_by_key \
	}

#endif
