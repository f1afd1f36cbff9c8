#include "query/aggregate_table.h"

#include "base/sqlite.h"
#include "query/module.h"

#include <stdio.h>
#include <stdlib.h>

struct table {
	sqlite3_vtab base;
	struct query *query;
	struct aggregate *aggregate;
	const struct definition *definition;
};

struct cursor {
	sqlite3_vtab_cursor base;
	uint32_t *order;
	uint32_t at, n;
	struct value *dimensions; /* of the group at hand */
};

static struct aggregate *aggregate_of(sqlite3_vtab_cursor *base)
{
	return ((struct table *)base->pVtab)->aggregate;
}

static int fail(sqlite3_vtab *base)
{
	return module_fail(((struct table *)base)->query, &base->zErrMsg);
}

/* --- the table -------------------------------------------------------------------------------------------
 */

static int declare(sqlite3 *db, const struct definition *d)
{
	sqlite3_str *sql = sqlite3_str_new(db);
	char *text;
	int result;

	for (size_t i = 0; i < d->n_outputs; i++)
		sqlite3_str_appendf(sql, "%s\"%w\" %s", i == 0 ? "CREATE TABLE t (" : ", ",
				    d->outputs[i].name, definition_output_type(d, i));
	sqlite3_str_appendall(sql, ")");
	text = sqlite3_str_finish(sql);
	result = text != NULL ? sqlite3_declare_vtab(db, text) : SQLITE_NOMEM;
	sqlite3_free(text);
	return result;
}

struct context {
	struct query *query;
	struct aggregate *aggregate;
};

static int connect(sqlite3 *db, void *context, int argc, const char *const *argv, sqlite3_vtab **base,
		   char **message)
{
	const struct context *c = context;
	struct table *t = calloc(1, sizeof *t);
	int result;

	(void)argc;
	(void)argv;
	(void)message;
	if (t == NULL)
		return SQLITE_NOMEM;
	t->query = c->query;
	t->aggregate = c->aggregate;
	t->definition = aggregate_definition(c->aggregate);
	result = declare(db, t->definition);
	if (result != SQLITE_OK) {
		free(t);
		return result;
	}
	*base = &t->base;
	return SQLITE_OK;
}

static int disconnect(sqlite3_vtab *base)
{
	free(base);
	return SQLITE_OK;
}

/* The order that is asked for goes to the cursor as a text: a sign and the number of each column. */
static int best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
	const struct definition *d = ((struct table *)base)->definition;
	sqlite3_str *plan = sqlite3_str_new(NULL);
	bool ordered = info->nOrderBy > 0;

	for (int i = 0; i < info->nOrderBy; i++) {
		ordered = ordered && info->aOrderBy[i].iColumn >= 0;
		sqlite3_str_appendf(plan, "%c%d ", info->aOrderBy[i].desc ? '-' : '+',
				    info->aOrderBy[i].iColumn);
	}
	info->orderByConsumed = ordered;
	info->estimatedCost = 1e6;
	info->estimatedRows = d->n_dimensions == 0 ? 1 : 100000;
	info->idxNum = ordered ? info->nOrderBy : 0;
	info->idxStr = sqlite3_str_finish(plan);
	info->needToFreeIdxStr = 1;
	return info->idxStr != NULL || info->nOrderBy == 0 ? SQLITE_OK : SQLITE_NOMEM;
}

/* --- rows ------------------------------------------------------------------------------------------------
 */

static int open_cursor(sqlite3_vtab *base, sqlite3_vtab_cursor **cursor)
{
	const struct definition *d = ((struct table *)base)->definition;
	struct cursor *c = calloc(1, sizeof *c);

	if (c == NULL || (c->dimensions = calloc(d->n_dimensions + 1, sizeof *c->dimensions)) == NULL) {
		free(c);
		return SQLITE_NOMEM;
	}
	*cursor = &c->base;
	return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *base)
{
	struct cursor *c = (struct cursor *)base;

	free(c->order);
	free(c->dimensions);
	free(c);
	return SQLITE_OK;
}

