#include "decode/decode.h"

#include "decode/grammar.h"
#include "decode/notes.h"
#include "decode/usual.h"

#include <stdlib.h>

_Static_assert((int)USUAL_LONG <= (int)LINE_PREFIX, "usual lines are not over any limit");
_Static_assert((int)DECODE_SLACK >= (int)FIELD_SLACK, "fields read beyond a line's end");

/* A field whose values may be unexpected. */
struct expected {
	struct field *field;
	const struct builder_column *column;
	/* Whether all of the column's dictionary are, as far as it has been looked through. */
	bool all;
	uint32_t looked, resets;
};

struct decoder {
	const struct schema *schema;
	struct builder *builder;
	size_t n;
	struct field *fields; /* of the schema, and for keys that it does not know */
	struct grammar grammar;
	usual_lines *usual;
	struct expected *expected; /* n_expected of them */
	size_t n_expected;
	struct field *event_type, *price, *quantity; /* what revenue takes; NULL when the schema lacks one */
	struct buffer path;                          /* of a key that the schema does not know */
	struct notes notes;
	bool has_noted; /* the unknown keys of the line that the grammar has read last */
	/* Good lines that are in the fields' cells and not yet in a builder. */
	uint32_t n_rows;
	uint32_t n_noted;     /* of these, rows whose values are noted */
	struct cells numbers; /* of the lines */
};

/* Making a decoder. */

struct decoder *decoder_new(const struct schema *schema, struct builder *builder)
{
	struct decoder *d = calloc(1, sizeof *d);

	if (d == NULL)
		goto no_memory;
	d->schema = schema;
	d->builder = builder;
	d->fields = calloc(schema->n + GRAMMAR_UNKNOWN, sizeof *d->fields);
	d->expected = calloc(schema->n + 1, sizeof *d->expected);
	if (d->fields == NULL || d->expected == NULL)
		goto no_memory;
	d->n = schema->n;
	d->usual = usual_lines_best();
	if (schema->event_type >= 0 && schema->quantity >= 0 && schema->price >= 0) {
		d->event_type = &d->fields[schema->event_type];
		d->price = &d->fields[schema->price];
		d->quantity = &d->fields[schema->quantity];
	}
	for (size_t i = 0; i < d->n; i++) {
		if (field_init(&d->fields[i], &schema->fields[i]) != 0)
			goto fail;
		if (d->fields[i].known != NULL)
			d->expected[d->n_expected++] =
			    (struct expected){&d->fields[i], &builder->columns[i], true, 0, 0};
	}
	if (grammar_open(&d->grammar, &schema->shape, d->fields, d->n) != 0)
		goto fail;
	return d;
no_memory:
	cause_memory();
fail:
	decoder_free(d);
	return NULL;
}

void decoder_usual_by(struct decoder *d, usual_lines *usual)
{
	d->usual = usual;
}

void decoder_free(struct decoder *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < d->n; i++)
		field_free(&d->fields[i]);
	grammar_close(&d->grammar);
	free(d->fields);
	free(d->expected);
	buffer_free(&d->path);
	notes_free(&d->notes);
	free(d);
}

/* Checking the values. */

/* Revenue is price times quantity, of purchases that have both, and must be a decimal too. */
static bool revenue_is_good(const struct decoder *d, uint32_t row)
{
	const struct cells *types;
	int64_t revenue;

	/* That a product is too large is rare, so it is asked before what is hard to foresee. */
	if (decimal_multiply(d->price->cells.numbers[row], d->quantity->cells.numbers[row], &revenue))
		return true;
	types = &d->event_type->cells;
	return (types->there >> row & 1) == 0 || types->texts[row].len != 8 ||
	       memcmp(types->texts[row].data, "purchase", 8) != 0;
}

/* The first row from `row` on, before `end`, whose revenue is none; or end. */
static uint32_t good_until(const struct decoder *d, uint32_t row, uint32_t end)
{
	if (d->event_type == NULL)
		return end;
	while (row < end && revenue_is_good(d, row))
		row++;
	return row;
}

static void set_fault(struct decode_fault *fault, const char *reason, const char *field, const char *line,
		      const char *at)
{
	fault->reason = reason;
	fault->field = field;
	fault->column = at == NULL ? 0 : (size_t)(at - line) + 1;
}

