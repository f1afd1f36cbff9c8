/* The schema as text: what each property is, and beside it what was seen. */
#include "decode/infer.h"

#include "base/json_write.h"

#include <stdio.h>

enum { EXAMPLES = 3, KNOWN_ROWS = 100 }; /* values are expected that each come so often on the average */

struct writer {
	struct json_writer json;
	const struct infer *infer;
	struct buffer scratch;
};

static void put_place(struct writer *w, const char *key, struct survey_place place)
{
	buffer_clear(&w->scratch);
	w->json.failed |= survey_place(w->infer->survey, place, &w->scratch) != 0;
	json_put_text(&w->json, key, (struct text){(const char *)w->scratch.data, w->scratch.len});
}

static void put_share(struct writer *w, const char *key, uint64_t part)
{
	char text[32];

	snprintf(text, sizeof text, "%.6g", (double)part / (double)w->infer->survey->rows);
	json_put(&w->json, key, text_of(text));
}

static void put_types(struct writer *w, const struct survey_value *v)
{
	json_open(&w->json, "types", '{', false);
	for (int i = 0; i < SURVEY_TYPES; i++) {
		if (v->rows[i] == 0)
			continue;
		json_open(&w->json, survey_type_name((enum survey_type)i), '{', true);
		json_put_number(&w->json, "rows", v->rows[i]);
		put_place(w, "first", v->first[i]);
		json_close(&w->json, '}');
	}
	json_close(&w->json, '}');
}

static void put_number(struct writer *w, const char *key, const struct survey_text *text, double value)
{
	char number[40];

	if (!text->is_cut) {
		json_put(&w->json, key, (struct text){text->bytes, text->len});
		return;
	}
	snprintf(number, sizeof number, "%.17g", value);
	json_put(&w->json, key, text_of(number));
}

static void put_time(struct writer *w, const char *key, int64_t us)
{
	char text[TIMESTAMP_TEXT];

	json_put_text(&w->json, key, (struct text){text, timestamp_format(us, text)});
}

/* Of the values that the column takes. */
static void put_extremes(struct writer *w, const struct infer_field *field, const struct survey_value *v)
{
	const struct survey_numbers *numbers = &v->numbers, *numerals = &v->numerals;
	const bool is_text = field->json_type[0] == 's';

	if (is_text && field->type == COLUMN_TIMESTAMP && v->n_times > 0) {
		put_time(w, "minimum", v->first_us);
		put_time(w, "maximum", v->last_us);
	} else if (is_text && v->rows[SURVEY_STRING] > v->n_bad) {
		json_put_text(&w->json, "minimum", (struct text){v->least.bytes, v->least.len});
		json_put_text(&w->json, "maximum", (struct text){v->greatest.bytes, v->greatest.len});
	} else if (!is_text && numbers->n + (field->is_lenient ? numerals->n : 0) > 0) {
		const bool other = field->is_lenient && numerals->n > 0;
		const struct survey_numbers *low = numbers, *high = numbers;

		if (other && (numbers->n == 0 || numerals->low_value < numbers->low_value))
			low = numerals;
		if (other && (numbers->n == 0 || numerals->high_value > numbers->high_value))
			high = numerals;
		put_number(w, "minimum", &low->low, low->low_value);
		put_number(w, "maximum", &high->high, high->high_value);
	}
}

static void put_examples(struct writer *w, const char *key, const struct survey_value *v, uint32_t most)
{
	json_open(&w->json, key, '[', true);
	for (uint32_t i = 0; i < v->examples.n && i < most; i++)
		(v->is_text[i] ? json_put_text : json_put)(&w->json, NULL, strings_get(&v->examples, i));
	json_close(&w->json, ']');
}

/* Few values, which come again and again. */
static bool are_known(const struct infer_field *field, const struct survey_value *v)
{
	return field->type == COLUMN_STRING && field->rejects == 0 && v->is_complete && v->examples.n > 0 &&
	       v->rows[SURVEY_STRING] >= (uint64_t)v->examples.n * KNOWN_ROWS;
}

static void put_type(struct writer *w, const struct infer_field *field)
{
	const bool also_text = field->is_lenient;

	if (field->is_required && !also_text) {
		json_put_text(&w->json, "type", text_of(field->json_type));
	} else {
		json_open(&w->json, "type", '[', true);
		json_put_text(&w->json, NULL, text_of(field->json_type));
		if (also_text)
			json_put_text(&w->json, NULL, text_of("string"));
		if (!field->is_required)
			json_put_text(&w->json, NULL, text_of("null"));
		json_close(&w->json, ']');
	}
	if (field->type == COLUMN_TIMESTAMP && field->unit == NULL)
		json_put_text(&w->json, "format", text_of("date-time"));
	json_put_text(&w->json, "x-column", text_of(column_type_name(field->type)));
}

