/*
 * infer -- a schema for what a survey has seen: by which evcat takes the same lines.
 *
 * A value becomes a column of the type that most of its values have, and the narrowest of those that are as
 * good: a time, true and false, a whole number, a decimal, a float, a text; texts are times when all but one
 * in a hundred are. What has no column is left out: lists, objects without keys, and values of which more
 * than one in ten would be rejected. Objects are ways to the values in them (x-from). What is never absent,
 * null or "" is required.
 *
 * A number is a time (x-format) when its key sounds like one and it lies between 2000 and 2100. A text is a
 * number (x-lenient) when there are such numbers outside of strings too, or fractions among them: digits
 * alone are mostly ids. A lake's schema must have a column timestamp that is required: the first time that is
 * there in all but one line in a hundred is called so, unless one is already. A price, quantity or event_type
 * of a type that no revenue can be made of is called otherwise.
 */
#ifndef EV_INFER_H
#define EV_INFER_H

#include "column/column.h"
#include "decode/survey.h"

enum infer_fate { INFER_NOTHING, INFER_COLUMN, INFER_WAY, INFER_LEFT_OUT };

struct infer_field {
	enum infer_fate fate;
	const char *why; /* it is left out */
	char *name;      /* of the column */
	enum column_type type;
	const char *json_type;
	const char *unit; /* x-format, or NULL */
	bool is_lenient, is_required;
	uint64_t rejects; /* values that it does not take, or lines without one that it requires */
};

struct infer {
	const struct survey *survey; /* borrowed */
	struct infer_field *fields;  /* one for each of the survey's */
	struct dictionary names;     /* in lower case */
};

/* {0} may be closed. STATUS_REFUSED when there is nothing that could be a column. */
int infer_open(struct infer *f, const struct survey *survey) MUST_CHECK;
void infer_close(struct infer *f);
/* The schema as text, appended. */
int infer_write(const struct infer *f, struct buffer *out) MUST_CHECK;

#endif
