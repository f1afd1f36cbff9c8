#include "stream/frame.h"

#include "base/fd.h"

#include <fcntl.h>
#include <string.h>

enum {
	READ_BYTES = 1 << 20,  /* what is asked of one read(2): a whole pipe */
	SMALL_FRAME = 4 << 10, /* payloads up to this are collected before they are written */
	PENDING_BYTES = 64 << 10,
};

struct frame_head {
	uint32_t type;
	uint32_t len;
	uint64_t checksum;
};

_Static_assert(sizeof(struct frame_head) == FRAME_HEAD, "the wire has no padding");

uint64_t frame_checksum(uint32_t type, const void *payload, uint32_t len)
{
	return hash64_seed(payload, len, (uint64_t)type << 32 | len);
}

/* A pipe that holds a whole batch and more: what is written at once is read at once. Best effort: there is a
 * limit for all the pipes of a user. */
static void widen_pipe(int fd)
{
	if (fcntl(fd, F_GETPIPE_SZ) < READ_BYTES)
		fcntl(fd, F_SETPIPE_SZ, READ_BYTES);
}

int frame_reader_open(struct frame_reader *r, int fd, const char *name)
{
	*r = (struct frame_reader){.fd = fd, .name = name, .held = SIZE_MAX};
	widen_pipe(fd);
	return buffer_reserve(&r->buffer, 2 * (size_t)READ_BYTES);
}

void frame_reader_close(struct frame_reader *r)
{
	buffer_free(&r->buffer);
}

/* Moves what must stay to the front, at a multiple of 8, so that what was aligned stays aligned. */
static void compact(struct frame_reader *r)
{
	const size_t keep = (r->held < r->start ? r->held : r->start) & ~(size_t)7;

	if (keep == 0)
		return;
	memmove(r->buffer.data, r->buffer.data + keep, r->buffer.len - keep);
	r->buffer.len -= keep;
	r->start -= keep;
	if (r->held != SIZE_MAX)
		r->held -= keep;
}

int frame_reader_fill(struct frame_reader *r, size_t len)
{
	while (r->buffer.len - r->start < len && !r->ended) {
		const size_t missing = len - (r->buffer.len - r->start);

		if (r->buffer.cap - r->buffer.len < (missing > READ_BYTES ? missing : READ_BYTES))
			compact(r);
		if (buffer_reserve(&r->buffer, missing > READ_BYTES ? missing : READ_BYTES) != 0)
			return -1;
		ssize_t n =
		    fd_read(r->fd, r->buffer.data + r->buffer.len, r->buffer.cap - r->buffer.len, r->name);

		if (n < 0)
			return -1;
		r->ended = n == 0;
		r->buffer.len += (size_t)n;
	}
	return r->buffer.len - r->start >= len;
}

void frame_reader_skip(struct frame_reader *r, size_t len)
{
	r->start += len;
	r->offset += len;
}

static int cut_short(const struct frame_reader *r)
{
	return cause_record(
	    STATUS_SYSTEM,
	    "%s: the stream stops after %llu bytes, without a trailer: an earlier stage failed or was killed",
	    r->name, (unsigned long long)(r->offset + (r->buffer.len - r->start)));
}

static int broken(const struct frame_reader *r, const char *what)
{
	return cause_record(STATUS_INPUT, "%s: broken stream at byte %llu: %s", r->name,
			    (unsigned long long)r->offset, what);
}

int frame_read(struct frame_reader *r, struct frame *f)
{
	struct frame_head head;
	int got = frame_reader_fill(r, FRAME_HEAD);

	if (got <= 0)
		return got == 0 ? cut_short(r) : -1;
	memcpy(&head, r->buffer.data + r->start, sizeof head);
	if (head.len > FRAME_BYTES_MAX)
		return broken(r, "a frame longer than 32 MiB");
	if (head.len % 8 != 0)
		return broken(r, "a frame whose length is no multiple of 8");
	got = frame_reader_fill(r, FRAME_HEAD + (size_t)head.len);
	if (got <= 0)
		return got == 0 ? cut_short(r) : -1;
	*f = (struct frame){head.type, head.len, head.checksum, r->buffer.data + r->start + FRAME_HEAD};
	if (frame_checksum(f->type, f->payload, f->len) != f->checksum)
		return broken(r, "a frame whose checksum does not match");
	frame_reader_skip(r, FRAME_HEAD + (size_t)head.len);
	return 1;
}

void frame_hold(struct frame_reader *r, const struct frame *f)
{
	r->held = (size_t)(f->payload - r->buffer.data);
}

const uint8_t *frame_held(const struct frame_reader *r)
{
	return r->buffer.data + r->held;
}

void frame_drop(struct frame_reader *r)
{
	r->held = SIZE_MAX;
}

int frame_writer_open(struct frame_writer *w, int fd, const char *name)
{
	*w = (struct frame_writer){.fd = fd, .name = name};
	widen_pipe(fd);
	return buffer_reserve(&w->pending, 2 * (size_t)PENDING_BYTES);
}

void frame_writer_close(struct frame_writer *w)
{
	buffer_free(&w->pending);
}

int frame_write_raw(struct frame_writer *w, const void *data, size_t len)
{
	return buffer_append(&w->pending, data, len);
}

int frame_write(struct frame_writer *w, uint32_t type, const void *payload, size_t len, uint64_t *checksum)
{
	if (len > FRAME_BYTES_MAX)
		return cause_record(STATUS_INPUT, "%s: a frame of %zu bytes is more than a stream can carry",
				    w->name, len);
	const struct frame f = {type, (uint32_t)len, frame_checksum(type, payload, (uint32_t)len), payload};

	*checksum = f.checksum;
	return frame_pass(w, &f);
}

int frame_pass(struct frame_writer *w, const struct frame *f)
{
	const struct frame_head head = {f->type, f->len, f->checksum};
	int result;

	if (buffer_append(&w->pending, &head, sizeof head) != 0)
		return -1;
	if (f->len <= SMALL_FRAME) {
		if (buffer_append(&w->pending, f->payload, f->len) != 0)
			return -1;
		return w->pending.len >= PENDING_BYTES ? frame_flush(w) : 0;
	}
	struct iovec iov[2] = {{w->pending.data, w->pending.len}, {(void *)(uintptr_t)f->payload, f->len}};

	result = fd_writev_all(w->fd, iov, 2, w->name);
	buffer_clear(&w->pending);
	return result;
}

int frame_flush(struct frame_writer *w)
{
	int result = fd_write_all(w->fd, w->pending.data, w->pending.len, w->name);

	buffer_clear(&w->pending);
	return result;
}