static void put_property(struct writer *w, uint32_t i)
{
	const struct infer_field *field = &w->infer->fields[i];
	const struct survey *survey = w->infer->survey;
	const struct survey_value *v = &survey->fields[i].value;
	const struct text key = survey_key(survey, i);

	json_open(&w->json, field->name, '{', false);
	put_type(w, field);
	if (survey->fields[i].depth > 0 || !text_equal(key, text_of(field->name))) {
		buffer_clear(&w->scratch);
		w->json.failed |= survey_path(survey, i, &w->scratch) != 0;
		json_put_text(&w->json, "x-from",
			      (struct text){(const char *)w->scratch.data, w->scratch.len});
	}
	if (field->unit != NULL)
		json_put_text(&w->json, "x-format", text_of(field->unit));
	if (field->is_lenient)
		json_put(&w->json, "x-lenient", text_of("true"));
	if (are_known(field, v))
		put_examples(w, "x-known", v, SURVEY_EXAMPLES);
	else if (v->examples.n > 0)
		put_examples(w, "examples", v, EXAMPLES);
	json_open(&w->json, "x-seen", '{', false);
	put_types(w, v);
	put_share(w, "null", v->rows[SURVEY_NULL]);
	put_share(w, "missing", survey_missing(survey, i));
	put_extremes(w, field, v);
	json_put_number(&w->json, "distinct", sketch_count(&v->distinct));
	if (field->rejects > 0)
		json_put_number(&w->json, "rejects", field->rejects);
	json_close(&w->json, '}');
	json_close(&w->json, '}');
}

static void put_left_out(struct writer *w, uint32_t i)
{
	const struct survey *survey = w->infer->survey;
	const struct survey_value *v = &survey->fields[i].value;
	struct buffer path = {0};
	const char *name = NULL;

	if (survey_path(survey, i, &path) == 0)
		name = buffer_text(&path);
	w->json.failed |= name == NULL;
	json_open(&w->json, name, '{', false);
	json_put_text(&w->json, "why", text_of(w->infer->fields[i].why));
	put_types(w, v);
	put_share(w, "null", v->rows[SURVEY_NULL]);
	put_share(w, "missing", survey_missing(survey, i));
	if (v->examples.n > 0)
		put_examples(w, "examples", v, EXAMPLES);
	json_close(&w->json, '}');
	buffer_free(&path);
}

static void put_count(struct writer *w, const char *key, uint64_t n, struct survey_place first)
{
	if (n == 0)
		return;
	json_open(&w->json, key, '{', true);
	json_put_number(&w->json, "number", n);
	put_place(w, "first", first);
	json_close(&w->json, '}');
}

/* Of the lines as a whole. */
static void put_lines(struct writer *w)
{
	const struct survey *s = w->infer->survey;
	bool any = false;

	json_open(&w->json, "x-seen", '{', false);
	json_put_number(&w->json, "sources", s->sources.n);
	json_put_number(&w->json, "rows", s->rows);
	json_put_number(&w->json, "blank", s->blank);
	for (int i = 0; i < SURVEY_FAULTS; i++)
		put_count(w, survey_fault_name((enum survey_fault)i), s->faults[i], s->first_fault[i]);
	put_count(w, "other_keys", s->others, s->first_other);
	for (uint32_t i = 0; i < s->n; i++) {
		if (w->infer->fields[i].fate != INFER_LEFT_OUT)
			continue;
		if (!any)
			json_open(&w->json, "left_out", '{', false);
		any = true;
		put_left_out(w, i);
	}
	if (any)
		json_close(&w->json, '}');
	json_close(&w->json, '}');
}

static void put_required(struct writer *w)
{
	json_open(&w->json, "required", '[', true);
	for (uint32_t i = 0; i < w->infer->survey->n; i++) {
		if (w->infer->fields[i].is_required)
			json_put_text(&w->json, NULL, text_of(w->infer->fields[i].name));
	}
	json_close(&w->json, ']');
}

int infer_write(const struct infer *f, struct buffer *out)
{
	struct writer w = {.infer = f};
	int result;

	json_open(&w.json, NULL, '{', false);
	json_put_text(&w.json, "$schema", text_of("https://json-schema.org/draft/2020-12/schema"));
	json_put_text(&w.json, "title", text_of("what evschema has seen"));
	json_put_text(&w.json, "type", text_of("object"));
	put_lines(&w);
	put_required(&w);
	json_open(&w.json, "properties", '{', false);
	for (uint32_t i = 0; i < f->survey->n; i++) {
		if (f->fields[i].fate == INFER_COLUMN)
			put_property(&w, i);
	}
	json_close(&w.json, '}');
	json_close(&w.json, '}');
	result = json_end(&w.json);
	if (result == 0)
		result = buffer_append(out, w.json.out.data, w.json.out.len);
	json_free(&w.json);
	buffer_free(&w.scratch);
	return result;
}
