/*
 * thrift_read -- the Thrift compact protocol, read: the counterpart of thrift.h.
 *
 * Source: apache/thrift, doc/specs/thrift-compact-protocol.md. A reader walks over bytes that somebody else
 * wrote. It remembers that something was wrong: from then on thrift_next ends every struct and values are 0,
 * so the calls between need no checks, and `failed` tells in the end. A struct is read like this:
 *
 *   for (thrift_enter(r); thrift_next(r, &field);)
 *           switch (field.id) {
 *           case 1: n = thrift_get_i32(r, field); break;
 *           default: thrift_skip(r, field); break;
 *           }
 *
 * Every field must be read or skipped. One that stands twice in its struct is wrong, and so is a value of
 * another type than it is read as. Texts point into the bytes. Nothing is allocated.
 */
#ifndef EV_THRIFT_READ_H
#define EV_THRIFT_READ_H

#include "column/dictionary.h"
#include "parquet/thrift.h"

enum { THRIFT_READ_DEPTH = 32 }; /* structs and lists within one another */

struct thrift_field {
	int16_t id;
	enum thrift_type type;
};

/* {.p, .end} is ready for thrift_enter of the outermost struct. */
struct thrift_reader {
	const uint8_t *p, *end;
	bool failed;
	int depth;
	int16_t last[THRIFT_READ_DEPTH];
	uint64_t seen[THRIFT_READ_DEPTH]; /* fields 0 .. 63 of the struct */
};

void thrift_enter(struct thrift_reader *r);
/* The next field of the struct entered last, or false: it has ended, and is left, or something is wrong. */
bool thrift_next(struct thrift_reader *r, struct thrift_field *field);
void thrift_skip(struct thrift_reader *r, struct thrift_field field);
/* For who finds a value that cannot be. */
void thrift_wrong(struct thrift_reader *r);

bool thrift_get_bool(struct thrift_reader *r, struct thrift_field field);
int32_t thrift_get_i32(struct thrift_reader *r, struct thrift_field field); /* i8 and i16 too */
int64_t thrift_get_i64(struct thrift_reader *r, struct thrift_field field); /* integers of any width */
struct text thrift_get_text(struct thrift_reader *r, struct thrift_field field);
/* Enters a struct that is a field. */
void thrift_get_struct(struct thrift_reader *r, struct thrift_field field);
/* The number of values of a list, which is never more than bytes are left. They follow. */
size_t thrift_get_list(struct thrift_reader *r, struct thrift_field field, enum thrift_type type);
/* Values of a list; structs are entered with thrift_enter. */
struct text thrift_item_get_text(struct thrift_reader *r);

#endif
