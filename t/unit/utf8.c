/* utf8: what is UTF-8 and what is not, at every place of a text. */
#include "base/utf8.h"

#include "tap.h"

#include <stdlib.h>
#include <string.h>

static void test_sequences(void)
{
	static const char *const good[] = {
	    "\x7f",         "\xc2\x80",     "\xdf\xbf",         "\xe0\xa0\x80",     "\xed\x9f\xbf",
	    "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
	};
	static const char *const bad[] = {
	    "\x80",
	    "\xbf",
	    "\xc0\x80",
	    "\xc1\xbf",
	    "\xc2",
	    "\xc2"
	    "A",
	    "\xe0\x80\x80",
	    "\xe0\x9f\xbf",
	    "\xe1\x80",
	    "\xe1\x80"
	    "A",
	    "\xed\xa0\x80",
	    "\xed\xbf\xbf",
	    "\xf0\x80\x80\x80",
	    "\xf0\x8f\xbf\xbf",
	    "\xf1\x80\x80",
	    "\xf1\x80\x80"
	    "A",
	    "\xf4\x90\x80\x80",
	    "\xf5\x80\x80\x80",
	    "\xf8\x88\x80\x80\x80",
	    "\xfe",
	    "\xff",
	    "\xfc\x83\xbf\xbf\xbf\xbf",
	};
	char text[128];
	size_t wrong;

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		const size_t n = strlen(good[i]);

		wrong = 0;
		for (size_t at = 0; at < 80; at++) {
			memset(text, 'x', sizeof text);
			memcpy(text + at, good[i], n);
			for (size_t len = at + n; len < sizeof text; len++)
				wrong += utf8_check(text, len) != len;
			wrong += n > 1 && utf8_check(text, at + n - 1) != at;
		}
		ok(wrong == 0, "sequence %zu is well, and cut it is not", i);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		const size_t n = strlen(bad[i]);

		wrong = 0;
		for (size_t at = 0; at < 80; at++) {
			memset(text, 'x', sizeof text);
			memcpy(text + at, bad[i], n);
			for (size_t len = at + n; len < sizeof text; len++)
				wrong += utf8_check(text, len) != at;
		}
		ok(wrong == 0, "bad sequence %zu is found where it starts", i);
	}
	ok(utf8_check("", 0) == 0, "nothing is well");
	ok(utf8_check("a\0b", 3) == 3, "so is a NUL");
}

/* All code points, and the surrogates among them. */
static void test_code_points(void)
{
	char text[4];
	size_t wrong = 0;

	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		const size_t n = utf8_put(c, text);
		const bool surrogate = c >= 0xd800 && c <= 0xdfff;

		wrong += utf8_check(text, n) != (surrogate ? 0 : n);
		wrong += n != 1u + (c > 0x7f) + (c > 0x7ff) + (c > 0xffff);
	}
	ok(wrong == 0, "every code point is written as it is read");
}

static void test_count(void)
{
	ok(utf8_count("", 0) == 0 && utf8_count("abc", 3) == 3, "ASCII has as many code points as bytes");
	ok(utf8_count("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 9) == 3, "and others fewer");
	ok(utf8_cut("abc", 3, 5) == 3 && utf8_cut("abc", 3, 2) == 2, "a cut of ASCII");
	ok(utf8_cut("a\xe2\x82\xac", 4, 3) == 1 && utf8_cut("a\xe2\x82\xac", 4, 4) == 4,
	   "a cut goes between code points");
}

int main(void)
{
	test_sequences();
	test_code_points();
	test_count();
	return tap_done();
}
