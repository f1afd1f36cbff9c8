#include "silver/quarantine_read.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	REASON,
	FIELD,
	SOURCE,
	LINE,
	OFFSET,
	FIELDS, /* and what follows is the line itself */
	/* Of a row: a line of the greatest length that evcat can be told to take, and all that stands before
	 * it, whose longest is a path, escaped. */
	ROW_LIMIT = LINE_LIMIT_MAX + (1 << 20),
};

int quarantine_reader_open(struct quarantine_reader *q, int fd, const char *name)
{
	*q = (struct quarantine_reader){.name = strdup(name)};
	if (q->name == NULL)
		return cause_memory();
	q->input = input_open_fd(fd, name, NULL);
	if (q->input != NULL && line_reader_open(&q->lines, q->input, ROW_LIMIT) == 0)
		return 0;
	quarantine_reader_close(q);
	return -1;
}

void quarantine_reader_close(struct quarantine_reader *q)
{
	if (q->input != NULL)
		line_reader_close(&q->lines);
	input_close(q->input);
	buffer_free(&q->fields);
	free(q->name);
	*q = (struct quarantine_reader){0};
}

static int broken(const struct quarantine_reader *q, const char *what)
{
	return cause_record(STATUS_INPUT, "%s:%" PRIu64 ": %s", q->name, q->rows, what);
}

static char unescape(char c)
{
	switch (c) {
	case 't': return '\t';
	case 'n': return '\n';
	case 'r': return '\r';
	default: return c;
	}
}

/* The field that ends at the tab, behind the others in q->fields; *at moves behind the tab. */
static int take_field(struct quarantine_reader *q, const struct line *line, size_t *at, size_t *len)
{
	const size_t before = q->fields.len;

	for (; *at < line->raw_len && line->data[*at] != '\t'; ++*at) {
		char c = line->data[*at];

		if (c == '\\' && *at + 1 < line->raw_len)
			c = unescape(line->data[++*at]);
		if (buffer_append(&q->fields, &c, 1) != 0)
			return -1;
	}
	if (*at == line->raw_len)
		return broken(q, "a row with too few fields");
	++*at;
	*len = q->fields.len - before;
	return buffer_append(&q->fields, "", 1);
}

static int parse_number(const struct quarantine_reader *q, const char *text, uint64_t *number)
{
	char end;

	return sscanf(text, "%" SCNu64 "%c", number, &end) == 1 ? 0 : broken(q, "a number that is none");
}

/* Of a line that was too long there is only a prefix, and the field says what the whole line was. */
static int parse_prefix(struct quarantine_reader *q)
{
	struct control_reject *r = &q->reject;
	char end;

	if (sscanf(r->field.data, "bytes=%" SCNu64 ",xxh3-128=%16" SCNx64 "%16" SCNx64 "%c", &r->len,
		   &r->hash.high, &r->hash.low, &end) != 3 ||
	    r->len < r->raw.len)
		return broken(q, "a line that was too long, but not how long");
	r->field = (struct text){"", 0};
	return 0;
}

int quarantine_next(struct quarantine_reader *q)
{
	struct text fields[FIELDS];
	struct line line;
	size_t at = 0;
	const int more = line_next(&q->lines, &line);

	if (more <= 0)
		return more;
	q->rows++;
	if (line.too_long)
		return broken(q, "a row that is too long");
	buffer_clear(&q->fields);
	for (int i = 0; i < FIELDS; i++)
		if (take_field(q, &line, &at, &fields[i].len) != 0)
			return -1;
	for (size_t i = 0, start = 0; i < FIELDS; start += fields[i++].len + 1)
		fields[i].data = (const char *)q->fields.data + start;
	q->source = fields[SOURCE];
	q->reject = (struct control_reject){
	    .reason = fields[REASON],
	    .field = fields[FIELD],
	    .len = line.raw_len - at,
	    .raw = {line.data + at, line.raw_len - at},
	};
	if (parse_number(q, fields[LINE].data, &q->reject.line) != 0 ||
	    parse_number(q, fields[OFFSET].data, &q->reject.offset) != 0)
		return -1;
	if (text_equal(fields[REASON], text_of("line_too_long")) && parse_prefix(q) != 0)
		return -1;
	return 1;
}
