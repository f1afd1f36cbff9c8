/*
 * answer -- the rows of a statement, printed.
 *
 * Whole numbers and texts are printed as they are, other numbers with as many digits as it takes to read the
 * same number again, blobs as hexadecimal digits.
 */
#ifndef EV_ANSWER_H
#define EV_ANSWER_H

#include "base/db.h"
#include "rows.h"

/* All rows, to stdout; *n counts them. A statement that has no columns prints nothing. */
int answer_print(struct db_statement *s, enum rows_format format, uint64_t *n) MUST_CHECK;

#endif
