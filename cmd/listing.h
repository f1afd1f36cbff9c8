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
/* Whether it can be had as of an earlier run. */
bool listing_is_held(const struct listing *listing);
/* To stdout, as the run left it: LISTING_NOW for the newest. A lake that has never been committed to has no
 * rows. */
#define LISTING_NOW INT64_MAX
int listing_print(const struct listing *listing, const struct lake *lake, int64_t run,
		  enum rows_format format) MUST_CHECK;

#endif
