/*
 * state -- a mergeable aggregate of one group: what a Gold table needs of rows it no longer sees.
 *
 *   count      inputs that are not null
 *   sum        128 bits, and how many were added: no rows is not the same as zero
 *   min, max   a number or a text, and how many were compared
 *   distinct   how many ids; the ids themselves are kept elsewhere (distinct)
 *
 * Empty is the identity; merging commutes and associates; equal states encode to equal bytes. float64 is
 * compared in the order of its bits, -0 below 0, so that the least of many does not depend on their order.
 *
 * Encoded: the count, 8 bytes; a sum is followed by 16 bytes; a min or max, unless the count is 0, by 8 bytes
 * of number, or by a length of 8 bytes and the text. All little endian.
 */
#ifndef EV_STATE_H
#define EV_STATE_H

#include "column/value.h"

enum state_kind { STATE_COUNT, STATE_SUM, STATE_MIN, STATE_MAX, STATE_DISTINCT };

struct state {
	enum state_kind kind;
	enum column_type type; /* of the inputs */
	uint64_t count;
	decimal_sum sum;
	int64_t number;     /* min, max; of a float64 its rank */
	struct buffer text; /* min, max of texts; owned */
};

void state_init(struct state *s, enum state_kind kind, enum column_type type);
void state_free(struct state *s);

/* The inputs of from added to those of to, which is of the same kind and type. The ids that a distinct
 * counts must be others than those of `to`. STATUS_INPUT for a sum beyond 128 bits, which rows cannot make.
 */
int state_merge(struct state *to, const struct state *from) MUST_CHECK;
int state_add(decimal_sum *sum, decimal_sum more) MUST_CHECK;
int state_encode(const struct state *s, struct buffer *out) MUST_CHECK;
/* Into a state that has been initialized; *at moves on. -1 without a cause when the bytes are none. */
int state_decode(struct state *s, const uint8_t **at, const uint8_t *end) MUST_CHECK;
/* The same, but of what is there only the count is told. */
int state_skip(enum state_kind kind, enum column_type type, const uint8_t **at, const uint8_t *end,
	       uint64_t *count) MUST_CHECK;
/* What SQL makes of it; a text is borrowed from s. */
struct value state_value(const struct state *s);

/* A float64's bits as a number that orders like the double, and back: the function is its own inverse. */
static inline int64_t state_rank(int64_t bits)
{
	return bits < 0 ? bits ^ INT64_MAX : bits;
}

#endif
