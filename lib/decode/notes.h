/*
 * notes -- what was noticed in good lines: each name once, with its count, up to a bound.
 *
 * Names are kept in the order of their first appearance; when NOTES_MAX are known, all others count as one
 * that is called "...".
 */
#ifndef EV_NOTES_H
#define EV_NOTES_H

#include "decode/decode.h"

enum {
	NOTES_MAX = 1000,
	NOTES_NAME = 256, /* bytes of a name that are kept */
};

/* {0} is empty. */
struct notes {
	struct dictionary names; /* the number of the field, two bytes, and the name: the code is the index */
	struct decode_note *items;
	size_t n;
	size_t cap;
	size_t last; /* the one that was added to last */
};

/* The name, UTF-8, was seen once more; field is its number and field_name what it is called, and lives as
 * long as the notes ("" for a key). */
int notes_add(struct notes *notes, size_t field, const char *field_name, struct text name,
	      uint64_t line) MUST_CHECK;
/* To the one that was the last once, since they were cleared, n more. */
static inline void notes_again(struct notes *notes, size_t last, uint64_t n)
{
	notes->items[last].count += n;
}
/* All of them; names are borrowed until the next addition. */
const struct decode_note *notes_all(const struct notes *notes);
void notes_clear(struct notes *notes);
void notes_free(struct notes *notes);

#endif
