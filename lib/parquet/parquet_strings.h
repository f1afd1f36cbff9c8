/*
 * parquet_strings -- the dictionary of a column chunk of strings, from the codes of a stream.
 *
 * A chunk begins by borrowing: an index is simply the stream's code, and no text is copied. When at least
 * half of the stream's strings have come, parquet_strings_adopt makes that final: the dictionary is the
 * stream's own, and grows with it. It then has a few strings (`spare`, at most) that may be in no row. Else
 * parquet_strings_compact makes it a dictionary of those that came, in the order of their first appearance;
 * an array then gives the index of a code.
 *
 * No string is in the dictionary twice, even when the stream's codes begin afresh: texts are then looked up
 * by hash. Errors: -1, cause recorded.
 */
#ifndef EV_PARQUET_STRINGS_H
#define EV_PARQUET_STRINGS_H

#include "column/dictionary.h"
#include "parquet/parquet_bounds.h"

/* {0} is empty. */
struct parquet_strings {
	struct dictionary dictionary; /* its hash table is in use only when hashed */
	const struct strings *stream; /* borrowed: what codes are of; NULL when final */
	uint32_t n_borrowed;          /* strings of it that have come */
	size_t bytes_borrowed;        /* of them: counted, or by their mean */
	bool counted;
	bool final;
	bool hashed;
	bool stale;    /* codes began afresh, while the dictionary had strings already */
	uint32_t *map; /* stream code -> index, when final */
	uint8_t *used; /* by index: is it in a row? When there are no spare ones, all are */
	size_t n_map, map_cap, used_cap;
	uint32_t direct; /* codes below are their own index, when final */
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
	return d->dictionary.strings.n + d->n_borrowed;
}

static inline size_t parquet_strings_bytes(const struct parquet_strings *d)
{
	return d->dictionary.strings.bytes.len + d->bytes_borrowed + parquet_strings_n(d) * sizeof(uint32_t);
}

/* Strings that rows have, at least. */
static inline uint32_t parquet_strings_seen(const struct parquet_strings *d)
{
	return parquet_strings_n(d) - d->spare;
}

/*
 * n codes of the stream's dictionary become indices. Returns 1, or 0 when that would make the dictionary page
 * larger than most bytes; nothing of these codes is then in the dictionary, and they are spoilt. fresh is
 * scratch for n.
 */
int parquet_strings_map(struct parquet_strings *d, const struct strings *stream, uint32_t *codes, uint32_t n,
			size_t most, uint32_t *fresh) MUST_CHECK;

/* While borrowing: the dictionary is to be the stream's, and indices stay. */
int parquet_strings_adopt(struct parquet_strings *d) MUST_CHECK;
/* While borrowing: indices become those of a dictionary of their own. To be called for all the indices given
 * out, in their order, and then with n = 0, which makes it final. */
int parquet_strings_compact(struct parquet_strings *d, uint32_t *indices, size_t n) MUST_CHECK;

/* The stream's codes mean nothing any more. Not while strings are borrowed. */
void parquet_strings_forget_codes(struct parquet_strings *d);
/* Bounds take in what is used of the strings. To be called when the chunk is complete. */
void parquet_strings_settle(const struct parquet_strings *d, struct parquet_bounds *bounds);

/* Bytes of the longest string of the stream's dictionary. */
size_t parquet_strings_longest(struct parquet_strings *d, const struct strings *stream);

#endif
