/*
 * cat_quarantine -- quarantine files to a stream of events: their lines, as rejects of their sources, or
 * decoded once more.
 */
#ifndef EV_CAT_QUARANTINE_H
#define EV_CAT_QUARANTINE_H

#include "cat.h"

/* Lines as somebody corrected them, file by file, each in the order of its file. {0} is empty. */
struct cat_mends {
	struct cat_mend {
		size_t file; /* whichever number the caller has for it */
		uint64_t line;
	} * items;
	size_t n, cap;
	struct strings texts; /* two for each: its source, and the line itself */
};

int cat_mends_add(struct cat_mends *m, size_t file, const struct control_mended *mended) MUST_CHECK;
void cat_mends_free(struct cat_mends *m);

/*
 * A whole file; how many rows went on and how many did not is added to reread, whose verdict says what is to
 * be done. WANT_REWRITE: each line as it is, but for those of removed sources. WANT_REPLAY: each line
 * decoded. WANT_MEND: each as it is, but for those of mends with the number of the file. Of a line that was
 * too long there is only the beginning, so that it stays as it is unless somebody corrected it. Each keeps
 * its place in its source.
 */
int cat_quarantine(struct cat *cat, int fd, const char *name, const struct dictionary *removed,
		   const struct cat_mends *mends, size_t file, struct control_reread *reread) MUST_CHECK;

#endif
