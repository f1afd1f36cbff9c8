#include "base/db.h"

#include "base/sqlite.h"

#include <stdlib.h>
#include <string.h>

enum {
	APPLICATION_ID = 0x65766c6b, /* "evlk", in the file's header: what file(1) shows */
	FORMAT = DB_FORMAT,          /* user_version */
	OLDEST = 2,                  /* that this program can upgrade */
	PAGE_BYTES = 8192,
	BUSY_MS = 10000,
	MOMENT_MS = 1000,
};

/* Statements are in a list, so that closing the database ends those that nobody finalized. */
struct db_statement {
	sqlite3_stmt *handle;
	struct db *db;
	struct db_statement *previous, *next;
	int failed;    /* the result of the first bind that did not work */
	bool is_users; /* who has written it can be told what is wrong with it */
};

struct db {
	sqlite3 *handle;
	char *path;
	bool borrowed; /* the handle */
	struct db_statement *statements;
};

/* Records what SQLite says; another writer that does not come to an end is no fault of this run. */
static int fail(const struct db *db, int result)
{
	enum status status = STATUS_SYSTEM;

	switch (result & 0xff) {
	case SQLITE_BUSY:
		return cause_record(
		    STATUS_RETRY,
		    "%s: another program has been writing to it for %d seconds: try again later", db->path,
		    BUSY_MS / 1000);
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT: status = STATUS_INPUT; break;
	case SQLITE_NOMEM: return cause_memory();
	default: break;
	}
	if (result == SQLITE_READONLY_RECOVERY)
		return cause_record(
		    status,
		    "%s: a program was stopped while it wrote to it: it can be read again once somebody has "
		    "opened it who may write it",
		    db->path);
	return cause_record(status, "%s: %s", db->path,
			    db->handle != NULL ? sqlite3_errmsg(db->handle) : sqlite3_errstr(result));
}

/*
 * Who may read the index of the write-ahead log and not write it cannot tell a program at work there from one
 * that was stopped: SQLite takes the one for the other, for a moment. Whether what it was asked is to be
 * asked again, having waited for *ms so far.
 */
static bool is_moment(const struct db *db, int result, int *ms)
{
	if ((result & 0xff) != SQLITE_READONLY || *ms >= MOMENT_MS ||
	    sqlite3_extended_errcode(db->handle) != SQLITE_READONLY_RECOVERY)
		return false;
	*ms += sqlite3_sleep(1);
	return true;
}

static int execute(struct db *db, const char *sql)
{
	int result, ms = 0;

	do
		result = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
	while (is_moment(db, result, &ms));
	return result;
}

int db_exec(struct db *db, const char *sql)
{
	int result = execute(db, sql);

	return result == SQLITE_OK ? 0 : fail(db, result);
}

/* The one number that a pragma or a query gives. */
static int query_number(struct db *db, const char *sql, int64_t *value)
{
	struct db_statement *s = db_prepare(db, sql);
	int result;

	if (s == NULL)
		return -1;
	result = db_step(s);
	if (result == 1)
		*value = db_int(s, 0);
	else if (result == 0)
		cause_record(STATUS_INPUT, "%s: no answer to: %s", db->path, sql);
	db_finalize(s);
	return result == 1 ? 0 : -1;
}

static int refuse_old(const struct db *db, int64_t format)
{
	const char *slash = strrchr(db->path, '/');
	const int folder = slash != NULL ? (int)(slash - db->path) : 0;

	if (format < OLDEST)
		return cause_record(
		    STATUS_INPUT,
		    "%s: a lake of format %lld, from which no way leads to %d: load its bronze "
		    "into a new lake",
		    db->path, (long long)format, FORMAT);
	return cause_record(
	    STATUS_INPUT, "%s: a lake of format %lld, and this program's is %d: evmark upgrade %.*s",
	    db->path, (long long)format, FORMAT, folder > 0 ? folder : 1, folder > 0 ? db->path : ".");
}

