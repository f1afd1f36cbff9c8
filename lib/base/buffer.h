/*
 * buffer -- bytes that grow.
 *
 * {0} is an empty buffer. data[0 .. len) is the content, cap >= len is what is allocated. Growth doubles, so
 * that a buffer that is cleared and filled again stops allocating once warm. Pointers into data die at the
 * next growth. Errors: -1 when memory ran out (cause recorded); the content is then as before.
 */
#ifndef EV_BUFFER_H
#define EV_BUFFER_H

#include "base/cause.h"

#include <stddef.h>
#include <stdint.h>

struct buffer {
	uint8_t *data;
	size_t len;
	size_t cap;
};

/* Room for extra more bytes behind len. data is aligned to 16 and, once reserved, not NULL. */
int buffer_reserve(struct buffer *b, size_t extra) MUST_CHECK;
int buffer_append(struct buffer *b, const void *data, size_t len) MUST_CHECK;
int buffer_append_text(struct buffer *b, const char *text) MUST_CHECK;
int buffer_printf(struct buffer *b, const char *format, ...) MUST_CHECK __attribute__((format(printf, 2, 3)));
/* Zero bytes up to the next multiple of 8. */
int buffer_pad8(struct buffer *b) MUST_CHECK;
/* The content as a C string: a NUL behind len that does not count. NULL when memory ran out. */
const char *buffer_text(struct buffer *b) MUST_CHECK;
void buffer_clear(struct buffer *b); /* keeps the memory */
void buffer_free(struct buffer *b);  /* back to {0} */

/* For arrays: grows *items (elements of size bytes, *cap of them) to hold at least need; returns 0 or -1. */
int array_reserve(void *items, size_t *cap, size_t need, size_t size) MUST_CHECK;

#endif
