#include "decode/jq.h"

#include <jq.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct jq_program {
	jq_state *jq;
};

/* Whose memory it is is not known here, so a message that cannot be had is just cut. */
static void say(struct buffer *why, const char *data, size_t len)
{
	buffer_clear(why);
	if (buffer_append(why, data, len) != 0)
		cause_clear();
}

/* Takes the value. */
static void say_value(struct buffer *why, jv message)
{
	if (jv_get_kind(message) != JV_KIND_STRING)
		message = jv_dump_string(message, 0);
	say(why, jv_string_value(message), (size_t)jv_string_length_bytes(jv_copy(message)));
	jv_free(message);
}

/* The first of several messages is the cause of the others. */
static void take_compile_error(void *why, jv message)
{
	struct buffer *first = why;

	if (first->len == 0)
		say_value(first, jq_format_error(message));
	else
		jv_free(message);
}

static void (*no_memory)(void *);

void jq_program_no_memory(void (*end)(void *unused))
{
	no_memory = end;
	jv_nomem_handler(end, NULL);
}

struct jq_program *jq_program_new(const char *text, const char *folder, struct buffer *why)
{
	struct jq_program *p = calloc(1, sizeof *p);
	char origin[4096];

	buffer_clear(why);
	if (p == NULL || (p->jq = jq_init()) == NULL) {
		say(why, "out of memory", 13);
		goto fail;
	}
	jq_set_nomem_handler(p->jq, no_memory, NULL);
	/* libjq looks for "." too, from where the process is. */
	if (chdir(folder) != 0 || getcwd(origin, sizeof origin) == NULL) {
		say(why, "its folder cannot be read", 25);
		goto fail;
	}
	clearenv();
	/* Without these an import ends the process. */
	jq_set_attr(p->jq, jv_string("JQ_LIBRARY_PATH"), JV_ARRAY(jv_string(origin)));
	jq_set_attr(p->jq, jv_string("JQ_ORIGIN"), jv_string(origin));
	jq_set_attr(p->jq, jv_string("PROGRAM_ORIGIN"), jv_string(origin));
	jq_set_error_cb(p->jq, take_compile_error, why);
	if (!jq_compile(p->jq, text))
		goto fail;
	return p;
fail:
	jq_program_free(p);
	return NULL;
}

void jq_program_free(struct jq_program *p)
{
	if (p == NULL)
		return;
	jq_teardown(&p->jq);
	free(p);
}

int jq_program_start(struct jq_program *p, struct text input, bool is_text, struct buffer *why)
{
	const jv value = is_text ? jv_string_sized(input.data, (int)input.len)
				 : jv_parse_sized(input.data, (int)input.len);

	if (!jv_is_valid(value)) {
		say_value(why, jv_invalid_get_msg(value));
		return -1;
	}
	jq_start(p->jq, value, 0);
	return 0;
}

/* Takes the value. */
static int append(struct buffer *out, jv value, struct buffer *why)
{
	const jv text = jv_dump_string(value, 0);
	const int result =
	    buffer_append(out, jv_string_value(text), (size_t)jv_string_length_bytes(jv_copy(text)));

	jv_free(text);
	if (result == 0)
		return 1;
	cause_clear();
	say(why, "out of memory", 13);
	return -1;
}

int jq_program_next(struct jq_program *p, struct buffer *out, struct buffer *why)
{
	const jv value = jq_next(p->jq);

	if (jv_is_valid(value))
		return append(out, value, why);
	if (!jv_invalid_has_msg(jv_copy(value))) {
		jv_free(value);
		return 0;
	}
	say_value(why, jv_invalid_get_msg(value));
	return -1;
}
