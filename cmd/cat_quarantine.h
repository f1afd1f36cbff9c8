/*
 * cat_quarantine -- quarantine files to a stream of events: their lines, as rejects of their sources.
 */
#ifndef EV_CAT_QUARANTINE_H
#define EV_CAT_QUARANTINE_H

#include "cat.h"

/* Each line as it is, but for those of removed sources; how many of both is added to reread. */
int cat_quarantine(struct cat *cat, int fd, const char *name, const struct dictionary *removed,
		   struct control_reread *reread) MUST_CHECK;

#endif
