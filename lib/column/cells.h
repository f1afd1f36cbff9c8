/*
 * cells -- up to 64 values of one column, on their way from lines into a builder.
 *
 * What a row costs is mostly what it costs to be about to do something: to ask which type the column has,
 * where its values end, where its dictionary lies. Done for rows at a time, that is asked once, loops have no
 * branches but their own, and memory that many rows need is waited for once.
 */
#ifndef EV_CELLS_H
#define EV_CELLS_H

#include "base/text.h"
#include "column/dictionary.h"

enum {
	CELLS_ROWS = 64,
	CELLS_PADDED =
	    DICTIONARY_PADDED, /* bytes that must be readable at a text, however few of them are it */
};

/* {0} has no rows. */
struct cells {
	uint64_t there; /* a bit for each row that is not null */
	/* What texts are looked for by, once codes_ask has made it: see there. */
	enum { CELLS_NOT_ASKED, CELLS_BY_NUMBER, CELLS_BY_KEY } asked;
	union {
		uint32_t text_numbers[CELLS_ROWS];
		struct dictionary_key keys[CELLS_ROWS];
	};
	union {
		struct text texts[CELLS_ROWS]; /* borrowed; of a null row too, whatever it is */
		int64_t numbers[CELLS_ROWS];
	};
};

static inline void cells_empty(struct cells *c)
{
	c->there = 0;
	c->asked = CELLS_NOT_ASKED;
}

/* A row that is empty so far. */
static inline void cells_keep_text(struct cells *c, uint32_t row, const char *data, size_t len, bool is_there)
{
	c->texts[row] = (struct text){data, len};
	c->there |= (uint64_t)is_there << row;
}

static inline void cells_keep_number(struct cells *c, uint32_t row, int64_t number, bool is_there)
{
	c->numbers[row] = number;
	c->there |= (uint64_t)is_there << row;
}

#endif
