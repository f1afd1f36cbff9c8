#include "parquet/thrift_read.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

static struct thrift_reader reader(const void *bytes, size_t len)
{
	return (struct thrift_reader){.p = bytes, .end = (const uint8_t *)bytes + len};
}

/* Everything that thrift.c writes. */
static void round_trip(void)
{
	struct buffer b = {0};
	struct thrift_writer w = {.out = &b};
	struct thrift_reader r;
	struct thrift_field f;
	int seen = 0;

	thrift_bool(&w, 1, true);
	thrift_bool(&w, 2, false);
	thrift_i16(&w, 3, -1);
	thrift_i32(&w, 4, INT32_MIN);
	thrift_i64(&w, 5, INT64_MIN);
	thrift_i64(&w, 60, INT64_MAX);
	thrift_text(&w, 6, "text");
	thrift_begin(&w, 7);
	thrift_i32(&w, 1, 9);
	thrift_end(&w);
	thrift_list(&w, 8, THRIFT_BINARY, 20);
	for (int i = 0; i < 20; i++)
		thrift_item_text(&w, i % 2 ? "x" : "");
	thrift_list(&w, 9, THRIFT_STRUCT, 2);
	for (int i = 0; i < 2; i++) {
		thrift_item_begin(&w);
		thrift_i32(&w, 1, i);
		thrift_end(&w);
	}
	ok(thrift_finish(&w) == 0, "written");
	r = reader(b.data, b.len);
	for (thrift_enter(&r); thrift_next(&r, &f); seen++) {
		struct thrift_field inner;
		size_t n;

		switch (f.id) {
		case 1: ok(thrift_get_bool(&r, f), "true"); break;
		case 2: ok(!thrift_get_bool(&r, f), "false"); break;
		case 3: ok(thrift_get_i32(&r, f) == -1, "i16"); break;
		case 4: ok(thrift_get_i32(&r, f) == INT32_MIN, "i32"); break;
		case 5: ok(thrift_get_i64(&r, f) == INT64_MIN, "i64"); break;
		case 60: ok(thrift_get_i64(&r, f) == INT64_MAX, "an id that is far away"); break;
		case 6: ok(text_equal(thrift_get_text(&r, f), (struct text){"text", 4}), "text"); break;
		case 7:
			thrift_get_struct(&r, f);
			ok(thrift_next(&r, &inner) && inner.id == 1 && thrift_get_i32(&r, inner) == 9,
			   "struct");
			ok(!thrift_next(&r, &inner), "and its end");
			break;
		case 8:
			n = thrift_get_list(&r, f, THRIFT_BINARY);
			ok(n == 20, "a long list");
			for (size_t i = 0; i < n; i++)
				ok(thrift_item_get_text(&r).len == i % 2, "text %zu of it", i);
			break;
		default: thrift_skip(&r, f); break;
		}
	}
	ok(!r.failed && seen == 10 && r.p == r.end && r.depth == 0, "all is read or skipped");
	/* Cut anywhere it is wrong, and never read beyond. */
	for (size_t len = 0; len < b.len; len++) {
		uint8_t *copy = malloc(len + 1);

		memcpy(copy, b.data, len);
		r = reader(copy, len);
		for (thrift_enter(&r); thrift_next(&r, &f);)
			thrift_skip(&r, f);
		if (!r.failed)
			ok(false, "cut at %zu", len);
		free(copy);
	}
	buffer_free(&b);
}

/* Skips the only field of a struct. */
static bool is_skipped(const void *bytes, size_t len)
{
	struct thrift_reader r = reader(bytes, len);
	struct thrift_field f;

	for (thrift_enter(&r); thrift_next(&r, &f);)
		thrift_skip(&r, f);
	return !r.failed && r.p == r.end;
}

static void skipping(void)
{
	static const char everything[] = "\x13\x7f"                 /* i8 */
					 "\x17\0\0\0\0\0\0\0\0"     /* double */
					 "\x19\x21\1\2"             /* list of bools */
					 "\x1a\x25\2\4"             /* set */
					 "\x1b\x02\x85\2t\2\4\1u\6" /* map of text to i32 */
					 "\x1b\x00"                 /* an empty one */
					 "\x19\x19\x15\2"           /* list of lists */
					 "\x1c\x1c\x11\0\0";        /* structs */
	char deep[200];

	ok(is_skipped("\x1b\x01\x85\1t\2\0", 7), "a map is skipped");
	ok(is_skipped(everything, sizeof everything), "every type is skipped");
	ok(!is_skipped("\x1d\0", 2), "a type that does not exist is wrong");
	memset(deep, 0x1c, sizeof deep / 2);
	memset(deep + sizeof deep / 2, 0, sizeof deep / 2);
	ok(!is_skipped(deep, sizeof deep), "structs cannot nest without end");
	memset(deep, 0x19, sizeof deep);
	ok(!is_skipped(deep, sizeof deep), "nor lists");
	ok(!is_skipped("\x19\xfc\xff\xff\xff\xff\x0f", 7), "a list of more than there is is wrong");
	ok(!is_skipped("\x1b\xff\xff\xff\xff\x0f\x11", 7), "and so is a map");
	ok(!is_skipped("\x15\2\x05\2\2\0", 6), "a field that is there twice is wrong");
	ok(!is_skipped("\x16\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\0", 13), "and a number of 11 bytes");
	ok(!is_skipped("\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\0", 12), "and a text without end");
}

/* Reads the field at the start of a struct as something else. */
static void types(void)
{
	struct thrift_field f;
	struct thrift_reader r = reader("\x18\1x\0", 4);

	thrift_enter(&r);
	ok(thrift_next(&r, &f) && thrift_get_i64(&r, f) == 0 && r.failed, "a text is no number");
	r = reader("\x15\2\0", 3);
	thrift_enter(&r);
	ok(thrift_next(&r, &f) && thrift_get_text(&r, f).len == 0 && r.failed, "a number is no text");
	r = reader("\x15\2\0", 3);
	thrift_enter(&r);
	ok(thrift_next(&r, &f) && !thrift_get_bool(&r, f) && r.failed, "nor a truth value");
	r = reader("\x19\x15\2\0", 4);
	thrift_enter(&r);
	ok(thrift_next(&r, &f) && thrift_get_list(&r, f, THRIFT_STRUCT) == 0 && r.failed,
	   "a list of numbers is none of structs");
	r = reader("\x16\x80\x80\x80\x80\x20\0", 7);
	thrift_enter(&r);
	ok(thrift_next(&r, &f) && thrift_get_i32(&r, f) == 0 && r.failed, "2^32 is no i32");
	ok(!thrift_next(&r, &f), "what is wrong stays wrong");
}

int main(void)
{
	round_trip();
	skipping();
	types();
	return tap_done();
}
