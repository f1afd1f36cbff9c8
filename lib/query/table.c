#include "query/table.h"

#include "base/decimal.h"
#include "base/timestamp.h"
#include "query/constraint.h"
#include "query/module.h"
#include "query/scan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { USED_BITS = 64, IN_VERSION = 3038000 };

struct table {
	sqlite3_vtab base;
	struct relation *relation;
	struct relation own; /* that, when it was named */
};

struct cursor {
	sqlite3_vtab_cursor base;
	struct predicates *predicates;
	uint32_t condition;
	bool *used; /* columns */
	struct scan *scan;
	const struct vector *vectors;
	const uint16_t *rows; /* of the batch, for which the condition is true */
	uint32_t at, n;
};

static int fail_table(struct table *t)
{
	return module_fail(t->relation->query, &t->base.zErrMsg);
}

/* --- the table -------------------------------------------------------------------------------------------
 */

static const char *type_of(enum column_type type)
{
	switch (type) {
	case COLUMN_TIMESTAMP:
	case COLUMN_STRING: return "TEXT";
	case COLUMN_DECIMAL:
	case COLUMN_FLOAT64: return "REAL";
	default: return "INTEGER";
	}
}

static int declare(sqlite3 *db, const struct relation *r)
{
	sqlite3_str *sql = sqlite3_str_new(db);
	char *text;
	int result;

	for (size_t i = 0; i < r->columns.n; i++) {
		const struct column *c = &r->columns.items[i];

		sqlite3_str_appendf(sql, "%s\"%w\" %s%s", i == 0 ? "CREATE TABLE t (" : ", ", c->name,
				    type_of(c->type), i < r->n_shown ? "" : " HIDDEN");
	}
	sqlite3_str_appendall(sql, ")");
	text = sqlite3_str_finish(sql);
	result = text != NULL ? sqlite3_declare_vtab(db, text) : SQLITE_NOMEM;
	sqlite3_free(text);
	return result;
}

/* What stands between the quotes, if there are any: malloc'd, NULL without memory. */
static char *unquote(const char *argument)
{
	const char quote = *argument == '\'' || *argument == '"' ? *argument : '\0';
	char *text = strdup(quote != '\0' ? argument + 1 : argument), *to = text;

	if (text == NULL || quote == '\0')
		return text;
	for (const char *from = text; *from != '\0'; from++) {
		if (*from == quote && *++from != quote)
			break;
		*to++ = *from;
	}
	*to = '\0';
	return text;
}

static int read_run(const char *argument, uint64_t *run)
{
	char end;

	if (sscanf(argument, "%" SCNu64 "%c", run, &end) == 1)
		return 0;
	return cause_record(STATUS_USAGE, "a run is a number, not %s", argument);
}

/* t->relation is NULL when there is none. */
static void open_relation(struct table *t, const struct query_context *context, int argc,
			  const char *const *argv)
{
	char *lake;
	uint64_t run = 0;

	t->own.lake.fd = -1;
	if (argc <= 3) {
		t->relation = query_relation(context->query, context->kind);
		return;
	}
	lake = unquote(argv[3]);
	if (argc > 5)
		cause_record(STATUS_USAGE, "a lake and perhaps a run, no more");
	else if (lake == NULL)
		cause_memory();
	else if ((argc < 5 || read_run(argv[4], &run) == 0) &&
		 relation_open(&t->own, context->query, context->kind, lake, run) == 0)
		t->relation = &t->own;
	free(lake);
}

static int disconnect(sqlite3_vtab *base)
{
	struct table *t = (struct table *)base;

	relation_close(&t->own);
	free(t);
	return SQLITE_OK;
}

static int connect(sqlite3 *db, void *context, int argc, const char *const *argv, sqlite3_vtab **base,
		   char **message)
{
	const struct query_context *c = context;
	struct table *t = calloc(1, sizeof *t);
	int result;

	if (t == NULL)
		return SQLITE_NOMEM;
	open_relation(t, c, argc, argv);
	if (t->relation == NULL) {
		free(t);
		return module_fail(c->query, message);
	}
	result = declare(db, t->relation);
	/* What a database says by itself, in a view of its own, reads no files. */
	if (result == SQLITE_OK)
		result = sqlite3_vtab_config(db, SQLITE_VTAB_DIRECTONLY);
	if (result != SQLITE_OK) {
		disconnect(&t->base);
		return result;
	}
	*base = &t->base;
	return SQLITE_OK;
}

