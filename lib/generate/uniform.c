#include "generate/uniform.h"

void uniform_next(struct random *r, uint64_t users, uint64_t products, struct event *e)
{
	static const uint8_t types[10] = {
	    EVENT_PAGE_VIEW,   EVENT_PAGE_VIEW,   EVENT_PAGE_VIEW,        EVENT_PAGE_VIEW, EVENT_PAGE_VIEW,
	    EVENT_ADD_TO_CART, EVENT_ADD_TO_CART, EVENT_REMOVE_FROM_CART, EVENT_PURCHASE,  EVENT_SEARCH,
	};

	e->type = types[random_below(r, 10)];
	e->user = UNIFORM_FIRST_ID + random_below(r, users);
	e->session = UNIFORM_FIRST_ID + random_below(r, users);
	if (e->type == EVENT_SEARCH) {
		e->phrase = (uint32_t)random_below(r, CATALOG_PLAIN_PHRASES);
		return;
	}
	e->product = (uint32_t)random_below(r, products);
	if (event_has_price(e)) {
		e->quantity = 1 + (uint32_t)random_below(r, 5);
		e->price_cents = 999 + (uint32_t)random_below(r, 29999 - 999 + 1);
	}
}
