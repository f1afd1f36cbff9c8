#include "parquet/parquet_values.h"

#include "base/timestamp.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH_MAX = 32, LENGTH = sizeof(uint32_t) /* before a text */ };

static const char cut_short[] = "values that are cut short";

void parquet_values_init(struct parquet_values *v, int fd, const char *file, const struct parquet_leaf *leaf)
{
	*v = (struct parquet_values){.pages = {.fd = fd, .file = file, .leaf = leaf}, .day = INT64_MIN};
}

void parquet_values_free(struct parquet_values *v)
{
	parquet_pages_free(&v->pages);
	buffer_free(&v->dictionary);
	free(v->numbers);
	free(v->texts);
	free(v->codes);
	*v = (struct parquet_values){0};
}

int parquet_values_open(struct parquet_values *v, const struct parquet_chunk *chunk, size_t group)
{
	v->rows_left = 0;
	v->entries = 0;
	return parquet_pages_open(&v->pages, chunk, group);
}

static bool is_text(const struct parquet_values *v)
{
	return v->pages.leaf->type == COLUMN_STRING && !v->pages.leaf->is_date;
}

/* The text at p, which is moved behind it. */
static int take_text(const struct parquet_values *v, const uint8_t **p, const uint8_t *end, struct text *text)
{
	uint32_t len;

	if ((size_t)(end - *p) < sizeof len)
		return parquet_pages_damaged(&v->pages, cut_short);
	memcpy(&len, *p, sizeof len);
	*p += sizeof len;
	if (len > (size_t)(end - *p))
		return parquet_pages_damaged(&v->pages, cut_short);
	*text = (struct text){(const char *)*p, len};
	*p += len;
	if (utf8_check(text->data, text->len) < len)
		return parquet_pages_damaged(&v->pages, "bytes that are not UTF-8 text");
	return 0;
}

static int load_texts(struct parquet_values *v, uint32_t n)
{
	const uint8_t *p, *end;

	buffer_clear(&v->dictionary);
	if (buffer_append(&v->dictionary, v->pages.data, v->pages.len) != 0 ||
	    buffer_reserve(&v->dictionary, PAGE_SLACK) != 0 ||
	    array_reserve(&v->texts, &v->texts_cap, n + 1, sizeof *v->texts) != 0 ||
	    array_reserve(&v->codes, &v->codes_cap, n + 1, sizeof *v->codes) != 0)
		return -1;
	p = v->dictionary.data;
	end = p + v->dictionary.len;
	v->longest = 0;
	for (uint32_t i = 0; i < n; i++) {
		if (take_text(v, &p, end, &v->texts[i]) != 0)
			return -1;
		if (v->texts[i].len > v->longest)
			v->longest = v->texts[i].len;
		v->codes[i] = -1;
	}
	return 0;
}

static int load_numbers(struct parquet_values *v, uint32_t n)
{
	const struct parquet_leaf *leaf = v->pages.leaf;
	const char *why;

	if (array_reserve(&v->numbers, &v->numbers_cap, n + 1, sizeof *v->numbers) != 0)
		return -1;
	if (parquet_leaf_plain(leaf, v->pages.data, v->pages.len, n, v->numbers, &why) < 0 ||
	    parquet_leaf_convert(leaf, v->numbers, n, &why) != 0)
		return parquet_pages_damaged(&v->pages, "%s", why);
	return 0;
}

static int load_dictionary(struct parquet_values *v)
{
	const struct parquet_leaf *leaf = v->pages.leaf;
	const uint32_t n = v->pages.values;
	const size_t least = leaf->physical == PARQUET_FIXED ? leaf->length : LENGTH;

	if (v->pages.encoding != PARQUET_PLAIN && v->pages.encoding != PARQUET_PLAIN_DICTIONARY)
		return parquet_pages_damaged(&v->pages, "a dictionary in encoding %d", v->pages.encoding);
	if (leaf->physical == PARQUET_BOOLEAN)
		return parquet_pages_damaged(&v->pages, "a dictionary of booleans");
	if (n > v->pages.len / least)
		return parquet_pages_damaged(&v->pages, "a dictionary that is cut short");
	if ((is_text(v) ? load_texts : load_numbers)(v, n) != 0)
		return -1;
	v->entries = n;
	return 0;
}

