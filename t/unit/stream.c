/*
 * Streams: what goes in comes out, and nothing that is cut, changed or forged is taken for whole.
 */
#include "stream/stream.h"
#include "base/fd.h"
#include "random.h"
#include "tap.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ROWS = 40000 };

/* The values that row i has: columns n (int64), id (string), sparse (decimal or null), word (string or null).
 */
static int64_t number_of(uint64_t i)
{
	return (int64_t)(i * 0x9e3779b97f4a7c15U) >> (i % 60);
}

static size_t id_of(uint64_t i, unsigned distinct, char out[32])
{
	return (size_t)snprintf(out, 32, "id-%llu", (unsigned long long)(i * 7919 % distinct));
}

static const char *const words[] = {"", "one", "zwei", "tr\xc3\xa9s long word indeed"};

static int memory_file(void)
{
	return memfd_create("stream", 0);
}

static void add_row(struct builder *b, uint64_t i, unsigned distinct)
{
	char id[32];
	const size_t len = id_of(i, distinct, id);
	const char *word = words[i % 4];

	builder_add_int(&b->columns[0], number_of(i));
	if (builder_add_text(b, &b->columns[1], id, len) != 0)
		abort();
	if (i % 3 == 0)
		builder_add_null(&b->columns[2]);
	else
		builder_add_int(&b->columns[2], (int64_t)(i % 1000) * 10000);
	if (i % 5 == 0)
		builder_add_null(&b->columns[3]);
	else if (builder_add_text(b, &b->columns[3], word, strlen(word)) != 0)
		abort();
}

static const struct control_source source = {.path = {"bronze/a", 8}, .size = 1, .mtime_ns = 2};

static int write_control_source(struct stream_writer *w, uint64_t rows)
{
	const struct control_source_end end = {.lines = rows, .rows = rows};
	struct buffer payload = {0};
	int result;

	if (rows == 0)
		result = control_encode_source(&payload, &source) != 0 ||
			 stream_write_control(w, FRAME_SOURCE, &payload) != 0;
	else
		result = control_encode_source_end(&payload, &end) != 0 ||
			 stream_write_control(w, FRAME_SOURCE_END, &payload) != 0;
	buffer_free(&payload);
	return result;
}

static struct columns four_columns(void)
{
	struct columns columns = {0};

	if (columns_add(&columns, "n", COLUMN_INT64, false) != 0 ||
	    columns_add(&columns, "id", COLUMN_STRING, false) != 0 ||
	    columns_add(&columns, "sparse", COLUMN_DECIMAL, true) != 0 ||
	    columns_add(&columns, "word", COLUMN_STRING, true) != 0)
		abort();
	return columns;
}

/* One source of that many rows, with ids of that many values. */
static int write_stream(int fd, uint64_t rows, unsigned distinct)
{
	struct columns columns = four_columns();
	struct stream_writer w;
	struct builder b;
	int result =
	    stream_writer_open(&w, fd, "memory") != 0 || builder_init(&b, columns.items, columns.n) != 0 ||
	    stream_begin(&w, STREAM_EVENTS, &columns, "test") != 0 || write_control_source(&w, 0) != 0;

	for (uint64_t i = 0; i < rows && result == 0; i++) {
		add_row(&b, i, distinct);
		if (builder_is_full(&b))
			result = stream_write_batch(&w, &b);
	}
	if (result == 0)
		result = stream_write_batch(&w, &b) != 0 || write_control_source(&w, rows) != 0 ||
			 stream_end(&w) != 0;
	builder_free(&b);
	stream_writer_close(&w);
	columns_free(&columns);
	return result;
}

static bool row_is_right(const struct batch *batch, uint32_t row, uint64_t i, unsigned distinct)
{
	char id[32];
	const struct text wanted_id = {id, id_of(i, distinct, id)};
	const struct text word = {words[i % 4], strlen(words[i % 4])};
	const struct vector *v = batch->vectors;

	return vector_int(&v[0], row) == number_of(i) && text_equal(vector_text(&v[1], row), wanted_id) &&
	       vector_is_valid(&v[2], row) == (i % 3 != 0) &&
	       (i % 3 == 0 || vector_int(&v[2], row) == (int64_t)(i % 1000) * 10000) &&
	       vector_is_valid(&v[3], row) == (i % 5 != 0) &&
	       (i % 5 == 0 || text_equal(vector_text(&v[3], row), word));
}

struct counts {
	uint64_t rows, wrong, plain, resets, streams;
};

