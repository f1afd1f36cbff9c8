/*
 * value_set -- is a text one of a few? The values of an enum, asked for every row.
 *
 * Short values that were found once are remembered where sixteen bytes of text lead to them, so that the same
 * few values that come again and again cost no hash.
 */
#ifndef EV_VALUE_SET_H
#define EV_VALUE_SET_H

#include "base/word.h"
#include "column/dictionary.h"

enum {
	VALUE_SET_SLACK = 16, /* bytes that must be readable from a text's first */
	VALUE_SET_SLOTS = 64,
};

struct value_set {
	const struct dictionary *values; /* borrowed */
	struct {
		uint64_t head, tail; /* the text, zeros behind it */
		size_t len;          /* 0: nothing is remembered here */
	} slots[VALUE_SET_SLOTS];
};

/* The lowest n bytes of a word. */
static inline uint64_t value_set_mask(size_t n)
{
	return n >= 8 ? ~(uint64_t)0 : ((uint64_t)1 << 8 * n) - 1;
}

static inline bool value_set_has(struct value_set *set, const char *data, size_t len)
{
	uint64_t head, tail, hash;
	uint32_t code;

	if (len == 0 || len > 16)
		return dictionary_find(set->values, data, len, &code);
	head = word_load(data) & value_set_mask(len);
	tail = word_load(data + 8) & (len > 8 ? value_set_mask(len - 8) : 0);
	hash = (head ^ tail * 3) * 0x9e3779b97f4a7c15 >> 58;
	if (set->slots[hash].len == len && set->slots[hash].head == head && set->slots[hash].tail == tail)
		return true;
	if (!dictionary_find(set->values, data, len, &code))
		return false;
	set->slots[hash].head = head;
	set->slots[hash].tail = tail;
	set->slots[hash].len = len;
	return true;
}

#endif
