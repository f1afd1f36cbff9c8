#include "parquet/parquet_write.h"
#include "parquet_check.h"
#include "random.h"
#include "tap.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- what went in: every value of every column, in the order written ---- */

struct expected {
	struct value *values;
	size_t n, cap;
};

/* A file under way, and what should be in it. */
struct trial {
	struct columns columns;
	struct parquet_writer *writer;
	int fd;
	struct expected expected[CHECK_COLUMNS];
	void **kept; /* copies of texts */
	size_t n_kept, kept_cap;
	bool borrows; /* texts stay where they are until the end: no copies */
	int status;   /* of all calls so far */
	uint8_t *bytes;
	struct parquet_summary summary;
	struct checked found;
};

static struct trial *trial_begin(void)
{
	struct trial *t = calloc(1, sizeof *t);

	if (t == NULL)
		exit(1);
	t->fd = memfd_create("parquet", 0);
	return t;
}

static void trial_column(struct trial *t, const char *name, enum column_type type, bool nullable)
{
	t->status |= columns_add(&t->columns, name, type, nullable);
}

static void trial_open(struct trial *t)
{
	t->writer = parquet_writer_open(t->fd, "test.parquet", &t->columns);
	t->status |= t->writer == NULL;
}

static void expect_row(struct trial *t, size_t column, const struct vector *v, uint32_t row)
{
	struct expected *e = &t->expected[column];
	struct value *value;

	if (e->n == e->cap) {
		e->cap = e->cap == 0 ? 1024 : e->cap * 2;
		e->values = realloc(e->values, e->cap * sizeof *e->values);
		if (e->values == NULL)
			exit(1);
	}
	value = &e->values[e->n++];
	*value = (struct value){.null = !vector_is_valid(v, row)};
	if (value->null)
		return;
	if (v->type != COLUMN_STRING) {
		value->number = vector_int(v, row);
		return;
	}
	struct text text = vector_text(v, row);
	value->text = (const uint8_t *)text.data;
	if (!t->borrows) {
		uint8_t *copy = malloc(text.len + 1);
		if (copy == NULL ||
		    array_reserve(&t->kept, &t->kept_cap, t->n_kept + 1, sizeof *t->kept) != 0)
			exit(1);
		memcpy(copy, text.data, text.len);
		t->kept[t->n_kept++] = copy;
		value->text = copy;
	}
	value->len = text.len;
}

static void trial_write(struct trial *t, const struct batch *batch, const uint32_t *rows, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t k = 0; k < batch->n_vectors; k++)
			expect_row(t, k, &batch->vectors[k], rows == NULL ? i : rows[i]);
	}
	if (t->status == 0)
		t->status = parquet_write(t->writer, batch, rows, n);
}

static bool same_values(const struct expected *e, const struct checked_column *c)
{
	if (e->n != c->n)
		return false;
	for (size_t i = 0; i < e->n; i++) {
		if (e->values[i].null != c->values[i].null ||
		    compare_values(&e->values[i], &c->values[i]) != 0)
			return false;
	}
	return true;
}

/* Finishes the file and reads it back. */
static bool trial_end(struct trial *t, const char *what)
{
	struct stat st;
	struct hash_stream hash;
	struct hash128 sum;

	if (t->status == 0)
		t->status = parquet_writer_finish(t->writer, &t->summary);
	if (!ok(t->status == 0, "%s: is written %s", what, cause_message()))
		return false;
	if (!ok(fstat(t->fd, &st) == 0 && (uint64_t)st.st_size == t->summary.size, "%s: its size is known",
		what))
		return false;
	t->bytes = malloc(t->summary.size);
	if (t->bytes == NULL || pread(t->fd, t->bytes, t->summary.size, 0) != st.st_size)
		exit(1);
	hash_begin(&hash);
	hash_update(&hash, t->bytes, t->summary.size);
	sum = hash_end(&hash);
	ok(sum.low == t->summary.checksum.low && sum.high == t->summary.checksum.high, "%s: its checksum too",
	   what);
	if (!ok(check_file(&t->found, t->bytes, t->summary.size), "%s: is in order %s", what, t->found.why))
		return false;
	ok(t->found.rows == t->summary.rows && t->found.n_columns == t->columns.n, "%s: rows and columns",
	   what);
	for (size_t k = 0; k < t->found.n_columns; k++)
		ok(same_values(&t->expected[k], &t->found.columns[k]), "%s: values of %s", what,
		   t->columns.items[k].name);
	return true;
}

