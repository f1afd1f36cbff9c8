#include "decode/ingest.h"

#include <string.h>

int ingest_open(struct ingest *g, const struct schema *schema, struct stream_writer *out, size_t limit,
		bool keep)
{
	*g = (struct ingest){.out = out, .keep = keep};
	if (columns_copy(&g->columns, &schema->columns) != 0 ||
	    columns_add(&g->columns, "line", COLUMN_INT64, false) != 0)
		goto fail;
	if (builder_init(&g->builder, g->columns.items, g->columns.n) != 0)
		goto fail;
	g->decoder = decoder_new(schema, &g->builder);
	if (g->decoder == NULL || line_reader_open(&g->lines, NULL, limit) != 0)
		goto fail;
	return 0;
fail:
	ingest_close(g);
	return -1;
}

void ingest_close(struct ingest *g)
{
	line_reader_close(&g->lines);
	decoder_free(g->decoder);
	builder_free(&g->builder);
	columns_free(&g->columns);
	buffer_free(&g->payload);
	*g = (struct ingest){0};
}

int ingest_begin(struct ingest *g, const struct control_source *source)
{
	g->end = (struct control_source_end){0};
	buffer_clear(&g->payload);
	if (control_encode_source(&g->payload, source) != 0)
		return -1;
	return stream_write_control(g->out, FRAME_SOURCE, &g->payload);
}

static int add_reject(struct ingest *g, const struct control_reject *reject)
{
	g->end.rejects++;
	buffer_clear(&g->payload);
	if (control_encode_reject(&g->payload, reject) != 0)
		return -1;
	return stream_write_control(g->out, FRAME_REJECT, &g->payload);
}

static int write_reject(struct ingest *g, const struct line *line, const struct decode_fault *fault)
{
	const struct control_reject reject = {
	    .reason = text_of(fault->reason),
	    .field = text_of(fault->field),
	    .line = line->number,
	    .column = fault->column,
	    .offset = line->offset,
	    .len = line->full_len,
	    .hash = line->hash,
	    .raw = {line->data, line->raw_len},
	};

	return add_reject(g, &reject);
}

static int write_when_full(struct ingest *g)
{
	return builder_is_full(&g->builder) ? stream_write_batch(g->out, &g->builder) : 0;
}

/* All lines up to one that is not usual, or to the last of them that has been read. */
static int take_usual(struct ingest *g)
{
	int n;

	while ((n = decode_usual(g->decoder, &g->lines)) > 0) {
		g->end.rows += (uint64_t)n;
		if (decode_is_even(&g->builder) && write_when_full(g) != 0)
			return -1;
	}
	return n;
}

/* The text of a line, or what was made of it, becomes a row: 1; 0 and *fault; -1. */
static int take_event(struct ingest *g, const struct line *line, struct decode_fault *fault)
{
	const int taken = decode_line(g->decoder, line, fault);

	if (taken != 1)
		return taken;
	g->end.rows++;
	if ((decode_is_even(&g->builder) || line->len > DECODE_LONG) && write_when_full(g) != 0)
		return -1;
	return 1;
}

static const struct decode_fault too_long = {.reason = "line_too_long", .field = ""};

static int take_line(struct ingest *g, const struct line *line)
{
	struct decode_fault fault;
	int taken;

	if (line->too_long)
		return write_reject(g, line, &too_long);
	if (line_is_blank(line)) {
		g->end.blank++;
		return 0;
	}
	taken = take_event(g, line, &fault);
	return taken == 0 ? write_reject(g, line, &fault) : taken < 0 ? -1 : 0;
}

/* The next event of an answer, as if it were the line. */
static struct line event_of(struct map_answer *a)
{
	const struct text event = map_event(a);
	struct line line = a->line;

	line.data = event.data;
	line.len = event.len;
	return line;
}

/* Whether all events of a line are good: 1, 0 and *fault, -1. */
static int check_events(struct ingest *g, struct map_answer a, struct decode_fault *fault)
{
	int good = 1;

	while (good == 1 && a.n > 0) {
		const struct line event = event_of(&a);

		good = decode_check(g->decoder, &event, fault);
	}
	return good;
}

