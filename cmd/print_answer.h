/*
 * print_answer -- what a statement gives, printed.
 *
 * Whole numbers and texts are printed as they are, other numbers with as many digits as it takes to read the
 * same number again, blobs as hexadecimal digits.
 */
#ifndef EV_PRINT_ANSWER_H
#define EV_PRINT_ANSWER_H

#include "query/session.h"
#include "rows.h"

/* All rows, to stdout; *n counts them. A statement that has no columns prints nothing. */
int print_answer(const struct answer *answer, enum rows_format format, uint64_t *n) MUST_CHECK;

#endif
