#include "verify/verify_parts.h"

#include "column/distinct.h"
#include "gold/gold_group.h"
#include "gold/gold_parts.h"
#include "gold/gold_table.h"
#include "stream/control.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { TOLD_MAX = 20 }; /* findings about one table: the others are counted */

/* One table of Gold, and what Silver gives for it. */
struct check {
	struct verify *verify;
	struct db *db;
	const struct definition *definition;
	struct groups *groups;
	int64_t id; /* of the definition */
	uint64_t told;
	uint64_t chunks; /* of lake_distinct, seen */
	struct db_statement *held, *ids, *row, *cells;
	/* The group at hand, as it should be. */
	struct state *states;
	struct buffer measures, small, wanted;
	/* As it is. */
	struct buffer all, run, merged;
	struct value *values;
	struct buffer words;
};

/* The group as "product_id=p_1001, category=books", or "all" when there is but one. */
static const char *name_group(struct check *c, struct text key)
{
	const uint8_t *at = (const uint8_t *)key.data, *end = at + key.len;
	const struct definition *d = c->definition;

	buffer_clear(&c->words);
	for (size_t i = 0; i < d->n_dimensions; i++) {
		struct value v;
		int failed;

		if (key_next(&at, end, d->dimensions[i].type, &v) != 0)
			return "a group whose key is damaged";
		failed = buffer_printf(&c->words, "%s%s=", i == 0 ? "" : ", ",
				       d->outputs[d->dimensions[i].output].name) != 0;
		switch (v.kind) {
		case VALUE_INTEGER: failed |= buffer_printf(&c->words, "%" PRId64, (int64_t)v.integer); break;
		case VALUE_REAL: failed |= buffer_printf(&c->words, "%.17g", v.real); break;
		case VALUE_TEXT:
			failed |= buffer_append(&c->words, value_text(&v).data, value_text(&v).len);
			break;
		default: failed |= buffer_append_text(&c->words, "null"); break;
		}
		if (failed)
			return "a group";
	}
	return d->n_dimensions == 0 ? "all" : buffer_text(&c->words);
}

static void tell(struct check *c, const char *what, struct text key, const char *detail)
{
	if (c->told++ < TOLD_MAX)
		verify_tell(c->verify, text_of("gold.db"), what, "%s: %s: %s", c->definition->name,
			    name_group(c, key), detail);
}

/* --- the state -------------------------------------------------------------------------------------------
 */

/* The states of a group as they are kept, with the ids of sets that are small. */
static int expect(struct check *c)
{
	const struct definition *d = c->definition;

	buffer_clear(&c->measures);
	for (size_t i = 0; i < d->n_measures; i++) {
		struct state *s = &c->states[i];
		const bool is_set = s->kind == STATE_DISTINCT;

		buffer_clear(&c->small);
		if (is_set && groups_ids(c->groups, i, &c->small) != 0)
			return -1;
		if (is_set)
			s->count = c->small.len / sizeof(uint64_t);
		else if (groups_state(c->groups, i, s) != 0)
			return -1;
		if (state_encode(s, &c->measures) != 0)
			return -1;
		if (is_set && s->count <= GOLD_GROUP_IDS &&
		    buffer_append(&c->measures, c->small.data, c->small.len) != 0)
			return -1;
	}
	return 0;
}

/* The runs of a set in lake_distinct are one set, and none has an id of another: 1 when it is `wanted`. */
static int add_run(struct check *c)
{
	const size_t n_all = c->all.len / 8, n_run = c->run.len / 8;
	struct buffer swap;

	if (c->run.len == 0)
		return 1;
	if (!distinct_is_run(c->run.data, n_run))
		return 0;
	buffer_clear(&c->merged);
	if (buffer_reserve(&c->merged, c->all.len + c->run.len) != 0)
		return -1;
	c->merged.len = 8 * distinct_merge(c->all.data, n_all, c->run.data, n_run, c->merged.data);
	swap = c->all;
	c->all = c->merged;
	c->merged = swap;
	buffer_clear(&c->run);
	return c->all.len == 8 * (n_all + n_run);
}

/* A chunk says of itself what is in it. */
static bool is_chunk(struct db_statement *s, struct text ids)
{
	int64_t first, last;

	if (ids.len < 8 || ids.len % 8 != 0 || (uint64_t)db_int(s, 1) != ids.len / 8)
		return false;
	memcpy(&first, ids.data, 8);
	memcpy(&last, ids.data + ids.len - 8, 8);
	return db_int(s, 2) == first && db_int(s, 3) == last;
}