static void trial_free(struct trial *t)
{
	check_free(&t->found);
	parquet_writer_free(t->writer);
	columns_free(&t->columns);
	for (size_t i = 0; i < CHECK_COLUMNS; i++)
		free(t->expected[i].values);
	for (size_t i = 0; i < t->n_kept; i++)
		free(t->kept[i]);
	free(t->kept);
	free(t->bytes);
	close(t->fd);
	free(t);
}

/* ---- vectors ---- */

enum { ROWS = 40000 }; /* more than a slice */

/* Memory of one vector. */
struct made {
	struct vector v;
	uint64_t values[ROWS];
	uint64_t valid[ROWS / 64 + 1];
	uint32_t offsets[ROWS + 1];
	struct buffer bytes;
};

static void make_nulls(struct made *m, uint32_t n, unsigned one_in)
{
	m->v.valid = NULL;
	m->v.nulls = 0;
	if (one_in == 0)
		return;
	for (uint32_t i = 0; i < n; i++) {
		bool null = random_next() % one_in == 0;
		m->valid[i / 64] = (m->valid[i / 64] & ~((uint64_t)1 << i % 64)) | (uint64_t)!null << i % 64;
		m->v.nulls += null;
	}
	m->v.valid = m->valid;
}

/* Stored integers below limit, of the width given. */
static void make_fixed(struct made *m, enum column_type type, uint32_t n, unsigned width, int64_t base,
		       uint64_t limit, unsigned null_one_in)
{
	uint8_t *to = (uint8_t *)m->values;

	m->v = (struct vector){.type = type, .width = width, .base = base, .values = m->values};
	for (uint32_t i = 0; i < n; i++) {
		uint64_t value = limit == 0 ? random_next() : random_next() % limit;
		memcpy(to + (size_t)i * width, &value, width);
	}
	make_nulls(m, n, null_one_in);
}

static void make_codes(struct made *m, const struct strings *strings, uint32_t n, unsigned width,
		       int64_t base, uint64_t limit, unsigned null_one_in)
{
	make_fixed(m, COLUMN_STRING, n, width, base, limit, null_one_in);
	m->v.form = VECTOR_CODES;
	m->v.strings = strings;
}

static void make_plain(struct made *m, uint32_t n, size_t max_len, unsigned null_one_in)
{
	m->v = (struct vector){.type = COLUMN_STRING, .form = VECTOR_PLAIN, .offsets = m->offsets};
	make_nulls(m, n, null_one_in);
	buffer_clear(&m->bytes);
	m->offsets[0] = 0;
	for (uint32_t i = 0; i < n; i++) {
		size_t len = random_next() % (max_len + 1);
		if (!vector_is_valid(&m->v, i))
			len = 0;
		if (buffer_reserve(&m->bytes, len + 1) != 0)
			exit(1);
		for (size_t k = 0; k < len; k++)
			m->bytes.data[m->bytes.len++] = (uint8_t)('a' + random_next() % 26);
		m->offsets[i + 1] = (uint32_t)m->bytes.len;
	}
	m->v.bytes = (const char *)m->bytes.data;
}

static void make_strings(struct strings *s, uint32_t n, size_t len)
{
	char text[64];

	strings_clear(s);
	for (uint32_t i = 0; i < n; i++) {
		snprintf(text, sizeof text, "%0*u", (int)len, i);
		if (strings_add(s, text, strlen(text)) != 0)
			exit(1);
	}
}

/* ---- the trials ---- */

static const enum column_type all_types[] = {COLUMN_TIMESTAMP, COLUMN_STRING,  COLUMN_INT64, COLUMN_INT32,
					     COLUMN_DECIMAL,   COLUMN_FLOAT64, COLUMN_BOOL,  COLUMN_STRING};
