#include "dictionary.h"

#include <stdlib.h>
#include <string.h>

struct dictionary_slot {
	uint32_t hash; /* the upper half of the hash: what the lower half's place does not say already */
	uint32_t code; /* code + 1; 0 is an empty slot */
};

enum { FIRST_SLOTS = 1024 };

int strings_add(struct strings *s, const void *data, size_t len)
{
	if (array_reserve(&s->starts, &s->cap, (size_t)s->n + 2, sizeof *s->starts) != 0)
		return -1;
	if (s->n == 0)
		s->starts[0] = 0;
	if (buffer_append(&s->bytes, data, len) != 0)
		return -1;
	s->starts[++s->n] = s->bytes.len;
	return 0;
}

void strings_clear(struct strings *s)
{
	s->n = 0;
	buffer_clear(&s->bytes);
}

void strings_free(struct strings *s)
{
	buffer_free(&s->bytes);
	free(s->starts);
	*s = (struct strings){0};
}

static void place(struct dictionary_slot *slots, size_t mask, uint64_t hash, uint32_t code)
{
	size_t i = hash & mask;

	while (slots[i].code != 0)
		i = (i + 1) & mask;
	slots[i] = (struct dictionary_slot){(uint32_t)(hash >> 32), code + 1};
}

static int grow(struct dictionary *d)
{
	size_t n = d->mask == 0 ? FIRST_SLOTS : (d->mask + 1) * 2;
	struct dictionary_slot *slots = calloc(n, sizeof *slots);

	if (slots == NULL)
		return cause_memory();
	for (uint32_t code = 0; code < d->strings.n; code++) {
		struct text t = strings_get(&d->strings, code);

		place(slots, n - 1, hash64(t.data, t.len), code);
	}
	free(d->slots);
	d->slots = slots;
	d->mask = n - 1;
	return 0;
}

int dictionary_code(struct dictionary *d, const void *data, size_t len, uint32_t *code)
{
	return dictionary_code_hashed(d, data, len, hash64(data, len), code);
}

static bool find_hashed(const struct dictionary *d, const void *data, size_t len, uint64_t hash,
			uint32_t *code)
{
	const struct text wanted = {data, len};

	for (size_t i = hash & d->mask; d->slots[i].code != 0; i = (i + 1) & d->mask) {
		if (d->slots[i].hash != (uint32_t)(hash >> 32))
			continue;
		if (text_equal(strings_get(&d->strings, d->slots[i].code - 1), wanted)) {
			*code = d->slots[i].code - 1;
			return true;
		}
	}
	return false;
}

bool dictionary_find(const struct dictionary *d, const void *data, size_t len, uint32_t *code)
{
	return d->mask != 0 && find_hashed(d, data, len, hash64(data, len), code);
}

int dictionary_code_hashed(struct dictionary *d, const void *data, size_t len, uint64_t hash, uint32_t *code)
{
	if (d->mask == 0 && grow(d) != 0)
		return -1;
	if (find_hashed(d, data, len, hash, code))
		return 0;
	if ((size_t)d->strings.n + 1 > d->mask / 2 && grow(d) != 0)
		return -1;
	if (strings_add(&d->strings, data, len) != 0)
		return -1;
	*code = d->strings.n - 1;
	place(d->slots, d->mask, hash, *code);
	return 0;
}

void dictionary_clear(struct dictionary *d)
{
	strings_clear(&d->strings);
	if (d->slots != NULL)
		memset(d->slots, 0, (d->mask + 1) * sizeof *d->slots);
}

void dictionary_free(struct dictionary *d)
{
	strings_free(&d->strings);
	free(d->slots);
	*d = (struct dictionary){0};
}
