#include "parquet/parquet_strings.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define NO_INDEX UINT32_MAX

void parquet_strings_free(struct parquet_strings *d)
{
	dictionary_free(&d->dictionary);
	free(d->map);
	free(d->used);
	*d = (struct parquet_strings){0};
}

static void clear_map(struct parquet_strings *d)
{
	if (d->n_map > 0)
		memset(d->map, 0xff, d->n_map * sizeof *d->map);
	d->direct = 0;
}

void parquet_strings_clear(struct parquet_strings *d)
{
	if (d->hashed)
		dictionary_clear(&d->dictionary);
	else
		strings_clear(&d->dictionary.strings);
	d->stream = NULL;
	d->n_borrowed = d->spare = 0;
	d->bytes_borrowed = 0;
	d->counted = d->final = d->hashed = d->stale = false;
	if (d->used_cap > 0)
		memset(d->used, 0, d->used_cap);
	clear_map(d);
}

void parquet_strings_forget_codes(struct parquet_strings *d)
{
	assert(d->n_borrowed == 0);
	clear_map(d);
	d->stale = d->dictionary.strings.n > 0;
	d->scanned = 0;
	d->longest = 0;
}

void parquet_strings_settle(const struct parquet_strings *d, struct parquet_bounds *bounds)
{
	const struct strings *strings = &d->dictionary.strings;

	for (uint32_t i = 0; i < strings->n; i++) {
		if (d->spare == 0 || d->used[i] != 0) {
			const struct text t = strings_get(strings, i);
			parquet_bounds_text(bounds, t.data, t.len);
		}
	}
}

size_t parquet_strings_longest(struct parquet_strings *d, const struct strings *stream)
{
	for (; d->scanned < stream->n; d->scanned++) {
		size_t len = strings_get(stream, d->scanned).len;

		d->longest = len > d->longest ? len : d->longest;
	}
	return d->longest;
}

/* The arrays cover the codes of the stream's dictionary, and n more strings of our own. */
static int grow_arrays(struct parquet_strings *d, uint32_t n_codes, uint32_t n)
{
	const size_t most = (size_t)d->dictionary.strings.n + n, had = d->used_cap;

	if (array_reserve(&d->used, &d->used_cap, most > n_codes ? most : n_codes, sizeof *d->used) != 0)
		return -1;
	memset(d->used + had, 0, d->used_cap - had);
	if (n_codes <= d->n_map)
		return 0;
	if (array_reserve(&d->map, &d->map_cap, n_codes, sizeof *d->map) != 0)
		return -1;
	memset(d->map + d->n_map, 0xff, (d->map_cap - d->n_map) * sizeof *d->map);
	d->n_map = d->map_cap;
	return 0;
}

static void mark(uint8_t *used, const uint32_t *indices, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		used[indices[i]] = 1;
}

/* Marks what was not used before; fresh takes it, and the result is how many. */
static uint32_t mark_fresh(uint8_t *used, const uint32_t *codes, uint32_t n, uint32_t *fresh)
{
	uint32_t n_fresh = 0;

	for (uint32_t i = 0; i < n; i++) {
		const uint32_t code = codes[i];

		fresh[n_fresh] = code;
		n_fresh += used[code] == 0;
		used[code] = 1;
	}
	return n_fresh;
}

/* Bytes of the stream's strings that have come. */
static size_t bytes_used(const struct parquet_strings *d, const struct strings *stream)
{
	size_t bytes = 0;

	for (uint32_t i = 0; i < stream->n; i++)
		bytes += d->used[i] != 0 ? stream->starts[i + 1] - stream->starts[i] : 0;
	return bytes;
}

/*
 * To look up how long each new string is costs more than all the rest: as long as all of them would fit,
 * their mean will do.
 */
