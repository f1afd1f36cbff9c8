/*
 * member -- a key of a line's objects, made ready: how it is mostly written, what it mostly follows, and what
 * its value is for.
 */
#ifndef EV_MEMBER_H
#define EV_MEMBER_H

#include "base/word.h"
#include "decode/shape.h"

/* All zeros but `field` is a key that the schema does not know. */
struct member {
	/* `"name":`, its first sixteen bytes; key_len is 0 when it cannot be written so. */
	uint64_t key[2], key_mask[2];
	size_t key_len;
	char *written;         /* all of it */
	struct member *next;   /* that followed this one in its object in the line before; never NULL */
	struct field *field;   /* for its value; NULL: an object that leads to others */
	struct member *first;  /* of those: which came first in the line before */
	struct member *object; /* the one it stands in; NULL for the line itself */
	uint64_t seen;         /* an object: the last line that had it */
	unsigned depth;        /* an object: of what is in it */
};

int member_init(struct member *m, const struct shape_key *key) MUST_CHECK;
void member_free(struct member *m);

/* Whether the key at p is the member's, as it is mostly written. */
static inline bool member_is_key(const struct member *m, const char *p, const char *end)
{
	if ((((word_load(p) ^ m->key[0]) & m->key_mask[0]) |
	     ((word_load(p + 8) ^ m->key[1]) & m->key_mask[1])) != 0)
		return false;
	return p + m->key_len < end && m->key_len > 0 &&
	       (m->key_len <= 16 || memcmp(p, m->written, m->key_len) == 0);
}

#endif
