/*
 * json_write -- JSON that is written: texts quoted, and values with the commas and the indentation between
 * them.
 *
 * What fails is remembered, and told by json_end alone, so that every call need not be looked at.
 */
#ifndef EV_JSON_WRITE_H
#define EV_JSON_WRITE_H

#include "base/buffer.h"
#include "base/text.h"

/* A string with its quotes, appended; bytes that are not UTF-8 become U+FFFD. */
int json_append_text(struct buffer *out, struct text text) MUST_CHECK;

/* {0} is nothing yet. */
struct json_writer {
	struct buffer out;
	unsigned depth;
	unsigned inline_depth; /* from here on all stands in one line; 0: nothing does */
	bool has_values;       /* in the brackets that are open */
	bool failed;
};

/* All take the key that a value has in an object, or NULL. A bracket is { or [; what is in one that is inline
 * stands in its line. */
void json_open(struct json_writer *w, const char *key, char bracket, bool is_inline);
void json_close(struct json_writer *w, char bracket); /* } or ] */
void json_put_text(struct json_writer *w, const char *key, struct text text);
void json_put_number(struct json_writer *w, const char *key, uint64_t number);
/* As it stands: JSON. */
void json_put(struct json_writer *w, const char *key, struct text json);
/* Behind the last bracket: a line feed, and whether all went well. */
int json_end(struct json_writer *w) MUST_CHECK;
void json_free(struct json_writer *w);

#endif
