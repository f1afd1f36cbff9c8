#include "gold/gold_group.h"

#include "column/distinct.h"

#include <stdlib.h>

int gold_group_create(struct db *db)
{
	if (db_exec(db, "CREATE TABLE lake_group(definition INTEGER NOT NULL REFERENCES lake_definition,"
			" key BLOB NOT NULL, id INTEGER, measures BLOB NOT NULL,"
			" PRIMARY KEY(definition, key)) WITHOUT ROWID") != 0)
		return -1;
	return gold_ids_create(db);
}

static int make_states(struct gold_group *g)
{
	const struct definition *d = g->definition;

	g->states = calloc(d->n_measures + 1, sizeof *g->states);
	g->small = calloc(d->n_measures + 1, sizeof *g->small);
	if (g->states == NULL || g->small == NULL)
		return cause_memory();
	for (size_t i = 0; i < d->n_measures; i++)
		state_init(&g->states[i], d->measures[i].kind, d->measures[i].type);
	return 0;
}

int gold_group_open(struct gold_group *g, const struct definition *d, int64_t definition_id, struct db *db)
{
	struct db_statement *s;
	int more;

	*g = (struct gold_group){.definition = d, .definition_id = definition_id};
	s = db_prepare(db, "SELECT NOT EXISTS(SELECT * FROM lake_group WHERE definition = ?1),"
			   " (SELECT ifnull(max(group_id), 0) + 1 FROM lake_distinct)");
	if (s == NULL)
		return -1;
	db_bind_int(s, 1, definition_id);
	more = db_step(s);
	if (more == 1) {
		g->fresh = db_int(s, 0) != 0;
		g->next_id = db_int(s, 1);
	}
	db_finalize(s);
	if (more < 0)
		return -1;
	g->find = db_prepare(db, "SELECT id, measures FROM lake_group WHERE definition = ?1 AND key = ?2");
	g->update =
	    db_prepare(db, "UPDATE lake_group SET id = ?1, measures = ?2 WHERE definition = ?3 AND key = ?4");
	if (g->find == NULL || g->update == NULL ||
	    db_rows_open(&g->rows, db, "lake_group(definition, key, id, measures)", 4) != 0 ||
	    gold_ids_open(&g->large, db) != 0)
		return -1;
	return make_states(g);
}

void gold_group_close(struct gold_group *g)
{
	for (size_t i = 0; g->states != NULL && g->small != NULL && i < g->definition->n_measures; i++) {
		state_free(&g->states[i]);
		buffer_free(&g->small[i]);
	}
	free(g->states);
	free(g->small);
	state_free(&g->run);
	buffer_free(&g->ids);
	buffer_free(&g->merged);
	buffer_free(&g->measures);
	gold_ids_close(&g->large);
	db_finalize(g->find);
	db_finalize(g->update);
	db_rows_close(&g->rows);
	*g = (struct gold_group){0};
}

/* --- what the lake holds ---------------------------------------------------------------------------------
 */

static void clear(struct gold_group *g)
{
	g->id = 0;
	for (size_t i = 0; i < g->definition->n_measures; i++) {
		struct state *s = &g->states[i];

		s->count = 0;
		s->sum = 0;
		s->number = 0;
		buffer_clear(&s->text);
		buffer_clear(&g->small[i]);
	}
}

/* The ids of a distinct, if they are here. */
static int decode_ids(struct gold_group *g, size_t measure, const uint8_t **at, const uint8_t *end)
{
	struct buffer *ids = &g->small[measure];
	const uint64_t n = g->states[measure].count;

	if (g->states[measure].kind != STATE_DISTINCT)
		return 0;
	if (n > GOLD_GROUP_IDS)
		return g->id > 0 ? 0 : -1;
	if ((size_t)(end - *at) < n * sizeof(uint64_t) ||
	    buffer_append(ids, *at, (size_t)n * sizeof(uint64_t)) != 0)
		return -1;
	*at += n * sizeof(uint64_t);
	return distinct_is_run(ids->data, (size_t)n) ? 0 : -1;
}

static int decode_measures(struct gold_group *g, struct text measures)
{
	const uint8_t *at = (const uint8_t *)measures.data, *end = at + measures.len;

	for (size_t i = 0; i < g->definition->n_measures; i++) {
		if (state_decode(&g->states[i], &at, end) != 0 || decode_ids(g, i, &at, end) != 0)
			return -1;
	}
	return at == end ? 0 : -1;
}

