/*
 * input -- the bytes of one source, plain or gzipped: told apart by their first bytes, never by name.
 *
 * Errors: STATUS_INPUT for damaged content, STATUS_SYSTEM for what cannot be opened or read, both naming the
 * source.
 */
#ifndef EV_INPUT_H
#define EV_INPUT_H

#include "base/buffer.h"

#include <stdbool.h>
#include <sys/types.h>

struct input;

/* Opens a file; - is not special here. */
struct input *input_open(const char *path) MUST_CHECK;
/* Takes over nothing: fd stays the caller's, name is copied. first: bytes already read from fd, copied. */
struct input *input_open_fd(int fd, const char *name, const struct buffer *first) MUST_CHECK;
void input_close(struct input *in);
/* Up to len (> 0) bytes of content: how many, 0 at the verified end, -1. */
ssize_t input_read(struct input *in, void *data, size_t len) MUST_CHECK;
/* Whether the -1 above was for damaged content (what came before it is whole) rather than for the system. */
bool input_is_damaged(const struct input *in);

/* Reads at least len bytes from fd unless it ends first: to look at what is coming. */
int input_peek(int fd, const char *name, size_t len, struct buffer *first) MUST_CHECK;

#endif
