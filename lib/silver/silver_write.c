#include "silver/silver_write.h"

#include "base/fd.h"
#include "base/timestamp.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Files have the events' columns first, then what was added, and last the line; the date is their folder's
 * name. */
static int choose_columns(struct silver_writer *w, const struct silver *s)
{
	const int line = columns_find(&s->columns, "line");
	const size_t last[] = {s->n_events + SILVER_HOUR, s->n_events + SILVER_REVENUE,
			       s->n_events + SILVER_SOURCE};
	size_t n = 0;

	for (size_t i = 0; i < s->n_events; i++) {
		if ((int)i != line)
			w->order[n++] = i;
	}
	for (size_t i = 0; i < sizeof last / sizeof *last; i++)
		w->order[n++] = last[i];
	if (line >= 0)
		w->order[n++] = (size_t)line;
	for (size_t i = 0; i < n; i++) {
		const struct column *c = &s->columns.items[w->order[i]];

		if (columns_add(&w->columns, c->name, c->type, c->nullable) != 0)
			return -1;
	}
	return 0;
}

int silver_writer_open(struct silver_writer *w, const struct silver *s, const struct lake *lake,
		       struct stream_writer *out)
{
	*w = (struct silver_writer){.lake = lake, .out = out};
	w->order = calloc(s->columns.n, sizeof *w->order);
	w->vectors = calloc(s->columns.n, sizeof *w->vectors);
	w->rows = calloc(BATCH_ROWS_MAX, sizeof *w->rows);
	if (w->order == NULL || w->vectors == NULL || w->rows == NULL) {
		cause_memory();
		goto fail;
	}
	if (choose_columns(w, s) != 0)
		goto fail;
	return 0;
fail:
	silver_writer_close(w);
	return -1;
}

static void file_close(struct silver_file *f)
{
	parquet_writer_free(f->writer);
	if (f->fd >= 0)
		close(f->fd);
	free(f->path);
}

void silver_writer_close(struct silver_writer *w)
{
	for (size_t i = 0; i < w->n_open; i++)
		file_close(&w->files[i]);
	columns_free(&w->columns);
	buffer_free(&w->payload);
	free(w->order);
	free(w->vectors);
	free(w->rows);
	free(w->folder);
	*w = (struct silver_writer){0};
}

static int file_open(struct silver_writer *w, struct silver_file *f, int64_t day)
{
	char *full;

	*f = (struct silver_file){.day = day, .fd = -1};
	if (w->folder == NULL && (w->folder = lake_stage(w->lake, "silver")) == NULL)
		return -1;
	if (asprintf(&f->path, "%s/part-%u.parquet", w->folder, ++w->n_files) < 0) {
		f->path = NULL;
		return cause_memory();
	}
	full = lake_path(w->lake, f->path);
	if (full == NULL)
		goto fail;
	f->fd = open(full, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (f->fd < 0)
		cause_system("%s", full);
	free(full);
	if (f->fd < 0)
		goto fail;
	f->writer = parquet_writer_open(f->fd, f->path, &w->columns);
	if (f->writer != NULL)
		return 0;
fail:
	file_close(f);
	return -1;
}

/* The footer, the disk, and the news that the file is there. */
static int file_finish(struct silver_writer *w, struct silver_file *f)
{
	struct parquet_summary summary;
	char date[TIMESTAMP_DATE_TEXT], partition[64];

	if (parquet_writer_finish(f->writer, &summary) != 0 || fd_sync(f->fd, f->path) != 0)
		return -1;
	timestamp_format_date(f->day, date);
	snprintf(partition, sizeof partition, "event_date=%s", date);
	const struct control_staged staged = {
	    .layer = text_of("silver"),
	    .path = text_of(f->path),
	    .partition = text_of(partition),
	    .rows = summary.rows,
	    .size = summary.size,
	    .checksum = summary.checksum,
	};

	buffer_clear(&w->payload);
	if (control_encode_staged(&w->payload, &staged) != 0)
		return -1;
	return stream_write_control(w->out, FRAME_STAGED, &w->payload);
}

/* Takes file i out of the open ones. */
static int finish_file(struct silver_writer *w, size_t i)
{
	const int result = file_finish(w, &w->files[i]);

	file_close(&w->files[i]);
	memmove(&w->files[i], &w->files[i + 1], (--w->n_open - i) * sizeof *w->files);
	return result;
}

static int file_for(struct silver_writer *w, int64_t day, struct silver_file **file)
{
	size_t oldest = 0;

	for (size_t i = 0; i < w->n_open; i++) {
		if (w->files[i].day == day) {
			*file = &w->files[i];
			return 0;
		}
		if (w->files[i].used < w->files[oldest].used)
			oldest = i;
	}
	if (w->n_open == SILVER_DATES && finish_file(w, oldest) != 0)
		return -1;
	*file = &w->files[w->n_open];
	if (file_open(w, *file, day) != 0)
		return -1;
	w->n_open++;
	return 0;
}

static int write_day(struct silver_writer *w, int64_t day, const struct batch *batch, const uint32_t *rows,
		     uint32_t n)
{
	struct silver_file *file;

	if (file_for(w, day, &file) != 0)
		return -1;
	file->used = ++w->clock;
	return parquet_write(file->writer, batch, rows, n);
}

struct day_row {
	int64_t day;
	uint32_t row;
};

static int compare_day_rows(const void *pa, const void *pb)
{
	const struct day_row *a = pa, *b = pb;

	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	return a->row < b->row ? -1 : a->row > b->row;
}

/* Rows of several days, as around midnight: each day's in their order, day by day. */
static int write_days(struct silver_writer *w, const struct silver *s, const struct batch *batch)
{
	struct day_row *sorted = malloc(batch->n * sizeof *sorted);
	int result = 0;

	if (sorted == NULL)
		return cause_memory();
	for (uint32_t i = 0; i < batch->n; i++)
		sorted[i] = (struct day_row){s->days[i], i};
	qsort(sorted, batch->n, sizeof *sorted, compare_day_rows);
	for (uint32_t i = 0; i < batch->n && result == 0;) {
		const int64_t day = sorted[i].day;
		uint32_t n = 0;

		for (; i < batch->n && sorted[i].day == day; i++)
			w->rows[n++] = sorted[i].row;
		result = write_day(w, day, batch, w->rows, n);
	}
	free(sorted);
	return result;
}

int silver_write(struct silver_writer *w, const struct silver *s, uint32_t n)
{
	const struct batch batch = {n, (uint32_t)w->columns.n, w->vectors};

	for (size_t i = 0; i < w->columns.n; i++)
		w->vectors[i] = s->vectors[w->order[i]];
	return s->one_day ? write_day(w, s->day, &batch, NULL, n) : write_days(w, s, &batch);
}

int silver_writer_strings_reset(struct silver_writer *w, size_t column)
{
	for (size_t i = 0; i < w->columns.n; i++) {
		if (w->order[i] != column)
			continue;
		for (size_t f = 0; f < w->n_open; f++) {
			if (parquet_writer_strings_reset(w->files[f].writer, i) != 0)
				return -1;
		}
	}
	return 0;
}

int silver_writer_finish(struct silver_writer *w)
{
	char *folder;
	int result;

	while (w->n_open > 0) {
		if (finish_file(w, 0) != 0)
			return -1;
	}
	if (w->folder == NULL)
		return 0;
	folder = lake_path(w->lake, w->folder);
	if (folder == NULL)
		return -1;
	result = fd_sync_path(folder);
	free(folder);
	return result;
}
