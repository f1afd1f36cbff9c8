/*
 * A Parquet file with everything in it, for readers that are not ours. With a folder as its argument it
 * writes sample.parquet, the same rows as sample.tsv (\N is null), and none.parquet without rows; without one
 * it is a test that is skipped: t/0600-parquet-readers.t calls it.
 */
#include "base/fd.h"
#include "parquet/parquet_write.h"

#include "random.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 10000, BATCHES = 18, GROUP = 70000, CODES = 120000, PLAIN_LEN = 12 };

static bool null_here(void)
{
	return random_next() % 8 == 0;
}

enum { ROW, TIME, WORD, PLAIN, ID, I64, I32, FEW32, PRICE, AMOUNT, F64, NOT, FLAG, NOTHING, SOURCE, COLUMNS };

static const struct {
	const char *name;
	enum column_type type;
	bool nullable;
} shape[COLUMNS] = {
    {"row", COLUMN_INT64, false},     {"time", COLUMN_TIMESTAMP, true}, {"word", COLUMN_STRING, true},
    {"plain", COLUMN_STRING, true},   {"id", COLUMN_STRING, true},      {"i64", COLUMN_INT64, true},
    {"i32", COLUMN_INT32, true},      {"few32", COLUMN_INT32, true},    {"price", COLUMN_DECIMAL, true},
    {"amount", COLUMN_DECIMAL, true}, {"f64", COLUMN_FLOAT64, true},    {"nan", COLUMN_FLOAT64, false},
    {"flag", COLUMN_BOOL, true},      {"nothing", COLUMN_STRING, true}, {"source", COLUMN_STRING, false},
};

static const char *const words[] = {
    "",        "a",           "laptop stand", "\xc3\xa4pfel", "\xf0\x9f\x98\x80",
    "it's \"", "back\\slash", " blank ",      "NULL",         "z"};
enum { WORDS = sizeof words / sizeof *words };

static int64_t values[COLUMNS][ROWS];
static uint64_t valid[COLUMNS][(ROWS + 63) / 64];
static uint32_t offsets[ROWS + 1];
static char plain[ROWS * PLAIN_LEN + 1];
static uint64_t fingerprints[ROWS];
static struct strings word_strings, id_strings, source_strings, no_strings;

static int64_t double_bits(double value)
{
	int64_t bits;

	memcpy(&bits, &value, sizeof bits);
	return bits;
}

/* A value, now and then one at the end of what the type can hold. */
static int64_t value_of(int column, int64_t row)
{
	static const double doubles[] = {0.0, -0.0, 1e308, -1e308, 5e-324, 0.1, 1.0 / 3};
	bool extreme = random_next() % 1000 == 0, low = random_next() % 2 == 0;

	switch (column) {
	case ROW: return row;
	case TIME:
		if (extreme)
			return low ? INT64_C(-62135596800000000) : INT64_C(253402300799999999);
		return INT64_C(1765000000000000) + row * 250 + (int64_t)(random_next() % 400);
	case WORD: return (int64_t)(random_next() % WORDS);
	case ID: return (int64_t)(random_next() % (row < 3 * ROWS ? 500 : CODES));
	case I64:
		return extreme ? (low ? INT64_MIN : INT64_MAX) : (int64_t)random_next() >> random_next() % 64;
	case I32: return extreme ? (low ? INT32_MIN : INT32_MAX) : (int32_t)random_next();
	case FEW32: return (int64_t)(random_next() % 5) - 2;
	case PRICE: return (int64_t)(random_next() % 30000) * 10000;
	case AMOUNT:
		if (extreme)
			return low ? INT64_C(-999999999999999999) : INT64_C(999999999999999999);
		return (int64_t)(random_next() % UINT64_C(1000000000000));
	case F64:
		return random_next() % 10 == 0 ? double_bits(doubles[random_next() % 7])
					       : double_bits((double)(int64_t)random_next() / 1e6);
	case NOT:
		return random_next() % 5 == 0 ? double_bits(0.0 / 0.0)
					      : double_bits((double)(random_next() % 10));
	case FLAG: return low;
	default: return 0;
	}
}

static void print_value(FILE *to, const struct vector *v, int column, uint32_t row)
{
	int64_t value;
	double number;

	if (!vector_is_valid(v, row)) {
		fputs("\\N", to);
		return;
	}
	if (v->type == COLUMN_STRING) {
		struct text t = vector_text(v, row);
		fprintf(to, "%.*s", (int)t.len, t.data);
		return;
	}
	value = vector_int(v, row);
	memcpy(&number, &value, sizeof number);
	if (v->type == COLUMN_FLOAT64 && number != number)
		fputs("nan", to);
	else if (v->type == COLUMN_FLOAT64)
		fprintf(to, "%.17g", number);
	else if (v->type == COLUMN_DECIMAL)
		fprintf(to, "%s%" PRId64 ".%06" PRId64, value < 0 ? "-" : "", imaxabs(value) / 1000000,
			imaxabs(value) % 1000000);
	else if (v->type == COLUMN_BOOL)
		fputs(value != 0 ? "true" : "false", to);
	else
		fprintf(to, "%" PRId64, value);
	(void)column;
}