static int check_set(struct check *c, struct text key, int64_t id, size_t measure)
{
	int64_t run = 0;
	int more, sound = 1;

	buffer_clear(&c->all);
	buffer_clear(&c->run);
	db_bind_int(c->ids, 1, id);
	db_bind_int(c->ids, 2, (int64_t)measure);
	while ((more = db_step(c->ids)) == 1) {
		const struct text ids = db_text(c->ids, 4);

		c->chunks++;
		if (sound == 1 && db_int(c->ids, 0) != run)
			sound = add_run(c);
		run = db_int(c->ids, 0);
		if (sound == 1 && !is_chunk(c->ids, ids))
			sound = 0;
		if (sound < 0 || buffer_append(&c->run, ids.data, ids.len) != 0) {
			db_reset(c->ids);
			return -1;
		}
	}
	if (more == 0 && sound == 1)
		sound = add_run(c);
	if (more < 0 || sound < 0)
		return -1;
	if (!sound || c->all.len != c->wanted.len || memcmp(c->all.data, c->wanted.data, c->all.len) != 0)
		tell(c, "ids", key, "what is kept of a distinct count is not what Silver has");
	return 0;
}

static int check_sets(struct check *c, struct text key, int64_t id)
{
	for (size_t i = 0; i < c->definition->n_measures; i++) {
		if (c->states[i].kind != STATE_DISTINCT || c->states[i].count <= GOLD_GROUP_IDS)
			continue;
		buffer_clear(&c->wanted);
		if (groups_ids(c->groups, i, &c->wanted) != 0 || check_set(c, key, id, i) != 0)
			return -1;
	}
	return 0;
}

/* --- the table -------------------------------------------------------------------------------------------
 */

/* What is in a row that is not as it should be. */
static int tell_cells(struct check *c, struct text key)
{
	struct buffer detail = {0};
	int more;

	for (size_t i = 0; i < c->definition->n_outputs; i++)
		gold_table_bind(c->cells, i + 1, &c->values[i]);
	more = db_step(c->cells);
	for (size_t i = 0; more == 1 && i < c->definition->n_outputs; i++) {
		const struct text is = db_text(c->cells, (int)(3 * i) + 1);
		const struct text should_be = db_text(c->cells, (int)(3 * i) + 2);

		if (db_int(c->cells, (int)(3 * i)) == 0 &&
		    buffer_printf(&detail, "%s%s is %.*s, and by Silver %.*s", detail.len == 0 ? "" : "; ",
				  c->definition->outputs[i].name, (int)is.len, is.data, (int)should_be.len,
				  should_be.data) != 0)
			more = -1;
	}
	if (more == 1 && buffer_text(&detail) == NULL)
		more = -1;
	if (more == 1)
		tell(c, "row", key, buffer_text(&detail));
	db_reset(c->cells);
	buffer_free(&detail);
	return more < 0 ? -1 : 0;
}

/* The group has one row, which is the one that its states give. */
static int check_row(struct check *c, struct text key)
{
	uint64_t rows = 0, same = 0;
	int more;

	if (definition_row(c->definition, key, c->states, c->values) != 0)
		return -1;
	for (size_t i = 0; i < c->definition->n_outputs; i++)
		gold_table_bind(c->row, i + 1, &c->values[i]);
	while ((more = db_step(c->row)) == 1) {
		rows++;
		same += db_int(c->row, 0) == 1;
	}
	if (more < 0)
		return -1;
	if (rows == 1 && same == 0)
		return tell_cells(c, key);
	if (rows != 1)
		tell(c, "row", key,
		     rows == 0 ? "the table has no row of it" : "the table has more than one row");
	return 0;
}

/* --- all groups ------------------------------------------------------------------------------------------
 */

/* The next group that the lake keeps: 1, 0 behind the last, -1. */
static int next_held(struct check *c, struct text *key)
{
	const int more = db_step(c->held);

	if (more == 1)
		*key = db_text(c->held, 0);
	return more;
}

static int check_group(struct check *c, struct text key, bool is_held)
{
	struct text measures;

	if (expect(c) != 0)
		return -1;
	if (is_held) {
		measures = db_text(c->held, 2);
		if (!text_equal(measures, (struct text){(const char *)c->measures.data, c->measures.len}))
			tell(c, "state", key, "what is kept of its aggregates is not what Silver gives");
		if (check_sets(c, key, db_int(c->held, 1)) != 0)
			return -1;
	} else {
		tell(c, "state", key, "nothing is kept of it");
	}
	return check_row(c, key);
}