enum { N_TYPES = 8 };

/* Every type, as vectors of one width; the last string column is plain. */
static void make_all(struct made *made, struct vector *vectors, const struct strings *strings, uint32_t n,
		     unsigned width, unsigned null_one_in)
{
	for (size_t k = 0; k < N_TYPES; k++) {
		enum column_type type = all_types[k];
		uint64_t limit = width == 8 ? 0 : (uint64_t)1 << width * 8;
		int64_t base = type == COLUMN_DECIMAL ? 10000 : -5;

		if (type == COLUMN_INT32)
			limit = width == 1 ? 256 : 30000;
		if (type == COLUMN_DECIMAL && width == 8)
			limit = UINT64_C(1000000000000);
		if (type == COLUMN_BOOL) {
			base = width == 0;
			limit = 2;
		}
		if (k == N_TYPES - 1)
			make_plain(&made[k], n, 20, null_one_in);
		else if (type == COLUMN_STRING)
			make_codes(&made[k], strings, n, width, 3, width == 1 ? 200 : 900, null_one_in);
		else
			make_fixed(&made[k], type, n, width, base, limit, null_one_in);
		vectors[k] = made[k].v;
	}
}

static void every_type(void)
{
	static struct made made[N_TYPES];
	static const unsigned widths[] = {0, 1, 2, 4, 8}, nulls[] = {0, 1, 2, 10, 1000};
	static const uint32_t counts[] = {1, 7, 63, 64, 65, 1000, 16384, 16385, ROWS};
	static uint32_t rows[ROWS];
	struct strings strings = {0};
	struct vector vectors[N_TYPES];
	char name[32];

	make_strings(&strings, 1000, 5);
	for (size_t round = 0; round < 5; round++) {
		struct trial *t = trial_begin();

		for (int k = 0; k < N_TYPES; k++) {
			snprintf(name, sizeof name, "%s%d", column_type_name(all_types[k]), k);
			trial_column(t, name, all_types[k], nulls[round] != 0);
		}
		trial_open(t);
		for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
			uint32_t n = counts[i], some = 0, from = n / 3;
			struct batch batch = {n, N_TYPES, vectors};

			make_all(made, vectors, &strings, n, widths[(i + round) % 5], nulls[(i + round) % 5]);
			if (nulls[round] == 0)
				make_all(made, vectors, &strings, n, widths[i % 5], 0);
			for (uint32_t r = 0; r < n; r++) {
				rows[some] = r;
				some += random_next() % 3 != 0;
			}
			trial_write(t, &batch, NULL, n);
			trial_write(t, &batch, rows, some);
			trial_write(t, &batch, rows, 0);
			for (uint32_t r = from; r < n; r++)
				rows[r - from] = r;
			trial_write(t, &batch, rows, n - from);
		}
		snprintf(name, sizeof name, "every type, round %zu", round);
		trial_end(t, name);
		trial_free(t);
	}
	for (size_t k = 0; k < N_TYPES; k++)
		buffer_free(&made[k].bytes);
	strings_free(&strings);
}

/* Many appends of a few rows go into one page. */
static void small_appends(void)
{
	static struct made made[2];
	struct strings strings = {0};
	struct vector vectors[2];
	struct batch batch = {3, 2, vectors};
	struct trial *t = trial_begin();

	make_strings(&strings, 10, 3);
	trial_column(t, "name", COLUMN_STRING, true);
	trial_column(t, "line", COLUMN_INT64, false);
	trial_open(t);
	for (int i = 0; i < 3000; i++) {
		make_codes(&made[0], &strings, 3, i % 2 == 0 ? 1 : 0, i % 10, i % 2 == 0 ? 1 : 0, 5);
		make_fixed(&made[1], COLUMN_INT64, 3, 2, i, 100, 0);
		vectors[0] = made[0].v;
		vectors[1] = made[1].v;
		trial_write(t, &batch, NULL, 3);
	}
	if (trial_end(t, "small appends"))
		ok(t->found.columns[0].pages[8] == 1 && t->found.columns[1].pages[5] == 1,
		   "they are one page");
	trial_free(t);
	strings_free(&strings);
}

