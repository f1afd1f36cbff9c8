#include "generate/event.h"

#include "tap.h"

#include <stdlib.h>
#include <string.h>

static struct catalog *catalog;

static void is_line(bool uuids, const struct event *e, const char *expected)
{
	struct event_style style;
	char line[EVENT_LINE_MAX + 1];
	size_t len;

	event_style_init(&style, catalog, uuids, 1);
	len = event_line(&style, e, line);
	line[len] = '\0';
	if (!ok(strcmp(line, expected) == 0, "%.60s...", expected))
		fprintf(stderr, "# got %s\n", line);
}

int main(void)
{
	struct event e = {
	    .ts_us = INT64_C(1765079756633003),
	    .type = EVENT_PURCHASE,
	    .user = 10001,
	    .session = 99999,
	    .product = 29,
	    .quantity = 5,
	    .price_cents = 25100,
	};

	catalog = catalog_new(30);
	if (!ok(catalog != NULL, "a catalog"))
		return tap_done();
	is_line(
	    false, &e,
	    "{\"timestamp\": \"2025-12-07T03:55:56.633003+00:00\", \"user_id\": \"u_10001\", \"session_id\": "
	    "\"s_99999\", \"event_type\": \"purchase\", \"product_id\": \"p_6005\", \"quantity\": 5, "
	    "\"price\": "
	    "251.0, \"category\": \"toys\", \"search_query\": null}");
	e.ts_us = INT64_C(1765079756000000);
	e.price_cents = 999;
	e.product = 0;
	e.type = EVENT_ADD_TO_CART;
	is_line(false, &e,
		"{\"timestamp\": \"2025-12-07T03:55:56+00:00\", \"user_id\": \"u_10001\", \"session_id\": "
		"\"s_99999\", \"event_type\": \"add_to_cart\", \"product_id\": \"p_1001\", \"quantity\": 5, "
		"\"price\": "
		"9.99, \"category\": \"electronics\", \"search_query\": null}");
	e.ts_us++;
	e.type = EVENT_SEARCH;
	e.phrase = 3;
	is_line(
	    false, &e,
	    "{\"timestamp\": \"2025-12-07T03:55:56.000001+00:00\", \"user_id\": \"u_10001\", \"session_id\": "
	    "\"s_99999\", \"event_type\": \"search\", \"product_id\": null, \"quantity\": null, \"price\": "
	    "null, "
	    "\"category\": null, \"search_query\": \"yoga mat\"}");
	catalog_free(catalog);
	return tap_done();
}
