/*
 * verb -- what a run is there for: its name in the run frame, in the ledger and on the command line.
 *
 * A load adds to what the lake holds, and so does a replay. All others are fresh: every event that the lake
 * holds after them is counted by them, and Gold is written anew.
 */
#ifndef EV_VERB_H
#define EV_VERB_H

#include "column/dictionary.h"

#include <stdbool.h>

enum verb {
	VERB_LOAD,    /* what is new in Bronze */
	VERB_REBUILD, /* Gold from Silver */
	VERB_REWIND,  /* the lake as an earlier run left it */
	VERB_FORGET,  /* without some sources, which are pending again */
	VERB_SKIP,    /* without some sources, which are never to be taken again */
	VERB_REPLACE, /* some sources as they are now */
	VERB_RELOAD,  /* Silver and Gold from Bronze */
	VERB_REPLAY,  /* lines in quarantine, once more */
	VERBS
};

const char *verb_name(enum verb verb);
/* STATUS_INPUT for a name that this program does not know. */
int verb_parse(struct text name, enum verb *verb) MUST_CHECK;

static inline bool verb_is_fresh(enum verb verb)
{
	return verb != VERB_LOAD && verb != VERB_REPLAY;
}

#endif
