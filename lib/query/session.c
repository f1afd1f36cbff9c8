#include "query/session.h"

#include "base/sqlite.h"
#include "query/aggregate_table.h"
#include "query/route.h"
#include "query/route_check.h"
#include "query/table.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* In temp, which is searched first: whatever a lake calls its tables, silver is Silver. */
static int add_table(struct session *s, enum relation_kind kind)
{
	const char *name = relation_name(kind);
	char sql[128];

	snprintf(sql, sizeof sql, "CREATE VIRTUAL TABLE temp.%s USING %s", name, name);
	return db_exec(s->db, sql);
}

static int add_tables(struct session *s)
{
	enum relation_kind kind;

	if (table_register(&s->query, NULL) != 0)
		return -1;
	if (s->query.fd >= 0)
		return query_stream_kind(&s->query, &kind) != 0 ? -1 : add_table(s, kind);
	return add_table(s, RELATION_SILVER) != 0 ? -1 : add_table(s, RELATION_BRONZE);
}

static void guard(struct session *s, bool on)
{
	sqlite3_set_authorizer(db_handle(s->db), on ? authorize : NULL, NULL);
}

/* The database is open. */
static int begin(struct session *s)
{
	const long processors = sysconf(_SC_NPROCESSORS_ONLN);

	s->query.db = s->db;
	s->query.jobs = processors > 0 ? (uint32_t)processors : 1;
	if (add_tables(s) != 0 || db_exec(s->db, "BEGIN; PRAGMA query_only = ON") != 0)
		return -1;
	guard(s, true);
	return 0;
}

int session_open(struct session *s, const char *lake, const char *schemas, uint64_t run)
{
	s->fd = -1;
	s->query = (struct query){.schemas = schemas, .run = run, .fd = -1};
	s->lake = strdup(lake);
	if (s->lake == NULL)
		return cause_memory();
	s->query.lake = s->lake;
	s->db = open_database(lake);
	return s->db != NULL ? begin(s) : -1;
}

/* What can be read only once is kept in a file that has no name. */
static int keep_stream(int from)
{
	char *bytes = malloc(1 << 20);
	int fd = open("/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	ssize_t n = -1;

	if (fd < 0)
		fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (bytes == NULL)
		cause_memory();
	else if (fd < 0)
		cause_system("/var/tmp");
	while (bytes != NULL && fd >= 0 && (n = fd_read(from, bytes, 1 << 20, "stdin")) > 0) {
		if (fd_write_all(fd, bytes, (size_t)n, "/var/tmp") != 0) {
			n = -1;
			break;
		}
	}
	free(bytes);
	if (n == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

int session_open_stream(struct session *s, int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return cause_system("stdin");
	s->fd = S_ISREG(st.st_mode) ? dup(fd) : keep_stream(fd);
	if (s->fd < 0)
		return cause_system("stdin");
	s->query = (struct query){.fd = s->fd};
	s->db = db_open(":memory:", DB_CREATE);
	return s->db != NULL ? begin(s) : -1;
}

void session_close(struct session *s)
{
	db_close(s->db);
	query_close(&s->query);
	parameters_free(&s->parameters);
	free(s->lake);
	if (s->fd > 0)
		close(s->fd);
	*s = (struct session){0};
}

/* --- statements ------------------------------------------------------------------------------------------
 */

static struct relation *relation_called(struct session *s, struct text table)
{
	for (size_t i = 0; i < RELATION_KINDS; i++) {
		const char *name = relation_name((enum relation_kind)i);

		if (strlen(name) == table.len && strncasecmp(name, table.data, table.len) == 0)
			return query_relation(&s->query, (enum relation_kind)i);
	}
	return NULL;
}

static const struct columns *columns_of(void *context, struct text table)
{
	const struct relation *r = relation_called(context, table);

	return r != NULL ? &r->columns : NULL;
}

static int literal(void *context, struct text parameter, struct buffer *out)
{
	const struct session *s = context;

	return parameters_literal(&s->parameters, parameter, out);
}

static int create(struct session *s, struct aggregate *aggregate, struct buffer *out)
{
	char name[32];
	int result;

	snprintf(name, sizeof name, "evlake %u", ++s->n_aggregates);
	guard(s, false);
	result = db_exec(s->db, "PRAGMA query_only = OFF");
	if (result == 0)
		result = aggregate_table_create(&s->query, name, aggregate);
	else
		aggregate_free(aggregate);
	if (result == 0)
		result = db_exec(s->db, "PRAGMA query_only = ON");
	guard(s, true);
	return result == 0 && buffer_printf(out, "temp.\"%s\"", name) == 0 ? 1 : -1;
}

static int add(void *context, struct text table, const char *definition, struct buffer *out)
{
	struct session *s = context;
	struct relation *relation = relation_called(s, table);
	struct aggregate *aggregate;
	int same;

	if (relation == NULL)
		return -1;
	same = route_check(definition, &relation->columns);
	if (same <= 0)
		return same;
	aggregate = aggregate_new(relation, definition);
	if (aggregate != NULL)
		return create(s, aggregate, out);
	if (cause_status() != STATUS_USAGE)
		return -1;
	cause_clear();
	return 0;
}

/* The statement as the engine of Gold is to help with it, if it can: 1, 0, -1. */
static int route(struct session *s, struct text sql, struct db_statement **rows)
{
	const struct route route = {columns_of, literal, add, s};
	struct buffer out = {0};
	const char *text;
	int result = route_statement(&route, sql, &out);

	if (result > 0) {
		text = buffer_text(&out);
		result = text != NULL ? db_prepare_next(s->db, &text, rows) : -1;
	}
	buffer_free(&out);
	/* Something that was not seen: SQLite knows better. */
	if (result < 0 && cause_status() == STATUS_USAGE) {
		cause_clear();
		return 0;
	}
	return result;
}

int session_next(struct session *s, const char **sql, struct answer *answer)
{
	const char *from = *sql;
	int more;

	*answer = (struct answer){0};
	more = db_prepare_next(s->db, sql, &answer->names);
	if (more <= 0)
		return more;
	if (parameters_bind(&s->parameters, answer->names) != 0)
		return -1;
	more = route(s, (struct text){from, (size_t)(*sql - from)}, &answer->rows);
	if (more < 0)
		return -1;
	if (more > 0 && db_columns(answer->rows) == db_columns(answer->names))
		return parameters_bind(&s->parameters, answer->rows) == 0 ? 1 : -1;
	db_finalize(answer->rows);
	answer->rows = answer->names;
	return 1;
}

void answer_close(struct answer *answer)
{
	if (answer->rows != answer->names)
		db_finalize(answer->rows);
	db_finalize(answer->names);
	*answer = (struct answer){0};
}
