/*
 * filter -- the shape of a stage: items in from standard input, items out to standard output, for one lake or
 * none.
 */
#ifndef EV_FILTER_H
#define EV_FILTER_H

#include "lake/lake.h"
#include "stream/stream.h"

struct filter {
	struct stream in;
	struct stream_writer out;
	const char *command; /* for the header that it writes */
	struct lake lake;    /* of the run, when there is one */
	bool in_run;
	struct buffer payload; /* scratch for control frames */
};

/* What a stage does with the item that f->in holds. */
typedef int filter_take(void *stage);

/*
 * Everything between the options and the exit: no operands, no terminal, both streams, each item. Returns the
 * exit status; f stays open for the stage to look at until filter_close.
 */
int filter_main(struct filter *f, int argc, char **argv, filter_take *take, void *stage);
void filter_close(struct filter *f);

/* A run item: opens its lake, and passes the item on. */
int filter_begin_run(struct filter *f) MUST_CHECK;
/* At the trailer, or when all is over. */
void filter_end_run(struct filter *f);

#endif
