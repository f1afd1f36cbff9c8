/*
 * parquet_made -- Parquet files of one column, made by hand: right, odd or wrong in any one thing.
 */
#ifndef EV_PARQUET_MADE_H
#define EV_PARQUET_MADE_H

#include "parquet/parquet_format.h"
#include "parquet/thrift.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MADE_PAGES = 3 };

struct made_page {
	int type; /* enum parquet_page_type */
	int encoding;
	int values;
	const void *body;
	size_t len;
	int uncompressed, compressed; /* what the header says, when not len */
	int levels;                   /* encoding of levels, when not RLE */
};

/* What is zero is as it should be. */
struct made {
	int physical, repetition, logical, unit, bits, length, scale;
	int converted; /* and 1 */
	bool is_unsigned, is_nested;
	struct made_page pages[MADE_PAGES];
	int n_pages;
	int rows;
	int codec;
	const char *min, *max;
	size_t bound_len;
	/* What is wrong or odd. */
	int version, file_rows, group_rows, chunk_values, n_columns, children;
	int chunk_type, type_in_schema;
	const char *path;
	int64_t data_at, dictionary_at, compressed;
	bool no_orders, twice, encrypted, elsewhere, no_codec;
	const char *tail; /* the magic at the end */
	int footer_more;  /* bytes that its length is too large */
};

static void put_page(struct buffer *out, const struct made_page *p)
{
	struct thrift_writer w = {.out = out};
	const bool dictionary = p->type == PARQUET_DICTIONARY_PAGE;

	thrift_i32(&w, 1, p->type);
	thrift_i32(&w, 2, p->uncompressed != 0 ? p->uncompressed : (int32_t)p->len);
	thrift_i32(&w, 3, p->compressed != 0 ? p->compressed : (int32_t)p->len);
	if (p->type == PARQUET_INDEX_PAGE) {
		thrift_empty(&w, 6);
	} else {
		thrift_begin(&w, dictionary ? 7 : p->type == PARQUET_DATA_PAGE_V2 ? 8 : 5);
		thrift_i32(&w, 1, p->values);
		thrift_i32(&w, 2, p->encoding);
		if (!dictionary)
			thrift_i32(&w, 3, p->levels != 0 ? p->levels : PARQUET_RLE);
		if (!dictionary)
			thrift_i32(&w, 4, PARQUET_BIT_PACKED);
		thrift_end(&w);
	}
	if (thrift_finish(&w) != 0 || buffer_append(out, p->body, p->len) != 0)
		abort();
}

static void put_logical(struct thrift_writer *w, const struct made *m)
{
	thrift_begin(w, 10);
	thrift_begin(w, (int16_t)m->logical);
	if (m->logical == PARQUET_DECIMAL)
		thrift_i32(w, 1, m->scale);
	if (m->logical == PARQUET_TIMESTAMP) {
		thrift_bool(w, 1, false);
		thrift_begin(w, 2);
		thrift_empty(w, (int16_t)m->unit);
		thrift_end(w);
	}
	if (m->logical == PARQUET_INTEGER) {
		thrift_i32(w, 1, m->bits);
		thrift_bool(w, 2, !m->is_unsigned);
	}
	thrift_end(w);
	thrift_end(w);
}

static void put_schema(struct thrift_writer *w, const struct made *m)
{
	thrift_list(w, 2, THRIFT_STRUCT, m->is_nested ? 3 : 2);
	for (int group = 0; group < (m->is_nested ? 2 : 1); group++) {
		thrift_item_begin(w);
		thrift_text(w, 4, group == 0 ? "root" : "group");
		thrift_i32(w, 5, m->children != 0 ? m->children : 1);
		thrift_end(w);
	}
	thrift_item_begin(w);
	thrift_i32(w, 1, m->type_in_schema != 0 ? m->type_in_schema : m->physical);
	if (m->length != 0)
		thrift_i32(w, 2, m->length);
	thrift_i32(w, 3, m->repetition);
	thrift_text(w, 4, "c");
	if (m->converted != 0)
		thrift_i32(w, 6, m->converted - 1);
	if (m->converted - 1 == PARQUET_CONVERTED_DECIMAL)
		thrift_i32(w, 7, m->scale);
	if (m->logical != 0)
		put_logical(w, m);
	thrift_end(w);
}