/* Where the value begins: of a string its quote. NULL when it is absent. */
static const char *value_start(const struct json_token *token)
{
	return token->kind == JSON_NONE ? NULL : token->data - (token->kind == JSON_STRING);
}

/* All fields, in schema order: true, or false and the fault. */
static bool check_fields(struct decoder *d, const char *line, struct decode_fault *fault)
{
	for (size_t i = 0; i < d->n; i++) {
		struct field *f = &d->fields[i];
		const char *at, *reason;

		if (f->is_good)
			continue;
		at = value_start(&f->token); /* checking moves a text that has escapes */
		reason = field_check(f, &d->grammar.scratch);
		if (reason != NULL) {
			set_fault(fault, reason, d->schema->columns.items[i].name, line, at);
			return false;
		}
	}
	return true;
}

/* What has been noticed in good lines: values that are not expected, keys that the schema does not have. */

/* What a key that the schema does not know is called: the path to it. */
static int name_unknown(struct decoder *d, const struct grammar_unknown *unknown, struct text *name)
{
	struct json_token key = unknown->key;
	/* One that is no text is called as it was written. */
	const bool is_text = !key.escaped || field_unescape(&key, &d->grammar.scratch);

	*name = (struct text){key.data, key.len};
	if (*unknown->object->path == '\0' &&
	    (!is_text || (memchr(key.data, '.', key.len) == NULL && memchr(key.data, '\\', key.len) == NULL)))
		return 0;
	buffer_clear(&d->path);
	if (buffer_append_text(&d->path, unknown->object->path) != 0 ||
	    (is_text ? shape_write_key(*name, &d->path) : buffer_append(&d->path, name->data, name->len)) !=
		0)
		return -1;
	*name = (struct text){(const char *)d->path.data, d->path.len};
	return 0;
}

/* The values of all rows that wait. */
static int note_values(struct decoder *d)
{
	for (; d->n_noted < d->n_rows; d->n_noted++) {
		for (size_t i = 0; i < d->n_expected; i++) {
			struct field *f = d->expected[i].field;
			const struct text t = f->cells.texts[d->n_noted];

			if ((f->cells.there >> d->n_noted & 1) == 0 || value_set_has(f->known, t.data, t.len))
				continue;
			if (notes_add(&d->notes, (size_t)(f - d->fields), f->rule->column->name, t,
				      (uint64_t)d->numbers.numbers[d->n_noted]) != 0)
				return -1;
		}
	}
	return 0;
}

/*
 * Whether all texts that the columns ever had are expected. As long as they are, which is seen when a text
 * comes into a dictionary, rows need no look.
 */
static bool all_expected(struct decoder *d)
{
	bool all = true;

	for (size_t i = 0; i < d->n_expected; i++) {
		struct expected *e = &d->expected[i];
		const struct strings *strings = &e->column->dictionary.strings;

		if (e->resets != e->column->resets) {
			e->resets = e->column->resets;
			e->looked = 0;
			e->all = true;
		}
		for (; e->all && e->looked < strings->n; e->looked++) {
			const struct text t = strings_get(strings, e->looked);
			uint32_t code;

			e->all = dictionary_find(e->field->known->values, t.data, t.len, &code);
		}
		all &= e->all && !e->column->plain;
	}
	return all;
}

static int note_keys(struct decoder *d, uint64_t number)
{
	/* In the order of the lines. */
	if (d->grammar.n_unknown > 0 && note_values(d) != 0)
		return -1;
	for (size_t i = 0; i < d->grammar.n_unknown; i++) {
		struct grammar_unknown *unknown = &d->grammar.unknown[i];
		struct text name;

		if (name_unknown(d, unknown, &name) != 0 || notes_add(&d->notes, d->n, "", name, number) != 0)
			return -1;
		unknown->note = d->notes.last;
	}
	d->has_noted = true;
	return 0;
}

/* The rows that wait, from that one on, are none. */
static void forget_rows(struct decoder *d, uint32_t from)
{
	for (size_t i = 0; i < d->n && from < CELLS_ROWS; i++)
		d->fields[i].cells.there &= ((uint64_t)1 << from) - 1;
}