/* Groups of Silver and those that the lake keeps, both in the order of their keys. */
static int check_groups(struct check *c)
{
	struct text held, own;
	int more = groups_rewind(c->groups) == 0 ? groups_next(c->groups, &own) : -1;
	int more_held = next_held(c, &held);

	while (more >= 0 && more_held >= 0 && more + more_held > 0) {
		const int which = !more_held ? 1 : !more ? -1 : text_order(held, own);

		if (which < 0)
			tell(c, "state", held, "Silver has no such group");
		else if (check_group(c, own, which == 0) != 0)
			return -1;
		if (which >= 0)
			more = groups_next(c->groups, &own);
		if (which <= 0)
			more_held = next_held(c, &held);
	}
	return more < 0 ? -1 : more_held;
}

/* A table without GROUP BY has its row even when there is nothing to count. */
static int check_nothing(struct check *c)
{
	if (c->definition->n_dimensions > 0 || groups_any(c->groups))
		return 0;
	return check_row(c, (struct text){"", 0});
}

/* --- opening ---------------------------------------------------------------------------------------------
 */

static int add_name(struct buffer *sql, const char *name)
{
	if (buffer_append_text(sql, "\"") != 0)
		return -1;
	for (; *name != '\0'; name++) {
		if (buffer_printf(sql, *name == '"' ? "\"\"" : "%c", *name) != 0)
			return -1;
	}
	return buffer_append_text(sql, "\"");
}

/* SELECT, for each output, how := FORM of its name and number, FROM the table WHERE it is the group's row. */
static struct db_statement *prepare(struct check *c, bool cells)
{
	const struct definition *d = c->definition;
	struct db_statement *s = NULL;
	struct buffer sql = {0};
	int failed = buffer_append_text(&sql, "SELECT ");

	for (size_t i = 0; i < d->n_outputs && !failed; i++) {
		failed = buffer_append_text(&sql, i == 0  ? ""
						  : cells ? ", "
							  : " AND ") != 0 ||
			 add_name(&sql, d->outputs[i].name) != 0 ||
			 buffer_printf(&sql, " IS ?%zu", i + 1) != 0;
		if (cells && !failed)
			failed = buffer_append_text(&sql, ", quote(") != 0 ||
				 add_name(&sql, d->outputs[i].name) != 0 ||
				 buffer_printf(&sql, "), quote(?%zu)", i + 1) != 0;
	}
	if (!failed)
		failed = buffer_append_text(&sql, " FROM ") != 0 || add_name(&sql, d->name) != 0;
	for (size_t i = 0; i < d->n_dimensions && !failed; i++) {
		const size_t output = d->dimensions[i].output;

		failed = buffer_append_text(&sql, i == 0 ? " WHERE " : " AND ") != 0 ||
			 add_name(&sql, d->outputs[output].name) != 0 ||
			 buffer_printf(&sql, " IS ?%zu", output + 1) != 0;
	}
	if (!failed && buffer_text(&sql) != NULL)
		s = db_prepare(c->db, buffer_text(&sql));
	buffer_free(&sql);
	return s;
}

static int find_definition(struct check *c)
{
	struct db_statement *s = db_prepare(c->db, "SELECT id FROM lake_definition WHERE name = ?1");
	int more = -1;

	if (s != NULL) {
		db_bind_text(s, 1, text_of(c->definition->name));
		more = db_step(s);
		c->id = more == 1 ? db_int(s, 0) : 0;
	}
	db_finalize(s);
	return more < 0 ? -1 : 0;
}

static int check_open(struct check *c)
{
	const struct definition *d = c->definition;

	c->states = calloc(d->n_measures + 1, sizeof *c->states);
	c->values = calloc(definition_row_cap(d) + 1, sizeof *c->values);
	if (c->states == NULL || c->values == NULL)
		return cause_memory();
	for (size_t i = 0; i < d->n_measures; i++)
		state_init(&c->states[i], d->measures[i].kind, d->measures[i].type);
	if (find_definition(c) != 0)
		return -1;
	c->held =
	    db_prepare(c->db, "SELECT key, id, measures FROM lake_group WHERE definition = ?1 ORDER BY key");
	c->ids = db_prepare(c->db, "SELECT run, n, first, last, ids FROM lake_distinct"
				   " WHERE group_id = ?1 AND measure = ?2 ORDER BY run, chunk");
	if (c->held == NULL || c->ids == NULL)
		return -1;
	db_bind_int(c->held, 1, c->id);
	return 0;
}