/* Reads to the end; what stream_next said last. */
static int read_stream(int fd, unsigned distinct, struct counts *counts)
{
	struct stream s;
	uint64_t i = 0;
	int more;

	*counts = (struct counts){0};
	lseek(fd, 0, SEEK_SET);
	if (stream_open(&s, fd, "memory") != 0)
		abort();
	while ((more = stream_next(&s)) > 0) {
		counts->resets += s.type == FRAME_RESET;
		if (s.type == FRAME_TRAILER) {
			counts->streams++;
			i = 0;
		}
		if (s.type != FRAME_BATCH)
			continue;
		if (stream_decode(&s) != 0) {
			more = -1;
			break;
		}
		counts->wrong += !text_equal(s.source.path, text_of("bronze/a"));
		counts->plain += s.batch.vectors[1].form == VECTOR_PLAIN;
		for (uint32_t row = 0; row < s.batch.n; row++, i++)
			counts->wrong += !row_is_right(&s.batch, row, i, distinct);
		counts->rows += s.batch.n;
	}
	stream_close(&s);
	return more;
}

static void test_round_trip(void)
{
	struct counts counts;
	int fd = memory_file();

	ok(write_stream(fd, ROWS, 1000) == 0, "a stream of %d rows is written", ROWS);
	ok(read_stream(fd, 1000, &counts) == 0, "and read to its verified end");
	ok(counts.rows == ROWS && counts.wrong == 0, "every value is what it was");
	ok(counts.plain == 0, "repeated texts travel as codes");
	close(fd);

	fd = memory_file();
	ok(write_stream(fd, 1500000, 1499977) == 0, "ids nearly all distinct are written");
	ok(read_stream(fd, 1499977, &counts) == 0 && counts.rows == 1500000 && counts.wrong == 0,
	   "and come back");
	ok(counts.plain > 50, "most of them plainly (%llu batches)", (unsigned long long)counts.plain);
	close(fd);
}

static void test_concatenation(void)
{
	struct counts counts;
	const int fd = memory_file();

	ok(write_stream(fd, 100, 10) == 0 && write_stream(fd, 200, 20) == 0,
	   "two streams, one behind the other");
	ok(read_stream(fd, 10, &counts) == 0 && counts.rows == 300 && counts.streams == 2, "are read as two");
	close(fd);
}

/* A stage's own columns behind each batch. */
static void test_extension(void)
{
	struct columns columns = four_columns(), all = four_columns();
	struct stream in;
	struct stream_writer out;
	struct builder added;
	struct counts counts;
	const int from = memory_file(), to = memory_file();
	uint64_t right = 0, i = 0;
	int more;

	if (columns_add(&all, "twice", COLUMN_INT64, false) != 0 ||
	    columns_add(&all, "tag", COLUMN_STRING, false) != 0 || write_stream(from, ROWS, 50) != 0 ||
	    builder_init(&added, all.items + columns.n, 2) != 0)
		abort();
	lseek(from, 0, SEEK_SET);
	if (stream_open(&in, from, "from") != 0 || stream_writer_open(&out, to, "to") != 0)
		abort();
	while ((more = stream_next(&in)) > 0) {
		int result = 0;

		if (in.type == FRAME_HEADER)
			result = stream_begin(&out, STREAM_SILVER, &all, "extend");
		else if (in.type == FRAME_TRAILER)
			result = stream_end(&out);
		else if (in.type != FRAME_BATCH)
			result = stream_pass(&out, &in);
		for (uint32_t row = 0; in.type == FRAME_BATCH && row < in.rows; row++, i++) {
			builder_add_int(&added.columns[0], (int64_t)(2 * i));
			result |=
			    builder_add_text(&added, &added.columns[1], words[i % 4], strlen(words[i % 4]));
		}
		if (in.type == FRAME_BATCH)
			result |= stream_pass_extended(&out, &in, &added, columns.n);
		if (result != 0)
			abort();
	}
	ok(more == 0 && i == ROWS, "columns are added to %d rows", ROWS);
	stream_close(&in);
	stream_writer_close(&out);
	ok(read_stream(to, 50, &counts) == 0 && counts.rows == ROWS && counts.wrong == 0,
	   "the rows are as they were");
	lseek(to, 0, SEEK_SET);
	if (stream_open(&in, to, "to") != 0)
		abort();
	for (i = 0; stream_next(&in) > 0;) {
		if (in.type != FRAME_BATCH || stream_decode(&in) != 0)
			continue;
		for (uint32_t row = 0; row < in.rows; row++, i++)
			right += vector_int(&in.batch.vectors[4], row) == (int64_t)(2 * i) &&
				 text_equal(vector_text(&in.batch.vectors[5], row), text_of(words[i % 4]));
	}
	ok(right == ROWS, "and the added columns are there");
	stream_close(&in);
	builder_free(&added);
	columns_free(&columns);
	columns_free(&all);
	close(from);
	close(to);
}

