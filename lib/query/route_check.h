/*
 * route_check -- does the engine of Gold mean the same by a SELECT as SQLite, which sees timestamps as texts
 * and decimals as doubles?
 */
#ifndef EV_ROUTE_CHECK_H
#define EV_ROUTE_CHECK_H

#include "column/column.h"
#include "gold/sql.h"

/* definition is of the Gold subset: 1, 0, -1. */
int route_check(const char *definition, const struct columns *columns) MUST_CHECK;

#endif
