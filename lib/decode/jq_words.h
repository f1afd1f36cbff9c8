/*
 * jq_words -- a jq program by its words: what it asks of whoever runs it, before libjq gets to see it.
 *
 * A map sees its line and nothing else, so that the same line gives the same events at any time and on any
 * machine. What would let it see more is off, by name: the environment, other inputs, clocks and time zones,
 * messages, the end of the process, and modules that are not in the program's own folder. Names in strings,
 * behind a dot, and as keys of objects are just names.
 */
#ifndef EV_JQ_WORDS_H
#define EV_JQ_WORDS_H

#include "base/cause.h"

#include <stdbool.h>
#include <stddef.h>

struct jq_words {
	size_t directives; /* where the `module`, `import` and `include` that it begins with end */
	bool has_modules;  /* it takes in code of others */
	bool is_text;      /* module {"input": "text"}: it wants lines that are no JSON */
};

/*
 * Looks through the program, and through the modules that it names, which are in folder. STATUS_USAGE with
 * NAME:LINE for what is off; what is no jq at all is left to libjq.
 */
int jq_words_check(const char *program, const char *folder, const char *name,
		   struct jq_words *words) MUST_CHECK;

#endif
