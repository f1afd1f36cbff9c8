#include "source/lz4_frame.h"

enum { HAS_DICTIONARY = 1, HAS_CHECKSUM = 4, HAS_SIZE = 8, HAS_BLOCK_CHECKSUMS = 16 };

static bool begin_frame(struct lz4_frames *f, uint32_t magic)
{
	if (magic == 0x184d2204)
		f->part = LZ4_FLAGS;
	else if ((magic & 0xfffffff0) == 0x184d2a50)
		f->part = LZ4_SKIPPABLE;
	else
		return false;
	return true;
}

/* What a part says of where the next is. */
static bool take_word(struct lz4_frames *f)
{
	switch (f->part) {
	case LZ4_MAGIC: return begin_frame(f, f->word);
	case LZ4_FLAGS:
		f->flags = (uint8_t)f->word;
		/* The size of blocks, and a checksum of all this. */
		f->skip = 2 + (f->flags & HAS_SIZE ? 8 : 0) + (f->flags & HAS_DICTIONARY ? 4 : 0);
		f->part = LZ4_BLOCK;
		return true;
	case LZ4_SKIPPABLE:
		f->skip = f->word;
		f->part = LZ4_MAGIC;
		return true;
	default:
		if (f->word == 0) {
			f->skip = f->flags & HAS_CHECKSUM ? 4 : 0;
			f->part = LZ4_MAGIC;
		} else {
			f->skip = (f->word & 0x7fffffff) + (f->flags & HAS_BLOCK_CHECKSUMS ? 4 : 0);
		}
		return true;
	}
}

size_t lz4_frames_take(struct lz4_frames *f, const uint8_t *data, size_t len)
{
	size_t at = 0;

	while (at < len) {
		const uint32_t word_len = f->part == LZ4_FLAGS ? 1 : 4;

		if (f->skip > 0) {
			const uint64_t left = len - at, n = f->skip < left ? f->skip : left;

			f->skip -= n;
			at += (size_t)n;
			continue;
		}
		f->word |= (uint32_t)data[at++] << (8 * f->n++);
		if (f->n < word_len)
			continue;
		f->n = 0;
		if (!take_word(f))
			return at > word_len ? at - word_len : 0;
		f->word = 0;
	}
	return at;
}
