#include "column/column.h"

#include "base/buffer.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[] = {
    [COLUMN_TIMESTAMP] = "timestamp", [COLUMN_STRING] = "string",   [COLUMN_INT64] = "int64",
    [COLUMN_INT32] = "int32",         [COLUMN_DECIMAL] = "decimal", [COLUMN_FLOAT64] = "float64",
    [COLUMN_BOOL] = "bool",
};
#define N_NAMES (sizeof names / sizeof names[0])

int columns_add(struct columns *list, const char *name, enum column_type type, bool nullable)
{
	char *copy;

	if (array_reserve(&list->items, &list->cap, list->n + 1, sizeof *list->items) != 0)
		return -1;
	copy = strdup(name);
	if (copy == NULL)
		return cause_memory();
	list->items[list->n++] = (struct column){.name = copy, .type = type, .nullable = nullable};
	return 0;
}

int columns_copy(struct columns *to, const struct columns *from)
{
	for (size_t i = 0; i < from->n; i++) {
		if (columns_add(to, from->items[i].name, from->items[i].type, from->items[i].nullable) != 0)
			return -1;
	}
	return 0;
}

int columns_find(const struct columns *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++) {
		if (strcmp(list->items[i].name, name) == 0)
			return (int)i;
	}
	return -1;
}

bool columns_equal(const struct columns *a, const struct columns *b)
{
	for (size_t i = 0; a->n == b->n && i < a->n; i++) {
		const struct column *x = &a->items[i], *y = &b->items[i];

		if (strcmp(x->name, y->name) != 0 || x->type != y->type || x->nullable != y->nullable)
			return false;
	}
	return a->n == b->n;
}

static int insert(struct columns *list, size_t at, const struct column *column)
{
	struct column added;

	if (columns_add(list, column->name, column->type, true) != 0)
		return -1;
	added = list->items[list->n - 1];
	memmove(list->items + at + 1, list->items + at, (list->n - 1 - at) * sizeof *list->items);
	list->items[at] = added;
	return 0;
}

int columns_unite(struct columns *list, const struct columns *more)
{
	size_t at = 0;

	if (list->n == 0)
		return columns_copy(list, more) == 0 ? 1 : -1;
	for (size_t i = 0; i < more->n; i++) {
		const int known = columns_find(list, more->items[i].name);

		if (known >= 0 && list->items[known].type != more->items[i].type)
			return 0;
	}
	for (size_t i = 0; i < list->n; i++) {
		const int there = columns_find(more, list->items[i].name);

		list->items[i].nullable |= there < 0 || more->items[there].nullable;
	}
	for (size_t i = 0; i < more->n; i++) {
		const int known = columns_find(list, more->items[i].name);

		if (known < 0 && insert(list, at, &more->items[i]) != 0)
			return -1;
		at = (known < 0 ? at : (size_t)known) + 1;
	}
	return 1;
}

void columns_free(struct columns *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->items[i].name);
	free(list->items);
	*list = (struct columns){0};
}

const char *column_type_name(enum column_type type)
{
	return type >= 1 && (size_t)type < N_NAMES ? names[type] : NULL;
}

enum column_type column_type_parse(const char *name)
{
	for (size_t i = 1; i < N_NAMES; i++) {
		if (strcmp(names[i], name) == 0)
			return (enum column_type)i;
	}
	return 0;
}