static void constants_and_nulls(void)
{
	static struct made made[3];
	struct strings strings = {0}, none = {0};
	struct vector vectors[3];
	struct batch batch = {16000, 3, vectors};
	struct trial *t = trial_begin();

	make_strings(&strings, 3, 5);
	trial_column(t, "source", COLUMN_STRING, false);
	trial_column(t, "empty", COLUMN_STRING, true);
	trial_column(t, "none", COLUMN_DECIMAL, true);
	trial_open(t);
	for (int i = 0; i < 10; i++) {
		make_codes(&made[0], &strings, 16000, 0, i / 5, 0, 0);
		make_codes(&made[1], &none, 16000, 0, 0, 0, 1);
		make_fixed(&made[2], COLUMN_DECIMAL, 16000, 0, 0, 0, 1);
		for (int k = 0; k < 3; k++)
			vectors[k] = made[k].v;
		trial_write(t, &batch, NULL, 16000);
	}
	if (trial_end(t, "constants and nothing but nulls")) {
		ok(t->summary.size < 2500, "cost nearly nothing: %lu bytes", (unsigned long)t->summary.size);
		ok(t->found.columns[1].dictionaries == 0 && t->found.columns[2].dictionaries == 0,
		   "no dictionary without values");
		ok(binary_field(t->found.columns[1].statistics, 5).p == NULL, "no bounds without values");
	}
	trial_free(t);
	strings_free(&strings);
}

/* Codes that begin afresh: the same texts under other codes are the same entries of the dictionary. */
static void resets(void)
{
	static struct made made;
	struct strings strings = {0};
	struct vector vectors[1];
	struct batch batch = {5000, 1, vectors};
	struct trial *t = trial_begin();
	char text[16];

	trial_column(t, "user", COLUMN_STRING, true);
	trial_open(t);
	if (t->writer != NULL)
		parquet_writer_limit(t->writer, 30000, UINT64_MAX);
	for (unsigned i = 0; i < 20; i++) {
		strings_clear(&strings);
		for (unsigned k = 0; k < 400; k++) {
			snprintf(text, sizeof text, "user-%u", (k * 7 + i * 100) % 1000);
			t->status |= strings_add(&strings, text, strlen(text));
		}
		make_codes(&made, &strings, 5000, 2, 0, 400, 3);
		vectors[0] = made.v;
		trial_write(t, &batch, NULL, 5000);
		if (i % 3 != 1) {
			if (t->status == 0)
				t->status |= parquet_writer_strings_reset(t->writer, 0);
		} else {
			/* The dictionary only grows. */
			t->status |= strings_add(&strings, "late", 4);
			make_codes(&made, &strings, 5000, 2, 0, 401, 3);
			vectors[0] = made.v;
			trial_write(t, &batch, NULL, 5000);
			if (t->status == 0)
				t->status |= parquet_writer_strings_reset(t->writer, 0);
		}
	}
	if (trial_end(t, "resets"))
		ok(t->found.n_groups > 3 && t->found.columns[0].dictionaries == t->found.n_groups &&
		       t->found.columns[0].pages[0] == 0,
		   "one dictionary for each row group");
	trial_free(t);
	strings_free(&strings);
}

/* Rows that come when the stream has had other strings before: its codes become the indices once half of them
 * have come, and the ends of the dictionary, which no row has, must not be bounds. */
