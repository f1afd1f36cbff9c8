/*
 * drift -- what lines hold that a schema does not expect, and what it expects that they do not.
 *
 * Each value is held against its property by the rules of the decoder (field.h), also in lines that it would
 * reject for another. Findings, in the order of the schema, then of what it does not have:
 *
 *   vanished   no line has it
 *   missing    it is required, and lines lack it
 *   type       its values are of another type
 *   bounds     they are of its type, but not as they should be
 *   value      a value that is not among x-known
 *   new        a key that the schema does not have, nor has left out (x-seen, infer.h)
 *   line       lines that are no JSON object
 */
#ifndef EV_DRIFT_H
#define EV_DRIFT_H

#include "decode/field.h"
#include "decode/notes.h"
#include "decode/survey.h"

/* Something wrong with the values of a key. */
struct drift_count {
	uint64_t n;
	struct survey_place first;
	struct survey_text example; /* as it stood, */
	bool is_text;               /* between quotes */
};

struct drift_key {
	struct field *field; /* NULL: an object that leads to others */
	struct drift_count missing, type, bounds;
};

struct drift {
	const struct schema *schema; /* borrowed, as is survey */
	struct survey *survey;
	struct field *fields;         /* the rules: one for each property */
	struct drift_key *keys;       /* one for each of the schema's shape */
	uint32_t *fields_of;          /* by key: the survey's field */
	size_t key_of[SURVEY_FIELDS]; /* by field of the survey: the key, or 0 */
	struct dictionary left_out;   /* paths */
	struct notes values;
	struct buffer scratch;
};

typedef void drift_finding(void *context, struct survey_place place, const char *what, const char *path,
			   const char *detail);

/* Before the survey's first line; text is the schema's. {0} may be closed. */
int drift_open(struct drift *d, const struct schema *schema, const char *text, size_t len,
	       struct survey *survey) MUST_CHECK;
void drift_close(struct drift *d);
/* After its last. */
int drift_tell(struct drift *d, drift_finding *finding, void *context) MUST_CHECK;

#endif
