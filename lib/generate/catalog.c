#include "generate/catalog.h"

#include <stdio.h>
#include <stdlib.h>

/* Not the user's seed: the catalog is the same for all. */
enum { CATALOG_SEED = 20251207 };

static const char *const categories[CATALOG_CATEGORIES] = {
    "electronics", "clothing", "home", "books", "sports", "toys",
};

enum { ELECTRONICS, CLOTHING, HOME, BOOKS, SPORTS, TOYS };

/* What a typical product costs, in cents; prices lie between a fourth and four times of it. */
static const uint32_t typical_price[CATALOG_CATEGORIES] = {14900, 4900, 5900, 1990, 4500, 2490};

static const struct catalog_phrase phrases[CATALOG_PHRASES] = {
    {"wireless headphones", ELECTRONICS},
    {"running shoes", SPORTS},
    {"laptop stand", ELECTRONICS},
    {"yoga mat", SPORTS},
    {"coffee maker", HOME},
    {"winter jacket", CLOTHING},
    {"python books", BOOKS},
    {"usb c cable", ELECTRONICS},
    {"mechanical keyboard", ELECTRONICS},
    {"noise cancelling earbuds", ELECTRONICS},
    {"phone case", ELECTRONICS},
    {"4k monitor", ELECTRONICS},
    {"smart watch", ELECTRONICS},
    {"rain coat", CLOTHING},
    {"wool socks", CLOTHING},
    {"jeans", CLOTHING},
    {"summer dress", CLOTHING},
    {"leather belt", CLOTHING},
    {"hiking boots", CLOTHING},
    {"cast iron pan", HOME},
    {"desk lamp", HOME},
    {"bed linen", HOME},
    {"vacuum cleaner", HOME},
    {"wine glasses", HOME},
    {"storage boxes", HOME},
    {"detective novel", BOOKS},
    {"cook book", BOOKS},
    {"children's books", BOOKS},
    {"history of rome", BOOKS},
    {"statistics textbook", BOOKS},
    {"travel guide", BOOKS},
    {"bike helmet", SPORTS},
    {"dumbbells", SPORTS},
    {"tennis balls", SPORTS},
    {"swimming goggles", SPORTS},
    {"camping tent", SPORTS},
    {"wooden train", TOYS},
    {"board games", TOYS},
    {"lego", TOYS},
    {"puzzle 1000 pieces", TOYS},
    {"plush bear", TOYS},
    {"marble run", TOYS},
};

const char *catalog_category(unsigned category)
{
	return categories[category];
}

const struct catalog_phrase *catalog_phrase(unsigned phrase)
{
	return &phrases[phrase];
}

static void make_products(struct catalog *c, struct random *r)
{
	size_t each = (c->n + CATALOG_CATEGORIES - 1) / CATALOG_CATEGORIES;
	int width = 3;

	for (size_t bound = 1000; bound <= each; bound *= 10)
		width++;
	for (size_t i = 0; i < c->n; i++) {
		struct catalog_product *p = &c->products[i];
		unsigned category = (unsigned)(i / each);
		uint32_t typical = typical_price[category];
		/* The product of two draws: many cheap ones, a few dear ones. */
		uint64_t a = 50 + random_below(r, 151);
		uint64_t b = 50 + random_below(r, 151);
		uint32_t whole = (uint32_t)(typical * a * b / 1000000);
		static const uint8_t endings[] = {99, 99, 95, 50, 0, 49, 90, 25};

		p->category = (uint8_t)category;
		p->id_len =
		    (uint8_t)snprintf(p->id, sizeof p->id, "p_%u%0*zu", category + 1, width, i % each + 1);
		p->price_cents = whole * 100 + endings[random_below(r, sizeof endings)];
		p->appeal = (uint8_t)(40 + random_below(r, 121));
	}
}

/* Walker's method as arranged by Vose (IEEE TSE 17:9, 1991): each product's share is topped up to 1/n by
 * another one. */
static void make_alias(struct catalog *c, double *share, uint32_t *small, uint32_t *large)
{
	size_t n_small = 0;
	size_t n_large = 0;

	for (size_t i = 0; i < c->n; i++) {
		c->other[i] = (uint32_t)i;
		c->keep[i] = UINT32_MAX;
		if (share[i] < 1)
			small[n_small++] = (uint32_t)i;
		else
			large[n_large++] = (uint32_t)i;
	}
	while (n_small > 0 && n_large > 0) {
		uint32_t i = small[--n_small];
		uint32_t j = large[n_large - 1];

		c->keep[i] = (uint32_t)(share[i] * 4294967295.0);
		c->other[i] = j;
		share[j] -= 1 - share[i];
		if (share[j] < 1) {
			n_large--;
			small[n_small++] = j;
		}
	}
}

static int make_popularity(struct catalog *c, struct random *r)
{
	double *share = malloc(c->n * sizeof *share);
	uint32_t *lists = malloc(2 * c->n * sizeof *lists);
	double sum = 0;
	int result = 0;

	if (share == NULL || lists == NULL) {
		result = cause_memory();
		goto out;
	}
	for (size_t i = 0; i < c->n; i++)
		sum += 1.0 / (double)(i + 1);
	for (size_t i = 0; i < c->n; i++)
		share[i] = (double)c->n / ((double)(i + 1) * sum);
	for (size_t i = c->n - 1; i > 0; i--) {
		size_t j = random_below(r, i + 1);
		double swap = share[i];

		share[i] = share[j];
		share[j] = swap;
	}
	make_alias(c, share, lists, lists + c->n);
out:
	free(share);
	free(lists);
	return result;
}

struct catalog *catalog_new(size_t products)
{
	struct catalog *c = calloc(1, sizeof *c);
	struct random r;

	if (c == NULL) {
		cause_memory();
		return NULL;
	}
	random_seed(&r, CATALOG_SEED, 0);
	c->n = products;
	c->products = malloc(products * sizeof *c->products);
	c->keep = malloc(products * sizeof *c->keep);
	c->other = malloc(products * sizeof *c->other);
	if (c->products == NULL || c->keep == NULL || c->other == NULL) {
		cause_memory();
		goto fail;
	}
	make_products(c, &r);
	if (make_popularity(c, &r) != 0)
		goto fail;
	return c;
fail:
	catalog_free(c);
	return NULL;
}

void catalog_free(struct catalog *c)
{
	if (c == NULL)
		return;
	free(c->products);
	free(c->keep);
	free(c->other);
	free(c);
}

uint32_t catalog_pick_in(const struct catalog *c, unsigned category, struct random *r)
{
	uint32_t product = 0;

	/* One in six is of that category; where it has none at all, another will do. */
	for (int i = 0; i < 32; i++) {
		product = catalog_pick(c, r);
		if (c->products[product].category == category)
			break;
	}
	return product;
}
