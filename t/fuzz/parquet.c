/*
 * Parquet files, read whole and in part. Files without page checksums reach further, so the corpus has such.
 */
#include "base/utf8.h"
#include "silver/silver_read.h"

#include "fuzz.h"

enum { BATCHES = 64 }; /* a few bytes can be many equal rows */

/* Every text is UTF-8, and every number one of its type. */
static void look_at(const struct builder_column *c)
{
	struct vector v;

	builder_view(c, &v);
	for (uint32_t i = 0; i < c->n; i++) {
		if (!vector_is_valid(&v, i))
			continue;
		if (v.type == COLUMN_STRING) {
			const struct text t = vector_text(&v, i);

			MUST(utf8_check(t.data, t.len) == t.len);
		} else {
			const int64_t n = vector_int(&v, i);

			MUST(v.type != COLUMN_BOOL || n == 0 || n == 1);
			MUST(v.type != COLUMN_INT32 || (n >= INT32_MIN && n <= INT32_MAX));
		}
	}
}

/* The rows; -1 when it was refused. */
static int64_t read_all(int fd)
{
	struct silver_reader s;
	struct builder b = {0};
	int64_t rows = 0;
	int more = silver_reader_open(&s, fd, "silver/event_date=2025-12-07/fuzz.parquet", NULL, 0);

	if (more == 0)
		more = builder_init(&b, s.columns.items, s.columns.n);
	for (int n = 0; n < BATCHES && more >= 0 && (more = silver_reader_next(&s, &b)) > 0; n++) {
		rows += builder_rows(&b);
		for (size_t i = 0; i < b.n_columns; i++) {
			MUST(b.columns[i].n == builder_rows(&b));
			look_at(&b.columns[i]);
		}
		builder_clear(&b);
	}
	builder_free(&b);
	silver_reader_close(&s);
	if (more < 0)
		fuzz_failed();
	return more < 0 ? -1 : more > 0 ? INT64_MAX : rows;
}

/* Each column alone, of the row groups that a range leaves. */
static void read_columns(int fd, int64_t all)
{
	struct parquet_reader *r = parquet_open(fd, "fuzz");
	const size_t n = r != NULL ? parquet_n_columns(r) : 0;

	for (size_t i = 0; i < n && i < 20; i++) {
		const char *name = parquet_column_name(r, i);
		const struct parquet_range range = {name, 0, 1000, {"a", 1}, {"n", 1}};
		struct builder b = {0};
		int64_t rows = 0;
		int more = -1;

		if (parquet_select(r, &name, 1) == 0 && parquet_restrict(r, &range) == 0 &&
		    builder_init(&b, parquet_columns(r)->items, 1) == 0) {
			for (int k = 0; k < BATCHES && (more = parquet_read(r, &b, NULL)) > 0; k++) {
				rows += builder_rows(&b);
				look_at(&b.columns[0]);
				builder_clear(&b);
			}
		}
		MUST(more < 0 || all < 0 || rows <= all);
		builder_free(&b);
		parquet_close(r);
		if (more < 0)
			fuzz_failed();
		r = parquet_open(fd, "fuzz");
		MUST(r != NULL);
	}
	if (r == NULL)
		fuzz_failed();
	parquet_close(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const int fd = fuzz_file(data, len);

	read_columns(fd, read_all(fd));
	close(fd);
	return 0;
}