static void adopted_codes(void)
{
	static struct made made[2];
	struct strings strings = {0};
	struct vector vectors[2];
	struct batch batch = {8000, 2, vectors};
	struct trial *t = trial_begin();
	char text[16];

	trial_column(t, "user", COLUMN_STRING, true);
	trial_column(t, "constant", COLUMN_STRING, false);
	trial_open(t);
	if (t->writer != NULL)
		parquet_writer_limit(t->writer, 200000, UINT64_MAX);
	make_strings(&strings, 10000, 6);
	for (int i = 0; i < 80; i++) {
		/* One of them, more, all but the ends, then new ones behind an end that stays unused; again.
		 */
		int64_t base = i % 40 < 3 ? 9000 : 100;
		uint64_t limit = i % 40 < 6 ? 3000 : strings.n - 200;
		if (i % 40 > 20) {
			snprintf(text, sizeof text, "late-%d", i);
			t->status |= strings_add(&strings, text, strlen(text));
		}
		make_codes(&made[0], &strings, 8000, i % 40 < 3 ? 0 : 4, base, limit, 4);
		make_codes(&made[1], &strings, 8000, 0, i < 40 ? 5000 : 1, 0, 0);
		vectors[0] = made[0].v;
		vectors[1] = made[1].v;
		trial_write(t, &batch, NULL, 8000);
		if (i == 52 && t->status == 0) {
			/* And codes that begin afresh in the middle of it, in another order. */
			t->status |= parquet_writer_strings_reset(t->writer, 0);
			t->status |= parquet_writer_strings_reset(t->writer, 1);
			strings_clear(&strings);
			for (int k = 9999; k >= 0; k--) {
				snprintf(text, sizeof text, "%06d", k);
				t->status |= strings_add(&strings, text, strlen(text));
			}
		}
	}
	if (trial_end(t, "adopted codes")) {
		ok(t->found.n_groups == 4 && t->found.columns[0].dictionaries == 4,
		   "a dictionary in each group");
		ok(t->found.columns[0].pages[0] == 0, "and nothing else");
	}
	trial_free(t);
	strings_free(&strings);
}

/* Too many texts for a dictionary, plain vectors between codes, and back to dictionaries in the next row
 * group.
 */
static void plain_fallback(uint32_t n_strings)
{
	static struct made made;
	struct strings strings = {0};
	struct vector vectors[1];
	struct batch batch = {16384, 1, vectors};
	struct trial *t = trial_begin();

	trial_column(t, "id", COLUMN_STRING, true);
	trial_open(t);
	if (t->writer != NULL)
		parquet_writer_limit(t->writer, 16384 * 6, UINT64_MAX);
	make_strings(&strings, n_strings, 36);
	for (int i = 0; i < 8; i++) {
		make_codes(&made, &strings, 16384, 4, 0, i < 5 ? n_strings : 50, 10);
		vectors[0] = made.v;
		trial_write(t, &batch, NULL, 16384);
	}
	make_plain(&made, 16384, 200, 4);
	vectors[0] = made.v;
	trial_write(t, &batch, NULL, 16384);
	make_codes(&made, &strings, 16384, 1, 70, 5, 10);
	vectors[0] = made.v;
	trial_write(t, &batch, NULL, 16384);
	if (trial_end(t, "too many texts")) {
		ok(t->found.columns[0].pages[0] > 5 && t->found.columns[0].pages[8] >= 2, "both encodings");
		ok(t->found.n_groups == 2 && t->found.columns[0].dictionaries == 2,
		   "a dictionary in each group");
		ok(t->found.columns[0].largest_page < 1300000, "pages of about 1 MiB");
	}
	trial_free(t);
	buffer_free(&made.bytes);
	strings_free(&strings);
}

static void long_texts(void)
{
	static struct made made;
	struct strings strings = {0};
	struct vector vectors[1];
	struct batch batch = {600, 1, vectors};
	struct trial *t = trial_begin();
	size_t len = 3 << 20;
	char *text = malloc(len);

	if (text == NULL)
		exit(1);
	for (size_t i = 0; i < len; i++)
		text[i] = (char)('a' + i % 23);
	trial_column(t, "text", COLUMN_STRING, false);
	trial_open(t);
	t->status |= strings_add(&strings, "short", 5) || strings_add(&strings, text, len) ||
		     strings_add(&strings, text, 1 << 20) || strings_add(&strings, "", 0);
	t->borrows = true;
	make_codes(&made, &strings, 600, 1, 0, 4, 0);
	vectors[0] = made.v;
	memset(made.values, 0, 300);
	trial_write(t, &batch, NULL, 600);
	if (trial_end(t, "texts of megabytes"))
		ok(t->found.columns[0].largest_page < 4 << 20, "a page ends where its bytes do");
	trial_free(t);
	strings_free(&strings);
	free(text);
}

