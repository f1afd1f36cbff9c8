/*
 * parquet_check -- reads a Parquet file back, for tests. It takes what the writer may make and refuses all
 * else: every offset, size, count and checksum of the metadata must be that of the pages.
 */
#ifndef EV_PARQUET_CHECK_H
#define EV_PARQUET_CHECK_H

#include "parquet_decode.h"

#include <snappy-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* A value: a text, or a number (a double by its bits). */
struct value {
	bool null;
	int64_t number;
	const uint8_t *text; /* in `kept` of the column */
	size_t len;
};

enum { CHECK_COLUMNS = 32, CHECK_ENCODINGS = 10 };

struct checked_column {
	char name[64];
	int type; /* physical */
	bool optional;
	struct value *values;
	size_t n, cap;
	void **kept; /* page bodies that texts point into */
	size_t n_kept;
	/* Of all row groups together. */
	unsigned pages[CHECK_ENCODINGS]; /* data pages by encoding */
	unsigned dictionaries;
	size_t largest_page; /* uncompressed bytes of a data page */
	/* Of the last row group. */
	struct cursor statistics;
};

struct checked {
	struct checked_column columns[CHECK_COLUMNS];
	size_t n_columns;
	size_t n_groups;
	uint64_t rows;
	char why[200]; /* empty when the file is good */
	struct cursor created_by;
	struct cursor schema; /* first SchemaElement, the root */
};

