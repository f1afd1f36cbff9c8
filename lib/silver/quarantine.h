/*
 * quarantine -- every rejected line of a run, with why and whence, in a gzipped file that waits below
 * staging.
 *
 * A row is reason, field, source, line, byte offset and, last, the raw bytes as they were, separated by tabs:
 * so `zcat | cut -f1 | sort | uniq -c` counts, and `cut -f6-` gives the lines back. In the first five, tab,
 * line feed, carriage return and backslash are written \t \n \r \\. Of a line that is too long the field says
 * `bytes=LENGTH,xxh3-128=HASH`, and the raw bytes are its first 64 KiB.
 */
#ifndef EV_QUARANTINE_H
#define EV_QUARANTINE_H

#include "lake/lake.h"
#include "source/deflate.h"
#include "stream/control.h"

struct quarantine {
	const struct lake *lake;
	char *folder; /* within the lake, once there is a reject */
	char *path;
	char *full;
	int fd;
	struct deflate *gzip;
	uint64_t rows;
	struct buffer row;
};

/* lake is borrowed. No file is made before the first reject. */
void quarantine_open(struct quarantine *q, const struct lake *lake);
int quarantine_add(struct quarantine *q, struct text source, const struct control_reject *reject) MUST_CHECK;
/* Makes the file durable. 1 and *staged (borrowed from q) when there is one, 0 when nothing was rejected, -1.
 */
int quarantine_finish(struct quarantine *q, struct control_staged *staged) MUST_CHECK;
void quarantine_close(struct quarantine *q);

#endif
