#include "parquet/parquet_column.h"

#include "parquet/page.h"

#include <assert.h>
#include <stdlib.h>

#define NO_INDEX UINT32_MAX

enum {
	STRINGS_BYTES = 1 << 20,     /* of a dictionary page of strings */
	STRINGS_BYTES_MAX = 8 << 20, /* the same, where strings repeat enough to pay for it */
	STRINGS_CHECKED = 256 << 10, /* from here on strings that hardly repeat go plain */
	TEXTS_AT_ONCE = 1024,
};

static enum parquet_form first_form(enum column_type type)
{
	if (type == COLUMN_TIMESTAMP || type == COLUMN_INT64)
		return PARQUET_AS_DELTA;
	return type == COLUMN_BOOL ? PARQUET_AS_PLAIN : PARQUET_AS_DICTIONARY;
}

void parquet_scratch_free(struct parquet_scratch *s)
{
	free(s->codes);
	free(s->fresh);
	free(s->numbers);
	free(s->texts);
	buffer_free(&s->body);
	buffer_free(&s->packed);
	*s = (struct parquet_scratch){0};
}

void parquet_column_init(struct parquet_column *c, const struct column *column, const char *file)
{
	*c = (struct parquet_column){
	    .name = column->name, .file = file, .type = column->type, .nullable = column->nullable};
	parquet_column_clear(c);
}

void parquet_column_free(struct parquet_column *c)
{
	free(c->valid);
	free(c->numbers);
	buffer_free(&c->text);
	free(c->held);
	buffer_free(&c->levels);
	free(c->indices);
	parquet_strings_free(&c->strings_seen);
	parquet_numbers_free(&c->numbers_seen);
	buffer_free(&c->dictionary_page);
	buffer_free(&c->pages);
	*c = (struct parquet_column){0};
}

/* The dictionary of one held page, which may have one index for all its values. */
static int compact_page(struct parquet_column *c, struct parquet_held *page, uint32_t *indices)
{
	if (page->values == 0)
		return 0;
	return page->stored > 0 ? parquet_strings_compact(&c->strings_seen, indices, page->stored)
				: parquet_strings_compact(&c->strings_seen, &page->index, 1);
}

int parquet_column_compact(struct parquet_column *c)
{
	uint32_t *indices = c->indices;

	for (size_t i = 0; i < c->n_held; i++) {
		if (compact_page(c, &c->held[i], indices) != 0)
			return -1;
		indices += c->held[i].stored;
	}
	if (compact_page(c, &c->page, indices) != 0)
		return -1;
	c->decided = true;
	return parquet_strings_compact(&c->strings_seen, NULL, 0);
}

int parquet_column_forget_codes(struct parquet_column *c)
{
	if (c->strings_seen.n_borrowed > 0 && parquet_column_compact(c) != 0)
		return -1;
	parquet_strings_forget_codes(&c->strings_seen);
	return 0;
}

void parquet_column_clear(struct parquet_column *c)
{
	c->form = first_form(c->type);
	c->decided = c->form != PARQUET_AS_DICTIONARY;
	parquet_strings_clear(&c->strings_seen);
	parquet_numbers_clear(&c->numbers_seen);
	buffer_clear(&c->dictionary_page);
	buffer_clear(&c->pages);
	c->rows = c->values = c->uncompressed = 0;
	memset(c->n_pages, 0, sizeof c->n_pages);
	c->bounds = (struct parquet_bounds){0};
}

size_t parquet_column_bytes(const struct parquet_column *c)
{
	size_t bytes = c->pages.len + c->text.len + c->n_indices * sizeof *c->indices;

	if (c->form != PARQUET_AS_DICTIONARY)
		bytes += c->page.stored * sizeof *c->numbers;
	return bytes + parquet_strings_bytes(&c->strings_seen) +
	       c->numbers_seen.n * sizeof *c->numbers_seen.values;
}

/* Rows whose values have been stored become part of the page. */
static int commit_rows(struct parquet_column *c, const struct vector *v, struct parquet_rows rows,
		       uint32_t values)
{
	if (values < rows.n && !c->nullable)
		return cause_record(STATUS_INPUT, "%s: column %s: a null where the schema allows none",
				    c->file, c->name);
	if (c->nullable) {
		size_t words = (c->page.rows + (size_t)rows.n) / 64 + 2;

		if (array_reserve(&c->valid, &c->valid_cap, words, sizeof *c->valid) != 0)
			return -1;
		parquet_gather_valid(v, rows, c->valid, c->page.rows);
	}
	c->page.rows += rows.n;
	c->page.values += values;
	c->rows += rows.n;
	c->values += values;
	return 0;
}

static int commit_indices(struct parquet_column *c, const struct vector *v, struct parquet_rows rows,
			  uint32_t n)
{
	c->n_indices += n;
	c->page.stored += n;
	return commit_rows(c, v, rows, n);
}