/* Which encodings numbers get. */
static void numbers(void)
{
	static struct made made[4];
	struct vector vectors[4];
	struct batch batch = {16384, 4, vectors};
	struct trial *t = trial_begin();

	trial_column(t, "distinct", COLUMN_DECIMAL, true);
	trial_column(t, "few", COLUMN_DECIMAL, true);
	trial_column(t, "distinct32", COLUMN_INT32, false);
	trial_column(t, "late", COLUMN_FLOAT64, false);
	trial_open(t);
	for (int i = 0; i < 30; i++) {
		make_fixed(&made[0], COLUMN_DECIMAL, 16384, 8, 0, UINT64_C(1) << 40, 3);
		make_fixed(&made[1], COLUMN_DECIMAL, 16384, 4, 0, 1000, 3);
		make_fixed(&made[2], COLUMN_INT32, 16384, 4, INT32_MIN, UINT64_C(1) << 32, 0);
		/* Few at first, so that the dictionary is chosen; far too many later. */
		make_fixed(&made[3], COLUMN_FLOAT64, 16384, 8, 0, i < 10 ? 100 : 1 << 30, 0);
		for (int k = 0; k < 4; k++)
			vectors[k] = made[k].v;
		trial_write(t, &batch, NULL, 16384);
	}
	if (trial_end(t, "numbers")) {
		const struct checked_column *c = t->found.columns;

		ok(c[0].pages[5] == 30 && c[0].dictionaries == 0, "distinct decimals are deltas");
		ok(c[1].pages[8] == 30, "decimals that repeat have a dictionary");
		ok(c[2].pages[0] == 30 && c[2].dictionaries == 0, "distinct int32 are plain");
		ok(c[3].pages[8] >= 10 && c[3].pages[0] >= 10, "a dictionary is given up when it must");
	}
	trial_free(t);
}

static void row_groups(void)
{
	static struct made made[N_TYPES];
	struct strings strings = {0};
	struct vector vectors[N_TYPES];
	struct batch batch = {16384, N_TYPES, vectors};
	struct trial *t;

	make_strings(&strings, 1000, 5);
	for (int by_bytes = 0; by_bytes < 2; by_bytes++) {
		t = trial_begin();
		for (int k = 0; k < N_TYPES; k++)
			trial_column(t, k == 0 ? "a" : k == 1 ? "b" : "c", all_types[k], true);
		trial_open(t);
		if (t->writer != NULL)
			parquet_writer_limit(t->writer, by_bytes ? UINT64_MAX : 1000,
					     by_bytes ? 200000 : UINT64_MAX);
		for (int i = 0; i < 4; i++) {
			make_all(made, vectors, &strings, 16384, 2, 7);
			trial_write(t, &batch, NULL, 16384);
		}
		if (trial_end(t, by_bytes ? "groups by bytes" : "groups by rows"))
			ok(by_bytes ? t->found.n_groups > 1
				    : t->found.n_groups >= 48 && t->found.n_groups <= 65,
			   "%zu of them", t->found.n_groups);
		trial_free(t);
	}
	for (size_t k = 0; k < N_TYPES; k++)
		buffer_free(&made[k].bytes);
	strings_free(&strings);
}

static void no_rows(void)
{
	struct trial *t = trial_begin();

	for (int k = 0; k < N_TYPES; k++)
		trial_column(t, "c", all_types[k], true);
	trial_open(t);
	if (trial_end(t, "no rows")) {
		ok(t->found.n_groups == 0 && t->summary.rows == 0, "no row groups");
		ok(left(t->found.created_by) > 15 &&
		       memcmp(t->found.created_by.p, "evlake version ", 15) == 0,
		   "created_by names us");
	}
	trial_free(t);
}

/* The column's SchemaElement. */
static struct cursor element(const struct trial *t, size_t column)
{
	struct cursor c = t->found.schema;

	for (size_t i = 0; i <= column; i++) {
		if (!skip_struct(&c))
			return (struct cursor){NULL, NULL};
	}
	return c;
}