/* A lake's database, or one that holds nothing yet: a creation that was broken off. */
static int check_format(struct db *db, enum db_mode mode, bool *marked)
{
	int64_t id, format, tables;

	if (query_number(db, "PRAGMA application_id", &id) != 0 ||
	    query_number(db, "PRAGMA user_version", &format) != 0 ||
	    query_number(db, "SELECT count(*) FROM sqlite_schema", &tables) != 0)
		return -1;
	*marked = id == APPLICATION_ID;
	if (*marked && format > FORMAT)
		return cause_record(STATUS_INPUT,
				    "%s: a lake of format %lld; this program knows %d: use a newer one",
				    db->path, (long long)format, FORMAT);
	if (*marked && format < FORMAT && (mode != DB_UPGRADE || format < OLDEST))
		return refuse_old(db, format);
	if (!*marked && (id != 0 || tables != 0))
		return cause_record(STATUS_INPUT, "%s: an SQLite database, but not that of a lake", db->path);
	return 0;
}

const char *db_path(const struct db *db)
{
	return db->path;
}

int db_format(struct db *db, int *format)
{
	int64_t found;

	if (query_number(db, "PRAGMA user_version", &found) != 0)
		return -1;
	*format = (int)found;
	return 0;
}

int db_set_format(struct db *db)
{
	char sql[64];

	sqlite3_snprintf(sizeof sql, sql, "PRAGMA user_version = %d", FORMAT);
	return db_exec(db, sql);
}

/* What must be true of every connection before the first statement: the file may be anybody's, and what it
 * says, beside tables and their rows, counts for nothing. */
