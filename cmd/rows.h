/*
 * rows -- rows of text cells, printed for people (table) or for other programs (tsv, csv, jsonl).
 *
 *   table  aligned by display width, numbers to the right; what could disturb a terminal is escaped. The
 *          widths are those of the first 1,000 rows, so that memory does not grow with their number.
 *   tsv    a header line; tab, line feed, carriage return and backslash as \t \n \r \\
 *   csv    RFC 4180 with LF: a header line; quoted where needed. A null is nothing, an empty text is "".
 *   jsonl  an object for each row, numbers unquoted; bytes that are not UTF-8 become U+FFFD
 *
 * Errors: -1, cause recorded.
 */
#ifndef EV_ROWS_H
#define EV_ROWS_H

#include "column/dictionary.h"

#include <stdio.h>

enum rows_format { ROWS_TABLE, ROWS_TSV, ROWS_CSV, ROWS_JSONL };

struct rows_column {
	const char *name;
	bool number; /* to the right in a table, unquoted in JSON */
};

struct rows {
	FILE *out;
	enum rows_format format;
	const struct rows_column *columns; /* borrowed */
	size_t n;
	size_t *widths; /* table */
	bool measured;
	struct buffer text; /* what waits to be printed: cells of a table, else lines */
	struct rows_cell {
		size_t start, len, width;
	} * cells; /* of the rows that wait */
	size_t n_cells, cap_cells;
};

/* true and *format set, or false: no such format. */
bool rows_format_parse(const char *name, enum rows_format *format);
int rows_open(struct rows *r, FILE *out, enum rows_format format, const struct rows_column *columns,
	      size_t n) MUST_CHECK;
/* One cell for each column; {NULL, 0} is a null. */
int rows_add(struct rows *r, const struct text *cells) MUST_CHECK;
/* The same where a column may hold numbers and texts: which of these cells are numbers. */
int rows_add_typed(struct rows *r, const struct text *cells, const bool *numbers) MUST_CHECK;
/* Prints what waits. */
int rows_end(struct rows *r) MUST_CHECK;
void rows_close(struct rows *r); /* with or without an end */

#endif