/* What a map has made of a line: all of it, or a reject. */
static int take_answer(struct ingest *g, struct map_answer *a)
{
	const uint32_t n = a->n;
	int good = a->fault.reason == NULL;

	if (n > 1)
		good = check_events(g, *a, &a->fault);
	while (good == 1 && a->n > 0) {
		const struct line event = event_of(a);

		good = take_event(g, &event, &a->fault);
	}
	if (good < 0)
		return -1;
	if (good == 0) {
		/* It would be one of the event, which nobody has. */
		if (n > 0)
			a->fault.column = 0;
		return write_reject(g, &a->line, &a->fault);
	}
	g->end.blank += n == 0;
	g->end.more += n > 1 ? n - 1 : 0;
	return 0;
}

/* Of all lines that the map has been given. */
static int take_answers(struct ingest *g)
{
	struct map_answer answer;
	int more = 0;

	while (g->map != NULL && (more = map_next(g->map, &answer)) > 0) {
		if (take_answer(g, &answer) != 0 || (!map_stays(g->map) && decoder_flush(g->decoder) != 0))
			return -1;
	}
	return more;
}

/* A line for the map, which takes many at a time. */
static int map_line(struct ingest *g, const struct line *line)
{
	/* No source has such a line, but somebody may have mended one by hand. */
	static const struct decode_fault longer = {.reason = MAP_REASON, .field = "longer than a map takes"};

	if (!line->too_long && line_is_blank(line)) {
		g->end.blank++;
		return 0;
	}
	if (map_is_full(g->map, line->raw_len) && take_answers(g) != 0)
		return -1;
	if (line->raw_len > MAP_LINE)
		return write_reject(g, line, &longer);
	map_add(g->map, line, line->too_long ? &too_long : NULL);
	return 0;
}

int ingest_line(struct ingest *g, const struct line *line)
{
	if (g->map != NULL)
		return map_line(g, line);
	return take_line(g, line) != 0 ? -1 : decoder_flush(g->decoder);
}

int ingest_reject(struct ingest *g, const struct control_reject *reject)
{
	return take_answers(g) != 0 ? -1 : add_reject(g, reject);
}

/* All lines: 0, 1 for a damaged source that is kept in part, -1. */
static int take_lines(struct ingest *g)
{
	struct line line;
	int more;

	while ((more = line_next(&g->lines, &line)) > 0) {
		if (g->map != NULL ? map_line(g, &line) != 0
				   : take_line(g, &line) != 0 || take_usual(g) != 0 ||
					 (!line_stays(&g->lines) && decoder_flush(g->decoder) != 0))
			return -1;
	}
	if (more < 0 && !(g->keep && input_is_damaged(g->lines.input)))
		return -1;
	return -more;
}

static int write_notes(struct ingest *g)
{
	const struct decode_note *notes;
	const size_t n = decoder_notes(g->decoder, &notes);

	for (size_t i = 0; i < n; i++) {
		const struct control_tally tally = {
		    .what = text_of(notes[i].field[0] != '\0' ? "unknown_value" : "unknown_key"),
		    .name = notes[i].name,
		    .field = text_of(notes[i].field),
		    .count = notes[i].count,
		    .line = notes[i].line,
		};

		buffer_clear(&g->payload);
		if (control_encode_tally(&g->payload, &tally) != 0 ||
		    stream_write_control(g->out, FRAME_TALLY, &g->payload) != 0)
			return -1;
	}
	decoder_notes_clear(g->decoder);
	return 0;
}

int ingest_end(struct ingest *g)
{
	/* Rows belong to their source: what is left of them goes before its end. */
	if (take_answers(g) != 0 || decoder_flush(g->decoder) != 0 ||
	    stream_write_batch(g->out, &g->builder) != 0)
		return -1;
	g->end.lines = g->end.rows - g->end.more + g->end.rejects + g->end.blank;
	buffer_clear(&g->payload);
	if (control_encode_source_end(&g->payload, &g->end) != 0 ||
	    stream_write_control(g->out, FRAME_SOURCE_END, &g->payload) != 0)
		return -1;
	return write_notes(g);
}

int ingest_source(struct ingest *g, struct input *input, const struct control_source *source)
{
	int partial;

	line_reader_restart(&g->lines, input);
	if (ingest_begin(g, source) != 0)
		return -1;
	partial = take_lines(g);
	if (partial < 0)
		return -1;
	g->end.partial = (uint64_t)partial;
	g->end.bytes = line_bytes(&g->lines);
	g->end.content = line_hash(&g->lines);
	return ingest_end(g) != 0 ? -1 : partial;
}
