/*
 * parquet_strings -- the dictionary of a column chunk of strings, from the codes of a stream.
 *
 * A string is looked at once, when its code is new; from then on an array gives its index. While codes come
 * in about their own order an index is simply the code: strings below `direct`. That is so at the beginning
 * of a stream; later, parquet_strings_adopt makes it so again once at least half of the stream's strings have
 * come. The dictionary then has a few strings (`spare`, at most) that may be in no row, and `used` tells
 * which.
 *
 * No string is in the dictionary twice, even when the stream's codes begin afresh: texts are then looked up
 * by hash. Errors: -1, cause recorded.
 */
#ifndef EV_PARQUET_STRINGS_H
#define EV_PARQUET_STRINGS_H

#include "dictionary.h"
#include "parquet_bounds.h"

/* {0} is empty. */
struct parquet_strings {
	struct dictionary dictionary; /* its hash table is in use only when hashed */
	bool hashed;
	bool stale;    /* codes began afresh, while the dictionary had strings already */
	uint32_t *map; /* stream code -> index */
	uint8_t *used; /* by index, below direct: when there are spare ones, is it in a row? */
	size_t n_map, map_cap, used_cap;
	uint32_t direct;
	uint32_t spare;
	size_t longest;   /* bytes of the longest string of the stream's dictionary so far */
	uint32_t scanned; /* codes that longest is of */
};

void parquet_strings_free(struct parquet_strings *d);
/* Empty again, but the stream's codes still mean what they meant. */
void parquet_strings_clear(struct parquet_strings *d);

/* How many strings, and the bytes of their dictionary page. */
static inline uint32_t parquet_strings_n(const struct parquet_strings *d)
{
	return d->dictionary.strings.n;
}

static inline size_t parquet_strings_bytes(const struct parquet_strings *d)
{
	return d->dictionary.strings.bytes.len + d->dictionary.strings.n * sizeof(uint32_t);
}

/* Strings that rows have, at least. */
static inline uint32_t parquet_strings_seen(const struct parquet_strings *d)
{
	return d->dictionary.strings.n - d->spare;
}

/*
 * to[i] = the index of codes[i], for n codes of the stream's dictionary; bounds take in the new strings.
 * Returns 1, or 0 when that would make the dictionary page larger than most bytes; nothing of these codes is
 * then in the dictionary. fresh is scratch for n.
 */
int parquet_strings_map(struct parquet_strings *d, const struct strings *stream, const uint32_t *codes,
			uint32_t n, size_t most, struct parquet_bounds *bounds, uint32_t *fresh,
			uint32_t *to) MUST_CHECK;

/* True when an index is a code, as far as the dictionary goes. */
static inline bool parquet_strings_is_direct(const struct parquet_strings *d)
{
	return d->direct == d->dictionary.strings.n;
}

/*
 * Makes indices codes: old[i] becomes the code of what was index i. old has room for parquet_strings_n. Every
 * string must have come with a code that still stands.
 */
int parquet_strings_adopt(struct parquet_strings *d, const struct strings *stream, uint32_t *old) MUST_CHECK;

/* The stream's codes mean nothing any more. */
void parquet_strings_forget_codes(struct parquet_strings *d, struct parquet_bounds *bounds);
/* Bounds take in what is used of the strings that are no news. To be called when the chunk is complete. */
void parquet_strings_settle(struct parquet_strings *d, struct parquet_bounds *bounds);

/* Bytes of the longest string of the stream's dictionary. */
size_t parquet_strings_longest(struct parquet_strings *d, const struct strings *stream);

#endif
