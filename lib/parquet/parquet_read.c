#include "parquet/parquet_read.h"

#include "parquet/parquet_values.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* So that a batch, whatever is in its rows, is one that a stream can carry: BATCH_BYTES_MAX. */
enum {
	WIDE_BYTES = 8 << 20,   /* what the rows of a batch may take, text apart, if their values took */
	VALUE_BYTES = 20,       /* so many each: it is less */
	TEXT_BYTES = 3 << 20,   /* text that is added at once, and that ends a batch */
	ROW_TEXT_MAX = 6 << 20, /* text of one row */
};

struct parquet_reader {
	int fd;
	char *name;
	struct parquet_footer footer;
	/* What is to be read. */
	struct columns columns;
	size_t *leaves;                /* of each column */
	struct parquet_values *values; /* of each column */
	bool *skipped;                 /* row groups */
	size_t n_skipped;
	uint32_t rows_max; /* of a batch: few when there are many columns */
	size_t text_max;   /* that a column adds at once */
	/* Where it is. */
	size_t group; /* the next one */
	uint64_t rows_left;
	struct parquet_portion portion;
};

struct parquet_reader *parquet_open(int fd, const char *name)
{
	struct parquet_reader *r = calloc(1, sizeof *r);

	if (r == NULL || (r->name = strdup(name)) == NULL) {
		cause_memory();
		goto fail;
	}
	r->fd = fd;
	if (parquet_footer_read(&r->footer, fd, r->name) != 0)
		goto fail;
	r->skipped = calloc(r->footer.n_groups + 1, sizeof *r->skipped);
	if (r->skipped == NULL) {
		cause_memory();
		goto fail;
	}
	return r;
fail:
	parquet_close(r);
	return NULL;
}

void parquet_close(struct parquet_reader *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; r->values != NULL && i < r->columns.n; i++)
		parquet_values_free(&r->values[i]);
	free(r->values);
	free(r->leaves);
	free(r->skipped);
	columns_free(&r->columns);
	parquet_footer_free(&r->footer);
	free(r->name);
	free(r);
}

uint64_t parquet_rows(const struct parquet_reader *r)
{
	return r->footer.rows;
}

size_t parquet_groups(const struct parquet_reader *r)
{
	return r->footer.n_groups;
}

uint64_t parquet_bytes_read(const struct parquet_reader *r)
{
	uint64_t bytes = r->footer.bytes.len;

	for (size_t i = 0; r->values != NULL && i < r->columns.n; i++)
		bytes += r->values[i].pages.fetched;
	return bytes;
}

size_t parquet_groups_skipped(const struct parquet_reader *r)
{
	return r->n_skipped;
}

size_t parquet_n_columns(const struct parquet_reader *r)
{
	return r->footer.leaves.n;
}

const char *parquet_column_name(const struct parquet_reader *r, size_t i)
{
	return r->footer.leaves.items[i].name;
}

const struct columns *parquet_columns(const struct parquet_reader *r)
{
	return &r->columns;
}

/* The leaf of that name; as many as there are when there is none. */
static size_t find_leaf(const struct parquet_reader *r, const char *name)
{
	size_t i = 0;

	while (i < r->footer.leaves.n && strcmp(r->footer.leaves.items[i].name, name) != 0)
		i++;
	return i;
}

static int select_leaf(struct parquet_reader *r, size_t i)
{
	const struct parquet_leaf *leaf = &r->footer.leaves.items[i];

	if (leaf->refused != NULL)
		return cause_record(STATUS_INPUT, "%s: column %s: %s", r->name, leaf->name, leaf->refused);
	if (columns_find(&r->columns, leaf->name) >= 0)
		return cause_record(STATUS_INPUT, "%s: column %s: it is there twice", r->name, leaf->name);
	if (columns_add(&r->columns, leaf->name, leaf->type, leaf->nullable) != 0)
		return -1;
	r->leaves[r->columns.n - 1] = i;
	return 0;
}

