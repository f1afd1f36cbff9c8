/*
 * archive -- libarchive: content of files that are compressed otherwise than by gzip, and members of tar and
 * zip archives.
 *
 * The one seam behind which that library sits. It is loaded when the first such file is met: loading it takes
 * longer than all else that a tool does before it has a byte. Which format it is has been told before
 * (magic.h), and no other is ever tried. What libarchive lets pass is refused here: bytes behind the end, and
 * an end that is missing.
 *
 * Errors: STATUS_INPUT for damaged content, naming the file; what the source fails with, else.
 */
#ifndef EV_ARCHIVE_H
#define EV_ARCHIVE_H

#include "base/cause.h"
#include "source/magic.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The bytes of the file. */
struct archive_source {
	void *context;
	/* Up to len of them: how many, 0 at the end, -1 with a cause. */
	ssize_t (*read)(void *context, void *data, size_t len);
	/* Passes over up to n, and gives how many; may be NULL. */
	int64_t (*skip)(void *context, int64_t n);
	/* As lseek; for a zip archive. */
	int64_t (*seek)(void *context, int64_t offset, int whence);
};

struct archive_member {
	const char *name; /* borrowed until the next; NULL when it has none, or one in no known encoding */
	uint64_t size;
	uint64_t mtime_ns; /* 0 when it is unknown, or before 1970 */
	enum {
		ARCHIVE_REGULAR,
		ARCHIVE_FOLDER,
		ARCHIVE_SYMBOLIC_LINK,
		ARCHIVE_HARD_LINK,
		ARCHIVE_DEVICE, /* and whatever else is no file */
	} kind;
	bool encrypted;
	bool sparse;
};

struct archive_reader;

/* Of a compressed file or of an archive, both by magic.h but for gzip. name is borrowed. */
struct archive_reader *archive_reader_open(enum magic magic, const struct archive_source *source,
					   const char *name) MUST_CHECK;
void archive_reader_close(struct archive_reader *r);
/* The next member of an archive; what is left of the one before it is passed over. 1, 0 at the verified end,
 * -1. */
int archive_reader_next(struct archive_reader *r, struct archive_member *member) MUST_CHECK;
/* Content of the file, or of the member: up to len (> 0) bytes, 0 at the verified end, -1. What came before
 * an error is given first. */
ssize_t archive_reader_read(struct archive_reader *r, void *data, size_t len) MUST_CHECK;

#endif
