/*
 * route -- the parts of a statement that the engine of Gold can compute: SELECTs over silver alone, that
 * group.
 *
 *   SELECT category, round(sum(revenue) / count(*), 2) AS mean FROM silver WHERE price > 5
 *   GROUP BY category ORDER BY mean
 *
 * becomes
 *
 *   SELECT category, round("#1" / "#2", 2) AS mean FROM temp."evlake 1" ORDER BY mean
 *
 * with
 *
 *   SELECT category, sum(revenue) AS "#1", count(*) AS "#2" FROM silver WHERE price > 5 GROUP BY category
 *
 * for that engine. Groups come in the order of their dimensions. What is made of the aggregates, names and
 * types stay SQLite's own. Wherever it is
 * not certain that the same comes out, the statement stays as it is: nobody is told.
 */
#ifndef EV_ROUTE_H
#define EV_ROUTE_H

#include "base/buffer.h"
#include "base/text.h"
#include "column/column.h"

struct route {
	/* Of a table that SELECTs may be over, or NULL. */
	const struct columns *(*columns_of)(void *context, struct text table);
	/* Appends what stands for a parameter, as a literal: 1; or 0: nothing does. */
	int (*literal)(void *context, struct text parameter, struct buffer *out);
	/* A definition over a table: 1, and where its groups will be is appended to out; 0: it is none; -1.
	 */
	int (*add)(void *context, struct text table, const char *definition, struct buffer *out);
	void *context;
};

/* 1: *out has the statement as it is to be; 0: as it is; -1. */
int route_statement(const struct route *route, struct text sql, struct buffer *out) MUST_CHECK;

#endif
