/*
 * catalog -- which tables the lake has, what columns and partitions they have, and how much is in them: kept
 * by each commit, so that nobody has to look into files to know.
 *
 *   lake_table      name, layer        "silver", "quarantine", and the tables of Gold
 *                   files, bytes       of Gold null
 *                   rows
 *                   min_time, max_time of the events of Silver
 *                   first_run          that brought anything
 *                   last_run           that changed anything
 *   lake_partition  the same for each partition; one that has been emptied stays, with no files
 *   lake_column     table_name, name, position, type, nullable
 *                   role               "column", "partition"; of Gold "dimension", "measure"
 *                   files, first_run, last_run: which files of Silver have it, and with which runs they came;
 *                   of Gold null
 *
 * A load adds what it brings, and costs what that costs. Other runs take files away or bring them back, and
 * have read all that is there: after these it is summed up anew, by lake_file, whose rows are never deleted.
 * All is done in the transaction of the run. Errors: those of db.h; of files, as silver_span.h has them.
 */
#ifndef EV_CATALOG_H
#define EV_CATALOG_H

#include "base/db.h"
#include "gold/gold.h"
#include "lake/lake.h"

struct catalog {
	struct db *db; /* borrowed */
	struct db_statement *add_table, *add_partition, *add_column, *find_column;
	/* The columns that the files of Silver seen last have, how many these are, and their runs. */
	struct columns columns;
	uint64_t files, first_run, last_run;
};

int catalog_create(struct db *db) MUST_CHECK;
/* {0} may be closed. */
void catalog_open(struct catalog *c, struct db *db);
void catalog_close(struct catalog *c); /* before db_close */

/* That rows with these columns can stand beside those that Silver has: no column of it has another type
 * there, or another case. STATUS_USAGE if one has. lake is its path. */
int catalog_check_columns(struct catalog *c, const struct columns *columns, const char *lake) MUST_CHECK;
/* A file that has got its row in lake_file with this run; columns is NULL for one of quarantine. */
int catalog_add_file(struct catalog *c, struct text path, uint64_t run,
		     const struct columns *columns) MUST_CHECK;
/* After the last of them. */
int catalog_flush(struct catalog *c) MUST_CHECK;
/* What gold_commit has done. */
int catalog_add_gold(struct catalog *c, const struct gold *gold, uint64_t run) MUST_CHECK;

/* Files and partitions by lake_file; of what Gold has no definition of any more, nothing stays. */
int catalog_recount(struct catalog *c) MUST_CHECK;
/* The columns of Silver, by the footers of its files. */
int catalog_recount_columns(struct catalog *c, const struct lake *lake) MUST_CHECK;
/* All of it, times of files too, for a lake that has no catalog yet. A file that cannot be read has none. */
int catalog_fill(struct catalog *c, const struct lake *lake) MUST_CHECK;

/* Whether files of Silver lack columns that others have: 1, 0, -1. */
int catalog_is_mixed(struct db *db) MUST_CHECK;

/* Queries: the tables, partitions and columns that are not as lake_file and the tables of Gold have them.
 * Each is a row: the catalog's table, the table's name, and that of partition or column, or "". */
enum { CATALOG_DIFFERENCES = 4 };
extern const char *const catalog_differences[CATALOG_DIFFERENCES];

#endif
