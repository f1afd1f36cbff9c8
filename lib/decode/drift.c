#include "decode/drift.h"

#include "decode/decode.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* --- values ----------------------------------------------------------------------------------------------
 */

static void count(struct drift_count *c, const struct json_token *token, struct survey_place place)
{
	if (c->n++ > 0)
		return;
	c->first = place;
	survey_text_set(&c->example, (struct text){token->data, token->len});
	c->is_text = token->kind == JSON_STRING;
}

/* Whether the value is at least of the type that the field takes. */
static bool is_of_type(const struct field *f, const struct json_token *token)
{
	const bool is_number = token->kind == JSON_NUMBER;

	switch (f->type) {
	case COLUMN_STRING: return token->kind == JSON_STRING;
	case COLUMN_TIMESTAMP: return f->way == FIELD_EPOCH && is_number;
	case COLUMN_BOOL: return false;
	case COLUMN_INT32:
	case COLUMN_INT64: return is_number && survey_type_of(token) == SURVEY_INTEGER;
	default: return is_number;
	}
}

/* Where a place is kept as one number. */
enum { LINE_BITS = 40 };

static int note_value(struct drift *d, const struct field *f, struct survey_place place)
{
	const size_t i = (size_t)(f - d->fields);

	return notes_add(&d->values, i, d->schema->columns.items[i].name,
			 (struct text){f->token.data, f->token.len},
			 (uint64_t)place.source << LINE_BITS | place.line);
}

static int check_value(struct drift *d, struct drift_key *key, const struct json_token *token,
		       struct survey_place place)
{
	struct field *f = key->field;
	const char *reason;

	buffer_clear(&d->scratch);
	if (buffer_reserve(&d->scratch, token->len + DECODE_SLACK) != 0)
		return -1;
	f->token = *token;
	reason = field_check(f, &d->scratch);
	if (reason == f->missing)
		count(&key->missing, token, place);
	else if (reason != NULL)
		count(is_of_type(f, token) ? &key->bounds : &key->type, token, place);
	else if (f->known != NULL && f->token.kind == JSON_STRING &&
		 !value_set_has(f->known, f->token.data, f->token.len))
		return note_value(d, f, place);
	return 0;
}

static int check(void *context, uint32_t field, const struct json_token *token, struct survey_place place)
{
	struct drift *d = context;
	struct drift_key *key = &d->keys[d->key_of[field]];

	if (d->key_of[field] == 0)
		return 0;
	if (key->field != NULL)
		return check_value(d, key, token, place);
	if (token->kind != JSON_OBJECT && token->kind != JSON_NULL)
		count(&key->type, token, place);
	return 0;
}

/* --- the schema ------------------------------------------------------------------------------------------
 */

/* The keys of the schema, as fields of the survey: a key comes behind the one it stands in. */
static int add_keys(struct drift *d)
{
	const struct shape *shape = &d->schema->shape;

	d->keys = calloc(shape->n + 1, sizeof *d->keys);
	d->fields_of = calloc(shape->n + 1, sizeof *d->fields_of);
	if (d->keys == NULL || d->fields_of == NULL)
		return cause_memory();
	for (size_t i = 1; i < shape->n; i++) {
		const struct shape_key *key = &shape->keys[i];
		const uint32_t object = key->object == 0 ? SURVEY_TOP : d->fields_of[key->object];

		if (survey_field(d->survey, object, (struct text){key->name, key->len}, &d->fields_of[i]) !=
		    0)
			return cause_record(
			    STATUS_USAGE,
			    "the schema has more than %d keys, or some that are longer than %d bytes",
			    SURVEY_FIELDS, SURVEY_KEY);
		d->key_of[d->fields_of[i]] = i;
		d->keys[i].field = key->field >= 0 ? &d->fields[key->field] : NULL;
	}
	return 0;
}

/* The member of that name; JSON_NONE when there is none, or the value is no object. */
static struct json_token member_of(const struct json_token *object, const char *name)
{
	struct json_token key, value, found = {0};
	struct json_walk w;

	if (object->kind != JSON_OBJECT)
		return found;
	for (json_walk(&w, object); json_walk_member(&w, &key, &value);) {
		if (text_equal((struct text){key.data, key.len}, text_of(name)))
			found = value;
	}
	return found;
}

