#include "base/db.h"
#include "base/db_rows.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/evlake-db-XXXXXX";
static char path[64], other[64];

static int64_t number(struct db *db, const char *sql)
{
	struct db_statement *s = db_prepare(db, sql);
	int64_t value = -1;

	if (s != NULL && db_step(s) == 1)
		value = db_int(s, 0);
	db_finalize(s);
	return value;
}

static void values(struct db *db)
{
	static const char blob[] = {'a', 0, 'b'};
	struct db_statement *s = db_prepare(db, "INSERT INTO t VALUES (?1, ?2, ?3, ?4, ?5)");

	ok(s != NULL, "a statement is prepared");
	for (int i = 0; i < 2; i++) {
		db_bind_int(s, 1, INT64_MIN + i);
		db_bind_double(s, 2, 0.1);
		db_bind_text(s, 3, (struct text){"a\0b", 3});
		db_bind_text(s, 4, (struct text){NULL, 0});
		db_bind_blob(s, 5, blob, sizeof blob);
		ok(db_run(s) == 0, "and run");
	}
	ok(db_run(s) == 0, "parameters are cleared after a run");
	s = db_prepare(db, "SELECT * FROM t ORDER BY i NULLS LAST");
	ok(db_step(s) == 1 && db_int(s, 0) == INT64_MIN && db_double(s, 1) == 0.1, "numbers come back");
	ok(text_equal(db_text(s, 2), (struct text){"a\0b", 3}), "a text with a NUL comes back");
	ok(!db_is_null(s, 3) && db_text(s, 3).len == 0, "an empty text is not null");
	ok(text_equal(db_text(s, 4), (struct text){blob, 3}), "a blob comes back");
	ok(db_step(s) == 1 && db_step(s) == 1 && db_is_null(s, 0) && db_is_null(s, 2), "nulls come back");
	ok(db_step(s) == 0, "the end of the rows");
	ok(db_step(s) == 1, "after which it can be run again");
}

static void rows(struct db *db)
{
	enum { MANY = 1000 };
	struct db_rows r;
	int failed;

	ok(db_exec(db, "CREATE TABLE many(i INTEGER PRIMARY KEY, d, t, b, n)") == 0, "a table");
	failed = db_rows_open(&r, db, "many(i, d, t, b, n)", 5);
	for (int i = 0; i < MANY && !failed; i++) {
		char text[2] = {(char)('a' + i % 26), (char)i};
		const struct db_value row[] = {
		    {.type = DB_INT, .number = i},
		    {.type = DB_DOUBLE, .real = i / 8.0},
		    {.type = DB_TEXT, .text = {text, (size_t)i % 2}},
		    {.type = DB_BLOB, .text = {text, (size_t)i % 3}},
		    {.type = DB_NULL},
		};

		failed = db_rows_add(&r, row);
	}
	ok(!failed && number(db, "SELECT count(*) FROM many") < MANY, "rows are collected");
	ok(db_rows_flush(&r) == 0 && db_rows_flush(&r) == 0, "and written out");
	ok(number(db, "SELECT count(*) FROM many WHERE i = rowid AND d = i / 8.0 AND n IS NULL"
		      " AND typeof(t) = 'text' AND typeof(b) = 'blob' AND length(b) = i % 3"
		      " AND t = iif(i % 2, char(97 + i % 26), '')"
		      " AND substr(hex(b), 1, 2) = iif(i % 3, printf('%02X', 97 + i % 26), '')") == MANY,
	   "%d of them, as they were", MANY);
	db_rows_close(&r);

	failed = db_exec(db, "BEGIN; DELETE FROM many WHERE i > 10") != 0 ||
		 db_rows_open(&r, db, "many(i)", 1) != 0 ||
		 db_rows_add(&r, &(struct db_value){.type = DB_INT, .number = 11}) != 0 ||
		 db_rows_add(&r, &(struct db_value){.type = DB_INT, .number = 1}) != 0;
	ok(!failed && db_rows_flush(&r) != 0 && db_exec(db, "COMMIT") != 0, "a row that is refused");
	cause_clear();
	ok(number(db, "SELECT count(*) FROM many") == MANY, "takes all back");
	db_rows_close(&r);
}

static void errors(struct db *db)
{
	struct db_statement *s;

	ok(db_prepare(db, "SELECT nothing") == NULL && cause_status() == STATUS_SYSTEM, "a wrong statement");
	cause_clear();
	s = db_prepare(db, "SELECT 1");
	db_bind_int(s, 2, 1);
	ok(db_step(s) == -1, "a parameter that is not there is told by the step");
	cause_clear();
	ok(db_step(s) == 1, "and forgotten");
	ok(db_prepare(db, "SELECT \"no_such_column\"") == NULL, "double quotes are no text");
	cause_clear();
}

