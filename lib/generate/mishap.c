#include "generate/mishap.h"

#include "generate/mishap_value.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { FIELDS_MAX = 14, LINE_LIMIT = 1 << 20, TOO_LONG_EVERY = 10000, TOO_LONG_FIRST = 40 };

static const char *const verdict_names[MISHAP_VERDICTS] = {
    "good",
    "blank",
    "bad_timestamp",
    "bad_user_id",
    "bad_session_id",
    "bad_event_type",
    "bad_product_id",
    "bad_quantity",
    "bad_price",
    "bad_category",
    "bad_search_query",
    "bad_revenue",
    "missing_timestamp",
    "missing_user_id",
    "missing_session_id",
    "missing_event_type",
    "malformed_json",
    "not_an_object",
    "line_too_long",
};

/* A line before it is written down. */
struct draft {
	const struct event *event;
	struct {
		const char *key, *value;
	} fields[FIELDS_MAX];
	size_t n;
	const char *comma, *colon;
	const char *before, *after; /* the braces and what is around them */
	char values[EVENT_KEYS][EVENT_VALUE_MAX];
	char timestamp[EVENT_VALUE_MAX];
	char key[32];
};

const char *mishap_verdict_name(enum mishap_verdict verdict)
{
	return verdict_names[verdict];
}

void mishap_init(struct mishap *m, uint64_t seed, uint64_t stream)
{
	*m = (struct mishap){0};
	random_seed(&m->random, seed, stream);
}

static void draft_begin(struct draft *d, struct event_style *style, const struct event *e)
{
	d->event = e;
	d->n = EVENT_KEYS;
	d->comma = ", ";
	d->colon = ": ";
	d->before = "{";
	d->after = "}";
	event_values(style, e, d->values);
	for (size_t i = 0; i < d->n; i++) {
		d->fields[i].key = event_keys[i];
		d->fields[i].value = d->values[i];
	}
}

static int draft_write(const struct draft *d, struct buffer *out)
{
	if (buffer_append_text(out, d->before) != 0)
		return -1;
	for (size_t i = 0; i < d->n; i++) {
		const char *comma = i > 0 ? d->comma : "";

		if (buffer_printf(out, "%s\"%s\"%s%s", comma, d->fields[i].key, d->colon,
				  d->fields[i].value) != 0)
			return -1;
	}
	return buffer_append_text(out, d->after);
}

/* A field at place i; those behind it move on. */
static void insert(struct draft *d, size_t i, const char *key, const char *value)
{
	memmove(&d->fields[i + 1], &d->fields[i], (d->n - i) * sizeof *d->fields);
	d->fields[i].key = key;
	d->fields[i].value = value;
	d->n++;
}

static void apply_value(struct draft *d, const struct mishap_value *v)
{
	size_t i = (size_t)v->key;

	if (v->value != NULL) {
		d->fields[i].value = v->value;
		return;
	}
	d->n--;
	memmove(&d->fields[i], &d->fields[i + 1], (d->n - i) * sizeof *d->fields);
}

/* Unusual, but right. */

static void edit_shuffle(struct mishap *m, struct draft *d)
{
	for (size_t i = d->n - 1; i > 0; i--) {
		size_t j = random_below(&m->random, i + 1);
		const char *key = d->fields[i].key;
		const char *value = d->fields[i].value;

		d->fields[i] = d->fields[j];
		d->fields[j].key = key;
		d->fields[j].value = value;
	}
}

static void edit_compact(struct mishap *m, struct draft *d)
{
	(void)m;
	d->comma = ",";
	d->colon = ":";
}

static void edit_airy(struct mishap *m, struct draft *d)
{
	(void)m;
	d->before = " \t{ ";
	d->comma = " ,\t";
	d->colon = " :  ";
	d->after = " } ";
}

static void edit_carriage_return(struct mishap *m, struct draft *d)
{
	(void)m;
	d->after = "}\r";
}

static void edit_unknown_key(struct mishap *m, struct draft *d)
{
	static const char *const unknown[][2] = {
	    {"ip", "\"192.0.2.7\""},
	    {"experiment", "{\"name\": \"b\\u00fctton\", \"arms\": [1, 2.5, null, {\"x\": []}]}"},
	    {"", "-0.5e-3"},
	    {"Price", "\"not the price\""},
	    {"user_id ", "17"},
	};
	size_t i = random_below(&m->random, sizeof unknown / sizeof *unknown);

	insert(d, random_below(&m->random, d->n + 1), unknown[i][0], unknown[i][1]);
}