/* Keys that whoever made the schema has seen and left out are not new. The text has been compiled. */
static int add_left_out(struct drift *d, const char *text, size_t len)
{
	struct buffer copy = {0};
	struct json_token root, seen, key, value;
	struct json_walk w;
	const char *bad;
	uint32_t code;
	int result = -1;

	if (buffer_append(&copy, text, len) != 0 || buffer_reserve(&copy, JSON_SLACK) != 0 ||
	    buffer_reserve(&d->scratch, len) != 0)
		goto out;
	memset(copy.data + len, 0, JSON_SLACK);
	text = (const char *)copy.data;
	result = 0;
	if (json_value(json_space(text, text + len), text + len, &root, &bad) == NULL)
		goto out;
	seen = member_of(&root, "x-seen");
	seen = member_of(&seen, "left_out");
	if (seen.kind != JSON_OBJECT)
		goto out;
	for (json_walk(&w, &seen); result == 0 && json_walk_member(&w, &key, &value);) {
		if (json_unescape(&key, (char *)d->scratch.data, &len))
			result = dictionary_code(&d->left_out, d->scratch.data, len, &code);
	}
out:
	buffer_free(&copy);
	return result;
}

int drift_open(struct drift *d, const struct schema *schema, const char *text, size_t len,
	       struct survey *survey)
{
	*d = (struct drift){.schema = schema, .survey = survey};
	d->fields = calloc(schema->n + 1, sizeof *d->fields);
	if (d->fields == NULL)
		return cause_memory();
	for (size_t i = 0; i < schema->n; i++) {
		if (field_init(&d->fields[i], &schema->fields[i]) != 0)
			return -1;
	}
	survey->check = check;
	survey->context = d;
	return add_keys(d) != 0 ? -1 : add_left_out(d, text, len);
}

void drift_close(struct drift *d)
{
	for (size_t i = 0; d->fields != NULL && i < d->schema->n; i++)
		field_free(&d->fields[i]);
	free(d->fields);
	free(d->keys);
	free(d->fields_of);
	dictionary_free(&d->left_out);
	notes_free(&d->values);
	buffer_free(&d->scratch);
	*d = (struct drift){0};
}

/* --- findings --------------------------------------------------------------------------------------------
 */

struct teller {
	struct drift *drift;
	drift_finding *finding;
	void *context;
	struct buffer path, detail;
};

static int __attribute__((format(printf, 5, 6)))
tell(struct teller *t, struct survey_place place, const char *what, uint32_t field, const char *format, ...)
{
	char detail[512];
	const char *path;
	va_list ap;

	buffer_clear(&t->path);
	if (field != SURVEY_TOP && survey_path(t->drift->survey, field, &t->path) != 0)
		return -1;
	if (field != SURVEY_TOP && t->path.len == 0 && buffer_append_text(&t->path, "\"\"") != 0)
		return -1;
	path = buffer_text(&t->path);
	if (path == NULL)
		return -1;
	va_start(ap, format);
	vsnprintf(detail, sizeof detail, format, ap);
	va_end(ap);
	t->finding(t->context, place, what, path, detail);
	return 0;
}

static int tell_count(struct teller *t, const struct drift_count *c, const char *what, uint32_t field,
		      const char *is)
{
	const char *quote = c->is_text ? "\"" : "";

	if (c->n == 0)
		return 0;
	return tell(t, c->first, what, field, "%s%.*s%s%s is %s (lines: %llu)", quote, (int)c->example.len,
		    c->example.bytes, c->example.is_cut ? "..." : "", quote, is, (unsigned long long)c->n);
}

/* The types of its values, and in how many lines. */
static const char *list_types(struct teller *t, const struct survey_value *v)
{
	buffer_clear(&t->detail);
	for (int i = 0; i < SURVEY_TYPES; i++) {
		if (v->rows[i] > 0 &&
		    buffer_printf(&t->detail, "%s%s (lines: %llu)", t->detail.len > 0 ? ", " : "",
				  survey_type_name((enum survey_type)i), (unsigned long long)v->rows[i]) != 0)
			return NULL;
	}
	return buffer_text(&t->detail);
}

static bool is_within_line(const struct drift *d, uint32_t object)
{
	return object == SURVEY_TOP || d->survey->fields[object].value.rows[SURVEY_OBJECT] > 0;
}

