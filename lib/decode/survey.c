#include "decode/survey.h"

#include "base/utf8.h"
#include "decode/decode.h"
#include "decode/shape.h"

#include <stdlib.h>

_Static_assert((int)SURVEY_DEPTH == (int)SHAPE_DEPTH, "what is found can be read by a path");

const char *survey_fault_name(enum survey_fault fault)
{
	static const char *const names[SURVEY_FAULTS] = {"malformed_json", "not_an_object", "line_too_long"};

	return names[fault];
}

int survey_open(struct survey *s, size_t limit)
{
	*s = (struct survey){0};
	for (size_t i = 0; i <= SURVEY_DEPTH; i++)
		s->first[i] = SURVEY_TOP;
	return line_reader_open(&s->lines, NULL, limit);
}

void survey_close(struct survey *s)
{
	for (size_t i = 0; i < s->n; i++)
		survey_value_free(&s->fields[i].value);
	free(s->fields);
	free(s->touched);
	free(s->always);
	dictionary_free(&s->keys);
	strings_free(&s->sources);
	buffer_free(&s->scratch);
	line_reader_close(&s->lines);
	*s = (struct survey){0};
}

/* --- fields ----------------------------------------------------------------------------------------------
 */

enum { OBJECT_BYTES = sizeof(uint32_t) };

struct text survey_key(const struct survey *s, uint32_t field)
{
	const struct text key = strings_get(&s->keys.strings, field);

	return (struct text){key.data + OBJECT_BYTES, key.len - OBJECT_BYTES};
}

static int add_field(struct survey *s, uint32_t object)
{
	struct survey_field *f;
	struct text key;

	if (array_reserve(&s->fields, &s->cap, s->n + 1, sizeof *s->fields) != 0 ||
	    array_reserve(&s->always, &s->always_cap, s->n_always + 1, sizeof *s->always) != 0)
		return -1;
	f = &s->fields[s->n];
	*f = (struct survey_field){
	    .object = object,
	    .depth = object == SURVEY_TOP ? 0 : s->fields[object].depth + 1,
	    .next = SURVEY_TOP,
	    .is_always = s->rows == 0,
	    .first_missing = s->first_row,
	};
	key = survey_key(s, (uint32_t)s->n);
	f->is_plain = true;
	for (size_t i = 0; i < key.len; i++)
		f->is_plain &=
		    key.data[i] != '"' && key.data[i] != '\\' && (unsigned char)key.data[i] >= 0x20;
	survey_value_begin(&f->value);
	if (f->is_always)
		s->always[s->n_always++] = (uint32_t)s->n;
	s->n++;
	return 0;
}

int survey_field(struct survey *s, uint32_t object, struct text key, uint32_t *field)
{
	char name[OBJECT_BYTES + SURVEY_KEY];

	if (key.len > SURVEY_KEY)
		return -1;
	memcpy(name, &object, OBJECT_BYTES);
	memcpy(name + OBJECT_BYTES, key.data, key.len);
	if (dictionary_find(&s->keys, name, OBJECT_BYTES + key.len, field))
		return 0;
	if (s->n == SURVEY_FIELDS || dictionary_code(&s->keys, name, OBJECT_BYTES + key.len, field) != 0)
		return -1;
	return add_field(s, object);
}

int survey_path(const struct survey *s, uint32_t field, struct buffer *path)
{
	uint32_t way[SURVEY_DEPTH];
	size_t n = 0;

	for (; field != SURVEY_TOP; field = s->fields[field].object)
		way[n++] = field;
	while (n-- > 0) {
		if (shape_write_key(survey_key(s, way[n]), path) != 0 ||
		    (n > 0 && buffer_append(path, ".", 1) != 0))
			return -1;
	}
	return 0;
}

int survey_place(const struct survey *s, struct survey_place place, struct buffer *out)
{
	struct text source;

	if (place.line == 0)
		return buffer_append(out, "-", 1);
	source = strings_get(&s->sources, place.source);
	return buffer_printf(out, "%.*s:%llu", (int)source.len, source.data, (unsigned long long)place.line);
}

uint64_t survey_missing(const struct survey *s, uint32_t field)
{
	const struct survey_value *v = &s->fields[field].value;

	return s->rows - survey_value_rows(v) - v->rows[SURVEY_NULL];
}

