/*
 * ingest -- sources to an events stream: for each a source frame, its rows and rejects, and an end that
 * accounts for every line.
 *
 * With a map, a line is kept with all the events that are made of it, or rejected as a whole.
 *
 * Columns are the schema's, in order, then `line` (int64): the line of the source that a row was read from.
 * Errors: STATUS_INPUT for a damaged source, by name and offset, STATUS_SYSTEM for one that cannot be read.
 */
#ifndef EV_INGEST_H
#define EV_INGEST_H

#include "decode/decode.h"
#include "decode/map.h"
#include "source/line.h"
#include "stream/stream.h"

struct ingest {
	struct stream_writer *out;
	struct columns columns;
	struct decoder *decoder;
	struct builder builder;
	struct line_reader lines;
	struct control_source_end end;
	struct buffer payload;
	bool keep;       /* take a damaged source as far as it is whole */
	struct map *map; /* what makes events of lines; NULL when lines are events. Borrowed, set once open */
};

/* schema and out are borrowed. A line may have up to limit bytes. */
int ingest_open(struct ingest *g, const struct schema *schema, struct stream_writer *out, size_t limit,
		bool keep) MUST_CHECK;
void ingest_close(struct ingest *g);
/* One source, from its first byte to its end, into out. Returns 0, or 1 when it was damaged and kept in part
 * (the cause is then on record, for the caller to tell and clear), or -1. */
int ingest_source(struct ingest *g, struct input *input, const struct control_source *source) MUST_CHECK;

/* The same by hand, for lines that come from elsewhere: begin, any lines and rejects, end. Of a line nothing
 * is borrowed beyond the call; it has no limit, and DECODE_SLACK readable bytes behind it. */
int ingest_begin(struct ingest *g, const struct control_source *source) MUST_CHECK;
int ingest_line(struct ingest *g, const struct line *line) MUST_CHECK;
int ingest_reject(struct ingest *g, const struct control_reject *reject) MUST_CHECK;
int ingest_end(struct ingest *g) MUST_CHECK;

#endif