/* Room for n more indices behind those of the page, all of which are stored one by one from now on. */
static uint32_t *indices_room(struct parquet_column *c, uint32_t n)
{
	uint32_t same = c->page.stored == 0 ? c->page.values : 0;

	if (array_reserve(&c->indices, &c->indices_cap, c->n_indices + same + n, sizeof *c->indices) != 0)
		return NULL;
	for (uint32_t i = 0; i < same; i++)
		c->indices[c->n_indices + i] = c->page.index;
	c->n_indices += same;
	c->page.stored += same;
	return c->indices + c->n_indices;
}

/* Rows that all have the value of one index. */
static int append_same(struct parquet_column *c, const struct vector *v, struct parquet_rows rows, uint32_t n,
		       uint32_t index)
{
	uint32_t *to;

	if (c->page.stored == 0 && (c->page.values == 0 || c->page.index == index)) {
		c->page.index = index;
		return commit_rows(c, v, rows, n);
	}
	to = indices_room(c, n);
	if (to == NULL)
		return -1;
	for (uint32_t i = 0; i < n; i++)
		to[i] = index;
	return commit_indices(c, v, rows, n);
}

/* n numbers in scratch: their indices are appended. */
static int index_numbers(struct parquet_column *c, const struct vector *v, struct parquet_rows rows,
			 struct parquet_scratch *s)
{
	uint32_t n = parquet_gather_numbers(v, rows, s->numbers);
	uint32_t *to = indices_room(c, n);

	if (to == NULL || parquet_numbers_find(&c->numbers_seen, s->numbers, n, to) != 0)
		return -1;
	return commit_indices(c, v, rows, n);
}

/* Numbers of width 1: each of the 256 is looked up once. */
static int index_bytes(struct parquet_column *c, const struct vector *v, struct parquet_rows rows,
		       struct parquet_scratch *s)
{
	struct vector offsets = *v;
	uint32_t map[UINT8_MAX + 1];
	uint32_t n, *to;

	offsets.base = 0;
	n = parquet_gather_codes(&offsets, rows, s->codes);
	to = indices_room(c, n);
	if (to == NULL)
		return -1;
	memset(map, 0xff, sizeof map);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t offset = s->codes[i];

		if (map[offset] == NO_INDEX) {
			int64_t number = (int64_t)((uint64_t)v->base + offset);

			if (parquet_numbers_find(&c->numbers_seen, &number, 1, &map[offset]) != 0)
				return -1;
		}
		to[i] = map[offset];
	}
	return commit_indices(c, v, rows, n);
}

static int append_number_indices(struct parquet_column *c, const struct vector *v, struct parquet_rows rows,
				 struct parquet_scratch *s)
{
	uint32_t n, index = 0;

	if (array_reserve(&s->codes, &s->codes_cap, rows.n, sizeof *s->codes) != 0 ||
	    array_reserve(&s->numbers, &s->numbers_cap, rows.n, sizeof *s->numbers) != 0)
		return -1;
	if (v->width == 1)
		return index_bytes(c, v, rows, s);
	if (v->width > 0)
		return index_numbers(c, v, rows, s);
	n = parquet_gather_valid(v, rows, NULL, 0);
	if (n > 0 && parquet_numbers_find(&c->numbers_seen, &v->base, 1, &index) != 0)
		return -1;
	return append_same(c, v, rows, n, index);
}

static int append_numbers(struct parquet_column *c, const struct vector *v, struct parquet_rows rows,
			  struct parquet_scratch *s)
{
	uint32_t n;

	if (c->form == PARQUET_AS_DICTIONARY && c->decided && c->numbers_seen.n > PARQUET_NUMBERS_MAX) {
		if (parquet_column_flush(c, false, s) != 0)
			return -1;
		c->form = parquet_other_form(c->type);
	}
	if (c->form == PARQUET_AS_DICTIONARY)
		return append_number_indices(c, v, rows, s);
	if (array_reserve(&c->numbers, &c->numbers_cap, c->page.values + (size_t)rows.n,
			  sizeof *c->numbers) != 0)
		return -1;
	n = parquet_gather_numbers(v, rows, c->numbers + c->page.values);
	c->page.stored += n;
	return commit_rows(c, v, rows, n);
}

/* Texts of the first rows, in scratch: as many as a page has room for, at least one row. Sets *part to those
 * rows and *bytes to what they take, and returns how many are not null. */
static uint32_t take_texts(const struct vector *v, struct parquet_rows rows, struct parquet_scratch *s,
			   struct parquet_rows *part, size_t *bytes)
{
	uint32_t most = TEXTS_AT_ONCE, n;