/* One character of a key as \u00XX. */
static void edit_escaped_key(struct mishap *m, struct draft *d)
{
	size_t i = random_below(&m->random, d->n);
	const char *key = d->fields[i].key;
	size_t at = random_below(&m->random, strlen(key));

	snprintf(d->key, sizeof d->key, "%.*s\\u%04x%s", (int)at, key, (unsigned char)key[at], key + at + 1);
	d->fields[i].key = d->key;
}

/* The last of duplicate keys counts: this one comes first, and is wrong. */
static void edit_duplicate(struct mishap *m, struct draft *d)
{
	static const char *const wrong[] = {"null", "\"\"", "-1", "[{}]", "\"2\""};

	insert(d, 0, event_keys[random_below(&m->random, EVENT_KEYS)], wrong[random_below(&m->random, 5)]);
}

static void edit_timestamp(struct mishap *m, struct draft *d)
{
	static const struct shape {
		int shift_minutes;
		int digits;
		char between, point;
		const char *zone;
	} shapes[] = {
	    {0, 3, 'T', '.', "Z"},      {120, 6, 'T', '.', "+02:00"}, {-330, 6, 'T', '.', "-0530"},
	    {0, 6, ' ', ',', "+00:00"}, {0, 0, 'T', '.', ""},         {0, 1, 't', '.', "z"},
	    {60, 2, 'T', ',', "+01"},   {0, 9, 'T', '.', "Z"},        {0, 7, ' ', '.', ""},
	};
	enum { SHAPES = sizeof shapes / sizeof *shapes };
	size_t i = random_below(&m->random, SHAPES + 2);
	const struct shape *s = &shapes[i < SHAPES ? i : 0];
	time_t t = (time_t)(d->event->ts_us / 1000000) + s->shift_minutes * 60;
	unsigned micros = (unsigned)(d->event->ts_us % 1000000);
	char fraction[16];
	struct tm tm;
	size_t n;

	if (i == SHAPES) /* the second 60 of the minute before */
		t = t / 60 * 60 - 60;
	gmtime_r(&t, &tm);
	n = strftime(d->timestamp, sizeof d->timestamp, "\"%Y-%m-%dT%H:%M:%S", &tm);
	d->timestamp[11] = s->between;
	if (i == SHAPES)
		memcpy(d->timestamp + n - 2, "60", 2);
	if (i == SHAPES + 1) { /* no seconds */
		strcpy(d->timestamp + n - 3, "Z\"");
	} else {
		snprintf(fraction, sizeof fraction, "%c%06u789", s->point, micros);
		snprintf(d->timestamp + n, sizeof d->timestamp - n, "%.*s%s\"",
			 s->digits > 0 ? s->digits + 1 : 0, fraction, s->zone);
	}
	d->fields[TIMESTAMP].value = d->timestamp;
}

static void edit_value(struct mishap *m, struct draft *d)
{
	apply_value(d, &mishap_good_values[m->good_value++ % mishap_n_good_values]);
}

static void (*const edits[])(struct mishap *m, struct draft *d) = {
    edit_value,       edit_timestamp, edit_carriage_return, edit_shuffle, edit_compact,   edit_unknown_key,
    edit_escaped_key, edit_value,     edit_duplicate,       edit_airy,    edit_timestamp,
};
enum { EDITS = sizeof edits / sizeof *edits };

static int good_line(struct mishap *m, struct draft *d, struct buffer *out, enum mishap_verdict *verdict)
{
	size_t kind = m->edit++ % (EDITS + 1);

	if (kind == EDITS) {
		*verdict = MISHAP_BLANK;
		return buffer_append_text(out, m->edit / (EDITS + 1) % 2 == 0 ? "\r" : "");
	}
	*verdict = MISHAP_GOOD;
	edits[kind](m, d);
	return draft_write(d, out);
}

/* Damage to a whole line. */

static int damage_cut(struct mishap *m, struct draft *d, struct buffer *out)
{
	size_t start = out->len;

	if (draft_write(d, out) != 0)
		return -1;
	out->len = start + 1 + random_below(&m->random, out->len - start - 1);
	return 0;
}

