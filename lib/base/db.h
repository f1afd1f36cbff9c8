/*
 * db -- SQLite, behind one file: opening gold.db, statements, transactions.
 *
 * The settings are the lake's (evlake(7), "The lake"): WAL kept after the last close so that readers without
 * write permission can open it, synchronous=FULL, one file; and those for a file that may be anybody's:
 * defensive, trusted_schema off, cell_size_check on, no extensions, triggers or views. A new database has no
 * log until db_start_log, but a rollback journal: there is nothing in it yet that could be read meanwhile,
 * nor to be kept beside what is new, so its first rows, perhaps those of years, are written once, not twice.
 * Errors: STATUS_SYSTEM with SQLite's message and the file; STATUS_INPUT for a file that is not a lake's
 * database or is of another format.
 */
#ifndef EV_DB_H
#define EV_DB_H

#include "base/cause.h"
#include "base/hash.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

struct db;
struct db_statement;

/* DB_UPGRADE: for writing, of an earlier format too, as far as there is a way from it to this one. */
enum db_mode { DB_READ, DB_WRITE, DB_CREATE, DB_UPGRADE };

struct db *db_open(const char *path, enum db_mode mode) MUST_CHECK;
void db_close(struct db *db);

/* SQLite's handle, for those who add tables of their own to a connection; and a connection that somebody else
 * has opened, and closes after db_close. path is for messages. */
struct sqlite3 *db_handle(struct db *db);
struct db *db_borrow(struct sqlite3 *handle, const char *path) MUST_CHECK;

/* Outside a transaction, once the first has been committed; whoever opens it for writing later does so too.
 */
int db_start_log(struct db *db) MUST_CHECK;

/* The format of the file: a query, so it holds as long as the transaction that it is asked in. DB_FORMAT is
 * that of this program; in a transaction a file is made that by db_set_format. */
enum { DB_FORMAT = 4 };
int db_format(struct db *db, int *format) MUST_CHECK;
int db_set_format(struct db *db) MUST_CHECK;

const char *db_path(const struct db *db); /* as it was opened */

/* One or more statements without parameters or results. */
int db_exec(struct db *db, const char *sql) MUST_CHECK;

/* A statement is prepared once for each place in the code and reused; db_close finalizes it. */
struct db_statement *db_prepare(struct db *db, const char *sql) MUST_CHECK;
void db_finalize(struct db_statement *s); /* earlier than db_close; NULL is a no-op */

/* The next statement of a text that a user has written, behind which *sql moves: 1, 0 when none is left, -1.
 * STATUS_USAGE for one that is not right. */
int db_prepare_next(struct db *db, const char **sql, struct db_statement **s) MUST_CHECK;

/* Parameters are numbered from 1. Text and blobs are borrowed until the statement has been run. */
void db_bind_int(struct db_statement *s, int i, int64_t value);
void db_bind_double(struct db_statement *s, int i, double value);
void db_bind_text(struct db_statement *s, int i, struct text value);
void db_bind_copy(struct db_statement *s, int i, struct text value); /* text that is not borrowed */
void db_bind_blob(struct db_statement *s, int i, const void *data, size_t len);
void db_bind_null(struct db_statement *s, int i);

/* 1: a row is there, 0: done (and reset, parameters kept), -1. */
int db_step(struct db_statement *s) MUST_CHECK;
/* Runs a statement that gives no rows, then resets it and clears its parameters. */
int db_run(struct db_statement *s) MUST_CHECK;
void db_reset(struct db_statement *s);

/* Of a statement: how many parameters it has, and what each is called, as it is written; NULL for "?". */
int db_parameters(struct db_statement *s);
const char *db_parameter_name(struct db_statement *s, int i);

enum db_type { DB_NULL, DB_INT, DB_DOUBLE, DB_TEXT, DB_BLOB };

/* Of the rows: how many columns, what each is called, borrowed like text; and of a row what is in it. */
int db_columns(struct db_statement *s);
const char *db_column_name(struct db_statement *s, int i);
enum db_type db_type(struct db_statement *s, int i);

/* Columns are numbered from 0; text and blobs are borrowed until the next step. */
bool db_is_null(struct db_statement *s, int i);
int64_t db_int(struct db_statement *s, int i);
double db_double(struct db_statement *s, int i);
struct text db_text(struct db_statement *s, int i); /* of a text or a blob */

#endif
