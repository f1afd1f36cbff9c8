/*
 * gold_ids -- the ids of distinct counts in the lake's database.
 *
 * The set of one measure of one group is a few runs, each ascending and cut into rows of at most
 * GOLD_IDS_CHUNK ids; no id is in two of them. New ids make a run of their own, which swallows the ones
 * before it as long as they are not twice its length: so an id is written again a logarithmic number of
 * times.
 *
 *   lake_distinct  group_id   lake_group.id
 *                  measure    place of the measure in its definition, from 0
 *                  run        1 is the oldest and longest
 *                  chunk      0, 1, ... within the run
 *                  n          ids in this row
 *                  first, last  the least and greatest of them, as signed 64-bit integers
 *                  ids        8 bytes each, little endian
 */
#ifndef EV_GOLD_IDS_H
#define EV_GOLD_IDS_H

#include "base/buffer.h"
#include "base/db.h"

enum { GOLD_IDS_CHUNK = 32768 };

struct gold_ids {
	struct db *db;
	struct db_statement *list, *read, *remove, *insert;
	struct gold_ids_chunk *chunks; /* of the set at hand */
	size_t n, cap;
	struct buffer old, merged;
};

int gold_ids_create(struct db *db) MUST_CHECK;
int gold_ids_open(struct gold_ids *s, struct db *db) MUST_CHECK;
void gold_ids_close(struct gold_ids *s);
/* Adds the n ids, ascending; those that are there already are taken out of ids, and *n is what is left.
 * fresh: the set is known to be empty. */
int gold_ids_add(struct gold_ids *s, int64_t group, size_t measure, bool fresh, uint64_t *ids,
		 size_t *n) MUST_CHECK;

#endif
