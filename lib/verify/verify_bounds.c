#include "verify/verify_parts.h"

#include <stdlib.h>

/* Room to remember every code of the dictionary. */
static int reserve_seen(struct verify_bounds *b, const struct strings *strings)
{
	const size_t had = b->seen_cap;

	if (array_reserve(&b->seen, &b->seen_cap, strings->n, sizeof *b->seen) != 0)
		return -1;
	if (b->seen_cap > had)
		memset(b->seen + had, 0, (b->seen_cap - had) * sizeof *b->seen);
	return 0;
}

/* Each text of the dictionary is compared once. */
static int add_codes(struct verify_bounds *b, const struct vector *v, uint32_t n, uint32_t *codes)
{
	if (reserve_seen(b, v->strings) != 0)
		return -1;
	vector_codes(v, n, codes);
	for (uint32_t i = 0; i < n; i++) {
		struct text text;

		if (b->seen[codes[i]] == b->round || !vector_is_valid(v, i))
			continue;
		b->seen[codes[i]] = b->round;
		text = strings_get(v->strings, codes[i]);
		parquet_bounds_text(&b->exact, text.data, text.len);
	}
	return 0;
}

static void add_texts(struct verify_bounds *b, const struct vector *v, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		if (vector_is_valid(v, i)) {
			const struct text text = vector_text(v, i);

			parquet_bounds_text(&b->exact, text.data, text.len);
		}
	}
}

int verify_bounds_add(struct verify_bounds *b, const struct vector *v, uint32_t n, int64_t *scratch)
{
	uint32_t kept = n;

	b->nulls += v->nulls;
	if (b->round == 0)
		b->round = 1;
	if (v->nulls == n)
		return 0;
	if (v->form == VECTOR_CODES)
		return add_codes(b, v, v->width == 0 && v->nulls == 0 ? 1 : n, (uint32_t *)(void *)scratch);
	if (v->form == VECTOR_PLAIN) {
		add_texts(b, v, n);
		return 0;
	}
	vector_ints(v, n, scratch);
	if (v->nulls > 0) {
		kept = 0;
		for (uint32_t i = 0; i < n; i++) {
			scratch[kept] = scratch[i];
			kept += vector_is_valid(v, i);
		}
	}
	if (v->type == COLUMN_FLOAT64)
		parquet_bounds_doubles(&b->exact, scratch, kept);
	else
		parquet_bounds_numbers(&b->exact, scratch, kept);
	return 0;
}

static bool begins_with(struct text text, struct text start)
{
	return text.len >= start.len && memcmp(text.data, start.data, start.len) == 0;
}

/* A bound that was cut is a prefix, and on the upper side one that was then made greater. */
static bool texts_agree(const struct parquet_bounds *b, const struct parquet_said *said)
{
	const struct text min = {(const char *)b->min_text.bytes, b->min_text.len};
	const struct text max = {(const char *)b->max_text.bytes, b->max_text.len};
	const int above = text_order(said->max_text, max);

	if (b->min_text.cut ? !begins_with(min, said->min_text) : text_order(min, said->min_text) != 0)
		return false;
	return b->max_text.cut ? above > 0 : above == 0;
}

static bool bounds_agree(const struct parquet_bounds *b, enum column_type type,
			 const struct parquet_said *said)
{
	switch (type) {
	case COLUMN_STRING: return texts_agree(b, said);
	case COLUMN_FLOAT64:
		/* A zero has two signs, and the bounds take in both. */
		return !b->nan && value_double(said->min) == b->min_double &&
		       value_double(said->max) == b->max_double;
	default: return said->min == b->min && said->max == b->max;
	}
}

const char *verify_bounds_end(struct verify_bounds *b, enum column_type type, const struct parquet_said *said)
{
	const char *wrong = NULL;

	if (said->nulls >= 0 && (uint64_t)said->nulls != b->nulls)
		wrong = "not as many nulls as its statistics say";
	else if (said->has_bounds && (!b->exact.any || !bounds_agree(&b->exact, type, said)))
		wrong = "its least and greatest values are not those that its statistics say";
	b->exact = (struct parquet_bounds){0};
	b->nulls = 0;
	if (++b->round == 0) {
		memset(b->seen, 0, b->seen_cap * sizeof *b->seen);
		b->round = 1;
	}
	return wrong;
}

void verify_bounds_free(struct verify_bounds *b)
{
	free(b->seen);
	*b = (struct verify_bounds){0};
}