static void set_limits(struct parquet_reader *r)
{
	const size_t rows = WIDE_BYTES / (VALUE_BYTES * (r->columns.n + 1));
	size_t texts = 1;

	for (size_t i = 0; i < r->columns.n; i++)
		texts += r->columns.items[i].type == COLUMN_STRING;
	r->rows_max = rows < BATCH_ROWS ? (uint32_t)rows + 1 : BATCH_ROWS;
	r->text_max = TEXT_BYTES / texts;
}

int parquet_select(struct parquet_reader *r, const char *const *names, size_t n)
{
	assert(r->values == NULL);
	n = names == NULL ? r->footer.leaves.n : n;
	r->leaves = calloc(n + 1, sizeof *r->leaves);
	r->values = calloc(n + 1, sizeof *r->values);
	if (r->leaves == NULL || r->values == NULL)
		return cause_memory();
	for (size_t i = 0; i < n; i++) {
		const size_t leaf = names == NULL ? i : find_leaf(r, names[i]);

		if (leaf == r->footer.leaves.n)
			return cause_record(STATUS_INPUT, "%s: there is no column %s", r->name, names[i]);
		if (select_leaf(r, leaf) != 0)
			return -1;
		parquet_values_init(&r->values[i], r->fd, r->name, &r->footer.leaves.items[leaf]);
	}
	set_limits(r);
	return 0;
}

