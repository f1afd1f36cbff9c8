#include "column/codes.h"

#define codes_match dictionary_match
#include "column/codes_loops.h"

const struct codes_loops codes_plain = CODES_LOOPS;

/* A number that is known has a code. */
static uint64_t by_number(const struct numbered *numbered, const uint32_t *numbers, uint64_t rest,
			  int64_t *codes)
{
	const struct numbered same = *numbered;

	for (; rest != 0; rest &= rest - 1) {
		const unsigned i = (unsigned)__builtin_ctzll(rest);
		const uint32_t one_more = numbered_code(&same, numbers[i]);

		if (one_more == 0)
			break;
		codes[i] = one_more - 1;
	}
	return rest;
}

static int find_by_numbers(const struct codes_loops *loops, struct dictionary *d, const struct cells *cells,
			   uint32_t n, int64_t *codes)
{
	uint32_t numbers[CELLS_ROWS];
	uint64_t rest = cells->there;

	loops->numbers(&d->numbered, cells->texts, n, numbers);
	while ((rest = by_number(&d->numbered, numbers, rest, codes)) != 0) {
		const unsigned i = (unsigned)__builtin_ctzll(rest);
		const struct text t = cells->texts[i];
		uint32_t code;

		if (dictionary_code(d, t.data, t.len, &code) != 0 ||
		    (numbers[i] != UINT32_MAX &&
		     numbered_put(&d->numbered, numbers[i], code, d->strings.n) != 0))
			return -1;
		codes[i] = code;
		rest &= rest - 1;
	}
	return 0;
}

/* All keys before the first is looked for: by then the memory that it leads to is in the cache. */
static void make_keys(const struct dictionary *d, const struct cells *cells, struct dictionary_key *keys)
{
	for (uint64_t rest = cells->there; rest != 0; rest &= rest - 1) {
		const unsigned i = (unsigned)__builtin_ctzll(rest);
		const struct text t = cells->texts[i];

		keys[i] = t.len <= DICTIONARY_INLINE ? dictionary_key_padded(t.data, t.len)
						     : dictionary_key_hashed(t.len, hash64(t.data, t.len));
		dictionary_prefetch(d, keys[i]);
	}
}

static int find_by_keys(const struct codes_loops *loops, struct dictionary *d, const struct cells *cells,
			int64_t *codes)
{
	struct dictionary_key keys[CELLS_ROWS];
	uint64_t rest = cells->there;

	make_keys(d, cells, keys);
	while ((rest = loops->by_key(d, cells->texts, keys, rest, codes)) != 0) {
		const unsigned i = (unsigned)__builtin_ctzll(rest);
		const struct text t = cells->texts[i];
		uint32_t code;

		if (dictionary_code(d, t.data, t.len, &code) != 0)
			return -1;
		codes[i] = code;
		rest &= rest - 1;
	}
	return 0;
}

int codes_find(const struct codes_loops *loops, struct dictionary *d, const struct cells *cells, uint32_t n,
	       int64_t *codes)
{
	return d->numbered.has_prefix ? find_by_numbers(loops, d, cells, n, codes)
				      : find_by_keys(loops, d, cells, codes);
}
