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

/* The fields in the order of the line, the last one's next being the first; behind the last value comes tail.
 */
struct usual_form {
	struct field *first;
	struct field_glue tail;
};

enum { USUAL_LONG = 16 << 10 /* bytes beyond which a line is not usual */ };

/*
 * The reader's next lines into the fields' cells, from that row on and up to `rows`, which are as many lines
 * as have ended. Returns where it stopped: the row of a line that is not usual, or not good, and that is left
 * half written; or rows. The reader has not moved on.
 */
typedef uint32_t usual_lines(const struct usual_form *form, const struct line_reader *r, uint32_t row,
			     uint32_t rows);

/* The same in three ways, as in scan.h. */
usual_lines usual_lines_plain;
extern usual_lines *const usual_lines_sse2, *const usual_lines_avx2;
usual_lines *usual_lines_best(void);

#endif
