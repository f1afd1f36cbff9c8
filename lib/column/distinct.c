#include "column/distinct.h"

#include <stdlib.h>
#include <string.h>

enum { FEW = 16, FIRST_BITS = 5, BITS_MAX = 40, SLACK = 32 };

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

/* The place an id belongs to: its upper bits, so that places ascend as ids do. */
static size_t home(const struct distinct *d, uint64_t id)
{
	return (size_t)(id >> (64 - d->bits));
}

/* False when there is no place left behind the last that ids belong to. */
static bool place(struct distinct *d, uint64_t id)
{
	for (size_t i = home(d, id); i < d->cap; i++) {
		if (d->slots[i] == id)
			return true;
		if (d->slots[i] == 0) {
			d->slots[i] = id;
			d->n++;
			return true;
		}
	}
	return false;
}

/* More places behind the last: a crowd at the end makes the set no sparser than one elsewhere. */
static int extend(struct distinct *d)
{
	const size_t more = d->cap - ((size_t)1 << d->bits);
	uint64_t *slots = realloc(d->slots, (d->cap + more) * sizeof *slots);

	if (slots == NULL)
		return cause_memory();
	memset(slots + d->cap, 0, more * sizeof *slots);
	d->slots = slots;
	d->cap += more;
	return 0;
}

static int put(struct distinct *d, uint64_t id)
{
	while (!place(d, id)) {
		if (extend(d) != 0)
			return -1;
	}
	return 0;
}

/* To 2^bits places. */
static int grow(struct distinct *d, uint32_t bits)
{
	const size_t places = (size_t)1 << bits;
	const size_t n_old = d->bits > 0 ? d->cap : d->n;
	const bool has_zero = d->bits > 0 ? d->has_zero : d->n > 0 && d->slots[0] == 0;
	struct distinct grown = {.bits = bits, .has_zero = has_zero, .n = has_zero};

	grown.cap = places + (places / 2 < SLACK ? places / 2 : SLACK);
	grown.slots = bits > BITS_MAX ? NULL : calloc(grown.cap, sizeof *grown.slots);
	if (grown.slots == NULL)
		return cause_memory();
	for (size_t i = 0; i < n_old; i++) {
		if (d->slots[i] != 0 && put(&grown, d->slots[i]) != 0) {
			free(grown.slots);
			return -1;
		}
	}
	free(d->slots);
	*d = grown;
	return 0;
}

static size_t fullest(uint32_t bits)
{
	return ((size_t)1 << bits) / 8 * 5;
}

/* --- ids in order ----------------------------------------------------------------------------------------
 */

static int reserve_run(struct distinct *d, size_t cap)
{
	uint64_t *slots;

	if (cap <= d->cap)
		return 0;
	slots = realloc(d->slots, cap * sizeof *slots);
	if (slots == NULL)
		return cause_memory();
	d->slots = slots;
	d->cap = cap;
	return 0;
}

static int insert(struct distinct *d, uint64_t id)
{
	size_t at = d->n;

	while (at > 0 && d->slots[at - 1] > id)
		at--;
	if (at > 0 && d->slots[at - 1] == id)
		return 0;
	if (d->n == d->cap && reserve_run(d, d->cap == 0 ? FEW / 4 : d->cap * 2) != 0)
		return -1;
	memmove(d->slots + at + 1, d->slots + at, (d->n - at) * sizeof *d->slots);
	d->slots[at] = id;
	d->n++;
	return 0;
}

/* Both runs from their ends, into the room behind the longer one; ids that both have leave a gap in it. */
static int merge(struct distinct *d, const uint8_t *run, size_t n)
{
	const size_t end = d->n + n;
	size_t i = d->n, j = n, out = end;

	if (reserve_run(d, end) != 0)
		return -1;
	while (i > 0 && j > 0) {
		const uint64_t own = d->slots[i - 1], other = load(run, j - 1);

		d->slots[--out] = own > other ? own : other;
		i -= own >= other;
		j -= other >= own;
	}
	memcpy(d->slots + out - j, run, j * sizeof *d->slots);
	out -= j;
	memmove(d->slots + i, d->slots + out, (end - out) * sizeof *d->slots);
	d->n = i + end - out;
	return 0;
}

/* --- sets ------------------------------------------------------------------------------------------------
 */

int distinct_add(struct distinct *d, uint64_t id)
{
	if (d->bits == 0) {
		if (d->n < FEW)
			return insert(d, id);
		if (distinct_reserve(d, 1) != 0)
			return -1;
	}
	if (id == 0) {
		d->n += !d->has_zero;
		d->has_zero = true;
		return 0;
	}
	if (d->n >= fullest(d->bits) && grow(d, d->bits + 1) != 0)
		return -1;
	return put(d, id);
}

int distinct_reserve(struct distinct *d, size_t n)
{
	uint32_t bits = d->bits < FIRST_BITS ? FIRST_BITS : d->bits;

	if (d->bits == 0 && d->n + n <= FEW)
		return 0;
	while (bits < BITS_MAX && d->n + n > fullest(bits))
		bits++;
	return bits > d->bits ? grow(d, bits) : 0;
}

int distinct_add_run(struct distinct *d, const void *ids, size_t n)
{
	if (n == 0)
		return 0;
	if (d->bits == 0)
		return merge(d, ids, n);
	/* Ids come in order, and so do places: without room for all of them they would crowd at the front. */
	if (distinct_reserve(d, n) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (distinct_add(d, load(ids, i)) != 0)
			return -1;
	}
	return 0;
}

int distinct_sorted(const struct distinct *d, struct buffer *out)
{
	uint8_t *ids;
	size_t n = 0;

	if (d->bits == 0)
		return buffer_append(out, d->slots, d->n * sizeof *d->slots);
	if (buffer_reserve(out, d->n * sizeof *d->slots) != 0)
		return -1;
	ids = out->data + out->len;
	if (d->has_zero)
		store(ids, n++, 0);
	/* An id is never before its home, so each is at most a cluster away from where it belongs. */
	for (size_t i = 0; i < d->cap; i++) {
		const uint64_t id = d->slots[i];
		size_t at = n;

		if (id == 0)
			continue;
		for (; at > 0 && load(ids, at - 1) > id; at--)
			store(ids, at, load(ids, at - 1));
		store(ids, at, id);
		n++;
	}
	out->len += n * sizeof *d->slots;
	return 0;
}

void distinct_free(struct distinct *d)
{
	free(d->slots);
	*d = (struct distinct){0};
}

/* Without a branch on the ids: nearly all that is asked about is a run. */
bool distinct_is_run(const void *ids, size_t n)
{
	unsigned out_of_order = 0;

	for (size_t i = 1; i < n; i++)
		out_of_order |= load(ids, i - 1) >= load(ids, i);
	return !out_of_order;
}

size_t distinct_subtract(uint64_t *ids, size_t n, const uint64_t *run, size_t n_run)
{
	size_t left = 0;

	for (size_t i = 0, j = 0; i < n; i++) {
		while (j < n_run && run[j] < ids[i])
			j++;
		if (j == n_run || run[j] != ids[i])
			ids[left++] = ids[i];
	}
	return left;
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
