#include "silver/quarantine.h"

#include "base/fd.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GZIP_LEVEL = 6 };

void quarantine_open(struct quarantine *q, const struct lake *lake)
{
	*q = (struct quarantine){.lake = lake, .fd = -1};
}

void quarantine_close(struct quarantine *q)
{
	if (q->gzip != NULL)
		deflate_abandon(q->gzip);
	if (q->fd >= 0)
		close(q->fd);
	free(q->folder);
	free(q->path);
	free(q->full);
	buffer_free(&q->row);
	*q = (struct quarantine){.fd = -1};
}

static int create(struct quarantine *q)
{
	q->folder = lake_stage(q->lake, "clean");
	if (q->folder == NULL)
		return -1;
	if (asprintf(&q->path, "%s/rejects-1.tsv.gz", q->folder) < 0) {
		q->path = NULL;
		return cause_memory();
	}
	q->full = lake_path(q->lake, q->path);
	if (q->full == NULL)
		return -1;
	q->fd = open(q->full, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (q->fd < 0)
		return cause_system("%s", q->full);
	q->gzip = deflate_open(q->fd, GZIP_LEVEL, q->full);
	return q->gzip != NULL ? 0 : -1;
}

/* The letter that stands for a byte behind a backslash, or 0 for one that stands for itself. */
static char escape_of(char c)
{
	switch (c) {
	case '\t': return 't';
	case '\n': return 'n';
	case '\r': return 'r';
	case '\\': return '\\';
	default: return 0;
	}
}

static int append_escaped(struct buffer *out, struct text t)
{
	for (size_t i = 0; i < t.len; i++) {
		const char escape[2] = {'\\', escape_of(t.data[i])};

		if (escape[1] != 0 ? buffer_append(out, escape, 2) != 0
				   : buffer_append(out, &t.data[i], 1) != 0)
			return -1;
	}
	return 0;
}

static int append_field(struct buffer *out, const struct control_reject *reject)
{
	if (reject->raw.len == reject->len)
		return append_escaped(out, reject->field);
	return buffer_printf(out, "bytes=%llu,xxh3-128=%016llx%016llx", (unsigned long long)reject->len,
			     (unsigned long long)reject->hash.high, (unsigned long long)reject->hash.low);
}

int quarantine_add(struct quarantine *q, struct text source, const struct control_reject *reject)
{
	struct buffer *row = &q->row;

	if (q->gzip == NULL && create(q) != 0)
		return -1;
	buffer_clear(row);
	if (append_escaped(row, reject->reason) != 0 || buffer_append_text(row, "\t") != 0 ||
	    append_field(row, reject) != 0 || buffer_append_text(row, "\t") != 0 ||
	    append_escaped(row, source) != 0)
		return -1;
	if (buffer_printf(row, "\t%llu\t%llu\t", (unsigned long long)reject->line,
			  (unsigned long long)reject->offset) != 0 ||
	    buffer_append(row, reject->raw.data, reject->raw.len) != 0 || buffer_append_text(row, "\n") != 0)
		return -1;
	q->rows++;
	return deflate_write(q->gzip, row->data, row->len);
}

int quarantine_finish(struct quarantine *q, struct control_staged *staged)
{
	char *folder;
	int result;

	if (q->gzip == NULL)
		return 0;
	result = deflate_close(q->gzip);
	q->gzip = NULL;
	if (result != 0 || fd_sync(q->fd, q->full) != 0)
		return -1;
	*staged = (struct control_staged){
	    .layer = text_of("quarantine"),
	    .path = text_of(q->path),
	    .partition = text_of(""),
	    .rows = q->rows,
	};
	if (lake_measure(q->lake, q->path, &staged->size, &staged->checksum) != 0)
		return -1;
	folder = lake_path(q->lake, q->folder);
	if (folder == NULL)
		return -1;
	result = fd_sync_path(folder);
	free(folder);
	return result != 0 ? -1 : 1;
}
