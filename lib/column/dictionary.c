#include "column/dictionary.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { FIRST_BUCKETS = 128, FIRST_TEXTS = 64 /* of which one may show a prefix */, HUGE_PAGE = 2 << 20 };

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

int strings_add_all(struct strings *s, const uint32_t *lengths, uint32_t n, const void *data)
{
	uint64_t end = s->bytes.len;

	if (array_reserve(&s->starts, &s->cap, (size_t)s->n + n + 1, sizeof *s->starts) != 0)
		return -1;
	uint64_t *starts = s->starts + s->n;

	starts[0] = end;
	for (uint32_t i = 0; i < n; i++)
		starts[i + 1] = end += lengths[i];
	if (buffer_append(&s->bytes, data, end - s->bytes.len) != 0)
		return -1;
	s->n += n;
	return 0;
}

int strings_add_from(struct strings *s, const struct strings *from, uint32_t first, uint32_t end)
{
	const uint64_t start = from->starts[first], moved = s->bytes.len - start;

	if (array_reserve(&s->starts, &s->cap, (size_t)s->n + (end - first) + 1, sizeof *s->starts) != 0 ||
	    buffer_append(&s->bytes, from->bytes.data + start, from->starts[end] - start) != 0)
		return -1;
	for (uint32_t i = first; i <= end; i++)
		s->starts[s->n + (i - first)] = from->starts[i] + moved;
	s->n += end - first;
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

static void place(struct dictionary *d, struct dictionary_key key, uint32_t slot_code)
{
	size_t i = dictionary_home(d, key);
	unsigned slot = 0;

	while (dictionary_is_full(&d->buckets[i]))
		i = (i + 1) & d->mask;
	while (d->buckets[i].code[slot] != 0)
		slot++;
	d->buckets[i].low[slot] = key.low;
	d->buckets[i].high[slot] = key.high;
	d->buckets[i].code[slot] = slot_code;
}

/* Zeroed; many in huge pages where there are any: a lookup is to miss the cache, not the TLB too. */
static struct dictionary_bucket *buckets_new(size_t n)
{
	const size_t bytes = n * sizeof(struct dictionary_bucket);
	void *buckets = aligned_alloc(bytes >= HUGE_PAGE ? HUGE_PAGE : 64, bytes);

	if (buckets == NULL) {
		cause_memory();
		return NULL;
	}
	if (bytes >= HUGE_PAGE)
		madvise(buckets, bytes, MADV_HUGEPAGE);
	return memset(buckets, 0, bytes);
}

static int grow(struct dictionary *d)
{
	const size_t old_n = d->buckets == NULL ? 0 : d->mask + 1;
	const size_t n = old_n == 0 ? FIRST_BUCKETS : old_n * 2;
	struct dictionary_bucket *old = d->buckets;
	struct dictionary_bucket *buckets = buckets_new(n);

	if (buckets == NULL)
		return -1;
	d->buckets = buckets;
	d->mask = n - 1;
	d->shift = (unsigned)__builtin_clz((unsigned)d->mask);
	for (size_t i = 0; i < old_n; i++) {
		for (unsigned slot = 0; slot < DICTIONARY_BUCKET && old[i].code[slot] != 0; slot++)
			place(d, dictionary_key_of(old[i].low[slot], old[i].high[slot]), old[i].code[slot]);
	}
	free(old);
	return 0;
}

/* text is what a key that is not whole stands for. */
static inline bool find(const struct dictionary *d, struct dictionary_key key, struct text text,
			uint32_t *code)
{
	if (dictionary_key_is_whole(key)) {
		const uint32_t one_more = dictionary_at(d, key);

		*code = one_more - 1;
		return one_more != 0;
	}
	for (size_t i = dictionary_home(d, key);; i = (i + 1) & d->mask) {
		const struct dictionary_bucket *b = &d->buckets[i];

		for (unsigned found = dictionary_match(b, key); found != 0; found &= found - 1) {
			*code = b->code[__builtin_ctz(found)] - 1;
			if (text_equal(strings_get(&d->strings, *code), text))
				return true;
		}
		if (!dictionary_is_full(b))
			return false;
	}
}

static int add(struct dictionary *d, struct dictionary_key key, struct text text, uint32_t *code)
{
	if (d->strings.n >= (d->mask + 1) * DICTIONARY_BUCKET / 8 * 7 && grow(d) != 0)
		return -1;
	if (strings_add(&d->strings, text.data, text.len) != 0)
		return -1;
	*code = d->strings.n - 1;
	place(d, key, d->strings.n);
	if (!d->numbered.has_prefix && d->strings.n <= FIRST_TEXTS)
		numbered_learn(&d->numbered, text.data, text.len);
	return 0;
}

static int find_or_add(struct dictionary *d, struct dictionary_key key, struct text text, uint32_t *code)
{
	if (d->buckets == NULL && grow(d) != 0)
		return -1;
	return find(d, key, text, code) ? 0 : add(d, key, text, code);
}

int dictionary_code(struct dictionary *d, const void *data, size_t len, uint32_t *code)
{
	return find_or_add(d, dictionary_key(data, len), (struct text){data, len}, code);
}

int dictionary_code_hashed(struct dictionary *d, const void *data, size_t len, uint64_t hash, uint32_t *code)
{
	if (len <= DICTIONARY_INLINE)
		return dictionary_code(d, data, len, code);
	return find_or_add(d, dictionary_key_hashed(len, hash), (struct text){data, len}, code);
}

bool dictionary_find(const struct dictionary *d, const void *data, size_t len, uint32_t *code)
{
	return d->buckets != NULL && find(d, dictionary_key(data, len), (struct text){data, len}, code);
}

size_t dictionary_bytes(const struct dictionary *d)
{
	return numbered_bytes(&d->numbered) + d->strings.bytes.cap +
	       d->strings.cap * sizeof *d->strings.starts +
	       (d->buckets == NULL ? 0 : (d->mask + 1) * sizeof *d->buckets);
}

void dictionary_clear(struct dictionary *d)
{
	strings_clear(&d->strings);
	numbered_free(&d->numbered);
	if (d->buckets != NULL)
		memset(d->buckets, 0, (d->mask + 1) * sizeof *d->buckets);
}

void dictionary_free(struct dictionary *d)
{
	strings_free(&d->strings);
	free(d->buckets);
	numbered_free(&d->numbered);
	*d = (struct dictionary){0};
}
