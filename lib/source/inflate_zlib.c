#include "source/inflate_engine.h"

#include <stdlib.h>
#include <zlib.h>

static void *zlib_create(void)
{
	z_stream *z = calloc(1, sizeof *z);

	if (z != NULL && inflateInit2(z, 16 + MAX_WBITS) != Z_OK) {
		free(z);
		z = NULL;
	}
	return z;
}

static void zlib_destroy(void *state)
{
	inflateEnd(state);
	free(state);
}

static void zlib_next_member(void *state)
{
	inflateReset(state);
}

static enum inflate_result zlib_run(void *state, struct inflate_window *w)
{
	z_stream *z = state;
	int result;

	z->next_in = (unsigned char *)(uintptr_t)w->in;
	z->avail_in = (unsigned)w->in_len;
	z->next_out = w->out;
	z->avail_out = (unsigned)w->out_len;
	result = inflate(z, Z_NO_FLUSH);
	*w = (struct inflate_window){z->next_in, z->avail_in, z->next_out, z->avail_out};
	switch (result) {
	case Z_OK:
	case Z_BUF_ERROR: return INFLATE_MORE;
	case Z_STREAM_END: return INFLATE_END;
	case Z_MEM_ERROR: return INFLATE_MEMORY;
	default: return INFLATE_BAD;
	}
}

const struct inflate_engine inflate_zlib = {"zlib", zlib_create, zlib_destroy, zlib_next_member, zlib_run};
