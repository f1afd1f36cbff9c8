#include "gold/gold.h"

#include "base/buffer.h"
#include "base/fd.h"
#include "gold/gold_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { SEEN_BYTES = 64 << 20 }; /* for bitmaps of codes seen, in all tables together */

/* --- definitions -----------------------------------------------------------------------------------------
 */

static int read_file(const char *path, struct buffer *out)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	if (fd < 0)
		return cause_system("%s", path);
	do {
		if (buffer_reserve(out, 65536) != 0)
			break;
		n = fd_read(fd, out->data + out->len, out->cap - out->len, path);
		if (n > 0)
			out->len += (size_t)n;
	} while (n > 0 && out->len <= SQL_LEN_MAX); /* one that is longer is refused when it is parsed */
	close(fd);
	return n < 0 ? -1 : 0;
}

/* path is for messages. */
static int add_table(struct gold *g, const char *name, const char *path, struct text sql)
{
	struct table *t;

	if (array_reserve(&g->tables, &g->cap, g->n + 1, sizeof *g->tables) != 0)
		return -1;
	for (size_t i = 0; i < g->n; i++) {
		if (strcasecmp(g->tables[i].definition.name, name) == 0)
			return cause_record(STATUS_USAGE, "%s: another file defines the table %s", path,
					    g->tables[i].definition.name);
	}
	t = &g->tables[g->n];
	*t = (struct table){0};
	if (definition_compile(&t->definition, name, path, sql.data, sql.len, &g->silver, g->predicates) != 0)
		return -1;
	g->n++;
	return 0;
}

/* file is NAME.sql within the folder. */
static int add_file(struct gold *g, const char *file)
{
	struct buffer path = {0}, text = {0};
	char *name = strndup(file, strlen(file) - strlen(".sql"));
	int result = -1;

	if (name == NULL)
		cause_memory();
	else if (buffer_printf(&path, "%s/%s", g->folder, file) == 0 && buffer_text(&path) != NULL &&
		 read_file(buffer_text(&path), &text) == 0)
		result =
		    add_table(g, name, buffer_text(&path), (struct text){(const char *)text.data, text.len});
	free(name);
	buffer_free(&path);
	buffer_free(&text);
	return result;
}

