/*
 * bundle -- an archive, tar or zip, compressed or not, as the sources in it.
 *
 * A member is a source of its own, called ARCHIVE#NAME. It is content as that of a file is: plain, or
 * compressed, by gzip too, and then every checksum in it is verified. The archive is read once, front to
 * back; what is not asked for is passed over.
 *
 * Folders are no members. Links, devices, and names that a folder's files would be ignored for (bronze.h)
 * are ignored, with a reason. Refused is what makes the names of sources doubtful, or content that cannot be
 * had: absolute names, those with "..", "." or nothing between slashes, without UTF-8, the same name twice;
 * encrypted and sparse members.
 *
 * Errors: STATUS_INPUT, naming the archive; STATUS_SYSTEM.
 */
#ifndef EV_BUNDLE_H
#define EV_BUNDLE_H

#include "base/text.h"
#include "source/input.h"

struct bundle;

struct bundle_member {
	const char *name; /* borrowed until the next; without "./" before it */
	uint64_t size;    /* bytes, as they are in the archive when that itself is not compressed */
	uint64_t mtime_ns;
	const char *ignored; /* why, or NULL */
};

/* Between the path of the archive and the name in it. */
enum { BUNDLE_MARK = '#' };

/*
 * The archive in a path like ARCHIVE#MEMBER, for names may hold the mark too: the length of the longest
 * beginning of the path, before a mark, that is a file; 0 when there is none, or the whole path is there.
 * The path is within a folder, as for fstatat.
 */
size_t bundle_in_path(int folder, struct text path);

/* Of an input whose content is an archive. Takes it, whatever the result. */
struct bundle *bundle_open(struct input *in) MUST_CHECK;
void bundle_close(struct bundle *b);
/* The next member: 1, 0 at the verified end, -1. */
int bundle_next(struct bundle *b, struct bundle_member *member) MUST_CHECK;
/* The content of the member at hand, once; to be closed before the next. NULL: -1. */
struct input *bundle_input(struct bundle *b) MUST_CHECK;
/* Whether the -1 of bundle_next was for damage, and not for what is refused. */
bool bundle_is_damaged(const struct bundle *b);

#endif
