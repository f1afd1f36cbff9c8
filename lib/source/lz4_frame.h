/*
 * lz4_frame -- where the frames of an lz4 file begin and end, as its bytes come (LZ4 Frame Format 1.6): for a
 * library that takes whatever is no frame for the end.
 */
#ifndef EV_LZ4_FRAME_H
#define EV_LZ4_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* {0} is before the first byte. */
struct lz4_frames {
	enum { LZ4_MAGIC, LZ4_FLAGS, LZ4_BLOCK, LZ4_SKIPPABLE } part;
	uint64_t skip; /* bytes that say nothing here, before the part goes on */
	uint32_t word; /* what there is of it */
	uint32_t n;    /* bytes of word */
	uint8_t flags; /* of the frame */
};

/* How many of these bytes belong to frames: all, unless a frame should begin and does not. */
size_t lz4_frames_take(struct lz4_frames *f, const uint8_t *data, size_t len);

/* Whether a file may end here. */
static inline bool lz4_frames_are_whole(const struct lz4_frames *f)
{
	return f->part == LZ4_MAGIC && f->n == 0 && f->skip == 0;
}

#endif
