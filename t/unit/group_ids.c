/*
 * The ids of groups against a table of all that was added.
 */
#include "gold/group_ids.h"

#include "column/distinct.h"
#include "random.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

enum { GROUPS = 300, IDS = 4000 };

static bool has[GROUPS][IDS];

/* Ids whose order is not that of their numbers. */
static uint64_t id_of(uint32_t number)
{
	return (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
}

static int add(struct group_ids *s, uint32_t n_groups, size_t n, uint32_t n_ids)
{
	if (group_ids_reserve(s, n_groups, n) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const uint32_t group = (uint32_t)(random_next() % n_groups),
			       id = (uint32_t)(random_next() % n_ids);

		s->new_ids[s->n_new] = id_of(id);
		s->new_groups[s->n_new++] = group;
		has[group][id] = true;
	}
	return 0;
}

/* What the group has is a run of the ids that were added to it. */
static bool is_right(const struct group_ids *s, uint32_t group, uint64_t *ids)
{
	uint64_t expected[IDS], scratch[IDS];
	size_t n, n_expected = 0;
	const uint64_t *run = group_ids_of(s, group, &n);

	for (uint32_t i = 0; i < IDS; i++) {
		if (has[group][i])
			expected[n_expected++] = id_of(i);
	}
	n_expected = distinct_sort(expected, n_expected, scratch);
	*ids += n;
	return n == n_expected && (n == 0 || memcmp(run, expected, n * sizeof *run) == 0);
}

/* Rounds of n additions; groups become more from round to round. */
static void test(const char *name, uint32_t rounds, size_t n, uint32_t n_groups, uint32_t n_ids)
{
	struct group_ids s = {0};
	uint64_t ids = 0;
	int failed = 0;
	bool right = true;

	memset(has, 0, sizeof has);
	for (uint32_t i = 1; i <= rounds && !failed; i++) {
		const uint32_t so_far = (n_groups * i + rounds - 1) / rounds;

		failed = add(&s, so_far, n, n_ids);
		if (random_next() % 10 == 0)
			failed = failed || group_ids_settle(&s, so_far) != 0;
	}
	failed = failed || group_ids_settle(&s, n_groups) != 0;
	for (uint32_t i = 0; i < GROUPS; i++)
		right &= is_right(&s, i, &ids);
	ok(!failed && right, "%s: %llu ids in %llu bytes", name, (unsigned long long)ids,
	   (unsigned long long)group_ids_bytes(&s));
	ok(group_ids_bytes(&s) <= (1 << 18) + 32 * ids, "%s: no more memory than that takes", name);
	group_ids_free(&s);
}

int main(void)
{
	test("nothing", 0, 0, 1, 1);
	test("one", 1, 1, 1, 1);
	test("one group, all the same", 30, 5000, 1, 1);
	test("one group", 30, 5000, 1, IDS);
	test("two groups", 30, 5000, 2, IDS);
	test("few ids", 100, 3000, GROUPS, 7);
	test("many of both", 200, 3000, GROUPS, IDS);
	return tap_done();
}
