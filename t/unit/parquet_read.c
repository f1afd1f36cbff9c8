/* Files of our own writer, read again: every value, some columns, some row groups, and damaged ones. */
#include "parquet/parquet_read.h"
#include "parquet/parquet_write.h"

#include "random.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { TIME, WORD, ID, PLAIN, I64, I32, PRICE, F64, FLAG, NOTHING, MAYBE, ODD, COLUMNS };

static const struct {
	const char *name;
	enum column_type type;
	bool nullable;
} shape[COLUMNS] = {
    [TIME] = {"time", COLUMN_TIMESTAMP, false}, [WORD] = {"word", COLUMN_STRING, true},
    [ID] = {"id", COLUMN_STRING, true},         [PLAIN] = {"plain", COLUMN_STRING, false},
    [I64] = {"i64", COLUMN_INT64, true},        [I32] = {"i32", COLUMN_INT32, true},
    [PRICE] = {"price", COLUMN_DECIMAL, true},  [F64] = {"f64", COLUMN_FLOAT64, false},
    [FLAG] = {"flag", COLUMN_BOOL, true},       [NOTHING] = {"nothing", COLUMN_STRING, true},
    [MAYBE] = {"maybe", COLUMN_STRING, true},   [ODD] = {"odd", COLUMN_INT32, false},
};

#define START INT64_C(1765000000000000)

static uint64_t noise(size_t column, uint64_t row)
{
	uint64_t x = (row * COLUMNS + column + 1) * UINT64_C(0x9e3779b97f4a7c15);

	x ^= x >> 29;
	x *= UINT64_C(0xbf58476d1ce4e5b9);
	return x ^ x >> 32;
}

static bool is_null(size_t column, uint64_t row)
{
	if (!shape[column].nullable)
		return false;
	switch (column) {
	case NOTHING: return true;
	case MAYBE: return row / 777 % 2 == 0; /* long stretches */
	default: return noise(column, row + 99) % 7 == 0;
	}
}

/* What a row has in a column of numbers: at its ends now and then. */
static int64_t number_at(size_t column, uint64_t row)
{
	const uint64_t n = noise(column, row);
	const bool low = n % 1000 == 0, high = n % 1000 == 1;
	const double number = (double)(n >> 20) / 3;
	int64_t bits;

	switch (column) {
	case TIME:
		return low    ? INT64_C(-62135596800000000)
		       : high ? INT64_C(253402300799999999)
			      : START + (int64_t)row * 1000;
	case I64: return low ? INT64_MIN : high ? INT64_MAX : (int64_t)n >> n % 60;
	case I32: return low ? INT32_MIN : high ? INT32_MAX : (int64_t)(n % 50);
	case PRICE:
		return low    ? INT64_C(-999999999999999999)
		       : high ? INT64_C(999999999999999999)
			      : (int64_t)(n % 30000) * 10000;
	case F64: memcpy(&bits, &number, sizeof bits); return bits;
	case FLAG: return (int64_t)(n % 2);
	case ODD: return (int64_t)row;
	default: return 0;
	}
}

/* And in one of texts. */
static struct text text_at(size_t column, uint64_t row, char space[64])
{
	static const char *const words[] = {"", "a", "laptop stand", "\xc3\xa4pfel", "\xf0\x9f\x98\x80", "z"};
	const uint64_t n = noise(column, row);
	int len;

	switch (column) {
	case WORD: return (struct text){words[n % 6], strlen(words[n % 6])};
	case ID: len = snprintf(space, 64, "u_%llu", (unsigned long long)(n % 9000)); break;
	case MAYBE:
		len = snprintf(space, 64, "a rather long text, number %llu", (unsigned long long)(n % 300));
		break;
	default: len = snprintf(space, 64, "%llx", (unsigned long long)n); break;
	}
	return (struct text){space, (size_t)len};
}

static void must(int result)
{
	if (result == 0)
		return;
	fprintf(stderr, "# %s\n", cause_message());
	exit(1);
}

static void add_row(struct builder *b, uint64_t row)
{
	char space[64];

	for (size_t i = 0; i < COLUMNS; i++) {
		struct builder_column *c = &b->columns[i];

		if (is_null(i, row)) {
			builder_add_null(c);
		} else if (shape[i].type == COLUMN_STRING) {
			const struct text t = text_at(i, row, space);

			must(builder_add_text(b, c, t.data, t.len));
		} else {
			builder_add_int(c, number_at(i, row));
		}
	}
}

