/*
 * text -- bytes with a length, not NUL-terminated; borrowed from whoever keeps them.
 */
#ifndef EV_TEXT_H
#define EV_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct text {
	const char *data;
	size_t len; /* bytes */
};

static inline struct text text_of(const char *s)
{
	return (struct text){s, strlen(s)};
}

static inline bool text_equal(struct text a, struct text b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

#endif
