#include "generate/event.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

const char *const event_keys[EVENT_KEYS] = {
    "timestamp", "user_id", "session_id", "event_type",   "product_id",
    "quantity",  "price",   "category",   "search_query",
};

static const char *const type_names[] = {"page_view", "add_to_cart", "remove_from_cart", "purchase",
					 "search"};

/* Two digits at a time. */
static const char digit_pairs[201] = "00010203040506070809101112131415161718192021222324"
				     "25262728293031323334353637383940414243444546474849"
				     "50515253545556575859606162636465666768697071727374"
				     "75767778798081828384858687888990919293949596979899";

void event_style_init(struct event_style *s, const struct catalog *catalog, bool uuids, uint64_t seed)
{
	*s = (struct event_style){.catalog = catalog, .uuids = uuids, .seed = seed, .second = INT64_MIN};
}

static char *put(char *p, const char *text, size_t len)
{
	memcpy(p, text, len);
	return p + len;
}

#define PUT(p, literal) put(p, literal, sizeof literal - 1)

static char *put_number(char *p, uint64_t n)
{
	char digits[20];
	char *d = digits + sizeof digits;

	while (n >= 100) {
		d -= 2;
		memcpy(d, digit_pairs + n % 100 * 2, 2);
		n /= 100;
	}
	if (n >= 10) {
		d -= 2;
		memcpy(d, digit_pairs + n * 2, 2);
	} else {
		*--d = (char)('0' + n);
	}
	return put(p, d, (size_t)(digits + sizeof digits - d));
}

static char *put_timestamp(char *p, struct event_style *s, int64_t ts_us)
{
	int64_t second = ts_us / 1000000 - (ts_us % 1000000 < 0);
	unsigned micros = (unsigned)(ts_us - second * 1000000);

	if (second != s->second) {
		time_t t = (time_t)second;
		struct tm tm;

		gmtime_r(&t, &tm);
		snprintf(s->second_text, sizeof s->second_text, "%04u-%02u-%02uT%02u:%02u:%02u",
			 (unsigned)(tm.tm_year + 1900) % 10000, (unsigned)(tm.tm_mon + 1) % 100,
			 (unsigned)tm.tm_mday % 100, (unsigned)tm.tm_hour % 100, (unsigned)tm.tm_min % 100,
			 (unsigned)tm.tm_sec % 100);
		s->second = second;
	}
	p = put(p, s->second_text, 19);
	if (micros > 0) {
		*p++ = '.';
		memcpy(p, digit_pairs + micros / 10000 * 2, 2);
		memcpy(p + 2, digit_pairs + micros / 100 % 100 * 2, 2);
		memcpy(p + 4, digit_pairs + micros % 100 * 2, 2);
		p += 6;
	}
	return PUT(p, "+00:00");
}

/* Form of RFC 9562, version 4; the 122 bits are mixed from seed and number instead of drawn. */
static char *put_uuid(char *p, uint64_t seed, uint64_t number)
{
	static const char hex[] = "0123456789abcdef";
	uint64_t high = random_mix(seed ^ random_mix(number));
	uint64_t low = random_mix(high ^ number);

	high = (high & ~(uint64_t)0xf000) | 0x4000;
	low = (low & ~((uint64_t)3 << 62)) | (uint64_t)2 << 62;
	for (int i = 0; i < 16; i++) {
		if (i == 8 || i == 12)
			*p++ = '-';
		*p++ = hex[high >> (60 - 4 * i) & 15];
	}
	*p++ = '-';
	for (int i = 0; i < 16; i++) {
		if (i == 4)
			*p++ = '-';
		*p++ = hex[low >> (60 - 4 * i) & 15];
	}
	return p;
}

static char *put_user(char *p, const struct event_style *s, uint64_t user)
{
	if (s->uuids)
		return put_uuid(p, s->seed, user * 2);
	return put_number(PUT(p, "u_"), user);
}

static char *put_session(char *p, const struct event_style *s, uint64_t session)
{
	if (s->uuids)
		return put_uuid(p, s->seed, session * 2 + 1);
	return put_number(PUT(p, "s_"), session);
}

/* As Python writes a float of two decimals: 9.99, 296.2, 251.0. */
static char *put_price(char *p, uint32_t cents)
{
	p = put_number(p, cents / 100);
	*p++ = '.';
	*p++ = (char)('0' + cents / 10 % 10);
	if (cents % 10 != 0)
		*p++ = (char)('0' + cents % 10);
	return p;
}

size_t event_line(struct event_style *s, const struct event *e, char *out)
{
	const char *type = type_names[e->type];
	char *p = put_timestamp(PUT(out, "{\"timestamp\": \""), s, e->ts_us);

	p = put_user(PUT(p, "\", \"user_id\": \""), s, e->user);
	p = put_session(PUT(p, "\", \"session_id\": \""), s, e->session);
	p = PUT(p, "\", \"event_type\": \"");
	p = put(p, type, strlen(type));
	if (e->type == EVENT_SEARCH) {
		const char *phrase = catalog_phrase(e->phrase)->text;

		p = PUT(p,
			"\", \"product_id\": null, \"quantity\": null, \"price\": null, \"category\": null, "
			"\"search_query\": \"");
		p = put(p, phrase, strlen(phrase));
		p = PUT(p, "\"}");
	} else {
		const struct catalog_product *product = &s->catalog->products[e->product];
		const char *category = catalog_category(product->category);

		p = put(PUT(p, "\", \"product_id\": \""), product->id, product->id_len);
		if (event_has_price(e)) {
			p = put_number(PUT(p, "\", \"quantity\": "), e->quantity);
			p = put_price(PUT(p, ", \"price\": "), e->price_cents);
		} else {
			p = PUT(p, "\", \"quantity\": null, \"price\": null");
		}
		p = put(PUT(p, ", \"category\": \""), category, strlen(category));
		p = PUT(p, "\", \"search_query\": null}");
	}
	return (size_t)(p - out);
}

/* Quotes around what make put behind the first quote, up to end. */
static void quote(char *value, char *end)
{
	value[0] = '"';
	end[0] = '"';
	end[1] = '\0';
}

void event_values(struct event_style *s, const struct event *e, char values[EVENT_KEYS][EVENT_VALUE_MAX])
{
	const struct catalog_product *product = &s->catalog->products[e->product];

	quote(values[0], put_timestamp(values[0] + 1, s, e->ts_us));
	quote(values[1], put_user(values[1] + 1, s, e->user));
	quote(values[2], put_session(values[2] + 1, s, e->session));
	snprintf(values[3], EVENT_VALUE_MAX, "\"%s\"", type_names[e->type]);
	for (int i = 4; i < EVENT_KEYS; i++)
		snprintf(values[i], EVENT_VALUE_MAX, "null");
	if (e->type == EVENT_SEARCH) {
		snprintf(values[8], EVENT_VALUE_MAX, "\"%s\"", catalog_phrase(e->phrase)->text);
		return;
	}
	snprintf(values[4], EVENT_VALUE_MAX, "\"%s\"", product->id);
	snprintf(values[7], EVENT_VALUE_MAX, "\"%s\"", catalog_category(product->category));
	if (event_has_price(e)) {
		*put_number(values[5], e->quantity) = '\0';
		*put_price(values[6], e->price_cents) = '\0';
	}
}
