#include "gold.h"

#include "buffer.h"
#include "gold_ids.h"
#include "gold_parts.h"
#include "gold_table.h"

#include <stdlib.h>

/* --- the lake's own definitions --------------------------------------------------------------------------
 */

int gold_create(struct db *db)
{
	if (db_exec(db, "CREATE TABLE lake_definition(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
			" sql TEXT NOT NULL);"
			"CREATE TABLE lake_group(id INTEGER PRIMARY KEY,"
			" definition INTEGER NOT NULL REFERENCES lake_definition, key BLOB NOT NULL,"
			" measures BLOB NOT NULL, UNIQUE(definition, key))") != 0)
		return -1;
	return gold_ids_create(db);
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
		else if (!text_equal(db_text(s, 1), (struct text){t->definition.text, t->definition.len}))
			failed = add_difference(out, "changed", name);
		known += t != NULL;
	}
	db_finalize(s);
	for (size_t i = 0; i < g->n && !failed && known < g->n; i++) {
		const char *name = g->tables[i].definition.name;

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

static int refuse_differences(const struct gold *g, struct db *db)
{
	struct buffer list = {0};
	int result = list_differences(g, db, &list);

	if (result == 0 && list.len > 0 && buffer_text(&list) != NULL)
		result = cause_record(STATUS_USAGE,
				      "%s: not the definitions that the lake's Gold tables were made by: %s: "
				      "restore those (sqlite3 "
				      "gold.db \"SELECT writefile('%s/' || name || '.sql', sql) FROM "
				      "lake_definition\") and move "
				      "new ones away, or start a new lake from the same bronze",
				      g->folder, buffer_text(&list), g->folder);
	buffer_free(&list);
	return result;
}

int gold_check(const struct gold *g, struct db *db, bool has_history)
{
	return has_history ? refuse_differences(g, db) : 0;
}

/* --- the commit ------------------------------------------------------------------------------------------
 */

struct commit {
	struct db *db;
	const struct definition *definition;
	struct groups *groups;
	int64_t id;  /* of the definition */
	bool fresh;  /* the lake holds no groups of it yet */
	bool is_new; /* nor its table */
	int64_t next_group;
	struct gold_ids ids;
	struct gold_table table;
	struct db_statement *find, *insert, *update;
	struct state *states, *run; /* of the group at hand: the lake's, and the run's */
	struct value *row;
	struct buffer measures, list;
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
static int forget_tables(struct db *db)
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
		return refuse_differences(g, db);
	if (list_differences(g, db, &list) == 0)
		result = list.len > 0 ? forget_tables(db) : 0;
	buffer_free(&list);
	return result;
}

/* The id of the definition, which is written down with its table if it is new. */
static int enter_definition(struct commit *c)
{
	const struct definition *d = c->definition;
	const struct text name = {d->name, strlen(d->name)};
	struct db_statement *s = db_prepare(c->db, "SELECT id FROM lake_definition WHERE name = ?1");
	int more = -1, result = -1;

	if (s == NULL)
		return -1;
	db_bind_text(s, 1, name);
	more = db_step(s);
	if (more == 1)
		c->id = db_int(s, 0);
	db_finalize(s);
	c->is_new = more == 0;
	if (more != 0)
		return more == 1 ? 0 : -1;
	if (query(c->db, "SELECT ifnull(max(id), 0) + 1 FROM lake_definition", &c->id) != 0)
		return -1;
	s = db_prepare(c->db, "INSERT INTO lake_definition(id, name, sql) VALUES(?1, ?2, ?3)");
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
	struct db_statement *s;
	int more;

	s = db_prepare(c->db, "SELECT 1 FROM lake_group WHERE definition = ?1 LIMIT 1");
	if (s == NULL)
		return -1;
	db_bind_int(s, 1, c->id);
	more = db_step(s);
	db_finalize(s);
	if (more < 0 || query(c->db, "SELECT ifnull(max(id), 0) + 1 FROM lake_group", &c->next_group) != 0)
		return -1;
	c->fresh = more == 0;
	c->find = db_prepare(c->db, "SELECT id, measures FROM lake_group WHERE definition = ?1 AND key = ?2");
	c->insert =
	    db_prepare(c->db, "INSERT INTO lake_group(measures, id, definition, key) VALUES(?1, ?2, ?3, ?4)");
	c->update = db_prepare(c->db, "UPDATE lake_group SET measures = ?1 WHERE id = ?2");
	if (c->find == NULL || c->insert == NULL || c->update == NULL || gold_ids_open(&c->ids, c->db) != 0 ||
	    gold_table_open(&c->table, d, c->db) != 0)
		return -1;
	c->states = calloc(d->n_measures + 1, sizeof *c->states);
	c->run = calloc(d->n_measures + 1, sizeof *c->run);
	c->row = calloc(d->n_outputs + 1, sizeof *c->row);
	if (c->states == NULL || c->run == NULL || c->row == NULL)
		return cause_memory();
	for (size_t i = 0; i < d->n_measures; i++) {
		state_init(&c->states[i], d->measures[i].kind, d->measures[i].type);
		state_init(&c->run[i], d->measures[i].kind, d->measures[i].type);
	}
	return 0;
}

static void commit_close(struct commit *c)
{
	for (size_t i = 0; i < c->definition->n_measures; i++) {
		if (c->states != NULL)
			state_free(&c->states[i]);
		if (c->run != NULL)
			state_free(&c->run[i]);
	}
	free(c->states);
	free(c->run);
	free(c->row);
	buffer_free(&c->measures);
	buffer_free(&c->list);
	gold_ids_close(&c->ids);
	gold_table_close(&c->table);
	db_finalize(c->find);
	db_finalize(c->insert);
	db_finalize(c->update);
}

/* What the lake holds of the group with that key: 1 and its id, or 0 and empty states. */
static int load_group(struct commit *c, struct text key, int64_t *id)
{
	const struct definition *d = c->definition;
	const uint8_t *at, *end;
	struct text measures;
	int more = 0;

	for (size_t i = 0; i < d->n_measures; i++) {
		state_free(&c->states[i]);
		state_init(&c->states[i], d->measures[i].kind, d->measures[i].type);
	}
	if (c->fresh)
		return 0;
	db_bind_int(c->find, 1, c->id);
	db_bind_blob(c->find, 2, key.data, key.len);
	more = db_step(c->find);
	if (more != 1)
		return more;
	*id = db_int(c->find, 0);
	measures = db_text(c->find, 1);
	at = (const uint8_t *)measures.data;
	end = at + measures.len;
	for (size_t i = 0; i < d->n_measures; i++) {
		if (state_decode(&c->states[i], &at, end) != 0)
			return cause_record(STATUS_INPUT, "lake_group: the state of a group of %s is damaged",
					    d->name);
	}
	db_reset(c->find);
	if (at != end)
		return cause_record(STATUS_INPUT, "lake_group: the state of a group of %s is damaged",
				    d->name);
	return 1;
}

/* Adds what the run has seen of the group. */
static int merge_group(struct commit *c, uint32_t group, int64_t id, bool fresh)
{
	for (size_t i = 0; i < c->definition->n_measures; i++) {
		size_t n;

		if (groups_state(c->groups, group, i, &c->run[i]) != 0)
			return -1;
		if (c->run[i].kind == STATE_DISTINCT) {
			buffer_clear(&c->list);
			if (groups_ids(c->groups, group, i, &c->list) != 0)
				return -1;
			n = c->list.len / sizeof(uint64_t);
			if (gold_ids_add(&c->ids, id, i, fresh, (uint64_t *)(void *)c->list.data, &n) != 0)
				return -1;
			c->run[i].count = n;
		}
		if (state_merge(&c->states[i], &c->run[i]) != 0)
			return -1;
	}
	return 0;
}

static int write_group(struct commit *c, struct text key, int64_t id, bool fresh)
{
	struct db_statement *s = fresh ? c->insert : c->update;

	buffer_clear(&c->measures);
	for (size_t i = 0; i < c->definition->n_measures; i++) {
		if (state_encode(&c->states[i], &c->measures) != 0)
			return -1;
	}
	db_bind_blob(s, 1, c->measures.data == NULL ? (const void *)"" : c->measures.data, c->measures.len);
	db_bind_int(s, 2, id);
	if (fresh) {
		db_bind_int(s, 3, c->id);
		db_bind_blob(s, 4, key.data, key.len);
	}
	return db_run(s);
}

static int commit_group(struct commit *c, uint32_t group)
{
	const struct text key = groups_key(c->groups, group);
	const int64_t new_id = c->next_group;
	int64_t id = new_id;
	const int found = load_group(c, key, &id);

	if (found < 0)
		return -1;
	c->next_group += found == 0;
	if (merge_group(c, group, id, found == 0) != 0 || write_group(c, key, id, found == 0) != 0 ||
	    definition_row(c->definition, key, c->states, c->row) != 0)
		return -1;
	/* The row of the group that is always there is there before its first state. */
	return gold_table_put(&c->table, c->row, found == 0 && c->definition->n_dimensions > 0);
}

/* The order of groups by key, so that the lake's pages are visited once. */
static const struct groups *sorted_groups;

static int by_key(const void *a, const void *b)
{
	return text_order(groups_key(sorted_groups, *(const uint32_t *)a),
			  groups_key(sorted_groups, *(const uint32_t *)b));
}

static int commit_groups(struct commit *c)
{
	const uint32_t n = groups_rows(c->groups) > 0 ? groups_n(c->groups) : 0;
	uint32_t *order = malloc(n * sizeof *order + 1);
	int failed = 0;

	if (order == NULL)
		return cause_memory();
	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	sorted_groups = c->groups;
	qsort(order, n, sizeof *order, by_key);
	for (uint32_t i = 0; i < n && !failed; i++)
		failed = commit_group(c, order[i]);
	free(order);
	return failed;
}

/* A table without GROUP BY has its row even when there is nothing to count. */
static int commit_nothing(struct commit *c)
{
	int64_t id;

	if (!c->is_new || c->definition->n_dimensions > 0)
		return 0;
	if (load_group(c, (struct text){"", 0}, &id) < 0 ||
	    definition_row(c->definition, (struct text){"", 0}, c->states, c->row) != 0)
		return -1;
	return gold_table_put(&c->table, c->row, true);
}

static int commit_table(const struct table *t, struct db *db)
{
	struct commit c = {.db = db, .definition = &t->definition, .groups = t->groups};
	int result = -1;

	if (enter_definition(&c) == 0 && commit_open(&c) == 0 && commit_nothing(&c) == 0)
		result = commit_groups(&c);
	commit_close(&c);
	return result;
}

int gold_commit(struct gold *g, struct db *db)
{
	if (g->failed || settle_definitions(g, db) != 0)
		return -1;
	for (size_t i = 0; i < g->n; i++) {
		if (commit_table(&g->tables[i], db) != 0)
			return -1;
	}
	return 0;
}
