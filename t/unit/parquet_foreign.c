/*
 * Files as other writers make them, and as none should: of one column, by hand, without checksums, so that
 * what is wrong is found by what it says. Each check of a footer or a page has its file here.
 */
#include "parquet/parquet_read.h"

#include "parquet_made.h"
#include "random.h"
#include "tap.h"

enum { ROWS_MAX = 100 };

/* Its rows: at most ROWS_MAX of them. */
struct rows {
	int n; /* -1 when it was refused */
	enum column_type type;
	bool null[ROWS_MAX];
	int64_t numbers[ROWS_MAX];
	char texts[ROWS_MAX][64];
	size_t longest; /* text of a batch, in bytes */
};

static void take(struct rows *rows, const struct vector *v, uint32_t n)
{
	for (uint32_t i = 0; i < n && rows->n < ROWS_MAX; i++, rows->n++) {
		rows->null[rows->n] = !vector_is_valid(v, i);
		if (rows->null[rows->n])
			continue;
		if (v->type == COLUMN_STRING) {
			const struct text t = vector_text(v, i);

			snprintf(rows->texts[rows->n], 64, "%.*s", (int)t.len, t.data);
		} else {
			rows->numbers[rows->n] = vector_int(v, i);
		}
	}
}

static void read_fd(int fd, struct rows *rows, const struct parquet_range *range)
{
	struct parquet_reader *r = parquet_open(fd, "made");
	struct builder b = {0};
	struct vector v;
	int more = -1;

	rows->n = 0;
	rows->longest = 0;
	if (r == NULL || parquet_select(r, NULL, 0) != 0 ||
	    (range != NULL && parquet_restrict(r, range) != 0) ||
	    builder_init(&b, parquet_columns(r)->items, parquet_columns(r)->n) != 0)
		goto out;
	rows->type = parquet_columns(r)->items[0].type;
	while ((more = parquet_read(r, &b, NULL)) > 0) {
		builder_view(&b.columns[0], &v);
		take(rows, &v, builder_rows(&b));
		rows->longest = b.text_bytes > rows->longest ? b.text_bytes : rows->longest;
		builder_clear(&b);
	}
out:
	if (more < 0)
		rows->n = -1;
	builder_free(&b);
	parquet_close(r);
}

static void read_made(const struct made *m, struct rows *rows)
{
	const int fd = write_made(m);

	read_fd(fd, rows, NULL);
	close(fd);
}

/* It is refused, and says these words. */
static void refused(const struct made *m, const char *words)
{
	static struct rows rows;

	read_made(m, &rows);
	ok(rows.n == -1 && cause_status() == STATUS_INPUT && strstr(cause_message(), words) != NULL,
	   "refused: %s: %s", words, cause_message());
	cause_clear();
}

static void numbers(const struct made *m, enum column_type type, const int64_t *expected, int n,
		    const char *what)
{
	static struct rows rows;
	bool same;

	read_made(m, &rows);
	same = rows.n == n && rows.type == type;
	for (int i = 0; i < n && same; i++)
		same = !rows.null[i] && rows.numbers[i] == expected[i];
	ok(same, "%s %s", what, cause_message());
	cause_clear();
}

static void texts(const struct made *m, const char *const *expected, int n, const char *what)
{
	static struct rows rows;
	bool same;

	read_made(m, &rows);
	same = rows.n == n && rows.type == COLUMN_STRING;
	for (int i = 0; i < n && same; i++)
		same = expected[i] == NULL ? rows.null[i]
					   : !rows.null[i] && strcmp(rows.texts[i], expected[i]) == 0;
	ok(same, "%s %s", what, cause_message());
	cause_clear();
}

#define BODY(bytes) .body = bytes, .len = sizeof(bytes) - 1

/* Two rows of INT32: 1 and 2. */
static const struct made plain = {
    .physical = PARQUET_INT32,
    .rows = 2,
    .n_pages = 1,
    .pages = {{.values = 2, BODY("\1\0\0\0\2\0\0\0")}},
};

