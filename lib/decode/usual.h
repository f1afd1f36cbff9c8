/*
 * usual -- the short way for a line that is like the one before: but for the values, the same bytes.
 *
 * Of a line that went the long way it is learned what stood around its values: brackets, keys, colons, commas
 * and white space as they were. A line with the same between its values, and values that are strings without
 * escapes, or numbers, or nulls, means by the grammar what is read here, and needs no grammar. A line that is
 * not like that is the grammar's, from its start.
 */
#ifndef EV_USUAL_H
#define EV_USUAL_H

#include "decode/field.h"
#include "source/line.h"

/* n fields in the order of the line, each other's next; behind the last value comes tail. */
struct usual_form {
	struct field *first;
	size_t n;
	struct field_glue tail;
};

/*
 * A line that has been scanned, into that row of the fields' cells. False when the line is not usual, or not
 * good: the row is then left half written.
 */
typedef bool usual_line(const struct usual_form *form, const struct line *line, uint32_t row);

/* The same in three ways, as in scan.h. */
usual_line usual_line_plain;
extern usual_line *const usual_line_sse2, *const usual_line_avx2;
usual_line *usual_line_best(void);

#endif
