#include "source/inflate.h"

#include "source/inflate_engine.h"

#include <stdlib.h>

enum { COMPRESSED_BYTES = 64 << 10 };

struct inflate {
	const struct inflate_engine *engine;
	void *state;
	struct inflate_window window;
	inflate_source *source;
	void *context;
	const char *name;
	uint64_t offset; /* of compressed[0] in the file */
	enum { AT_MEMBER, IN_MEMBER, IN_PADDING, AT_END, BROKEN } place;
	struct cause failure; /* BROKEN */
	uint8_t compressed[COMPRESSED_BYTES];
};

struct inflate *inflate_new(const struct inflate_engine *engine, inflate_source *source, void *context,
			    const char *name)
{
	struct inflate *z = calloc(1, sizeof *z);

	if (z == NULL) {
		cause_memory();
		return NULL;
	}
	z->engine = engine != NULL ? engine : &INFLATE_BEST;
	z->source = source;
	z->context = context;
	z->name = name;
	z->window.in = z->compressed;
	z->state = z->engine->create();
	if (z->state == NULL) {
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
	z->engine->destroy(z->state);
	cause_free(&z->failure);
	free(z);
}

/* The place in the file that the window has come to. */
static uint64_t position(const struct inflate *z)
{
	return z->offset + (uint64_t)(z->window.in - z->compressed);
}

static int damaged(const struct inflate *z, const char *what)
{
	return cause_record(STATUS_INPUT, "%s: %s at compressed byte %llu", z->name, what,
			    (unsigned long long)position(z));
}

/* Fresh compressed bytes when there are none left: 1, 0 at the end of the file, -1. */
static int refill(struct inflate *z)
{
	if (z->window.in_len > 0)
		return 1;
	z->offset = position(z);
	z->window.in = z->compressed;
	const ssize_t n = z->source(z->context, z->compressed, sizeof z->compressed);

	if (n < 0)
		return -1;
	z->window.in_len = (size_t)n;
	return n > 0;
}

/* The same between members, where the file may end. */
static int refill_or_end(struct inflate *z)
{
	const int more = refill(z);

	if (more == 0)
		z->place = AT_END;
	return more;
}

/* Between members: decides what comes next. */
static int begin_member(struct inflate *z)
{
	const int more = refill_or_end(z);

	if (more <= 0)
		return more;
	if (*z->window.in == 0 && position(z) > 0) {
		z->place = IN_PADDING;
		return 0;
	}
	if (*z->window.in != 0x1f)
		return damaged(z, "bytes that are no gzip member");
	z->place = IN_MEMBER;
	return 0;
}

static int skip_padding(struct inflate *z)
{
	const int more = refill_or_end(z);

	if (more <= 0)
		return more;
	while (z->window.in_len > 0 && *z->window.in == 0) {
		z->window.in++;
		z->window.in_len--;
	}
	return z->window.in_len == 0 ? 0 : damaged(z, "bytes that are no gzip member");
}

static int inflate_some(struct inflate *z)
{
	const int more = refill(z);
	const size_t room = z->window.out_len;
	enum inflate_result result;

	if (more < 0)
		return -1;
	result = z->engine->run(z->state, &z->window);
	switch (result) {
	case INFLATE_MORE:
		/* An engine may hold back content that it has read already: only without any is the end
		 * early. */
		if (more == 0 && z->window.out_len == room)
			return damaged(z, "gzip data cut short: the file ends inside a member");
		return 0;
	case INFLATE_END:
		z->place = AT_MEMBER;
		z->engine->next_member(z->state);
		return 0;
	case INFLATE_MEMORY: return cause_memory();
	default: return damaged(z, "corrupt gzip data");
	}
}

ssize_t inflate_read(struct inflate *z, void *data, size_t len)
{
	const size_t room = len > 1U << 30 ? 1U << 30 : len;

	z->window.out = data;
	z->window.out_len = room;
	while (z->window.out_len > 0 && z->place != AT_END && z->place != BROKEN) {
		int result = 0;

		switch (z->place) {
		case AT_MEMBER: result = begin_member(z); break;
		case IN_MEMBER: result = inflate_some(z); break;
		case IN_PADDING: result = skip_padding(z); break;
		default: break;
		}
		if (result != 0) {
			z->place = BROKEN;
			cause_keep(&z->failure);
		}
	}
	/* What came before the damage is given first: the error is the next call's. */
	if (z->place == BROKEN && z->window.out_len == room)
		return cause_give(&z->failure);
	return (ssize_t)(room - z->window.out_len);
}
