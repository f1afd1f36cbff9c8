#include "inflate_engine.h"

#include <isa-l/igzip_lib.h>
#include <stdlib.h>

static void isal_next_member(void *state)
{
	isal_inflate_reset(state);
	((struct inflate_state *)state)->crc_flag = ISAL_GZIP;
}

static void *isal_create(void)
{
	struct inflate_state *s = malloc(sizeof *s);

	if (s != NULL) {
		isal_inflate_init(s);
		s->crc_flag = ISAL_GZIP;
	}
	return s;
}

static enum inflate_result isal_run(void *state, struct inflate_window *w)
{
	struct inflate_state *s = state;
	int result;

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
