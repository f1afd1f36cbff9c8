#include "parquet/parquet_write.h"

#include "base/fd.h"
#include "parquet/parquet_column.h"
#include "parquet/parquet_format.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#ifndef EV_VERSION
#define EV_VERSION "0"
#endif

/* In the form that readers take apart to tell one writer's mistakes from another's. */
#define CREATED_BY "evlake version " EV_VERSION " (build " EV_VERSION ")"

enum {
	GROUP_ROWS = 1000000,
	GROUP_BYTES = 64 << 20,
	SLICE_BYTES = 16 << 20, /* of text in a slice, at most */
};

struct parquet_writer {
	struct hash_stream hash;
	int fd;
	char *name;
	struct columns columns;
	struct parquet_column *chunks; /* one for each column */
	struct parquet_scratch scratch;
	uint64_t offset; /* bytes written */
	uint64_t rows;
	uint64_t group_rows;
	uint64_t max_rows, max_bytes;
	struct buffer groups; /* RowGroup structs of the row groups written */
	uint32_t n_groups;
};

static int put(struct parquet_writer *w, const void *data, size_t len)
{
	if (len == 0)
		return 0;
	if (fd_write_all(w->fd, data, len, w->name) != 0)
		return -1;
	hash_update(&w->hash, data, len);
	w->offset += len;
	return 0;
}

struct parquet_writer *parquet_writer_open(int fd, const char *name, const struct columns *columns)
{
	/* The state of XXH3 wants more alignment than malloc gives. */
	struct parquet_writer *w = aligned_alloc(_Alignof(struct parquet_writer), sizeof *w);

	if (w == NULL) {
		cause_memory();
		return NULL;
	}
	memset(w, 0, sizeof *w);
	hash_begin(&w->hash);
	w->fd = fd;
	w->max_rows = GROUP_ROWS;
	w->max_bytes = GROUP_BYTES;
	w->name = strdup(name);
	w->chunks = calloc(columns->n + 1, sizeof *w->chunks);
	if (w->name == NULL || w->chunks == NULL) {
		cause_memory();
		goto free_writer;
	}
	if (columns_copy(&w->columns, columns) != 0)
		goto free_writer;
	for (size_t i = 0; i < columns->n; i++)
		parquet_column_init(&w->chunks[i], &w->columns.items[i], w->name);
	if (put(w, PARQUET_MAGIC, PARQUET_MAGIC_LEN) != 0)
		goto free_writer;
	return w;

free_writer:
	parquet_writer_free(w);
	return NULL;
}

void parquet_writer_free(struct parquet_writer *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; w->chunks != NULL && i < w->columns.n; i++)
		parquet_column_free(&w->chunks[i]);
	free(w->chunks);
	columns_free(&w->columns);
	parquet_scratch_free(&w->scratch);
	buffer_free(&w->groups);
	free(w->name);
	free(w);
}

void parquet_writer_limit(struct parquet_writer *w, uint64_t rows, uint64_t bytes)
{
	w->max_rows = rows;
	w->max_bytes = bytes;
}

int parquet_writer_strings_reset(struct parquet_writer *w, size_t column)
{
	assert(column < w->columns.n);
	return parquet_column_forget_codes(&w->chunks[column]);
}

static int finish_columns(struct parquet_writer *w, uint64_t *uncompressed, uint64_t *compressed)
{
	for (size_t i = 0; i < w->columns.n; i++) {
		struct parquet_column *c = &w->chunks[i];

		if (parquet_column_finish(c, &w->scratch) != 0)
			return -1;
		*uncompressed += c->uncompressed;
		*compressed += c->dictionary_page.len + c->pages.len;
	}
	return 0;
}

/* Writes the columns one after another, and remembers where. */
static int close_group(struct parquet_writer *w)
{
	enum { COLUMNS = 1, TOTAL = 2, ROWS = 3, FILE_OFFSET = 5, COMPRESSED = 6, ORDINAL = 7 };
	struct thrift_writer t = {.out = &w->groups};
	uint64_t uncompressed = 0, compressed = 0, start = w->offset;

	if (w->group_rows == 0)
		return 0;
	if (finish_columns(w, &uncompressed, &compressed) != 0)
		return -1;
	thrift_list(&t, COLUMNS, THRIFT_STRUCT, w->columns.n);
	for (size_t i = 0; i < w->columns.n; i++) {
		struct parquet_column *c = &w->chunks[i];

		parquet_column_describe(c, w->offset, &t);
		if (put(w, c->dictionary_page.data, c->dictionary_page.len) != 0 ||
		    put(w, c->pages.data, c->pages.len) != 0)
			return -1;
		parquet_column_clear(c);
	}
	thrift_i64(&t, TOTAL, (int64_t)uncompressed);
	thrift_i64(&t, ROWS, (int64_t)w->group_rows);
	thrift_i64(&t, FILE_OFFSET, (int64_t)start);
	thrift_i64(&t, COMPRESSED, (int64_t)compressed);
	/* The ordinal is 16 bits wide, and optional. */
	if (w->n_groups <= INT16_MAX)
		thrift_i16(&t, ORDINAL, (int16_t)w->n_groups);
	w->n_groups++;
	w->group_rows = 0;
	return thrift_finish(&t);
}

