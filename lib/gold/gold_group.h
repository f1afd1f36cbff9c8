/*
 * gold_group -- the state of a definition's groups in the lake's database, one group at a time.
 *
 *   lake_group  definition  lake_definition.id
 *               key         the values of the dimensions (value.h)
 *               id          lake_distinct.group_id, or null when the group has nothing there
 *               measures    the states of the aggregates, in the order of their first appearance in the text,
 *                           equal ones once (state.h); behind that of a distinct of at most GOLD_GROUP_IDS
 * ids these, 8 bytes each, ascending, little endian
 *
 * A larger set is in lake_distinct (gold_ids.h). Most groups of a lake with many have few ids in each: a row
 * and an index entry for each set would cost more than the ids.
 */
#ifndef EV_GOLD_GROUP_H
#define EV_GOLD_GROUP_H

#include "base/db_rows.h"
#include "gold/gold_ids.h"
#include "gold/group.h"

enum { GOLD_GROUP_IDS = 64 };

struct gold_group {
	const struct definition *definition;
	int64_t definition_id;
	bool fresh;      /* the lake has no groups of the definition yet */
	int64_t next_id; /* for lake_distinct */
	struct db_statement *find, *update;
	struct db_rows rows; /* of new groups */
	struct gold_ids large;
	/* The group at hand. */
	bool is_new;
	int64_t id; /* 0 when it has none */
	struct state *states;
	struct buffer *small; /* by measure: the ids of a distinct that has few */
	struct state run;     /* what is to be added */
	struct buffer ids, merged, measures;
};

int gold_group_create(struct db *db) MUST_CHECK;
/* The definition is borrowed; definition_id is what the lake calls it. */
int gold_group_open(struct gold_group *g, const struct definition *d, int64_t definition_id,
		    struct db *db) MUST_CHECK;
void gold_group_close(struct gold_group *g);

/* Makes the group with that key the one at hand: 1 when the lake has it, 0 when it does not and all states
 * are empty. */
int gold_group_load(struct gold_group *g, struct text key) MUST_CHECK;
/* Adds what a run has seen of it: the group that the run has at hand. */
int gold_group_merge(struct gold_group *g, struct groups *run) MUST_CHECK;
int gold_group_write(struct gold_group *g, struct text key) MUST_CHECK;
/* After the last. */
int gold_group_flush(struct gold_group *g) MUST_CHECK;

#endif
