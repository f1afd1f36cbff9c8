/*
 * session -- a lake to be asked: its Gold tables and its ledger, as they are in gold.db, silver and bronze.
 * Or a stream, which is one of the latter.
 *
 * What the engine of Gold can compute of a statement it computes (route.h); the rest is SQLite's.
 *
 * It only reads: the database is opened so, and statements that do anything else are refused. All statements
 * of a session see the lake as of one moment.
 *
 * Errors: STATUS_USAGE for a statement that is not right; else as db, lake and parquet_read have them.
 */
#ifndef EV_SESSION_H
#define EV_SESSION_H

#include "query/parameter.h"
#include "query/relation.h"

struct session {
	struct query query;
	struct db *db;
	char *lake;
	int fd; /* of the bytes of a stream */
	struct parameters parameters;
	unsigned n_aggregates; /* tables that have been made */
};

/* What a statement gives: rows, with the columns' names as another has them. */
struct answer {
	struct db_statement *rows;
	struct db_statement *names;
};

/* lake is a path, schemas those that are installed, run as in struct query. */
int session_open(struct session *s, const char *lake, const char *schemas, uint64_t run) MUST_CHECK;
/* Of the stream on fd, a regular file or not, which stays the caller's. */
int session_open_stream(struct session *s, int fd) MUST_CHECK;
void session_close(struct session *s); /* {0} is closed */

/* The next statement of a text, behind which *sql moves, ready for its first row: 1, 0 when none is left, -1.
 */
int session_next(struct session *s, const char **sql, struct answer *answer) MUST_CHECK;
void answer_close(struct answer *answer);

#endif
