#include "source/input.h"

#include "base/fd.h"
#include "source/archive.h"
#include "source/inflate.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PEEK_BYTES = 4096 };

struct input {
	char *name;
	input_source *source;
	void *context;
	int fd;       /* -1 when it has another source */
	bool is_ours; /* close it */
	bool damaged;
	bool looked;
	enum magic packed;   /* by its first bytes, or NONE */
	enum magic content;  /* what is in it, once looked at */
	struct buffer first; /* of the file: read, and not yet given */
	size_t first_at;
	uint8_t head[MAGIC_BYTES]; /* of what is compressed: the same */
	size_t head_at, head_len;
	struct inflate *inflate;
	struct archive_reader *unpack;
};

/* --- the file --------------------------------------------------------------------------------------------
 */

static int peek(input_source *source, void *context, size_t len, struct buffer *first)
{
	while (first->len < len) {
		if (buffer_reserve(first, PEEK_BYTES) != 0)
			return -1;
		const ssize_t n = source(context, first->data + first->len, PEEK_BYTES);

		if (n < 0)
			return -1;
		if (n == 0)
			return 0;
		first->len += (size_t)n;
	}
	return 0;
}

struct file {
	int fd;
	const char *name;
};

static ssize_t read_file(void *context, void *data, size_t len)
{
	const struct file *f = context;

	return fd_read(f->fd, data, len, f->name);
}

int input_peek(int fd, const char *name, size_t len, struct buffer *first)
{
	struct file f = {fd, name};

	return peek(read_file, &f, len, first);
}

static ssize_t read_fd(void *context, void *data, size_t len)
{
	const struct input *in = context;

	return fd_read(in->fd, data, len, in->name);
}

static ssize_t read_raw(void *context, void *data, size_t len)
{
	struct input *in = context;
	const size_t left = in->first.len - in->first_at;

	if (left == 0)
		return in->source(in->context, data, len);
	if (len > left)
		len = left;
	memcpy(data, in->first.data + in->first_at, len);
	in->first_at += len;
	return (ssize_t)len;
}

/* --- opening ---------------------------------------------------------------------------------------------
 */

static struct input *make(const char *name)
{
	struct input *in = calloc(1, sizeof *in);

	if (in == NULL || (in->name = strdup(name)) == NULL) {
		cause_memory();
		free(in);
		return NULL;
	}
	in->fd = -1;
	return in;
}

/* Its first bytes say how it is read. */
static int begin(struct input *in)
{
	const struct archive_source source = {.context = in, .read = read_raw};

	if (peek(in->source, in->context, MAGIC_BYTES, &in->first) != 0)
		return -1;
	in->packed = magic_of(in->first.data, in->first.len);
	if (in->packed == MAGIC_GZIP) {
		in->inflate = inflate_new(NULL, read_raw, in, in->name);
		return in->inflate != NULL ? 0 : -1;
	}
	if (magic_is_packed(in->packed)) {
		in->unpack = archive_reader_open(in->packed, &source, in->name);
		return in->unpack != NULL ? 0 : -1;
	}
	in->content = in->packed;
	in->looked = true;
	return 0;
}

struct input *input_open_fd(int fd, const char *name, const struct buffer *first)
{
	struct input *in = make(name);

	if (in == NULL)
		return NULL;
	in->fd = fd;
	in->source = read_fd;
	in->context = in;
	if ((first != NULL && buffer_append(&in->first, first->data, first->len) != 0) || begin(in) != 0) {
		input_close(in);
		return NULL;
	}
	return in;
}

struct input *input_open_source(input_source *source, void *context, const char *name)
{
	struct input *in = make(name);

	if (in == NULL)
		return NULL;
	in->source = source;
	in->context = context;
	if (begin(in) != 0) {
		input_close(in);
		return NULL;
	}
	return in;
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
	archive_reader_close(in->unpack);
	buffer_free(&in->first);
	if (in->is_ours)
		close(in->fd);
	free(in->name);
	free(in);
}

/* --- its content -----------------------------------------------------------------------------------------
 */

static ssize_t read_content(struct input *in, void *data, size_t len)
{
	ssize_t n;

	if (in->inflate == NULL && in->unpack == NULL)
		return read_raw(in, data, len);
	n = in->inflate != NULL ? inflate_read(in->inflate, data, len)
				: archive_reader_read(in->unpack, data, len);
	in->damaged = n < 0 && cause_status() == STATUS_INPUT;
	return n;
}

enum magic input_content(struct input *in)
{
	ssize_t n;

	if (in->looked)
		return in->content;
	in->looked = true;
	/* An error is told to who reads. */
	n = read_content(in, in->head, sizeof in->head);
	if (n < 0)
		cause_clear();
	in->head_len = n > 0 ? (size_t)n : 0;
	in->content = magic_of(in->head, in->head_len);
	return in->content;
}

ssize_t input_read_any(struct input *in, void *data, size_t len)
{
	const size_t left = in->head_len - in->head_at;

	if (left == 0)
		return read_content(in, data, len);
	if (len > left)
		len = left;
	memcpy(data, in->head + in->head_at, len);
	in->head_at += len;
	return (ssize_t)len;
}

/* More than the head, if there is more: else the first piece would be a small one. */
static ssize_t read_first(struct input *in, void *data, size_t len)
{
	const ssize_t head = input_read_any(in, data, len);
	ssize_t n;

	if (head <= 0 || (size_t)head == len)
		return head;
	n = read_content(in, (char *)data + head, len - (size_t)head);
	if (n < 0)
		cause_clear(); /* the next call's */
	return n > 0 ? head + n : head;
}

ssize_t input_read(struct input *in, void *data, size_t len)
{
	if (input_content(in) != MAGIC_NONE) {
		const char *what = magic_name(in->content);

		return magic_is_archive(in->content)
			   ? cause_record(STATUS_INPUT, "%s: %s%s archive, where lines should be", in->name,
					  in->packed != in->content ? "in it is a " : "a ", what)
			   : cause_record(STATUS_INPUT, "%s: compressed twice, by %s within %s", in->name,
					  what, magic_name(in->packed));
	}
	return in->head_at < in->head_len ? read_first(in, data, len) : read_content(in, data, len);
}

bool input_is_damaged(const struct input *in)
{
	return in->damaged;
}

const char *input_name(const struct input *in)
{
	return in->name;
}

int64_t input_skip(struct input *in, int64_t n)
{
	const size_t left = in->first.len - in->first_at;

	if (!input_is_plain_file(in))
		return 0;
	if (left > 0) {
		n = (uint64_t)n < left ? n : (int64_t)left;
		in->first_at += (size_t)n;
		return n;
	}
	return lseek(in->fd, n, SEEK_CUR) < 0 ? 0 : n;
}

bool input_is_plain_file(const struct input *in)
{
	struct stat st;

	return in->inflate == NULL && in->unpack == NULL && in->fd >= 0 && fstat(in->fd, &st) == 0 &&
	       S_ISREG(st.st_mode);
}

int64_t input_seek(struct input *in, int64_t offset, int whence)
{
	int64_t place = -1;

	if (whence == SEEK_CUR)
		offset -= (int64_t)(in->first.len - in->first_at);
	if (input_is_plain_file(in))
		place = lseek(in->fd, offset, whence);
	if (place < 0)
		return cause_system("%s", in->name);
	in->first_at = in->first.len;
	return place;
}
