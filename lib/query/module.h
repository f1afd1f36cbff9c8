/*
 * module -- what the virtual tables do alike.
 */
#ifndef EV_MODULE_H
#define EV_MODULE_H

#include "base/sqlite.h"
#include "query/relation.h"

/* The cause on record becomes SQLite's message; for the caller to return. */
static inline int module_fail(const struct query *query, char **message)
{
	sqlite3_free(*message);
	*message = sqlite3_mprintf("%s", cause_message());
	if (query->is_extension)
		cause_clear();
	return SQLITE_ERROR;
}

/* It is copied: SQLite keeps a row longer than a batch lives. */
static inline void module_give_text(sqlite3_context *to, struct text text)
{
	sqlite3_result_text64(to, text.len > 0 ? text.data : "", text.len, SQLITE_TRANSIENT, SQLITE_UTF8);
}

#endif
