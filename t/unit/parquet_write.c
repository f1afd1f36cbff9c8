#include "../../lib/parquet_write.h"
#include "tap.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Writes the batch `times` over and gives the file's bytes; NULL on error. */
static uint8_t *write_file(const struct columns *columns, const struct batch *batch, int times,
			   struct parquet_summary *summary)
{
	int fd = memfd_create("parquet", 0);
	struct parquet_writer *w = parquet_writer_open(fd, "test", columns);
	uint8_t *bytes = NULL;
	struct stat st;
	int status = w == NULL ? -1 : 0;

	for (int i = 0; i < times && status == 0; i++)
		status = parquet_write(w, batch, NULL, batch->n);
	if (status == 0 && parquet_writer_finish(w, summary) == 0 && fstat(fd, &st) == 0 &&
	    (uint64_t)st.st_size == summary->size) {
		bytes = malloc(summary->size);
		if (bytes != NULL && pread(fd, bytes, summary->size, 0) != st.st_size) {
			free(bytes);
			bytes = NULL;
		}
	}
	parquet_writer_free(w);
	close(fd);
	return bytes;
}

static bool is_framed(const uint8_t *bytes, const struct parquet_summary *summary)
{
	uint32_t len;
	struct hash_stream hash;
	struct hash128 sum;

	if (summary->size < 12 || memcmp(bytes, "PAR1", 4) != 0 ||
	    memcmp(bytes + summary->size - 4, "PAR1", 4) != 0)
		return false;
	memcpy(&len, bytes + summary->size - 8, sizeof len);
	hash_begin(&hash);
	hash_update(&hash, bytes, summary->size);
	sum = hash_end(&hash);
	return len <= summary->size - 12 && sum.low == summary->checksum.low &&
	       sum.high == summary->checksum.high;
}

int main(void)
{
	static const uint8_t codes[] = {0, 1, 0, 2, 1, 0, 0, 0};
	static const uint16_t lines[] = {0, 1, 2, 3, 4, 5, 6, 7};
	static const uint64_t valid[] = {0x5f};
	struct strings strings = {0};
	struct columns columns = {0};
	struct vector vectors[2];
	struct batch batch = {8, 2, vectors};
	struct parquet_summary first, second, none;
	uint8_t *a, *b, *empty;

	ok(strings_add(&strings, "one", 3) == 0 && strings_add(&strings, "two", 3) == 0 &&
	       strings_add(&strings, "", 0) == 0,
	   "strings");
	ok(columns_add(&columns, "name", COLUMN_STRING, true) == 0 &&
	       columns_add(&columns, "line", COLUMN_INT64, false) == 0,
	   "columns");
	vectors[0] = (struct vector){.type = COLUMN_STRING,
				     .form = VECTOR_CODES,
				     .width = 1,
				     .nulls = 2,
				     .values = codes,
				     .valid = valid,
				     .strings = &strings};
	vectors[1] = (struct vector){.type = COLUMN_INT64, .width = 2, .base = 1, .values = lines};
	a = write_file(&columns, &batch, 10000, &first);
	b = write_file(&columns, &batch, 10000, &second);
	empty = write_file(&columns, &batch, 0, &none);
	ok(a != NULL && b != NULL && empty != NULL, "files are written: %s", cause_message());
	ok(a != NULL && is_framed(a, &first) && first.rows == 80000, "with magic, footer and checksum");
	ok(empty != NULL && is_framed(empty, &none) && none.rows == 0, "one without rows too");
	ok(a != NULL && b != NULL && first.size == second.size && memcmp(a, b, first.size) == 0,
	   "the same calls give the same bytes");
	free(a);
	free(b);
	free(empty);
	strings_free(&strings);
	columns_free(&columns);
	return tap_done();
}
