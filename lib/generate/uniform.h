/*
 * uniform -- the original generator's model: every event is drawn alone.
 *
 * page_view 50 %, add_to_cart 20 %, remove_from_cart, purchase and search 10 % each; users, sessions and
 * products evenly; quantity 1 to 5; price 9.99 to 299.99, whatever the product; seven search phrases.
 */
#ifndef EV_UNIFORM_H
#define EV_UNIFORM_H

#include "generate/event.h"

enum { UNIFORM_USERS = 90000, UNIFORM_PRODUCTS = 30, UNIFORM_FIRST_ID = 10000 };

/* Sets all of e but the time. Sessions are as many as users, and no user's. */
void uniform_next(struct random *r, uint64_t users, uint64_t products, struct event *e);

#endif