static void write_rows(struct parquet_writer *w, struct builder *b)
{
	struct vector vectors[COLUMNS];
	const struct batch batch = {builder_rows(b), COLUMNS, vectors};

	for (size_t i = 0; i < COLUMNS; i++)
		builder_view(&b->columns[i], &vectors[i]);
	must(parquet_write(w, &batch, NULL, batch.n));
	builder_clear(b);
}

/* A file of so many rows, a row group for every `group` of them; *size is its length. */
static int make_file(uint64_t rows, uint64_t group, uint64_t *size)
{
	const int fd = memfd_create("test.parquet", 0);
	struct columns columns = {0};
	struct parquet_summary summary;
	struct parquet_writer *w;
	struct builder b;

	for (size_t i = 0; i < COLUMNS; i++)
		must(columns_add(&columns, shape[i].name, shape[i].type, shape[i].nullable));
	must(builder_init(&b, columns.items, columns.n));
	w = parquet_writer_open(fd, "test.parquet", &columns);
	must(w == NULL ? -1 : 0);
	parquet_writer_limit(w, group, UINT64_MAX);
	for (uint64_t row = 0; row < rows; row++) {
		add_row(&b, row);
		if (builder_is_full(&b))
			write_rows(w, &b);
	}
	if (builder_rows(&b) > 0)
		write_rows(w, &b);
	must(parquet_writer_finish(w, &summary));
	parquet_writer_free(w);
	builder_free(&b);
	columns_free(&columns);
	*size = summary.size;
	return fd;
}

static size_t column_called(const char *name)
{
	size_t i = 0;

	while (strcmp(shape[i].name, name) != 0)
		i++;
	return i;
}

/* Values of a vector that are not those of the rows from `row` on. */
static uint64_t count_wrong(const struct vector *v, size_t column, uint64_t row, uint32_t n)
{
	uint64_t wrong = 0, nulls = 0;
	char space[64];

	for (uint32_t i = 0; i < n; i++) {
		const bool null = !vector_is_valid(v, i);

		nulls += null;
		if (null != is_null(column, row + i))
			wrong++;
		else if (!null && v->type == COLUMN_STRING)
			wrong += !text_equal(vector_text(v, i), text_at(column, row + i, space));
		else if (!null)
			wrong += vector_int(v, i) != number_at(column, row + i);
	}
	return wrong + (nulls != v->nulls);
}

struct result {
	uint64_t rows, wrong, bytes, batches;
	size_t skipped;
	int end; /* 0 or -1 */
};

/* As if dictionaries had passed their bound with each batch. */
static bool forgetful;

static void forget(struct builder_column *c)
{
	dictionary_clear(&c->dictionary);
	c->told = 0;
	c->resets++;
}

/* Reads the columns of a file; with a range whose row groups are skipped, first is the row that begins what
 * is left. */
static struct result read_file(int fd, const char *const *names, size_t n, const struct parquet_range *range,
			       uint64_t first)
{
	struct parquet_reader *r = parquet_open(fd, "test.parquet");
	struct result result = {.end = -1};
	struct builder b = {0};
	struct vector v;

	if (r == NULL || parquet_select(r, names, n) != 0 ||
	    (range != NULL && parquet_restrict(r, range) != 0))
		goto out;
	must(builder_init(&b, parquet_columns(r)->items, parquet_columns(r)->n));
	while ((result.end = parquet_read(r, &b, NULL)) > 0) {
		const uint32_t rows = builder_rows(&b);

		for (size_t i = 0; i < b.n_columns; i++) {
			const struct column *c = &parquet_columns(r)->items[i];
			const size_t column = column_called(c->name);

			builder_view(&b.columns[i], &v);
			result.wrong += b.columns[i].n != rows || c->type != shape[column].type;
			result.wrong += count_wrong(&v, column, first + result.rows, rows);
		}
		result.rows += rows;
		result.batches++;
		builder_clear(&b);
		for (size_t i = 0; i < b.n_columns; i++) {
			builder_reset_strings(&b, i);
			if (forgetful)
				forget(&b.columns[i]);
		}
	}
	result.bytes = parquet_bytes_read(r);
	result.skipped = parquet_groups_skipped(r);
out:
	builder_free(&b);
	parquet_close(r);
	return result;
}

