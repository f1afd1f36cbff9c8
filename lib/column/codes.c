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

void codes_ask(const struct codes_loops *loops, const struct dictionary *d, struct cells *cells, uint32_t n)
{
	if (d->numbered.has_prefix) {
		cells->asked = CELLS_BY_NUMBER;
		loops->numbers(&d->numbered, cells->texts, n, cells->text_numbers);
		for (uint32_t i = 0; i < n; i++)
			numbered_prefetch(&d->numbered, cells->text_numbers[i]);
		return;
	}
	cells->asked = CELLS_BY_KEY;
	for (uint64_t rest = cells->there; rest != 0; rest &= rest - 1) {
		const unsigned i = (unsigned)__builtin_ctzll(rest);
		const struct text t = cells->texts[i];

		cells->keys[i] = t.len <= DICTIONARY_INLINE
				     ? dictionary_key_padded(t.data, t.len)
				     : dictionary_key_hashed(t.len, hash64(t.data, t.len));
		dictionary_prefetch(d, cells->keys[i]);
	}
}

static int find_by_numbers(struct dictionary *d, const struct cells *cells, int64_t *codes)
{
	const uint32_t *const numbers = cells->text_numbers;
	uint64_t rest = cells->there;

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

static int find_by_keys(const struct codes_loops *loops, struct dictionary *d, const struct cells *cells,
			int64_t *codes)
{
	uint64_t rest = cells->there;

	while ((rest = loops->by_key(d, cells->texts, cells->keys, rest, codes)) != 0) {
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

int codes_find(const struct codes_loops *loops, struct dictionary *d, const struct cells *cells,
	       int64_t *codes)
{
	return cells->asked == CELLS_BY_NUMBER ? find_by_numbers(d, cells, codes)
					       : find_by_keys(loops, d, cells, codes);
}