static int borrow(struct parquet_strings *d, const struct strings *stream, const uint32_t *codes, uint32_t n,
		  size_t most, uint32_t *fresh)
{
	const bool fits = stream->bytes.len + stream->n * sizeof(uint32_t) <= most;
	size_t bytes = fits || d->counted ? d->bytes_borrowed : bytes_used(d, stream);
	const uint32_t n_fresh = mark_fresh(d->used, codes, n, fresh);

	if (fits)
		bytes = stream->bytes.len / stream->n * (d->n_borrowed + n_fresh);
	for (uint32_t i = 0; i < n_fresh && !fits; i++)
		bytes += strings_get(stream, fresh[i]).len;
	if (bytes + (d->n_borrowed + n_fresh) * sizeof(uint32_t) > most) {
		for (uint32_t i = 0; i < n_fresh; i++)
			d->used[fresh[i]] = 0;
		return 0;
	}
	d->stream = stream;
	d->n_borrowed += n_fresh;
	d->bytes_borrowed = bytes;
	d->counted = !fits;
	return 1;
}

/* The strings of the stream that follow ours become ours, up to code end. */
static int follow(struct parquet_strings *d, const struct strings *stream, uint32_t end)
{
	if (strings_add_from(&d->dictionary.strings, stream, d->direct, end) != 0)
		return -1;
	for (; d->direct < end; d->direct++)
		d->map[d->direct] = d->direct;
	return 0;
}

static void end_borrowing(struct parquet_strings *d)
{
	d->stream = NULL;
	d->n_borrowed = 0;
	d->bytes_borrowed = 0;
	d->final = true;
}

int parquet_strings_adopt(struct parquet_strings *d)
{
	const struct strings *stream = d->stream;

	assert(!d->final && d->n_borrowed > 0);
	d->spare = stream->n - d->n_borrowed;
	end_borrowing(d);
	return follow(d, stream, stream->n);
}

int parquet_strings_compact(struct parquet_strings *d, uint32_t *indices, size_t n)
{
	struct strings *known = &d->dictionary.strings;

	for (size_t i = 0; i < n; i++) {
		uint32_t *index = &d->map[indices[i]];

		if (*index == NO_INDEX) {
			const struct text t = strings_get(d->stream, indices[i]);

			*index = known->n;
			if (strings_add(known, t.data, t.len) != 0)
				return -1;
		}
		indices[i] = *index;
	}
	if (n > 0)
		return 0;
	end_borrowing(d);
	if (known->n > 0)
		memset(d->used, 1, known->n);
	return 0;
}

/* From now on the dictionary must be asked by text: indexes what it has. */
static int hash_strings(struct parquet_strings *d)
{
	struct dictionary fresh = {0};
	uint32_t code;

	for (uint32_t i = 0; i < d->dictionary.strings.n; i++) {
		struct text t = strings_get(&d->dictionary.strings, i);

		if (dictionary_code(&fresh, t.data, t.len, &code) != 0) {
			dictionary_free(&fresh);
			return -1;
		}
		assert(code == i);
	}
	dictionary_free(&d->dictionary);
	d->dictionary = fresh;
	d->hashed = true;
	d->stale = false;
	return 0;
}

/* The index of a text whose code is new: 1, 0 when the dictionary is full, -1. */
static int add_text(struct parquet_strings *d, struct text t, size_t most, uint32_t *index)
{
	size_t left = most - (parquet_strings_bytes(d) < most ? parquet_strings_bytes(d) : most);

	if (left < sizeof(uint32_t) || t.len > left - sizeof(uint32_t))
		return 0;
	if (d->stale && hash_strings(d) != 0)
		return -1;
	if (d->hashed) {
		if (dictionary_code(&d->dictionary, t.data, t.len, index) != 0)
			return -1;
	} else {
		*index = d->dictionary.strings.n;
		if (strings_add(&d->dictionary.strings, t.data, t.len) != 0)
			return -1;
	}
	d->used[*index] = 1;
	return 1;
}

/*
 * Texts of new codes lie anywhere in the stream's dictionary: what the next ones need is asked for ahead,
 * first where a text begins, then the text. (In a function of their own the compiler takes prefetches for no
 * effect at all.)
 */