static void round_trip(uint64_t rows, uint64_t group)
{
	uint64_t size;
	const int fd = make_file(rows, group, &size);
	const struct result r = read_file(fd, NULL, 0, NULL, 0);

	ok(r.end == 0 && r.rows == rows && r.wrong == 0, "%llu rows in groups of %llu come back: %s",
	   (unsigned long long)rows, (unsigned long long)group, cause_message());
	close(fd);
}

static void projection(void)
{
	static const char *const backwards[] = {"odd", "word", "time"};
	static const char *const unknown[] = {"word", "nowhere"}, *const twice[] = {"word", "word"};
	uint64_t size, pages = 0, footer;
	const int fd = make_file(50000, 20000, &size);
	struct parquet_reader *r = parquet_open(fd, "test.parquet");
	struct result got;

	ok(r != NULL && parquet_rows(r) == 50000 && parquet_n_columns(r) == COLUMNS, "the footer alone");
	footer = parquet_bytes_read(r);
	parquet_close(r);
	for (size_t i = 0; i < COLUMNS; i++) {
		const char *name = shape[i].name;

		got = read_file(fd, &name, 1, NULL, 0);
		ok(got.end == 0 && got.rows == 50000 && got.wrong == 0, "column %s alone", name);
		pages += got.bytes - footer;
	}
	/* Magic, pages, footer, its length, magic: no byte is read for two columns, and none is left out. */
	ok(pages == size - footer - 12, "each column reads its own pages and no other byte");
	got = read_file(fd, backwards, 3, NULL, 0);
	ok(got.end == 0 && got.rows == 50000 && got.wrong == 0, "columns in another order");
	got = read_file(fd, unknown, 2, NULL, 0);
	ok(got.end == -1 && cause_status() == STATUS_INPUT, "a column that is not there: %s",
	   cause_message());
	cause_clear();
	got = read_file(fd, twice, 2, NULL, 0);
	ok(got.end == -1 && cause_status() == STATUS_INPUT, "a column that is there twice: %s",
	   cause_message());
	cause_clear();
	close(fd);
}

static void skipping(void)
{
	static const char *const names[] = {"odd", "word", "id"};
	uint64_t size;
	const int fd = make_file(64 * 1024, 4096, &size);
	struct parquet_range range = {.column = "odd", .low = 10000, .high = 20000};
	struct result got = read_file(fd, names, 3, &range, 2 * 4096);

	ok(got.end == 0 && got.wrong == 0 && got.rows == 3 * 4096 && got.skipped == 13,
	   "row groups outside of a range of numbers are skipped");
	range = (struct parquet_range){.column = "odd", .low = 65536, .high = 70000};
	got = read_file(fd, names, 3, &range, 0);
	ok(got.end == 0 && got.rows == 0 && got.skipped == 16, "all of them, if need be");
	range = (struct parquet_range){.column = "word", .low_text = {"b", 1}, .high_text = {"c", 1}};
	got = read_file(fd, names, 3, &range, 0);
	ok(got.end == 0 && got.skipped == 0 && got.wrong == 0, "none whose bounds hold the range");
	range = (struct parquet_range){.column = "word", .low_text = {"\xf1", 1}, .high_text = {"\xf2", 1}};
	got = read_file(fd, names, 3, &range, 0);
	ok(got.end == 0 && got.skipped == 16, "a range of texts behind all of them");
	range = (struct parquet_range){.column = "nothing", .low_text = {"", 0}, .high_text = {"z", 1}};
	got = read_file(fd, names, 3, &range, 0);
	ok(got.end == 0 && got.skipped == 16, "nothing but nulls is in no range");
	range = (struct parquet_range){.column = "f64", .low = 0, .high = 0};
	got = read_file(fd, names, 3, &range, 0);
	ok(got.end == 0 && got.skipped == 0 && got.rows == 65536, "float64 has no ranges");
	close(fd);
}