static void check_close(struct check *c)
{
	for (size_t i = 0; c->states != NULL && i < c->definition->n_measures; i++)
		state_free(&c->states[i]);
	free(c->states);
	free(c->values);
	db_finalize(c->held);
	db_finalize(c->ids);
	db_finalize(c->row);
	db_finalize(c->cells);
	buffer_free(&c->measures);
	buffer_free(&c->small);
	buffer_free(&c->wanted);
	buffer_free(&c->all);
	buffer_free(&c->run);
	buffer_free(&c->merged);
	buffer_free(&c->words);
}

/* How many rows a query about a table counts. */
static int count(struct db *db, const char *sql, const char *name, uint64_t *n)
{
	struct buffer text = {0};
	struct db_statement *s = NULL;
	int more = -1;

	if (buffer_append_text(&text, sql) == 0 && (name == NULL || add_name(&text, name) == 0) &&
	    buffer_text(&text) != NULL)
		s = db_prepare(db, buffer_text(&text));
	if (s != NULL)
		more = db_step(s);
	*n = more == 1 ? (uint64_t)db_int(s, 0) : 0;
	db_finalize(s);
	buffer_free(&text);
	return more < 0 ? -1 : 0;
}

/* Every group of Silver has one row: so there are others exactly when there are more. */
static int check_count(struct check *c)
{
	const bool one = c->definition->n_dimensions == 0;
	const uint64_t wanted = one ? 1 : groups_any(c->groups) ? groups_n(c->groups) : 0;
	uint64_t rows;

	if (count(c->db, "SELECT count(*) FROM ", c->definition->name, &rows) != 0)
		return -1;
	if (rows != wanted)
		verify_tell(c->verify, text_of("gold.db"), "rows",
			    "%s: it has %" PRIu64 " rows, and by Silver %" PRIu64, c->definition->name, rows,
			    wanted);
	return 0;
}

static int check_table(struct verify *v, struct db *db, struct table *t, uint64_t *chunks)
{
	struct check c = {.verify = v, .db = db, .definition = &t->definition, .groups = t->groups};
	int result = check_open(&c);

	if (result != 0)
		goto out;
	c.row = prepare(&c, false);
	c.cells = c.row != NULL ? prepare(&c, true) : NULL;
	if (c.cells == NULL) {
		/* Whatever else keeps a query from being prepared has shown before. */
		verify_tell(v, text_of("gold.db"), "table", "%s", cause_message());
		cause_clear();
		goto out;
	}
	result = check_groups(&c) != 0 || check_nothing(&c) != 0 || check_count(&c) != 0 ? -1 : 0;
	if (c.told > TOLD_MAX)
		verify_tell(v, text_of("gold.db"), "state", "%s: and %" PRIu64 " more like these",
			    t->definition.name, c.told - TOLD_MAX);
	*chunks += c.chunks;
	v->tables++;
out:
	check_close(&c);
	return result;
}

/* The lake's own definitions are those that the next run will find. */
static int check_definitions(struct verify *v, struct db *db, const struct gold *gold)
{
	char *folder = lake_schema(v->lake, "gold", v->schemas);
	struct gold *files = folder != NULL ? gold_open(folder, &gold->silver) : NULL;
	int result = files != NULL ? gold_check(files, db, true) : -1;

	gold_close(files);
	if (result != 0 && folder != NULL && cause_status() == STATUS_USAGE) {
		const char *message = cause_message();
		const size_t len = strlen(folder);

		message += strncmp(message, folder, len) == 0 && message[len] == ':' ? len + 2 : 0;
		verify_tell(v, text_of("schemas/gold"), "definition", "%s", message);
		cause_clear();
		result = 0;
	}
	free(folder);
	return result;
}

int verify_gold(struct verify *v, struct db *db, struct gold *gold)
{
	uint64_t chunks = 0, all, orphans;

	for (size_t i = 0; i < gold->n; i++) {
		if (check_table(v, db, &gold->tables[i], &chunks) != 0)
			return -1;
	}
	if (count(db, "SELECT count(*) FROM lake_distinct", NULL, &all) != 0 ||
	    count(db,
		  "SELECT count(*) FROM lake_group"
		  " WHERE definition NOT IN (SELECT id FROM lake_definition)",
		  NULL, &orphans) != 0)
		return -1;
	if (all != chunks && v->findings == 0)
		verify_tell(v, text_of("gold.db"), "ids",
			    "%" PRIu64 " rows of lake_distinct belong to no group", all - chunks);
	if (orphans > 0)
		verify_tell(v, text_of("gold.db"), "state", "%" PRIu64 " groups belong to no table", orphans);
	return gold->n > 0 ? check_definitions(v, db, gold) : 0;
}
