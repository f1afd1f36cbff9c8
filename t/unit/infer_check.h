/*
 * infer_check -- what must be true of a schema that was inferred, whatever the lines: it compiles, the
 * decoder takes by it all lines but those that were said to be rejected, and held against them it finds
 * nothing new.
 */
#ifndef EV_INFER_CHECK_H
#define EV_INFER_CHECK_H

#include "decode/decode.h"
#include "decode/drift.h"
#include "decode/infer.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct infer_check {
	struct survey survey;
	struct buffer schema;    /* as text */
	uint64_t said, rejected; /* lines */
	const char *wrong;       /* NULL: nothing */
};

static inline struct input *infer_input(const void *data, size_t len, int *fd)
{
	*fd = memfd_create("lines", 0);
	if (*fd < 0 || write(*fd, data, len) != (ssize_t)len || lseek(*fd, 0, SEEK_SET) != 0)
		abort();
	return input_open_fd(*fd, "lines", NULL);
}

static inline int infer_survey(struct survey *s, const void *data, size_t len)
{
	int fd;
	struct input *input = infer_input(data, len, &fd);
	const int result = input != NULL ? survey_source(s, input, (struct text){"lines", 5}) : -1;

	input_close(input);
	close(fd);
	return result;
}

/* Lines that the decoder rejects for what it says of a field; revenue is computed, and is none. */
static inline uint64_t infer_decode(struct schema *schema, const void *data, size_t len)
{
	struct columns columns = {0};
	struct builder builder = {0};
	struct decoder *decoder;
	struct decode_fault fault;
	struct line_reader lines = {0};
	struct line line;
	uint64_t rejected = 0;
	int fd;
	struct input *input = infer_input(data, len, &fd);

	if (input == NULL || columns_copy(&columns, &schema->columns) != 0 ||
	    columns_add(&columns, "line", COLUMN_INT64, false) != 0 ||
	    builder_init(&builder, columns.items, columns.n) != 0 ||
	    (decoder = decoder_new(schema, &builder)) == NULL ||
	    line_reader_open(&lines, input, LINE_LIMIT) != 0)
		abort();
	while (line_next(&lines, &line) > 0) {
		if (line.too_long || line_is_blank(&line))
			continue;
		rejected += decode_line(decoder, &line, &fault) == 0 && fault.field[0] != '\0' &&
			    strcmp(fault.reason, "bad_revenue") != 0;
		if (decoder_flush(decoder) != 0)
			abort();
		if (builder_is_full(&builder))
			builder_clear(&builder);
	}
	line_reader_close(&lines);
	input_close(input);
	close(fd);
	decoder_free(decoder);
	builder_free(&builder);
	columns_free(&columns);
	return rejected;
}

static inline void infer_count(void *context, struct survey_place place, const char *what, const char *path,
			       const char *detail)
{
	uint64_t *n = context;

	(void)place, (void)path, (void)detail;
	/* That lines are rejected has been said, and keys beyond all bounds have no name. */
	*n += strcmp(what, "new") == 0 || strcmp(what, "vanished") == 0 || strcmp(what, "value") == 0;
}

/* What the schema finds in the lines that it was made of. */
static inline uint64_t infer_drift(struct schema *schema, const struct buffer *text, const void *data,
				   size_t len)
{
	struct survey survey = {0};
	struct drift drift = {0};
	uint64_t found = 0;

	if (survey_open(&survey, LINE_LIMIT) != 0 ||
	    drift_open(&drift, schema, (const char *)text->data, text->len, &survey) != 0 ||
	    infer_survey(&survey, data, len) != 0)
		found = UINT64_MAX;
	else if (survey.others == 0 && drift_tell(&drift, infer_count, &found) != 0)
		found = UINT64_MAX;
	drift_close(&drift);
	survey_close(&survey);
	return found;
}

/* The caller closes it. */
static inline void infer_check(struct infer_check *c, const void *data, size_t len)
{
	struct infer infer = {0};
	struct schema *schema = NULL;

	*c = (struct infer_check){0};
	cause_clear();
	if (survey_open(&c->survey, LINE_LIMIT) != 0 || infer_survey(&c->survey, data, len) != 0) {
		/* What begins like something compressed must be that. */
		c->wrong = cause_status() == STATUS_INPUT ? NULL : "the lines could not be read";
		goto out;
	}
	if (infer_open(&infer, &c->survey) != 0) {
		if (cause_status() != STATUS_REFUSED)
			c->wrong = cause_message();
		goto out;
	}
	for (size_t i = 0; i < c->survey.n; i++)
		c->said += infer.fields[i].fate == INFER_LEFT_OUT ? 0 : infer.fields[i].rejects;
	if (infer_write(&infer, &c->schema) == 0)
		schema = schema_compile((const char *)c->schema.data, c->schema.len, "inferred");
	if (schema == NULL) {
		c->wrong = cause_message();
		goto out;
	}
	c->rejected = infer_decode(schema, data, len);
	if (c->rejected > c->said)
		c->wrong = "more lines are rejected than was said";
	else if (infer_drift(schema, &c->schema, data, len) != 0)
		c->wrong = "the lines it was made of are new to it";
out:
	schema_free(schema);
	infer_close(&infer);
}

static inline void infer_check_close(struct infer_check *c)
{
	survey_close(&c->survey);
	buffer_free(&c->schema);
	cause_clear();
}

#endif
