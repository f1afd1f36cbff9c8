#include "parquet/parquet_column.h"

#include "base/crc.h"
#include "parquet/page.h"
#include "parquet/parquet_format.h"

#include <string.h>

enum {
	NUMBERS_REPEAT = 8,     /* so many values for each number of a dictionary, and it pays */
	STRINGS_HELD = 1 << 18, /* values */
	LITERAL_PAGES = 16,     /* after a page that Snappy could not make smaller by an eighth */
	LITERAL_PAGES_MAX = 256,
	PAGE_BYTES_MAX = 1 << 30, /* compressed, or grown by it, its length is an int32 */
};

/* The greatest decimal, in millionths: DECIMAL_PRECISION nines. */
static const int64_t DECIMAL_MAX = INT64_C(999999999999999999);

enum parquet_form parquet_other_form(enum column_type type)
{
	return type == COLUMN_DECIMAL ? PARQUET_AS_DELTA : PARQUET_AS_PLAIN;
}

struct page_kind {
	bool is_dictionary;
	uint32_t values; /* nulls included */
	enum parquet_encoding encoding;
};

/* A page that did not shrink enough: how many now go as they are, before another is tried. */
static void count_try(struct parquet_column *c, bool in_vain)
{
	c->literal_pages = !in_vain                               ? 0
			   : c->literal_pages == 0                ? LITERAL_PAGES
			   : c->literal_pages < LITERAL_PAGES_MAX ? c->literal_pages * 2
								  : LITERAL_PAGES_MAX;
	c->literal_left = c->literal_pages;
}

/* The header of a page that takes so many bytes, compressed so many, with that CRC. */
static int put_page_header(struct parquet_column *c, struct buffer *out, struct page_kind kind, size_t len,
			   size_t compressed, uint32_t crc)
{
	enum { TYPE = 1, UNCOMPRESSED = 2, COMPRESSED = 3, CRC = 4, DATA = 5, DICTIONARY = 7 };
	enum { VALUES = 1, ENCODING = 2, DEFINITION_ENCODING = 3, REPETITION_ENCODING = 4 };
	struct thrift_writer w = {.out = out};
	const size_t start = out->len;

	thrift_i32(&w, TYPE, kind.is_dictionary ? PARQUET_DICTIONARY_PAGE : PARQUET_DATA_PAGE);
	thrift_i32(&w, UNCOMPRESSED, (int32_t)len);
	thrift_i32(&w, COMPRESSED, (int32_t)compressed);
	thrift_i32(&w, CRC, (int32_t)crc);
	thrift_begin(&w, kind.is_dictionary ? DICTIONARY : DATA);
	thrift_i32(&w, VALUES, (int32_t)kind.values);
	thrift_i32(&w, ENCODING, kind.encoding);
	if (!kind.is_dictionary) {
		thrift_i32(&w, DEFINITION_ENCODING, PARQUET_RLE);
		thrift_i32(&w, REPETITION_ENCODING, PARQUET_RLE);
	}
	thrift_end(&w);
	if (thrift_finish(&w) != 0)
		return -1;
	c->uncompressed += out->len - start + len;
	return 0;
}

/* s->body as it is. */
static int put_literal_page(struct parquet_column *c, struct buffer *out, struct page_kind kind,
			    const struct buffer *body)
{
	if (put_page_header(c, out, kind, body->len, page_literals_len(body->len),
			    page_literals_crc(body->data, body->len)) != 0)
		return -1;
	return page_literals(out, body->data, body->len);
}

static int put_snappy_page(struct parquet_column *c, struct buffer *out, struct page_kind kind,
			   struct parquet_scratch *s)
{
	buffer_clear(&s->packed);
	if (page_snappy(&s->packed, s->body.data, s->body.len) != 0)
		return -1;
	if (!kind.is_dictionary)
		count_try(c, s->packed.len > s->body.len - s->body.len / 8);
	if (put_page_header(c, out, kind, s->body.len, s->packed.len,
			    crc32_of(s->packed.data, s->packed.len)) != 0)
		return -1;
	return buffer_append(out, s->packed.data, s->packed.len);
}

/* Page: header and s->body, compressed, to the end of out. */
static int put_page(struct parquet_column *c, struct buffer *out, struct page_kind kind,
		    struct parquet_scratch *s)
{
	if (s->body.len > PAGE_BYTES_MAX)
		return cause_record(STATUS_SYSTEM, "%s: column %s: a page of %zu bytes is too long", c->file,
				    c->name, s->body.len);
	if (kind.is_dictionary || c->literal_left == 0)
		return put_snappy_page(c, out, kind, s);
	c->literal_left--;
	return put_literal_page(c, out, kind, &s->body);
}

