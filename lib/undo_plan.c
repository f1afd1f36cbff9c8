#include "undo_plan.h"

#include <stdlib.h>

void undo_plan_free(struct undo_plan *p)
{
	free(p->wants);
	strings_free(&p->texts);
	*p = (struct undo_plan){0};
}

static int add(struct undo_plan *p, struct control_want want)
{
	if (array_reserve(&p->wants, &p->cap, p->n + 1, sizeof *p->wants) != 0 ||
	    strings_add(&p->texts, want.path.data, want.path.len) != 0 ||
	    strings_add(&p->texts, want.same_as.data, want.same_as.len) != 0)
		return -1;
	p->wants[p->n++] = want;
	return 0;
}

/* The files that a query gives, as path, bytes and where they are staged. */
static int add_files(struct undo_plan *p, struct db *db, const char *sql, enum want_verdict verdict)
{
	struct db_statement *s = db_prepare(db, sql);
	int more = -1;

	while (s != NULL && (more = db_step(s)) == 1) {
		const struct control_want want = {
		    .verdict = verdict,
		    .path = db_text(s, 0),
		    .size = (uint64_t)db_int(s, 1),
		    .same_as = db_text(s, 2),
		};

		if (add(p, want) != 0) {
			more = -1;
			break;
		}
	}
	db_finalize(s);
	return more;
}

static int recount_all(struct undo_plan *p, struct db *db)
{
	return add_files(p, db,
			 "SELECT path, bytes, coalesce(staged, '') FROM lake_file"
			 " WHERE layer = 'silver' AND end_run IS NULL ORDER BY path",
			 WANT_RECOUNT);
}

/* Whether the names are those of tables is found out where the definitions are. */
static int plan_rebuild(struct undo_plan *p, struct db *db, char **tables)
{
	for (; *tables != NULL; tables++)
		if (add(p, (struct control_want){.verdict = WANT_TABLE, .path = text_of(*tables)}) != 0)
			return -1;
	return recount_all(p, db);
}

int undo_plan_make(struct undo_plan *p, const struct lake *lake, struct ledger *ledger, enum verb verb,
		   char **arguments)
{
	int result;

	(void)lake;
	p->verb = verb;
	switch (verb) {
	case VERB_REBUILD: result = plan_rebuild(p, ledger->db, arguments); break;
	default: result = cause_record(STATUS_USAGE, "no plan of that kind: %s", verb_name(verb)); break;
	}
	/* The texts have stopped moving. */
	for (size_t i = 0; i < p->n; i++) {
		p->wants[i].path = strings_get(&p->texts, (uint32_t)(2 * i));
		p->wants[i].same_as = strings_get(&p->texts, (uint32_t)(2 * i + 1));
	}
	return result;
}