/* A length, and the hybrid of so many bytes behind it; *p is moved behind both. */
static int open_levels(struct parquet_values *v, struct hybrid_reader *levels, const uint8_t **p,
		       const uint8_t *end)
{
	uint32_t len;

	if ((size_t)(end - *p) < sizeof len)
		return parquet_pages_damaged(&v->pages, "levels that are cut short");
	memcpy(&len, *p, sizeof len);
	*p += sizeof len;
	if (len > (size_t)(end - *p))
		return parquet_pages_damaged(&v->pages, "levels that are cut short");
	hybrid_open(levels, *p, len, 1);
	*p += len;
	return 0;
}

static int open_indices(struct parquet_values *v)
{
	const size_t len = (size_t)(v->end - v->p);
	const unsigned width = len > 0 ? *v->p : 0;

	if (!v->pages.has_dictionary)
		return parquet_pages_damaged(&v->pages, "codes, but no dictionary");
	if (width > WIDTH_MAX)
		return parquet_pages_damaged(&v->pages, "codes of %u bits", width);
	v->form = VALUES_INDICES;
	/* A page of nothing but nulls may have no byte at all. */
	hybrid_open(&v->hybrid, len > 0 ? v->p + 1 : v->p, len > 0 ? len - 1 : 0, width);
	return 0;
}

static int unknown_encoding(const struct parquet_values *v)
{
	static const char *const names[] = {
	    [4] = "BIT_PACKED",       [5] = "DELTA_BINARY_PACKED", [6] = "DELTA_LENGTH_BYTE_ARRAY",
	    [7] = "DELTA_BYTE_ARRAY", [9] = "BYTE_STREAM_SPLIT",   [10] = "ALP"};
	const int e = v->pages.encoding;

	if (e >= 0 && e < (int)(sizeof names / sizeof names[0]) && names[e] != NULL)
		return parquet_pages_damaged(&v->pages, "values in the encoding %s, which is not read",
					     names[e]);
	return parquet_pages_damaged(&v->pages, "values in encoding %d, which is not read", e);
}

static int open_values(struct parquet_values *v)
{
	const enum parquet_type physical = v->pages.leaf->physical;
	const size_t len = (size_t)(v->end - v->p);

	switch (v->pages.encoding) {
	case PARQUET_PLAIN:
		v->form = physical == PARQUET_BOOLEAN ? VALUES_BITS : VALUES_PLAIN;
		if (physical == PARQUET_BOOLEAN)
			hybrid_open_packed(&v->hybrid, v->p, len, 1);
		return 0;
	case PARQUET_PLAIN_DICTIONARY:
	case PARQUET_RLE_DICTIONARY: return open_indices(v);
	case PARQUET_DELTA_BINARY_PACKED:
		if (physical != PARQUET_INT32 && physical != PARQUET_INT64)
			break;
		v->form = VALUES_DELTA;
		return delta_open(&v->delta, v->p, len) == 0 ? 0
							     : parquet_pages_damaged(&v->pages, cut_short);
	case PARQUET_RLE:
		if (physical != PARQUET_BOOLEAN)
			break;
		v->form = VALUES_BITS;
		return open_levels(v, &v->hybrid, &v->p, v->end);
	default: break;
	}
	return unknown_encoding(v);
}

/* Has a page with rows, if it is the next one. */
static int turn_page(struct parquet_values *v)
{
	while (v->rows_left == 0) {
		if (parquet_pages_next(&v->pages) != 0)
			return -1;
		if (v->pages.is_dictionary) {
			if (load_dictionary(v) != 0)
				return -1;
			continue;
		}
		v->p = v->pages.data;
		v->end = v->p + v->pages.len;
		if (v->pages.leaf->nullable && v->pages.level_encoding != PARQUET_RLE)
			return parquet_pages_damaged(&v->pages, "levels in encoding %d, which is not read",
						     v->pages.level_encoding);
		if (v->pages.leaf->nullable && open_levels(v, &v->levels, &v->p, v->end) != 0)
			return -1;
		if (open_values(v) != 0)
			return -1;
		v->rows_left = v->pages.values;
	}
	return 0;
}

int parquet_values_fit(struct parquet_values *v, uint32_t n, size_t most, uint32_t *rows)
{
	const uint8_t *p;
	uint32_t fit = 0;

	*rows = n;
	if (!is_text(v))
		return 0;
	if (turn_page(v) != 0)
		return -1;
	*rows = n < v->rows_left ? n : v->rows_left;
	if (v->form == VALUES_INDICES) {
		if (v->longest * *rows > most)
			*rows = most / v->longest > 0 ? (uint32_t)(most / v->longest) : 1;
		return 0;
	}
	if ((size_t)(v->end - v->p) <= most)
		return 0;
	/* Lengths that lead astray are found when the texts are taken. */
	for (p = v->p; fit < *rows && (size_t)(v->end - p) >= LENGTH; fit++) {
		uint32_t len;

		memcpy(&len, p, sizeof len);
		if (len > (size_t)(v->end - p) - LENGTH || (size_t)(p - v->p) + len > most)
			break;
		p += LENGTH + len;
	}
	*rows = fit > 0 ? fit : 1;
	return 0;
}

