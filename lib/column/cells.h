/*
 * cells -- up to 64 values of one column, on their way from lines into a builder.
 *
 * What a row costs is mostly what it costs to be about to do something: to ask which type the column has,
 * where its values end, where its dictionary lies. Done for rows at a time, that is asked once, loops have no
 * branches but their own, and memory that many rows need is waited for once.
 */
#ifndef EV_CELLS_H
#define EV_CELLS_H

#include "column/dictionary.h"

enum { CELLS_ROWS = 64 };

struct cells {
	const struct dictionary *dictionary; /* borrowed: of the column, when that is one of texts */
	uint64_t there;                      /* a bit for each row that is not null */
	uint32_t prefix;                     /* dictionary_prefix; 0: texts are looked for by their keys */
	union {
		struct dictionary_key keys[CELLS_ROWS]; /* of texts up to DICTIONARY_INLINE */
		uint32_t text_numbers[CELLS_ROWS];
	};
	union {
		struct text texts[CELLS_ROWS]; /* borrowed; of a null row too, where it is empty */
		int64_t numbers[CELLS_ROWS];
	};
};

/* Before the first row. */
static inline void cells_begin(struct cells *c)
{
	c->there = 0;
	c->prefix = c->dictionary != NULL ? dictionary_prefix(c->dictionary) : 0;
}

/*
 * A row that is empty so far. DICTIONARY_PADDED bytes must be readable at data, however few of them are text.
 * The slot that will be looked into when all rows are there is asked for now: by then it is in the cache.
 */
static inline void cells_keep_text(struct cells *c, uint32_t row, const char *data, size_t len, bool is_there)
{
	if (c->prefix != 0) {
		const uint32_t number = numbered_of(&c->dictionary->numbered, data, len);

		numbered_prefetch(&c->dictionary->numbered, number);
		c->text_numbers[row] = number;
	} else {
		const struct dictionary_key key =
		    dictionary_key_padded(data, len <= DICTIONARY_INLINE ? len : 0);

		dictionary_prefetch(c->dictionary, key);
		c->keys[row] = key;
	}
	c->texts[row] = (struct text){data, len};
	c->there |= (uint64_t)is_there << row;
}

static inline void cells_keep_number(struct cells *c, uint32_t row, int64_t number, bool is_there)
{
	c->numbers[row] = number;
	c->there |= (uint64_t)is_there << row;
}

#endif
