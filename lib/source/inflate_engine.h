/*
 * inflate_engine -- the libraries that inflate, each behind the same few functions: gzip members of RFC 1952,
 * their CRC and length checked. inflate.c does the rest, so that all engines give the same bytes and refuse
 * the same files.
 */
#ifndef EV_INFLATE_ENGINE_H
#define EV_INFLATE_ENGINE_H

#include <stddef.h>
#include <stdint.h>

struct inflate_window {
	const uint8_t *in;
	size_t in_len;
	uint8_t *out;
	size_t out_len;
};

enum inflate_result {
	INFLATE_MORE, /* the window's input or its room is used up */
	INFLATE_END,  /* the member has ended, and in is behind it */
	INFLATE_BAD,  /* no gzip, or corrupt */
	INFLATE_MEMORY,
};

struct inflate_engine {
	const char *name;
	void *(*create)(void); /* ready for a member; NULL when memory ran out */
	void (*destroy)(void *state);
	void (*next_member)(void *state);
	/* Moves the window over what it has read and written. */
	enum inflate_result (*run)(void *state, struct inflate_window *window);
};

extern const struct inflate_engine inflate_zlib;
#if EV_ISAL
extern const struct inflate_engine inflate_isal;
#define INFLATE_BEST inflate_isal
#else
#define INFLATE_BEST inflate_zlib
#endif

#endif
