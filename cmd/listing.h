/*
 * listing -- the ledger as rows: sources, runs, rejects, files.
 *
 * Errors: -1, cause recorded.
 */
#ifndef EV_LISTING_H
#define EV_LISTING_H

#include "lake/ledger.h"
#include "rows.h"

struct listing;

/* By what the user calls it; NULL when there is none of that name. */
const struct listing *listing_find(const char *verb);
/* To stdout. A lake that has never been committed to has no rows. */
int listing_print(const struct listing *listing, const struct lake *lake, enum rows_format format) MUST_CHECK;

#endif