/* --- the plan --------------------------------------------------------------------------------------------
 *
 * It goes to the cursor as a text: the columns that are used, as SQLite has them, in hexadecimal, and for
 * each value that will be given the column, the operator and whether it is a list: " 7,2,0".
 */

/* IN, as one value: since SQLite 3.38. */
static bool takes_list(sqlite3_index_info *info, int i, enum column_type type)
{
	return type == COLUMN_STRING && sqlite3_libversion_number() >= IN_VERSION &&
	       sqlite3_vtab_in(info, i, 1);
}

static bool is_usable(sqlite3_index_info *info, int i, const struct relation *r)
{
	const struct sqlite3_index_constraint *c = &info->aConstraint[i];

	if (!c->usable || c->iColumn < 0 || !constraint_is_known(c->op))
		return false;
	switch (r->columns.items[c->iColumn].type) {
	case COLUMN_STRING:
	case COLUMN_TIMESTAMP: return sqlite3_stricmp(sqlite3_vtab_collation(info, i), "BINARY") == 0;
	default: return true;
	}
}

/* Of the rows so many per cent are expected to be left. */
static double share_of(const struct relation *r, const struct sqlite3_index_constraint *c)
{
	if (c->op != SQLITE_INDEX_CONSTRAINT_EQ && c->op != SQLITE_INDEX_CONSTRAINT_IS)
		return 0.5;
	return c->iColumn == r->date ? 0.05 : 0.01;
}

static int best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
	const struct relation *r = ((struct table *)base)->relation;
	sqlite3_str *plan = sqlite3_str_new(NULL);
	double rows = 1e7, cost = 1e7;
	int n = 0;

	sqlite3_str_appendf(plan, "%llx", (unsigned long long)info->colUsed);
	for (int i = 0; i < info->nConstraint; i++) {
		const struct sqlite3_index_constraint *c = &info->aConstraint[i];

		if (!is_usable(info, i, r))
			continue;
		info->aConstraintUsage[i].argvIndex = ++n;
		sqlite3_str_appendf(plan, " %d,%d,%d", c->iColumn, c->op,
				    takes_list(info, i, r->columns.items[c->iColumn].type));
		rows *= share_of(r, c);
		/* Whole files are not looked at; of others all rows are. */
		cost *= c->iColumn == r->date ? share_of(r, c) : 0.5;
	}
	info->idxStr = sqlite3_str_finish(plan);
	info->needToFreeIdxStr = 1;
	info->estimatedRows = rows < 1 ? 1 : (sqlite3_int64)rows;
	/* It is read again for each row of a table that stands before it in a join: that is to be avoided. */
	info->estimatedCost = 1e6 + cost;
	return info->idxStr != NULL ? SQLITE_OK : SQLITE_NOMEM;
}

/* --- rows ------------------------------------------------------------------------------------------------
 */

static int open_cursor(sqlite3_vtab *base, sqlite3_vtab_cursor **cursor)
{
	const size_t n = ((struct table *)base)->relation->columns.n;
	struct cursor *c = calloc(1, sizeof *c);

	if (c == NULL || (c->used = calloc(n, sizeof *c->used)) == NULL) {
		free(c);
		return SQLITE_NOMEM;
	}
	*cursor = &c->base;
	return SQLITE_OK;
}

static void end_scan(struct cursor *c)
{
	scan_close(c->scan);
	predicates_free(c->predicates);
	c->scan = NULL;
	c->predicates = NULL;
}

static int close_cursor(sqlite3_vtab_cursor *base)
{
	struct cursor *c = (struct cursor *)base;

	end_scan(c);
	free(c->used);
	free(c);
	return SQLITE_OK;
}

/* To the next row for which the condition is true, in the next batch that has one. */
static int next_batch(struct cursor *c)
{
	int more;

	c->at = c->n = 0;
	while ((more = scan_next(c->scan)) > 0) {
		c->vectors = scan_view(c->scan)->batch->vectors;
		c->rows = predicates_rows(c->predicates, scan_view(c->scan), c->condition, &c->n);
		if (c->rows == NULL)
			return -1;
		if (c->n > 0)
			return 0;
	}
	return more;
}

