#include "listing.h"

#include <inttypes.h>

enum { COLUMNS_MAX = 16 };
enum { TEXT = false, NUMBER = true };

#define AS_OF_RUN " WHERE begin_run <= ?1 AND (end_run IS NULL OR end_run > ?1)"

/* A query, and what its columns are called. */
static const struct listing {
	const char *verb;
	bool is_held; /* by rows that have an end: ?1 is the run that they are to be as of */
	const char *sql;
	struct rows_column columns[COLUMNS_MAX];
} listings[] = {
    {
	"sources",
	true,
	"SELECT run, status, path, size, mtime_ns, bytes, lines, kept, rejected, blank, content, same_as,"
	" more"
	" FROM lake_source" AS_OF_RUN " ORDER BY run, path",
	{{"run", NUMBER},
	 {"status", TEXT},
	 {"path", TEXT},
	 {"size", NUMBER},
	 {"mtime_ns", NUMBER},
	 {"bytes", NUMBER},
	 {"lines", NUMBER},
	 {"kept", NUMBER},
	 {"rejected", NUMBER},
	 {"blank", NUMBER},
	 {"content", TEXT},
	 {"same_as", TEXT},
	 {"more", NUMBER}},
    },
    {
	"runs",
	false,
	"SELECT run, verb, began, committed, sources, copies, rows, rejects, blank, bytes, files,"
	" round(cpu_seconds, 3), round(wall_seconds, 3) FROM lake_run ORDER BY run",
	{{"run", NUMBER},
	 {"verb", TEXT},
	 {"began", TEXT},
	 {"committed", TEXT},
	 {"sources", NUMBER},
	 {"copies", NUMBER},
	 {"rows", NUMBER},
	 {"rejects", NUMBER},
	 {"blank", NUMBER},
	 {"bytes", NUMBER},
	 {"files", NUMBER},
	 {"cpu_seconds", NUMBER},
	 {"wall_seconds", NUMBER}},
    },
    {
	"rejects",
	true,
	"SELECT run, source, reason, field, rejects, first_line, first_column"
	" FROM lake_reject" AS_OF_RUN " ORDER BY run, source, rejects DESC, reason, field",
	{{"run", NUMBER},
	 {"source", TEXT},
	 {"reason", TEXT},
	 {"field", TEXT},
	 {"rejects", NUMBER},
	 {"first_line", NUMBER},
	 {"first_column", NUMBER}},
    },
    {
	"files",
	true,
	"SELECT layer, path, rows, bytes, checksum, begin_run FROM lake_file" AS_OF_RUN
	" ORDER BY layer, path",
	{{"layer", TEXT},
	 {"path", TEXT},
	 {"rows", NUMBER},
	 {"bytes", NUMBER},
	 {"checksum", TEXT},
	 {"begin_run", NUMBER}},
    },
    {
	"tables",
	false,
	"SELECT layer, name, files, rows, bytes, min_time, max_time, first_run, last_run FROM lake_table"
	" ORDER BY layer DESC, name",
	{{"layer", TEXT},
	 {"name", TEXT},
	 {"files", NUMBER},
	 {"rows", NUMBER},
	 {"bytes", NUMBER},
	 {"min_time", TEXT},
	 {"max_time", TEXT},
	 {"first_run", NUMBER},
	 {"last_run", NUMBER}},
    },
    {
	"partitions",
	false,
	"SELECT table_name, partition, files, rows, bytes, min_time, max_time, first_run, last_run"
	" FROM lake_partition ORDER BY table_name, partition",
	{{"table", TEXT},
	 {"partition", TEXT},
	 {"files", NUMBER},
	 {"rows", NUMBER},
	 {"bytes", NUMBER},
	 {"min_time", TEXT},
	 {"max_time", TEXT},
	 {"first_run", NUMBER},
	 {"last_run", NUMBER}},
    },
    {
	"columns",
	false,
	"SELECT table_name, c.name, type, nullable, role, c.files, c.first_run, c.last_run"
	" FROM lake_column AS c JOIN lake_table AS t ON t.name = table_name"
	" ORDER BY layer DESC, table_name, position",
	{{"table", TEXT},
	 {"name", TEXT},
	 {"type", TEXT},
	 {"nullable", NUMBER},
	 {"role", TEXT},
	 {"files", NUMBER},
	 {"first_run", NUMBER},
	 {"last_run", NUMBER}},
    },
};

const struct listing *listing_find(const char *verb)
{
	for (size_t i = 0; i < sizeof listings / sizeof listings[0]; i++)
		if (strcmp(verb, listings[i].verb) == 0)
			return &listings[i];
	return NULL;
}

bool listing_is_held(const struct listing *listing)
{
	return listing->is_held;
}

static int print_rows(const struct listing *listing, struct db *db, int64_t run, struct rows *rows, size_t n)
{
	struct db_statement *query = db_prepare(db, listing->sql);
	struct text cells[COLUMNS_MAX];
	int result;

	if (query == NULL)
		return -1;
	if (listing->is_held)
		db_bind_int(query, 1, run);
	while ((result = db_step(query)) == 1) {
		for (size_t i = 0; i < n; i++)
			cells[i] =
			    db_is_null(query, (int)i) ? (struct text){NULL, 0} : db_text(query, (int)i);
		if (rows_add(rows, cells) != 0)
			return -1;
	}
	return result;
}

/* A run that is still to come has left nothing yet. */
static int check_run(struct ledger *ledger, int known, const struct lake *lake, int64_t run)
{
	uint64_t newest = 0;

	if (run == LISTING_NOW)
		return 0;
	if (known && ledger_newest_run(ledger, &newest) != 0)
		return -1;
	if ((uint64_t)run > newest)
		return cause_record(STATUS_USAGE, "%s: no run %" PRId64 " yet: the newest is %" PRIu64,
				    lake->path, run, newest);
	return 0;
}

int listing_print(const struct listing *listing, const struct lake *lake, int64_t run,
		  enum rows_format format)
{
	struct db *db;
	struct ledger ledger;
	struct rows rows = {0};
	size_t n = 0;
	int result = -1;
	int known = ledger_read(lake, &db, &ledger);

	while (n < COLUMNS_MAX && listing->columns[n].name != NULL)
		n++;
	if (known < 0 || check_run(&ledger, known, lake, run) != 0 ||
	    rows_open(&rows, stdout, format, listing->columns, n) != 0)
		goto out;
	if (known && print_rows(listing, db, run, &rows, n) != 0)
		goto out;
	result = rows_end(&rows);
out:
	rows_close(&rows);
	ledger_close(&ledger);
	db_close(db);
	return result;
}
