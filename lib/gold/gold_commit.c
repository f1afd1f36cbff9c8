#include "gold/gold.h"

#include "base/buffer.h"
#include "gold/gold_group.h"
#include "gold/gold_parts.h"
#include "gold/gold_table.h"

#include <stdlib.h>

/* --- the lake's own definitions --------------------------------------------------------------------------
 */

int gold_create(struct db *db)
{
	if (db_exec(db, "CREATE TABLE lake_definition(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
			" sql TEXT NOT NULL)") != 0)
		return -1;
	return gold_group_create(db);
}

static int add_difference(struct buffer *out, const char *what, struct text name)
{
	return buffer_printf(out, "%s%s %.*s.sql", out->len == 0 ? "" : ", ", what, (int)name.len, name.data);
}

/* "changed a.sql, new b.sql, missing c.sql", or nothing. */
static int list_differences(const struct gold *g, struct db *db, struct buffer *out)
{
	struct db_statement *s = db_prepare(db, "SELECT name, sql FROM lake_definition ORDER BY name");
	size_t known = 0;
	int more, failed = 0;

	if (s == NULL)
		return -1;
	while (!failed && (more = db_step(s)) != 0) {
		const struct text name = db_text(s, 0);
		const struct table *t = more == 1 ? gold_find_table(g, name) : NULL;

		if (more < 0)
			failed = -1;
		else if (t == NULL)
			failed = add_difference(out, "missing", name);
		else if (!t->renewed &&
			 !text_equal(db_text(s, 1), (struct text){t->definition.text, t->definition.len}))
			failed = add_difference(out, "changed", name);
		known += t != NULL;
	}
	db_finalize(s);
	for (size_t i = 0; i < g->n && !failed && known < g->n; i++) {
		const char *name = g->tables[i].definition.name;

		if (g->tables[i].renewed)
			continue;
		s = db_prepare(db, "SELECT 1 FROM lake_definition WHERE name = ?1");
		if (s == NULL)
			return -1;
		db_bind_text(s, 1, (struct text){name, strlen(name)});
		more = db_step(s);
		db_finalize(s);
		failed = more < 0 ? -1 : 0;
		if (more == 0)
			failed = add_difference(out, "new", (struct text){name, strlen(name)});
	}
	return failed;
}

int gold_refuse_differences(const struct gold *g, struct db *db)
{
	struct buffer list = {0};
	int result = list_differences(g, db, &list);

	if (result == 0 && list.len > 0 && buffer_text(&list) != NULL) {
		const char *path = db_path(db), *slash = strrchr(path, '/');
		const int folder = slash != NULL ? (int)(slash - path) : 0;

		result = cause_record(STATUS_USAGE,
				      "%s: not the definitions that the lake's Gold tables were made by: %s: "
				      "to have Gold by what they are now: evetl %.*s rebuild",
				      g->folder, buffer_text(&list), folder > 0 ? folder : 1,
				      folder > 0 ? path : ".");
	}
	buffer_free(&list);
	return result;
}

int gold_check(const struct gold *g, struct db *db, bool has_history)
{
	return has_history ? gold_refuse_differences(g, db) : 0;
}

/* --- the commit ------------------------------------------------------------------------------------------
 */

struct commit {
	struct db *db;
	const struct definition *definition;
	struct groups *groups;
	int64_t id;  /* of the definition */
	bool is_new; /* there is no such table yet */
	uint64_t added;
	struct gold_group held;
	struct gold_table table;
	struct value *row;
};

/* The one number that a statement without parameters gives; 0 when it gives none. */
static int query(struct db *db, const char *sql, int64_t *number)
{
	struct db_statement *s = db_prepare(db, sql);
	int more = s == NULL ? -1 : db_step(s);

	*number = more == 1 ? db_int(s, 0) : 0;
	db_finalize(s);
	return more < 0 ? -1 : 0;
}

/* A lake without history may hold tables, empty ones, of definitions that were changed since. */
int gold_forget_tables(struct db *db)
{
	struct db_statement *s = db_prepare(db, "SELECT name FROM lake_definition");
	struct buffer names = {0};
	int more = -1, failed = s == NULL;

	while (!failed && (more = db_step(s)) == 1) {
		const struct text name = db_text(s, 0);

		failed = buffer_append(&names, name.data, name.len) != 0 || buffer_append(&names, "", 1) != 0;
	}
	failed |= more < 0;
	db_finalize(s);
	for (size_t at = 0; at < names.len && !failed; at += strlen((char *)names.data + at) + 1)
		failed = gold_table_drop(db, (char *)names.data + at) != 0;
	buffer_free(&names);
	return failed ? -1 : db_exec(db, "DELETE FROM lake_definition");
}

/* Before anything is changed: the definitions are the lake's, or there is nothing yet that they could spoil.
 */