static int compare(struct text a, struct text b)
{
	const size_t len = a.len < b.len ? a.len : b.len;
	const int order = len > 0 ? memcmp(a.data, b.data, len) : 0;

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/* A bound of a column of numbers; false when it says nothing. That of INT96, the order of whose bounds is not
 * defined, never does. */
static bool read_bound(const struct parquet_leaf *leaf, struct text bound, int64_t *value)
{
	const char *why;

	if (leaf->physical == PARQUET_BOOLEAN && bound.len == 1) {
		*value = bound.data[0];
		return *value == 0 || *value == 1;
	}
	return (leaf->physical == PARQUET_INT32 || leaf->physical == PARQUET_INT64) &&
	       parquet_leaf_plain(leaf, (const uint8_t *)bound.data, bound.len, 1, value, &why) ==
		   (ptrdiff_t)bound.len &&
	       parquet_leaf_convert(leaf, value, 1, &why) == 0;
}

/* Whether no row of the chunk can be in the range. */
static bool is_outside(const struct parquet_leaf *leaf, const struct parquet_chunk *chunk,
		       const struct parquet_range *range)
{
	int64_t min, max;

	if (chunk->nulls >= 0 && (uint64_t)chunk->nulls == chunk->values)
		return true;
	if (!chunk->has_bounds || leaf->refused != NULL || leaf->is_date)
		return false;
	if (leaf->type == COLUMN_STRING)
		return compare(chunk->max, range->low_text) < 0 || compare(chunk->min, range->high_text) > 0;
	return read_bound(leaf, chunk->min, &min) && read_bound(leaf, chunk->max, &max) &&
	       (max < range->low || min > range->high);
}

int parquet_restrict(struct parquet_reader *r, const struct parquet_range *range)
{
	const size_t leaf = find_leaf(r, range->column);

	if (leaf == r->footer.leaves.n)
		return cause_record(STATUS_INPUT, "%s: there is no column %s", r->name, range->column);
	for (size_t i = 0; i < r->footer.n_groups; i++) {
		r->skipped[i] = r->skipped[i] || is_outside(&r->footer.leaves.items[leaf],
							    &r->footer.groups[i].chunks[leaf], range);
	}
	return 0;
}

size_t parquet_n_groups(const struct parquet_reader *r)
{
	return r->footer.n_groups;
}

uint64_t parquet_group_rows(const struct parquet_reader *r, size_t group)
{
	return r->footer.groups[group].rows;
}

void parquet_leave_out(struct parquet_reader *r, size_t group)
{
	r->skipped[group] = true;
}

bool parquet_is_left_out(const struct parquet_reader *r, size_t group)
{
	return r->skipped[group];
}

uint64_t parquet_bytes_wanted(const struct parquet_reader *r)
{
	uint64_t bytes = r->footer.bytes.len;

	for (size_t g = 0; g < r->footer.n_groups; g++) {
		for (size_t i = 0; i < r->columns.n && !r->skipped[g]; i++) {
			const struct parquet_chunk *chunk = &r->footer.groups[g].chunks[r->leaves[i]];

			bytes += chunk->end - chunk->start;
		}
	}
	return bytes;
}

/* To the next row group that has rows and is not skipped: 1, 0, -1. */
static int next_group(struct parquet_reader *r)
{
	for (; r->group < r->footer.n_groups; r->group++) {
		const struct parquet_group *group = &r->footer.groups[r->group];

		if (r->skipped[r->group]) {
			r->n_skipped++;
			continue;
		}
		if (group->rows == 0)
			continue;
		for (size_t i = 0; i < r->columns.n; i++) {
			if (parquet_values_open(&r->values[i], &group->chunks[r->leaves[i]], r->group) != 0)
				return -1;
		}
		r->rows_left = group->rows;
		r->group++;
		return 1;
	}
	return 0;
}

/* As many rows as fit, the same in all columns. */
static int add_rows(struct parquet_reader *r, struct builder *b, const size_t *to, uint32_t n)
{
	const size_t text_before = b->text_bytes;

	for (size_t i = 0; i < r->columns.n; i++) {
		if (parquet_values_fit(&r->values[i], n, r->text_max, &n) != 0)
			return -1;
	}
	for (size_t i = 0; i < r->columns.n; i++) {
		struct builder_column *c = &b->columns[to != NULL ? to[i] : i];

		if (parquet_values_add(&r->values[i], b, c, n, &r->portion) != 0)
			return -1;
	}
	r->rows_left -= n;
	if (n == 1 && b->text_bytes - text_before > ROW_TEXT_MAX)
		return cause_record(STATUS_INPUT, "%s: row group %zu: a row with more than 6 MiB of text",
				    r->name, r->group - 1);
	return 0;
}

int parquet_read(struct parquet_reader *r, struct builder *b, const size_t *to)
{
	const struct builder_column *first;

	assert(r->columns.n > 0);
	first = &b->columns[to != NULL ? to[0] : 0];
	if (r->rows_left == 0) {
		const int more = next_group(r);

		if (more <= 0)
			return more;
	}
	while (r->rows_left > 0 && first->n < r->rows_max && b->text_bytes < TEXT_BYTES) {
		const uint32_t room = r->rows_max - first->n;

		if (add_rows(r, b, to, r->rows_left < room ? (uint32_t)r->rows_left : room) != 0)
			return -1;
	}
	return 1;
}

size_t parquet_group(const struct parquet_reader *r)
{
	assert(r->group > 0);
	return r->group - 1;
}

void parquet_said(const struct parquet_reader *r, size_t group, size_t i, struct parquet_said *said)
{
	const struct parquet_leaf *leaf = &r->footer.leaves.items[r->leaves[i]];
	const struct parquet_chunk *chunk = &r->footer.groups[group].chunks[r->leaves[i]];

	*said = (struct parquet_said){.nulls = chunk->nulls};
	if (!chunk->has_bounds || leaf->is_date)
		return;
	said->min_text = chunk->min;
	said->max_text = chunk->max;
	if (leaf->physical == PARQUET_DOUBLE && chunk->min.len == 8 && chunk->max.len == 8) {
		memcpy(&said->min, chunk->min.data, 8);
		memcpy(&said->max, chunk->max.data, 8);
		said->has_bounds = true;
		return;
	}
	said->has_bounds = leaf->type == COLUMN_STRING || (read_bound(leaf, chunk->min, &said->min) &&
							   read_bound(leaf, chunk->max, &said->max));
}