static int damage_after(struct mishap *m, struct draft *d, struct buffer *out)
{
	static const struct {
		const char *bytes;
		size_t len;
	} garbage[] = {{"}", 1}, {" {}", 3}, {",", 1}, {" x", 2}, {"\0", 1}, {"\xef\xbb\xbf", 3}};
	size_t i = random_below(&m->random, sizeof garbage / sizeof *garbage);

	if (draft_write(d, out) != 0)
		return -1;
	return buffer_append(out, garbage[i].bytes, garbage[i].len);
}

/* A byte order mark is right at the start of a file, and nowhere else. */
static int damage_before(struct mishap *m, struct draft *d, struct buffer *out)
{
	static const char *const before[] = {"\xef\xbb\xbf{", "", "{,", "{{", "\f{", "{user: 1, "};

	d->before = before[random_below(&m->random, sizeof before / sizeof *before)];
	return draft_write(d, out);
}

static int damage_comma(struct mishap *m, struct draft *d, struct buffer *out)
{
	switch (random_below(&m->random, 3)) {
	case 0: d->after = ",}"; break;
	case 1: d->comma = " "; break;
	default: d->colon = "="; break;
	}
	return draft_write(d, out);
}

static int damage_not_object(struct mishap *m, struct draft *d, struct buffer *out)
{
	static const char *const others[] = {"null", "true",           "42", "-1.5e3", "\"a line\"",
					     "[]",   "[1, {\"a\": 2}]"};
	size_t i = random_below(&m->random, sizeof others / sizeof *others + 1);

	if (i < sizeof others / sizeof *others)
		return buffer_append_text(out, others[i]);
	d->before = "[{";
	d->after = "}]";
	return draft_write(d, out);
}

static int damage_revenue(struct mishap *m, struct draft *d, struct buffer *out)
{
	(void)m;
	d->fields[EVENT_TYPE].value = "\"purchase\"";
	d->fields[QUANTITY].value = "2000000000";
	d->fields[PRICE].value = "999999999999.99";
	return draft_write(d, out);
}

static int damage_too_long(struct draft *d, struct buffer *out)
{
	d->after = ", \"padding\": \"";
	if (draft_write(d, out) != 0 || buffer_reserve(out, LINE_LIMIT) != 0)
		return -1;
	memset(out->data + out->len, '.', LINE_LIMIT);
	out->len += LINE_LIMIT;
	return buffer_append_text(out, "\"}");
}

static const struct {
	enum mishap_verdict verdict;
	int (*damage)(struct mishap *m, struct draft *d, struct buffer *out);
} damages[] = {
    {MISHAP_MALFORMED_JSON, damage_cut},    {MISHAP_NOT_AN_OBJECT, damage_not_object},
    {MISHAP_MALFORMED_JSON, damage_after},  {MISHAP_BAD_REVENUE, damage_revenue},
    {MISHAP_MALFORMED_JSON, damage_before}, {MISHAP_MALFORMED_JSON, damage_comma},
};
enum { DAMAGES = sizeof damages / sizeof *damages };

static int bad_line(struct mishap *m, struct draft *d, struct buffer *out, enum mishap_verdict *verdict)
{
	uint64_t number = m->n_bad++;

	if (number % TOO_LONG_EVERY == TOO_LONG_FIRST) {
		*verdict = MISHAP_LINE_TOO_LONG;
		return damage_too_long(d, out);
	}
	if (number % 4 == 3) {
		size_t kind = m->damage++ % DAMAGES;

		*verdict = damages[kind].verdict;
		return damages[kind].damage(m, d, out);
	}
	const struct mishap_value *v = &mishap_bad_values[m->bad_value++ % mishap_n_bad_values];

	*verdict = v->verdict;
	apply_value(d, v);
	return draft_write(d, out);
}

int mishap_line(struct mishap *m, struct event_style *style, const struct event *e, struct buffer *out,
		enum mishap_verdict *verdict)
{
	struct draft d;

	draft_begin(&d, style, e);
	if (random_next(&m->random) >> 63 != 0)
		return bad_line(m, &d, out, verdict);
	return good_line(m, &d, out, verdict);
}
