#include "query/relation.h"

#include "base/sqlite.h"
#include "silver/silver.h"
#include "stream/stream.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

static const char reason[] = "reason";

const char *relation_name(enum relation_kind kind)
{
	return kind == RELATION_SILVER ? "silver" : "bronze";
}

/* The folder that the connection's database lies in: malloc'd, NULL on error. */
static char *folder_of(const struct query *query)
{
	const char *file = sqlite3_db_filename(db_handle(query->db), "main");
	const char *slash = file != NULL ? strrchr(file, '/') : NULL;
	char *folder;

	if (slash == NULL || strcmp(slash, "/gold.db") != 0) {
		cause_record(STATUS_USAGE,
			     "which lake? Open its gold.db, or say "
			     "CREATE VIRTUAL TABLE temp.silver USING silver('LAKE'), or the same "
			     "with bronze");
		return NULL;
	}
	folder = strndup(file, slash > file ? (size_t)(slash - file) : 1);
	if (folder == NULL)
		cause_memory();
	return folder;
}

/* Whether the connection's database is that of the lake. */
static bool is_own(const struct query *query, const char *path)
{
	const char *file = sqlite3_db_filename(db_handle(query->db), "main");
	char *real = file != NULL && *file != '\0' ? realpath(file, NULL) : NULL;
	const bool same = real != NULL && strcmp(real, path) == 0;

	free(real);
	return same;
}

static int open_ledger(struct relation *r)
{
	char *path = lake_path(&r->lake, "gold.db");
	int has = path != NULL ? lake_has(&r->lake, "gold.db") : -1;
	struct ledger ledger = {0};

	if (has > 0) {
		r->owns_db = !is_own(r->query, path);
		r->db = r->owns_db ? db_open(path, DB_READ) : r->query->db;
		has = r->db != NULL ? 1 : -1;
	}
	free(path);
	if (has <= 0)
		return has;
	ledger_open(&ledger, r->db);
	has = ledger_exists(&ledger);
	ledger_close(&ledger);
	if (has == 0 && r->owns_db)
		db_close(r->db);
	if (has == 0)
		r->db = NULL;
	return has < 0 ? -1 : 0;
}

static int check_run(const struct relation *r)
{
	struct ledger ledger;
	uint64_t newest = 0;
	int result = 0;

	if (r->run == 0)
		return 0;
	if (r->db != NULL) {
		ledger_open(&ledger, r->db);
		result = ledger_newest_run(&ledger, &newest);
		ledger_close(&ledger);
	}
	if (result == 0 && r->run > newest)
		return cause_record(STATUS_USAGE,
				    "%s: there has been no run %" PRIu64 ": the newest is %" PRIu64,
				    r->lake.path, r->run, newest);
	return result;
}

/* --- columns ---------------------------------------------------------------------------------------------
 */

/* What was rejected has nothing, and what older rows have differs: all may be null. */
static int end_columns(struct relation *r, size_t n_shown)
{
	if (r->kind == RELATION_BRONZE && columns_add(&r->columns, reason, COLUMN_STRING, true) != 0)
		return -1;
	for (size_t i = 0; i < r->columns.n; i++)
		r->columns.items[i].nullable = true;
	r->n_shown = r->kind == RELATION_BRONZE ? n_shown : r->columns.n;
	r->date = columns_find(&r->columns, silver_added_name(SILVER_DATE));
	return 0;
}

static int columns_of_lake(struct relation *r)
{
	char *path = lake_schema(&r->lake, "event.json", r->query->schemas);
	int result = -1;

	if (path == NULL || silver_by_schema(path, &r->columns) != 0)
		goto out;
	r->schema = r->kind == RELATION_BRONZE ? schema_read(path) : NULL;
	if (r->kind == RELATION_SILVER || r->schema != NULL)
		result = end_columns(r, r->schema != NULL ? r->schema->n : 0);
out:
	free(path);
	return result;
}

static int columns_of_events(struct relation *r, const struct columns *events)
{
	struct silver silver;
	int result = silver_open(&silver, events) == 0 ? columns_copy(&r->columns, &silver.columns) : -1;

	silver_close(&silver);
	return result;
}

/* --- streams ---------------------------------------------------------------------------------------------
 */

/* To its header. */
static int begin_stream(const struct query *query, struct stream *in)
{
	if (lseek(query->fd, 0, SEEK_SET) < 0)
		return cause_system("stdin");
	if (stream_open(in, query->fd, "stdin") != 0)
		return -1;
	/* What comes first is a header, or an error. */
	return stream_next(in) < 0 ? -1 : stream_accept(in, 1U << STREAM_EVENTS | 1U << STREAM_SILVER);
}

int query_stream_kind(const struct query *query, enum relation_kind *kind)
{
	struct stream in = {0};
	const int result = begin_stream(query, &in);

	*kind = in.kind == STREAM_SILVER ? RELATION_SILVER : RELATION_BRONZE;
	stream_close(&in);
	return result;
}

static int open_stream(struct relation *r)
{
	struct stream in = {0};
	int result = begin_stream(r->query, &in);

	r->fd = r->query->fd;
	if (result == 0 && (in.kind == STREAM_SILVER) != (r->kind == RELATION_SILVER))
		result = cause_record(STATUS_USAGE, "stdin: a stream of %s, which are not %s",
				      stream_kind_name(in.kind), relation_name(r->kind));
	if (result == 0)
		result = r->kind == RELATION_SILVER ? columns_copy(&r->columns, &in.columns)
						    : columns_of_events(r, &in.columns);
	if (result == 0)
		result = end_columns(r, in.columns.n - 1);
	stream_close(&in);
	return result;
}

/* --- opening ---------------------------------------------------------------------------------------------
 */

static int open_lake(struct relation *r, const char *lake)
{
	char *folder = NULL;
	int result = -1;

	if (lake == NULL)
		lake = r->query->lake;
	if (lake == NULL)
		lake = folder = folder_of(r->query);
	if (lake != NULL && lake_open(&r->lake, lake) == 0 && open_ledger(r) == 0 && check_run(r) == 0)
		result = columns_of_lake(r);
	free(folder);
	return result;
}

int relation_open(struct relation *r, struct query *query, enum relation_kind kind, const char *lake,
		  uint64_t run)
{
	int result;

	*r = (struct relation){.query = query, .kind = kind, .lake.fd = -1, .fd = -1, .run = run};
	result = query->fd >= 0 && lake == NULL ? open_stream(r) : open_lake(r, lake);
	if (result != 0)
		relation_close(r);
	return result;
}

void relation_close(struct relation *r)
{
	if (r->owns_db)
		db_close(r->db);
	columns_free(&r->columns);
	schema_free(r->schema);
	lake_close(&r->lake);
	*r = (struct relation){.lake.fd = -1, .fd = -1};
}

struct relation *query_relation(struct query *query, enum relation_kind kind)
{
	struct relation **r = &query->relations[kind];

	if (*r != NULL)
		return *r;
	*r = calloc(1, sizeof **r);
	if (*r == NULL) {
		cause_memory();
	} else if (relation_open(*r, query, kind, NULL, query->run) != 0) {
		free(*r);
		*r = NULL;
	}
	return *r;
}

void query_close(struct query *query)
{
	for (size_t i = 0; i < RELATION_KINDS; i++) {
		if (query->relations[i] != NULL)
			relation_close(query->relations[i]);
		free(query->relations[i]);
		query->relations[i] = NULL;
	}
}
