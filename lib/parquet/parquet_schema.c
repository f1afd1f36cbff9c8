#include "parquet/parquet_schema.h"

#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAVES_MAX = 4096, NESTING_MAX = 64, PHYSICAL_TYPES = 8 };

/* The members of TimeUnit are empty structs. */
static int read_unit(struct thrift_reader *r)
{
	struct thrift_field field;
	int unit = 0;

	while (thrift_next(r, &field)) {
		unit = field.id;
		thrift_skip(r, field);
	}
	return unit;
}

static void read_logical_member(struct thrift_reader *r, struct parquet_element *e)
{
	enum { SCALE = 1, UNIT = 2, BIT_WIDTH = 1, IS_SIGNED = 2 };
	struct thrift_field field;

	while (thrift_next(r, &field)) {
		if (e->logical == PARQUET_DECIMAL && field.id == SCALE) {
			e->scale = thrift_get_i32(r, field);
		} else if (e->logical == PARQUET_TIMESTAMP && field.id == UNIT) {
			thrift_get_struct(r, field);
			e->unit = read_unit(r);
		} else if (e->logical == PARQUET_INTEGER && field.id == BIT_WIDTH) {
			e->bits = thrift_get_i32(r, field);
		} else if (e->logical == PARQUET_INTEGER && field.id == IS_SIGNED) {
			e->is_signed = thrift_get_bool(r, field);
		} else {
			thrift_skip(r, field);
		}
	}
}

static void read_logical(struct thrift_reader *r, struct parquet_element *e)
{
	struct thrift_field field;

	while (thrift_next(r, &field)) {
		e->logical = field.id;
		thrift_get_struct(r, field);
		read_logical_member(r, e);
	}
}

/* What a SchemaElement says, a group's too. */
struct element {
	struct parquet_element column;
	struct text name;
	int32_t children; /* -1 for a column */
	bool has_type;    /* one that exists */
};

static void read_element(struct thrift_reader *r, struct element *e)
{
	enum {
		TYPE = 1,
		LENGTH = 2,
		REPETITION = 3,
		NAME = 4,
		CHILDREN = 5,
		CONVERTED = 6,
		SCALE = 7,
		LOGICAL = 10
	};
	struct thrift_field field;
	int type = -1;

	*e = (struct element){.column = {.converted = -1}, .children = -1};
	for (thrift_enter(r); thrift_next(r, &field);) {
		switch (field.id) {
		case TYPE: type = thrift_get_i32(r, field); break;
		case LENGTH: e->column.length = thrift_get_i32(r, field); break;
		case REPETITION:
			e->column.repetition = (enum parquet_repetition)thrift_get_i32(r, field);
			break;
		case NAME: e->name = thrift_get_text(r, field); break;
		case CHILDREN: e->children = thrift_get_i32(r, field); break;
		case CONVERTED: e->column.converted = thrift_get_i32(r, field); break;
		case SCALE: e->column.scale = thrift_get_i32(r, field); break;
		case LOGICAL:
			thrift_get_struct(r, field);
			read_logical(r, &e->column);
			break;
		default: thrift_skip(r, field); break;
		}
	}
	e->has_type = type >= 0 && type < PHYSICAL_TYPES;
	if (e->name.data == NULL || (unsigned)e->column.repetition > PARQUET_REPEATED)
		thrift_wrong(r);
	e->column.physical = (enum parquet_type)type;
}

/* Groups that are open, one within the other: how many of their children are still to come, and their names,
 * each with a point behind it. */
struct path {
	int32_t left[NESTING_MAX];
	size_t lengths[NESTING_MAX]; /* of names, before the group */
	int depth;
	struct buffer names;
};

static int add_leaf(struct parquet_leaves *leaves, const struct path *path, const struct element *e,
		    const char *file)
{
	struct parquet_leaf *leaf;

	if (leaves->n >= LEAVES_MAX)
		return cause_record(STATUS_INPUT, "%s: more than %d columns", file, LEAVES_MAX);
	if (utf8_check(e->name.data, e->name.len) < e->name.len ||
	    memchr(e->name.data, 0, e->name.len) != NULL)
		return cause_record(STATUS_INPUT, "%s: column %zu: its name is no text", file, leaves->n + 1);
	if (!e->has_type)
		return cause_record(STATUS_INPUT, "%s: column %.*s: a type that Parquet does not have", file,
				    (int)e->name.len, e->name.data);
	if (array_reserve(&leaves->items, &leaves->cap, leaves->n + 1, sizeof *leaves->items) != 0)
		return -1;
	leaf = &leaves->items[leaves->n];
	*leaf = (struct parquet_leaf){.nested = path->depth > 1};
	const int written = asprintf(&leaf->name, "%.*s%.*s", (int)path->names.len,
				     path->names.len > 0 ? (const char *)path->names.data : "",
				     (int)e->name.len, e->name.data);

	if (written < 0)
		return cause_memory();
	leaves->n++;
	parquet_leaf_set(leaf, &e->column);
	return 0;
}

static int enter_group(struct path *path, const struct element *e)
{
	if (path->depth == NESTING_MAX)
		return 0;
	path->lengths[path->depth] = path->names.len;
	/* The root's name is in no path. */
	if (path->depth > 0 && (buffer_append(&path->names, e->name.data, e->name.len) != 0 ||
				buffer_append(&path->names, ".", 1) != 0))
		return -1;
	path->left[path->depth++] = e->children;
	return 0;
}

int parquet_schema_read(struct thrift_reader *r, struct thrift_field field, const char *file,
			struct parquet_leaves *leaves)
{
	const size_t n = thrift_get_list(r, field, THRIFT_STRUCT);
	struct path path = {0};
	struct element e;
	int result = -1;

	for (size_t i = 0; i < n && !r->failed; i++) {
		read_element(r, &e);
		if (r->failed)
			break;
		/* A group whose children have all come is left. */
		while (path.depth > 0 && path.left[path.depth - 1] == 0)
			path.names.len = path.lengths[--path.depth];
		if (path.depth == 0 ? i > 0 || e.children < 0 : path.depth == NESTING_MAX)
			goto wrong;
		if (path.depth > 0)
			path.left[path.depth - 1]--;
		if ((e.children > 0 || i == 0 ? enter_group(&path, &e) : add_leaf(leaves, &path, &e, file)) !=
		    0)
			goto out;
	}
	while (path.depth > 0 && path.left[path.depth - 1] == 0)
		path.depth--;
	if (path.depth == 0 && n > 0 && !r->failed)
		result = 0;
wrong:
	if (result != 0)
		cause_record(STATUS_INPUT, "%s: a damaged Parquet schema", file);
out:
	buffer_free(&path.names);
	return result;
}

void parquet_schema_free(struct parquet_leaves *leaves)
{
	for (size_t i = 0; i < leaves->n; i++)
		free(leaves->items[i].name);
	free(leaves->items);
	*leaves = (struct parquet_leaves){0};
}
