/*
 * print -- streams as text: their rows to stdout, what is wrong with lines to stderr.
 */
#ifndef EV_PRINT_H
#define EV_PRINT_H

#include "rows.h"

/*
 * Prints every row of the streams on fd. Rejects are named on stderr; if there are any, the cause is
 * STATUS_REFUSED at the end. -1 with a cause.
 */
int print_streams(int fd, const char *name, enum rows_format format) MUST_CHECK;

#endif