/* Five rows of text by dictionary: a, bc, null, a, bc. */
static const struct made words = {
    .physical = PARQUET_BYTE_ARRAY,
    .repetition = PARQUET_OPTIONAL,
    .converted = PARQUET_UTF8 + 1,
    .rows = 5,
    .n_pages = 2,
    .pages = {{.type = PARQUET_DICTIONARY_PAGE, .values = 2, BODY("\1\0\0\0a\2\0\0\0bc")},
	      {.encoding = PARQUET_RLE_DICTIONARY,
	       .values = 5,
	       BODY("\2\0\0\0\x03\x1b"
		    "\1\x03\x0a")}},
};

static const char *const five_words[] = {"a", "bc", NULL, "a", "bc"};

static void good_files(void)
{
	struct made m = plain;
	static const int64_t one_two[] = {1, 2};

	numbers(&m, COLUMN_INT32, one_two, 2, "plain numbers");
	m.version = 2;
	numbers(&m, COLUMN_INT32, one_two, 2, "format version 2");
	m.pages[0].levels = PARQUET_BIT_PACKED;
	numbers(&m, COLUMN_INT32, one_two, 2, "an encoding of levels that are not there");
	m = words;
	texts(&m, five_words, 5, "texts by dictionary");
	m.pages[0].encoding = m.pages[1].encoding = PARQUET_PLAIN_DICTIONARY;
	texts(&m, five_words, 5, "by their old name");
	m.dictionary_at = -1;
	m.data_at = 4;
	texts(&m, five_words, 5, "without the dictionary's place, where the data's is its own");
	m = words;
	m.converted = 0;
	texts(&m, five_words, 5, "bytes that nobody calls text");
	m = plain;
	m.n_pages = 3;
	m.pages[2] = m.pages[0];
	m.pages[0] = (struct made_page){.values = 0};
	m.pages[1] = (struct made_page){.type = PARQUET_INDEX_PAGE, BODY("index")};
	numbers(&m, COLUMN_INT32, one_two, 2, "pages without values are stepped over");
	m = (struct made){.physical = PARQUET_INT32, .n_pages = 0};
	numbers(&m, COLUMN_INT32, NULL, 0, "a row group without rows");
	m = words;
	m.pages[0] = (struct made_page){.type = PARQUET_DICTIONARY_PAGE, .values = 0};
	m.pages[1].body = "\2\0\0\0\x0a\0";
	m.pages[1].len = 6;
	texts(&m, (const char *const[5]){NULL}, 5, "nothing but nulls, no dictionary, no byte of values");
	m = words;
	m.pages[0] = (struct made_page){.type = PARQUET_DICTIONARY_PAGE, .values = 1, BODY("\1\0\0\0a")};
	m.pages[1].body = "\2\0\0\0\x0a\1\0\x0a";
	m.pages[1].len = 8;
	texts(&m, (const char *const[5]){"a", "a", "a", "a", "a"}, 5, "codes of width 0");
}

