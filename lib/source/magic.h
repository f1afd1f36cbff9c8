/*
 * magic -- what a file is, told by its first bytes.
 *
 * Nothing that begins like text is taken for anything else: a tar header needs its checksum, and what is cut
 * off within a magic is still that where the bytes that are there are no text.
 */
#ifndef EV_MAGIC_H
#define EV_MAGIC_H

#include <stdbool.h>
#include <stddef.h>

enum magic {
	MAGIC_NONE, /* lines, for all we know */
	MAGIC_GZIP,
	MAGIC_ZSTD,
	MAGIC_XZ,
	MAGIC_BZIP2,
	MAGIC_LZ4,
	MAGIC_TAR,
	MAGIC_ZIP,
};

/* So many bytes are enough to tell, fewer if there are no more. */
enum { MAGIC_BYTES = 512 };

enum magic magic_of(const void *first, size_t len);
const char *magic_name(enum magic magic);

/* Of one file, compressed. */
static inline bool magic_is_packed(enum magic magic)
{
	return magic >= MAGIC_GZIP && magic <= MAGIC_LZ4;
}

/* Of many files. */
static inline bool magic_is_archive(enum magic magic)
{
	return magic == MAGIC_TAR || magic == MAGIC_ZIP;
}

#endif
