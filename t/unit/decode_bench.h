/*
 * decode_bench -- what tests of the decoder share: a decoder with its builder, and what becomes of a line as
 * text.
 */
#ifndef EV_DECODE_BENCH_H
#define EV_DECODE_BENCH_H

#include "decode/decode.h"

#include "tap.h"

#include <stdlib.h>

/* A schema, its decoder, and a builder that takes the rows. */
struct bench {
	struct schema *schema;
	struct decoder *decoder;
	struct columns columns;
	struct builder builder;
	struct line_reader lines; /* without an input: what it has read is set by hand */
	struct buffer batch;
	bool never_scans; /* the grammar alone: what every other way is held against */
};

static inline void bench_open(struct bench *b, struct schema *schema)
{
	*b = (struct bench){.schema = schema,
			    .lines = {.limit = LINE_LIMIT, .scan.blocks = scan_blocks_best()}};
	if (schema == NULL || columns_copy(&b->columns, &schema->columns) != 0 ||
	    columns_add(&b->columns, "line", COLUMN_INT64, false) != 0 ||
	    builder_init(&b->builder, b->columns.items, b->columns.n) != 0 ||
	    (b->decoder = decoder_new(schema, &b->builder)) == NULL) {
		fprintf(stderr, "# %s\n", cause_message());
		exit(1);
	}
}

static inline void bench_close(struct bench *b)
{
	builder_free(&b->builder);
	decoder_free(b->decoder);
	columns_free(&b->columns);
	scan_free(&b->lines.scan);
	buffer_free(&b->batch);
	schema_free(b->schema);
}

/* The last row as text, `|` between the values, `-` for null. */
static inline int print_row(struct bench *b, struct buffer *out)
{
	for (size_t i = 0; i < b->schema->n; i++) {
		struct builder_column *c = &b->builder.columns[i];
		const uint32_t row = c->n - 1;
		struct vector v;
		int result;

		builder_view(c, &v);
		if (!vector_is_valid(&v, row)) {
			result = buffer_append_text(out, "-");
		} else if (v.type == COLUMN_STRING) {
			struct text t = vector_text(&v, row);

			result = buffer_append(out, t.data, t.len);
		} else if (v.type == COLUMN_FLOAT64) {
			const int64_t bits = vector_int(&v, row);
			double value;

			memcpy(&value, &bits, sizeof value);
			result = buffer_printf(out, "%g", value);
		} else {
			result = buffer_printf(out, "%lld", (long long)vector_int(&v, row));
		}
		if (result != 0 || (i + 1 < b->schema->n && buffer_append_text(out, "|") != 0))
			return -1;
	}
	return 0;
}

/* Decodes the line, which is followed by LF and slack; scanned if it may be. */
static inline int bench_decode(struct bench *b, const char *text, size_t len, bool scanned,
			       struct decode_fault *fault)
{
	struct line_reader *r = &b->lines;
	struct line line = {.data = text, .len = len, .raw_len = len, .number = r->lines + 1};

	r->at = r->next = 0;
	if (scanned && !b->never_scans) {
		if (scan_text(&r->scan, text, len + 1) != 0)
			exit(1);
		const int n =
		    r->scan.n == 1 ? decode_usual(b->decoder, r) : 0; /* more are lines of their own */

		if (n != 0)
			return n;
	}
	r->lines++;
	return decode_line(b->decoder, &line, fault);
}

/*
 * What becomes of a line: its row, or "reason field column". What stands behind the line in memory must not
 * matter, nor whether it has been scanned, so the line is tried with several.
 */
static inline const char *verdict(struct bench *b, const char *line, size_t len)
{
	static const char *const behind[] = {"\n", "\n0", "\n\"", "\n}", "\n\", \"", "\nnull}", "\n "};
	static struct buffer first, out;
	char *copy = malloc(len + 1 + DECODE_SLACK);

	buffer_clear(&first);
	for (size_t i = 0; i < sizeof behind / sizeof behind[0]; i++) {
		const bool scanned = i % 2 == 0;
		const char *more = behind[i] + !scanned;
		struct decode_fault fault;
		struct buffer ignored = {0};
		const size_t n = strlen(more);
		int result;

		memcpy(copy, line, len);
		memset(copy + len, more[n - 1], DECODE_SLACK + 1);
		memcpy(copy + len, more, n);
		if (builder_is_full(&b->builder) && builder_encode(&b->builder, &ignored) != 0)
			exit(1);
		buffer_free(&ignored);
		buffer_clear(&out);
		result = bench_decode(b, copy, len, scanned, &fault);
		if (decoder_flush(b->decoder) != 0)
			exit(1);
		if (result == 1)
			result = print_row(b, &out);
		else if (result == 0)
			result = buffer_printf(&out, "%s %s %zu", fault.reason, fault.field, fault.column);
		if (result != 0)
			exit(1);
		if (i == 0 && buffer_append(&first, out.data, out.len) != 0)
			exit(1);
		if (first.len != out.len || memcmp(first.data, out.data, out.len) != 0)
			buffer_append_text(&first, " (and differently)") == 0 ? (void)0 : exit(1);
	}
	free(copy);
	return buffer_text(&first);
}

static inline const char *verdict_of(struct bench *b, const char *line)
{
	return verdict(b, line, strlen(line));
}

/* Puts one member in place of the same in a good event; NULL takes it out. */
static inline const char *event_with(const char *key, const char *member)
{
	static const char *const members[] = {
	    "\"timestamp\": \"2025-12-07T03:55:56.633003+00:00\"",
	    "\"user_id\": \"u_1\"",
	    "\"session_id\": \"s_1\"",
	    "\"event_type\": \"purchase\"",
	    "\"product_id\": \"p_1\"",
	    "\"quantity\": 2",
	    "\"price\": 10.5",
	    "\"category\": \"books\"",
	    "\"search_query\": null",
	};
	static char line[1 << 16];
	size_t n = 0, key_len = strlen(key);
	bool found = false;

	line[n++] = '{';
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
		bool same = strncmp(members[i] + 1, key, key_len) == 0 && members[i][1 + key_len] == '"';
		const char *text = same ? member : members[i];

		found |= same;
		if (text != NULL)
			n += (size_t)snprintf(line + n, sizeof line - n, "%s%s", n > 1 ? ", " : "", text);
	}
	if (!found)
		n += (size_t)snprintf(line + n, sizeof line - n, ", %s", member);
	snprintf(line + n, sizeof line - n, "}");
	return line;
}

#endif