static int is_definition(const struct dirent *entry)
{
	const size_t len = strlen(entry->d_name);

	return entry->d_name[0] != '.' && len > 4 && strcmp(entry->d_name + len - 4, ".sql") == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int read_folder(struct gold *g)
{
	struct dirent **entries = NULL;
	const int n = scandir(g->folder, &entries, is_definition, by_name);
	int failed = 0;

	if (n < 0)
		return cause_system("%s", g->folder);
	for (int i = 0; i < n; i++) {
		if (!failed)
			failed = add_file(g, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	if (!failed && n == 0)
		return cause_record(STATUS_USAGE, "%s: no Gold definitions (*.sql)", g->folder);
	return failed;
}

static int before_reset(void *context, size_t column)
{
	struct gold *g = context;

	for (size_t i = 0; i < g->n; i++) {
		if (groups_settle(g->tables[i].groups, column) != 0)
			return -1;
	}
	return 0;
}

static int read_kept(struct gold *g, struct db *db)
{
	struct db_statement *s = db_prepare(db, "SELECT name, sql FROM lake_definition ORDER BY name");
	struct buffer name = {0};
	int more = -1;

	while (s != NULL && (more = db_step(s)) == 1) {
		buffer_clear(&name);
		if (buffer_append(&name, db_text(s, 0).data, db_text(s, 0).len) != 0 ||
		    buffer_text(&name) == NULL ||
		    add_table(g, buffer_text(&name), buffer_text(&name), db_text(s, 1)) != 0) {
			more = -1;
			break;
		}
	}
	db_finalize(s);
	buffer_free(&name);
	return more;
}

/* The definitions are those of the database, or of the folder when that is NULL. */
static struct gold *open_from(const char *folder, struct db *db, const struct columns *silver)
{
	struct gold *g = calloc(1, sizeof *g);

	if (g == NULL) {
		cause_memory();
		return NULL;
	}
	g->budget = SEEN_BYTES;
	g->folder = strdup(folder);
	if (g->folder == NULL) {
		cause_memory();
		goto failed;
	}
	if (columns_copy(&g->silver, silver) != 0 || view_open(&g->view, &g->silver) != 0)
		goto failed;
	g->predicates = predicates_new(&g->silver);
	if (g->predicates == NULL || (db != NULL ? read_kept(g, db) : read_folder(g)) != 0)
		goto failed;
	for (size_t i = 0; i < g->n; i++) {
		g->tables[i].groups =
		    groups_new(&g->tables[i].definition, &g->view, g->predicates, &g->budget);
		if (g->tables[i].groups == NULL)
			goto failed;
	}
	g->view.before_reset = before_reset;
	g->view.context = g;
	return g;
failed:
	gold_close(g);
	return NULL;
}

struct gold *gold_open(const char *folder, const struct columns *silver)
{
	return open_from(folder, NULL, silver);
}

struct gold *gold_open_kept(struct db *db, const struct columns *silver)
{
	return open_from("gold.db", db, silver);
}

void gold_close(struct gold *g)
{
	if (g == NULL)
		return;
	for (size_t i = 0; i < g->n; i++) {
		groups_free(g->tables[i].groups);
		definition_free(&g->tables[i].definition);
	}
	free(g->tables);
	predicates_free(g->predicates);
	view_close(&g->view);
	columns_free(&g->silver);
	dictionary_free(&g->selected);
	free(g->folder);
	free(g);
}

/* --- rows ------------------------------------------------------------------------------------------------
 */

int gold_update(struct gold *g, const struct batch *batch)
{
	if (g->failed)
		return -1;
	if (batch->n == 0)
		return 0;
	if (view_set(&g->view, batch) != 0)
		return -1;
	for (size_t i = 0; i < g->n; i++) {
		if (!g->tables[i].left_out && groups_update(g->tables[i].groups) != 0)
			return -1;
	}
	return 0;
}

int gold_select(struct gold *g, struct text name)
{
	struct table *t = gold_find_table(g, name);
	uint32_t code;

	for (size_t i = 0; g->selected.strings.n == 0 && i < g->n; i++)
		g->tables[i].left_out = true;
	if (t != NULL)
		t->left_out = false;
	return dictionary_code(&g->selected, name.data, name.len, &code);
}

void gold_strings_reset(struct gold *g, size_t column)
{
	if (column < g->silver.n && view_reset(&g->view, column) != 0)
		g->failed = true;
}

bool gold_is_touched(const struct gold *g)
{
	for (size_t i = 0; i < g->n; i++) {
		if (groups_any(g->tables[i].groups))
			return true;
	}
	return false;
}

uint64_t gold_groups(const struct gold *g)
{
	uint64_t n = 0;

	for (size_t i = 0; i < g->n; i++)
		n += groups_n(g->tables[i].groups);
	return n;
}

uint64_t gold_bytes(const struct gold *g)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < g->n; i++)
		bytes += groups_bytes(g->tables[i].groups);
	return bytes;
}

/* --- shards ----------------------------------------------------------------------------------------------
 */

size_t gold_tables(const struct gold *g)
{
	return g->n;
}

const char *gold_table_name(const struct gold *g, size_t table)
{
	return g->tables[table].definition.name;
}

int gold_rewind(struct gold *g, size_t table)
{
	return groups_rewind(g->tables[table].groups);
}

int gold_encode_next(struct gold *g, size_t table, struct buffer *out)
{
	struct text key;
	const int more = groups_next(g->tables[table].groups, &key);

	return more > 0 && groups_encode(g->tables[table].groups, out) != 0 ? -1 : more;
}

struct table *gold_find_table(const struct gold *g, struct text name)
{
	for (size_t i = 0; i < g->n; i++) {
		const char *own = g->tables[i].definition.name;

		if (text_equal(name, (struct text){own, strlen(own)}))
			return &g->tables[i];
	}
	return NULL;
}

int gold_merge(struct gold *g, struct text table, const void *data, size_t len)
{
	struct table *t = gold_find_table(g, table);

	if (t == NULL)
		return cause_record(STATUS_INPUT, "%s: no definition of the table %.*s", g->folder,
				    (int)table.len, table.data);
	return groups_merge(t->groups, data, len);
}
