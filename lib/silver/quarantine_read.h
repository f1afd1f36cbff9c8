/*
 * quarantine_read -- the rows of a quarantine file (quarantine.h), one after another, as rejects again.
 *
 * Texts of a row are borrowed until the next. Errors: STATUS_INPUT naming the file and the row for one that
 * is no row, or for a damaged file.
 */
#ifndef EV_QUARANTINE_READ_H
#define EV_QUARANTINE_READ_H

#include "source/input.h"
#include "source/line.h"
#include "stream/control.h"

struct quarantine_reader {
	struct input *input;
	char *name;
	struct line_reader lines;
	uint64_t rows;
	struct buffer fields;
	/* The row. */
	struct text source;
	struct control_reject reject; /* its column is 0: it is not kept */
};

/* fd stays the caller's; {0} is closed. */
int quarantine_reader_open(struct quarantine_reader *q, int fd, const char *name) MUST_CHECK;
/* 1: a row, 0: the verified end, -1. */
int quarantine_next(struct quarantine_reader *q) MUST_CHECK;
void quarantine_reader_close(struct quarantine_reader *q);

#endif