static int damaged_values(const struct parquet_values *v)
{
	return parquet_pages_damaged(&v->pages, cut_short);
}

/* The next n indices, all of them below the number of entries. */
static int take_indices(struct parquet_values *v, uint32_t *indices, uint32_t n)
{
	uint32_t wrong = 0;

	if (hybrid_read(&v->hybrid, indices, n) != 0)
		return damaged_values(v);
	for (uint32_t i = 0; i < n; i++)
		wrong |= indices[i] >= v->entries;
	return wrong == 0 ? 0 : parquet_pages_damaged(&v->pages, "a code beyond its dictionary");
}

static int take_bits(struct parquet_values *v, int64_t *out, uint32_t n, struct parquet_portion *portion)
{
	if (hybrid_read(&v->hybrid, portion->indices, n) != 0)
		return damaged_values(v);
	for (uint32_t i = 0; i < n; i++)
		out[i] = portion->indices[i];
	return 0;
}

/* The next n values that are there, as ours. */
static int take_numbers(struct parquet_values *v, int64_t *out, uint32_t n, struct parquet_portion *portion)
{
	const struct parquet_leaf *leaf = v->pages.leaf;
	const char *why = cut_short;
	ptrdiff_t taken;

	switch (v->form) {
	case VALUES_BITS: return take_bits(v, out, n, portion);
	case VALUES_INDICES:
		if (take_indices(v, portion->indices, n) != 0)
			return -1;
		for (uint32_t i = 0; i < n; i++)
			out[i] = v->numbers[portion->indices[i]];
		return 0;
	case VALUES_DELTA:
		if (delta_read(&v->delta, out, n) != 0)
			return damaged_values(v);
		/* Sums wrap around at the width of the type. */
		for (uint32_t i = 0; leaf->physical == PARQUET_INT32 && i < n; i++)
			out[i] = (int32_t)out[i];
		break;
	case VALUES_PLAIN:
		taken = parquet_leaf_plain(leaf, v->p, (size_t)(v->end - v->p), n, out, &why);
		if (taken < 0)
			return parquet_pages_damaged(&v->pages, "%s", why);
		v->p += taken;
		break;
	}
	if (parquet_leaf_convert(leaf, out, n, &why) != 0)
		return parquet_pages_damaged(&v->pages, "%s", why);
	return 0;
}

static bool is_valid(const uint64_t *valid, uint32_t i)
{
	return valid == NULL || (valid[i / 64] >> i % 64 & 1);
}

static int add_date(struct parquet_values *v, struct builder *b, struct builder_column *c, int64_t day)
{
	if (day != v->day) {
		v->date_len = timestamp_format_date(day, v->date);
		v->day = day;
	}
	return builder_add_text(b, c, v->date, v->date_len);
}

static int add_dates(struct parquet_values *v, struct builder *b, struct builder_column *c, uint32_t n,
		     const uint64_t *valid, uint32_t n_set, struct parquet_portion *portion)
{
	const int64_t *day = portion->numbers;

	if (take_numbers(v, portion->numbers, n_set, portion) != 0)
		return -1;
	for (uint32_t i = 0; i < n; i++) {
		if (!is_valid(valid, i))
			builder_add_null(c);
		else if (add_date(v, b, c, *day++) != 0)
			return -1;
	}
	return 0;
}

/* By CELLS_ROWS rows at a time. */
static int add_plain_texts(struct parquet_values *v, struct builder *b, struct builder_column *c, uint32_t n,
			   const uint64_t *valid)
{
	static const char nothing[CELLS_PADDED];

	_Static_assert((int)PAGE_SLACK >= (int)CELLS_PADDED, "texts are padded");
	for (uint32_t from = 0; from < n; from += CELLS_ROWS) {
		const uint32_t some = n - from < CELLS_ROWS ? n - from : CELLS_ROWS;
		struct cells cells;

		cells_empty(&cells);
		for (uint32_t i = 0; i < some; i++) {
			const bool is_there = is_valid(valid, from + i);
			struct text text = {nothing, 0};

			if (is_there && take_text(v, &v->p, v->end, &text) != 0)
				return -1;
			cells_keep_text(&cells, i, text.data, text.len, is_there);
		}
		if (builder_add_cells(b, c, &cells, some) != 0)
			return -1;
	}
	return 0;
}

