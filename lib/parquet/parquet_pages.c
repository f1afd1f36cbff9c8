#include "parquet/parquet_pages.h"

#include "base/crc.h"
#include "parquet/page_read.h"
#include "parquet/thrift_read.h"
#include "source/inflate.h"

#include <snappy-c.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	AHEAD = 256 << 10,     /* bytes that are fetched at once */
	HEADER_MIN = 4 << 10,  /* nearly all headers are shorter */
	HEADER_MAX = 16 << 20, /* with statistics of two long texts */
};

int parquet_pages_damaged(const struct parquet_pages *p, const char *format, ...)
{
	char what[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof what, format, ap);
	va_end(ap);
	return cause_record(STATUS_INPUT, "%s: column %s: row group %zu: %s", p->file, p->leaf->name,
			    p->group, what);
}

static int check_codec(const struct parquet_pages *p)
{
	static const char *const names[] = {"LZO", "Brotli", "LZ4", "ZSTD", "LZ4"};
	const int others = p->codec - PARQUET_GZIP - 1;

	if (p->codec >= PARQUET_UNCOMPRESSED && p->codec <= PARQUET_GZIP)
		return 0;
	if (others >= 0 && others < (int)(sizeof names / sizeof names[0]))
		return parquet_pages_damaged(p, "compressed with %s; Snappy, gzip and neither are read",
					     names[others]);
	return parquet_pages_damaged(p, "no such codec: %d", p->codec);
}

int parquet_pages_open(struct parquet_pages *p, const struct parquet_chunk *chunk, size_t group)
{
	p->group = group;
	p->codec = chunk->codec;
	p->next = chunk->start;
	p->end = chunk->end;
	p->values_left = chunk->values;
	p->has_dictionary = p->has_data = false;
	p->window_at = 0;
	buffer_clear(&p->window);
	/* There is a window even where there are no pages. */
	return buffer_reserve(&p->window, HEADER_MIN) != 0 ? -1 : check_codec(p);
}

void parquet_pages_free(struct parquet_pages *p)
{
	buffer_free(&p->window);
	buffer_free(&p->body);
}

/* Bytes of the chunk that are in the window, and that it still has. */
static size_t have(const struct parquet_pages *p)
{
	return p->window.len - p->window_at;
}

static uint64_t rest(const struct parquet_pages *p)
{
	return have(p) + (p->end - p->next);
}

/* At least len bytes in the window, which the chunk must still have. */
static int fetch(struct parquet_pages *p, size_t len)
{
	size_t more = len > have(p) ? len - have(p) : 0;

	if (more == 0)
		return 0;
	if (more < AHEAD)
		more = p->end - p->next < AHEAD ? (size_t)(p->end - p->next) : AHEAD;
	if (p->window_at > 0) {
		memmove(p->window.data, p->window.data + p->window_at, have(p));
		p->window.len -= p->window_at;
		p->window_at = 0;
	}
	if (buffer_reserve(&p->window, more + PAGE_SLACK) != 0 ||
	    parquet_fetch(p->fd, p->file, p->next, p->window.data + p->window.len, more) != 0)
		return -1;
	memset(p->window.data + p->window.len + more, 0, PAGE_SLACK);
	p->window.len += more;
	p->next += more;
	p->fetched += more;
	return 0;
}

struct page_header {
	int type;
	int64_t uncompressed, compressed, values;
	bool has_crc;
	uint32_t crc;
	int encoding, level_encoding;
};

static void read_kind(struct thrift_reader *r, struct page_header *h)
{
	enum { VALUES = 1, ENCODING = 2, LEVELS = 3 };
	struct thrift_field field;

	while (thrift_next(r, &field)) {
		if (field.id == VALUES)
			h->values = thrift_get_i32(r, field);
		else if (field.id == ENCODING)
			h->encoding = thrift_get_i32(r, field);
		else if (field.id == LEVELS && h->type == PARQUET_DATA_PAGE)
			h->level_encoding = thrift_get_i32(r, field);
		else
			thrift_skip(r, field);
	}
}

static void read_header(struct thrift_reader *r, struct page_header *h)
{
	enum { TYPE = 1, UNCOMPRESSED = 2, COMPRESSED = 3, CRC = 4, DATA = 5, DICTIONARY = 7 };
	struct thrift_field field;

	*h = (struct page_header){
	    .type = -1, .uncompressed = -1, .compressed = -1, .values = -1, .encoding = -1};
	for (thrift_enter(r); thrift_next(r, &field);) {
		switch (field.id) {
		case TYPE: h->type = thrift_get_i32(r, field); break;
		case UNCOMPRESSED: h->uncompressed = thrift_get_i32(r, field); break;
		case COMPRESSED: h->compressed = thrift_get_i32(r, field); break;
		case CRC:
			h->crc = (uint32_t)thrift_get_i32(r, field);
			h->has_crc = true;
			break;
		case DATA:
		case DICTIONARY:
			thrift_get_struct(r, field);
			read_kind(r, h);
			break;
		default: thrift_skip(r, field); break;
		}
	}
}

/* The header at the window's begin, which is then behind it. It may be longer than what was fetched. */
static int take_header(struct parquet_pages *p, struct page_header *h)
{
	for (size_t len = HEADER_MIN;; len *= 16) {
		const size_t enough = rest(p) < len ? (size_t)rest(p) : len;
		struct thrift_reader r;

		if (fetch(p, enough) != 0)
			return -1;
		r = (struct thrift_reader){.p = p->window.data + p->window_at,
					   .end = p->window.data + p->window.len};
		read_header(&r, h);
		if (!r.failed) {
			p->window_at = (size_t)(r.p - p->window.data);
			return 0;
		}
		if (len >= HEADER_MAX || have(p) == rest(p))
			return parquet_pages_damaged(p, rest(p) == 0 ? "its pages end before its values do"
								     : "a damaged page header");
	}
}

