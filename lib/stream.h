/*
 * stream -- header, frames, trailer; the trailer is the commit.
 *
 * Reader. stream_next gives one item after another:
 *   1   an item: stream->type says which, and the member of the same name holds it
 *   0   the verified end of the input: every stream in it had its trailer, and it matched
 *  -1   an error, cause recorded. An error frame of an earlier stage is such an error, with
 * cause_is_upstream(). Streams may follow one another: each starts with a FRAME_HEADER item and ends with a
 * FRAME_TRAILER item. A batch is given when all its columns are there: FRAME_BATCH with stream->batch, rows
 * of the last source. Dictionaries are kept by the reader; FRAME_STRINGS and FRAME_RESET items matter only to
 * who passes them on, and FRAME_COLUMNS never appears (it has been joined to its batch).
 *
 * Writer. A stage that passes a stream on calls stream_begin for the header item, stream_pass for what it
 * does not change, and stream_end for the trailer item, once everything it did is durable. A stage that fails
 * calls stream_fail. Closing without either leaves a stream that just stops, which every reader takes for a
 * failure.
 */
#ifndef EV_STREAM_H
#define EV_STREAM_H

#include "batch.h"
#include "builder.h"
#include "control.h"
#include "frame.h"

#define STREAM_MAGIC "evlake stream 1 (binary: read it with evcat)\n\n\n\n"
enum { STREAM_MAGIC_LEN = 48 };

enum stream_kind {
	STREAM_PLAN = 1,    /* control frames: a run and its wants */
	STREAM_EVENTS = 2,  /* rows as the schema has them, and rejects */
	STREAM_SILVER = 3,  /* with Silver's own columns added */
	STREAM_PARTIAL = 4, /* aggregate state */
};

const char *stream_kind_name(enum stream_kind kind); /* "plan", "events", "silver", "partial" */

struct stream {
	/* The item. */
	uint32_t type;
	struct frame frame; /* as it was read: what stream_pass takes */
	struct batch batch;
	struct control_run run;
	struct control_want want;
	struct control_source source;
	struct control_source_end source_end;
	struct control_reject reject;
	struct control_staged staged;
	struct control_tally tally;
	/* The stream it is in. */
	enum stream_kind kind;
	struct columns columns;
	struct text command; /* the command that wrote it */
	/* Its own. */
	struct frame_reader frames;
	struct strings *dictionaries; /* one for each column */
	struct vector *vectors;
	size_t n_state; /* how many of both */
	uint64_t n_frames;
	uint64_t n_rows;
	struct hash_stream hash;
	bool inside; /* between a header and its trailer */
	bool joined; /* the item's batch came with a FRAME_COLUMNS, `added` */
	struct frame added;
	uint32_t held_len;
	char *command_copy;
};

/* Reads fd. accept is a set of (1 << kind): anything else is refused by name. No byte at all is an error. */
int stream_open(struct stream *s, int fd, const char *name) MUST_CHECK;
int stream_next(struct stream *s) MUST_CHECK;
/* For tools that take some kinds only: STATUS_INPUT naming kind and tool unless the stream's kind is in the
 * set. */
int stream_accept(const struct stream *s, unsigned kinds, const char *tool) MUST_CHECK;
void stream_close(struct stream *s);

struct stream_writer {
	struct frame_writer frames;
	struct buffer payload; /* scratch for encoding */
	size_t first_column;   /* number on the wire of the builder's first column */
	uint64_t n_frames;
	uint64_t n_rows;
	struct buffer checksums;
	struct hash_stream hash;
};

int stream_writer_open(struct stream_writer *w, int fd, const char *name) MUST_CHECK;
void stream_writer_close(struct stream_writer *w);
/* command is what wrote it, for people. */
int stream_begin(struct stream_writer *w, enum stream_kind kind, const struct columns *columns,
		 const char *command) MUST_CHECK;
/* The item that the reader holds, unchanged. A batch with joined columns is passed as both its frames. */
int stream_pass(struct stream_writer *w, const struct stream *s) MUST_CHECK;
/* The builder's rows as a batch, with whatever its dictionaries have to tell first. No rows, nothing written.
 */
int stream_write_batch(struct stream_writer *w, struct builder *b) MUST_CHECK;
/* The same as more columns of the batch passed before; the builder's column 0 is column first_column of the
 * stream. */
int stream_write_columns(struct stream_writer *w, struct builder *b, size_t first_column) MUST_CHECK;
/* A control frame: the payload that a control_encode_* made. */
int stream_write_control(struct stream_writer *w, enum frame_type type,
			 const struct buffer *payload) MUST_CHECK;
/* The trailer, and everything before it, written out. */
int stream_end(struct stream_writer *w) MUST_CHECK;
/* Instead of a trailer: the cause on record, as an error frame. Best effort: the reader may be gone. */
void stream_fail(struct stream_writer *w, const char *tool);

#endif
