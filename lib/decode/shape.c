#include "decode/shape.h"

#include <stdlib.h>

int shape_write_key(struct text key, struct buffer *out)
{
	size_t start = 0;

	for (size_t i = 0; i < key.len; i++) {
		if (key.data[i] != '.' && key.data[i] != '\\')
			continue;
		if (buffer_append(out, key.data + start, i - start) != 0 || buffer_append(out, "\\", 1) != 0)
			return -1;
		start = i;
	}
	return buffer_append(out, key.data + start, key.len - start);
}

/* The path to a key, and a dot. */
static char *path_to(const struct shape *s, size_t object, struct text name)
{
	struct buffer path = {0};
	const char *text = NULL;

	if (buffer_append_text(&path, s->keys[object].path) == 0 && shape_write_key(name, &path) == 0 &&
	    buffer_append(&path, ".", 1) == 0)
		text = buffer_text(&path);
	if (text == NULL)
		buffer_free(&path);
	return (char *)path.data;
}

static int add(struct shape *s, struct text name, size_t object, unsigned depth)
{
	struct shape_key key = {.len = name.len, .object = object, .field = -1, .depth = depth};

	if (array_reserve(&s->keys, &s->cap, s->n + 1, sizeof *s->keys) != 0)
		return -1;
	key.name = strndup(name.data, name.len);
	key.path = s->n > 0 ? path_to(s, object, name) : strdup("");
	s->keys[s->n++] = key;
	return key.name != NULL && key.path != NULL ? 0 : cause_memory();
}

/* The key of that name in an object; 0 when there is none. */
static size_t find(const struct shape *s, size_t object, struct text name)
{
	for (size_t i = 1; i < s->n; i++) {
		const struct shape_key *key = &s->keys[i];

		if (key->object == object && text_equal((struct text){key->name, key->len}, name))
			return i;
	}
	return 0;
}

static int refuse(struct shape_refusal *refusal, const char *reason, int other)
{
	*refusal = (struct shape_refusal){reason, other};
	return 0;
}

/* Any field that is read from within an object: there is one. */
static int field_within(const struct shape *s, size_t object)
{
	size_t i = object;

	while (s->keys[i].field < 0 || !shape_is_within(s, i, object))
		i++;
	return s->keys[i].field;
}

/* One key of a path that has led to *object so far; the last is the field's. */
static int add_step(struct shape *s, struct text name, bool is_last, int field, size_t *object,
		    struct shape_refusal *refusal)
{
	const unsigned depth = *object > 0 ? s->keys[*object].depth + 1 : 0;
	size_t at = find(s, *object, name);

	if (depth == SHAPE_DEPTH)
		return refuse(refusal, "a path has at most 16 keys", -1);
	if (at > 0 && s->keys[at].field >= 0)
		return refuse(refusal,
			      is_last ? "the same is read for property"
				      : "it leads through the value of property",
			      s->keys[at].field);
	if (at > 0 && is_last)
		return refuse(refusal, "it leads to an object that has the value of property",
			      field_within(s, at));
	if (at == 0) {
		at = s->n;
		if (add(s, name, *object, depth) != 0)
			return -1;
	}
	if (is_last)
		s->keys[at].field = field;
	*object = at;
	return 1;
}

static int begin(struct shape *s)
{
	return s->n > 0 ? 0 : add(s, (struct text){"", 0}, 0, 0);
}

int shape_add_key(struct shape *s, const char *key, int field, struct shape_refusal *refusal)
{
	size_t object = 0;

	if (begin(s) != 0)
		return -1;
	return add_step(s, (struct text){key, strlen(key)}, true, field, &object, refusal);
}

/* The key that *path begins with, what it means in name; *path is then at the dot behind it, or at the end.
 */
static int read_key(const char **path, char *name, size_t *len, struct shape_refusal *refusal)
{
	const char *p = *path;

	for (*len = 0; *p != '\0' && *p != '.'; p++) {
		if (*p == '\\' && *++p != '.' && *p != '\\')
			return refuse(refusal, "a backslash stands before a dot or another backslash", -1);
		name[(*len)++] = *p;
	}
	*path = p;
	return *len > 0 ? 1
			: refuse(refusal, "a path is keys with dots between them, none of them empty", -1);
}

int shape_add_path(struct shape *s, const char *path, int field, struct shape_refusal *refusal)
{
	char *name = malloc(strlen(path) + 1);
	size_t object = 0, len;
	int result;

	if (name == NULL)
		return cause_memory();
	result = begin(s) == 0 ? 1 : -1;
	for (bool is_last = false; result == 1 && !is_last; path++) {
		result = read_key(&path, name, &len, refusal);
		is_last = *path == '\0';
		if (result == 1)
			result = add_step(s, (struct text){name, len}, is_last, field, &object, refusal);
	}
	free(name);
	return result;
}

void shape_free(struct shape *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->keys[i].name);
		free(s->keys[i].path);
	}
	free(s->keys);
	*s = (struct shape){0};
}

bool shape_is_within(const struct shape *s, size_t i, size_t object)
{
	/* What an object has comes behind it. */
	while (i > object)
		i = s->keys[i].object;
	return i == object;
}
