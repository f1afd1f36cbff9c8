#include "decode/exact.h"

#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SURE = 15,   /* digits that a double carries, whatever they are */
	DIGITS = 17, /* that tell doubles apart */
	POWER = 300, /* beyond, doubles have fewer digits, or there are none */
};

static const char tag[] = "\\u0000";
enum { TAG = sizeof tag - 1 };

/* A number but for its sign: 0.DIGITS * 10^power, without zeros at either end. */
struct digits {
	char digits[DIGITS + 1];
	size_t n; /* DIGITS + 1 for more than fit */
	long power;
};

static void read_digits(struct text number, struct digits *d)
{
	size_t zeros = 0; /* behind the digits so far */
	bool behind_point = false;
	size_t i;

	*d = (struct digits){.n = 0};
	for (i = number.len > 0 && number.data[0] == '-'; i < number.len; i++) {
		const char c = number.data[i];

		if ((c | 0x20) == 'e')
			break;
		if (c == '.') {
			behind_point = true;
			continue;
		}
		if (c == '0') {
			zeros += d->n > 0;
			d->power += d->n > 0 ? !behind_point : -(long)behind_point;
			continue;
		}
		for (; zeros > 0 && d->n < DIGITS; zeros--)
			d->digits[d->n++] = '0';
		if (zeros > 0 || d->n == DIGITS) {
			d->n = DIGITS + 1;
			return;
		}
		d->digits[d->n++] = c;
		d->power += !behind_point;
	}
	if (i < number.len && d->n > 0) {
		/* What is beyond any power that counts stays so. */
		const char sign = number.data[i + 1];
		long power = 0;

		for (i += 1 + (sign == '-' || sign == '+'); i < number.len; i++)
			power = power > 1000000 ? power : power * 10 + (number.data[i] - '0');
		d->power += sign == '-' ? -power : power;
	}
}

static double to_double(const struct digits *d)
{
	char text[DIGITS + 32];

	snprintf(text, sizeof text, "0.%.*se%ld", (int)d->n, d->digits, d->power);
	return strtod(text, NULL);
}

bool exact_is_carried(struct text number)
{
	struct digits given, shortest = {.n = 0};
	double value;

	read_digits(number, &given);
	if (given.n == 0)
		return true;
	if (given.n > DIGITS || given.power > POWER || given.power < -POWER)
		return false;
	if (given.n <= SURE)
		return true;
	/* It is printed by as few digits as tell it from all other doubles. */
	value = to_double(&given);
	for (int n = SURE; n <= DIGITS; n++) {
		char text[DIGITS + 32];
		const int len = snprintf(text, sizeof text, "%.*e", n - 1, value);

		read_digits((struct text){text, (size_t)len}, &shortest);
		if (to_double(&shortest) == value)
			break;
	}
	return shortest.n == given.n && shortest.power == given.power &&
	       memcmp(shortest.digits, given.digits, given.n) == 0;
}

/* --- there -----------------------------------------------------------------------------------------------
 */

static bool is_tagged(const char *p, const char *end)
{
	return end - p >= TAG && memcmp(p, tag, TAG) == 0;
}

/* Behind the string whose opening quote is before p. */
static const char *skip_string(const char *p, const char *end)
{
	for (;;) {
		p = json_string_stop(p, end);
		if (p >= end)
			return end;
		if (*p == '"')
			return p + 1;
		p += 1 + (*p == '\\');
	}
}

static bool is_number_byte(char c)
{
	return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || (c | 0x20) == 'e';
}

/* Behind a number, which begins at p. */
static const char *skip_number(const char *p, const char *end)
{
	while (p < end && is_number_byte(*p))
		p++;
	return p;
}

static bool is_short(struct text number)
{
	return number.len <= SURE && memchr(number.data, 'e', number.len) == NULL &&
	       memchr(number.data, 'E', number.len) == NULL;
}

/* The text in pieces: what is as it was up to p, then something else. */
struct copy {
	struct buffer *out;
	const char *from; /* what follows has not been copied */
};

static int copy_to(struct copy *c, const char *p)
{
	const size_t len = (size_t)(p - c->from);
	const char *from = c->from;

	c->from = p;
	return buffer_append(c->out, from, len);
}

static int hide_number(struct copy *c, struct text number)
{
	if (copy_to(c, number.data) != 0 || buffer_append_text(c->out, "\"\\u0000") != 0)
		return -1;
	return copy_to(c, number.data + number.len) != 0 ? -1 : buffer_append_text(c->out, "\"");
}

/* What was copied, if anything was, with what must be readable behind it. */
static int finish(struct copy *c, struct text *json)
{
	if (c->from == json->data)
		return 0;
	if (copy_to(c, json->data + json->len) != 0 || buffer_reserve(c->out, JSON_SLACK) != 0)
		return -1;
	memset(c->out->data + c->out->len, 0, JSON_SLACK);
	*json = (struct text){(const char *)c->out->data, c->out->len};
	return 0;
}

/* A key stands before a colon. */
static bool is_key(const char *behind, const char *end)
{
	behind = json_space(behind, end);
	return behind < end && *behind == ':';
}

int exact_hide(struct text *json, struct buffer *scratch, size_t *numbers)
{
	const char *p = json->data, *const end = p + json->len;
	struct copy c = {scratch, p};

	buffer_clear(scratch);
	*numbers = 0;
	while (p < end) {
		if (*p == '"') {
			const char *start = p + 1;

			p = skip_string(start, end);
			if (is_tagged(start, end) && !is_key(p, end) &&
			    (copy_to(&c, start) != 0 || buffer_append(scratch, tag, TAG) != 0))
				return -1;
		} else if (*p == '-' || (*p >= '0' && *p <= '9')) {
			const struct text number = {p, (size_t)(skip_number(p, end) - p)};

			p += number.len;
			if (is_short(number) || exact_is_carried(number))
				continue;
			if (hide_number(&c, number) != 0)
				return -1;
			++*numbers;
		} else {
			p++;
		}
	}
	return finish(&c, json);
}

/* --- and back --------------------------------------------------------------------------------------------
 */

/* A string that begins with the tag: the number that it is, or else without the tag if there are two. */
static int show_string(struct copy *c, const char *quote, const char *behind)
{
	const char *start = quote + 1 + TAG, *bad;
	struct json_token number;

	if (json_number(start, behind - 1, &number, &bad) == behind - 1) {
		if (copy_to(c, quote) != 0)
			return -1;
		c->from = start;
		if (copy_to(c, behind - 1) != 0)
			return -1;
		c->from = behind;
	} else if (is_tagged(start, behind)) {
		if (copy_to(c, quote + 1) != 0)
			return -1;
		c->from = start;
	}
	return 0;
}

int exact_show(struct text *json, struct buffer *scratch)
{
	const char *p = json->data, *const end = p + json->len;
	struct copy c = {scratch, p};

	if (memmem(p, json->len, "\"\\u0000", TAG + 1) == NULL)
		return 0;
	buffer_clear(scratch);
	while (p < end) {
		const char *quote = p++;

		if (*quote != '"')
			continue;
		p = skip_string(p, end);
		if (is_tagged(quote + 1, p) && !is_key(p, end) && show_string(&c, quote, p) != 0)
			return -1;
	}
	return finish(&c, json);
}
