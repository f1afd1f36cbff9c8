/*
 * inflate -- gzip to bytes: all members, every CRC and length checked (RFC 1952).
 *
 * The one seam behind which the inflating library sits. Compressed bytes come from a callback, so that
 * nothing is read twice. Zero bytes behind the last member are padding; anything else there is an error.
 * Errors: STATUS_INPUT naming the source and the offset in the compressed file.
 */
#ifndef EV_INFLATE_H
#define EV_INFLATE_H

#include "base/cause.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Up to len compressed bytes into data: how many, 0 at the end, -1 with a cause. */
typedef ssize_t inflate_source(void *context, void *data, size_t len);

struct inflate;
struct inflate_engine;

/* name is borrowed; engine is one of inflate_engine.h, or NULL for the best there is. */
struct inflate *inflate_new(const struct inflate_engine *engine, inflate_source *source, void *context,
			    const char *name) MUST_CHECK;
void inflate_free(struct inflate *z);
/* Up to len (> 0) bytes of content: how many, 0 at the verified end, -1. */
ssize_t inflate_read(struct inflate *z, void *data, size_t len) MUST_CHECK;

#endif
