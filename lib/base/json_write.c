#include "base/json_write.h"

#include "base/utf8.h"

#include <string.h>

static int append_json_escape(struct buffer *out, uint32_t code)
{
	switch (code) {
	case '"': return buffer_append(out, "\\\"", 2);
	case '\\': return buffer_append(out, "\\\\", 2);
	case '\n': return buffer_append(out, "\\n", 2);
	case '\r': return buffer_append(out, "\\r", 2);
	case '\t': return buffer_append(out, "\\t", 2);
	case 0xfffd: return buffer_append_text(out, "\xef\xbf\xbd");
	default: return buffer_printf(out, "\\u%04x", (unsigned)code);
	}
}

int json_append_text(struct buffer *out, struct text text)
{
	size_t start = 0, n = 1;

	if (buffer_append(out, "\"", 1) != 0)
		return -1;
	for (size_t i = 0; i < text.len; i += n) {
		uint32_t code = 0xfffd;

		n = utf8_get(text.data + i, text.len - i, &code);
		if (n != 0 && code >= 0x20 && code != '"' && code != '\\')
			continue;
		if (buffer_append(out, text.data + start, i - start) != 0)
			return -1;
		if (append_json_escape(out, n != 0 ? code : 0xfffd) != 0)
			return -1;
		n = n != 0 ? n : 1;
		start = i + n;
	}
	if (buffer_append(out, text.data + start, text.len - start) != 0)
		return -1;
	return buffer_append(out, "\"", 1);
}

static void append(struct json_writer *w, const char *text, size_t len)
{
	w->failed = w->failed || buffer_append(&w->out, text, len) != 0;
}

static void append_quoted(struct json_writer *w, struct text text)
{
	w->failed = w->failed || json_append_text(&w->out, text) != 0;
}

static void new_line(struct json_writer *w)
{
	append(w, "\n", 1);
	for (unsigned i = 0; i < w->depth; i++)
		append(w, "  ", 2);
}

/* What stands before a value. */
static void begin_value(struct json_writer *w, const char *key)
{
	const bool is_inline = w->inline_depth > 0 && w->depth >= w->inline_depth;

	if (w->has_values)
		append(w, ", ", is_inline ? 2 : 1);
	if (!is_inline && w->depth > 0)
		new_line(w);
	if (key != NULL) {
		append_quoted(w, (struct text){key, strlen(key)});
		append(w, ": ", 2);
	}
	w->has_values = true;
}

void json_open(struct json_writer *w, const char *key, char bracket, bool is_inline)
{
	begin_value(w, key);
	append(w, &bracket, 1);
	w->depth++;
	w->has_values = false;
	if (is_inline && w->inline_depth == 0)
		w->inline_depth = w->depth;
}

void json_close(struct json_writer *w, char bracket)
{
	const bool is_inline = w->inline_depth > 0 && w->depth >= w->inline_depth;

	if (w->depth == w->inline_depth)
		w->inline_depth = 0;
	w->depth--;
	if (!is_inline && w->has_values)
		new_line(w);
	append(w, &bracket, 1);
	w->has_values = true;
}

void json_put_text(struct json_writer *w, const char *key, struct text text)
{
	begin_value(w, key);
	append_quoted(w, text);
}

void json_put_number(struct json_writer *w, const char *key, uint64_t number)
{
	begin_value(w, key);
	w->failed = w->failed || buffer_printf(&w->out, "%llu", (unsigned long long)number) != 0;
}

void json_put(struct json_writer *w, const char *key, struct text json)
{
	begin_value(w, key);
	append(w, json.data, json.len);
}

int json_end(struct json_writer *w)
{
	append(w, "\n", 1);
	return w->failed ? -1 : 0;
}

void json_free(struct json_writer *w)
{
	buffer_free(&w->out);
}