/* The condition that the values make, and the columns that are used. */
static int read_plan(struct cursor *c, const struct table *t, const char *plan, int argc,
		     sqlite3_value **argv)
{
	const struct columns *columns = &t->relation->columns;
	unsigned long long used;
	int len, column, op, is_list;

	sscanf(plan, "%llx%n", &used, &len);
	for (size_t i = 0; i < columns->n; i++)
		c->used[i] = used >> (i < USED_BITS ? i : USED_BITS - 1) & 1;
	c->condition = PREDICATE_ALWAYS;
	for (int i = 0; i < argc; i++) {
		uint32_t id;

		plan += len;
		sscanf(plan, " %d,%d,%d%n", &column, &op, &is_list, &len);
		const enum column_type type = columns->items[column].type;
		const int failed =
		    is_list ? constraint_bind_in(c->predicates, (size_t)column, type, argv[i], &id)
			    : constraint_bind(c->predicates, (size_t)column, type, op, argv[i], &id);

		if (failed || predicates_and(c->predicates, c->condition, id, &c->condition) != 0)
			return -1;
		c->used[column] = true;
	}
	return 0;
}

static int filter(sqlite3_vtab_cursor *base, int number, const char *plan, int argc, sqlite3_value **argv)
{
	struct cursor *c = (struct cursor *)base;
	struct table *t = (struct table *)base->pVtab;
	struct scan_options options = {.relation = t->relation, .used = c->used};

	(void)number;
	end_scan(c);
	c->predicates = predicates_new(&t->relation->columns);
	if (c->predicates == NULL || read_plan(c, t, plan, argc, argv) != 0)
		return fail_table(t);
	options.predicates = c->predicates;
	options.condition = c->condition;
	c->scan = scan_open(&options);
	if (c->scan == NULL || next_batch(c) != 0)
		return fail_table(t);
	return SQLITE_OK;
}

static int next(sqlite3_vtab_cursor *base)
{
	struct cursor *c = (struct cursor *)base;

	if (++c->at < c->n)
		return SQLITE_OK;
	return next_batch(c) == 0 ? SQLITE_OK : fail_table((struct table *)base->pVtab);
}

static int eof(sqlite3_vtab_cursor *base)
{
	return ((struct cursor *)base)->n == 0;
}

static int rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *id)
{
	const struct cursor *c = (const struct cursor *)base;

	*id = (sqlite3_int64)(scan_first(c->scan) + c->rows[c->at]);
	return SQLITE_OK;
}

static void give_number(sqlite3_context *to, enum column_type type, int64_t value)
{
	char text[TIMESTAMP_TEXT];
	double real;

	switch (type) {
	case COLUMN_TIMESTAMP:
		module_give_text(to, (struct text){text, timestamp_format(value, text)});
		break;
	case COLUMN_DECIMAL: sqlite3_result_double(to, decimal_to_double(value)); break;
	case COLUMN_FLOAT64:
		memcpy(&real, &value, sizeof real);
		sqlite3_result_double(to, real);
		break;
	default: sqlite3_result_int64(to, value);
	}
}

static int column(sqlite3_vtab_cursor *base, sqlite3_context *to, int i)
{
	const struct cursor *c = (const struct cursor *)base;
	const struct vector *v = &c->vectors[i];
	const uint32_t row = c->rows[c->at];

	if (!vector_is_valid(v, row))
		sqlite3_result_null(to);
	else if (v->type == COLUMN_STRING)
		module_give_text(to, vector_text(v, row));
	else
		give_number(to, v->type, vector_int(v, row));
	return SQLITE_OK;
}

/* Created or not, there is nothing to be made. */
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

int table_register(struct query *query, void (*done)(void *query))
{
	sqlite3 *db = db_handle(query->db);

	for (size_t i = 0; i < RELATION_KINDS; i++) {
		query->contexts[i] = (struct query_context){query, (enum relation_kind)i};
		/* The first is part of the query, so that whoever is done with it has that. */
		if (sqlite3_create_module_v2(db, relation_name((enum relation_kind)i), &module,
					     &query->contexts[i], i == 0 ? done : NULL) != SQLITE_OK)
			return cause_record(STATUS_SYSTEM, "%s", sqlite3_errmsg(db));
	}
	return 0;
}
