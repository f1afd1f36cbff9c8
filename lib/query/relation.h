/*
 * relation -- what queries call a table: silver or bronze. Its columns, and where its rows are.
 *
 * silver  the rows of the files that the lake's ledger lists, those of now or those that an earlier run left.
 *         Columns are the lake's schema's, line, and what Silver adds to events, as in the stream that the
 * files were written from; one that an older file does not have is null in its rows. bronze  the events in
 * the files under bronze/, as a run would read them now. The same columns, of which those that are not the
 * schema's are hidden, and reason: why a line was rejected. Such lines have but source, line and reason, and
 * are there only for a query that looks at the reason.
 *
 * Or the rows of a stream: one of these, by its kind. Its bytes are in a file, and can be read again.
 *
 * Errors: STATUS_USAGE for a run that has not been, STATUS_INPUT and _SYSTEM as the lake has them.
 */
#ifndef EV_RELATION_H
#define EV_RELATION_H

#include "decode/schema.h"
#include "lake/ledger.h"
#include "query/usage.h"

enum relation_kind { RELATION_SILVER, RELATION_BRONZE, RELATION_KINDS };

struct relation;
struct query;

struct query_context {
	struct query *query;
	enum relation_kind kind;
};

/* What all tables of a session share. */
struct query {
	struct db *db;       /* the connection; borrowed */
	const char *lake;    /* its path, or NULL: where the connection's database lies */
	const char *schemas; /* those that are installed */
	int fd;              /* of a stream, instead of a lake; else -1 */
	uint64_t run;        /* as of which silver is read; 0: now */
	uint32_t jobs;       /* processes at once; 0 or 1: none but this */
	bool is_extension;   /* what goes wrong is told by SQLite: no cause stays on record */
	struct usage usage;
	struct relation *relations[RELATION_KINDS];    /* those of query_relation */
	struct query_context contexts[RELATION_KINDS]; /* for the tables */
};

struct relation {
	struct query *query; /* borrowed */
	enum relation_kind kind;
	struct columns columns;
	size_t n_shown; /* the first of them; others are hidden from SELECT * */
	int date;       /* the column event_date, by which Silver is filed; or -1 */
	struct lake lake;
	struct db *db; /* with the ledger; NULL when the lake has none */
	bool owns_db;
	uint64_t run;
	struct schema *schema; /* of Bronze */
	int fd;                /* of a stream, borrowed, or -1 */
	bool counted;          /* in the usage */
};

/* lake is a path, or NULL for the query's. run as in struct query. */
int relation_open(struct relation *r, struct query *query, enum relation_kind kind, const char *lake,
		  uint64_t run) MUST_CHECK;
void relation_close(struct relation *r); /* {.lake.fd = -1} is closed */

/* The query's own, opened when it is first asked for, and there until query_close. */
struct relation *query_relation(struct query *query, enum relation_kind kind) MUST_CHECK;
void query_close(struct query *query);
/* What the query's stream is. */
int query_stream_kind(const struct query *query, enum relation_kind *kind) MUST_CHECK;

/* "silver", "bronze" */
const char *relation_name(enum relation_kind kind);

#endif
