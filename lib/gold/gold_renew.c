/* Tables that are made anew: emptied with their state, and free to be defined as they are now. */
#include "gold/gold.h"

#include "gold/gold_parts.h"
#include "gold/gold_table.h"

#include <stdlib.h>

static int renew_all(struct gold *g, struct db *db)
{
	for (size_t i = 0; i < g->n; i++)
		g->tables[i].renewed = true;
	return gold_forget_tables(db) != 0 ? -1
					   : db_exec(db, "DELETE FROM lake_group; DELETE FROM lake_distinct");
}

/* 1: the statement gives a row, 0, -1. */
static int run_with(struct db *db, const char *sql, struct text name)
{
	struct db_statement *s = db_prepare(db, sql);
	int result = -1;

	if (s != NULL) {
		db_bind_text(s, 1, name);
		result = db_step(s);
	}
	db_finalize(s);
	return result;
}

/* A definition that stays keeps its id, and has no text until it is entered. */
static int empty_table(struct db *db, struct text name, bool stays)
{
	const char *const steps[] = {
	    "DELETE FROM lake_distinct WHERE group_id IN (SELECT g.id FROM lake_group AS g"
	    " JOIN lake_definition AS d ON d.id = g.definition WHERE d.name = ?1)",
	    "DELETE FROM lake_group WHERE definition = (SELECT id FROM lake_definition WHERE name = ?1)",
	    stays ? "UPDATE lake_definition SET sql = '' WHERE name = ?1"
		  : "DELETE FROM lake_definition WHERE name = ?1",
	};
	char *copy = strndup(name.data, name.len);
	int result = copy != NULL ? gold_table_drop(db, copy) : cause_memory();

	for (size_t i = 0; result == 0 && i < sizeof steps / sizeof *steps; i++)
		result = run_with(db, steps[i], name);
	free(copy);
	return result;
}

static int renew_one(struct gold *g, struct db *db, struct text name)
{
	struct table *t = gold_find_table(g, name);
	const int known = run_with(db, "SELECT 1 FROM lake_definition WHERE name = ?1", name);

	if (known < 0)
		return -1;
	if (t == NULL && !known)
		return cause_record(STATUS_USAGE, "%s: no definition of a table %.*s", g->folder,
				    (int)name.len, name.data);
	if (t != NULL)
		t->renewed = true;
	return known ? empty_table(db, name, t != NULL) : 0;
}

int gold_renew(struct gold *g, struct db *db)
{
	const struct strings *names = &g->selected.strings;

	if (names->n == 0)
		return renew_all(g, db);
	for (uint32_t i = 0; i < names->n; i++)
		if (renew_one(g, db, strings_get(names, i)) != 0)
			return -1;
	return gold_refuse_differences(g, db);
}