static void fill(struct vector *vectors, int64_t first)
{
	for (int k = 0; k < COLUMNS; k++) {
		vectors[k] = (struct vector){.type = shape[k].type, .width = 8, .values = values[k]};
		for (uint32_t i = 0; i < ROWS; i++) {
			bool null = shape[k].nullable && (k == NOTHING || null_here());
			valid[k][i / 64] = (valid[k][i / 64] & ~((uint64_t)1 << i % 64)) | (uint64_t)!null
											       << i % 64;
			vectors[k].nulls += null;
			values[k][i] = null ? 0 : value_of(k, first + i);
		}
		if (shape[k].nullable)
			vectors[k].valid = valid[k];
		if (shape[k].type == COLUMN_STRING)
			vectors[k].form = VECTOR_CODES;
	}
	vectors[WORD].strings = &word_strings;
	vectors[ID].strings = &id_strings;
	vectors[SOURCE].strings = &source_strings;
	vectors[NOTHING].strings = &no_strings;
	vectors[SOURCE].width = vectors[NOTHING].width = 0;
	for (uint32_t i = 0; i < ROWS; i++) {
		offsets[i + 1] = offsets[i];
		if (!vector_is_valid(&vectors[PLAIN], i))
			continue;
		for (uint64_t n = random_next() % PLAIN_LEN; n > 0; n--)
			plain[offsets[i + 1]++] = (char)('a' + random_next() % 26);
	}
	vectors[PLAIN].form = VECTOR_PLAIN;
	vectors[PLAIN].offsets = offsets;
	vectors[PLAIN].bytes = plain;
	vectors[PLAIN].fingerprints = fingerprints;
}

static int make_dictionaries(void)
{
	char id[16];

	for (size_t i = 0; i < WORDS; i++) {
		if (strings_add(&word_strings, words[i], strlen(words[i])) != 0)
			return -1;
	}
	for (int i = 0; i < CODES; i++) {
		if (strings_add(&id_strings, id, (size_t)snprintf(id, sizeof id, "session-%06d", i)) != 0)
			return -1;
	}
	return strings_add(&source_strings, "bronze/a.jsonl.gz", 17);
}

static int write_rows(struct parquet_writer *w, FILE *tsv, int batches)
{
	static struct vector vectors[COLUMNS];
	struct batch batch = {ROWS, COLUMNS, vectors};

	for (int k = 0; k < COLUMNS; k++)
		fprintf(tsv, "%s%c", shape[k].name, k + 1 < COLUMNS ? '\t' : '\n');
	for (int b = 0; b < batches; b++) {
		fill(vectors, (int64_t)b * ROWS);
		if (parquet_write(w, &batch, NULL, ROWS) != 0)
			return -1;
		for (uint32_t i = 0; i < ROWS; i++) {
			for (int k = 0; k < COLUMNS; k++) {
				print_value(tsv, &vectors[k], k, i);
				fputc(k + 1 < COLUMNS ? '\t' : '\n', tsv);
			}
		}
	}
	return 0;
}

static int write_file(const char *folder, const char *name, const char *tsv_name, int batches)
{
	struct columns columns = {0};
	struct parquet_summary summary;
	char path[4096], tsv_path[4096];
	int status = -1;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	snprintf(tsv_path, sizeof tsv_path, "%s/%s", folder, tsv_name);
	for (int k = 0; k < COLUMNS; k++) {
		if (columns_add(&columns, shape[k].name, shape[k].type, shape[k].nullable) != 0)
			return -1;
	}
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	FILE *tsv = fopen(tsv_path, "we");
	struct parquet_writer *w = parquet_writer_open(fd, path, &columns);
	if (w != NULL && tsv != NULL) {
		parquet_writer_limit(w, GROUP, UINT64_MAX);
		if (write_rows(w, tsv, batches) == 0 && parquet_writer_finish(w, &summary) == 0)
			status = fd_close(fd, path);
	}
	if (tsv == NULL || fclose(tsv) != 0)
		status = -1;
	parquet_writer_free(w);
	columns_free(&columns);
	return status;
}

int main(int argc, char **argv)
{
	int status = 0;

	if (argc != 2) {
		puts("1..0 # SKIP a program for another test");
		return 0;
	}
	if (make_dictionaries() != 0 || write_file(argv[1], "sample.parquet", "sample.tsv", BATCHES) != 0 ||
	    write_file(argv[1], "none.parquet", "none.tsv", 0) != 0) {
		fprintf(stderr, "parquet_sample: %s\n", cause_message());
		status = 1;
	}
	strings_free(&word_strings);
	strings_free(&id_strings);
	strings_free(&source_strings);
	return status;
}
