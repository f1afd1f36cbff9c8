/*
 * deflate -- gzip output, by zlib.
 *
 * What is written ends up, compressed, in a descriptor that the caller opened and closes. The gzip header
 * holds no name and no time, so equal input gives equal bytes. Errors: -1, cause recorded with the name
 * given.
 */
#ifndef EV_DEFLATE_H
#define EV_DEFLATE_H

#include "base/cause.h"

#include <stddef.h>

struct deflate;

/* level is zlib's, 1 to 9; name is for messages and borrowed. NULL on error. */
struct deflate *deflate_open(int fd, int level, const char *name) MUST_CHECK;
int deflate_write(struct deflate *d, const void *data, size_t len) MUST_CHECK;
/* Writes all that is pending and the member's end, and frees d, also on error. */
int deflate_close(struct deflate *d) MUST_CHECK;
/* Frees d; the output is left incomplete. */
void deflate_abandon(struct deflate *d);

#endif
