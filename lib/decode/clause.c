#include "decode/clause.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const char *const keywords[N_KEYWORDS] = {
    "$schema",          "$id",       "title",     "description", "$comment",
    "examples",         "default",   "x-seen",    "type",        "properties",
    "required",         "enum",      "minimum",   "maximum",     "exclusiveMinimum",
    "exclusiveMaximum", "minLength", "maxLength", "format",      "x-column",
    "x-known",          "x-from",    "x-format",  "x-lenient",
};

enum { POINTER_BYTES = 256 }; /* what is longer is cut */

/* Whether `at` lies in the value, or is where it begins. */
static bool is_in(const struct json_token *value, const char *at)
{
	return at >= value->data && at <= value->data + value->len;
}

/* The member or the element of *value that has `at` in it, behind which step is one more of the pointer. */
static bool descend(struct json_token *value, const char *at, struct json_token *key, size_t *index)
{
	struct json_token item;
	struct json_walk w;

	*index = 0;
	key->kind = JSON_NONE;
	if (value->kind != JSON_OBJECT && value->kind != JSON_ARRAY)
		return false;
	for (json_walk(&w, value);
	     value->kind == JSON_OBJECT ? json_walk_member(&w, key, &item) : json_walk_element(&w, &item);
	     ++*index) {
		if (is_in(&item, at) || (key->kind != JSON_NONE && is_in(key, at))) {
			*value = item;
			return true;
		}
	}
	return false;
}

/* The pointer to what stands at a place, and ": " behind it; nothing for the whole. */
static void point(const struct compiler *c, const char *at, char out[POINTER_BYTES])
{
	struct json_token value = c->root, key;
	size_t index, n = 0;

	while (at != value.data && descend(&value, at, &key, &index)) {
		if (n + 32 > POINTER_BYTES)
			break;
		if (key.kind == JSON_NONE) {
			n += (size_t)snprintf(out + n, POINTER_BYTES - n, "/%zu", index);
			continue;
		}
		out[n++] = '/';
		for (size_t i = 0; i < key.len && n + 8 < POINTER_BYTES; i++) {
			const char byte = key.data[i];

			out[n++] = byte == '/' || byte == '~' ? '~' : byte;
			if (byte == '/' || byte == '~')
				out[n++] = byte == '/' ? '1' : '0';
		}
	}
	snprintf(out + n, POINTER_BYTES - n, "%s", n > 0 ? ": " : "");
}

int clause_refuse(const struct compiler *c, const char *at, const char *format, ...)
{
	char detail[512], pointer[POINTER_BYTES] = "";
	size_t line = 1;
	va_list ap;

	for (const char *p = c->text; p < at; p++)
		line += *p == '\n';
	if (c->root.kind != JSON_NONE)
		point(c, at, pointer);
	va_start(ap, format);
	vsnprintf(detail, sizeof detail, format, ap);
	va_end(ap);
	return cause_record(STATUS_USAGE, "%s:%zu: %s%s", c->name, line, pointer, detail);
}

/* A string with its quotes is longer than what it means and a NUL, so names has room for all. */
const char *clause_name(struct compiler *c, const struct json_token *token)
{
	char *start = c->names + c->names_len;
	size_t len;

	if (token->kind != JSON_STRING) {
		clause_refuse(c, token->data, "a string should stand here");
		return NULL;
	}
	if (!json_unescape(token, start, &len)) {
		clause_refuse(c, token->data, "a lone surrogate or U+0000 in a string");
		return NULL;
	}
	start[len] = '\0';
	c->names_len += len + 1;
	return start;
}

static enum keyword keyword_find(const char *name)
{
	int k = 0;

	while (k < N_KEYWORDS && strcmp(keywords[k], name) != 0)
		k++;
	return (enum keyword)k;
}

int clause_read(struct compiler *c, const struct json_token *object, unsigned of, struct clause *clause)
{
	struct json_token key, value;
	struct json_walk w;

	*clause = (struct clause){0};
	if (object->kind != JSON_OBJECT)
		return clause_refuse(c, object->data, "an object should stand here");
	for (json_walk(&w, object); json_walk_member(&w, &key, &value);) {
		const char *name = clause_name(c, &key);
		enum keyword k;

		if (name == NULL)
			return -1;
		k = keyword_find(name);
		if (k == N_KEYWORDS)
			return clause_refuse(c, key.data, "keyword \"%s\" is not supported", name);
		if ((of >> k & 1) == 0)
			return clause_refuse(c, key.data, "keyword \"%s\" is not supported here", name);
		if (clause->at[k].kind != JSON_NONE)
			return clause_refuse(c, key.data, "keyword \"%s\" stands here twice", name);
		clause->at[k] = value;
	}
	return 0;
}
