/*
 * survey -- what lines hold, whatever it is: each key at any depth, with the types of its values and how
 * often they come, their extremes, how many differ, examples, and where each was first seen.
 *
 * Every line is looked at by the rules of decode.h: one that is no JSON object is counted as bad, and of
 * duplicate keys the last counts. Memory is bounded whatever comes: SURVEY_FIELDS keys, in objects within
 * SURVEY_DEPTH of each other, keep what is in survey_value.h; all other keys are only counted. Errors: those
 * of the input.
 */
#ifndef EV_SURVEY_H
#define EV_SURVEY_H

#include "column/dictionary.h"
#include "decode/survey_value.h"
#include "source/line.h"

enum {
	SURVEY_FIELDS = 1000,
	SURVEY_DEPTH = 16, /* as deep as a path may lead: shape.h */
	SURVEY_KEY = 256,  /* bytes of a key that is not merely counted */
};

#define SURVEY_TOP UINT32_MAX /* no field: the line itself */

enum survey_fault { SURVEY_MALFORMED, SURVEY_NO_OBJECT, SURVEY_TOO_LONG, SURVEY_FAULTS };

struct survey_field {
	uint32_t object; /* the field whose objects it stands in, or SURVEY_TOP */
	uint32_t depth;  /* 0 at the top */
	uint32_t next;   /* the field whose value followed its own in the line before */
	bool is_always;  /* no line has lacked it so far */
	bool is_plain;   /* its key is written as it is meant */
	struct survey_place first_missing;
	struct survey_value value;
	/* The line at hand: where among its values it is, when the line is the one that is noted. */
	uint64_t line;
	uint32_t touched;
};

struct survey_touched {
	uint32_t field;
	struct json_token token; /* JSON_NONE: taken back */
};

struct survey {
	struct dictionary keys; /* the object's number, 4 bytes, and the key: the code is the field */
	struct survey_field *fields;
	size_t n, cap;
	uint32_t first[SURVEY_DEPTH + 1]; /* guesses: the first field of an object, by depth */
	struct strings sources;
	uint64_t rows, blank;
	uint64_t faults[SURVEY_FAULTS];
	struct survey_place first_fault[SURVEY_FAULTS];
	uint64_t others; /* values of keys that are only counted */
	struct survey_place first_other, first_row;
	/* Called for each value of a good line, when it is not NULL. */
	int (*check)(void *context, uint32_t field, const struct json_token *token,
		     struct survey_place place);
	void *context;
	/* The line at hand. */
	uint64_t line;
	struct survey_touched *touched;
	size_t n_touched, touched_cap;
	uint64_t line_others;
	struct buffer scratch;
	uint32_t *always; /* the fields that are */
	size_t n_always, always_cap;
	struct line_reader lines;
};

/* {0} is empty. */
int survey_open(struct survey *s, size_t limit) MUST_CHECK; /* bytes that a line may have */
void survey_close(struct survey *s);
/* All lines of a source, which is called name. input stays the caller's. */
int survey_source(struct survey *s, struct input *input, struct text name) MUST_CHECK;

/* The field of a key in the objects of another, made if it is not there: -1 without a cause when there are
 * too many, or memory is at its end. */
int survey_field(struct survey *s, uint32_t object, struct text key, uint32_t *field) MUST_CHECK;
/* The key, as it is meant. */
struct text survey_key(const struct survey *s, uint32_t field);
/* The path to it, as shape.h has them; appended. */
int survey_path(const struct survey *s, uint32_t field, struct buffer *path) MUST_CHECK;
/* "FILE:LINE", appended; "-" for nowhere. */
int survey_place(const struct survey *s, struct survey_place place, struct buffer *out) MUST_CHECK;
/* "malformed_json", ... */
const char *survey_fault_name(enum survey_fault fault);
/* Lines that were neither blank nor bad and lack the field. */
uint64_t survey_missing(const struct survey *s, uint32_t field);

#endif
