#include "query/session.h"

#include "base/sqlite.h"
#include "query/table.h"

#include <stdlib.h>

/*
 * What a database that is open for reading, and query_only, would still let through: another database, the
 * end of the moment that all statements share, and settings.
 */
static int authorize(void *context, int action, const char *a, const char *b, const char *database,
		     const char *trigger)
{
	(void)context;
	(void)database;
	(void)trigger;
	switch (action) {
	case SQLITE_ATTACH:
	case SQLITE_DETACH:
	case SQLITE_TRANSACTION:
	case SQLITE_SAVEPOINT: return SQLITE_DENY;
	case SQLITE_FUNCTION: return sqlite3_stricmp(b, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
	case SQLITE_PRAGMA:
		/* Those that only tell something. */
		return sqlite3_strglob("*_info", a) == 0 || sqlite3_strglob("*_xinfo", a) == 0 ||
			       sqlite3_strglob("*_list", a) == 0
			   ? SQLITE_OK
			   : SQLITE_DENY;
	default: return SQLITE_OK;
	}
}

/* A lake that has never been committed to has no database. */
static struct db *open_database(const char *lake)
{
	struct lake folder = {.fd = -1};
	struct db *db = NULL;
	char *path = NULL;
	int has;

	if (lake_open(&folder, lake) == 0 && (has = lake_has(&folder, "gold.db")) >= 0) {
		path = has ? lake_path(&folder, "gold.db") : strdup(":memory:");
		if (path == NULL)
			cause_memory();
		else
			db = db_open(path, has ? DB_READ : DB_CREATE);
	}
	free(path);
	lake_close(&folder);
	return db;
}

static int add_tables(struct session *s)
{
	if (table_register(&s->query, NULL) != 0)
		return -1;
	/* In temp, which is searched first: whatever a lake calls its tables, silver is Silver. */
	return db_exec(s->db, "CREATE VIRTUAL TABLE temp.silver USING silver");
}

int session_open(struct session *s, const char *lake, const char *schemas, uint64_t run)
{
	*s = (struct session){.query = {.schemas = schemas, .run = run}};
	s->lake = strdup(lake);
	if (s->lake == NULL)
		return cause_memory();
	s->db = open_database(lake);
	if (s->db == NULL)
		return -1;
	s->query.db = s->db;
	s->query.lake = s->lake;
	if (add_tables(s) != 0 || db_exec(s->db, "BEGIN; PRAGMA query_only = ON") != 0)
		return -1;
	sqlite3_set_authorizer(db_handle(s->db), authorize, NULL);
	return 0;
}

void session_close(struct session *s)
{
	db_close(s->db);
	free(s->lake);
	*s = (struct session){0};
}

int session_next(struct session *s, const char **sql, struct db_statement **statement)
{
	return db_prepare_next(s->db, sql, statement);
}
