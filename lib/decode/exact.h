/*
 * exact -- numbers past a program that has doubles only: as they were written.
 *
 * A number that a double does not carry, so that it would be printed as another one (most of more than 17
 * digits, some of 16 and 17), becomes a string: U+0000 and the number as it was written. Coming back, such a
 * string is that number again. So that nothing else can look like it, a string that begins with U+0000 is
 * given another one on its way there, and loses it on its way back. Keys stay what they are. Texts are JSON
 * that has been checked; JSON_SLACK bytes behind them must be readable.
 */
#ifndef EV_EXACT_H
#define EV_EXACT_H

#include "base/buffer.h"
#include "base/text.h"

#include <stdbool.h>

/* Whether a JSON number is the same after it was a double. */
bool exact_is_carried(struct text number);
/*
 * The text as it may be read into doubles: itself, or a copy in scratch, which is emptied first. *numbers is
 * how many numbers have become strings. -1 when memory ran out.
 */
int exact_hide(struct text *json, struct buffer *scratch, size_t *numbers) MUST_CHECK;
/* A printed text as it is meant, likewise. */
int exact_show(struct text *json, struct buffer *scratch) MUST_CHECK;

#endif
