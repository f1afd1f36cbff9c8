/*
 * page -- the encodings that Parquet pages are made of, as functions from arrays to bytes.
 *
 * Source: apache/parquet-format, Encodings.md: PLAIN, RLE / bit-packing hybrid, DELTA_BINARY_PACKED. Every
 * function appends to out and keeps nothing. Widths are bits. Errors: -1 when memory ran out.
 */
#ifndef EV_PAGE_H
#define EV_PAGE_H

#include "column/dictionary.h"
#include "parquet/page_pack.h"

/*
 * The hybrid: runs of equal values, and bit-packed values between them, to the end, without a length. Values
 * are below 1 << width, width 0 .. 32.
 */
int page_hybrid(struct buffer *out, const uint32_t *values, size_t n, unsigned width) MUST_CHECK;
/* One run. n is below 1 << 31; 0 appends nothing. */
int page_hybrid_run(struct buffer *out, uint32_t value, size_t n, unsigned width) MUST_CHECK;
/*
 * Definition levels of an OPTIONAL column in a v1 data page: 4 bytes of length, then the hybrid at width 1.
 * Level i is bit i % 64 of word i / 64; n_set of the n bits are set, and when that is none or all of them,
 * bits are not looked at.
 */
int page_levels(struct buffer *out, const uint64_t *bits, size_t n, size_t n_set) MUST_CHECK;

/* DELTA_BINARY_PACKED, blocks of 128 in 4 miniblocks. Deltas wrap around: any values will do. */
int page_delta(struct buffer *out, const int64_t *values, size_t n) MUST_CHECK;

/* PLAIN. int32 takes the low halves; bool takes values != 0, eight to a byte. */
int page_plain_int64(struct buffer *out, const int64_t *values, size_t n) MUST_CHECK;
int page_plain_int32(struct buffer *out, const int64_t *values, size_t n) MUST_CHECK;
int page_plain_bool(struct buffer *out, const int64_t *values, size_t n) MUST_CHECK;
int page_plain_texts(struct buffer *out, const struct text *texts, size_t n) MUST_CHECK;

/* A raw Snappy block of the bytes. */
int page_snappy(struct buffer *out, const void *data, size_t len) MUST_CHECK;
/*
 * For bytes that will not shrink: the same of nothing but literals, at the price of a copy. Its length and
 * its CRC can be had without it, for a page's header stands before the page.
 */
int page_literals(struct buffer *out, const void *data, size_t len) MUST_CHECK;
size_t page_literals_len(size_t len);
uint32_t page_literals_crc(const void *data, size_t len);

#endif