static int configure(struct db *db)
{
	static const struct {
		int option, value;
	} options[] = {
	    {SQLITE_DBCONFIG_DEFENSIVE, 1},
	    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
	    {SQLITE_DBCONFIG_DQS_DDL, 0},
	    {SQLITE_DBCONFIG_DQS_DML, 0},
	    {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
	    {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
	    {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
	};
	int keep = 1;

	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
		int result = sqlite3_db_config(db->handle, options[i].option, options[i].value, NULL);

		if (result != SQLITE_OK)
			return fail(db, result);
	}
	/* The write-ahead log stays behind, empty: without it a reader who may not write the folder could not
	 * open the file. */
	sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
	sqlite3_busy_timeout(db->handle, BUSY_MS);
	return db_exec(db, "PRAGMA cell_size_check = ON");
}

/* SQLite does not wait for others here. When they do not come to an end it is left to whoever writes next:
 * without a log all is as safe, but for readers and writers, who then wait for each other. */
int db_start_log(struct db *db)
{
	enum { STEP_MS = 5 };
	int result = SQLITE_BUSY;

	for (int waited = 0; waited < BUSY_MS && (result & 0xff) == SQLITE_BUSY; waited += STEP_MS) {
		result = sqlite3_exec(db->handle, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
		if ((result & 0xff) == SQLITE_BUSY)
			sqlite3_sleep(STEP_MS);
	}
	return result == SQLITE_OK || (result & 0xff) == SQLITE_BUSY ? 0 : fail(db, result);
}

/* Whether it is marked as a lake's: without that it is new. */
static int configure_writer(struct db *db, bool marked)
{
	char mark[128];

	/* Pages that were read are soon too many to be of use again, and new memory for each costs as much as
	 * reading it; pages that were changed are kept as long as they take 16 MiB. (Of that number SQLite
	 * takes the lowest byte for a switch: with 2048 they would all be kept until the commit.) */
	if (db_exec(db,
		    "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 0;"
		    "PRAGMA cache_size = -2048; PRAGMA cache_spill = 2047; PRAGMA temp_store = MEMORY") != 0)
		return -1;
	if (marked)
		return db_start_log(db);
	sqlite3_snprintf(sizeof mark, mark,
			 "PRAGMA page_size = %d; BEGIN IMMEDIATE; PRAGMA application_id = %d;"
			 "PRAGMA user_version = %d; COMMIT",
			 PAGE_BYTES, APPLICATION_ID, FORMAT);
	return db_exec(db, mark);
}

static int open_file(struct db *db, int flags)
{
	int result =
	    sqlite3_open_v2(db->path, &db->handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);

	return result == SQLITE_OK ? configure(db) : fail(db, result);
}

/*
 * Reading alone cannot undo what a writer left half done when it was stopped (a journal, from before the
 * write-ahead log was set up). Then, and only then, the file is opened as writers do; the connection still
 * writes nothing of its own.
 */
static int open_reader(struct db *db)
{
	int result;

	if (open_file(db, SQLITE_OPEN_READONLY) != 0)
		return -1;
	result = execute(db, "SELECT 1 FROM sqlite_schema");
	if ((result & 0xff) != SQLITE_READONLY)
		return 0; /* any other error will show again where it is told */
	sqlite3_close(db->handle);
	db->handle = NULL;
	if (open_file(db, SQLITE_OPEN_READWRITE) != 0)
		return -1;
	return db_exec(db, "PRAGMA query_only = ON");
}

struct db *db_open(const char *path, enum db_mode mode)
{
	struct db *db = calloc(1, sizeof *db);
	bool marked;
	int opened;

	if (db == NULL || (db->path = strdup(path)) == NULL) {
		cause_memory();
		goto fail;
	}
	opened = mode == DB_READ
		     ? open_reader(db)
		     : open_file(db, SQLITE_OPEN_READWRITE | (mode == DB_CREATE ? SQLITE_OPEN_CREATE : 0));
	if (opened != 0 || check_format(db, mode, &marked) != 0)
		goto fail;
	if (mode != DB_READ && configure_writer(db, marked) != 0)
		goto fail;
	return db;
fail:
	db_close(db);
	return NULL;
}

struct sqlite3 *db_handle(struct db *db)
{
	return db->handle;
}

struct db *db_borrow(struct sqlite3 *handle, const char *path)
{
	struct db *db = calloc(1, sizeof *db);

	if (db == NULL || (db->path = strdup(path)) == NULL) {
		cause_memory();
		free(db);
		return NULL;
	}
	db->handle = handle;
	db->borrowed = true;
	return db;
}

void db_close(struct db *db)
{
	if (db == NULL)
		return;
	while (db->statements != NULL)
		db_finalize(db->statements);
	/* An open transaction is rolled back; and with no statement left this does not fail. */
	if (!db->borrowed)
		sqlite3_close(db->handle);
	free(db->path);
	free(db);
}

/* Takes the handle. */
static struct db_statement *add_statement(struct db *db, sqlite3_stmt *handle)
{
	struct db_statement *s = calloc(1, sizeof *s);

	if (s == NULL) {
		cause_memory();
		sqlite3_finalize(handle);
		return NULL;
	}
	s->handle = handle;
	s->db = db;
	s->next = db->statements;
	if (s->next != NULL)
		s->next->previous = s;
	db->statements = s;
	return s;
}

struct db_statement *db_prepare(struct db *db, const char *sql)
{
	sqlite3_stmt *handle;
	int result, ms = 0;

	do
		result = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, NULL);
	while (is_moment(db, result, &ms));
	if (result != SQLITE_OK) {
		fail(db, result);
		return NULL;
	}
	return add_statement(db, handle);
}

/* What is wrong with a text, not with the database. */
static bool is_usage(int result)
{
	switch (result & 0xff) {
	case SQLITE_READONLY: return result != SQLITE_READONLY_RECOVERY;
	case SQLITE_ERROR:
	case SQLITE_AUTH:
	case SQLITE_TOOBIG:
	case SQLITE_MISMATCH:
	case SQLITE_CONSTRAINT:
	case SQLITE_RANGE: return true;
	default: return false;
	}
}

static int fail_usage(const struct db *db, int result)
{
	return is_usage(result) ? cause_record(STATUS_USAGE, "%s", sqlite3_errmsg(db->handle))
				: fail(db, result);
}

int db_prepare_next(struct db *db, const char **sql, struct db_statement **s)
{
	sqlite3_stmt *handle = NULL;

	while (**sql != '\0' && handle == NULL) {
		const char *rest = *sql; /* of a text that is too long SQLite gives none */
		int result, ms = 0;

		do
			result = sqlite3_prepare_v2(db->handle, *sql, -1, &handle, &rest);
		while (is_moment(db, result, &ms));
		*sql = rest;
		if (result != SQLITE_OK)
			return fail_usage(db, result);
	}
	if (handle == NULL)
		return 0;
	*s = add_statement(db, handle);
	if (*s == NULL)
		return -1;
	(*s)->is_users = true;
	return 1;
}

void db_finalize(struct db_statement *s)
{
	if (s == NULL)
		return;
	if (s->previous != NULL)
		s->previous->next = s->next;
	else
		s->db->statements = s->next;
	if (s->next != NULL)
		s->next->previous = s->previous;
	sqlite3_finalize(s->handle);
	free(s);
}

/* A bind fails only when memory runs out or by a wrong number: the next step tells. */
static void note(struct db_statement *s, int result)
{
	if (result != SQLITE_OK && s->failed == SQLITE_OK)
		s->failed = result;
}

void db_bind_int(struct db_statement *s, int i, int64_t value)
{
	note(s, sqlite3_bind_int64(s->handle, i, value));
}

void db_bind_double(struct db_statement *s, int i, double value)
{
	note(s, sqlite3_bind_double(s->handle, i, value));
}

/* A NULL pointer would be bound as an SQL null. */
void db_bind_text(struct db_statement *s, int i, struct text value)
{
	const char *data = value.len != 0 ? value.data : "";

	note(s, sqlite3_bind_text64(s->handle, i, data, value.len, SQLITE_STATIC, SQLITE_UTF8));
}

void db_bind_copy(struct db_statement *s, int i, struct text value)
{
	const char *data = value.len != 0 ? value.data : "";

	note(s, sqlite3_bind_text64(s->handle, i, data, value.len, SQLITE_TRANSIENT, SQLITE_UTF8));
}

void db_bind_blob(struct db_statement *s, int i, const void *data, size_t len)
{
	note(s, sqlite3_bind_blob64(s->handle, i, len != 0 ? data : "", len, SQLITE_STATIC));
}

void db_bind_null(struct db_statement *s, int i)
{
	note(s, sqlite3_bind_null(s->handle, i));
}

int db_step(struct db_statement *s)
{
	int result, ms = 0;

	do
		result = s->failed != SQLITE_OK ? s->failed : sqlite3_step(s->handle);
	while (is_moment(s->db, result, &ms));
	if (result == SQLITE_ROW)
		return 1;
	if (result != SQLITE_DONE) {
		if (s->is_users)
			fail_usage(s->db, result);
		else
			fail(s->db, result);
		db_reset(s);
		return -1;
	}
	db_reset(s);
	return 0;
}

int db_run(struct db_statement *s)
{
	int result;

	do
		result = db_step(s);
	while (result == 1);
	sqlite3_clear_bindings(s->handle);
	return result;
}

/* The result of a reset repeats that of the last step, which has been seen to. */
void db_reset(struct db_statement *s)
{
	sqlite3_reset(s->handle);
	s->failed = SQLITE_OK;
}

int db_parameters(struct db_statement *s)
{
	return sqlite3_bind_parameter_count(s->handle);
}

const char *db_parameter_name(struct db_statement *s, int i)
{
	return sqlite3_bind_parameter_name(s->handle, i);
}

int db_columns(struct db_statement *s)
{
	return sqlite3_column_count(s->handle);
}

const char *db_column_name(struct db_statement *s, int i)
{
	const char *name = sqlite3_column_name(s->handle, i);

	return name != NULL ? name : "";
}

enum db_type db_type(struct db_statement *s, int i)
{
	switch (sqlite3_column_type(s->handle, i)) {
	case SQLITE_INTEGER: return DB_INT;
	case SQLITE_FLOAT: return DB_DOUBLE;
	case SQLITE_TEXT: return DB_TEXT;
	case SQLITE_BLOB: return DB_BLOB;
	default: return DB_NULL;
	}
}

bool db_is_null(struct db_statement *s, int i)
{
	return sqlite3_column_type(s->handle, i) == SQLITE_NULL;
}

int64_t db_int(struct db_statement *s, int i)
{
	return sqlite3_column_int64(s->handle, i);
}

double db_double(struct db_statement *s, int i)
{
	return sqlite3_column_double(s->handle, i);
}

struct text db_text(struct db_statement *s, int i)
{
	const char *data = sqlite3_column_blob(s->handle, i);

	/* Nothing is a NULL pointer to SQLite, and an empty text to us. */
	return (struct text){data != NULL ? data : "", (size_t)sqlite3_column_bytes(s->handle, i)};
}
