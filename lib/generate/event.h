/*
 * event -- a made-up event, and the line of JSON that the original producer would write for it.
 *
 * The nine keys in order, ", " and ": " between them, prices as the shortest decimal, UTC as +00:00,
 * microseconds that are absent when they are zero. Lines have no line end here. Nothing allocates or fails.
 */
#ifndef EV_EVENT_H
#define EV_EVENT_H

#include "generate/catalog.h"

#include <stdbool.h>

enum event_type { EVENT_PAGE_VIEW, EVENT_ADD_TO_CART, EVENT_REMOVE_FROM_CART, EVENT_PURCHASE, EVENT_SEARCH };

struct event {
	int64_t ts_us; /* since 1970, UTC; years 1 to 9999 */
	enum event_type type;
	uint64_t user;
	uint64_t session;
	/* A search has a phrase; all others have a product; cart and purchase events a quantity and a price.
	 */
	uint32_t product;
	uint32_t phrase;
	uint32_t quantity;
	uint32_t price_cents;
};

/* How ids are written, and the text of the second that was last asked for. */
struct event_style {
	const struct catalog *catalog;
	bool uuids; /* users and sessions as UUIDs (version 4 in form, made from seed and number) */
	uint64_t seed;
	int64_t second;
	char second_text[20]; /* "2025-12-07T03:55:56" */
};

enum { EVENT_LINE_MAX = 512, EVENT_KEYS = 9, EVENT_VALUE_MAX = 64 };

void event_style_init(struct event_style *s, const struct catalog *catalog, bool uuids, uint64_t seed);

static inline bool event_has_price(const struct event *e)
{
	return e->type == EVENT_ADD_TO_CART || e->type == EVENT_REMOVE_FROM_CART || e->type == EVENT_PURCHASE;
}

/* Writes the line to out, EVENT_LINE_MAX bytes; returns its length. */
size_t event_line(struct event_style *s, const struct event *e, char *out);

/* The same as its parts: keys in order, and each value as JSON text, for lines that are built differently. */
extern const char *const event_keys[EVENT_KEYS];
void event_values(struct event_style *s, const struct event *e, char values[EVENT_KEYS][EVENT_VALUE_MAX]);

#endif