static int settle_definitions(const struct gold *g, struct db *db)
{
	struct buffer list = {0};
	int64_t groups;
	int result = -1;

	if (query(db, "SELECT EXISTS(SELECT * FROM lake_group)", &groups) != 0)
		return -1;
	if (groups)
		return gold_refuse_differences(g, db);
	if (list_differences(g, db, &list) == 0)
		result = list.len > 0 ? gold_forget_tables(db) : 0;
	buffer_free(&list);
	return result;
}

/* The id of the definition, which is written down with its table if it is new, or made anew. */
static int enter_definition(struct commit *c)
{
	const struct definition *d = c->definition;
	const struct text name = {d->name, strlen(d->name)};
	struct db_statement *s = db_prepare(c->db, "SELECT id, sql FROM lake_definition WHERE name = ?1");
	int more = -1, result = -1;

	if (s == NULL)
		return -1;
	db_bind_text(s, 1, name);
	more = db_step(s);
	if (more == 1) {
		c->id = db_int(s, 0);
		c->is_new = db_text(s, 1).len == 0;
	}
	db_finalize(s);
	c->is_new |= more == 0;
	if (more < 0 || !c->is_new)
		return more < 0 ? -1 : 0;
	if (more == 0 && query(c->db, "SELECT ifnull(max(id), 0) + 1 FROM lake_definition", &c->id) != 0)
		return -1;
	s = db_prepare(c->db, "INSERT OR REPLACE INTO lake_definition(id, name, sql) VALUES(?1, ?2, ?3)");
	if (s == NULL)
		return -1;
	db_bind_int(s, 1, c->id);
	db_bind_text(s, 2, name);
	db_bind_text(s, 3, (struct text){d->text, d->len});
	result = db_run(s);
	db_finalize(s);
	return result == 0 ? gold_table_create(d, c->db) : -1;
}

static int commit_open(struct commit *c)
{
	const struct definition *d = c->definition;

	if (gold_group_open(&c->held, d, c->id, c->db) != 0 || gold_table_open(&c->table, d, c->db) != 0)
		return -1;
	c->row = calloc(definition_row_cap(d) + 1, sizeof *c->row);
	return c->row == NULL ? cause_memory() : 0;
}

static void commit_close(struct commit *c)
{
	free(c->row);
	gold_group_close(&c->held);
	gold_table_close(&c->table);
}

static int commit_group(struct commit *c, struct text key)
{
	const int found = gold_group_load(&c->held, key);

	if (found < 0 || gold_group_merge(&c->held, c->groups) != 0 || gold_group_write(&c->held, key) != 0 ||
	    definition_row(c->definition, key, c->held.states, c->row) != 0)
		return -1;
	/* The row of the group that is always there is there before its first state. */
	const bool fresh = found == 0 && c->definition->n_dimensions > 0;

	c->added += fresh;
	return gold_table_put(&c->table, c->row, fresh);
}

/* In the order of keys, so that the lake's pages are visited once. */
static int commit_groups(struct commit *c)
{
	struct text key;
	int more = groups_rewind(c->groups) == 0 ? 1 : -1;

	while (more > 0 && (more = groups_next(c->groups, &key)) > 0) {
		if (commit_group(c, key) != 0)
			more = -1;
	}
	return more;
}

/* A table without GROUP BY has its row even when there is nothing to count. */
static int commit_nothing(struct commit *c)
{
	const struct text key = {"", 0};

	if (!c->is_new || c->definition->n_dimensions > 0)
		return 0;
	if (gold_group_load(&c->held, key) < 0 ||
	    definition_row(c->definition, key, c->held.states, c->row) != 0)
		return -1;
	c->added++;
	return gold_table_put(&c->table, c->row, true) != 0 ? -1 : gold_table_flush(&c->table);
}

static int commit_table(struct table *t, struct db *db)
{
	struct commit c = {.db = db, .definition = &t->definition, .groups = t->groups};
	int result = -1;

	if (enter_definition(&c) == 0 && commit_open(&c) == 0 && commit_nothing(&c) == 0 &&
	    commit_groups(&c) == 0 && gold_group_flush(&c.held) == 0 && gold_table_flush(&c.table) == 0)
		result = c.is_new ? gold_table_index(&t->definition, db) : 0;
	t->change = (struct gold_change){c.is_new || groups_any(t->groups), c.is_new, c.added};
	commit_close(&c);
	return result;
}

int gold_commit(struct gold *g, struct db *db)
{
	if (g->failed || settle_definitions(g, db) != 0)
		return -1;
	for (size_t i = 0; i < g->n; i++) {
		if (!g->tables[i].left_out && commit_table(&g->tables[i], db) != 0)
			return -1;
	}
	return 0;
}

struct gold_change gold_table_change(const struct gold *g, size_t table)
{
	return g->tables[table].change;
}
