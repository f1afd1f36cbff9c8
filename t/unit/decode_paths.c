/* decode: the fast paths and the rules agree, on odd events and on damaged ones. */
#include "decode_bench.h"
#include "random.h"

/*
 * The same event in the usual form, which the fast paths take, and in an odd one, which they leave: other
 * separators, keys in any order, escapes, exponents. Both must give the same row.
 */
struct event {
	char time[48], odd_time[48];
	char user[32], odd_user[192];
	const char *type;
	char price[32], odd_price[48];
	char quantity[16], odd_quantity[32];
};

static void make_event(struct event *e)
{
	static const char *const types[] = {"page_view", "add_to_cart", "purchase", "search", "refund"};
	unsigned year = 1 + (unsigned)(random_next() % 9998), month = 1 + (unsigned)(random_next() % 12),
		 day = 1 + (unsigned)(random_next() % 28), hour = (unsigned)(random_next() % 24),
		 minute = (unsigned)(random_next() % 60), second = (unsigned)(random_next() % 60),
		 part = (unsigned)(random_next() % 1000000), cents = (unsigned)(random_next() % 10000000),
		 quantity = (unsigned)(random_next() >> (32 + random_next() % 32)) & INT32_MAX;
	size_t n = 0;

	snprintf(e->time, sizeof e->time, "%04u-%02u-%02uT%02u:%02u:%02u.%06u%s", year, month, day, hour,
		 minute, second, part, random_next() % 2 ? "Z" : "+00:00");
	snprintf(e->odd_time, sizeof e->odd_time, "%04u-%02u-%02u %02u:%02u:%02u,%06u999%s", year, month, day,
		 hour, minute, second, part, random_next() % 2 ? "-00" : "");
	snprintf(e->user, sizeof e->user, "u_%llu",
		 (unsigned long long)(random_next() >> random_next() % 60));
	for (const char *c = e->user; *c != '\0'; c++)
		n += (size_t)snprintf(e->odd_user + n, sizeof e->odd_user - n,
				      random_next() % 4 ? "%c" : "\\u%04X", *c);
	e->type = types[random_next() % 5];
	snprintf(e->price, sizeof e->price, "%u.%02u", cents / 100, cents % 100);
	snprintf(e->odd_price, sizeof e->odd_price, "%u%s", cents, cents == 0 ? "e5" : "000e-5");
	snprintf(e->quantity, sizeof e->quantity, "%u", quantity);
	snprintf(e->odd_quantity, sizeof e->odd_quantity, "%u%s", quantity, quantity == 0 ? ".0" : "0.0E-1");
}

static void test_paths(struct bench *b)
{
	size_t wrong = 0, rows = 0;

	for (int i = 0; i < 20000; i++) {
		struct event e;
		char usual[512], odd[1024];
		char *first;
		const char *second;

		make_event(&e);
		snprintf(usual, sizeof usual,
			 "{\"timestamp\": \"%s\", \"user_id\": \"%s\", \"session_id\": \"s\", "
			 "\"event_type\": \"%s\", "
			 "\"product_id\": null, \"quantity\": %s, \"price\": %s, \"category\": null, "
			 "\"search_query\": null}",
			 e.time, e.user, e.type, e.quantity, e.price);
		snprintf(
		    odd, sizeof odd,
		    " {\t\"price\":%s ,\"quantity\" :%s\t,\"\\u0075ser_id\": \"%s\", \"event_type\"\r:\"%s\","
		    "\"x\":[\"}\"],\"timestamp\":\"%s\" , \"session_id\":1,\"session_id\":\"\\u0073\" } ",
		    e.odd_price, e.odd_quantity, e.odd_user, e.type, e.odd_time);
		first = strdup(verdict_of(b, usual));
		second = verdict_of(b, odd);
		rows += strchr(first, '|') != NULL;
		if (strcmp(first, second) != 0 &&
		    (strchr(first, '|') != NULL || strchr(second, '|') != NULL) && wrong++ == 0)
			fprintf(stderr, "# %s\n# %s\n# %s\n# %s\n", usual, odd, first, second);
		free(first);
	}
	ok(wrong == 0 && rows > 10000, "%zu events in two forms give the same rows", rows);
}

/* Spaces around whatever stands between strings and numbers: no change of meaning, other paths. */
static size_t spread(const char *line, size_t len, char *out)
{
	bool inside = false;
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		bool mark = !inside && memchr("{}[]:,", line[i], 6) != NULL;

		if (mark)
			out[n++] = ' ';
		out[n++] = line[i];
		if (mark)
			out[n++] = '\t';
		if (inside && line[i] == '\\' && i + 1 < len)
			out[n++] = line[++i];
		else if (line[i] == '"')
			inside = !inside;
	}
	return n;
}

/* Good lines with a few bytes changed, whatever comes of them: the same with and without spaces. */
static void test_damage(struct bench *b)
{
	static const char bytes[] = "\"\\{}[]:, \t0123456789.eE+-truefalsn\n\x7f\xc3\xa4\xff";
	size_t wrong = 0, rows = 0;

	for (int i = 0; i < 50000; i++) {
		char line[512], wide[2048];
		char *first, *second;
		size_t len = (size_t)snprintf(line, sizeof line, "%s",
					      event_with("x", "\"x\": {\"y\": [1.5, \"\\n\"]}"));
		int changes = 1 + (int)(random_next() % 3);

		for (int j = 0; j < changes; j++)
			line[random_next() % len] = bytes[random_next() % (sizeof bytes - 1)];
		first = strdup(verdict(b, line, len));
		second = strdup(verdict(b, wide, spread(line, len, wide)));
		rows += strchr(first, '|') != NULL;
		/* A fault stands at another column then. */
		if (strchr(first, '|') == NULL && strrchr(second, ' ') != NULL)
			*strrchr(first, ' ') = *strrchr(second, ' ') = '\0';
		if (strcmp(first, second) != 0 && wrong++ == 0)
			fprintf(stderr, "# %.*s\n# %s\n# %s\n", (int)len, line, first, second);
		free(first);
		free(second);
	}
	ok(wrong == 0, "50000 damaged lines, %zu of them still good, are the same with spaces", rows);
}

int main(void)
{
	struct bench b;

	bench_open(&b, schema_read("schemas/event.json"));
	test_paths(&b);
	test_damage(&b);
	bench_close(&b);
	return tap_done();
}