static int add_indexed_texts(struct parquet_values *v, struct builder *b, struct builder_column *c,
			     uint32_t n, const uint64_t *valid, const uint32_t *index)
{
	for (uint32_t i = 0; i < n; i++) {
		if (!is_valid(valid, i)) {
			builder_add_null(c);
			continue;
		}
		const struct text text = v->texts[*index++];

		if (builder_add_text(b, c, text.data, text.len) != 0)
			return -1;
	}
	return 0;
}

/* The codes of up to CELLS_ROWS indices, none of which is known yet. */
static int look_up(struct parquet_values *v, struct builder *b, struct builder_column *c, uint32_t n,
		   const uint32_t *indices)
{
	struct cells cells;
	uint32_t codes[CELLS_ROWS];

	cells_empty(&cells);
	for (uint32_t i = 0; i < n; i++)
		cells_keep_text(&cells, i, v->texts[indices[i]].data, v->texts[indices[i]].len, true);
	if (builder_codes(b, c, &cells, n, codes) != 0)
		return -1;
	for (uint32_t i = 0; i < n; i++)
		v->codes[indices[i]] = codes[i];
	return 0;
}

/* Looks up the indices that have no code yet. */
static int find_codes(struct parquet_values *v, struct builder *b, struct builder_column *c, uint32_t n,
		      const uint32_t *indices)
{
	enum { ASKED = -2 };
	uint32_t unknown[CELLS_ROWS], n_unknown = 0;

	for (uint32_t i = 0; i < n; i++) {
		if (v->codes[indices[i]] != -1)
			continue;
		v->codes[indices[i]] = ASKED;
		unknown[n_unknown++] = indices[i];
		if (n_unknown < CELLS_ROWS)
			continue;
		if (look_up(v, b, c, n_unknown, unknown) != 0)
			return -1;
		n_unknown = 0;
	}
	return look_up(v, b, c, n_unknown, unknown);
}

/* The codes of n indices. Each text is looked up when it is first met, so that texts in no row are in no
 * dictionary. */
static int map_codes(struct parquet_values *v, struct builder *b, struct builder_column *c, uint32_t n,
		     const uint32_t *indices, int64_t *out)
{
	int64_t missing = 0;

	if (c->resets != v->resets)
		memset(v->codes, 0xff, v->entries * sizeof *v->codes);
	v->resets = c->resets;
	for (uint32_t i = 0; i < n; i++) {
		out[i] = v->codes[indices[i]];
		missing |= out[i];
	}
	if (missing >= 0)
		return 0;
	if (find_codes(v, b, c, n, indices) != 0)
		return -1;
	for (uint32_t i = 0; i < n; i++)
		out[i] = v->codes[indices[i]];
	return 0;
}

/* n rows of a page, n_set of them not null; valid is NULL when they all are. */
static int add_rows(struct parquet_values *v, struct builder *b, struct builder_column *c, uint32_t n,
		    const uint64_t *valid, uint32_t n_set, struct parquet_portion *portion)
{
	if (v->pages.leaf->is_date)
		return add_dates(v, b, c, n, valid, n_set, portion);
	if (is_text(v) && v->form == VALUES_PLAIN)
		return add_plain_texts(v, b, c, n, valid);
	if (is_text(v)) {
		if (take_indices(v, portion->indices, n_set) != 0)
			return -1;
		if (c->plain)
			return add_indexed_texts(v, b, c, n, valid, portion->indices);
		if (map_codes(v, b, c, n_set, portion->indices, builder_room(c)) != 0)
			return -1;
	} else if (take_numbers(v, builder_room(c), n_set, portion) != 0) {
		return -1;
	}
	if (valid == NULL)
		builder_take(c, n);
	else
		builder_take_valid(c, valid, n, n_set);
	return 0;
}

int parquet_values_add(struct parquet_values *v, struct builder *b, struct builder_column *c, uint32_t n,
		       struct parquet_portion *portion)
{
	while (n > 0) {
		size_t n_set = 0;
		uint32_t some;

		if (turn_page(v) != 0)
			return -1;
		some = n < v->rows_left ? n : v->rows_left;
		if (!v->pages.leaf->nullable)
			n_set = some;
		else if (hybrid_read_bits(&v->levels, portion->valid, some, &n_set) != 0)
			return parquet_pages_damaged(&v->pages, "levels that are cut short, or above 1");
		if (add_rows(v, b, c, some, n_set == some ? NULL : portion->valid, (uint32_t)n_set,
			     portion) != 0)
			return -1;
		v->rows_left -= some;
		n -= some;
	}
	return 0;
}