static void put_chunk(struct thrift_writer *w, const struct made *m, int64_t data_at, int64_t dictionary_at,
		      int64_t compressed)
{
	thrift_item_begin(w);
	if (m->elsewhere)
		thrift_text(w, 1, "other.parquet");
	thrift_i64(w, 2, 0);
	thrift_begin(w, 3);
	thrift_i32(w, 1, m->chunk_type != 0 ? m->chunk_type : m->physical);
	thrift_list(w, 2, THRIFT_I32, 0);
	thrift_list(w, 3, THRIFT_BINARY, m->is_nested ? 2 : 1);
	if (m->is_nested)
		thrift_item_text(w, "group");
	thrift_item_text(w, m->path != NULL ? m->path : "c");
	if (!m->no_codec)
		thrift_i32(w, 4, m->codec);
	thrift_i64(w, 5, m->chunk_values != 0 ? m->chunk_values : m->rows);
	thrift_i64(w, 6, compressed);
	thrift_i64(w, 7, m->compressed != 0 ? m->compressed : compressed);
	thrift_i64(w, 9, m->data_at != 0 ? m->data_at : data_at);
	if (dictionary_at != 0 || m->dictionary_at != 0)
		thrift_i64(w, 11, m->dictionary_at != 0 ? m->dictionary_at : dictionary_at);
	if (m->min != NULL) {
		thrift_begin(w, 12);
		thrift_binary(w, 5, m->max, m->bound_len);
		thrift_binary(w, 6, m->min, m->bound_len);
		thrift_end(w);
	}
	thrift_end(w);
	thrift_end(w);
}

/* A file in memory: its descriptor, the caller's to close. */
static int write_made(const struct made *m)
{
	struct buffer out = {0};
	struct thrift_writer w = {.out = &out};
	const int fd = memfd_create("made.parquet", 0);
	int64_t data_at = 4, dictionary_at = 0, compressed;
	uint32_t len;
	bool written;

	written = buffer_append(&out, "PAR1", 4) == 0;
	for (int i = 0; i < m->n_pages; i++) {
		if (m->pages[i].type == PARQUET_DICTIONARY_PAGE && i == 0)
			dictionary_at = (int64_t)out.len;
		put_page(&out, &m->pages[i]);
		if (dictionary_at != 0 && i == 0)
			data_at = (int64_t)out.len;
	}
	compressed = (int64_t)out.len - 4;
	len = (uint32_t)out.len;
	thrift_i32(&w, 1, m->version != 0 ? m->version : 1);
	put_schema(&w, m);
	if (m->twice)
		put_schema(&w, m);
	thrift_i64(&w, 3, m->file_rows != 0 ? m->file_rows : m->rows);
	thrift_list(&w, 4, THRIFT_STRUCT, 1);
	thrift_item_begin(&w);
	thrift_list(&w, 1, THRIFT_STRUCT, m->n_columns != 0 ? (size_t)m->n_columns : 1);
	for (int i = 0; i < (m->n_columns != 0 ? m->n_columns : 1); i++)
		put_chunk(&w, m, data_at, dictionary_at, compressed);
	thrift_i64(&w, 2, compressed);
	thrift_i64(&w, 3, m->group_rows != 0 ? m->group_rows : m->rows);
	thrift_end(&w);
	if (!m->no_orders) {
		thrift_list(&w, 7, THRIFT_STRUCT, 1);
		thrift_item_begin(&w);
		thrift_empty(&w, 1);
		thrift_end(&w);
	}
	if (m->encrypted)
		thrift_empty(&w, 8);
	written = written && thrift_finish(&w) == 0;
	len = (uint32_t)out.len - len + (uint32_t)m->footer_more;
	written = written && buffer_append(&out, &len, sizeof len) == 0 &&
		  buffer_append(&out, m->tail != NULL ? m->tail : "PAR1", 4) == 0 &&
		  write(fd, out.data, out.len) == (ssize_t)out.len;
	buffer_free(&out);
	if (!written)
		abort();
	return fd;
}

#endif
