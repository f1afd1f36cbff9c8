/*
 * table -- a relation as a virtual table of SQLite.
 *
 * The modules are called as the relations are. Their table is there without being created, as that of the
 * lake whose gold.db the connection has opened; or
 *
 *   CREATE VIRTUAL TABLE temp.before USING silver('LAKE', RUN)
 *
 * names one. Timestamps are texts, 2025-12-07T03:55:56.633003Z, which sort as times do; truth values are 0
 * and 1; decimals are doubles.
 */
#ifndef EV_TABLE_H
#define EV_TABLE_H

#include "query/relation.h"

/* Makes the modules known to the query's connection. The query stays until that is closed, when it is given
 * to done, unless that is NULL. */
int table_register(struct query *query, void (*done)(void *query)) MUST_CHECK;

#endif
