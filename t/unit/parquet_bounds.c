#include "parquet/parquet_bounds.h"
#include "parquet_decode.h"
#include "tap.h"

#include <string.h>

/* The statistics of texts, as they stand in the file. */
struct written {
	struct buffer buffer;
	struct cursor min, max;
	int min_exact, max_exact;
};

static void write_bounds(struct written *w, const struct parquet_bounds *b)
{
	struct thrift_writer t = {.out = &w->buffer};

	buffer_clear(&w->buffer);
	parquet_bounds_write(b, COLUMN_STRING, 0, &t, 1);
	ok(thrift_finish(&t) == 0, "written");
	struct cursor all = {w->buffer.data, w->buffer.data + w->buffer.len}, s = struct_field(all, 1);
	w->min = binary_field(s, 6);
	w->max = binary_field(s, 5);
	w->min_exact = bool_field(s, 8);
	w->max_exact = bool_field(s, 7);
}

static void bounds_of(struct written *w, const char *const *texts, size_t n)
{
	struct parquet_bounds b = {0};

	for (size_t i = 0; i < n; i++)
		parquet_bounds_text(&b, texts[i], strlen(texts[i]));
	write_bounds(w, &b);
}

static bool is(struct cursor c, const char *text)
{
	return c.p != NULL && left(c) == strlen(text) && memcmp(c.p, text, left(c)) == 0;
}

#define BOUNDS_OF(w, ...)                                \
	bounds_of(w, (const char *const[]){__VA_ARGS__}, \
		  sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

#define A60 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff"

static void order(struct written *w)
{
	BOUNDS_OF(w, "b", "a", "c");
	ok(is(w->min, "a") && is(w->max, "c") && w->min_exact == 1 && w->max_exact == 1, "short texts");
	BOUNDS_OF(w, "ab", "a", "abc", "");
	ok(is(w->min, "") && is(w->max, "abc"), "a prefix is less");
	BOUNDS_OF(w, "same-prefix-b", "same-prefix-a", "same-prefix-c", "same-pre");
	ok(is(w->min, "same-pre") && is(w->max, "same-prefix-c"), "beyond the first 8 bytes");
	BOUNDS_OF(w, "z", "\xc3\xa4", "\xf0\x9f\x98\x80", "\xef\xbf\xbd");
	ok(is(w->min, "z") && is(w->max, "\xf0\x9f\x98\x80"), "bytes are unsigned");
}

static void zero_bytes(struct written *w)
{
	struct parquet_bounds b = {0};

	parquet_bounds_text(&b, "a\0", 2);
	parquet_bounds_text(&b, "a", 1);
	write_bounds(w, &b);
	ok(left(w->min) == 1 && left(w->max) == 2, "a zero byte counts");
}

static void cut(struct written *w)
{
	BOUNDS_OF(w, A60 "gggg");
	ok(left(w->min) == 64 && w->min_exact == 1 && w->max_exact == 1, "64 bytes are whole");
	BOUNDS_OF(w, A60 "ggggh");
	ok(is(w->min, A60 "gggg") && w->min_exact == 0, "a longer minimum is a prefix");
	ok(is(w->max, A60 "gggh") && w->max_exact == 0, "a longer maximum is the next prefix");
	BOUNDS_OF(w, A60 "ggggh", A60 "gggg");
	ok(w->min_exact == 1 && w->max_exact == 0, "of the same 64 bytes the shorter text is the minimum");
	BOUNDS_OF(w, A60 "gggg", A60 "ggggh");
	ok(w->min_exact == 1 && w->max_exact == 0 && is(w->max, A60 "gggh"), "in either order");
}

static void characters(struct written *w)
{
	BOUNDS_OF(w, A60 "\xc3\xa4\xc3\xa4\xc3\xa4");
	ok(is(w->min, A60 "\xc3\xa4\xc3\xa4") && is(w->max, A60 "\xc3\xa4\xc3\xa5"),
	   "two whole characters fit");
	BOUNDS_OF(w, A60 "abc\xc3\xa4z");
	ok(is(w->min, A60 "abc") && is(w->max, A60 "abd"), "half a character is left out");
	BOUNDS_OF(w, A60 "a\xf0\x9f\x98\x80z");
	ok(is(w->min, A60 "a") && is(w->max, A60 "b"), "three quarters of one too");
	BOUNDS_OF(w, A60 "abc\x7fz");
	ok(is(w->max, A60 "abc\xc2\x80"), "the next character may be longer");
	BOUNDS_OF(w, A60 "a\xed\x9f\xbfz");
	ok(is(w->max, A60 "a\xee\x80\x80"), "surrogates are stepped over");
	BOUNDS_OF(w, A60 "a\xef\xbf\xbfz");
	ok(is(w->max, A60 "a\xf0\x90\x80\x80"), "out of the basic plane");
	BOUNDS_OF(w, A60 "\xf4\x8f\xbf\xbfz");
	ok(left(w->max) == 60 && w->max.p[59] == 'g', "behind the last code point the one before is raised");
}

static void no_maximum(struct written *w)
{
	char text[81];

	for (int i = 0; i < 80; i++)
		text[i] = "\xf4\x8f\xbf\xbf"[i % 4];
	text[80] = '\0';
	BOUNDS_OF(w, text);
	ok(w->max.p == NULL && left(w->min) == 64, "nothing is greater than last code points alone");
	text[8] = '\0';
	BOUNDS_OF(w, text);
	ok(is(w->max, text) && w->max_exact == 1, "short ones are their own maximum");
}

int main(void)
{
	struct written w = {0};

	order(&w);
	zero_bytes(&w);
	cut(&w);
	characters(&w);
	no_maximum(&w);
	buffer_free(&w.buffer);
	return tap_done();
}
