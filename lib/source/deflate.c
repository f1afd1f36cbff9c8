#include "source/deflate.h"

#include "base/fd.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

enum { OUT_BYTES = 128 << 10, WINDOW_BITS_GZIP = 15 + 16, MEMORY_LEVEL = 9 };

struct deflate {
	z_stream z;
	int fd;
	const char *name;
	unsigned char out[OUT_BYTES];
};

struct deflate *deflate_open(int fd, int level, const char *name)
{
	struct deflate *d = calloc(1, sizeof *d);

	if (d == NULL) {
		cause_memory();
		return NULL;
	}
	d->fd = fd;
	d->name = name;
	if (deflateInit2(&d->z, level, Z_DEFLATED, WINDOW_BITS_GZIP, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) !=
	    Z_OK) {
		cause_record(STATUS_SYSTEM, "%s: zlib: cannot start to compress", name);
		free(d);
		return NULL;
	}
	d->z.next_out = d->out;
	d->z.avail_out = OUT_BYTES;
	return d;
}

static int flush_out(struct deflate *d)
{
	if (fd_write_all(d->fd, d->out, OUT_BYTES - d->z.avail_out, d->name) != 0)
		return -1;
	d->z.next_out = d->out;
	d->z.avail_out = OUT_BYTES;
	return 0;
}

int deflate_write(struct deflate *d, const void *data, size_t len)
{
	const unsigned char *p = data;

	while (len > 0) {
		uInt take = len < INT_MAX ? (uInt)len : INT_MAX;

		d->z.next_in = (unsigned char *)(uintptr_t)p;
		d->z.avail_in = take;
		while (d->z.avail_in > 0) {
			if (deflate(&d->z, Z_NO_FLUSH) != Z_OK)
				return cause_record(STATUS_SYSTEM, "%s: zlib: cannot compress", d->name);
			if (d->z.avail_out == 0 && flush_out(d) != 0)
				return -1;
		}
		p += take;
		len -= take;
	}
	return 0;
}

int deflate_close(struct deflate *d)
{
	int result = 0;
	int step;

	d->z.avail_in = 0;
	do {
		step = deflate(&d->z, Z_FINISH);
		if (step != Z_OK && step != Z_STREAM_END && step != Z_BUF_ERROR)
			result = cause_record(STATUS_SYSTEM, "%s: zlib: cannot compress", d->name);
		if (result == 0)
			result = flush_out(d);
	} while (result == 0 && step != Z_STREAM_END);
	deflate_abandon(d);
	return result;
}

void deflate_abandon(struct deflate *d)
{
	if (d == NULL)
		return;
	deflateEnd(&d->z);
	free(d);
}
