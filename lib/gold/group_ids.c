#include "gold/group_ids.h"

#include "column/distinct.h"

#include <stdlib.h>
#include <string.h>

enum { NEW_MIN = 1 << 13 };

void group_ids_free(struct group_ids *s)
{
	free(s->new_ids);
	free(s->new_groups);
	free(s->ids);
	free(s->starts);
	*s = (struct group_ids){0};
}

static size_t settled(const struct group_ids *s)
{
	return s->n_groups > 0 ? s->starts[s->n_groups] : 0;
}

uint64_t group_ids_bytes(const struct group_ids *s)
{
	return s->new_cap * (sizeof *s->new_ids + sizeof *s->new_groups) + settled(s) * sizeof *s->ids +
	       ((uint64_t)s->n_groups + 1) * sizeof *s->starts;
}

const uint64_t *group_ids_of(const struct group_ids *s, uint32_t group, size_t *n)
{
	*n = group < s->n_groups ? s->starts[group + 1] - s->starts[group] : 0;
	return *n > 0 ? s->ids + s->starts[group] : NULL;
}

int group_ids_reserve(struct group_ids *s, uint32_t n_groups, size_t n)
{
	size_t cap = s->new_cap;

	if (s->n_new + n <= s->new_cap)
		return 0;
	if (s->n_new > settled(s) && s->n_new >= NEW_MIN && group_ids_settle(s, n_groups) != 0)
		return -1;
	if (array_reserve(&s->new_ids, &cap, s->n_new + n, sizeof *s->new_ids) != 0 ||
	    array_reserve(&s->new_groups, &s->new_cap, cap, sizeof *s->new_groups) != 0)
		return -1;
	s->new_cap = cap;
	return 0;
}

/* Behind each group's own ids those that are new to it; starts[i] is then where group i ends. */
static void deal_out(const struct group_ids *s, uint64_t *ids, size_t *starts, uint32_t n_groups)
{
	size_t sum = 0;

	for (uint32_t i = 0; i < s->n_groups; i++)
		starts[i] = s->starts[i + 1] - s->starts[i];
	for (size_t i = 0; i < s->n_new; i++)
		starts[s->new_groups[i]]++;
	for (uint32_t i = 0; i < n_groups; i++) {
		const size_t count = starts[i];

		starts[i] = sum;
		sum += count;
	}
	for (uint32_t i = 0; i < s->n_groups; i++) {
		const size_t n = s->starts[i + 1] - s->starts[i];

		memcpy(ids + starts[i], s->ids + s->starts[i], n * sizeof *ids);
		starts[i] += n;
	}
	for (size_t i = 0; i < s->n_new; i++)
		ids[starts[s->new_groups[i]]++] = s->new_ids[i];
}

/* One run of n ids, of which the first n_old are one. */
static size_t make_run(uint64_t *ids, size_t n_old, size_t n, uint64_t *scratch)
{
	if (n == n_old)
		return n;
	if (n_old == 0 || n <= DISTINCT_FEW)
		return distinct_sort(ids, n, scratch);
	n = distinct_sort(ids + n_old, n - n_old, scratch);
	n = distinct_merge(ids, n_old, ids + n_old, n, scratch);
	memcpy(ids, scratch, n * sizeof *ids);
	return n;
}

/* From the ends of groups to the starts of their runs. */
static int make_runs(const struct group_ids *s, uint64_t *ids, size_t *starts, uint32_t n_groups)
{
	size_t most = 0, left = 0;
	uint64_t *scratch;

	for (uint32_t i = 0; i < n_groups; i++) {
		const size_t n = starts[i] - (i > 0 ? starts[i - 1] : 0);

		most = n > most ? n : most;
	}
	scratch = malloc(most * sizeof *scratch + 1);
	if (scratch == NULL)
		return cause_memory();
	for (size_t i = 0, start = 0, end; i < n_groups; i++, start = end) {
		const size_t n_old = i < s->n_groups ? s->starts[i + 1] - s->starts[i] : 0;

		end = starts[i];
		const size_t n = make_run(ids + start, n_old, end - start, scratch);

		memmove(ids + left, ids + start, n * sizeof *ids);
		starts[i] = left;
		left += n;
	}
	starts[n_groups] = left;
	free(scratch);
	return 0;
}

int group_ids_settle(struct group_ids *s, uint32_t n_groups)
{
	uint64_t *ids;
	size_t *starts;

	if (s->n_new == 0)
		return 0;
	ids = malloc((settled(s) + s->n_new) * sizeof *ids + 1);
	starts = calloc((size_t)n_groups + 1, sizeof *starts);
	if (ids == NULL || starts == NULL) {
		cause_memory();
		goto failed;
	}
	deal_out(s, ids, starts, n_groups);
	if (make_runs(s, ids, starts, n_groups) != 0)
		goto failed;
	free(s->ids);
	free(s->starts);
	s->ids = ids;
	s->starts = starts;
	s->n_groups = n_groups;
	s->n_new = 0;
	return 0;
failed:
	free(ids);
	free(starts);
	return -1;
}
