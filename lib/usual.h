/*
 * usual -- the short way for a line: its keys as in the line before, and nothing that needs the grammar.
 *
 * Where the quotes are is known beforehand (scan.h), so each key and value is looked at where it must be, and
 * every byte between them is held against what must be there. A line that is taken is JSON, and its fields
 * are as the grammar would have left them; a line that is not is the grammar's, from its start.
 */
#ifndef EV_USUAL_H
#define EV_USUAL_H

#include "field.h"
#include "scan.h"

enum usual {
	USUAL_NOT,   /* fields are left half written */
	USUAL_TAKEN, /* every field has been read; those that are not good are to be checked */
	USUAL_GOOD,  /* and all of them are good */
};

/* f is the first of n fields that are each other's next, in a ring; the line must have each of them, once, in
 * that order. */
enum usual usual_line(struct field *f, size_t n, const char *line, size_t len, scan_line *scan);

#endif