/* Cuts at any byte and flips of any bit: never a verified end. */
static void test_damage(void)
{
	struct counts counts;
	const int fd = memory_file(), bad = memory_file();
	uint8_t *bytes;
	unsigned accepted = 0, system_errors = 0, tried = 0;

	if (write_stream(fd, 300, 10) != 0)
		abort();
	const size_t len = (size_t)lseek(fd, 0, SEEK_END);

	bytes = malloc(len);
	if (bytes == NULL || pread(fd, bytes, len, 0) != (ssize_t)len)
		abort();
	for (size_t cut = 0; cut < len; cut++) {
		cause_clear();
		if (ftruncate(bad, 0) != 0 || pwrite(bad, bytes, cut, 0) != (ssize_t)cut)
			abort();
		accepted += read_stream(bad, 10, &counts) == 0;
		system_errors += cause_status() == STATUS_SYSTEM;
	}
	ok(accepted == 0, "a stream cut at any of its %zu bytes is refused", len);
	ok(system_errors >= len - 14, "as one that just stops");
	accepted = 0;
	for (size_t at = 0; at < len; at++) {
		cause_clear();
		bytes[at] ^= (uint8_t)(1 << random_next() % 8);
		if (pwrite(bad, bytes, len, 0) != (ssize_t)len)
			abort();
		accepted += read_stream(bad, 10, &counts) == 0;
		tried++;
		bytes[at] ^= bytes[at];
		if (pread(fd, bytes + at, 1, (off_t)at) != 1)
			abort();
	}
	ok(accepted == 0, "a stream with any of %u bytes changed is refused", tried);
	cause_clear();
	ok(ftruncate(bad, 0) == 0 && read_stream(bad, 10, &counts) < 0 && cause_status() == STATUS_SYSTEM,
	   "no bytes at all are no stream");
	cause_clear();
	free(bytes);
	close(fd);
	close(bad);
}

/* Batches that lie although every checksum is right. */
static void test_forged_batches(void)
{
	struct columns columns = four_columns();
	struct builder b;
	struct buffer payload = {0};
	struct strings dictionaries[4] = {{.n = 0}};
	struct vector vectors[4];
	uint32_t rows;
	unsigned crashed = 0;

	if (builder_init(&b, columns.items, columns.n) != 0)
		abort();
	for (uint64_t i = 0; i < 200; i++)
		add_row(&b, i, 10);
	dictionaries[1] = b.columns[1].dictionary.strings;
	dictionaries[3] = b.columns[3].dictionary.strings;
	if (builder_encode(&b, &payload) != 0)
		abort();
	ok(batch_decode(payload.data, payload.len, columns.items, 4, dictionaries, vectors, &rows) == 0 &&
	       rows == 200,
	   "a batch decodes");
	ok(batch_decode(payload.data, BATCH_BYTES_MAX + 8, columns.items, 4, dictionaries, vectors, &rows) !=
	       0,
	   "one of more than 16 MiB does not");
	cause_clear();
	for (unsigned n = 0; n < 200000; n++) {
		const size_t at = random_next() % (n % 2 == 0 ? 136 : payload.len);
		const uint8_t was = payload.data[at];

		payload.data[at] = (uint8_t)random_next();
		if (batch_decode(payload.data, payload.len, columns.items, 4, dictionaries, vectors, &rows) ==
		    0) {
			for (uint32_t row = 0; row < rows; row++) {
				for (int c = 0; c < 4; c++) {
					if (vectors[c].type == COLUMN_STRING &&
					    vector_is_valid(&vectors[c], row))
						crashed += vector_text(&vectors[c], row).len > payload.len;
					crashed +=
					    vector_int(&vectors[c], row) == 0x7fffffffffffffff && rows == 0;
				}
			}
		}
		cause_clear();
		payload.data[at] = was;
	}
	ok(crashed == 0, "200,000 forged ones never lead outside");
	buffer_free(&payload);
	builder_free(&b);
	columns_free(&columns);
}