static void types(void)
{
	struct made m = plain;
	static const int64_t unsigned_max[] = {UINT32_MAX}, halves[] = {-1500000}, ones[] = {1, 0, 1};
	static const int64_t epoch[] = {INT64_C(1765065600000001)};
	int64_t bits;
	const double half = 0.5;

	m.rows = m.pages[0].values = 1;
	m.pages[0].body = "\xff\xff\xff\xff";
	m.pages[0].len = 4;
	m.logical = PARQUET_INTEGER;
	m.is_unsigned = true;
	m.bits = 32;
	numbers(&m, COLUMN_INT64, unsigned_max, 1, "unsigned 32 bits");
	m.bits = 16;
	refused(&m, "beyond its width");
	m.logical = PARQUET_DATE;
	texts(&m, (const char *const[1]){"1969-12-31"}, 1, "a date");
	m.pages[0].body = "\xff\xff\xff\x7f";
	refused(&m, "a date outside");
	m.logical = PARQUET_TIME;
	refused(&m, "time of day");
	m.logical = 0;
	m.converted = PARQUET_CONVERTED_DECIMAL + 1;
	m.scale = 3;
	m.pages[0].body = "\x24\xfa\xff\xff";
	numbers(&m, COLUMN_DECIMAL, halves, 1, "a decimal of 32 bits: -1.500");
	m.scale = 9;
	refused(&m, "not exact");
	m.scale = 40;
	refused(&m, "a decimal of that scale");
	m = plain;
	m.rows = m.pages[0].values = 1;
	m.physical = PARQUET_FIXED;
	m.logical = PARQUET_DECIMAL;
	m.scale = 1;
	m.length = 11;
	m.pages[0].body = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xf1";
	m.pages[0].len = 11;
	numbers(&m, COLUMN_DECIMAL, halves, 1, "a decimal of eleven bytes");
	m.pages[0].body = "\xfe\xff\xff\xff\xff\xff\xff\xff\xff\xff\xf1";
	refused(&m, "not exact");
	m.length = 0;
	refused(&m, "no length");
	m.physical = PARQUET_BYTE_ARRAY;
	m.pages[0].body = "\2\0\0\0\xff\xf1";
	m.pages[0].len = 6;
	numbers(&m, COLUMN_DECIMAL, halves, 1, "a decimal of as many bytes as it needs");
	m.logical = PARQUET_UUID;
	refused(&m, "binary values");
	m = plain;
	m.physical = PARQUET_FLOAT;
	m.rows = m.pages[0].values = 1;
	m.pages[0].body = "\0\0\0\x3f";
	m.pages[0].len = 4;
	memcpy(&bits, &half, sizeof bits);
	numbers(&m, COLUMN_FLOAT64, &bits, 1, "a float");
	m.physical = PARQUET_BOOLEAN;
	m.rows = m.pages[0].values = 3;
	m.pages[0].body = "\5";
	m.pages[0].len = 1;
	numbers(&m, COLUMN_BOOL, ones, 3, "booleans, packed");
	m.pages[0].encoding = PARQUET_RLE;
	m.pages[0].body = "\2\0\0\0\3\5";
	m.pages[0].len = 6;
	numbers(&m, COLUMN_BOOL, ones, 3, "booleans, in runs");
	m.physical = PARQUET_INT96;
	m.rows = m.pages[0].values = 1;
	m.pages[0].encoding = PARQUET_PLAIN;
	m.pages[0].body = "\xe8\3\0\0\0\0\0\0\x59\x8d\x25\0";
	m.pages[0].len = 12;
	numbers(&m, COLUMN_TIMESTAMP, epoch, 1, "INT96: 2025-12-07 and a microsecond");
	m.pages[0].body = "\xe9\3\0\0\0\0\0\0\x59\x8d\x25\0";
	refused(&m, "microsecond");
	m.pages[0].body = "\0\0\0\0\0\0\0\0\xff\xff\xff\x7f";
	refused(&m, "years");
}

static void times(void)
{
	static const int64_t millis[] = {-62135596800000000, 253402300799999000};
	struct made m = {.physical = PARQUET_INT64, .rows = 2, .n_pages = 1, .logical = PARQUET_TIMESTAMP};
	int64_t values[2] = {-62135596800000, 253402300799999};

	m.pages[0] = (struct made_page){.values = 2, .body = values, .len = sizeof values};
	m.unit = PARQUET_MILLIS;
	numbers(&m, COLUMN_TIMESTAMP, millis, 2, "milliseconds from end to end");
	values[1]++;
	refused(&m, "years 1 to 9999");
	values[0] = -5000;
	values[1] = 7000;
	m.unit = PARQUET_NANOS;
	numbers(&m, COLUMN_TIMESTAMP, (const int64_t[]){-5, 7}, 2, "nanoseconds");
	values[0]++;
	refused(&m, "finer than a microsecond");
	m.unit = 4;
	refused(&m, "unknown unit");
	m.logical = PARQUET_INTEGER;
	m.bits = 64;
	m.is_unsigned = true;
	values[0] = -1;
	refused(&m, "63 bits");
}

