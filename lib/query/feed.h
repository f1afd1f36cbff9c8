/*
 * feed -- files of Bronze as a stream of events, made by a process of its own: by the lake's schema, and by
 * its map if it has one, as a run would; archives as the sources in them.
 *
 * A source is called by its path within the lake, as in Silver. A file that is damaged ends the stream by an
 * error; nothing of the process is left when it is ended.
 */
#ifndef EV_FEED_H
#define EV_FEED_H

#include "decode/schema.h"
#include "lake/lake.h"

struct feed {
	const struct lake *lake;     /* borrowed */
	const struct schema *schema; /* borrowed */
	struct strings paths;        /* within the lake, in their order */
	pid_t pid;
	int fd; /* where the stream comes from; -1: it is not under way */
};

/* The rest is set. */
int feed_start(struct feed *f) MUST_CHECK;
void feed_end(struct feed *f);

#endif
