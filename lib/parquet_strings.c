#include "parquet_strings.h"

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
	if (d->used_cap > 0)
		memset(d->used, 0, d->used_cap);
	d->direct = d->spare = 0;
}

void parquet_strings_clear(struct parquet_strings *d)
{
	if (d->hashed)
		dictionary_clear(&d->dictionary);
	else
		strings_clear(&d->dictionary.strings);
	d->hashed = d->stale = false;
	clear_map(d);
}

void parquet_strings_forget_codes(struct parquet_strings *d, struct parquet_bounds *bounds)
{
	parquet_strings_settle(d, bounds);
	clear_map(d);
	d->stale = d->dictionary.strings.n > 0;
	d->scanned = 0;
	d->longest = 0;
}

void parquet_strings_settle(struct parquet_strings *d, struct parquet_bounds *bounds)
{
	const struct strings *strings = &d->dictionary.strings;

	if (d->spare == 0)
		return;
	for (uint32_t i = 0; i < d->direct && i < strings->n; i++) {
		if (d->used[i] != 0) {
			struct text t = strings_get(strings, i);
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

/* The arrays cover the codes of the stream's dictionary. */
static int grow_map(struct parquet_strings *d, uint32_t n)
{
	size_t had = d->used_cap;

	if (n <= d->n_map)
		return 0;
	if (array_reserve(&d->used, &d->used_cap, n, sizeof *d->used) != 0)
		return -1;
	memset(d->used + had, 0, d->used_cap - had);
	if (array_reserve(&d->map, &d->map_cap, n, sizeof *d->map) != 0)
		return -1;
	memset(d->map + d->n_map, 0xff, (d->map_cap - d->n_map) * sizeof *d->map);
	d->n_map = d->map_cap;
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
	if (d->hashed)
		return dictionary_code(&d->dictionary, t.data, t.len, index) == 0 ? 1 : -1;
	*index = d->dictionary.strings.n;
	return strings_add(&d->dictionary.strings, t.data, t.len) == 0 ? 1 : -1;
}

/*
 * A code that is new. While indices are codes, and as long as not too many strings are added before they are
 * needed, the ones between go in with it.
 */
static int add_code(struct parquet_strings *d, const struct strings *stream, uint32_t code, size_t most,
		    struct parquet_bounds *bounds)
{
	struct strings *known = &d->dictionary.strings;
	struct text t = strings_get(stream, code);
	bool direct =
	    d->direct == known->n && code >= known->n && d->spare + (code - known->n) <= known->n / 2;
	int status;

	for (uint32_t between = known->n; direct && between < code; between++) {
		status = add_text(d, strings_get(stream, between), most, &d->map[between]);
		if (status != 1)
			return status;
		d->spare++;
		d->direct++;
	}
	status = add_text(d, t, most, &d->map[code]);
	if (status != 1)
		return status;
	if (direct) {
		d->used[code] = 1;
		d->direct++;
	}
	parquet_bounds_text(bounds, t.data, t.len);
	return 1;
}

static void mark_used(struct parquet_strings *d, const uint32_t *codes, uint32_t n)
{
	const uint32_t direct = d->direct;
	uint8_t *used = d->used;

	for (uint32_t i = 0; i < n; i++) {
		if (codes[i] < direct)
			used[codes[i]] = 1;
	}
}

/* Takes back what was added behind the first n strings. */
static void drop_strings(struct parquet_strings *d, uint32_t n)
{
	struct strings *strings = &d->dictionary.strings;

	strings->bytes.len = n > 0 ? strings->starts[n] : 0;
	strings->n = n;
}

/*
 * Texts of new codes lie anywhere in the stream's dictionary: what the next ones need is asked for ahead,
 * first where a text begins, then the text. (In a function of their own the compiler takes prefetches for no
 * effect at all.)
 */
static int map_fresh(struct parquet_strings *d, const struct strings *stream, const uint32_t *codes,
		     const uint32_t *fresh, uint32_t n_fresh, size_t most, struct parquet_bounds *bounds,
		     uint32_t *to)
{
	enum { AHEAD = 8 };

	for (uint32_t i = 0; i < n_fresh; i++) {
		uint32_t code = codes[fresh[i]];

		if (i + 2 * AHEAD < n_fresh)
			__builtin_prefetch(&stream->starts[codes[fresh[i + 2 * AHEAD]]]);
		if (i + AHEAD < n_fresh)
			__builtin_prefetch(stream->bytes.data + stream->starts[codes[fresh[i + AHEAD]]]);
		if (d->map[code] == NO_INDEX) {
			int status = add_code(d, stream, code, most, bounds);
			if (status != 1)
				return status;
		}
		to[fresh[i]] = d->map[code];
	}
	return 1;
}

/* Indices of the codes that have one; fresh takes the places of the others, and the result is how many. */
static uint32_t map_known(const struct parquet_strings *d, const uint32_t *codes, uint32_t n, uint32_t *fresh,
			  uint32_t *to)
{
	const uint32_t *map = d->map;
	const uint32_t direct = d->direct;
	uint32_t n_fresh = 0;

	/* Codes for which no place in memory has to be looked up, as long as it lasts. */
	if (parquet_strings_is_direct(d)) {
		for (uint32_t i = 0; i < n; i++) {
			uint32_t code = codes[i];

			to[i] = code;
			fresh[n_fresh] = i;
			n_fresh += code >= direct;
		}
		return n_fresh;
	}
	for (uint32_t i = 0; i < n; i++) {
		uint32_t index = map[codes[i]];

		to[i] = index;
		fresh[n_fresh] = i;
		n_fresh += index == NO_INDEX;
	}
	return n_fresh;
}

int parquet_strings_map(struct parquet_strings *d, const struct strings *stream, const uint32_t *codes,
			uint32_t n, size_t most, struct parquet_bounds *bounds, uint32_t *fresh, uint32_t *to)
{
	uint32_t before = parquet_strings_n(d);
	int status;

	if (n == 0)
		return 1;
	if (grow_map(d, stream->n) != 0)
		return -1;
	status = map_fresh(d, stream, codes, fresh, map_known(d, codes, n, fresh, to), most, bounds, to);
	if (status == 0)
		drop_strings(d, before);
	if (status == 1 && d->spare > 0)
		mark_used(d, codes, n);
	return status;
}

int parquet_strings_adopt(struct parquet_strings *d, const struct strings *stream, uint32_t *old)
{
	struct strings *known = &d->dictionary.strings;
	uint32_t seen = known->n;

	assert(!d->hashed && !d->stale && d->spare == 0);
	if (grow_map(d, stream->n) != 0)
		return -1;
	for (uint32_t code = 0; code < stream->n; code++) {
		d->used[code] = d->map[code] != NO_INDEX;
		if (d->used[code])
			old[d->map[code]] = code;
		d->map[code] = code;
	}
	strings_clear(known);
	if (buffer_append(&known->bytes, stream->bytes.data, stream->starts[stream->n]) != 0 ||
	    array_reserve(&known->starts, &known->cap, (size_t)stream->n + 1, sizeof *known->starts) != 0)
		return -1;
	memcpy(known->starts, stream->starts, ((size_t)stream->n + 1) * sizeof *known->starts);
	known->n = d->direct = stream->n;
	d->spare = stream->n - seen;
	return 0;
}
