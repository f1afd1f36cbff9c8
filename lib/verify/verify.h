/*
 * verify -- a lake held against itself: whether what is in its folders is what its ledger says, and whether
 * Gold is what Silver gives. Nothing is written.
 *
 * What is looked at is the lake as of one moment: runs may go on meanwhile. Memory holds what a run over all
 * of Silver would hold of groups, and a few numbers for each source. Errors: of the lake as a whole, or of
 * the system; what is wrong with a file is no error but a finding.
 */
#ifndef EV_VERIFY_H
#define EV_VERIFY_H

#include "lake/lake.h"

#include <stdbool.h>

/* How far it is: rows of Silver, and bytes of Bronze, when that is read. */
struct verify_progress {
	uint64_t rows, rows_all;
	uint64_t bytes, bytes_all;
};

struct verify {
	const struct lake *lake;
	const char *schemas; /* the installed ones, for a lake that has none of its own */
	bool contents;       /* Bronze is read again */
	/* path is within the lake; what is one word; all texts are borrowed for the call. */
	void (*finding)(void *context, const char *path, const char *what, const char *detail);
	/* What is no fault: left by a run that is under way, or that was stopped. */
	void (*note)(void *context, const char *path, const char *what, const char *detail);
	void (*progress)(void *context, const struct verify_progress *progress);
	void *context;
	/* What was looked at. */
	struct verify_progress done;
	uint64_t files, sources, tables;
	uint64_t touched; /* sources whose time or size changed, and not their content */
	uint64_t findings;
};

/* 0 when all has been looked at, whatever was found. */
int verify_lake(struct verify *v) MUST_CHECK;

#endif