static int put_numbers(struct parquet_column *c, const int64_t *values, size_t n, struct buffer *body)
{
	if (c->type == COLUMN_FLOAT64)
		parquet_bounds_doubles(&c->bounds, values, n);
	else
		parquet_bounds_numbers(&c->bounds, values, n);
	if (c->form == PARQUET_AS_DELTA)
		return page_delta(body, values, n);
	if (c->type == COLUMN_BOOL)
		return page_plain_bool(body, values, n);
	if (c->type == COLUMN_INT32)
		return page_plain_int32(body, values, n);
	return page_plain_int64(body, values, n);
}

static uint32_t dictionary_size(const struct parquet_column *c)
{
	return c->type == COLUMN_STRING ? parquet_strings_n(&c->strings_seen) : c->numbers_seen.n;
}

static int put_indices(const struct parquet_column *c, const struct parquet_held *page,
		       const uint32_t *indices, struct buffer *body)
{
	uint32_t n = dictionary_size(c);
	unsigned width = n > 1 ? page_width(n - 1) : 1;
	uint8_t byte = (uint8_t)width;

	if (buffer_append(body, &byte, 1) != 0)
		return -1;
	if (page->stored == 0)
		return page_hybrid_run(body, page->index, page->values, width);
	return page_hybrid(body, indices, page->values, width);
}

/* Numbers of the indices, in scratch. */
static int look_up(const struct parquet_column *c, const struct parquet_held *page, const uint32_t *indices,
		   struct parquet_scratch *s)
{
	if (array_reserve(&s->numbers, &s->numbers_cap, page->values, sizeof *s->numbers) != 0)
		return -1;
	for (uint32_t i = 0; i < page->values; i++)
		s->numbers[i] = c->numbers_seen.values[page->stored > 0 ? indices[i] : page->index];
	return 0;
}

/* The page's texts; where nothing is before them, they are the page. */
static int put_text(struct parquet_column *c, struct buffer *body)
{
	const struct buffer empty = *body;

	if (body->len > 0)
		return buffer_append(body, c->text.data, c->text.len);
	*body = c->text;
	c->text = empty;
	return 0;
}

/* Encodes one page whose levels and indices, if any, are given. */
static int emit_page(struct parquet_column *c, const struct parquet_held *page, const uint8_t *levels,
		     const uint32_t *indices, bool from_indices, struct parquet_scratch *s)
{
	struct page_kind kind = {.values = page->rows};
	enum parquet_form form = c->form;
	int status = 0;

	buffer_clear(&s->body);
	if (buffer_append(&s->body, levels, page->levels_len) != 0)
		return -1;
	if (page->values == 0) {
		/* Nothing but nulls needs no dictionary, which may well be empty. */
		form = PARQUET_AS_PLAIN;
		kind.encoding = PARQUET_PLAIN;
	} else if (form == PARQUET_AS_DICTIONARY) {
		kind.encoding = PARQUET_RLE_DICTIONARY;
		status = put_indices(c, page, indices, &s->body);
	} else if (c->type == COLUMN_STRING) {
		kind.encoding = PARQUET_PLAIN;
		status = put_text(c, &s->body);
	} else {
		kind.encoding = form == PARQUET_AS_DELTA ? PARQUET_DELTA_BINARY_PACKED : PARQUET_PLAIN;
		if (from_indices)
			status = look_up(c, page, indices, s);
		if (status == 0)
			status =
			    put_numbers(c, from_indices ? s->numbers : c->numbers, page->values, &s->body);
	}
	if (status != 0 || put_page(c, &c->pages, kind, s) != 0)
		return -1;
	c->n_pages[form]++;
	return 0;
}

/* Encodes the pages that are held. */
static int emit_held(struct parquet_column *c, bool from_indices, struct parquet_scratch *s)
{
	const uint8_t *levels = c->levels.data;
	const uint32_t *indices = c->indices;

	for (size_t i = 0; i < c->n_held; i++) {
		if (emit_page(c, &c->held[i], levels, indices, from_indices, s) != 0)
			return -1;
		levels += c->held[i].levels_len;
		if (from_indices && c->held[i].stored > 0)
			indices += c->held[i].values;
	}
	c->n_held = 0;
	c->held_values = 0;
	c->n_indices = 0;
	buffer_clear(&c->levels);
	buffer_clear(&c->text);
	return 0;
}

