#include "stream/verb.h"

#include "base/cause.h"

#include <string.h>

static const char *const names[VERBS] = {
    [VERB_LOAD] = "load", [VERB_REBUILD] = "rebuild", [VERB_REWIND] = "rewind", [VERB_FORGET] = "forget",
    [VERB_SKIP] = "skip", [VERB_REPLACE] = "replace", [VERB_RELOAD] = "reload", [VERB_REPLAY] = "replay",
};

const char *verb_name(enum verb verb)
{
	return names[verb];
}

int verb_parse(struct text name, enum verb *verb)
{
	for (int i = 0; i < VERBS; i++) {
		if (!text_equal(name, (struct text){names[i], strlen(names[i])}))
			continue;
		*verb = (enum verb)i;
		return 0;
	}
	return cause_record(STATUS_INPUT, "a run that is to %.*s, which this program does not know",
			    (int)name.len, name.data);
}
