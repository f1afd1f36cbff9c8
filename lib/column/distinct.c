#include "column/distinct.h"

#include <string.h>

enum { DIGIT_BITS = 10 }; /* of which all buckets' ends fit the first cache and the TLB */
enum { STRIDE = 8 };      /* ids of a cache line */

/* Ids as they lie in encoded sets, aligned or not. */
static uint64_t load(const void *ids, size_t i)
{
	uint64_t id;

	memcpy(&id, (const uint8_t *)ids + i * sizeof id, sizeof id);
	return id;
}

static void store(void *ids, size_t i, uint64_t id)
{
	memcpy((uint8_t *)ids + i * sizeof id, &id, sizeof id);
}

/* --- sorting ---------------------------------------------------------------------------------------------
 */

/* As many bits as make about as many buckets as there are ids: these are hashes, so few share one. */
static unsigned digit_bits(size_t n, unsigned bits)
{
	const unsigned wanted = 63 - (unsigned)__builtin_clzll(n);

	return wanted < DIGIT_BITS ? (wanted < bits ? wanted : bits) : DIGIT_BITS < bits ? DIGIT_BITS : bits;
}

/*
 * By the lowest `bits` of them, which are all that they differ in, from the most significant digit on: into
 * other if to_other, else into ids; either may be overwritten. Up to DISTINCT_FEW that are neighbours stay in
 * any order.
 */
static void sort_roughly(uint64_t *ids, uint64_t *other, size_t n, unsigned bits, bool to_other)
{
	size_t ends[1 << DIGIT_BITS];
	unsigned digit = 0;
	size_t mask = 0, start = 0;

	do {
		if (n <= DISTINCT_FEW || bits == 0) {
			if (to_other)
				memcpy(other, ids, n * sizeof *ids);
			return;
		}
		digit = digit_bits(n, bits);
		bits -= digit;
		mask = ((size_t)1 << digit) - 1;
		memset(ends, 0, (mask + 1) * sizeof *ends);
		for (size_t i = 0; i < n; i++)
			ends[ids[i] >> bits & mask]++;
	} while (ends[ids[0] >> bits & mask] == n);
	for (size_t i = 0; i <= mask; i++) {
		const size_t count = ends[i];

		ends[i] = start;
		start += count;
	}
	for (size_t i = 0; i < n; i++)
		other[ends[ids[i] >> bits & mask]++] = ids[i];
	start = 0;
	for (size_t i = 0; i <= mask; i++) {
		if (ends[i] > start)
			sort_roughly(other + start, ids + start, ends[i] - start, bits, !to_other);
		start = ends[i];
	}
}

size_t distinct_sort(uint64_t *ids, size_t n, uint64_t *scratch)
{
	size_t left = 0;

	if (n > DISTINCT_FEW)
		sort_roughly(ids, scratch, n, 64, false);
	/* Each is a few places at most from where it belongs. */
	for (size_t i = 1; i < n; i++) {
		const uint64_t id = ids[i];
		size_t at = i;

		for (; at > 0 && ids[at - 1] > id; at--)
			ids[at] = ids[at - 1];
		ids[at] = id;
	}
	for (size_t i = 0; i < n; i++) {
		ids[left] = ids[i];
		left += i + 1 == n || ids[i] != ids[i + 1];
	}
	return left;
}

/* --- runs ------------------------------------------------------------------------------------------------
 */

/* Without a branch on the ids: nearly all that is asked about is a run. */
bool distinct_is_run(const void *ids, size_t n)
{
	unsigned out_of_order = 0;

	for (size_t i = 1; i < n; i++)
		out_of_order |= load(ids, i - 1) >= load(ids, i);
	return !out_of_order;
}

/* Few ids are looked for in a long run: most of it is passed in strides. */
static size_t subtract_sparse(uint64_t *ids, size_t n, const void *run, size_t n_run)
{
	size_t left = 0, j = 0;

	for (size_t i = 0; i < n; i++) {
		const uint64_t id = ids[i];

		while (j + STRIDE < n_run && load(run, j + STRIDE) <= id)
			j += STRIDE;
		while (j < n_run && load(run, j) < id)
			j++;
		ids[left] = id;
		left += j == n_run || load(run, j) != id;
	}
	return left;
}

size_t distinct_subtract(uint64_t *ids, size_t n, const void *run, size_t n_run)
{
	size_t left = 0, i = 0, j = 0;

	if (n < n_run / STRIDE)
		return subtract_sparse(ids, n, run, n_run);
	while (i < n && j < n_run) {
		const uint64_t id = ids[i], known = load(run, j);

		ids[left] = id;
		left += id < known;
		i += id <= known;
		j += known <= id;
	}
	memmove(ids + left, ids + i, (n - i) * sizeof *ids);
	return left + n - i;
}

size_t distinct_merge(const void *a, size_t n_a, const void *b, size_t n_b, void *out)
{
	size_t i = 0, j = 0, n = 0;

	while (i < n_a && j < n_b) {
		const uint64_t x = load(a, i), y = load(b, j);

		store(out, n++, x < y ? x : y);
		i += x <= y;
		j += y <= x;
	}
	for (; i < n_a; i++)
		store(out, n++, load(a, i));
	for (; j < n_b; j++)
		store(out, n++, load(b, j));
	return n;
}
