#include "query/relation.h"

#include "base/sqlite.h"
#include "decode/schema.h"
#include "lake/silver.h"

#include <inttypes.h>
#include <stdlib.h>

const char *relation_name(enum relation_kind kind)
{
	(void)kind;
	return "silver";
}

/* The folder that the connection's database lies in: malloc'd, NULL on error. */
static char *folder_of(const struct query *query)
{
	const char *file = sqlite3_db_filename(db_handle(query->db), "main");
	const char *slash = file != NULL ? strrchr(file, '/') : NULL;
	char *folder;

	if (slash == NULL || strcmp(slash, "/gold.db") != 0) {
		cause_record(STATUS_USAGE, "which lake? Open its gold.db, or say "
					   "CREATE VIRTUAL TABLE temp.silver USING silver('LAKE')");
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

/* Whatever the schema says now, older rows may lack: all may be null. */
static int take_columns(struct relation *r)
{
	char *path = lake_schema(&r->lake, "event.json", r->query->schemas);
	struct schema *schema = path != NULL ? schema_read(path) : NULL;
	int result = -1;

	if (schema == NULL || columns_copy(&r->columns, &schema->columns) != 0 ||
	    columns_add(&r->columns, "line", COLUMN_INT64, true) != 0)
		goto out;
	for (size_t i = 0; i < SILVER_ADDED; i++) {
		if (columns_add(&r->columns, silver_added_name((enum silver_column)i),
				silver_added_type((enum silver_column)i), true) != 0)
			goto out;
	}
	for (size_t i = 0; i < r->columns.n; i++)
		r->columns.items[i].nullable = true;
	r->n_shown = r->columns.n;
	r->date = columns_find(&r->columns, silver_added_name(SILVER_DATE));
	result = 0;
out:
	schema_free(schema);
	free(path);
	return result;
}

int relation_open(struct relation *r, struct query *query, enum relation_kind kind, const char *lake,
		  uint64_t run)
{
	char *folder = NULL;
	int result = -1;

	*r = (struct relation){.query = query, .kind = kind, .lake.fd = -1, .run = run};
	if (lake == NULL)
		lake = query->lake;
	if (lake == NULL)
		lake = folder = folder_of(query);
	if (lake != NULL && lake_open(&r->lake, lake) == 0 && open_ledger(r) == 0 && check_run(r) == 0 &&
	    take_columns(r) == 0)
		result = 0;
	free(folder);
	if (result != 0)
		relation_close(r);
	return result;
}

void relation_close(struct relation *r)
{
	if (r->owns_db)
		db_close(r->db);
	columns_free(&r->columns);
	lake_close(&r->lake);
	*r = (struct relation){.lake.fd = -1};
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
