/*
 * page_read -- the encodings that Parquet pages are made of, as functions from bytes to arrays: the
 * counterpart of page.h.
 *
 * Source: apache/parquet-format, Encodings.md: RLE / bit-packing hybrid, DELTA_BINARY_PACKED. Readers go on
 * where they stopped, so a page can be taken in portions. PAGE_SLACK bytes behind the end must be readable;
 * what they hold means nothing. Results: 0, or -1 when the bytes end too early or make no sense: nothing is
 * recorded, the caller knows which page of which column it is.
 */
#ifndef EV_PAGE_READ_H
#define EV_PAGE_READ_H

#include "base/cause.h"

#include <stddef.h>
#include <stdint.h>

enum { PAGE_SLACK = 16 };

struct hybrid_reader {
	const uint8_t *p, *end;
	unsigned width;
	uint32_t value;       /* of a run */
	uint64_t run_left;    /* values */
	uint64_t packed_left; /* values */
	const uint8_t *packed;
	uint64_t bit; /* behind packed, where the next packed value begins */
};

/* width is 0 .. 32. */
void hybrid_open(struct hybrid_reader *r, const uint8_t *p, size_t len, unsigned width);
/* The same for values that are all packed, without a header: PLAIN booleans are, at width 1. */
void hybrid_open_packed(struct hybrid_reader *r, const uint8_t *p, size_t len, unsigned width);
/* The next n values. */
int hybrid_read(struct hybrid_reader *r, uint32_t *out, size_t n) MUST_CHECK;
/* The same at width 1: value i is bit i % 64 of word i / 64, bits behind the last are 0. Adds those that are
 * set to *n_set. */
int hybrid_read_bits(struct hybrid_reader *r, uint64_t *bits, size_t n, size_t *n_set) MUST_CHECK;

struct delta_reader {
	const uint8_t *p, *end;
	uint64_t left; /* values not yet read */
	int64_t last;  /* the one before */
	int64_t min_delta;
	uint32_t per_miniblock, miniblocks;
	uint32_t miniblock;       /* the next of its block */
	uint32_t in_miniblock;    /* values of the current one not yet read */
	const uint8_t *widths;    /* of the block */
	const uint8_t *packed;    /* the current miniblock */
	unsigned width, is_first; /* of it; the first value stands before all blocks */
	uint64_t bit;
};

int delta_open(struct delta_reader *r, const uint8_t *p, size_t len) MUST_CHECK;
int delta_read(struct delta_reader *r, int64_t *out, size_t n) MUST_CHECK;

#endif
