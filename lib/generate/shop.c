#include "generate/shop.h"

#include "base/buffer.h"

#include <stdlib.h>

enum {
	PAUSE_SECONDS = 20, /* between two steps of a session, on average */
	CART_MAX = 4,
	STEPS_MAX = 80,
	FIRST_USER = 10000,
};

enum state { ENTERED, SEARCHED, VIEWED, ADDED, REMOVED, PAYING, BOUGHT, LEFT };

struct item {
	uint32_t product;
	uint32_t quantity;
};

struct session {
	uint64_t user;
	uint64_t number;
	struct item cart[CART_MAX];
	uint32_t seen; /* the product looked at last */
	uint8_t n_cart;
	uint8_t state;
	uint8_t category;
	uint8_t steps;
};

struct shop {
	const struct catalog *catalog;
	struct random random;
	uint64_t users;
	uint64_t next_session;
	struct session *open;
	size_t n;
	size_t cap;
	size_t target;
};

/*
 * What a session does after each state, in percent; what is left to 100 is leaving. Adding needs a product
 * that was seen, removing and paying a full cart; without, it looks at another product instead.
 */
static const struct habit {
	uint8_t search, view, add, remove, pay;
} habits[] = {
    [ENTERED] = {38, 62, 0, 0, 0}, [SEARCHED] = {10, 82, 0, 0, 0}, [VIEWED] = {9, 53, 17, 2, 4},
    [ADDED] = {10, 46, 0, 9, 24},  [REMOVED] = {15, 50, 0, 5, 15}, [PAYING] = {0, 0, 0, 0, 100},
    [BOUGHT] = {4, 14, 0, 0, 0},
};

struct shop *shop_new(const struct catalog *catalog, uint64_t users, uint64_t seed, uint64_t first_session)
{
	struct shop *s = calloc(1, sizeof *s);

	if (s == NULL) {
		cause_memory();
		return NULL;
	}
	s->catalog = catalog;
	s->users = users;
	s->next_session = first_session;
	random_seed(&s->random, seed, 0);
	return s;
}

void shop_free(struct shop *s)
{
	if (s == NULL)
		return;
	free(s->open);
	free(s);
}

unsigned shop_activity(int64_t ts_us)
{
	static const uint8_t hours[25] = {20, 13, 9,  8,  9,  14, 25, 40,  55, 65, 72, 78, 82,
					  80, 76, 74, 76, 82, 90, 98, 100, 92, 70, 42, 20};
	int64_t minute = ts_us / 60000000 % 1440;

	if (minute < 0)
		minute += 1440;
	return (unsigned)((hours[minute / 60] * (60 - minute % 60) + hours[minute / 60 + 1] * (minute % 60)) /
			  60);
}

static void enter(struct shop *s, struct session *session)
{
	struct random *r = &s->random;
	/* Some come often: the smaller of two draws. */
	uint64_t a = random_below(r, s->users);
	uint64_t b = random_below(r, s->users);

	/* Spread over the numbers, so that often is not the same as low; the factor is prime. */
	*session = (struct session){
	    .user = FIRST_USER + (a < b ? a : b) * 1000003 % s->users,
	    .number = s->next_session++,
	    .category = (uint8_t)random_below(r, CATALOG_CATEGORIES),
	    .state = ENTERED,
	};
}

int shop_pace(struct shop *s, uint64_t events, uint64_t seconds)
{
	uint64_t target = events * PAUSE_SECONDS / seconds;
	bool opening = s->target == 0;

	if (target < 1)
		target = 1;
	s->target = target;
	if (array_reserve(&s->open, &s->cap, target, sizeof *s->open) != 0)
		return -1;
	/* The shop opens with all of them at the door: few would be very busy in the first moments. */
	while (opening && s->n < target)
		enter(s, &s->open[s->n++]);
	return 0;
}

static uint32_t draw_quantity(struct random *r)
{
	uint64_t x = random_below(r, 100);

	return x < 72 ? 1 : x < 90 ? 2 : x < 96 ? 3 : x < 99 ? 4 : 5;
}

static void search(struct shop *s, struct session *session, struct event *e)
{
	e->type = EVENT_SEARCH;
	e->phrase = (uint32_t)random_below(&s->random, CATALOG_PHRASES);
	session->category = catalog_phrase(e->phrase)->category;
	session->state = SEARCHED;
}

static void view(struct shop *s, struct session *session, struct event *e)
{
	bool stray = session->state != SEARCHED && random_below(&s->random, 4) == 0;

	e->type = EVENT_PAGE_VIEW;
	e->product = stray ? catalog_pick(s->catalog, &s->random)
			   : catalog_pick_in(s->catalog, session->category, &s->random);
	session->seen = e->product;
	session->state = VIEWED;
}

static void price(const struct shop *s, struct item item, struct event *e)
{
	e->product = item.product;
	e->quantity = item.quantity;
	e->price_cents = s->catalog->products[item.product].price_cents;
}

static void add(struct shop *s, struct session *session, struct event *e)
{
	struct item item = {session->seen, draw_quantity(&s->random)};

	e->type = EVENT_ADD_TO_CART;
	price(s, item, e);
	session->cart[session->n_cart++] = item;
	session->state = ADDED;
}

static void take_out(struct shop *s, struct session *session, struct event *e)
{
	size_t i = random_below(&s->random, session->n_cart);

	price(s, session->cart[i], e);
	session->cart[i] = session->cart[--session->n_cart];
}

/* Whether x lies within the next share of the line that it was drawn from; if not, x is moved along. */
static bool falls(uint64_t *x, uint64_t share)
{
	if (*x < share)
		return true;
	*x -= share;
	return false;
}

/* Takes the session's next step: e is what happens. */
static void step(struct shop *s, struct session *session, struct event *e)
{
	const struct habit *h = &habits[session->state];
	const struct catalog_product *seen = &s->catalog->products[session->seen];
	bool can_add = session->state == VIEWED && session->n_cart < CART_MAX;
	uint64_t adding = can_add ? h->add * seen->appeal / 100u : 0;
	uint64_t removing = session->n_cart > 0 ? h->remove : 0;
	uint64_t paying = session->n_cart > 0 ? h->pay : 0;
	uint64_t x = random_below(&s->random, (uint64_t)h->search + h->view + adding + removing + paying);

	e->user = session->user;
	e->session = session->number;
	if (falls(&x, h->search)) {
		search(s, session, e);
	} else if (falls(&x, adding)) {
		add(s, session, e);
	} else if (falls(&x, removing)) {
		take_out(s, session, e);
		e->type = EVENT_REMOVE_FROM_CART;
		session->state = REMOVED;
	} else if (falls(&x, paying)) {
		take_out(s, session, e);
		e->type = EVENT_PURCHASE;
		session->state = session->n_cart > 0 ? PAYING : BOUGHT;
	} else {
		view(s, session, e);
	}
}

/* Whether the session ends with the step just taken. */
static bool leaves(struct shop *s, struct session *session)
{
	const struct habit *h = &habits[session->state];
	unsigned stay = (unsigned)h->search + h->view + h->add + h->remove + h->pay;

	return ++session->steps >= STEPS_MAX || random_below(&s->random, 100) >= stay;
}

void shop_next(struct shop *s, struct event *e)
{
	struct session *session;

	if (s->n < s->target && (s->n == 0 || random_next(&s->random) >> 63 != 0))
		enter(s, &s->open[s->n++]);
	session = &s->open[random_below(&s->random, s->n)];
	step(s, session, e);
	if (!leaves(s, session))
		return;
	if (s->n > s->target || s->n == 1)
		*session = s->open[--s->n];
	else
		enter(s, session);
}