static uint64_t plain_size(uint64_t n, size_t number_len)
{
	return n * number_len * 3 / 4;
}

/* Bytes that the pages held would take as numbers. */
static int size_as_numbers(struct parquet_column *c, struct parquet_scratch *s, uint64_t *size)
{
	const uint32_t *indices = c->indices;

	*size = 0;
	if (parquet_other_form(c->type) == PARQUET_AS_PLAIN) {
		*size =
		    plain_size(c->held_values, c->type == COLUMN_INT32 ? sizeof(int32_t) : sizeof(int64_t));
		return 0;
	}
	for (size_t i = 0; i < c->n_held; i++) {
		buffer_clear(&s->body);
		if (look_up(c, &c->held[i], indices, s) != 0 ||
		    page_delta(&s->body, s->numbers, c->held[i].values) != 0)
			return -1;
		*size += s->body.len;
		if (c->held[i].stored > 0)
			indices += c->held[i].values;
	}
	return 0;
}

/* Strings are held as long as the stream's codes may stay their indices. */
static int decide_strings(struct parquet_column *c, bool at_end)
{
	return at_end || c->held_values > STRINGS_HELD ? parquet_column_compact(c) : 0;
}

/* Settles whether numbers go by dictionary, when that is known by now; at the end of the chunk it has to be.
 */
static int decide_numbers(struct parquet_column *c, bool at_end, struct parquet_scratch *s)
{
	uint32_t n = c->numbers_seen.n;
	size_t number_len = c->type == COLUMN_INT32 ? sizeof(int32_t) : sizeof(int64_t);
	uint64_t as_numbers;

	c->decided = true;
	if (n > PARQUET_NUMBERS_MAX) {
		c->form = parquet_other_form(c->type);
	} else if (n == 0 || c->held_values < (uint64_t)n * NUMBERS_REPEAT) {
		c->decided = at_end;
		if (!at_end)
			return 0;
		if (size_as_numbers(c, s, &as_numbers) != 0)
			return -1;
		/* Plain numbers shrink under Snappy, by about a quarter; what is packed does not. */
		if (plain_size(n, number_len) + c->held_values * page_width(n) / 8 > as_numbers)
			c->form = parquet_other_form(c->type);
	}
	return 0;
}

/* The page under way is complete: encodes or holds it. */
int parquet_column_flush(struct parquet_column *c, bool at_end, struct parquet_scratch *s)
{
	bool indexed = c->form == PARQUET_AS_DICTIONARY;

	if (c->page.rows > 0) {
		size_t levels = c->levels.len;

		if (array_reserve(&c->held, &c->held_cap, c->n_held + 1, sizeof *c->held) != 0)
			return -1;
		if (c->nullable && page_levels(&c->levels, c->valid, c->page.rows, c->page.values) != 0)
			return -1;
		c->page.levels_len = c->levels.len - levels;
		c->held[c->n_held++] = c->page;
		c->held_values += c->page.values;
		c->page = (struct parquet_held){0};
	}
	if (!c->decided &&
	    (c->type == COLUMN_STRING ? decide_strings(c, at_end) : decide_numbers(c, at_end, s)) != 0)
		return -1;
	if (!c->decided || c->n_held == 0)
		return 0;
	return emit_held(c, indexed, s);
}

static int put_strings(struct buffer *out, const struct strings *strings)
{
	enum { AT_ONCE = 256 };
	struct text texts[AT_ONCE];

	for (uint32_t i = 0, n; i < strings->n; i += n) {
		for (n = 0; n < AT_ONCE && i + n < strings->n; n++)
			texts[n] = strings_get(strings, i + n);
		if (page_plain_texts(out, texts, n) != 0)
			return -1;
	}
	return 0;
}

static int put_dictionary(struct parquet_column *c, struct parquet_scratch *s)
{
	struct page_kind kind = {
	    .is_dictionary = true, .values = dictionary_size(c), .encoding = PARQUET_PLAIN};
	const struct parquet_numbers *numbers = &c->numbers_seen;
	int status = 0;

	buffer_clear(&s->body);
	if (c->type == COLUMN_STRING) {
		status = put_strings(&s->body, &c->strings_seen.dictionary.strings);
	} else if (c->type == COLUMN_INT32) {
		status = page_plain_int32(&s->body, numbers->values, numbers->n);
	} else {
		status = page_plain_int64(&s->body, numbers->values, numbers->n);
	}
	return status != 0 ? -1 : put_page(c, &c->dictionary_page, kind, s);
}