/* What a row group's statistics say of a column of numbers. */
static bool says(const struct parquet_reader *r, size_t group, size_t column, uint64_t first, uint64_t end)
{
	struct parquet_said said;
	int64_t nulls = 0, min = INT64_MAX, max = INT64_MIN;

	for (uint64_t row = first; row < end; row++) {
		if (is_null(column, row)) {
			nulls++;
			continue;
		}
		min = number_at(column, row) < min ? number_at(column, row) : min;
		max = number_at(column, row) > max ? number_at(column, row) : max;
	}
	parquet_said(r, group, column, &said);
	return said.nulls == nulls && said.has_bounds && said.min == min && said.max == max;
}

static void statistics(void)
{
	static const size_t columns[] = {TIME, I64, I32, PRICE, FLAG, ODD};
	uint64_t size;
	const int fd = make_file(20000, 8000, &size);
	struct parquet_reader *r = parquet_open(fd, "test.parquet");
	struct parquet_said said;

	must(r != NULL ? parquet_select(r, NULL, 0) : -1);
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
		ok(says(r, 0, columns[i], 0, 8000) && says(r, 2, columns[i], 16000, 20000),
		   "what is said of column %s is so", shape[columns[i]].name);
	parquet_said(r, 1, NOTHING, &said);
	ok(said.nulls == 8000 && said.min_text.len == 0, "nothing but nulls");
	parquet_close(r);
	close(fd);
}

/* A copy of the file in memory. */
static uint8_t *slurp(int fd, uint64_t size)
{
	uint8_t *bytes = malloc(size);

	must(bytes != NULL && pread(fd, bytes, size, 0) == (ssize_t)size ? 0 : -1);
	return bytes;
}

static struct result read_bytes(const uint8_t *bytes, size_t len)
{
	const int fd = memfd_create("damaged.parquet", 0);
	struct result got;

	must(write(fd, bytes, len) == (ssize_t)len ? 0 : -1);
	got = read_file(fd, NULL, 0, NULL, 0);
	close(fd);
	return got;
}

static void truncation(void)
{
	uint64_t size;
	const int fd = make_file(40, 15, &size);
	uint8_t *bytes = slurp(fd, size);
	uint64_t passed = 0;

	for (uint64_t len = 0; len < size; len++) {
		passed += read_bytes(bytes, len).end == 0 || cause_status() != STATUS_INPUT;
		cause_clear();
	}
	ok(passed == 0, "cut at any of %llu bytes it is refused", (unsigned long long)size);
	free(bytes);
	close(fd);
}

/* Pages have checksums, so a wrong bit there is always found; one in the footer need not be, but does no
 * harm. */
static void flips(void)
{
	uint64_t size, undetected = 0, refused = 0, other = 0;
	const int fd = make_file(60, 40, &size);
	uint8_t *bytes = slurp(fd, size);
	uint32_t footer;

	memcpy(&footer, bytes + size - 8, sizeof footer);
	for (uint64_t i = 0; i < size; i++) {
		const uint8_t was = bytes[i];

		for (int k = 0; k < 2; k++) {
			bytes[i] =
			    (uint8_t)(was ^ (k == 0 ? 1U << random_next() % 8 : 1 + random_next() % 255));
			const struct result got = read_bytes(bytes, size);

			refused += got.end != 0;
			other += got.end != 0 && cause_status() != STATUS_INPUT;
			/* A page's header is not covered, but what it says must fit its page. */
			undetected += got.end == 0 && i >= 4 && i < size - 8 - footer &&
				      (got.wrong > 0 || got.rows != 60);
			cause_clear();
		}
		bytes[i] = was;
	}
	ok(other == 0 && refused > size, "%llu of %llu changed bytes are refused",
	   (unsigned long long)refused, (unsigned long long)size * 2);
	ok(undetected == 0, "none of them in a page gives wrong rows: %llu", (unsigned long long)undetected);
	free(bytes);
	close(fd);
}

int main(void)
{
	round_trip(0, 1000);
	round_trip(1, 1000);
	round_trip(1000, 100);
	round_trip(70000, 1000000);
	round_trip(200000, 33333);
	forgetful = true;
	round_trip(200000, 33333);
	forgetful = false;
	projection();
	skipping();
	statistics();
	truncation();
	flips();
	return tap_done();
}