static void schema(void)
{
	static const int types[] = {2, 6, 2, 1, 2, 5, 0}, converted[] = {10, 0, -1, -1, 5, -1, -1},
			 logical[] = {8, 1, 0, 0, 5, 0, 0};
	struct trial *t = trial_begin();

	for (int k = 0; k < 7; k++)
		trial_column(t, column_type_name(all_types[k]), all_types[k], k % 2 != 0);
	trial_open(t);
	if (!trial_end(t, "schema"))
		goto free_trial;
	for (size_t k = 0; k < 7; k++) {
		struct cursor e = element(t, k), l = struct_field(e, 10);

		ok(int_field(e, 1, -1) == types[k] && int_field(e, 6, -1) == converted[k] &&
		       int_field(e, 3, -1) == (int64_t)(k % 2),
		   "%s: physical type, converted type, repetition", t->columns.items[k].name);
		ok(logical[k] == 0 ? l.p == NULL : struct_field(l, logical[k]).p != NULL, "and logical type");
	}
	struct cursor timestamp = struct_field(struct_field(element(t, 0), 10), 8);
	ok(bool_field(timestamp, 1) == 1 && struct_field(struct_field(timestamp, 2), 2).p != NULL,
	   "timestamps are UTC microseconds");
	struct cursor decimal = struct_field(struct_field(element(t, 4), 10), 5);
	ok(int_field(decimal, 1, -1) == 6 && int_field(decimal, 2, -1) == 18 &&
	       int_field(element(t, 4), 7, -1) == 6 && int_field(element(t, 4), 8, -1) == 18,
	   "decimals are (18, 6)");
free_trial:
	trial_free(t);
}

/* Bounds of a column whose values are these; the statistics are those of the only row group. */
static struct trial *statistics_of(enum column_type type, const int64_t *values, uint32_t n)
{
	struct vector v = {.type = type, .width = 8, .values = values};
	struct batch batch = {n, 1, &v};
	struct trial *t = trial_begin();

	trial_column(t, "c", type, false);
	trial_open(t);
	trial_write(t, &batch, NULL, n);
	trial_end(t, "statistics");
	return t;
}

static bool bound_is(const struct trial *t, int id, int64_t value, size_t len)
{
	struct cursor c = binary_field(t->found.columns[0].statistics, id);

	return c.p != NULL && left(c) == len && (int64_t)get_bits(c.p, 0, (unsigned)len * 8) == value;
}

static void number_statistics(void)
{
	static const int64_t wide[] = {5, INT64_MIN, INT64_MAX, 0}, narrow[] = {3, -7, 9}, truth[] = {1, 1};
	static const double doubles[] = {0.0, 2.5, -0.0}, not [] = {1, 0.0 / 0.0, 2};
	int64_t bits[3];
	double zero = 0;
	struct trial *t = statistics_of(COLUMN_INT64, wide, 4);

	ok(bound_is(t, 6, INT64_MIN, 8) && bound_is(t, 5, INT64_MAX, 8), "int64");
	ok(bool_field(t->found.columns[0].statistics, 7) == 1 &&
	       bool_field(t->found.columns[0].statistics, 8) == 1,
	   "are exact");
	trial_free(t);
	t = statistics_of(COLUMN_INT32, narrow, 3);
	ok(bound_is(t, 6, (uint32_t)-7, 4) && bound_is(t, 5, 9, 4), "int32");
	trial_free(t);
	t = statistics_of(COLUMN_DECIMAL, narrow, 3);
	ok(bound_is(t, 6, -7, 8) && bound_is(t, 5, 9, 8), "decimal");
	trial_free(t);
	t = statistics_of(COLUMN_BOOL, truth, 2);
	ok(bound_is(t, 6, 1, 1) && bound_is(t, 5, 1, 1), "bool");
	trial_free(t);
	memcpy(bits, doubles, sizeof bits);
	t = statistics_of(COLUMN_FLOAT64, bits, 3);
	ok(bound_is(t, 6, INT64_MIN, 8), "a zero is -0.0 as minimum");
	trial_free(t);
	t = statistics_of(COLUMN_FLOAT64, bits + 2, 1);
	memcpy(bits, &zero, sizeof zero);
	ok(bound_is(t, 5, bits[0], 8), "and +0.0 as maximum");
	trial_free(t);
	memcpy(bits, not, sizeof bits);
	t = statistics_of(COLUMN_FLOAT64, bits, 3);
	ok(binary_field(t->found.columns[0].statistics, 5).p == NULL &&
	       int_field(t->found.columns[0].statistics, 3, -1) == 0,
	   "no bounds beside a NaN");
	trial_free(t);
}

