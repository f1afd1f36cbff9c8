#include "silver/silver_read.h"

#include "base/utf8.h"
#include "silver/silver.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* What is wanted, by name, in order. */
struct wanted {
	const char **names;
	size_t n;
	struct buffer key_names; /* copies of those of keys, which have no end in the path */
};

/* The folder's name as a key, if it is one. */
static bool parse_key(struct text folder, struct silver_key *key)
{
	static const char null_value[] = "__HIVE_DEFAULT_PARTITION__";
	const char *equals = memchr(folder.data, '=', folder.len);

	if (equals == NULL || equals == folder.data || utf8_check(folder.data, folder.len) < folder.len)
		return false;
	key->name = (struct text){folder.data, (size_t)(equals - folder.data)};
	key->value = (struct text){equals + 1, folder.len - key->name.len - 1};
	if (text_equal(key->value, (struct text){null_value, sizeof null_value - 1}))
		key->value = (struct text){NULL, 0};
	return true;
}

static bool has_key(const struct silver_reader *s, struct text name)
{
	for (size_t i = 0; i < s->n_keys; i++) {
		if (text_equal(s->keys[i].name, name))
			return true;
	}
	return false;
}

static bool is_named(const char *name, struct text text)
{
	return text_equal((struct text){name, strlen(name)}, text);
}

static bool file_has(const struct silver_reader *s, struct text name)
{
	for (size_t i = 0; i < parquet_n_columns(s->parquet); i++) {
		if (is_named(parquet_column_name(s->parquet, i), name))
			return true;
	}
	return false;
}

/* From the file upwards, as long as folders are keys; the innermost of a name counts. */
static void find_keys(struct silver_reader *s)
{
	const char *end = strrchr(s->path, '/');

	while (end != NULL && end > s->path && s->n_keys < SILVER_KEYS) {
		const char *start = end;
		struct silver_key key;

		while (start > s->path && start[-1] != '/')
			start--;
		if (!parse_key((struct text){start, (size_t)(end - start)}, &key))
			return;
		if (!file_has(s, key.name) && !has_key(s, key.name))
			s->keys[s->n_keys++] = key;
		end = start > s->path ? start - 1 : NULL;
	}
}

static size_t added_index(const char *name)
{
	size_t i = 0;

	while (i < SILVER_ADDED && strcmp(silver_added_name((enum silver_column)i), name) != 0)
		i++;
	return i;
}

/* Everything there is: the file's columns, then the keys, outermost first; and then, of Silver, what was
 * added to the events. */
static int want_all(const struct silver_reader *s, struct wanted *w)
{
	const size_t n_file = parquet_n_columns(s->parquet), n = n_file + s->n_keys;
	const char *key_names;
	size_t n_added = 0, at = 0;

	/* Names are pointed to only when all are in place. */
	for (size_t i = s->n_keys; i-- > 0;) {
		if (buffer_append(&w->key_names, s->keys[i].name.data, s->keys[i].name.len) != 0 ||
		    buffer_append(&w->key_names, "", 1) != 0)
			return -1;
	}
	key_names = (const char *)w->key_names.data;
	w->names = calloc(n + 1, sizeof *w->names);
	if (w->names == NULL)
		return cause_memory();
	for (size_t i = 0; i < n; i++) {
		w->names[i] = i < n_file ? parquet_column_name(s->parquet, i) : key_names;
		if (i >= n_file)
			key_names += strlen(key_names) + 1;
		n_added += added_index(w->names[i]) < SILVER_ADDED;
	}
	w->n = n;
	if (n_added < SILVER_ADDED)
		return 0;
	for (size_t i = 0; i < n; i++) {
		if (added_index(w->names[i]) == SILVER_ADDED)
			w->names[at++] = w->names[i];
	}
	for (size_t i = 0; i < SILVER_ADDED && at < n; i++)
		w->names[at++] = silver_added_name((enum silver_column)i);
	return 0;
}

/* Each name is a column of the file, or a key. */
static int take_columns(struct silver_reader *s, const char *const *names, size_t n)
{
	const char **of_file = calloc(n + 1, sizeof *of_file);
	const struct columns *columns = parquet_columns(s->parquet);
	struct silver_key keys[SILVER_KEYS] = {0};
	size_t n_file = 0, n_keys = 0;
	int result = -1;

	s->to = calloc(n + 1, sizeof *s->to);
	if (of_file == NULL || s->to == NULL) {
		cause_memory();
		goto out;
	}
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (k < s->n_keys && !is_named(names[i], s->keys[k].name))
			k++;
		if (k < s->n_keys && n_keys < SILVER_KEYS) {
			keys[n_keys] = s->keys[k];
			keys[n_keys++].column = i;
			continue;
		}
		s->to[n_file] = i;
		of_file[n_file++] = names[i];
	}
	if (n_file == 0) {
		cause_record(STATUS_INPUT, "%s: none of its own columns is asked for", s->path);
		goto out;
	}
	if (parquet_select(s->parquet, of_file, n_file) != 0)
		goto out;
	memcpy(s->keys, keys, sizeof keys);
	s->n_keys = n_keys;
	for (size_t i = 0, k = 0, f = 0; i < n; i++) {
		const bool is_key = k < n_keys && keys[k].column == i;
		const struct column *c = is_key ? NULL : &columns->items[f++];

		if (columns_add(&s->columns, names[i], is_key ? COLUMN_STRING : c->type,
				is_key ? keys[k].value.data == NULL : c->nullable) != 0)
			goto out;
		k += is_key;
	}
	result = 0;
