/*
 * mishap -- lines as no producer should write them, and lines that are unusual but right.
 *
 * Each is made from a good event, and it is known what a reader must make of it (evlake(7), "Decoding
 * rules"). The kinds come in turn, so that a file with some hundred of them has them all; the rare one is the
 * line that is too long, one in 10,000. Errors: -1 when memory ran out.
 */
#ifndef EV_MISHAP_H
#define EV_MISHAP_H

#include "base/buffer.h"
#include "generate/event.h"

/* What becomes of a line: a blank one is skipped, the others after it are rejected for that reason. */
enum mishap_verdict {
	MISHAP_GOOD,
	MISHAP_BLANK,
	MISHAP_BAD_TIMESTAMP,
	MISHAP_BAD_USER_ID,
	MISHAP_BAD_SESSION_ID,
	MISHAP_BAD_EVENT_TYPE,
	MISHAP_BAD_PRODUCT_ID,
	MISHAP_BAD_QUANTITY,
	MISHAP_BAD_PRICE,
	MISHAP_BAD_CATEGORY,
	MISHAP_BAD_SEARCH_QUERY,
	MISHAP_BAD_REVENUE,
	MISHAP_MISSING_TIMESTAMP,
	MISHAP_MISSING_USER_ID,
	MISHAP_MISSING_SESSION_ID,
	MISHAP_MISSING_EVENT_TYPE,
	MISHAP_MALFORMED_JSON,
	MISHAP_NOT_AN_OBJECT,
	MISHAP_LINE_TOO_LONG,
	MISHAP_VERDICTS,
};

/* "good", "blank", "bad_timestamp", ... */
const char *mishap_verdict_name(enum mishap_verdict verdict);

struct mishap {
	struct random random;
	uint64_t n_bad;
	/* How far each list of kinds has been used. */
	size_t bad_value, good_value, damage, edit;
};

void mishap_init(struct mishap *m, uint64_t seed, uint64_t stream);

/* Appends a line made from e, without its line feed; half of them are bad. */
int mishap_line(struct mishap *m, struct event_style *style, const struct event *e, struct buffer *out,
		enum mishap_verdict *verdict) MUST_CHECK;

#endif
