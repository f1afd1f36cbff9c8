#include "source/gzip_header.h"

#include <stdbool.h>
#include <zlib.h>

enum part { PART_FIXED, PART_EXTRA_SIZE, PART_EXTRA, PART_NAME, PART_COMMENT, PART_CRC, PARTS };

enum { FIXED_BYTES = 10, FLAGS_AT = 3, FLAGS_RESERVED = 0xe0 };

static bool is_there(const struct gzip_header *h)
{
	static const uint8_t flags[PARTS] = {
	    [PART_EXTRA_SIZE] = 4, [PART_EXTRA] = 4, [PART_NAME] = 8, [PART_COMMENT] = 16, [PART_CRC] = 2,
	};

	if (h->part == PART_FIXED)
		return true;
	return (h->flags & flags[h->part]) != 0 && (h->part != PART_EXTRA || h->size > 0);
}

/* The next byte of the part; *ends when it is the last. False when it is wrong. */
static bool take(struct gzip_header *h, uint8_t byte, bool *ends)
{
	static const uint8_t start[FLAGS_AT] = {0x1f, 0x8b, Z_DEFLATED};

	switch (h->part) {
	case PART_FIXED:
		*ends = h->n + 1 == FIXED_BYTES;
		if (h->n == FLAGS_AT)
			h->flags = byte;
		return h->n < FLAGS_AT ? byte == start[h->n]
				       : h->n > FLAGS_AT || (byte & FLAGS_RESERVED) == 0;
	case PART_EXTRA_SIZE:
		*ends = h->n == 1;
		h->size |= (uint32_t)byte << 8 * h->n;
		return true;
	case PART_EXTRA: *ends = h->n + 1 == h->size; return true;
	case PART_CRC: *ends = h->n == 1; return byte == (h->crc >> 8 * h->n & 0xff);
	default: *ends = byte == 0; return true; /* a name, a comment */
	}
}

enum inflate_result gzip_header_read(struct gzip_header *h, struct inflate_window *window)
{
	while (h->part < PARTS) {
		bool ends = true;

		if (is_there(h)) {
			if (window->in_len == 0)
				return INFLATE_MORE;
			if (!take(h, *window->in, &ends))
				return INFLATE_BAD;
			if (h->part != PART_CRC)
				h->crc = (uint32_t)crc32(h->crc, window->in, 1);
			window->in++;
			window->in_len--;
			h->n++;
		}
		if (ends) {
			h->part++;
			h->n = 0;
		}
	}
	return INFLATE_END;
}
