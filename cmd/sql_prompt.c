#include "sql_prompt.h"

#include "lake/lake.h"
#include "tool.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

/* A text between quotes, as SQL or sqlite3's own commands have them. */
static int append_quoted(struct buffer *out, char quote, const char *text)
{
	const char escape = quote == '"' ? '\\' : quote;

	if (buffer_append(out, &quote, 1) != 0)
		return -1;
	for (; *text != '\0'; text++) {
		if ((*text == quote || *text == escape) && buffer_append(out, &escape, 1) != 0)
			return -1;
		if (buffer_append(out, text, 1) != 0)
			return -1;
	}
	return buffer_append(out, &quote, 1);
}

static int write_load(struct buffer *load)
{
	const char *extension = tool_extension();

	if (extension == NULL || buffer_append_text(load, ".load ") != 0)
		return -1;
	return append_quoted(load, '"', extension);
}

static int write_table(struct buffer *create, const char *name, const char *lake, uint64_t run)
{
	if (buffer_printf(create, "CREATE VIRTUAL TABLE temp.%s USING %s(", name, name) != 0 ||
	    append_quoted(create, '\'', lake) != 0)
		return -1;
	return buffer_printf(create, ", %" PRIu64 "); ", run);
}

static int write_create(struct buffer *create, const char *lake, uint64_t run)
{
	if (write_table(create, "silver", lake, run) != 0 || write_table(create, "bronze", lake, 0) != 0)
		return -1;
	return buffer_append_text(create, "PRAGMA query_only = ON");
}

static int exec_sqlite(const char *database, const char *load, const char *create)
{
	if (load == NULL || create == NULL)
		return -1;
	execlp("sqlite3", "sqlite3", "-readonly", "-cmd", ".dbconfig defensive on", "-cmd",
	       ".dbconfig trusted_schema off", "-cmd", load, "-cmd", create, "-cmd", ".headers on", "-cmd",
	       ".mode column", database, (char *)NULL);
	return cause_system("sqlite3");
}

int sql_prompt(const char *path, uint64_t run)
{
	struct lake lake = {.fd = -1};
	struct buffer load = {0}, create = {0};
	char *database = NULL;
	int has, result = -1;

	if (lake_open(&lake, path) != 0 || (has = lake_has(&lake, "gold.db")) < 0)
		goto out;
	database = has ? lake_path(&lake, "gold.db") : strdup(":memory:");
	if (database == NULL)
		cause_memory();
	else if (write_load(&load) == 0 && write_create(&create, lake.path, run) == 0)
		result = exec_sqlite(database, buffer_text(&load), buffer_text(&create));
out:
	free(database);
	buffer_free(&load);
	buffer_free(&create);
	lake_close(&lake);
	return result;
}