static void foreign(void)
{
	struct db *db;
	FILE *f = fopen(other, "w");

	for (int i = 0; i < 20; i++)
		fputs("this is a text, and long enough to be taken for the header of a database\n", f);
	fclose(f);
	db = db_open(other, DB_WRITE);
	ok(db == NULL && cause_status() == STATUS_INPUT, "a text is no database: %s", cause_message());
	cause_clear();
	unlink(other);
	ok(db_open(other, DB_WRITE) == NULL && cause_status() == STATUS_SYSTEM, "no file: %s",
	   cause_message());
	cause_clear();
	db = db_open(other, DB_CREATE);
	ok(db != NULL && db_exec(db, "CREATE TABLE t (i); PRAGMA application_id = 7") == 0,
	   "another program's");
	db_close(db);
	ok(db_open(other, DB_READ) == NULL && cause_status() == STATUS_INPUT, "is told: %s", cause_message());
	cause_clear();
	unlink(other);
	db = db_open(other, DB_CREATE);
	ok(db_exec(db, "PRAGMA user_version = 1000") == 0, "a newer one");
	db_close(db);
	ok(db_open(other, DB_READ) == NULL && cause_status() == STATUS_INPUT, "is told: %s", cause_message());
	cause_clear();
	f = fopen(other, "w");
	fclose(f);
	db = db_open(other, DB_READ);
	ok(db != NULL, "an empty file is a lake's database that was never written");
	db_close(db);
}

/* Somebody who may only read, after the last writer has closed the file. */
static void reader(void)
{
	int status = 1;
	pid_t child;

	if (geteuid() != 0) {
		ok(true, "a reader without rights # SKIP needs root");
		return;
	}
	chmod(folder, 0755);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		struct db *db;

		if (setgid(65534) != 0 || setuid(65534) != 0)
			_exit(2);
		db = db_open(path, DB_READ);
		if (db == NULL)
			fprintf(stderr, "# %s\n", cause_message());
		if (db == NULL || number(db, "SELECT count(*) FROM t") != 3)
			_exit(3);
		if (db_exec(db, "DELETE FROM t") == 0)
			_exit(4);
		db_close(db);
		_exit(0);
	}
	waitpid(child, &status, 0);
	ok(status == 0, "a reader without rights reads, and writes nothing (status %d)", status);
}

/* Somebody else's hand in the file: what SQLite would run of it is not run. */
static void forged(void)
{
	struct db *db = db_open(path, DB_WRITE);

	ok(number(db, "PRAGMA cell_size_check") == 1, "cells are checked");
	ok(db_exec(db, "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema") == -1,
	   "the schema is not writable");
	cause_clear();
	ok(db_exec(db, "SELECT load_extension('nothing')") == -1 &&
	       strstr(cause_message(), "not authorized") != NULL,
	   "no extension is loaded");
	cause_clear();
	ok(db_exec(db, "CREATE TABLE log (i); CREATE TRIGGER watch AFTER INSERT ON t BEGIN INSERT INTO log "
		       "VALUES (1); END;"
		       "INSERT INTO t (i) VALUES (77); DELETE FROM t WHERE i = 77") == 0 &&
	       number(db, "SELECT count(*) FROM log") == 0,
	   "a trigger does nothing");
	ok(db_exec(db, "CREATE VIEW seen AS SELECT * FROM t") == 0 && db_exec(db, "SELECT * FROM seen") == -1,
	   "a view shows nothing");
	cause_clear();
	db_close(db);
}

int main(void)
{
	struct db *db;

	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(path, sizeof path, "%s/gold.db", folder);
	snprintf(other, sizeof other, "%s/other.db", folder);
	db = db_open(path, DB_CREATE);
	ok(db != NULL, "a database is created");
	ok(db_exec(db, "CREATE TABLE t (i INTEGER, d REAL, t TEXT, e TEXT, b BLOB)") == 0, "with a table");
	values(db);
	rows(db);
	errors(db);
	ok(number(db, "PRAGMA synchronous") == 2, "every commit is synced");
	ok(number(db, "PRAGMA trusted_schema") == 0, "the schema is not trusted");
	db_close(db);
	db = db_open(path, DB_WRITE);
	ok(db != NULL && db_exec(db, "BEGIN IMMEDIATE; DELETE FROM t") == 0, "an open transaction");
	db_close(db);
	reader();
	db = db_open(path, DB_READ);
	ok(db != NULL && number(db, "SELECT count(*) FROM t") == 3, "is rolled back by closing");
	ok(db_exec(db, "DELETE FROM t") == -1, "a reader does not write");
	cause_clear();
	db_close(db);
	forged();
	foreign();
	if (chdir(folder) == 0 && system("rm -rf \"$PWD\"") != 0)
		return 1;
	return tap_done();
}