static void test_error_frame(void)
{
	struct stream_writer w;
	struct columns columns = {0};
	struct counts counts;
	const int fd = memory_file();

	if (stream_writer_open(&w, fd, "memory") != 0 || stream_begin(&w, STREAM_PLAN, &columns, "test") != 0)
		abort();
	cause_record(STATUS_REFUSED, "no, %s", "thanks");
	stream_fail(&w, "evtest");
	stream_writer_close(&w);
	cause_clear();
	ok(read_stream(fd, 1, &counts) < 0, "an error frame ends a stream");
	ok(cause_status() == STATUS_REFUSED && strcmp(cause_message(), "no, thanks") == 0 &&
	       cause_upstream_tool() != NULL && strcmp(cause_upstream_tool(), "evtest") == 0,
	   "with the status, the message and the tool of the one that failed");
	cause_clear();
	close(fd);
}

/* Stretches of the same value, across the words of the bitmap. */
static void test_stretches(void)
{
	struct columns columns = four_columns();
	struct strings dictionaries[4] = {{.n = 0}};
	struct vector vectors[4];
	struct buffer payload = {0};
	struct builder b;
	uint32_t rows, n = 0, wrong = 0;

	if (builder_init(&b, columns.items, columns.n) != 0)
		abort();
	for (uint32_t len = 0; len < 150; len++) {
		struct builder_column *c = b.columns;

		builder_add_ints(&c[0], len, len);
		wrong += builder_add_texts(&b, &c[1], "text", len % 5, len) != 0;
		builder_add_ints(&c[2], -5, len);
		wrong += builder_add_texts(&b, &c[3], "x", 1, len) != 0;
		builder_add_int(&c[0], -1);
		wrong += builder_add_text(&b, &c[1], "", 0) != 0;
		builder_add_null(&c[2]);
		builder_add_null(&c[3]);
		n += len + 1;
	}
	dictionaries[1] = b.columns[1].dictionary.strings;
	dictionaries[3] = b.columns[3].dictionary.strings;
	if (builder_encode(&b, &payload) != 0 ||
	    batch_decode(payload.data, payload.len, columns.items, 4, dictionaries, vectors, &rows) != 0)
		abort();
	for (uint32_t len = 0, row = 0; len < 150; len++, row++) {
		for (const uint32_t end = row + len; row < end; row++)
			wrong += vector_int(&vectors[0], row) != len ||
				 vector_text(&vectors[1], row).len != len % 5 ||
				 !vector_is_valid(&vectors[2], row) || vector_int(&vectors[2], row) != -5;
		wrong += vector_int(&vectors[0], row) != -1 || vector_is_valid(&vectors[2], row) ||
			 vector_is_valid(&vectors[3], row);
	}
	ok(wrong == 0 && rows == n, "stretches of one value, and what is between them");
	buffer_free(&payload);
	builder_free(&b);
	columns_free(&columns);
}

/* A batch of columns that are filled at once is the batch of the same rows one by one. */
static void test_fills(void)
{
	enum { N = 1000 };
	struct columns columns = four_columns();
	struct buffer payloads[2] = {{0}, {0}};
	struct builder b;
	struct vector v;

	if (builder_init(&b, columns.items, columns.n) != 0)
		abort();
	for (int batch = 0; batch < 4; batch++) {
		struct builder_column *c = b.columns;
		const bool fill = batch % 2 == 0;

		if (fill) {
			builder_fill_int(&c[0], 7, N);
			if (builder_fill_text(&b, &c[1], "text", 4, N) != 0)
				abort();
			builder_view(&c[1], &v);
			ok(v.width == 0 && v.nulls == 0 &&
			       text_equal(vector_text(&v, N - 1), text_of("text")),
			   "a view of a column that was filled");
			builder_add_nulls(&c[2], 10);
			builder_add_int(&c[2], -5);
			builder_add_nulls(&c[2], N - 11);
		}
		for (uint32_t i = 0; i < N; i++) {
			if (!fill) {
				builder_add_int(&c[0], 7);
				if (builder_add_text(&b, &c[1], "text", 4) != 0)
					abort();
				if (i == 10)
					builder_add_int(&c[2], -5);
				else
					builder_add_null(&c[2]);
			}
			builder_add_null(&c[3]);
		}
		if (builder_encode(&b, &payloads[batch % 2]) != 0)
			abort();
	}
	ok(payloads[0].len == payloads[1].len &&
	       memcmp(payloads[0].data, payloads[1].data, payloads[0].len) == 0,
	   "columns filled at once");
	for (int i = 0; i < 2; i++)
		buffer_free(&payloads[i]);
	builder_free(&b);
	columns_free(&columns);
}

int main(void)
{
	test_stretches();
	test_fills();
	test_round_trip();
	test_concatenation();
	test_extension();
	test_damage();
	test_forged_batches();
	test_error_frame();
	return tap_done();
}
