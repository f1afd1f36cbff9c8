#include "stream/shard.h"

#include <stdlib.h>

/* Larger sizes first; of equal ones the earlier. */
static int compare_sizes(const void *a, const void *b, void *sizes)
{
	const uint64_t *x = (const uint64_t *)sizes + *(const size_t *)a;
	const uint64_t *y = (const uint64_t *)sizes + *(const size_t *)b;

	if (*x != *y)
		return *x < *y ? 1 : -1;
	return (x > y) - (x < y);
}

int shard_assign(const uint64_t *sizes, size_t n_sizes, uint32_t n, uint32_t *parts)
{
	size_t *order = calloc(n_sizes + 1, sizeof *order);
	uint64_t *loads = calloc(n, sizeof *loads);

	if (order == NULL || loads == NULL) {
		free(order);
		free(loads);
		return cause_memory();
	}
	for (size_t i = 0; i < n_sizes; i++)
		order[i] = i;
	qsort_r(order, n_sizes, sizeof *order, compare_sizes, (void *)(uintptr_t)sizes);
	for (size_t i = 0; i < n_sizes; i++) {
		uint32_t least = 0;

		for (uint32_t k = 1; k < n; k++)
			least = loads[k] < loads[least] ? k : least;
		loads[least] += sizes[order[i]];
		parts[order[i]] = least + 1;
	}
	free(order);
	free(loads);
	return 0;
}