static bool group_is_full(const struct parquet_writer *w)
{
	size_t bytes = 0;

	if (w->group_rows >= w->max_rows)
		return true;
	for (size_t i = 0; i < w->columns.n; i++)
		bytes += parquet_column_bytes(&w->chunks[i]);
	return bytes >= w->max_bytes;
}

/* How many rows may be appended at once: few when their texts can be long. */
static uint32_t slice_rows(struct parquet_writer *w, const struct batch *batch)
{
	size_t longest = 0, n;

	for (size_t i = 0; i < w->columns.n; i++)
		longest += parquet_column_row_bytes(&w->chunks[i], &batch->vectors[i]);
	n = longest == 0 ? PARQUET_SLICE_ROWS : SLICE_BYTES / longest;
	if (n > w->max_rows)
		n = w->max_rows;
	return n > PARQUET_SLICE_ROWS ? PARQUET_SLICE_ROWS : n > 0 ? (uint32_t)n : 1;
}

int parquet_write(struct parquet_writer *w, const struct batch *batch, const uint32_t *rows, uint32_t n)
{
	struct parquet_rows left = {rows, 0, n}, slice;
	uint32_t most;

	assert(batch->n_vectors == w->columns.n);
	if (n == 0)
		return 0;
	/* Rows in rising order without a gap need no list. */
	if (rows != NULL && rows[n - 1] - rows[0] == n - 1)
		left = (struct parquet_rows){NULL, rows[0], n};
	most = slice_rows(w, batch);
	for (; left.n > 0; left = parquet_rows_slice(left, slice.n, left.n)) {
		slice = parquet_rows_slice(left, 0, most);
		for (size_t i = 0; i < w->columns.n; i++) {
			if (parquet_column_append(&w->chunks[i], &batch->vectors[i], slice, &w->scratch) != 0)
				return -1;
		}
		w->rows += slice.n;
		w->group_rows += slice.n;
		if (group_is_full(w) && close_group(w) != 0)
			return -1;
	}
	return 0;
}

static void write_schema(const struct parquet_writer *w, struct thrift_writer *t, int16_t id)
{
	enum { NAME = 4, NUM_CHILDREN = 5 };

	thrift_list(t, id, THRIFT_STRUCT, w->columns.n + 1);
	thrift_item_begin(t);
	thrift_text(t, NAME, "schema");
	thrift_i32(t, NUM_CHILDREN, (int32_t)w->columns.n);
	thrift_end(t);
	for (size_t i = 0; i < w->columns.n; i++)
		parquet_column_schema(&w->chunks[i], t);
}

static int write_footer(struct parquet_writer *w)
{
	enum { VERSION = 1, SCHEMA = 2, ROWS = 3, GROUPS = 4, CREATED = 6, ORDERS = 7, TYPE_ORDER = 1 };
	struct buffer *footer = &w->scratch.body;
	struct thrift_writer t = {.out = footer};
	uint32_t len;

	buffer_clear(footer);
	thrift_i32(&t, VERSION, 1);
	write_schema(w, &t, SCHEMA);
	thrift_i64(&t, ROWS, (int64_t)w->rows);
	thrift_list(&t, GROUPS, THRIFT_STRUCT, w->n_groups);
	thrift_items(&t, &w->groups);
	thrift_text(&t, CREATED, CREATED_BY);
	thrift_list(&t, ORDERS, THRIFT_STRUCT, w->columns.n);
	for (size_t i = 0; i < w->columns.n; i++) {
		thrift_item_begin(&t);
		thrift_empty(&t, TYPE_ORDER);
		thrift_end(&t);
	}
	if (thrift_finish(&t) != 0)
		return -1;
	if (footer->len > UINT32_MAX)
		return cause_record(STATUS_SYSTEM, "%s: a footer of %zu bytes is too long", w->name,
				    footer->len);
	len = (uint32_t)footer->len;
	if (buffer_append(footer, &len, sizeof len) != 0 ||
	    buffer_append(footer, PARQUET_MAGIC, PARQUET_MAGIC_LEN) != 0)
		return -1;
	return put(w, footer->data, footer->len);
}

int parquet_writer_finish(struct parquet_writer *w, struct parquet_summary *summary)
{
	if (close_group(w) != 0 || write_footer(w) != 0)
		return -1;
	*summary =
	    (struct parquet_summary){.rows = w->rows, .size = w->offset, .checksum = hash_end(&w->hash)};
	return 0;
}
