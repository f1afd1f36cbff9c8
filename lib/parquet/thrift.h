/*
 * thrift -- the Thrift compact protocol, as far as Parquet needs it.
 *
 * Source: apache/thrift, doc/specs/thrift-compact-protocol.md. A message is bytes in a buffer; fields are
 * written in the order of the calls, and their ids may rise and fall. A writer remembers that memory ran out:
 * the calls between have no result, and thrift_finish tells. A field's id stands before its value in each
 * call; values in a list have no id and have calls of their own.
 */
#ifndef EV_THRIFT_H
#define EV_THRIFT_H

#include "base/buffer.h"

/* What stands in a field's header and in a list's. */
enum thrift_type {
	THRIFT_TRUE = 1,
	THRIFT_FALSE = 2,
	THRIFT_BYTE = 3,
	THRIFT_I16 = 4,
	THRIFT_I32 = 5,
	THRIFT_I64 = 6,
	THRIFT_DOUBLE = 7,
	THRIFT_BINARY = 8,
	THRIFT_LIST = 9,
	THRIFT_SET = 10,
	THRIFT_MAP = 11,
	THRIFT_STRUCT = 12,
};

enum { THRIFT_DEPTH = 16 }; /* structs within structs */

/* {.out = buffer} is ready for the fields of the outermost struct; bytes are appended to *out. */
struct thrift_writer {
	struct buffer *out;
	bool failed;
	int depth;
	int16_t last[THRIFT_DEPTH]; /* id of the field before, at each depth */
};

void thrift_bool(struct thrift_writer *w, int16_t id, bool value);
void thrift_i16(struct thrift_writer *w, int16_t id, int16_t value);
void thrift_i32(struct thrift_writer *w, int16_t id, int32_t value); /* enums too */
void thrift_i64(struct thrift_writer *w, int16_t id, int64_t value);
void thrift_binary(struct thrift_writer *w, int16_t id, const void *data, size_t len);
void thrift_text(struct thrift_writer *w, int16_t id, const char *text);

/* A struct (or a union, which is a struct with one field) as a field; thrift_end ends it. */
void thrift_begin(struct thrift_writer *w, int16_t id);
void thrift_end(struct thrift_writer *w);
/* A struct without fields. */
void thrift_empty(struct thrift_writer *w, int16_t id);

/* The header of a list of n values as a field. The values follow, n of them. */
void thrift_list(struct thrift_writer *w, int16_t id, enum thrift_type type, size_t n);
void thrift_item_i32(struct thrift_writer *w, int32_t value);
void thrift_item_text(struct thrift_writer *w, const char *text);
void thrift_item_begin(struct thrift_writer *w); /* a struct; thrift_end ends it */
/* Values of a list that were written apart, each as thrift_item_*. */
void thrift_items(struct thrift_writer *w, const struct buffer *items);

/* Ends the outermost struct. -1 when memory ran out on the way. */
int thrift_finish(struct thrift_writer *w) MUST_CHECK;

#endif
