/*
 * constraint -- a comparison that SQLite will make, as a condition that holds wherever that one does, and
 * perhaps elsewhere: SQLite looks at every row that is given to it.
 *
 * It compares what it sees: a timestamp as the text that it is shown as, a decimal as the double.
 */
#ifndef EV_CONSTRAINT_H
#define EV_CONSTRAINT_H

#include "base/sqlite.h"
#include "gold/predicate.h"

/* Whether a comparison of this kind, an SQLITE_INDEX_CONSTRAINT_*, is of any use. */
bool constraint_is_known(int op);

/* Of a column with a value; PREDICATE_ALWAYS when nothing can be said. */
int constraint_bind(struct predicates *p, size_t column, enum column_type type, int op, sqlite3_value *value,
		    uint32_t *id) MUST_CHECK;
/* Of a column with the list behind IN. */
int constraint_bind_in(struct predicates *p, size_t column, enum column_type type, sqlite3_value *list,
		       uint32_t *id) MUST_CHECK;

/* The least moment whose text is at least so much, or, with beyond, more; INT64_MAX when there is none. */
int64_t constraint_moment(struct text text, bool beyond);

#endif
