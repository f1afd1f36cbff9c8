/*
 * group_runs -- groups that came encoded (group.h), as they came: merged only when they are asked for.
 *
 * Those who send groups send them in the order of their keys. Such a run is checked and kept as it is, and
 * all runs are walked side by side: a group that only one of them has costs a look. Groups out of order begin
 * a run of their own; too many runs become fewer, so that who is sent the same groups by a hundred others
 * holds them a few times, not a hundred.
 */
#ifndef EV_GROUP_RUNS_H
#define EV_GROUP_RUNS_H

#include "gold/definition.h"

struct group_run;

/* {.definition = d} is empty. */
struct group_runs {
	const struct definition *definition; /* borrowed */
	struct group_run *items;             /* as they came */
	size_t n, cap;
	/* The walk, and the group at hand: what each of the runs that have it says of each measure. */
	uint64_t walked;
	const uint8_t **places;
	size_t n_pieces, places_cap;
	struct text key;
	struct state piece;      /* scratch */
	struct buffer united[2]; /* scratch */
};

void group_runs_free(struct group_runs *r);
/* Groups, one behind the other, at least one. STATUS_INPUT when the bytes are none. */
int group_runs_add(struct group_runs *r, const void *data, size_t len) MUST_CHECK;
uint64_t group_runs_bytes(const struct group_runs *r);

/* All groups in the order of their keys: to the start, and on to the next: 1, 0 behind the last, -1. In
 * between nothing is to be added. */
void group_runs_rewind(struct group_runs *r);
int group_runs_next(struct group_runs *r) MUST_CHECK;
/* Of the group at hand, what all runs together say: of any measure but a distinct, into an initialized state;
 * of a distinct its ids, appended to out. */
int group_runs_state(struct group_runs *r, size_t measure, struct state *s) MUST_CHECK;
int group_runs_ids(struct group_runs *r, size_t measure, struct buffer *out) MUST_CHECK;
int group_runs_encode(struct group_runs *r, struct buffer *out) MUST_CHECK;

#endif