/* --- a line ----------------------------------------------------------------------------------------------
 */

/* What a value has led to in this line, the value included, is taken back. */
static void take_back(struct survey *s, uint32_t field)
{
	for (size_t i = s->fields[field].touched; i < s->n_touched; i++) {
		uint32_t at = s->touched[i].field;

		while (at != SURVEY_TOP && at != field)
			at = s->fields[at].object;
		if (at == SURVEY_TOP)
			continue;
		s->touched[i].token.kind = JSON_NONE;
		s->fields[s->touched[i].field].line = 0;
	}
}

/* There is room for as many values as a line can have. */
static void touch(struct survey *s, uint32_t field, const struct json_token *token)
{
	struct survey_field *f = &s->fields[field];

	/* Of a key that is there twice the last counts. */
	if (f->line == s->line && s->touched[f->touched].token.kind == JSON_OBJECT)
		take_back(s, field);
	else if (f->line == s->line)
		s->touched[f->touched].token.kind = JSON_NONE;
	f->line = s->line;
	f->touched = (uint32_t)s->n_touched;
	s->touched[s->n_touched++] = (struct survey_touched){field, *token};
}

/* The place behind the key at p, its colon and the space there, if it is the field's; else NULL. */
static inline const char *skip_key(const struct survey *s, uint32_t object, uint32_t field, const char *p,
				   const char *end)
{
	struct text key;

	if (field == SURVEY_TOP || s->fields[field].object != object || !s->fields[field].is_plain)
		return NULL;
	key = survey_key(s, field);
	if ((size_t)(end - p) < key.len + 3 || *p != '"' || p[key.len + 1] != '"' || p[key.len + 2] != ':' ||
	    memcmp(p + 1, key.data, key.len) != 0)
		return NULL;
	p += key.len + 3;
	return json_space(p, end);
}

/* The field of a key: 1; 0 when it is only counted; -1. */
static int find_field(struct survey *s, uint32_t object, const struct json_token *key, uint32_t *field)
{
	struct text name = {key->data, key->len};
	size_t len;

	if (key->escaped) {
		if (!json_unescape(key, (char *)s->scratch.data, &len))
			return 0;
		name = (struct text){(const char *)s->scratch.data, len};
	}
	if (survey_field(s, object, name, field) == 0)
		return 1;
	return cause_is_set() ? -1 : 0;
}

static int read_object(struct survey *s, uint32_t object, uint32_t depth, const char **at, const char *end,
		       const char **bad);

/* The value at *at, of that field, or of one that is only counted, which has none: 1, 0 and *bad, -1. */
static int read_value(struct survey *s, uint32_t field, const char **at, const char *end, const char **bad)
{
	const uint32_t depth = field == SURVEY_TOP ? 0 : s->fields[field].depth + 1;
	struct json_token token;
	const char *p = *at;

	if (field != SURVEY_TOP && p < end && *p == '{' && depth < SURVEY_DEPTH) {
		token = (struct json_token){JSON_OBJECT, false, p, 1};
		touch(s, field, &token);
		*at = p + 1;
		return read_object(s, field, depth, at, end, bad);
	}
	p = json_value(p, end, &token, bad);
	if (p == NULL)
		return 0;
	*at = p;
	if (field == SURVEY_TOP)
		s->line_others++;
	else
		touch(s, field, &token);
	return 1;
}

/* The members of an object whose brace is before *at, which is then behind it. */
static int read_object(struct survey *s, uint32_t object, uint32_t depth, const char **at, const char *end,
		       const char **bad)
{
	const char *p = json_space(*at, end);
	uint32_t before = SURVEY_TOP;

	if (p < end && *p == '}') {
		*at = p + 1;
		return 1;
	}
	for (;;) {
		uint32_t *const guess = before == SURVEY_TOP ? &s->first[depth] : &s->fields[before].next;
		const char *value = skip_key(s, object, *guess, p, end);
		uint32_t field = *guess;
		int found = 1;

		if (value == NULL) {
			struct json_token key;

			value = json_key(p, end, &key, bad);
			if (value == NULL)
				return 0;
			found = find_field(s, object, &key, &field);
			if (found < 0)
				return -1;
			/* A new field may have moved the others. */
			if (found > 0)
				*(before == SURVEY_TOP ? &s->first[depth] : &s->fields[before].next) = field;
		}
		p = value;
		before = found > 0 ? field : before;
		found = read_value(s, found > 0 ? field : SURVEY_TOP, &p, end, bad);
		if (found != 1)
			return found;
		p = json_space(p, end);
		if (p < end && *p == '}')
			break;
		if (p >= end || *p != ',') {
			*bad = p;
			return 0;
		}
		p = json_space(p + 1, end);
	}
	*at = p + 1;
	return 1;
}