#define CHECK(c, condition)                                                                      \
	do {                                                                                     \
		if (!(condition)) {                                                              \
			snprintf((c)->why, sizeof(c)->why, "line %d: %s", __LINE__, #condition); \
			return false;                                                            \
		}                                                                                \
	} while (0)

static inline struct value *add_value(struct checked_column *col)
{
	if (col->n == col->cap) {
		col->cap = col->cap == 0 ? 1024 : col->cap * 2;
		col->values = realloc(col->values, col->cap * sizeof *col->values);
	}
	col->values[col->n] = (struct value){0};
	return &col->values[col->n++];
}

static inline bool plain_value(int type, struct cursor *c, size_t i, struct value *v)
{
	static const unsigned widths[] = {0, 4, 8, 0, 0, 8};
	uint32_t len;

	if (type == 0) {
		v->number = c->p[i / 8] >> i % 8 & 1;
		return i / 8 < left(*c);
	}
	if (type == 6) {
		if (left(*c) < 4)
			return false;
		memcpy(&len, c->p, 4);
		if (left(*c) - 4 < len)
			return false;
		v->text = c->p + 4;
		v->len = len;
		c->p += 4 + len;
		return true;
	}
	if (left(*c) < widths[type])
		return false;
	v->number = (int64_t)get_bits(c->p, 0, widths[type] * 8);
	if (type == 1)
		v->number = (int32_t)v->number;
	c->p += widths[type];
	return true;
}

/* The values of a page that are not null, n of them. */
static inline bool page_values(struct checked *f, int type, int64_t encoding, struct cursor body,
			       const struct value *dictionary, size_t n_dictionary, struct value *out,
			       size_t n)
{
	uint32_t *indices = malloc((n + 8) * sizeof *indices);
	int64_t *numbers = malloc((n + 8) * sizeof *numbers);
	size_t runs;
	bool good = true;

	if (encoding == 8) {
		good = left(body) >= 1 && *body.p <= 32 && n_dictionary > 0;
		struct cursor rest = {body.p + 1, body.end};
		good = good && decode_hybrid(rest, indices, n, *body.p, &runs);
		for (size_t i = 0; good && i < n; i++) {
			good = indices[i] < n_dictionary;
			if (good)
				out[i] = dictionary[indices[i]];
		}
	} else if (encoding == 5) {
		good = type == 2 && decode_delta(body, numbers, n);
		for (size_t i = 0; good && i < n; i++)
			out[i].number = numbers[i];
	} else {
		for (size_t i = 0; good && i < n; i++)
			good = plain_value(type, &body, i, &out[i]);
		good = good && (type == 0 ? left(body) == (n + 7) / 8 : left(body) == 0);
	}
	free(indices);
	free(numbers);
	CHECK(f, good);
	return true;
}

static inline bool check_data_page(struct checked *f, struct checked_column *col, struct cursor header,
				   struct cursor body, const struct value *dictionary, size_t n_dictionary)
{
	int64_t n = int_field(header, 1, -1), encoding = int_field(header, 2, -1);
	size_t runs, values;
	uint32_t len;

	CHECK(f, n > 0 && n < 1 << 17);
	CHECK(f, encoding == 0 || encoding == 5 || encoding == 8);
	CHECK(f, int_field(header, 3, -1) == 3 && int_field(header, 4, -1) == 3);
	uint32_t *levels = malloc((size_t)n * sizeof *levels);
	struct value *found = calloc((size_t)n, sizeof *found);
	bool good = true;
	for (int64_t i = 0; i < n; i++)
		levels[i] = 1;
	if (col->optional) {
		good = left(body) >= 4;
		if (good)
			memcpy(&len, body.p, 4);
		body.p += 4;
		good = good && len <= left(body) &&
		       decode_hybrid((struct cursor){body.p, body.p + len}, levels, (size_t)n, 1, &runs);
		body.p += good ? len : 0;
	}
	values = 0;
	for (int64_t i = 0; i < n; i++)
		values += levels[i];
	good = good && page_values(f, col->type, encoding, body, dictionary, n_dictionary, found, values);
	values = 0;
	for (int64_t i = 0; good && i < n; i++) {
		struct value *v = add_value(col);
		if (levels[i])
			*v = found[values++];
		else
			v->null = true;
	}
	free(levels);
	free(found);
	CHECK(f, good);
	col->pages[encoding]++;
	return true;
}

/* Distinct and in order of no importance. */
static inline int compare_values(const void *a, const void *b)
{
	const struct value *x = a, *y = b;
	size_t n = x->len < y->len ? x->len : y->len;
	int order = n == 0 ? 0 : memcmp(x->text, y->text, n);

	if (order != 0)
		return order;
	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static inline bool check_dictionary(struct checked *f, struct checked_column *col, struct cursor header,
				    struct cursor body, struct value **dictionary, size_t *n_dictionary)
{
	int64_t n = int_field(header, 1, -1);

	CHECK(f, n > 0 && n <= (int64_t)left(body) && int_field(header, 2, -1) == 0);
	*dictionary = calloc((size_t)n, sizeof **dictionary);
	*n_dictionary = (size_t)n;
	if (!page_values(f, col->type, 0, body, NULL, 0, *dictionary, (size_t)n))
		return false;
	struct value *sorted = malloc((size_t)n * sizeof *sorted);
	bool distinct = true;
	memcpy(sorted, *dictionary, (size_t)n * sizeof *sorted);
	qsort(sorted, (size_t)n, sizeof *sorted, compare_values);
	for (int64_t i = 1; i < n; i++)
		distinct = distinct && compare_values(&sorted[i - 1], &sorted[i]) != 0;
	free(sorted);
	CHECK(f, distinct);
	col->dictionaries++;
	return true;
}

/* The body of the page whose header was read, decompressed; kept by the column. */
static inline bool open_page(struct checked *f, struct checked_column *col, struct cursor header,
			     struct cursor *at, struct cursor *body)
{
	int64_t full = int_field(header, 2, -1), packed = int_field(header, 3, -1);
	size_t len = 0;

	CHECK(f, full >= 0 && packed >= 0 && (size_t)packed <= left(*at));
	CHECK(f, (uint32_t)int_field(header, 4, -1) == (uint32_t)crc32(0, at->p, (unsigned)packed));
	CHECK(f, snappy_uncompressed_length((const char *)at->p, (size_t)packed, &len) == SNAPPY_OK);
	CHECK(f, len == (size_t)full);
	uint8_t *bytes = malloc(len + 1);
	col->kept = realloc(col->kept, (col->n_kept + 1) * sizeof *col->kept);
	col->kept[col->n_kept++] = bytes;
	CHECK(f, snappy_uncompress((const char *)at->p, (size_t)packed, (char *)bytes, &len) == SNAPPY_OK);
	*body = (struct cursor){bytes, bytes + len};
	at->p += packed;
	return true;
}

/* Pages of one chunk, one behind the other. Counts what the metadata must agree with. */
static inline bool check_pages(struct checked *f, struct checked_column *col, struct cursor at,
			       int64_t data_offset, const uint8_t *file, uint64_t *uncompressed)
{
	struct value *dictionary = NULL;
	size_t n_dictionary = 0;
	bool good = true;

	*uncompressed = 0;
	for (int i = 0; good && left(at) > 0; i++) {
		struct cursor header = at, body;
		int64_t type = int_field(header, 1, -1);

		if (type == 0 && data_offset > 0) {
			good = at.p == file + data_offset; /* the first data page */
			data_offset = 0;
		}
		good = good && skip_struct(&at);
		*uncompressed += (uint64_t)(at.p - header.p) + (uint64_t)int_field(header, 2, 0);
		good = good && open_page(f, col, header, &at, &body);
		if (!good)
			break;
		if (type == 2) {
			good = i == 0 && check_dictionary(f, col, struct_field(header, 7), body, &dictionary,
							  &n_dictionary);
		} else {
			good = type == 0 && check_data_page(f, col, struct_field(header, 5), body, dictionary,
							    n_dictionary);
			if (left(body) > col->largest_page)
				col->largest_page = left(body);
		}
	}
	free(dictionary);
	CHECK(f, good && data_offset == 0);
	return true;
}

static inline bool lists_encoding(struct cursor meta, int64_t wanted)
{
	uint64_t n;
	struct cursor c = list_field(meta, 2, &n);
	int64_t encoding;

	while (n-- > 0 && get_zigzag(&c, &encoding)) {
		if (encoding == wanted)
			return true;
	}
	return false;
}

/* Are pages counted as they were found? before is the column as it was before this chunk. */
static inline bool check_encodings(struct checked *f, const struct checked_column *col,
				   const struct checked_column *before, struct cursor meta)
{
	uint64_t n;
	struct cursor c = list_field(meta, 13, &n);
	unsigned counted[CHECK_ENCODINGS] = {0}, dictionaries = 0;

	CHECK(f, c.p != NULL);
	while (n-- > 0) {
		int64_t type = int_field(c, 1, -1), encoding = int_field(c, 2, -1),
			count = int_field(c, 3, -1);
		CHECK(f,
		      (type == 0 || type == 2) && encoding >= 0 && encoding < CHECK_ENCODINGS && count > 0);
		if (type == 2)
			dictionaries += (unsigned)count;
		else
			counted[encoding] += (unsigned)count;
		CHECK(f, lists_encoding(meta, encoding));
		CHECK(f, skip_struct(&c));
	}
	CHECK(f, lists_encoding(meta, 3));
	for (int i = 0; i < CHECK_ENCODINGS; i++)
		CHECK(f, counted[i] == col->pages[i] - before->pages[i]);
	CHECK(f, dictionaries == col->dictionaries - before->dictionaries);
	CHECK(f, dictionaries == (counted[8] > 0));
	return true;
}

/* Order by which bounds are taken. */
static inline int bound_order(int type, const struct value *a, const struct value *b)
{
	double x, y;

	if (type != 5)
		return compare_values(a, b);
	memcpy(&x, &a->number, sizeof x);
	memcpy(&y, &b->number, sizeof y);
	return x < y ? -1 : x > y;
}

/* A bound as a value; false where there is none. */
static inline bool bound_value(int type, struct cursor statistics, int id, struct value *v)
{
	struct cursor c = binary_field(statistics, id);

	*v = (struct value){.text = c.p, .len = left(c)};
	if (c.p == NULL || type == 6)
		return c.p != NULL;
	return plain_value(type, &c, 0, v) && (v->len = 0, v->text = NULL, true);
}

/* The bounds against the values from the first on. */
static inline bool check_bounds(struct checked *f, const struct checked_column *col, size_t first)
{
	const struct value *min = NULL, *max = NULL;
	struct value low, high;
	bool nan = false;

	for (size_t i = first; i < col->n; i++) {
		const struct value *v = &col->values[i];
		double number = 0;

		if (col->type == 5)
			memcpy(&number, &v->number, sizeof number);
		nan = nan || number != number;
		if (!v->null && (min == NULL || bound_order(col->type, v, min) < 0))
			min = v;
		if (!v->null && (max == NULL || bound_order(col->type, v, max) > 0))
			max = v;
	}
	bool has_low = bound_value(col->type, col->statistics, 6, &low);
	bool has_high = bound_value(col->type, col->statistics, 5, &high);
	if (min == NULL || nan) {
		CHECK(f, !has_low && !has_high);
		return true;
	}
	CHECK(f, has_low && has_high);
	int low_exact = bool_field(col->statistics, 8), high_exact = bool_field(col->statistics, 7);
	CHECK(f, low_exact == (min->len <= 64) && high_exact == (max->len <= 64));
	CHECK(f, low_exact ? bound_order(col->type, &low, min) == 0 : compare_values(&low, min) < 0);
	CHECK(f, high_exact ? bound_order(col->type, &high, max) == 0 : compare_values(&high, max) > 0);
	CHECK(f, low.len <= 68 && high.len <= 68);
	return true;
}

static inline bool check_chunk(struct checked *f, struct checked_column *col, struct cursor chunk,
			       const uint8_t *file, int64_t *offset, int64_t rows, int64_t *uncompressed)
{
	struct cursor meta = struct_field(chunk, 3), path;
	struct checked_column before = *col;
	int64_t data_offset = int_field(meta, 9, -1), dictionary_offset = int_field(meta, 11, -1);
	int64_t compressed = int_field(meta, 7, -1);
	uint64_t n, found, nulls = 0;

	CHECK(f, meta.p != NULL && int_field(chunk, 2, -1) == 0);
	CHECK(f, int_field(meta, 1, -1) == col->type && int_field(meta, 4, -1) == 1);
	path = list_field(meta, 3, &n);
	CHECK(f,
	      n == 1 && get_varint(&path, &n) && n == strlen(col->name) && memcmp(path.p, col->name, n) == 0);
	CHECK(f, int_field(meta, 5, -1) == rows && compressed > 0);
	CHECK(f, (dictionary_offset < 0 ? data_offset : dictionary_offset) == *offset);
	struct cursor pages = {file + *offset, file + *offset + compressed};
	if (!check_pages(f, col, pages, data_offset, file, &found))
		return false;
	CHECK(f, (uint64_t)int_field(meta, 6, -1) == found);
	CHECK(f, col->n - before.n == (size_t)rows);
	if (!check_encodings(f, col, &before, meta))
		return false;
	CHECK(f, dictionary_offset < 0 || col->dictionaries > before.dictionaries);
	for (size_t i = before.n; i < col->n; i++)
		nulls += col->values[i].null;
	col->statistics = struct_field(meta, 12);
	CHECK(f, (uint64_t)int_field(col->statistics, 3, -1) == nulls);
	if (!check_bounds(f, col, before.n))
		return false;
	*offset += compressed;
	*uncompressed += (int64_t)found;
	return true;
}

static inline bool check_group(struct checked *f, struct cursor *groups, const uint8_t *file, int64_t *offset)
{
	struct cursor group = *groups;
	uint64_t n;
	struct cursor chunks = list_field(group, 1, &n);
	int64_t start = *offset, rows = int_field(group, 3, -1), uncompressed = 0;

	CHECK(f, n == f->n_columns && rows > 0 && int_field(group, 5, -1) == start);
	CHECK(f, int_field(group, 7, -1) == (int64_t)f->n_groups);
	for (size_t i = 0; i < n; i++) {
		if (!check_chunk(f, &f->columns[i], chunks, file, offset, rows, &uncompressed))
			return false;
		CHECK(f, skip_struct(&chunks));
	}
	CHECK(f, int_field(group, 2, -1) == uncompressed && int_field(group, 6, -1) == *offset - start);
	f->rows += (uint64_t)rows;
	f->n_groups++;
	CHECK(f, skip_struct(groups));
	return true;
}

static inline bool check_schema(struct checked *f, struct cursor schema, uint64_t n)
{
	f->schema = schema;
	CHECK(f, n >= 1 && n - 1 <= CHECK_COLUMNS && int_field(schema, 5, -1) == (int64_t)n - 1);
	CHECK(f, skip_struct(&schema));
	for (f->n_columns = 0; f->n_columns < n - 1; f->n_columns++) {
		struct checked_column *col = &f->columns[f->n_columns];
		struct cursor name = binary_field(schema, 4);
		CHECK(f, name.p != NULL && left(name) < sizeof col->name);
		memcpy(col->name, name.p, left(name));
		col->type = (int)int_field(schema, 1, -1);
		col->optional = int_field(schema, 3, -1) == 1;
		CHECK(f, col->type >= 0 && col->type <= 6 && skip_struct(&schema));
	}
	return true;
}

/* Reads all of it into *f, which check_free frees. False: f->why says what is wrong. */
static inline bool check_file(struct checked *f, const uint8_t *file, size_t size)
{
	uint32_t len;
	uint64_t n;
	int64_t offset = 4;

	memset(f, 0, sizeof *f);
	CHECK(f, size >= 12 && memcmp(file, "PAR1", 4) == 0 && memcmp(file + size - 4, "PAR1", 4) == 0);
	memcpy(&len, file + size - 8, 4);
	CHECK(f, len <= size - 12);
	struct cursor footer = {file + size - 8 - len, file + size - 8}, all = footer;
	CHECK(f, skip_struct(&all) && left(all) == 0);
	CHECK(f, int_field(footer, 1, -1) == 1);
	struct cursor schema = list_field(footer, 2, &n);
	if (!check_schema(f, schema, n))
		return false;
	struct cursor groups = list_field(footer, 4, &n);
	CHECK(f, groups.p != NULL);
	while (f->n_groups < n) {
		if (!check_group(f, &groups, file, &offset))
			return false;
	}
	CHECK(f, file + offset == footer.p);
	CHECK(f, int_field(footer, 3, -1) == (int64_t)f->rows);
	f->created_by = binary_field(footer, 6);
	struct cursor orders = list_field(footer, 7, &n);
	CHECK(f, n == f->n_columns);
	for (; n > 0; n--)
		CHECK(f, struct_field(orders, 1).p != NULL && skip_struct(&orders));
	return true;
}

static inline void check_free(struct checked *f)
{
	for (size_t i = 0; i < f->n_columns; i++) {
		for (size_t k = 0; k < f->columns[i].n_kept; k++)
			free(f->columns[i].kept[k]);
		free(f->columns[i].kept);
		free(f->columns[i].values);
	}
}

#endif