/* Values that the column's type in the file cannot hold. */
static int check_range(const struct parquet_column *c)
{
	int64_t min = INT64_MIN, max = INT64_MAX;

	switch (c->type) {
	case COLUMN_INT32:
		min = INT32_MIN;
		max = INT32_MAX;
		break;
	case COLUMN_DECIMAL:
		min = -DECIMAL_MAX;
		max = DECIMAL_MAX;
		break;
	case COLUMN_BOOL:
		min = 0;
		max = 1;
		break;
	case COLUMN_FLOAT64:
	case COLUMN_STRING: return 0;
	case COLUMN_TIMESTAMP:
	case COLUMN_INT64: break;
	}
	if (!c->bounds.any || (c->bounds.min >= min && c->bounds.max <= max))
		return 0;
	return cause_record(STATUS_INPUT, "%s: column %s: a value does not fit %s", c->file, c->name,
			    column_type_name(c->type));
}

int parquet_column_finish(struct parquet_column *c, struct parquet_scratch *s)
{
	if (parquet_column_flush(c, true, s) != 0)
		return -1;
	parquet_strings_settle(&c->strings_seen, &c->bounds);
	/* Each number of the dictionary has been in a row. */
	if (c->type == COLUMN_FLOAT64)
		parquet_bounds_doubles(&c->bounds, c->numbers_seen.values, c->numbers_seen.n);
	else if (c->type != COLUMN_STRING)
		parquet_bounds_numbers(&c->bounds, c->numbers_seen.values, c->numbers_seen.n);
	if (check_range(c) != 0)
		return -1;
	return c->n_pages[PARQUET_AS_DICTIONARY] > 0 ? put_dictionary(c, s) : 0;
}

static enum parquet_type physical_type(enum column_type type)
{
	switch (type) {
	case COLUMN_TIMESTAMP:
	case COLUMN_INT64:
	case COLUMN_DECIMAL: return PARQUET_INT64;
	case COLUMN_STRING: return PARQUET_BYTE_ARRAY;
	case COLUMN_INT32: return PARQUET_INT32;
	case COLUMN_FLOAT64: return PARQUET_DOUBLE;
	case COLUMN_BOOL: return PARQUET_BOOLEAN;
	}
	return PARQUET_BYTE_ARRAY;
}

static void describe_encodings(const struct parquet_column *c, struct thrift_writer *w, int16_t id)
{
	bool plain = c->n_pages[PARQUET_AS_DICTIONARY] > 0 || c->n_pages[PARQUET_AS_PLAIN] > 0;
	bool delta = c->n_pages[PARQUET_AS_DELTA] > 0, dictionary = c->n_pages[PARQUET_AS_DICTIONARY] > 0;

	thrift_list(w, id, THRIFT_I32, 1U + plain + delta + dictionary);
	if (plain)
		thrift_item_i32(w, PARQUET_PLAIN);
	thrift_item_i32(w, PARQUET_RLE);
	if (delta)
		thrift_item_i32(w, PARQUET_DELTA_BINARY_PACKED);
	if (dictionary)
		thrift_item_i32(w, PARQUET_RLE_DICTIONARY);
}

static void describe_pages(struct thrift_writer *w, enum parquet_page_type type,
			   enum parquet_encoding encoding, uint32_t n)
{
	enum { TYPE = 1, ENCODING = 2, COUNT = 3 };

	if (n == 0)
		return;
	thrift_item_begin(w);
	thrift_i32(w, TYPE, type);
	thrift_i32(w, ENCODING, encoding);
	thrift_i32(w, COUNT, (int32_t)n);
	thrift_end(w);
}

static void describe_encoding_stats(const struct parquet_column *c, struct thrift_writer *w, int16_t id)
{
	const uint32_t *n = c->n_pages;

	thrift_list(w, id, THRIFT_STRUCT,
		    (n[PARQUET_AS_DICTIONARY] > 0 ? 2U : 0U) + (n[PARQUET_AS_PLAIN] > 0) +
			(n[PARQUET_AS_DELTA] > 0));
	describe_pages(w, PARQUET_DICTIONARY_PAGE, PARQUET_PLAIN, n[PARQUET_AS_DICTIONARY] > 0);
	describe_pages(w, PARQUET_DATA_PAGE, PARQUET_RLE_DICTIONARY, n[PARQUET_AS_DICTIONARY]);
	describe_pages(w, PARQUET_DATA_PAGE, PARQUET_PLAIN, n[PARQUET_AS_PLAIN]);
	describe_pages(w, PARQUET_DATA_PAGE, PARQUET_DELTA_BINARY_PACKED, n[PARQUET_AS_DELTA]);
}

