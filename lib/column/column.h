/*
 * column -- what a column is called, what type its values have, and whether they may be absent.
 */
#ifndef EV_COLUMN_H
#define EV_COLUMN_H

#include "base/cause.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The numbers are on the wire: evstream(5). Every value but a string is an int64 in memory. */
enum column_type {
	COLUMN_TIMESTAMP = 1, /* microseconds since 1970-01-01T00:00:00Z */
	COLUMN_STRING = 2,    /* UTF-8, compared byte for byte */
	COLUMN_INT64 = 3,
	COLUMN_INT32 = 4,
	COLUMN_DECIMAL = 5, /* millionths: scale 6, at most 18 digits */
	COLUMN_FLOAT64 = 6, /* the bits of an IEEE double */
	COLUMN_BOOL = 7,    /* 0 or 1 */
};

/* Digits of a decimal, and how many of them stand behind the point. */
enum { DECIMAL_PRECISION = 18, DECIMAL_SCALE = 6 };

struct column {
	char *name;
	enum column_type type;
	bool nullable;
};

/* A list of columns that owns their names. {0} is an empty list. */
struct columns {
	struct column *items;
	size_t n;
	size_t cap;
};

int columns_add(struct columns *list, const char *name, enum column_type type, bool nullable) MUST_CHECK;
int columns_copy(struct columns *to, const struct columns *from) MUST_CHECK; /* appends */
/* The index of the column of that name, or -1. */
int columns_find(const struct columns *list, const char *name);
/* Whether both have the same columns in the same order. */
bool columns_equal(const struct columns *a, const struct columns *b);
/*
 * Makes of a list, which is empty or has the columns of some files, one that has those of another file too:
 * new ones behind the same column as there, and nullable what some lack. Returns 1; 0, with the list as it
 * was, when one of them has another type there; -1.
 */
int columns_unite(struct columns *list, const struct columns *more) MUST_CHECK;
void columns_free(struct columns *list);

/* "timestamp", "string", ... as schemas and manuals write it; NULL for a number that is no type. */
const char *column_type_name(enum column_type type);
/* 0 when name is no type. */
enum column_type column_type_parse(const char *name);

#endif