/* 1; 0 and *fault; -1. */
static int read_line(struct survey *s, const struct line *line, enum survey_fault *fault)
{
	const char *end = line->data + line->len, *p = json_space(line->data, end), *bad;
	const bool is_object = p < end && *p == '{';
	struct json_token token;
	int result;

	*fault = SURVEY_MALFORMED;
	if (utf8_check(line->data, line->len) < line->len)
		return 0;
	if (is_object) {
		p++;
		result = read_object(s, SURVEY_TOP, 0, &p, end, &bad);
	} else {
		p = json_value(p, end, &token, &bad);
		result = p != NULL;
	}
	if (result != 1 || json_space(p, end) < end)
		return result < 0 ? -1 : 0;
	if (!is_object)
		*fault = SURVEY_NO_OBJECT;
	return is_object;
}

/* Fields that no line has lacked, and this one does. */
static void find_missing(struct survey *s, struct survey_place place)
{
	size_t left = 0;

	for (size_t i = 0; i < s->n_always; i++) {
		struct survey_field *f = &s->fields[s->always[i]];

		if (f->line == s->line) {
			s->always[left++] = s->always[i];
			continue;
		}
		f->is_always = false;
		f->first_missing = place;
	}
	s->n_always = left;
}

/* A good line: its values are counted. */
static int take_row(struct survey *s, struct survey_place place)
{
	size_t n_always = 0;

	if (s->rows == 0)
		s->first_row = place;
	for (size_t i = 0; i < s->n_touched; i++) {
		const struct survey_touched *t = &s->touched[i];
		struct survey_field *f = &s->fields[t->field];

		if (t->token.kind == JSON_NONE)
			continue;
		n_always += f->is_always;
		if (survey_value_add(&f->value, &t->token, place, &s->scratch) != 0 ||
		    (s->check != NULL && s->check(s->context, t->field, &t->token, place) != 0))
			return -1;
	}
	s->rows++;
	if (n_always < s->n_always)
		find_missing(s, place);
	if (s->line_others > 0 && s->others == 0)
		s->first_other = place;
	s->others += s->line_others;
	return 0;
}

/* A value has a key and a colon, and something between it and the next. */
enum { VALUE_BYTES = sizeof "\"\":1" - 1 };

static int take_line(struct survey *s, const struct line *line, uint32_t source)
{
	const struct survey_place place = {line->number, source};
	enum survey_fault fault = SURVEY_TOO_LONG;
	int good = 0;

	if (!line->too_long && line_is_blank(line)) {
		s->blank++;
		return 0;
	}
	s->line++;
	s->n_touched = 0;
	s->line_others = 0;
	if (buffer_reserve(&s->scratch, line->len + DECODE_SLACK) != 0 ||
	    array_reserve(&s->touched, &s->touched_cap, line->len / VALUE_BYTES + 1, sizeof *s->touched) != 0)
		return -1;
	if (!line->too_long)
		good = read_line(s, line, &fault);
	if (good != 0)
		return good < 0 ? -1 : take_row(s, place);
	if (s->faults[fault]++ == 0)
		s->first_fault[fault] = place;
	return 0;
}

int survey_source(struct survey *s, struct input *input, struct text name)
{
	const uint32_t source = s->sources.n;
	struct line line;
	int more;

	if (strings_add(&s->sources, name.data, name.len) != 0)
		return -1;
	line_reader_restart(&s->lines, input);
	while ((more = line_next(&s->lines, &line)) > 0) {
		if (take_line(s, &line, source) != 0)
			return -1;
	}
	return more;
}