static int check_header(const struct parquet_pages *p, const struct page_header *h)
{
	const bool is_data = h->type == PARQUET_DATA_PAGE;

	if (h->uncompressed < 0 || h->compressed < 0)
		return parquet_pages_damaged(p, "a page of negative size");
	if ((uint64_t)h->compressed > rest(p))
		return parquet_pages_damaged(p, "a page that is longer than the column's pages");
	if (h->uncompressed > PARQUET_PAGE_MAX || h->compressed > PARQUET_PAGE_MAX)
		return parquet_pages_damaged(p, "a page of more than 64 MiB");
	if (h->type == PARQUET_DATA_PAGE_V2)
		return parquet_pages_damaged(p, "data pages of version 2, which are not read");
	if (!is_data && h->type != PARQUET_DICTIONARY_PAGE)
		return 0;
	if (h->values < 0)
		return parquet_pages_damaged(p, "a page without a number of values");
	if (is_data && (uint64_t)h->values > p->values_left)
		return parquet_pages_damaged(p, "more values in its pages than rows");
	if (!is_data && (p->has_dictionary || p->has_data))
		return parquet_pages_damaged(p, "a dictionary that is not its first page");
	if (p->codec == PARQUET_UNCOMPRESSED && h->uncompressed != h->compressed)
		return parquet_pages_damaged(p, "an uncompressed page of two sizes");
	return 0;
}

static int unpack_snappy(struct parquet_pages *p, const uint8_t *data, size_t len, size_t size)
{
	size_t found;

	if (snappy_uncompressed_length((const char *)data, len, &found) != SNAPPY_OK || found != size)
		return parquet_pages_damaged(p, "a compressed page of another size than it says");
	if (buffer_reserve(&p->body, size + PAGE_SLACK) != 0)
		return -1;
	if (snappy_uncompress((const char *)data, len, (char *)p->body.data, &found) != SNAPPY_OK ||
	    found != size)
		return parquet_pages_damaged(p, "corrupt Snappy data");
	return 0;
}

/* Compressed bytes for inflate. */
struct span {
	const uint8_t *p;
	size_t len;
};

static ssize_t read_span(void *context, void *data, size_t len)
{
	struct span *span = context;

	if (len > span->len)
		len = span->len;
	if (len > 0)
		memcpy(data, span->p, len);
	span->p += len;
	span->len -= len;
	return (ssize_t)len;
}

static int unpack_gzip(struct parquet_pages *p, const uint8_t *data, size_t len, size_t size)
{
	struct span span = {data, len};
	struct inflate *z;
	size_t done = 0;
	ssize_t n = 0;
	char name[256];

	snprintf(name, sizeof name, "%s: column %s: row group %zu: a page", p->file, p->leaf->name, p->group);
	if (buffer_reserve(&p->body, size + PAGE_SLACK) != 0)
		return -1;
	z = inflate_new(NULL, read_span, &span, name);
	if (z == NULL)
		return -1;
	/* One byte more than there should be brings the verified end. */
	while ((n = inflate_read(z, p->body.data + done, size + 1 - done)) > 0 && (done += (size_t)n) <= size)
		continue;
	inflate_free(z);
	if (n < 0)
		return -1;
	if (done != size)
		return parquet_pages_damaged(p, "a compressed page of another size than it says");
	return 0;
}

static int decompress(struct parquet_pages *p, const uint8_t *data, size_t len, size_t size)
{
	p->data = data;
	p->len = size;
	if (p->codec == PARQUET_UNCOMPRESSED)
		return 0;
	buffer_clear(&p->body);
	if ((p->codec == PARQUET_SNAPPY ? unpack_snappy : unpack_gzip)(p, data, len, size) != 0)
		return -1;
	memset(p->body.data + size, 0, PAGE_SLACK);
	p->data = p->body.data;
	return 0;
}

static int next_page(struct parquet_pages *p, struct page_header *h)
{
	const uint8_t *data;

	if (take_header(p, h) != 0 || check_header(p, h) != 0 || fetch(p, (size_t)h->compressed) != 0)
		return -1;
	data = p->window.data + p->window_at;
	p->window_at += (size_t)h->compressed;
	if (h->has_crc && crc32_of(data, (size_t)h->compressed) != h->crc)
		return parquet_pages_damaged(p, "a page whose checksum is wrong");
	p->is_dictionary = h->type == PARQUET_DICTIONARY_PAGE;
	if (!p->is_dictionary && h->type != PARQUET_DATA_PAGE)
		return 0;
	p->has_dictionary |= p->is_dictionary;
	p->has_data |= !p->is_dictionary;
	p->encoding = h->encoding;
	p->level_encoding = h->level_encoding;
	p->values = (uint32_t)h->values;
	if (!p->is_dictionary)
		p->values_left -= p->values;
	return decompress(p, data, (size_t)h->compressed, (size_t)h->uncompressed);
}

int parquet_pages_next(struct parquet_pages *p)
{
	struct page_header h;

	/* Each page takes bytes of the chunk, so this comes to an end. */
	do {
		if (next_page(p, &h) != 0)
			return -1;
	} while (h.type != PARQUET_DICTIONARY_PAGE && (h.type != PARQUET_DATA_PAGE || h.values == 0));
	return 0;
}
