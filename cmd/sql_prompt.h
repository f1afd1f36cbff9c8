/*
 * sql_prompt -- a lake to be asked by hand: sqlite3's own shell, with the extension and the same tables.
 */
#ifndef EV_SQL_PROMPT_H
#define EV_SQL_PROMPT_H

#include "base/cause.h"

#include <stdint.h>

/* Becomes sqlite3. run is that of silver, 0 for now. Returns only when that is not to be: -1. */
int sql_prompt(const char *lake, uint64_t run) MUST_CHECK;

#endif
