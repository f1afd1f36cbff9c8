#include "stream/stream.h"

#include <assert.h>
#include <string.h>

int stream_writer_open(struct stream_writer *w, int fd, const char *name)
{
	*w = (struct stream_writer){0};
	return frame_writer_open(&w->frames, fd, name);
}

void stream_writer_close(struct stream_writer *w)
{
	frame_writer_close(&w->frames);
	buffer_free(&w->payload);
}

static int write_frame(struct stream_writer *w, uint32_t type, const struct buffer *payload)
{
	uint64_t checksum;

	if (frame_write(&w->frames, type, payload->data, payload->len, &checksum) != 0)
		return -1;
	hash_update(&w->hash, &checksum, sizeof checksum);
	w->n_frames++;
	return 0;
}

static int append_number(struct buffer *out, uint64_t number)
{
	return buffer_append(out, &number, sizeof number);
}

static int append_text(struct buffer *out, const char *text)
{
	if (append_number(out, strlen(text)) != 0 || buffer_append_text(out, text) != 0)
		return -1;
	return buffer_pad8(out);
}

int stream_begin(struct stream_writer *w, enum stream_kind kind, const struct columns *columns,
		 const char *command)
{
	struct buffer *out = &w->payload;

	_Static_assert(sizeof STREAM_MAGIC - 1 == STREAM_MAGIC_LEN, "the first line is padded to 48 bytes");
	hash_begin(&w->hash);
	w->n_frames = 0;
	w->n_rows = 0;
	w->inside = true;
	if (frame_write_raw(&w->frames, STREAM_MAGIC, STREAM_MAGIC_LEN) != 0)
		return -1;
	buffer_clear(out);
	if (append_number(out, kind) != 0 || append_text(out, command) != 0 ||
	    append_number(out, columns->n) != 0)
		return -1;
	for (size_t i = 0; i < columns->n; i++) {
		const struct column *c = &columns->items[i];

		if (append_text(out, c->name) != 0 || append_number(out, c->type) != 0 ||
		    append_number(out, c->nullable) != 0)
			return -1;
	}
	return write_frame(w, FRAME_HEADER, out);
}

static int pass_frame(struct stream_writer *w, const struct frame *f)
{
	if (frame_pass(&w->frames, f) != 0)
		return -1;
	hash_update(&w->hash, &f->checksum, sizeof f->checksum);
	w->n_frames++;
	return 0;
}

int stream_pass(struct stream_writer *w, const struct stream *s)
{
	assert(s->type != FRAME_HEADER && s->type != FRAME_TRAILER);
	if (s->type != FRAME_BATCH)
		return pass_frame(w, &s->frame);
	w->n_rows += s->rows;
	for (size_t i = 0; i < s->n_parts; i++) {
		if (pass_frame(w, &s->parts[i]) != 0)
			return -1;
	}
	return 0;
}

static int write_strings(struct stream_writer *w, struct builder *b, size_t first_column)
{
	for (size_t i = 0; i < b->n_columns; i++) {
		int news = builder_encode_strings(b, i, first_column, &w->payload);

		if (news < 0 || (news > 0 && write_frame(w, FRAME_STRINGS, &w->payload) != 0))
			return -1;
	}
	return 0;
}

static int write_resets(struct stream_writer *w, struct builder *b, size_t first_column)
{
	for (size_t i = 0; i < b->n_columns; i++) {
		if (!builder_reset_strings(b, i))
			continue;
		buffer_clear(&w->payload);
		if (append_number(&w->payload, first_column + i) != 0 ||
		    write_frame(w, FRAME_RESET, &w->payload) != 0)
			return -1;
	}
	return 0;
}

int stream_write_batch(struct stream_writer *w, struct builder *b)
{
	const uint32_t rows = builder_rows(b);

	if (rows == 0)
		return 0;
	if (write_strings(w, b, 0) != 0 || builder_encode(b, &w->payload) != 0 ||
	    write_frame(w, FRAME_BATCH, &w->payload) != 0)
		return -1;
	w->n_rows += rows;
	return write_resets(w, b, 0);
}

int stream_pass_extended(struct stream_writer *w, const struct stream *s, struct builder *b,
			 size_t first_column)
{
	assert(s->type == FRAME_BATCH && builder_rows(b) == s->rows);
	if (write_strings(w, b, first_column) != 0 || stream_pass(w, s) != 0 ||
	    builder_encode(b, &w->payload) != 0 || write_frame(w, FRAME_COLUMNS, &w->payload) != 0)
		return -1;
	return write_resets(w, b, first_column);
}

int stream_write_control(struct stream_writer *w, enum frame_type type, const struct buffer *payload)
{
	return write_frame(w, type, payload);
}

int stream_end(struct stream_writer *w)
{
	const struct control_trailer trailer = {w->n_frames, w->n_rows, hash_end(&w->hash).low};

	buffer_clear(&w->payload);
	if (control_encode_trailer(&w->payload, &trailer) != 0 ||
	    write_frame(w, FRAME_TRAILER, &w->payload) != 0)
		return -1;
	w->inside = false;
	return frame_flush(&w->frames);
}

void stream_fail(struct stream_writer *w, const char *tool)
{
	const char *origin = cause_upstream_tool() != NULL ? cause_upstream_tool() : tool;
	const struct control_error error = {text_of(origin), cause_status(), text_of(cause_message())};

	/* A stage that fails before its stream began still has to say so in a stream. */
	if (!w->inside && frame_write_raw(&w->frames, STREAM_MAGIC, STREAM_MAGIC_LEN) != 0)
		return;
	buffer_clear(&w->payload);
	if (control_encode_error(&w->payload, &error) != 0 || write_frame(w, FRAME_ERROR, &w->payload) != 0 ||
	    frame_flush(&w->frames) != 0)
		return; /* the reader is gone, and will see a stream that just stops */
}
