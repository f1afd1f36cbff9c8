#include "source/gzip_header.h"

#include <isa-l/igzip_lib.h>
#include <stdlib.h>

/* ISA-L refuses a head with a checksum of its own that comes in two pieces, and takes one with flags that are
 * reserved; so it gets what is behind the head. */
struct isal {
	struct gzip_header header;
	struct inflate_state state;
};

static void isal_next_member(void *state)
{
	struct isal *z = state;

	z->header = (struct gzip_header){0};
	isal_inflate_reset(&z->state);
	z->state.crc_flag = ISAL_GZIP_NO_HDR_VER;
}

static void *isal_create(void)
{
	struct isal *z = malloc(sizeof *z);

	if (z != NULL) {
		isal_inflate_init(&z->state);
		isal_next_member(z);
	}
	return z;
}

static enum inflate_result isal_run(void *state, struct inflate_window *w)
{
	struct isal *z = state;
	struct inflate_state *s = &z->state;
	const enum inflate_result head = gzip_header_read(&z->header, w);
	int result;

	if (head != INFLATE_END)
		return head;
	s->next_in = (uint8_t *)(uintptr_t)w->in;
	s->avail_in = (uint32_t)w->in_len;
	s->next_out = w->out;
	s->avail_out = (uint32_t)w->out_len;
	result = isal_inflate(s);
	*w = (struct inflate_window){s->next_in, s->avail_in, s->next_out, s->avail_out};
	if (result < 0 || result > ISAL_OUT_OVERFLOW)
		return INFLATE_BAD;
	return s->block_state == ISAL_BLOCK_FINISH ? INFLATE_END : INFLATE_MORE;
}

const struct inflate_engine inflate_isal = {"ISA-L", isal_create, free, isal_next_member, isal_run};
