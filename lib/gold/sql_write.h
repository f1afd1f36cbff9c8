/*
 * sql_write -- a Gold definition as other engines have it: the same SELECT, in their words, with the same
 * result.
 *
 * What Gold computes in doubles they compute in doubles: sums, least and greatest of decimals are cast, and
 * what is divided. A column of GROUP BY that is a number or a name of an output becomes what it means.
 */
#ifndef EV_SQL_WRITE_H
#define EV_SQL_WRITE_H

#include "column/column.h"
#include "gold/sql.h"

struct sql_dialect {
	char quote;            /* around names; doubled within */
	bool backslashes;      /* they escape in texts */
	const char *to_double; /* a type: "DOUBLE" */
};

/* Appended, without a line feed at the end. */
int sql_write(const struct sql_select *s, const struct columns *silver, const struct sql_dialect *dialect,
	      struct buffer *out) MUST_CHECK;
int sql_write_name(struct text name, char quote, struct buffer *out) MUST_CHECK;
int sql_write_text(struct text text, bool backslashes, struct buffer *out) MUST_CHECK;

#endif