static void take_group(struct cursor *c)
{
	if (c->at < c->n)
		aggregate_dimensions(aggregate_of(&c->base), c->order[c->at], c->dimensions);
}

static int filter(sqlite3_vtab_cursor *base, int n, const char *plan, int argc, sqlite3_value **argv)
{
	struct cursor *c = (struct cursor *)base;
	struct aggregate *a = aggregate_of(base);
	struct aggregate_order *by = calloc((size_t)n + 1, sizeof *by);

	(void)argc;
	(void)argv;
	if (by == NULL)
		return SQLITE_NOMEM;
	for (int i = 0, len = 0; i < n; i++, plan += len) {
		by[i].descending = *plan == '-';
		sscanf(plan + 1, "%zu %n", &by[i].output, &len);
		len++;
	}
	free(c->order);
	c->order = NULL;
	c->at = c->n = 0;
	if (aggregate_compute(a) == 0)
		c->order = aggregate_sort(a, by, (size_t)n);
	free(by);
	if (c->order == NULL)
		return fail(base->pVtab);
	c->n = aggregate_n(a);
	take_group(c);
	return SQLITE_OK;
}

static int next(sqlite3_vtab_cursor *base)
{
	struct cursor *c = (struct cursor *)base;

	c->at++;
	take_group(c);
	return SQLITE_OK;
}

static int eof(sqlite3_vtab_cursor *base)
{
	return ((struct cursor *)base)->at == ((struct cursor *)base)->n;
}

static int rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *id)
{
	*id = ((struct cursor *)base)->order[((struct cursor *)base)->at];
	return SQLITE_OK;
}

static void give(sqlite3_context *to, const struct value *v)
{
	switch (v->kind) {
	case VALUE_INTEGER: sqlite3_result_int64(to, (int64_t)v->integer); break;
	case VALUE_REAL: sqlite3_result_double(to, v->real); break;
	case VALUE_TEXT: module_give_text(to, value_text(v)); break;
	default: sqlite3_result_null(to);
	}
}

static int column(sqlite3_vtab_cursor *base, sqlite3_context *to, int i)
{
	const struct cursor *c = (const struct cursor *)base;
	const struct table *t = (const struct table *)base->pVtab;
	const struct expression *e = t->definition->outputs[i].value;
	struct value v;

	if (e->kind == EXPRESSION_DIMENSION) {
		give(to, &c->dimensions[e->index]);
		return SQLITE_OK;
	}
	aggregate_value(t->aggregate, c->order[c->at], (size_t)i, &v);
	give(to, &v);
	return SQLITE_OK;
}

static const sqlite3_module module = {
    .xCreate = connect,
    .xConnect = connect,
    .xBestIndex = best_index,
    .xDisconnect = disconnect,
    .xDestroy = disconnect,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = filter,
    .xNext = next,
    .xEof = eof,
    .xColumn = column,
    .xRowid = rowid,
};

static void free_context(void *context)
{
	struct context *c = context;

	aggregate_free(c->aggregate);
	free(c);
}

int aggregate_table_create(struct query *query, const char *name, struct aggregate *aggregate)
{
	sqlite3 *db = db_handle(query->db);
	struct context *c = calloc(1, sizeof *c);
	char sql[256];

	if (c == NULL) {
		aggregate_free(aggregate);
		return cause_memory();
	}
	*c = (struct context){query, aggregate};
	/* On an error it is freed too. */
	if (sqlite3_create_module_v2(db, name, &module, c, free_context) != SQLITE_OK)
		return cause_record(STATUS_SYSTEM, "%s", sqlite3_errmsg(db));
	sqlite3_snprintf(sizeof sql, sql, "CREATE VIRTUAL TABLE temp.\"%w\" USING \"%w\"", name, name);
	return db_exec(query->db, sql);
}
