/*
 * shape -- where in a line the values of an event stand: the keys, and the objects that lead to them.
 *
 * A path is a key, or several with dots between them: a.b is the value of b in the object that is the value
 * of a. Within a key `\.` is a dot and `\\` a backslash. No value is read from two paths, no path is read
 * twice, and none leads through another's value.
 */
#ifndef EV_SHAPE_H
#define EV_SHAPE_H

#include "base/buffer.h"
#include "base/text.h"

enum { SHAPE_DEPTH = 16 }; /* keys of a path */

struct shape_key {
	char *name; /* what the key means, without escapes */
	size_t len;
	char *path;     /* that leads to it, as one would write it, and a dot; "" of the line itself */
	size_t object;  /* the one it stands in: a key before this one, 0 for the line's own object */
	int field;      /* whose value it has; -1: an object that leads to others */
	unsigned depth; /* of objects around the key's value, within the line's own */
};

/* {0} is empty. Otherwise the first stands for the line itself, and has no name. */
struct shape {
	struct shape_key *keys;
	size_t n, cap;
};

/* Where a field stands that cannot be added. */
struct shape_refusal {
	const char *reason; /* to be followed by the name of other, if that is not -1 */
	int other;
};

/* That field `field` is read from a path, or from a key as it stands: 1; 0 and *refusal; -1 (memory). */
int shape_add_path(struct shape *s, const char *path, int field, struct shape_refusal *refusal) MUST_CHECK;
int shape_add_key(struct shape *s, const char *key, int field, struct shape_refusal *refusal) MUST_CHECK;
void shape_free(struct shape *s);

/* Whether key i is key `object`, or stands in the object that it leads to, at any depth. */
bool shape_is_within(const struct shape *s, size_t i, size_t object);

/* A key as it is written in a path; appended to out. */
int shape_write_key(struct text key, struct buffer *out) MUST_CHECK;

#endif
