/*
 * session -- a lake to be asked: its Gold tables and its ledger, as they are in gold.db, and silver.
 *
 * It only reads: the database is opened so, and statements that do anything else are refused. All statements
 * of a session see the lake as of one moment.
 *
 * Errors: STATUS_USAGE for a statement that is not right; else as db, lake and parquet_read have them.
 */
#ifndef EV_SESSION_H
#define EV_SESSION_H

#include "query/relation.h"

struct session {
	struct query query;
	struct db *db;
	char *lake;
};

/* lake is a path, schemas those that are installed, run as in struct query. */
int session_open(struct session *s, const char *lake, const char *schemas, uint64_t run) MUST_CHECK;
void session_close(struct session *s); /* {0} is closed */

/* As db_prepare_next. */
int session_next(struct session *s, const char **sql, struct db_statement **statement) MUST_CHECK;

#endif
