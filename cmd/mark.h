/*
 * mark -- the verbs of evmark that are more than a listing. argv begins with the verb; command is what was
 * typed. Each returns the exit status.
 */
#ifndef EV_MARK_H
#define EV_MARK_H

#include "lake/lake.h"
#include "rows.h"
#include "stream/verb.h"

/* What is new in Bronze. */
int mark_pending(int argc, char **argv, const char *command);
/* The marks, with what is told of each when one looks closer. 0 or -1. */
int mark_sources(const struct lake *lake, enum rows_format format) MUST_CHECK;
/* The lake held against itself. */
int mark_verify(int argc, char **argv);
/* What is to be undone or done again. */
int mark_undo(int argc, char **argv, const char *command, enum verb verb);

#endif