static void bad_footers(void)
{
	struct made m;

#define WRONG(base, field, value, words) \
	m = base;                        \
	m.field = value;                 \
	refused(&m, words)
	WRONG(plain, version, 3, "version 3");
	WRONG(plain, tail, "PARE", "encrypted");
	WRONG(plain, tail, "PARX", "cut short");
	WRONG(plain, footer_more, 10000, "longer than the file");
	WRONG(plain, footer_more, 1, "damaged Parquet footer");
	WRONG(plain, twice, true, "damaged Parquet footer");
	WRONG(plain, encrypted, true, "encrypted");
	WRONG(plain, file_rows, 3, "its row groups have 2");
	WRONG(plain, group_rows, 3, "as many values as rows");
	WRONG(plain, chunk_values, 1, "as many values as rows");
	WRONG(plain, n_columns, 2, "2 columns, but the schema has 1");
	WRONG(plain, children, 2, "damaged Parquet schema");
	WRONG(plain, children, 100000000, "damaged Parquet schema");
	WRONG(plain, children, -1, "damaged Parquet schema");
	WRONG(plain, type_in_schema, 8, "column c: a type that Parquet does not have");
	WRONG(plain, type_in_schema, -7, "column c: a type that Parquet does not have");
	WRONG(plain, chunk_type, PARQUET_INT64, "column c: row group 0: its type");
	WRONG(plain, path, "d", "its place is another column's");
	WRONG(plain, data_at, 100000, "outside of the file");
	WRONG(plain, data_at, 3, "outside of the file");
	WRONG(plain, data_at, -5, "damaged metadata");
	WRONG(plain, compressed, 100000, "outside of the file");
	WRONG(plain, compressed, INT64_MAX, "outside of the file");
	WRONG(plain, compressed, -1, "damaged metadata");
	WRONG(plain, compressed, 5, "damaged page header");
	WRONG(plain, elsewhere, true, "another file");
	WRONG(plain, no_codec, true, "damaged metadata");
	WRONG(plain, codec, 6, "ZSTD");
	WRONG(plain, codec, 5, "LZ4");
	WRONG(plain, codec, 77, "no such codec");
	WRONG(plain, is_nested, true, "column group.c: nested");
	WRONG(plain, repetition, PARQUET_REPEATED, "repeated");
	WRONG(plain, repetition, 3, "damaged Parquet schema");
}

static void bad_pages(void)
{
	struct made m;

	WRONG(plain, pages[0].uncompressed, -1, "negative");
	WRONG(plain, pages[0].compressed, -1, "negative");
	WRONG(plain, pages[0].compressed, 9, "longer than the column's pages");
	WRONG(plain, pages[0].uncompressed, 9, "two sizes");
	WRONG(plain, pages[0].uncompressed, 0x7fffffff, "64 MiB");
	WRONG(plain, pages[0].values, 3, "more values in its pages than rows");
	WRONG(plain, pages[0].values, -3, "without a number of values");
	WRONG(plain, pages[0].values, 1, "end before its values");
	WRONG(plain, pages[0].len, 7, "cut short");
	WRONG(plain, pages[0].type, PARQUET_DATA_PAGE_V2, "version 2");
	WRONG(plain, pages[0].encoding, 7, "DELTA_BYTE_ARRAY");
	WRONG(plain, pages[0].encoding, 99, "encoding 99");
	WRONG(plain, pages[0].encoding, PARQUET_RLE, "encoding 3");
	WRONG(plain, pages[0].encoding, PARQUET_RLE_DICTIONARY, "no dictionary");
	WRONG(plain, pages[0].encoding, PARQUET_DELTA_BINARY_PACKED, "cut short");
	WRONG(plain, codec, PARQUET_SNAPPY, "another size");
	WRONG(plain, codec, PARQUET_GZIP, "no gzip member");
	WRONG(words, pages[0].values, -1, "without a number of values");
	WRONG(words, pages[0].values, 0x7fffffff, "a dictionary that is cut short");
	WRONG(words, pages[0].values, 3, "cut short");
	WRONG(words, pages[0].values, 1, "beyond its dictionary");
	WRONG(words, pages[0].encoding, PARQUET_RLE, "a dictionary in encoding 3");
	WRONG(words, pages[0].body, "\1\0\0\0\xff\2\0\0\0bc", "UTF-8");
	WRONG(words, pages[0].body, "\xff\xff\xff\xff\xff\2\0\0\0bc", "cut short");
	WRONG(words, pages[1].levels, PARQUET_BIT_PACKED, "levels in encoding 4");
	WRONG(words, pages[1].body, "\xff\0\0\0\x03\x1b\1\x03\x0a", "levels that are cut short");
	WRONG(words, pages[1].body, "\2\0\0\0\x0a\2\1\x03\x0a", "above 1");
	WRONG(words, pages[1].body, "\2\0\0\0\x03\x1b\x21\x03\x0a", "33 bits");
	WRONG(words, pages[1].body, "\2\0\0\0\x03\x1b\4\x03\x10", "cut short");
	WRONG(words, pages[1].len, 6, "cut short");
	WRONG(words, pages[1].len, 3, "cut short");
	WRONG(words, physical, PARQUET_BOOLEAN, "booleans");
	m = words;
	m.n_pages = 3;
	m.pages[2] = m.pages[1];
	m.pages[1] = m.pages[0];
	refused(&m, "not its first page");
}