/* A line that is not as the one before: 1, 0 and *fault, -1. */
static int take_unusual(struct decoder *d, const struct line *line, uint32_t row, struct decode_fault *fault)
{
	const char *reason, *bad, *price;
	int result;

	d->has_noted = false;
	result = grammar_read(&d->grammar, line->data, line->data + line->len, &reason, &bad);
	if (result == 0)
		set_fault(fault, reason, "", line->data, bad);
	/* Checking moves a text that has escapes. */
	price = d->price != NULL ? value_start(&d->price->token) : NULL;
	if (result != 1 || !check_fields(d, line->data, fault))
		return result < 0 ? -1 : 0;
	for (size_t i = 0; i < d->n; i++)
		field_keep(&d->fields[i], row);
	if (good_until(d, row, row + 1) == row) {
		set_fault(fault, "bad_revenue", "revenue", line->data, price);
		return 0;
	}
	return 1;
}

/* How many rows may wait until they are flushed. */
static uint32_t room(const struct decoder *d)
{
	return CELLS_ROWS - builder_rows(d->builder) % CELLS_ROWS;
}

int decode_usual(struct decoder *d, struct line_reader *lines)
{
	const uint32_t from = d->n_rows;
	const size_t ahead = line_ahead(lines);
	uint32_t end = room(d);

	if (!d->grammar.has_form || ahead == 0 || (d->grammar.n_unknown > 0 && !d->has_noted))
		return 0;
	end = ahead < end - from ? from + (uint32_t)ahead : end;
	end = good_until(d, from, d->usual(&d->grammar.form, lines, from, end));
	forget_rows(d, end);
	if (end == from)
		return 0;
	for (uint32_t row = from; row < end; row++)
		d->numbers.numbers[row] = (int64_t)(lines->lines + 1 + (row - from));
	/* Lines like one that has unknown keys have the same. */
	for (size_t i = 0; i < d->grammar.n_unknown; i++)
		notes_again(&d->notes, d->grammar.unknown[i].note, end - from);
	line_pass(lines, end - from);
	d->n_rows = end;
	if (end == room(d) && decoder_flush(d) != 0)
		return -1;
	return (int)(end - from);
}

int decode_line(struct decoder *d, const struct line *line, struct decode_fault *fault)
{
	int result;

	if (buffer_reserve(&d->grammar.scratch, line->len + DECODE_SLACK) != 0)
		return -1;
	result = take_unusual(d, line, d->n_rows, fault);
	if (result != 1) {
		forget_rows(d, d->n_rows);
		buffer_clear(&d->grammar.scratch);
		return result;
	}
	if (note_keys(d, line->number) != 0)
		return -1;
	d->numbers.numbers[d->n_rows++] = (int64_t)line->number;
	/* Texts in scratch are in its way. */
	if (d->n_rows == room(d) || line->len > DECODE_LONG || d->grammar.scratch.len > 0)
		return decoder_flush(d) != 0 ? -1 : 1;
	return 1;
}

int decode_check(struct decoder *d, const struct line *line, struct decode_fault *fault)
{
	const uint32_t row = d->n_rows;
	int result;

	if (buffer_reserve(&d->grammar.scratch, line->len + DECODE_SLACK) != 0)
		return -1;
	result = take_unusual(d, line, row, fault);
	forget_rows(d, row);
	buffer_clear(&d->grammar.scratch);
	return result;
}

int decoder_flush(struct decoder *d)
{
	struct builder *const b = d->builder;

	if (d->n_rows == 0)
		return 0;
	for (size_t i = 0; i < d->n; i++)
		builder_ask_cells(&b->columns[i], &d->fields[i].cells, d->n_rows);
	for (size_t i = 0; i < d->n; i++) {
		if (builder_add_cells(b, &b->columns[i], &d->fields[i].cells, d->n_rows) != 0)
			return -1;
	}
	d->numbers.there = d->n_rows < 64 ? ((uint64_t)1 << d->n_rows) - 1 : UINT64_MAX;
	if (builder_add_cells(b, &b->columns[d->n], &d->numbers, d->n_rows) != 0)
		return -1;
	if (!all_expected(d) && note_values(d) != 0)
		return -1;
	for (size_t i = 0; i < d->n; i++)
		cells_empty(&d->fields[i].cells);
	d->n_rows = d->n_noted = 0;
	buffer_clear(&d->grammar.scratch);
	return 0;
}

size_t decoder_notes(const struct decoder *d, const struct decode_note **notes)
{
	*notes = notes_all(&d->notes);
	return d->notes.n;
}

void decoder_notes_clear(struct decoder *d)
{
	notes_clear(&d->notes);
	d->has_noted = false;
}