void parquet_column_describe(const struct parquet_column *c, uint64_t offset, struct thrift_writer *w)
{
	enum { FILE_OFFSET = 2, META_DATA = 3 };
	enum {
		TYPE = 1,
		ENCODINGS = 2,
		PATH = 3,
		CODEC = 4,
		VALUES = 5,
		UNCOMPRESSED = 6,
		COMPRESSED = 7,
		DATA_OFFSET = 9,
		DICTIONARY_OFFSET = 11,
		STATISTICS = 12,
		ENCODING_STATS = 13,
	};

	thrift_item_begin(w);
	thrift_i64(w, FILE_OFFSET, 0); /* deprecated, but required */
	thrift_begin(w, META_DATA);
	thrift_i32(w, TYPE, physical_type(c->type));
	describe_encodings(c, w, ENCODINGS);
	thrift_list(w, PATH, THRIFT_BINARY, 1);
	thrift_item_text(w, c->name);
	thrift_i32(w, CODEC, PARQUET_SNAPPY);
	thrift_i64(w, VALUES, (int64_t)c->rows);
	thrift_i64(w, UNCOMPRESSED, (int64_t)c->uncompressed);
	thrift_i64(w, COMPRESSED, (int64_t)(c->dictionary_page.len + c->pages.len));
	thrift_i64(w, DATA_OFFSET, (int64_t)(offset + c->dictionary_page.len));
	if (c->dictionary_page.len > 0)
		thrift_i64(w, DICTIONARY_OFFSET, (int64_t)offset);
	parquet_bounds_write(&c->bounds, c->type, c->rows - c->values, w, STATISTICS);
	describe_encoding_stats(c, w, ENCODING_STATS);
	thrift_end(w);
	thrift_end(w);
}

static void schema_logical(enum column_type type, struct thrift_writer *w, int16_t id)
{
	enum { DECIMAL_SCALE_ID = 1, DECIMAL_PRECISION_ID = 2, TIMESTAMP_UTC_ID = 1, TIMESTAMP_UNIT_ID = 2 };

	if (type != COLUMN_STRING && type != COLUMN_DECIMAL && type != COLUMN_TIMESTAMP)
		return;
	thrift_begin(w, id);
	if (type == COLUMN_STRING) {
		thrift_empty(w, PARQUET_STRING);
	} else if (type == COLUMN_DECIMAL) {
		thrift_begin(w, PARQUET_DECIMAL);
		thrift_i32(w, DECIMAL_SCALE_ID, DECIMAL_SCALE);
		thrift_i32(w, DECIMAL_PRECISION_ID, DECIMAL_PRECISION);
		thrift_end(w);
	} else {
		thrift_begin(w, PARQUET_TIMESTAMP);
		thrift_bool(w, TIMESTAMP_UTC_ID, true);
		thrift_begin(w, TIMESTAMP_UNIT_ID);
		thrift_empty(w, PARQUET_MICROS);
		thrift_end(w);
		thrift_end(w);
	}
	thrift_end(w);
}

void parquet_column_schema(const struct parquet_column *c, struct thrift_writer *w)
{
	enum { TYPE = 1, REPETITION = 3, NAME = 4, CONVERTED = 6, SCALE = 7, PRECISION = 8, LOGICAL = 10 };

	thrift_item_begin(w);
	thrift_i32(w, TYPE, physical_type(c->type));
	thrift_i32(w, REPETITION, c->nullable ? PARQUET_OPTIONAL : PARQUET_REQUIRED);
	thrift_text(w, NAME, c->name);
	if (c->type == COLUMN_STRING)
		thrift_i32(w, CONVERTED, PARQUET_UTF8);
	if (c->type == COLUMN_TIMESTAMP)
		thrift_i32(w, CONVERTED, PARQUET_TIMESTAMP_MICROS);
	if (c->type == COLUMN_DECIMAL) {
		thrift_i32(w, CONVERTED, PARQUET_CONVERTED_DECIMAL);
		thrift_i32(w, SCALE, DECIMAL_SCALE);
		thrift_i32(w, PRECISION, DECIMAL_PRECISION);
	}
	schema_logical(c->type, w, LOGICAL);
	thrift_end(w);
}
