/*
 * shop -- a believable shop: people come, look around, fill carts, buy, and leave.
 *
 * Some thousand sessions are open at any time; each event is the next step of one of them, picked by chance,
 * so that the pause between two steps of a session is exponential, 20 seconds on average, and a session lasts
 * some minutes. A session belongs to one user, searches and looks mostly in one category, puts into the cart
 * what it has just seen, takes out what is in there, and buys what is in there. Prices are the products'.
 * Sessions stay open from one file to the next. Errors: cause recorded.
 */
#ifndef EV_SHOP_H
#define EV_SHOP_H

#include "generate/event.h"

enum { SHOP_USERS = 90000, SHOP_PRODUCTS = 1000 };

struct shop;

/* Borrows the catalog. first_session is the number of the first session; the others follow. */
struct shop *shop_new(const struct catalog *catalog, uint64_t users, uint64_t seed,
		      uint64_t first_session) MUST_CHECK;
void shop_free(struct shop *s);
/* From here on, so many events happen in so much time: the number of open sessions goes there. */
int shop_pace(struct shop *s, uint64_t events, uint64_t seconds) MUST_CHECK;
/* Sets all of e but the time. */
void shop_next(struct shop *s, struct event *e);

/* How busy the shop is at a time of day (UTC), in percent of the busiest hour. */
unsigned shop_activity(int64_t ts_us);

#endif
