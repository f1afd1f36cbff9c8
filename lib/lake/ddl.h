/*
 * ddl -- a lake's tables as other engines declare them, by its catalog.
 *
 * Silver becomes an external table over its Parquet files, parted by event_date, or a view of them; the
 * tables of Gold become views that compute the same from it, or, in SQLite, views of themselves. New files
 * need no new statements, but files that have retired do: those that are still in their folders are left out
 * by name.
 *
 * Errors: STATUS_REFUSED when the lake has no Silver.
 */
#ifndef EV_DDL_H
#define EV_DDL_H

#include "base/buffer.h"
#include "lake/lake.h"

enum ddl_engine { DDL_DUCKDB, DDL_SPARK, DDL_ATHENA, DDL_CLICKHOUSE, DDL_SQLITE };

bool ddl_engine_parse(const char *name, enum ddl_engine *engine);
/* location: where the engine finds the lake's folder, without a slash at its end. Appended to out. */
int ddl_write(const struct lake *lake, enum ddl_engine engine, const char *location,
	      struct buffer *out) MUST_CHECK;

#endif