static void ranges(void)
{
	const struct parquet_range beyond = {.column = "c", .low = 3, .high = 9};
	const struct parquet_range within = {.column = "c", .low = 2, .high = 9};
	static struct rows rows;
	struct made m = plain;
	int fd;

	m.min = "\1\0\0\0";
	m.max = "\2\0\0\0";
	m.bound_len = 4;
	fd = write_made(&m);
	read_fd(fd, &rows, &beyond);
	ok(rows.n == 0, "bounds tell that nothing is there");
	read_fd(fd, &rows, &within);
	ok(rows.n == 2, "or that something may be");
	close(fd);
	m.no_orders = true;
	fd = write_made(&m);
	read_fd(fd, &rows, &beyond);
	ok(rows.n == 2, "bounds in no order that is known tell nothing");
	close(fd);
	m.no_orders = false;
	m.bound_len = 3;
	fd = write_made(&m);
	read_fd(fd, &rows, &beyond);
	ok(rows.n == 2, "nor do bounds of another length");
	close(fd);
}

/* A column of texts of these lengths. */
static int write_texts(const uint32_t *lengths, int n)
{
	struct buffer body = {0};
	struct made m = {.physical = PARQUET_BYTE_ARRAY, .rows = n, .n_pages = 1};
	int fd;

	for (int i = 0; i < n; i++) {
		if (buffer_append(&body, &lengths[i], sizeof *lengths) != 0 ||
		    buffer_reserve(&body, lengths[i]) != 0)
			abort();
		memset(body.data + body.len, 'a' + i % 26, lengths[i]);
		body.len += lengths[i];
	}
	m.pages[0] = (struct made_page){.values = n, .body = body.data, .len = body.len};
	fd = write_made(&m);
	buffer_free(&body);
	return fd;
}

/* Batches of long texts have few rows. */
static void long_texts(void)
{
	static const uint32_t one_too_long[] = {1, 7 << 20, 1},
			      long_ones[] = {5 << 20, 1, 2 << 20, 2 << 20, 5 << 20};
	static uint32_t many[ROWS_MAX];
	const int too_long = write_texts(one_too_long, 3), few = write_texts(long_ones, 5);
	static struct rows rows;
	int fd;

	read_fd(too_long, &rows, NULL);
	ok(rows.n == -1 && strstr(cause_message(), "more than 6 MiB of text") != NULL,
	   "a row that is too long: %s", cause_message());
	cause_clear();
	read_fd(few, &rows, NULL);
	ok(rows.n == 5 && rows.longest < 9 << 20, "rows of %zu bytes at most come together", rows.longest);
	for (int i = 0; i < ROWS_MAX; i++)
		many[i] = 500000;
	fd = write_texts(many, ROWS_MAX);
	read_fd(fd, &rows, NULL);
	ok(rows.n == ROWS_MAX && rows.longest < 7 << 20, "and of %zu", rows.longest);
	close(fd);
	close(few);
	close(too_long);
}

/* Bytes of good files changed at random: without checksums the decoders meet them. */
static void noise(void)
{
	const struct made *files[] = {&plain, &words};
	static struct rows rows;
	int refusals = 0;

	for (int round = 0; round < 4000; round++) {
		const int fd = write_made(files[round % 2]);
		const off_t size = lseek(fd, 0, SEEK_END);

		for (int i = 0; i < 1 + round % 3; i++) {
			const uint8_t byte = (uint8_t)random_next();

			if (pwrite(fd, &byte, 1, (off_t)(random_next() % (uint64_t)size)) != 1)
				abort();
		}
		read_fd(fd, &rows, NULL);
		refusals += rows.n < 0;
		if (rows.n < 0 && cause_status() != STATUS_INPUT)
			ok(false, "round %d: %s", round, cause_message());
		cause_clear();
		close(fd);
	}
	ok(refusals > 1000, "%d of 4000 files with changed bytes are refused, and none does harm", refusals);
}

int main(void)
{
	good_files();
	types();
	times();
	bad_footers();
	bad_pages();
	ranges();
	long_texts();
	noise();
	return tap_done();
}