static int tell_key(struct teller *t, size_t i)
{
	const struct drift *d = t->drift;
	const struct drift_key *key = &d->keys[i];
	const uint32_t field = d->fields_of[i];
	const struct survey_field *seen = &d->survey->fields[field];
	const uint64_t missing = survey_missing(d->survey, field), rows = d->survey->rows;
	const bool is_required = key->field != NULL && key->field->required;
	char no[32];

	if (missing == rows) {
		/* What stands in an object that is gone is gone with it. */
		return is_within_line(d, seen->object)
			   ? tell(t, seen->first_missing, "vanished", field, "no line has it")
			   : 0;
	}
	if (is_required && missing > 0 &&
	    tell(t, seen->first_missing, "missing", field, "it is not there (lines: %llu)",
		 (unsigned long long)missing) != 0)
		return -1;
	if (tell_count(t, &key->missing, "missing", field, "no value") != 0)
		return -1;
	snprintf(no, sizeof no, "no %s", key->field == NULL ? "object" : column_type_name(key->field->type));
	if (tell_count(t, &key->type, "type", field, no) != 0)
		return -1;
	return tell_count(t, &key->bounds, "bounds", field, "out of bounds");
}

static int tell_values(struct teller *t)
{
	const struct notes *notes = &t->drift->values;
	const struct decode_note *items = notes_all(notes);

	for (size_t i = 0; i < notes->n; i++) {
		const struct survey_place place = {items[i].line & (((uint64_t)1 << LINE_BITS) - 1),
						   (uint32_t)(items[i].line >> LINE_BITS)};
		char detail[NOTES_NAME + 64];

		snprintf(detail, sizeof detail, "\"%.*s\" is not known (lines: %llu)", (int)items[i].name.len,
			 items[i].name.data, (unsigned long long)items[i].count);
		t->finding(t->context, place, "value", items[i].field, detail);
	}
	return 0;
}

/* A key that leads into an object that is new itself goes without saying. */
static int tell_new(struct teller *t, uint32_t field)
{
	struct drift *d = t->drift;
	const struct survey_field *seen = &d->survey->fields[field];
	const struct survey_value *v = &seen->value;
	struct survey_place first = {0};
	const char *types;
	uint32_t code;

	if (d->key_of[field] != 0 || survey_value_rows(v) + v->rows[SURVEY_NULL] == 0 ||
	    (seen->object != SURVEY_TOP &&
	     (d->key_of[seen->object] == 0 || d->keys[d->key_of[seen->object]].field != NULL)))
		return 0;
	buffer_clear(&t->path);
	if (survey_path(d->survey, field, &t->path) != 0)
		return -1;
	if (dictionary_find(&d->left_out, t->path.data, t->path.len, &code))
		return 0;
	for (int i = SURVEY_TYPES; i-- > 0;) {
		const struct survey_place place = v->first[i];

		if (v->rows[i] > 0 && (first.line == 0 || place.source < first.source ||
				       (place.source == first.source && place.line < first.line)))
			first = place;
	}
	types = list_types(t, v);
	return types == NULL ? -1 : tell(t, first, "new", field, "%s", types);
}

int drift_tell(struct drift *d, drift_finding *finding, void *context)
{
	struct teller t = {.drift = d, .finding = finding, .context = context};
	const struct survey *s = d->survey;
	int result = 0;

	for (size_t i = 1; result == 0 && i < d->schema->shape.n; i++)
		result = tell_key(&t, i);
	if (result == 0)
		result = tell_values(&t);
	for (uint32_t i = 0; result == 0 && i < s->n; i++)
		result = tell_new(&t, i);
	if (result == 0 && s->others > 0)
		result = tell(&t, s->first_other, "new", SURVEY_TOP,
			      "other keys, and long ones (values: %llu)", (unsigned long long)s->others);
	for (int i = 0; result == 0 && i < SURVEY_FAULTS; i++) {
		if (s->faults[i] > 0)
			result =
			    tell(&t, s->first_fault[i], "line", SURVEY_TOP, "%s (lines: %llu)",
				 survey_fault_name((enum survey_fault)i), (unsigned long long)s->faults[i]);
	}
	buffer_free(&t.path);
	buffer_free(&t.detail);
	return result;
}
