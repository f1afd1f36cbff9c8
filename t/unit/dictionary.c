/*
 * Dictionaries: every text has one code, whatever its length and whichever way it is asked for.
 */
#include "column/dictionary.h"
#include "tap.h"

#include <stdlib.h>

/* Text i: lengths from 0 to 40 and bytes of every kind, zero too, so that short keys are put to the test. */
static size_t text_of_number(uint32_t i, char out[64])
{
	const size_t len = i % 41;
	uint64_t x = (i + 1) * 0x9e3779b97f4a7c15U;

	for (size_t k = 0; k < len; k++) {
		out[k] = (char)(k % 3 == 2 ? 0 : x >> 56);
		x = x * 6364136223846793005U + i;
	}
	/* Distinct where there is room for it. */
	if (len >= 4)
		memcpy(out, &i, 4);
	return len;
}

/* Lengths 4 and above hold their number, so those are distinct; shorter ones may well be equal. */
static void test_codes(void)
{
	struct dictionary d = {0};
	char text[64];
	uint32_t code, again, wrong = 0;

	for (uint32_t i = 0; i < 300000; i++) {
		const size_t len = text_of_number(i, text);
		const uint32_t known = d.strings.n;
		const bool found = dictionary_find(&d, text, len, &again);

		if (dictionary_code(&d, text, len, &code) != 0)
			abort();
		wrong +=
		    found ? code != again || d.strings.n != known : code != known || d.strings.n != known + 1;
		wrong += len >= 4 && found;
		wrong += !text_equal(strings_get(&d.strings, code), (struct text){text, len});
		if (dictionary_code_hashed(&d, text, len, hash64(text, len), &again) != 0)
			abort();
		wrong += again != code;
		if (len <= DICTIONARY_INLINE) {
			const struct dictionary_key key = dictionary_key_padded(text, len);

			again = dictionary_at(&d, key) - 1;
		}
		wrong += again != code;
	}
	ok(wrong == 0, "300,000 texts have one code each, in the order of their first appearance");
	for (uint32_t i = 0; i < 300000; i++) {
		const size_t len = text_of_number(i, text);

		wrong += !dictionary_find(&d, text, len, &code) ||
			 !text_equal(strings_get(&d.strings, code), (struct text){text, len});
	}
	ok(wrong == 0, "and keep it");
	ok(dictionary_bytes(&d) > 300000 * 16, "its memory is told");
	dictionary_clear(&d);
	ok(!dictionary_find(&d, "", 0, &code) && d.strings.n == 0, "cleared, it knows nothing");
	ok(dictionary_code(&d, "x", 1, &code) == 0 && code == 0, "and begins anew");
	dictionary_free(&d);
}

/* The empty text, a zero byte, and texts that differ in length alone are different. */
static void test_short_keys(void)
{
	static const char zeros[12];
	struct dictionary d = {0};
	uint32_t code, wrong = 0;

	for (uint32_t len = 0; len <= 12; len++) {
		if (dictionary_code(&d, zeros, len, &code) != 0)
			abort();
		wrong += code != len;
	}
	ok(wrong == 0, "zero bytes count");
	dictionary_free(&d);
	for (size_t len = 0; len <= DICTIONARY_INLINE; len++) {
		char text[16] = "abcdefghijk";
		const struct dictionary_key key = dictionary_key(text, len);
		const struct dictionary_key padded = dictionary_key_padded(text, len);

		memset(text + len, 'z', sizeof text - len);
		const struct dictionary_key same = dictionary_key(text, len);

		wrong += key.low != padded.low || key.high != padded.high || key.hash != padded.hash;
		wrong += key.low != same.low || key.high != same.high || key.high >> 24 != len;
		wrong += memcmp(&key.low, text, len < 8 ? len : 8) != 0;
	}
	ok(wrong == 0, "a short key is the text itself and nothing behind it");
}

/* Many at once are as many one by one, an empty text among them. */
static void test_all_at_once(void)
{
	static const uint32_t lengths[] = {3, 0, 1, 4};
	static const char bytes[] = "onexfour";
	struct strings a = {0}, b = {0};
	size_t at = 0;

	for (int round = 0; round < 2; round++, at = 0) {
		for (size_t i = 0; i < 4; i++) {
			if (strings_add(&a, bytes + at, lengths[i]) != 0)
				abort();
			at += lengths[i];
		}
		if (strings_add_all(&b, lengths, 4, bytes) != 0)
			abort();
	}
	ok(a.n == 8 && b.n == 8 && a.bytes.len == b.bytes.len &&
	       memcmp(a.starts, b.starts, 9 * sizeof *a.starts) == 0 &&
	       memcmp(a.bytes.data, b.bytes.data, a.bytes.len) == 0,
	   "texts that are added all at once");
	strings_free(&a);
	strings_free(&b);
}

int main(void)
{
	test_codes();
	test_short_keys();
	test_all_at_once();
	return tap_done();
}