static int map_fresh(struct parquet_strings *d, const struct strings *stream, uint32_t *codes,
		     const uint32_t *fresh, uint32_t n_fresh, size_t most)
{
	enum { AHEAD = 8 };

	for (uint32_t i = 0; i < n_fresh; i++) {
		const uint32_t code = codes[fresh[i]];

		if (i + 2 * AHEAD < n_fresh)
			__builtin_prefetch(&stream->starts[codes[fresh[i + 2 * AHEAD]]]);
		if (i + AHEAD < n_fresh)
			__builtin_prefetch(stream->bytes.data + stream->starts[codes[fresh[i + AHEAD]]]);
		if (d->map[code] == NO_INDEX) {
			int status = add_text(d, strings_get(stream, code), most, &d->map[code]);
			if (status != 1)
				return status;
		}
		codes[fresh[i]] = d->map[code];
	}
	return 1;
}

/* Takes back what was added behind the first n strings. */
static void drop_strings(struct parquet_strings *d, uint32_t n)
{
	struct strings *strings = &d->dictionary.strings;

	strings->bytes.len = n > 0 ? strings->starts[n] : 0;
	strings->n = n;
}

/* By the array. */
static int map_codes(struct parquet_strings *d, const struct strings *stream, uint32_t *codes, uint32_t n,
		     size_t most, uint32_t *fresh)
{
	const uint32_t *map = d->map;
	const uint32_t before = d->dictionary.strings.n;
	uint32_t n_fresh = 0;
	int status;

	for (uint32_t i = 0; i < n; i++) {
		const uint32_t index = map[codes[i]];

		fresh[n_fresh] = i;
		n_fresh += index == NO_INDEX;
		codes[i] = index == NO_INDEX ? codes[i] : index;
	}
	status = map_fresh(d, stream, codes, fresh, n_fresh, most);
	if (status == 0)
		drop_strings(d, before);
	return status;
}

static uint32_t largest(const uint32_t *codes, uint32_t n)
{
	uint32_t most = 0;

	for (uint32_t i = 0; i < n; i++)
		most = codes[i] > most ? codes[i] : most;
	return most;
}

/*
 * Codes are indices: nothing to do but to follow the stream's dictionary as far as these codes go. That ends
 * where too many strings would come with them that are in no row.
 */
static int map_direct(struct parquet_strings *d, const struct strings *stream, uint32_t *codes, uint32_t n,
		      size_t most, uint32_t *fresh)
{
	const uint32_t first = d->direct;
	uint32_t end, n_fresh, spare;
	size_t bytes;

	if (first == stream->n || (end = largest(codes, n) + 1) <= first)
		return 1;
	n_fresh = mark_fresh(d->used, codes, n, fresh);
	spare = d->spare + (end - first) - n_fresh;
	bytes = stream->starts[end] - stream->starts[first] + (end - first) * sizeof(uint32_t);
	if (spare <= first / 2 && parquet_strings_bytes(d) + bytes <= most) {
		d->spare = spare;
		return follow(d, stream, end) == 0 ? 1 : -1;
	}
	for (uint32_t i = 0; i < n_fresh; i++) {
		if (fresh[i] >= first)
			d->used[fresh[i]] = 0;
	}
	return map_codes(d, stream, codes, n, most, fresh);
}

int parquet_strings_map(struct parquet_strings *d, const struct strings *stream, uint32_t *codes, uint32_t n,
			size_t most, uint32_t *fresh)
{
	int status;

	if (n == 0)
		return 1;
	if (grow_arrays(d, stream->n, n) != 0)
		return -1;
	if (!d->final)
		return borrow(d, stream, codes, n, most, fresh);
	if (d->direct == d->dictionary.strings.n)
		status = map_direct(d, stream, codes, n, most, fresh);
	else
		status = map_codes(d, stream, codes, n, most, fresh);
	if (status == 1 && d->spare > 0)
		mark(d->used, codes, n);
	return status;
}
