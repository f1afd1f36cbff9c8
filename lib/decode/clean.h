/*
 * clean -- what becomes of bad lines: they are counted by reason, and a source that loses too many is
 * refused.
 *
 * Refused is a source that loses all its lines, or more than `percent` of them and at least CLEAN_LEAST; with
 * 100 percent none is. A changed producer must not eat the lake.
 */
#ifndef EV_CLEAN_H
#define EV_CLEAN_H

#include "stream/control.h"

enum { CLEAN_PERCENT = 10, CLEAN_LEAST = 100, CLEAN_RAW = 120, CLEAN_REASONS = 200 };

/* Rejects of one source with the same reason and field; once there are CLEAN_REASONS of these, what is new is
 * counted by its reason with "..." for a field, as what a map says may be of any kind. */
struct clean_count {
	char reason[64];
	char field[80];
	uint64_t count;
	uint64_t line; /* of the first */
	uint64_t column;
	char raw[CLEAN_RAW + 1]; /* how the first begins, where its value is */
};

struct clean {
	unsigned percent;
	char *source;
	struct clean_count *counts;
	size_t n;
	size_t cap;
};

int clean_begin_source(struct clean *c, struct text path) MUST_CHECK;
int clean_count(struct clean *c, const struct control_reject *reject) MUST_CHECK;
/* STATUS_REFUSED, with the commonest reason and where it was first, for a source that lost too much. */
int clean_judge(const struct clean *c, const struct control_source_end *end) MUST_CHECK;
/* The commonest, or NULL. */
const struct clean_count *clean_commonest(const struct clean *c);
void clean_free(struct clean *c);

#endif
