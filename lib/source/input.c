#include "source/input.h"

#include "base/fd.h"
#include "source/inflate.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PEEK_BYTES = 4096 };

struct input {
	char *name;
	int fd;
	bool is_ours; /* close it */
	bool damaged;
	struct buffer first; /* read, and not yet given */
	size_t first_at;
	struct inflate *inflate; /* NULL for plain bytes */
};

int input_peek(int fd, const char *name, size_t len, struct buffer *first)
{
	while (first->len < len) {
		if (buffer_reserve(first, PEEK_BYTES) != 0)
			return -1;
		const ssize_t n = fd_read(fd, first->data + first->len, PEEK_BYTES, name);

		if (n < 0)
			return -1;
		if (n == 0)
			return 0;
		first->len += (size_t)n;
	}
	return 0;
}

static ssize_t read_raw(void *context, void *data, size_t len)
{
	struct input *in = context;
	const size_t left = in->first.len - in->first_at;

	if (left == 0)
		return fd_read(in->fd, data, len, in->name);
	if (len > left)
		len = left;
	memcpy(data, in->first.data + in->first_at, len);
	in->first_at += len;
	return (ssize_t)len;
}

struct input *input_open_fd(int fd, const char *name, const struct buffer *first)
{
	static const uint8_t gzip[2] = {0x1f, 0x8b};
	struct input *in = calloc(1, sizeof *in);

	if (in == NULL || (in->name = strdup(name)) == NULL) {
		cause_memory();
		free(in);
		return NULL;
	}
	in->fd = fd;
	if (first != NULL && buffer_append(&in->first, first->data, first->len) != 0)
		goto fail;
	/* Enough to know gzip, and a byte order mark, by the first piece. */
	if (input_peek(fd, name, 4, &in->first) != 0)
		goto fail;
	/* A file cut off within these two bytes is not a line. */
	if (in->first.len > 0 &&
	    memcmp(in->first.data, gzip, in->first.len < sizeof gzip ? in->first.len : sizeof gzip) == 0) {
		in->inflate = inflate_new(NULL, read_raw, in, in->name);
		if (in->inflate == NULL)
			goto fail;
	}
	return in;
fail:
	input_close(in);
	return NULL;
}

struct input *input_open(const char *path)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct input *in;

	if (fd < 0) {
		cause_system("%s", path);
		return NULL;
	}
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	in = input_open_fd(fd, path, NULL);
	if (in == NULL)
		close(fd);
	else
		in->is_ours = true;
	return in;
}

void input_close(struct input *in)
{
	if (in == NULL)
		return;
	inflate_free(in->inflate);
	buffer_free(&in->first);
	if (in->is_ours)
		close(in->fd);
	free(in->name);
	free(in);
}

ssize_t input_read(struct input *in, void *data, size_t len)
{
	ssize_t n;

	if (in->inflate == NULL)
		return read_raw(in, data, len);
	n = inflate_read(in->inflate, data, len);
	in->damaged = n < 0 && cause_status() == STATUS_INPUT;
	return n;
}

bool input_is_damaged(const struct input *in)
{
	return in->damaged;
}
