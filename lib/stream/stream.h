/*
 * stream -- header, frames, trailer; the trailer is the commit.
 *
 * Reader. stream_next gives one item after another:
 *   1   an item: stream->type says which, and the member of the same name holds it
 *   0   the verified end of the input: every stream in it had its trailer, and it matched
 *  -1   an error, cause recorded. An error frame of an earlier stage is such an error: see
 * cause_upstream_tool. Streams may follow one another: each starts with a FRAME_HEADER item and ends with a
 * FRAME_TRAILER item. Rows come as FRAME_BATCH items, stream->rows of them, of the last source; stream_decode
 * makes them a batch. A batch and the FRAME_COLUMNS that directly follow it are one item. Dictionaries are
 * kept by the reader: FRAME_STRINGS and FRAME_RESET items matter only to those who pass them on or keep
 * something by code.
 *
 * Writer. A stage that passes a stream on calls stream_begin for the header item, stream_pass for what it
 * does not change, and stream_end for the trailer item, once everything it did is durable. A stage that fails
 * calls stream_fail. Closing without either leaves a stream that just stops, which every reader takes for a
 * failure.
 */
#ifndef EV_STREAM_H
#define EV_STREAM_H

#include "column/batch.h"
#include "column/builder.h"
#include "stream/control.h"
#include "stream/frame.h"

#define STREAM_MAGIC "evlake stream 1 (binary: read it with evcat)\n\n\n\n"
enum { STREAM_MAGIC_LEN = 48 };

/* Frames of one batch: the rows and what stages have added to them. */
enum { STREAM_PARTS = 8 };

enum stream_kind {
	STREAM_PLAN = 1,    /* control frames: a run and its wants */
	STREAM_EVENTS = 2,  /* rows as the schema has them, and rejects */
	STREAM_SILVER = 3,  /* with Silver's own columns added */
	STREAM_PARTIAL = 4, /* aggregate state */
};

const char *
stream_kind_name(enum stream_kind kind); /* "plan", "events", "silver", "partial"; NULL for another */

struct stream {
	/* The item. */
	uint32_t type;
	struct frame frame; /* as it was read */
	uint32_t rows;      /* FRAME_BATCH */
	struct batch batch; /* FRAME_BATCH, after stream_decode */
	size_t column;      /* FRAME_STRINGS, FRAME_RESET: whose dictionary */
	struct control_run run;
	struct control_want want;
	struct control_source source; /* and after it: of the rows that follow */
	struct control_source_end source_end;
	struct control_reject reject;
	struct control_staged staged;
	struct control_tally tally;
	struct control_shard shard;
	struct control_partial partial;
	struct control_folder folder;
	struct control_reread reread;
	struct control_mended mended;
	struct control_rules rules;
	struct control_trailer trailer;
	/* The stream it is in. */
	enum stream_kind kind;
	struct columns columns;
	struct text command; /* the command that wrote it */
	/* Its own. */
	struct frame_reader frames;
	struct strings *dictionaries; /* one for each column */
	struct vector *vectors;
	struct frame parts[STREAM_PARTS]; /* a batch and its FRAME_COLUMNS, one behind the other */
	size_t n_parts;
	char *command_copy;
	struct buffer source_path;
	uint64_t n_frames;
	uint64_t n_rows;
	uint64_t source_rows;
	struct hash_stream hash;
	bool inside;    /* between a header and its trailer */
	bool in_source; /* between a source and its end */
	bool seen;      /* a whole stream has been read */
};

/* Reads fd, which stays the caller's. No byte at all is an error, not an empty stream. */
int stream_open(struct stream *s, int fd, const char *name) MUST_CHECK;
int stream_next(struct stream *s) MUST_CHECK;
/* Makes stream->batch of a FRAME_BATCH item. */
int stream_decode(struct stream *s) MUST_CHECK;
/* Whether the stream's kind is in the set of (1 << kind): STATUS_INPUT naming it when not. */
int stream_accept(const struct stream *s, unsigned kinds) MUST_CHECK;
void stream_close(struct stream *s);

struct stream_writer {
	struct frame_writer frames;
	struct buffer payload; /* scratch for encoding */
	uint64_t n_frames;
	uint64_t n_rows;
	struct hash_stream hash;
	bool inside; /* between a header and its trailer */
};

int stream_writer_open(struct stream_writer *w, int fd, const char *name) MUST_CHECK;
void stream_writer_close(struct stream_writer *w);
/* command is what wrote it, for people. */
int stream_begin(struct stream_writer *w, enum stream_kind kind, const struct columns *columns,
		 const char *command) MUST_CHECK;
/* The item that the reader holds, unchanged: anything but headers and trailers. */
int stream_pass(struct stream_writer *w, const struct stream *s) MUST_CHECK;
/* The batch that the reader holds, unchanged, and the builder's columns behind it, from number first_column
 * on. */
int stream_pass_extended(struct stream_writer *w, const struct stream *s, struct builder *b,
			 size_t first_column) MUST_CHECK;
/* The builder's rows as a batch, with whatever its dictionaries have to tell first. No rows, nothing written.
 */
int stream_write_batch(struct stream_writer *w, struct builder *b) MUST_CHECK;
/* A control frame: the payload that a control_encode_* made. */
int stream_write_control(struct stream_writer *w, enum frame_type type,
			 const struct buffer *payload) MUST_CHECK;
/* The trailer, and everything before it, written out. */
int stream_end(struct stream_writer *w) MUST_CHECK;
/* Instead of a trailer: the cause on record, as an error frame. Best effort: the reader may be gone. */
void stream_fail(struct stream_writer *w, const char *tool);

#endif