/* ---- refusals, and the same bytes ---- */

static int try_values(enum column_type type, bool nullable, const struct vector *v)
{
	struct vector vector = *v;
	struct batch batch = {2, 1, &vector};
	struct trial *t = trial_begin();
	int status;

	trial_column(t, "c", type, nullable);
	trial_open(t);
	status = t->status != 0 || parquet_write(t->writer, &batch, NULL, 2) != 0 ||
		 parquet_writer_finish(t->writer, &t->summary) != 0;
	trial_free(t);
	return status;
}

static void refusals(void)
{
	static const int64_t big[] = {0, INT64_C(1) << 31}, huge[] = {0, INT64_C(1000000000000000000)};
	static const uint64_t valid[] = {1};
	struct vector v = {.type = COLUMN_INT32, .width = 8, .values = big};

	cause_clear();
	ok(try_values(COLUMN_INT32, true, &v) != 0 && cause_status() == STATUS_INPUT,
	   "an int32 out of range: %s", cause_message());
	cause_clear();
	v = (struct vector){.type = COLUMN_DECIMAL, .width = 8, .values = huge};
	ok(try_values(COLUMN_DECIMAL, true, &v) != 0 && cause_status() == STATUS_INPUT,
	   "a decimal of 19 digits");
	cause_clear();
	v = (struct vector){.type = COLUMN_INT64, .width = 8, .values = big, .valid = valid, .nulls = 1};
	ok(try_values(COLUMN_INT64, false, &v) != 0 && cause_status() == STATUS_INPUT,
	   "a null in a required column");
	cause_clear();
	ok(try_values(COLUMN_INT64, true, &v) == 0, "and in one that may have it");

	struct columns columns = {0};
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	ok(columns_add(&columns, "c", COLUMN_INT64, true) == 0, "columns");
	struct parquet_writer *w = parquet_writer_open(fd, "full.parquet", &columns);
	ok(w == NULL && cause_status() == STATUS_SYSTEM && strstr(cause_message(), "full.parquet") != NULL,
	   "a full disk: %s", cause_message());
	parquet_writer_free(w);
	columns_free(&columns);
	close(fd);
	cause_clear();
}

static void same_bytes(void)
{
	static struct made made[N_TYPES];
	struct strings strings = {0};
	struct vector vectors[N_TYPES];
	struct batch batch = {16384, N_TYPES, vectors};
	struct trial *t[2] = {trial_begin(), trial_begin()};

	make_strings(&strings, 1000, 5);
	for (int i = 0; i < 2; i++) {
		for (int k = 0; k < N_TYPES; k++)
			trial_column(t[i], "c", all_types[k], true);
		trial_open(t[i]);
	}
	for (int n = 0; n < 5; n++) {
		make_all(made, vectors, &strings, 16384, 4, 7);
		for (int i = 0; i < 2; i++)
			trial_write(t[i], &batch, NULL, 16384);
	}
	if (trial_end(t[0], "once") && trial_end(t[1], "twice"))
		ok(t[0]->summary.size == t[1]->summary.size &&
		       memcmp(t[0]->bytes, t[1]->bytes, t[0]->summary.size) == 0,
		   "the same calls give the same bytes");
	trial_free(t[0]);
	trial_free(t[1]);
	for (size_t k = 0; k < N_TYPES; k++)
		buffer_free(&made[k].bytes);
	strings_free(&strings);
}

int main(void)
{
	every_type();
	small_appends();
	constants_and_nulls();
	resets();
	adopted_codes();
	plain_fallback(200000); /* which hardly repeat */
	plain_fallback(60000);  /* which fill the dictionary */
	long_texts();
	numbers();
	row_groups();
	no_rows();
	schema();
	number_statistics();
	refusals();
	same_bytes();
	return tap_done();
}
