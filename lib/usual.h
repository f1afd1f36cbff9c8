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

/* True when the line is taken; first is the field that it should begin with. False leaves fields half
 * written. */
bool usual_line(struct field *first, const char *line, size_t len, scan_line *scan);

#endif
