/*
 * group_ids -- the ids that each group has, for count(DISTINCT x).
 *
 * A set for each group would cost a cache miss or two for each id. Instead ids are noted behind each other as
 * they come, each with its group; and when there are as many of these as of those before them they are dealt
 * out to the groups, whose ids lie one behind the other, each group's a run.
 */
#ifndef EV_GROUP_IDS_H
#define EV_GROUP_IDS_H

#include "base/buffer.h"

/* {0} is empty. */
struct group_ids {
	/* As they come. */
	uint64_t *new_ids;
	uint32_t *new_groups;
	size_t n_new, new_cap;
	/* Dealt out: group i has ids[starts[i] .. starts[i + 1]). */
	uint64_t *ids;
	size_t *starts;
	uint32_t n_groups;
};

void group_ids_free(struct group_ids *s);
/* Room for n more, of groups below n_groups: to be written to new_ids and new_groups behind n_new, and
 * counted there. */
int group_ids_reserve(struct group_ids *s, uint32_t n_groups, size_t n) MUST_CHECK;
/* All that have come so far. */
int group_ids_settle(struct group_ids *s, uint32_t n_groups) MUST_CHECK;
/* What a group has of those that are settled, a run. */
const uint64_t *group_ids_of(const struct group_ids *s, uint32_t group, size_t *n);
uint64_t group_ids_bytes(const struct group_ids *s);

#endif
