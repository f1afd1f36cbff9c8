#include "inflate.h"

#include <stdlib.h>
#include <zlib.h>

enum { COMPRESSED_BYTES = 64 << 10 };

struct inflate {
	z_stream z;
	inflate_source *source;
	void *context;
	const char *name;
	uint64_t offset; /* of compressed bytes consumed before z.next_in */
	enum { AT_MEMBER, IN_MEMBER, IN_PADDING, AT_END } place;
	unsigned char compressed[COMPRESSED_BYTES];
};

struct inflate *inflate_new(inflate_source *source, void *context, const char *name)
{
	struct inflate *z = calloc(1, sizeof *z);

	if (z == NULL) {
		cause_memory();
		return NULL;
	}
	z->source = source;
	z->context = context;
	z->name = name;
	if (inflateInit2(&z->z, 16 + MAX_WBITS) != Z_OK) {
		cause_memory();
		free(z);
		return NULL;
	}
	return z;
}

void inflate_free(struct inflate *z)
{
	if (z == NULL)
		return;
	inflateEnd(&z->z);
	free(z);
}

static int damaged(const struct inflate *z, const char *what)
{
	const uint64_t at = z->offset + (uint64_t)(z->z.next_in - z->compressed);

	return cause_record(STATUS_INPUT, "%s: %s at compressed byte %llu", z->name, what,
			    (unsigned long long)at);
}

/* Fresh compressed bytes when there are none left: 1, 0 at the end of the file, -1. */
static int refill(struct inflate *z)
{
	if (z->z.avail_in > 0)
		return 1;
	if (z->z.next_in != NULL)
		z->offset += (uint64_t)(z->z.next_in - z->compressed);
	z->z.next_in = z->compressed;
	const ssize_t n = z->source(z->context, z->compressed, sizeof z->compressed);

	if (n < 0)
		return -1;
	z->z.avail_in = (unsigned)n;
	return n > 0;
}

/* Between members: decides what comes next. */
static int begin_member(struct inflate *z)
{
	const int more = refill(z);

	if (more < 0)
		return -1;
	if (more == 0) {
		z->place = AT_END;
		return 0;
	}
	if (*z->z.next_in == 0 && z->offset + (uint64_t)(z->z.next_in - z->compressed) > 0) {
		z->place = IN_PADDING;
		return 0;
	}
	if (*z->z.next_in != 0x1f)
		return damaged(z, "bytes that are no gzip member");
	z->place = IN_MEMBER;
	return 0;
}

static int skip_padding(struct inflate *z)
{
	const int more = refill(z);

	if (more < 0)
		return -1;
	if (more == 0) {
		z->place = AT_END;
		return 0;
	}
	while (z->z.avail_in > 0 && *z->z.next_in == 0) {
		z->z.next_in++;
		z->z.avail_in--;
	}
	return z->z.avail_in == 0 ? 0 : damaged(z, "bytes that are no gzip member");
}

static int inflate_some(struct inflate *z)
{
	const int more = refill(z);

	if (more < 0)
		return -1;
	if (more == 0)
		return damaged(z, "gzip data cut short: the file ends inside a member");
	switch (inflate(&z->z, Z_NO_FLUSH)) {
	case Z_OK:
	case Z_BUF_ERROR: return 0;
	case Z_STREAM_END: z->place = AT_MEMBER; return inflateReset(&z->z) == Z_OK ? 0 : cause_memory();
	case Z_MEM_ERROR: return cause_memory();
	default: return damaged(z, z->z.msg != NULL ? z->z.msg : "corrupt gzip data");
	}
}

ssize_t inflate_read(struct inflate *z, void *data, size_t len)
{
	const unsigned room = len > 1U << 30 ? 1U << 30 : (unsigned)len;

	z->z.next_out = data;
	z->z.avail_out = room;
	while (z->z.avail_out > 0 && z->place != AT_END) {
		int result = 0;

		switch (z->place) {
		case AT_MEMBER: result = begin_member(z); break;
		case IN_MEMBER: result = inflate_some(z); break;
		case IN_PADDING: result = skip_padding(z); break;
		case AT_END: break;
		}
		/* What was whole before the damage is given first: the error comes back with the next call.
		 */
		if (result != 0)
			return room > z->z.avail_out ? (ssize_t)(room - z->z.avail_out) : -1;
	}
	return (ssize_t)(room - z->z.avail_out);
}
