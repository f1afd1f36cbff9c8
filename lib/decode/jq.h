/*
 * jq -- a jq program, by libjq: all of libjq that evlake uses is behind this file.
 *
 * libjq ends the process when memory runs out, and may do so on odd input; it cannot be interrupted. So
 * whoever runs a program is a process that can be spared: see map.h. Its numbers are doubles: see exact.h.
 * The program sees no environment, and finds modules in one folder only. What goes wrong is told in words, as
 * jq would, and is no cause on record.
 */
#ifndef EV_JQ_H
#define EV_JQ_H

#include "base/buffer.h"
#include "base/text.h"

#include <stdbool.h>

struct jq_program;

/* What libjq is to call when memory runs out, instead of ending the process in its own way: it must not
 * return. */
void jq_program_no_memory(void (*end)(void *unused));

/* Compiles text. Modules are those of folder, which becomes the working directory of the process. NULL, and
 * why not in *why. */
struct jq_program *jq_program_new(const char *text, const char *folder, struct buffer *why) MUST_CHECK;
void jq_program_free(struct jq_program *p);

/* What the program is to work on: JSON, or any text, which becomes a string. 0; -1 and why not in *why. */
int jq_program_start(struct jq_program *p, struct text input, bool is_text, struct buffer *why) MUST_CHECK;
/* 1: its next output is appended to out, as JSON without spaces; 0: there is no other; -1: it failed, as
 * *why says. */
int jq_program_next(struct jq_program *p, struct buffer *out, struct buffer *why) MUST_CHECK;

#endif
