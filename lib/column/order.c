#include "column/order.h"

#include "column/value.h"

#include <stdlib.h>

/* Eight bytes of a text, the first that are not alike in all, most significant first: they tell most texts
 * apart without a look at these. */
struct place {
	uint64_t start;
	uint32_t text;
};

static size_t common_length(struct text a, struct text b)
{
	size_t len = 0;

	while (len < a.len && len < b.len && a.data[len] == b.data[len])
		len++;
	return len;
}

static size_t common_to_all(const struct strings *s)
{
	struct text common = s->n > 0 ? strings_get(s, 0) : (struct text){"", 0};

	for (uint32_t i = 1; i < s->n && common.len > 0; i++)
		common.len = common_length(common, strings_get(s, i));
	return common.len;
}

static uint64_t start_of(struct text text, size_t skip)
{
	uint8_t bytes[8] = {0};
	uint64_t start;

	if (text.len > skip)
		memcpy(bytes, text.data + skip, text.len - skip < 8 ? text.len - skip : 8);
	memcpy(&start, bytes, sizeof start);
	return __builtin_bswap64(start);
}

/* By one byte of their starts; false, and nothing is done, when it is the same in all. */
static bool sort_by_byte(const struct place *from, struct place *to, uint32_t n, unsigned shift)
{
	uint32_t counts[256] = {0}, sum = 0;

	for (uint32_t i = 0; i < n; i++)
		counts[from[i].start >> shift & 0xff]++;
	if (counts[from[0].start >> shift & 0xff] == n)
		return false;
	for (unsigned i = 0; i < 256; i++) {
		const uint32_t count = counts[i];

		counts[i] = sum;
		sum += count;
	}
	for (uint32_t i = 0; i < n; i++)
		to[counts[from[i].start >> shift & 0xff]++] = from[i];
	return true;
}

static int compare(const void *a, const void *b, void *strings)
{
	const struct place *x = a, *y = b;
	const int order = text_order(strings_get(strings, x->text), strings_get(strings, y->text));

	return order != 0 ? order : (x->text > y->text) - (x->text < y->text);
}

/* Those whose starts are the same, by all of their bytes. */
static void sort_alike(struct place *places, uint32_t n, const struct strings *s)
{
	for (uint32_t i = 0, end; i < n; i = end) {
		end = i + 1;
		while (end < n && places[end].start == places[i].start)
			end++;
		if (end - i > 1)
			qsort_r(places + i, end - i, sizeof *places, compare, (void *)(uintptr_t)s);
	}
}

/* Room for places, and for as many again behind them. */
static struct place *places_new(uint32_t n)
{
	struct place *places = malloc(2 * (size_t)n * sizeof *places + 1);

	if (places == NULL)
		cause_memory();
	return places;
}

/* By their starts; where they are then. */
static struct place *sort_places(struct place *places, uint32_t n)
{
	struct place *sorted = places + n;

	for (unsigned shift = 0; shift < 64 && n > 1; shift += 8) {
		if (sort_by_byte(places, sorted, n, shift)) {
			struct place *swap = places;

			places = sorted;
			sorted = swap;
		}
	}
	return places;
}

static uint32_t *numbers_of(const struct place *places, uint32_t n)
{
	uint32_t *order = malloc(n * sizeof *order + 1);

	if (order == NULL)
		cause_memory();
	for (uint32_t i = 0; order != NULL && i < n; i++)
		order[i] = places[i].text;
	return order;
}

uint32_t *order_strings(const struct strings *s)
{
	const size_t skip = common_to_all(s);
	struct place *places = places_new(s->n), *sorted;
	uint32_t *order;

	if (places == NULL)
		return NULL;
	for (uint32_t i = 0; i < s->n; i++)
		places[i] = (struct place){start_of(strings_get(s, i), skip), i};
	sorted = sort_places(places, s->n);
	sort_alike(sorted, s->n, s);
	order = numbers_of(sorted, s->n);
	free(places);
	return order;
}

uint32_t *order_numbers(const uint64_t *numbers, uint32_t n)
{
	struct place *places = places_new(n);
	uint32_t *order;

	if (places == NULL)
		return NULL;
	for (uint32_t i = 0; i < n; i++)
		places[i] = (struct place){numbers[i], i};
	order = numbers_of(sort_places(places, n), n);
	free(places);
	return order;
}
