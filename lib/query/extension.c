/*
 * The loadable extension: `.load evlake` in a sqlite3 shell, or whatever another program calls that.
 *
 * Built with EV_EXTENSION it uses the SQLite of the program that loads it, and no other: two in one process
 * would undo each other's locks.
 */
#include "query/table.h"

#include "base/sqlite.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

SQLITE_EXTENSION_INIT1

/* Found by its name. */
__attribute__((visibility("default"))) int sqlite3_evlake_init(sqlite3 *db, char **message,
							       const sqlite3_api_routines *api);

/* The schemas that came with this file, from where it lies: for a lake that has none of its own yet. */
static const char *find_schemas(void)
{
	static const char *const places[] = {"../../share/evlake/schemas", "../schemas"};
	static char path[4096 + 32];
	Dl_info self;
	const char *slash;

	if (dladdr(path, &self) == 0 || (slash = strrchr(self.dli_fname, '/')) == NULL)
		return "schemas";
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		snprintf(path, sizeof path, "%.*s%s", (int)(slash + 1 - self.dli_fname), self.dli_fname,
			 places[i]);
		if (access(path, F_OK) == 0)
			break;
	}
	return path;
}

static void free_query(void *context)
{
	struct query *query = ((struct query_context *)context)->query;

	query_close(query);
	db_close(query->db);
	free(query);
}

int sqlite3_evlake_init(sqlite3 *db, char **message, const sqlite3_api_routines *api)
{
	struct query *query = calloc(1, sizeof *query);

	SQLITE_EXTENSION_INIT2(api);
	if (query == NULL)
		return SQLITE_NOMEM;
	query->schemas = find_schemas();
	query->is_extension = true;
	query->fd = -1;
	query->db = db_borrow(db, "gold.db");
	if (query->db != NULL && table_register(query, free_query) == 0)
		return SQLITE_OK;
	*message = sqlite3_mprintf("%s", cause_message());
	cause_clear();
	return SQLITE_ERROR;
}