out:
	free(of_file);
	return result;
}

static bool has_added(const struct columns *columns)
{
	for (size_t i = 0; i < SILVER_ADDED; i++) {
		const int at = columns_find(columns, silver_added_name((enum silver_column)i));

		if (at < 0 || columns->items[at].type != silver_added_type((enum silver_column)i))
			return false;
	}
	return true;
}

static int open_file(struct silver_reader *s, int fd, const char *path)
{
	*s = (struct silver_reader){0};
	s->path = strdup(path);
	if (s->path == NULL)
		return cause_memory();
	s->parquet = parquet_open(fd, path);
	if (s->parquet == NULL)
		return -1;
	find_keys(s);
	return 0;
}

int silver_reader_open(struct silver_reader *s, int fd, const char *path, const char *const *names, size_t n)
{
	struct wanted all = {0};
	int result = -1;

	if (open_file(s, fd, path) != 0)
		goto out;
	if (names == NULL && want_all(s, &all) != 0)
		goto out;
	if (take_columns(s, names == NULL ? all.names : names, names == NULL ? all.n : n) != 0)
		goto out;
	s->is_silver = has_added(&s->columns);
	result = 0;
out:
	free(all.names);
	buffer_free(&all.key_names);
	if (result != 0)
		silver_reader_close(s);
	return result;
}

static int refuse(const struct silver_reader *s, const char *column, const char *what)
{
	return cause_record(
	    STATUS_REFUSED,
	    "%s: column %s: %s, by the schema that the lake has now: evetl LAKE reload makes Silver "
	    "by that",
	    s->path, column, what);
}

/* Which of the columns there are in the file, or in its keys: their names and where they go. */
static int find_there(struct silver_reader *s, const struct columns *as, const char **names, size_t *to,
		      size_t *n)
{
	for (size_t i = 0; i < as->n; i++) {
		const struct column *c = &as->items[i];
		const struct text name = {c->name, strlen(c->name)};

		if (file_has(s, name) || has_key(s, name)) {
			to[*n] = i;
			names[(*n)++] = c->name;
		} else if (c->nullable && added_index(c->name) == SILVER_ADDED) {
			s->absent[s->n_absent++] = i;
		} else {
			return refuse(s, c->name, "it is not there, and is never null");
		}
	}
	for (size_t i = 0; s->unasked == NULL && i < parquet_n_columns(s->parquet); i++)
		if (columns_find(as, parquet_column_name(s->parquet, i)) < 0)
			s->unasked = parquet_column_name(s->parquet, i);
	return 0;
}

/* The columns that are there are such as they are to be, and go where they are to go. */
static int place(struct silver_reader *s, const struct columns *as, const size_t *to)
{
	const size_t n_file = s->columns.n - s->n_keys;

	for (size_t i = 0; i < s->columns.n; i++) {
		const struct column *is = &s->columns.items[i], *be = &as->items[to[i]];

		if (is->type != be->type)
			return refuse(s, is->name, "it is of another type");
		if (is->nullable && !be->nullable)
			return refuse(s, is->name, "it may be null, and is never so");
	}
	for (size_t i = 0; i < n_file; i++)
		s->to[i] = to[s->to[i]];
	for (size_t i = 0; i < s->n_keys; i++)
		s->keys[i].column = to[s->keys[i].column];
	columns_free(&s->columns);
	return columns_copy(&s->columns, as);
}

int silver_reader_open_as(struct silver_reader *s, int fd, const char *path, const struct columns *as)
{
	const char **names = calloc(as->n + 1, sizeof *names);
	size_t *to = calloc(as->n + 1, sizeof *to);
	size_t n = 0;
	int result = -1;

	if (open_file(s, fd, path) != 0)
		goto out;
	s->absent = calloc(as->n + 1, sizeof *s->absent);
	if (names == NULL || to == NULL || s->absent == NULL) {
		cause_memory();
		goto out;
	}
	if (find_there(s, as, names, to, &n) != 0 || take_columns(s, names, n) != 0 || place(s, as, to) != 0)
		goto out;
	s->is_silver = has_added(&s->columns);
	result = 0;
out:
	free(names);
	free(to);
	if (result != 0)
		silver_reader_close(s);
	return result;
}

void silver_reader_close(struct silver_reader *s)
{
	parquet_close(s->parquet);
	columns_free(&s->columns);
	free(s->to);
	free(s->absent);
	free(s->path);
	*s = (struct silver_reader){0};
}

static void add_nulls(struct builder_column *c, uint32_t n)
{
	for (uint32_t row = 0; row < n; row++)
		builder_add_null(c);
}

int silver_reader_next(struct silver_reader *s, struct builder *b)
{
	const int more = parquet_read(s->parquet, b, s->to);
	const uint32_t n = b->columns[s->to[0]].n;

	for (size_t i = 0; more > 0 && i < s->n_keys; i++) {
		struct builder_column *c = &b->columns[s->keys[i].column];

		assert(c->n == 0);
		if (s->keys[i].value.data != NULL) {
			if (builder_fill_text(b, c, s->keys[i].value.data, s->keys[i].value.len, n) != 0)
				return -1;
			continue;
		}
		add_nulls(c, n);
	}
	for (size_t i = 0; more > 0 && i < s->n_absent; i++)
		add_nulls(&b->columns[s->absent[i]], n);
	return more;
}
