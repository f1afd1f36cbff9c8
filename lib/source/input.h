/*
 * input -- the bytes of one source, plain or compressed: told apart by their first bytes, never by name.
 *
 * Content that is itself compressed, or an archive, is no source: reading it is an error that says so. What
 * is in an archive is had through bundle.h.
 *
 * Errors: STATUS_INPUT for damaged content, STATUS_SYSTEM for what cannot be opened or read, both naming the
 * source.
 */
#ifndef EV_INPUT_H
#define EV_INPUT_H

#include "base/buffer.h"
#include "source/magic.h"

#include <stdbool.h>
#include <sys/types.h>

struct input;

/* Opens a file; - is not special here. */
struct input *input_open(const char *path) MUST_CHECK;
/* Takes over nothing: fd stays the caller's, name is copied. first: bytes already read from fd, copied. */
struct input *input_open_fd(int fd, const char *name, const struct buffer *first) MUST_CHECK;
/* Bytes from elsewhere: up to len of them, how many, 0 at the end, -1 with a cause. */
typedef ssize_t input_source(void *context, void *data, size_t len);
struct input *input_open_source(input_source *source, void *context, const char *name) MUST_CHECK;
void input_close(struct input *in);
/* Up to len (> 0) bytes of content: how many, 0 at the verified end, -1. */
ssize_t input_read(struct input *in, void *data, size_t len) MUST_CHECK;
/* Whether the -1 above was for damaged content (what came before it is whole) rather than for the system. */
bool input_is_damaged(const struct input *in);

/* What the content is: lines or an archive, or else what cannot be read. Before the first input_read. */
enum magic input_content(struct input *in);
/* The same bytes as input_read gives, whatever they are. */
ssize_t input_read_any(struct input *in, void *data, size_t len) MUST_CHECK;
/* Passes over up to n bytes of content without reading them: how many, which may be none. */
int64_t input_skip(struct input *in, int64_t n);
/* Whether it is a file of its own, as it is. */
bool input_is_plain_file(const struct input *in);
/* Moves about in a plain file, as lseek: the place, or -1 where that cannot be done. */
int64_t input_seek(struct input *in, int64_t offset, int whence) MUST_CHECK;
const char *input_name(const struct input *in);

/* Reads at least len bytes from fd unless it ends first: to look at what is coming. */
int input_peek(int fd, const char *name, size_t len, struct buffer *first) MUST_CHECK;

#endif
