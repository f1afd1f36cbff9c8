/*
 * grammar -- the long way for a line: by the grammar, each value into its field.
 *
 * On the way it is seen what stands around the values, so that lines like this one can go the short way
 * (usual.h).
 */
#ifndef EV_GRAMMAR_H
#define EV_GRAMMAR_H

#include "decode/usual.h"

enum {
	GRAMMAR_UNKNOWN = 16
}; /* keys that the schema does not know, of a line that others may be held against */

/* One of them, in the line or in an object that others are read from. */
struct grammar_unknown {
	struct json_token key; /* while the line stays */
	const struct shape_key *object;
	size_t note; /* the decoder's */
};

struct grammar {
	const struct shape *shape; /* borrowed */
	struct field *fields;      /* borrowed: those of the schema, and GRAMMAR_UNKNOWN more */
	size_t n;                  /* of the schema */
	struct member *members;    /* one for each key of the shape, and one for all others */
	uint64_t lines;            /* that were read: what has been seen in this one */
	/* What the line was like: its first field, from which each leads to the next; and whether it had
	 * every field of the schema once, so that the next line may be held against it. */
	struct usual_form form;
	bool has_form;
	struct grammar_unknown *unknown; /* keys of the line */
	size_t n_unknown, cap_unknown;
	struct buffer scratch; /* what escaped strings mean */
};

/* {0} may be closed. */
int grammar_open(struct grammar *g, const struct shape *shape, struct field *fields, size_t n) MUST_CHECK;
void grammar_close(struct grammar *g);
/* A line to its end: 1; 0, with a reason, and *bad at what is wrong; -1 (memory). scratch must have room for
 * the line, and none of it is asked twice. */
int grammar_read(struct grammar *g, const char *line, const char *end, const char **reason,
		 const char **bad) MUST_CHECK;

#endif
