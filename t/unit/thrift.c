#include "parquet/thrift.h"
#include "tap.h"

#include <string.h>

/* The bytes are worked out by hand from the specification. */
static void expect(struct buffer *b, const void *bytes, size_t len, const char *what)
{
	ok(b->len == len && memcmp(b->data, bytes, len) == 0, "%s", what);
	buffer_clear(b);
}

static void scalars(struct buffer *b)
{
	struct thrift_writer w = {.out = b};

	thrift_bool(&w, 1, true);
	thrift_bool(&w, 2, false);
	thrift_i16(&w, 3, -1);
	thrift_i32(&w, 4, 150);
	thrift_i64(&w, 5, INT64_MIN);
	thrift_i64(&w, 6, INT64_MAX);
	thrift_text(&w, 7, "text");
	ok(thrift_finish(&w) == 0, "finish");
	expect(b,
	       "\x11\x12\x14\x01\x15\xac\x02"
	       "\x16\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
	       "\x16\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"
	       "\x18\x04text\0",
	       36, "every type of field");
}

static void field_ids(struct buffer *b)
{
	struct thrift_writer w = {.out = b};

	thrift_i32(&w, 15, 0);
	thrift_i32(&w, 30, 0);
	thrift_i32(&w, 46, 0);
	thrift_i32(&w, 1, 0);
	thrift_i32(&w, 1, 0);
	ok(thrift_finish(&w) == 0, "finish");
	expect(b,
	       "\xf5\0\xf5\0"
	       "\x05\x5c\0\x05\x02\0\x05\x02\0\0",
	       14, "ids that jump, fall and stay");
}

static void nesting(struct buffer *b)
{
	struct thrift_writer w = {.out = b};

	thrift_i32(&w, 3, 1);
	thrift_begin(&w, 4);
	thrift_empty(&w, 1);
	thrift_i32(&w, 2, 1);
	thrift_end(&w);
	thrift_i32(&w, 5, 1);
	ok(thrift_finish(&w) == 0, "finish");
	expect(b, "\x35\x02\x1c\x1c\0\x15\x02\0\x15\x02\0", 11, "ids start afresh within a struct");
}

static void lists(struct buffer *b)
{
	struct buffer items = {0};
	struct thrift_writer w = {.out = b}, apart = {.out = &items};

	thrift_list(&w, 1, THRIFT_BINARY, 2);
	thrift_item_text(&w, "a");
	thrift_item_text(&w, "");
	thrift_item_begin(&apart);
	thrift_i32(&apart, 1, 7);
	thrift_end(&apart);
	thrift_list(&w, 2, THRIFT_STRUCT, 2);
	thrift_items(&w, &items);
	thrift_items(&w, &items);
	thrift_list(&w, 3, THRIFT_STRUCT, 0);
	ok(thrift_finish(&w) == 0, "finish");
	expect(b, "\x19\x28\x01\x61\x00\x19\x2c\x15\x0e\x00\x15\x0e\x00\x19\x0c\x00", 16, "lists");
	buffer_free(&items);

	for (size_t n = 14; n <= 15; n++) {
		w = (struct thrift_writer){.out = b};
		thrift_list(&w, 1, THRIFT_I32, n);
		for (size_t i = 0; i < n; i++)
			thrift_item_i32(&w, -1);
		ok(thrift_finish(&w) == 0, "finish");
		ok(b->len == (n == 14 ? 2 : 3) + n + 1, "a list of %zu", n);
		ok(memcmp(b->data, n == 14 ? "\x19\xe5\x01" : "\x19\xf5\x0f", 3) == 0, "its header");
		buffer_clear(b);
	}
}

int main(void)
{
	struct buffer b = {0};

	scalars(&b);
	field_ids(&b);
	nesting(&b);
	lists(&b);
	buffer_free(&b);
	return tap_done();
}
