/*
 * scan -- a pass over the rows of a relation, batch by batch: the columns that are used, and of the rows
 * those that a condition can be true of. Which of them it is true of is for the caller to see.
 *
 *   s = scan_open(&options);
 *   while ((more = scan_next(s)) > 0)
 *           ... scan_view(s): predicates_rows, groups_update ...
 *
 * Whole files are left out by their date, row groups by their statistics; columns that are not used are not
 * read, and are null. What it reads is counted in the query's usage; a scan that would read more than the
 * limit leaves is refused before it begins: STATUS_REFUSED, with how much it wanted.
 */
#ifndef EV_SCAN_H
#define EV_SCAN_H

#include "gold/predicate.h"
#include "query/relation.h"

struct scan;

/* All borrowed. */
struct scan_options {
	struct relation *relation;
	const bool *used;              /* a column each; those that the condition looks at among them */
	struct predicates *predicates; /* over the relation's columns */
	uint32_t condition;
	uint32_t part, parts; /* one of so many, counted from 0; 0, 0 for all */
};

struct scan *scan_open(const struct scan_options *options) MUST_CHECK;
void scan_close(struct scan *s);

/* 1: the next batch is in the view, 0: there are no more, -1. */
int scan_next(struct scan *s) MUST_CHECK;
/* Of the relation's columns; valid until the next batch. */
struct view *scan_view(struct scan *s);
/* A number for the first row of the batch; the rows behind it have those that follow. Another scan of the
 * same relation gives the same row the same number. */
uint64_t scan_first(const struct scan *s);
/* About how many rows it will give. */
uint64_t scan_rows(const struct scan *s);

#endif
