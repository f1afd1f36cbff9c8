/*
 * catalog -- the made-up shop's products, categories and search phrases.
 *
 * It depends on the number of products alone, so that whoever makes events for the same shop at different
 * times finds the same products at the same prices. With 30 products it is p_1001 .. p_6005, five in each of
 * six categories. Popularity follows Zipf's law over an order that is mixed, but fixed. Errors: NULL, cause
 * recorded.
 */
#ifndef EV_CATALOG_H
#define EV_CATALOG_H

#include "base/random.h"

#include "base/cause.h"

#include <stddef.h>

enum { CATALOG_CATEGORIES = 6, CATALOG_PRODUCTS_MAX = 10000000 };

struct catalog_product {
	char id[15];
	uint8_t id_len;
	uint8_t category;
	uint8_t appeal; /* how often a view leads to the cart, in percent of the average */
	uint32_t price_cents;
};

struct catalog_phrase {
	const char *text;
	uint8_t category;
};

struct catalog {
	struct catalog_product *products;
	size_t n;
	/* Walker's alias method: product i with probability keep[i] / 2^32, else other[i]. */
	uint32_t *keep;
	uint32_t *other;
};

struct catalog *catalog_new(size_t products) MUST_CHECK;
void catalog_free(struct catalog *c);

const char *catalog_category(unsigned category);
/* The first CATALOG_PLAIN_PHRASES are the ones that the uniform model uses. */
enum { CATALOG_PLAIN_PHRASES = 7, CATALOG_PHRASES = 42 };
const struct catalog_phrase *catalog_phrase(unsigned phrase);

/* An index into products, by popularity. */
static inline uint32_t catalog_pick(const struct catalog *c, struct random *r)
{
	uint32_t i = (uint32_t)random_below(r, c->n);

	return (uint32_t)random_next(r) < c->keep[i] ? i : c->other[i];
}

/* The same within a category. */
uint32_t catalog_pick_in(const struct catalog *c, unsigned category, struct random *r);

#endif
