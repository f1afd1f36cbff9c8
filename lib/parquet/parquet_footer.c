#include "parquet/parquet_footer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TAIL = 4 + PARQUET_MAGIC_LEN /* the footer's length and the magic */ };

/* The footer while it is taken in. */
struct taking {
	struct parquet_footer *footer;
	const char *file;
	struct thrift_reader thrift;
	uint64_t end; /* of the pages: where the footer begins */
	bool has_orders;
	size_t n_orders;
	bool *ordered; /* by leaf: its bounds are in an order that we know */
};

static int refuse(const struct taking *t, const char *what)
{
	return cause_record(STATUS_INPUT, "%s: %s", t->file, what);
}

static int refuse_column(const struct taking *t, size_t leaf, const char *what)
{
	return cause_record(STATUS_INPUT, "%s: column %s: row group %zu: %s", t->file,
			    t->footer->leaves.items[leaf].name, t->footer->n_groups, what);
}

static int damaged(const struct taking *t)
{
	return refuse(t, "a damaged Parquet footer");
}

int parquet_fetch(int fd, const char *file, uint64_t offset, void *data, size_t len)
{
	uint8_t *to = data;

	while (len > 0) {
		const ssize_t n = pread(fd, to, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return cause_system("%s", file);
		if (n == 0)
			return cause_record(STATUS_INPUT, "%s: it ends before byte %llu, which it had before",
					    file, (unsigned long long)offset);
		to += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

static void read_statistics(struct thrift_reader *r, struct parquet_chunk *chunk)
{
	enum { NULLS = 3, MAX = 5, MIN = 6 };
	struct thrift_field field;
	bool min = false, max = false;

	while (thrift_next(r, &field)) {
		switch (field.id) {
		case NULLS: chunk->nulls = thrift_get_i64(r, field); break;
		case MAX:
			chunk->max = thrift_get_text(r, field);
			max = true;
			break;
		case MIN:
			chunk->min = thrift_get_text(r, field);
			min = true;
			break;
		default: thrift_skip(r, field); break;
		}
	}
	chunk->has_bounds = min && max;
}

/* What a ColumnMetaData says that is needed to check it, and no longer. */
struct chunk_data {
	int type;
	int64_t values, compressed, data_at, dictionary_at;
	bool has_codec;
	struct text path[2]; /* the first name, and whether there is another */
	size_t n_path;
};

static void read_path(struct thrift_reader *r, struct thrift_field field, struct chunk_data *d)
{
	const size_t n = thrift_get_list(r, field, THRIFT_BINARY);

	for (size_t i = 0; i < n && !r->failed; i++)
		d->path[i > 0] = thrift_item_get_text(r);
	d->n_path = n;
}

static void read_chunk_data(struct thrift_reader *r, struct parquet_chunk *chunk, struct chunk_data *d)
{
	enum {
		TYPE = 1,
		PATH = 3,
		CODEC = 4,
		VALUES = 5,
		COMPRESSED = 7,
		DATA = 9,
		DICTIONARY = 11,
		STATISTICS = 12
	};
	struct thrift_field field;

	while (thrift_next(r, &field)) {
		switch (field.id) {
		case TYPE: d->type = thrift_get_i32(r, field); break;
		case PATH: read_path(r, field, d); break;
		case CODEC:
			chunk->codec = thrift_get_i32(r, field);
			d->has_codec = true;
			break;
		case VALUES: d->values = thrift_get_i64(r, field); break;
		case COMPRESSED: d->compressed = thrift_get_i64(r, field); break;
		case DATA: d->data_at = thrift_get_i64(r, field); break;
		case DICTIONARY: d->dictionary_at = thrift_get_i64(r, field); break;
		case STATISTICS:
			thrift_get_struct(r, field);
			read_statistics(r, chunk);
			break;
		default: thrift_skip(r, field); break;
		}
	}
}

/* Old writers left the dictionary's offset out, set it to 0, or to the data's: pages begin with whichever is
 * first. */
static int check_chunk(const struct taking *t, size_t i, struct parquet_chunk *chunk,
		       const struct chunk_data *d)
{
	const struct parquet_leaf *leaf = &t->footer->leaves.items[i];
	uint64_t start = (uint64_t)d->data_at;

	if (d->type != (int)leaf->physical)
		return refuse_column(t, i, "its type is not the schema's");
	if (!d->has_codec || d->values < 0 || d->compressed < 0 || d->data_at < 0)
		return refuse_column(t, i, "damaged metadata");
	if (d->n_path == 0 ||
	    (!leaf->nested &&
	     (d->n_path != 1 || !text_equal(d->path[0], (struct text){leaf->name, strlen(leaf->name)}))))
		return refuse_column(t, i, "its place is another column's");
	chunk->values = (uint64_t)d->values;
	if (d->values == 0)
		return 0;
	if (d->dictionary_at >= PARQUET_MAGIC_LEN && d->dictionary_at < d->data_at)
		start = (uint64_t)d->dictionary_at;
	if (start < PARQUET_MAGIC_LEN || start > t->end || (uint64_t)d->compressed > t->end - start)
		return refuse_column(t, i, "its pages lie outside of the file");
	chunk->start = start;
	chunk->end = start + (uint64_t)d->compressed;
	return 0;
}

static int read_chunk(struct taking *t, size_t i, struct parquet_chunk *chunk)
{
	enum { FILE_PATH = 1, META_DATA = 3, CRYPTO = 8, CRYPTO_DATA = 9 };
	struct thrift_reader *r = &t->thrift;
	struct chunk_data d = {.type = -1, .values = -1, .compressed = -1, .data_at = -1};
	struct thrift_field field;
	bool elsewhere = false, encrypted = false;

	chunk->nulls = -1;
	for (thrift_enter(r); thrift_next(r, &field);) {
		switch (field.id) {
		case FILE_PATH: elsewhere = thrift_get_text(r, field).len > 0; break;
		case META_DATA:
			thrift_get_struct(r, field);
			read_chunk_data(r, chunk, &d);
			break;
		case CRYPTO:
		case CRYPTO_DATA:
			encrypted = true;
			thrift_skip(r, field);
			break;
		default: thrift_skip(r, field); break;
		}
	}
	if (r->failed)
		return damaged(t);
	if (elsewhere)
		return refuse_column(t, i, "its pages are in another file");
	if (encrypted)
		return refuse_column(t, i, "it is encrypted");
	return check_chunk(t, i, chunk, &d);
}

static int read_chunks(struct taking *t, struct thrift_field field, struct parquet_group *group)
{
	const size_t n = thrift_get_list(&t->thrift, field, THRIFT_STRUCT);

	if (t->thrift.failed)
		return damaged(t);
	if (n != t->footer->leaves.n)
		return cause_record(STATUS_INPUT, "%s: row group %zu: %zu columns, but the schema has %zu",
				    t->file, t->footer->n_groups, n, t->footer->leaves.n);
	group->chunks = calloc(n + 1, sizeof *group->chunks);
	if (group->chunks == NULL)
		return cause_memory();
	for (size_t i = 0; i < n; i++) {
		if (read_chunk(t, i, &group->chunks[i]) != 0)
			return -1;
	}
	return 0;
}

static int check_group(const struct taking *t, const struct parquet_group *group)
{
	for (size_t i = 0; i < t->footer->leaves.n; i++) {
		const struct parquet_leaf *leaf = &t->footer->leaves.items[i];

		if (!leaf->nested && leaf->refused == NULL && group->chunks[i].values != group->rows)
			return refuse_column(t, i, "as many values as rows it has not");
		if (group->chunks[i].nulls > (int64_t)group->chunks[i].values)
			group->chunks[i].nulls = -1;
	}
	return 0;
}

static int read_group(struct taking *t)
{
	enum { COLUMNS = 1, ROWS = 3 };
	struct thrift_reader *r = &t->thrift;
	struct parquet_footer *f = t->footer;
	struct parquet_group group = {0};
	struct thrift_field field;
	int64_t rows = -1;
	int result = 0;

	for (thrift_enter(r); result == 0 && thrift_next(r, &field);) {
		switch (field.id) {
		case COLUMNS: result = read_chunks(t, field, &group); break;
		case ROWS: rows = thrift_get_i64(r, field); break;
		default: thrift_skip(r, field); break;
		}
	}
	if (result == 0 && (r->failed || rows < 0 || group.chunks == NULL))
		result = damaged(t);
	group.rows = (uint64_t)rows;
	if (result == 0)
		result = check_group(t, &group);
	if (result == 0 && array_reserve(&f->groups, &f->groups_cap, f->n_groups + 1, sizeof *f->groups) != 0)
		result = -1;
	if (result != 0)
		free(group.chunks);
	else
		f->groups[f->n_groups++] = group;
	return result;
}

static int read_groups(struct taking *t, struct thrift_field field)
{
	const size_t n = thrift_get_list(&t->thrift, field, THRIFT_STRUCT);

	for (size_t i = 0; i < n; i++) {
		if (read_group(t) != 0)
			return -1;
	}
	return 0;
}

/* Bounds are in an order that we know where ColumnOrder says TYPE_ORDER. */
static int read_orders(struct taking *t, struct thrift_field field)
{
	enum { TYPE_ORDER = 1 };
	struct thrift_reader *r = &t->thrift;
	const size_t n = thrift_get_list(r, field, THRIFT_STRUCT);
	struct thrift_field member;

	if (r->failed || n != t->footer->leaves.n)
		return damaged(t);
	t->ordered = calloc(n + 1, sizeof *t->ordered);
	if (t->ordered == NULL)
		return cause_memory();
	for (size_t i = 0; i < n && !r->failed; i++) {
		for (thrift_enter(r); thrift_next(r, &member);) {
			t->ordered[i] = member.id == TYPE_ORDER;
			thrift_skip(r, member);
		}
	}
	return 0;
}

static int read_file_field(struct taking *t, struct thrift_field field, int64_t *rows)
{
	enum {
		VERSION = 1,
		SCHEMA = 2,
		ROWS = 3,
		GROUPS = 4,
		CREATED = 6,
		ORDERS = 7,
		ENCRYPTION = 8,
		KEY = 9
	};
	struct thrift_reader *r = &t->thrift;
	int32_t version;

	switch (field.id) {
	case VERSION:
		version = thrift_get_i32(r, field);
		if (!r->failed && (version < 1 || version > 2))
			return cause_record(STATUS_INPUT, "%s: Parquet of version %d, not 1 or 2", t->file,
					    version);
		return 0;
	case SCHEMA: return parquet_schema_read(r, field, t->file, &t->footer->leaves);
	case ROWS: *rows = thrift_get_i64(r, field); return 0;
	case GROUPS: return t->footer->leaves.n > 0 ? read_groups(t, field) : damaged(t);
	case CREATED: t->footer->created_by = thrift_get_text(r, field); return 0;
	case ORDERS: return read_orders(t, field);
	case ENCRYPTION:
	case KEY: return refuse(t, "it is encrypted");
	default: thrift_skip(r, field); return 0;
	}
}

static int read_file_data(struct taking *t)
{
	struct parquet_footer *f = t->footer;
	struct thrift_reader *r = &t->thrift;
	struct thrift_field field;
	int64_t rows = -1;
	uint64_t sum = 0;

	for (thrift_enter(r); thrift_next(r, &field);) {
		if (read_file_field(t, field, &rows) != 0)
			return -1;
	}
	if (r->failed || rows < 0 || f->leaves.n == 0)
		return damaged(t);
	for (size_t i = 0; i < f->n_groups; i++) {
		if (__builtin_add_overflow(sum, f->groups[i].rows, &sum))
			return damaged(t);
		for (size_t k = 0; k < f->leaves.n; k++)
			f->groups[i].chunks[k].has_bounds &= t->ordered != NULL && t->ordered[k];
	}
	f->rows = (uint64_t)rows;
	if (sum != f->rows)
		return cause_record(STATUS_INPUT, "%s: %llu rows, but its row groups have %llu", t->file,
				    (unsigned long long)f->rows, (unsigned long long)sum);
	return 0;
}

/* Where the footer is, once both ends of the file have been looked at. */
static int find_footer(struct taking *t, int fd, uint32_t *len)
{
	uint8_t head[PARQUET_MAGIC_LEN], tail[TAIL];
	struct stat st;

	if (fstat(fd, &st) != 0)
		return cause_system("%s", t->file);
	if (!S_ISREG(st.st_mode))
		return refuse(t, "Parquet is read from files only, not from a pipe");
	if (st.st_size < PARQUET_MAGIC_LEN + TAIL)
		return refuse(t, "too short for a Parquet file");
	if (parquet_fetch(fd, t->file, 0, head, sizeof head) != 0 ||
	    parquet_fetch(fd, t->file, (uint64_t)st.st_size - TAIL, tail, sizeof tail) != 0)
		return -1;
	memcpy(len, tail, sizeof *len);
	if (memcmp(tail + sizeof *len, PARQUET_MAGIC_ENCRYPTED, PARQUET_MAGIC_LEN) == 0)
		return refuse(t, "it is encrypted");
	if (memcmp(head, PARQUET_MAGIC, PARQUET_MAGIC_LEN) != 0)
		return refuse(t, "no Parquet file: it does not begin with PAR1");
	if (memcmp(tail + sizeof *len, PARQUET_MAGIC, PARQUET_MAGIC_LEN) != 0)
		return refuse(t, "a Parquet file that is cut short: it does not end with PAR1");
	if (*len > (uint64_t)st.st_size - PARQUET_MAGIC_LEN - TAIL)
		return refuse(t, "a footer that is longer than the file");
	if (*len > PARQUET_FOOTER_MAX)
		return refuse(t, "a footer of more than 32 MiB");
	t->end = (uint64_t)st.st_size - TAIL - *len;
	return 0;
}

int parquet_footer_read(struct parquet_footer *f, int fd, const char *file)
{
	struct taking t = {.footer = f, .file = file};
	uint32_t len = 0;
	int result = -1;

	*f = (struct parquet_footer){0};
	if (find_footer(&t, fd, &len) != 0 || buffer_reserve(&f->bytes, (size_t)len + 1) != 0 ||
	    parquet_fetch(fd, file, t.end, f->bytes.data, len) != 0)
		goto out;
	f->bytes.len = len;
	t.thrift = (struct thrift_reader){.p = f->bytes.data, .end = f->bytes.data + len};
	result = read_file_data(&t);
out:
	free(t.ordered);
	if (result != 0)
		parquet_footer_free(f);
	return result;
}

void parquet_footer_free(struct parquet_footer *f)
{
	parquet_schema_free(&f->leaves);
	for (size_t i = 0; i < f->n_groups; i++)
		free(f->groups[i].chunks);
	free(f->groups);
	buffer_free(&f->bytes);
	*f = (struct parquet_footer){0};
}
