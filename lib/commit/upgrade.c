#include "commit/upgrade.h"

#include "commit/catalog.h"
#include "lake/ledger.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int copy_into(const char *path, const char *copy)
{
	struct db *db = db_open(path, DB_UPGRADE);
	struct db_statement *s = db != NULL ? db_prepare(db, "VACUUM INTO ?1") : NULL;
	int result = -1;

	if (s != NULL) {
		db_bind_text(s, 1, (struct text){copy, strlen(copy)});
		result = db_run(s);
	}
	db_finalize(s);
	db_close(db);
	return result;
}

/* As it is, under the lock of another connection. A copy that an earlier try has left is of the same lake in
 * the same format, and no newer. */
static int keep_copy(const struct lake *lake, const char *path, int format)
{
	char *copy, *temporary;
	int result = -1;

	if (asprintf(&copy, "%s.%d", path, format) < 0)
		return cause_memory();
	if (asprintf(&temporary, "%s.tmp", copy) < 0) {
		cause_memory();
		goto free_copy;
	}
	if (unlink(temporary) != 0 && errno != ENOENT) {
		cause_system("%s", temporary);
		goto free_temporary;
	}
	if (copy_into(path, temporary) != 0 || fd_sync_path(temporary) != 0)
		goto free_temporary;
	if (rename(temporary, copy) != 0)
		cause_system("%s: rename to %s", temporary, copy);
	else
		result = lake_sync_folder(lake, ".");
free_temporary:
	free(temporary);
free_copy:
	free(copy);
	return result;
}

/* Within the transaction. */
static int upgrade(const struct lake *lake, struct db *db, const char *path, int *from)
{
	struct ledger ledger;
	struct catalog catalog;
	int known;

	if (db_format(db, from) != 0)
		return -1;
	if (*from == DB_FORMAT)
		return 0;
	if (keep_copy(lake, path, *from) != 0)
		return -1;
	ledger_open(&ledger, db);
	known = ledger_exists(&ledger);
	catalog_open(&catalog, db);
	if (known == 1 && (ledger_remake(&ledger, *from) != 0 || catalog_fill(&catalog, lake) != 0))
		known = -1;
	catalog_close(&catalog);
	ledger_close(&ledger);
	return known < 0 || db_set_format(db) != 0 || db_exec(db, "COMMIT") != 0 ? -1 : 1;
}

int upgrade_lake(const struct lake *lake, int *from)
{
	int result = lake_has(lake, "gold.db");
	char *path;
	struct db *db;

	if (result <= 0)
		return result;
	path = lake_path(lake, "gold.db");
	if (path == NULL)
		return -1;
	db = db_open(path, DB_UPGRADE);
	result = db == NULL || db_exec(db, "BEGIN IMMEDIATE") != 0 ? -1 : upgrade(lake, db, path, from);
	db_close(db); /* rolls back what was not committed */
	free(path);
	return result;
}