int gold_group_load(struct gold_group *g, struct text key)
{
	int more;

	clear(g);
	g->is_new = true;
	if (g->fresh)
		return 0;
	db_bind_int(g->find, 1, g->definition_id);
	db_bind_blob(g->find, 2, key.data, key.len);
	more = db_step(g->find);
	if (more != 1)
		return more;
	g->is_new = false;
	g->id = db_int(g->find, 0);
	if (decode_measures(g, db_text(g->find, 1)) != 0)
		return cause_record(STATUS_INPUT, "lake_group: the state of a group of %s is damaged",
				    g->definition->name);
	db_reset(g->find);
	return 1;
}

/* --- what a run adds -------------------------------------------------------------------------------------
 */

/* Into lake_distinct; *n becomes how many of the ids are new there. */
static int add_large(struct gold_group *g, size_t measure, bool is_first, struct buffer *ids, size_t *n)
{
	*n = ids->len / sizeof(uint64_t);
	if (g->id == 0)
		g->id = g->next_id++;
	return gold_ids_add(&g->large, g->id, measure, is_first, (uint64_t *)(void *)ids->data, n);
}

static void swap(struct buffer *a, struct buffer *b)
{
	const struct buffer held = *a;

	*a = *b;
	*b = held;
}

/* Those in g->ids; the state counts them. */
static int add_ids(struct gold_group *g, size_t measure)
{
	struct buffer *small = &g->small[measure];
	struct state *held = &g->states[measure];
	size_t n;

	if (held->count > GOLD_GROUP_IDS) {
		if (add_large(g, measure, false, &g->ids, &n) != 0)
			return -1;
		held->count += n;
		return 0;
	}
	if (small->len > 0) {
		buffer_clear(&g->merged);
		if (buffer_reserve(&g->merged, small->len + g->ids.len) != 0)
			return -1;
		n = distinct_merge(small->data, small->len / sizeof(uint64_t), g->ids.data,
				   g->ids.len / sizeof(uint64_t), g->merged.data);
		g->merged.len = n * sizeof(uint64_t);
		swap(&g->ids, &g->merged);
	}
	n = g->ids.len / sizeof(uint64_t);
	held->count = n;
	if (n > GOLD_GROUP_IDS)
		return add_large(g, measure, true, &g->ids, &n);
	swap(small, &g->ids);
	return 0;
}

int gold_group_merge(struct gold_group *g, struct groups *run)
{
	for (size_t i = 0; i < g->definition->n_measures; i++) {
		g->run.kind = g->states[i].kind;
		g->run.type = g->states[i].type;
		if (g->run.kind == STATE_DISTINCT) {
			buffer_clear(&g->ids);
			if (groups_ids(run, i, &g->ids) != 0 || add_ids(g, i) != 0)
				return -1;
		} else if (groups_state(run, i, &g->run) != 0 || state_merge(&g->states[i], &g->run) != 0) {
			return -1;
		}
	}
	return 0;
}

static int encode(struct gold_group *g)
{
	buffer_clear(&g->measures);
	for (size_t i = 0; i < g->definition->n_measures; i++) {
		const struct state *s = &g->states[i];

		if (state_encode(s, &g->measures) != 0)
			return -1;
		if (s->kind == STATE_DISTINCT && s->count <= GOLD_GROUP_IDS &&
		    buffer_append(&g->measures, g->small[i].data, g->small[i].len) != 0)
			return -1;
	}
	return 0;
}

int gold_group_write(struct gold_group *g, struct text key)
{
	if (encode(g) != 0)
		return -1;
	const struct text measures = {(const char *)g->measures.data, g->measures.len};
	if (g->is_new) {
		const struct db_value row[] = {
		    {.type = DB_INT, .number = g->definition_id},
		    {.type = DB_BLOB, .text = key},
		    {.type = g->id == 0 ? DB_NULL : DB_INT, .number = g->id},
		    {.type = DB_BLOB, .text = measures},
		};

		return db_rows_add(&g->rows, row);
	}
	if (g->id == 0)
		db_bind_null(g->update, 1);
	else
		db_bind_int(g->update, 1, g->id);
	db_bind_blob(g->update, 2, measures.data, measures.len);
	db_bind_int(g->update, 3, g->definition_id);
	db_bind_blob(g->update, 4, key.data, key.len);
	return db_run(g->update);
}

int gold_group_flush(struct gold_group *g)
{
	return db_rows_flush(&g->rows);
}