	do {
		*part = parquet_rows_slice(rows, 0, most);
		n = parquet_gather_texts(v, *part, s->texts);
		*bytes = 0;
		for (uint32_t i = 0; i < n; i++)
			*bytes += s->texts[i].len + sizeof(uint32_t);
		most /= 2;
	} while (*bytes > PARQUET_PAGE_BYTES && part->n > 1);
	return n;
}

static int append_texts(struct parquet_column *c, const struct vector *v, struct parquet_rows rows,
			struct parquet_scratch *s)
{
	struct parquet_rows part;
	size_t bytes;

	if (array_reserve(&s->texts, &s->texts_cap, TEXTS_AT_ONCE, sizeof *s->texts) != 0)
		return -1;
	for (; rows.n > 0; rows = parquet_rows_slice(rows, part.n, rows.n)) {
		uint32_t n = take_texts(v, rows, s, &part, &bytes);

		if (c->page.rows > 0 && c->text.len + bytes > PARQUET_PAGE_BYTES &&
		    parquet_column_flush(c, false, s) != 0)
			return -1;
		for (uint32_t i = 0; i < n; i++)
			parquet_bounds_text(&c->bounds, s->texts[i].data, s->texts[i].len);
		if (page_plain_texts(&c->text, s->texts, n) != 0)
			return -1;
		if (commit_rows(c, v, part, n) != 0)
			return -1;
	}
	return 0;
}

/* How large the dictionary may be by now. */
static size_t most_bytes(const struct parquet_column *c)
{
	bool repeats = parquet_strings_seen(&c->strings_seen) < c->values / 3 * 2;

	return repeats ? STRINGS_BYTES_MAX : STRINGS_BYTES;
}

static bool hardly_repeats(const struct parquet_column *c)
{
	return parquet_strings_bytes(&c->strings_seen) > STRINGS_CHECKED &&
	       parquet_strings_seen(&c->strings_seen) > c->values / 10 * 9;
}

/* 1, 0 when the dictionary is full and nothing was appended, -1. */
static int append_codes(struct parquet_column *c, const struct vector *v, struct parquet_rows rows,
			struct parquet_scratch *s)
{
	struct parquet_strings *d = &c->strings_seen;
	uint32_t n, index = (uint32_t)v->base, *to;
	int status;

	if (array_reserve(&s->fresh, &s->fresh_cap, rows.n, sizeof *s->fresh) != 0)
		return -1;
	if (v->width == 0) {
		n = parquet_gather_valid(v, rows, NULL, 0);
		status = parquet_strings_map(d, v->strings, &index, n > 0, most_bytes(c), s->fresh);
		if (status != 1)
			return status;
		return append_same(c, v, rows, n, index) == 0 ? 1 : -1;
	}
	to = indices_room(c, rows.n);
	if (to == NULL)
		return -1;
	n = parquet_gather_codes(v, rows, to);
	status = parquet_strings_map(d, v->strings, to, n, most_bytes(c), s->fresh);
	if (status != 1)
		return status;
	return commit_indices(c, v, rows, n) == 0 ? 1 : -1;
}

/* If most of the stream's strings have come, its codes stay the indices. */
static int adopt_codes(struct parquet_column *c, const struct strings *stream)
{
	struct parquet_strings *d = &c->strings_seen;

	if (d->n_borrowed == 0 || d->n_borrowed < stream->n / 2 ||
	    stream->bytes.len + stream->n * sizeof(uint32_t) > most_bytes(c))
		return 0;
	c->decided = true;
	return parquet_strings_adopt(d);
}

static int append_strings(struct parquet_column *c, const struct vector *v, struct parquet_rows rows,
			  struct parquet_scratch *s)
{
	if (c->form == PARQUET_AS_DICTIONARY && v->form == VECTOR_CODES && !hardly_repeats(c)) {
		int status = append_codes(c, v, rows, s);

		if (status != 0)
			return status < 0 ? -1 : adopt_codes(c, v->strings);
	}
	if (c->form == PARQUET_AS_DICTIONARY) {
		if ((!c->decided && parquet_column_compact(c) != 0) || parquet_column_flush(c, false, s) != 0)
			return -1;
		c->form = PARQUET_AS_PLAIN;
	}
	return append_texts(c, v, rows, s);
}

size_t parquet_column_row_bytes(struct parquet_column *c, const struct vector *v)
{
	if (c->type != COLUMN_STRING || v->form != VECTOR_CODES)
		return 0;
	return parquet_strings_longest(&c->strings_seen, v->strings);
}

int parquet_column_append(struct parquet_column *c, const struct vector *v, struct parquet_rows rows,
			  struct parquet_scratch *s)
{
	assert(rows.n <= PARQUET_SLICE_ROWS && v->type == c->type);
	if (c->type == COLUMN_STRING ? append_strings(c, v, rows, s) : append_numbers(c, v, rows, s))
		return -1;
	return c->page.rows >= PARQUET_SLICE_ROWS ? parquet_column_flush(c, false, s) : 0;
}
