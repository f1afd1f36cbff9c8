#include "decode/decode.h"

#include "base/utf8.h"
#include "decode/field.h"
#include "decode/member.h"
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
	struct field *fields;   /* n + 1: the last stands for keys that the schema does not know */
	struct member *members; /* those of the schema's shape, and one more, for its other keys */
	uint64_t lines;         /* that went the long way: what has been seen in this one */
	/* What the line before was like: its first field, from which each leads to the next; and whether it
	 * had every field once and nothing else, so that the next line may be held against it. */
	struct usual_form form;
	bool has_form;
	usual_lines *usual;
	struct expected *expected; /* n_expected of them */
	size_t n_expected;
	struct field *event_type, *price, *quantity; /* what revenue takes; NULL when the schema lacks one */
	struct buffer
	    scratch; /* what escaped strings of this line mean: room for a line, none is asked twice */
	struct unknown {
		struct json_token key;
		const struct shape_key *object; /* it stands in */
	} * unknown;
	size_t n_unknown, cap_unknown; /* keys of this line */
	struct buffer path;            /* of one of them */
	struct notes notes;
	/* Good lines that are in the fields' cells and not yet in a builder. */
	uint32_t n_rows;
	uint32_t n_noted;     /* of these, rows whose values are noted */
	struct cells numbers; /* of the lines */
};

/* Making a decoder. */

static int init_members(struct decoder *d, const struct shape *shape)
{
	struct member *const members = calloc(shape->n + 1, sizeof *members);

	d->members = members;
	if (members == NULL)
		return cause_memory();
	for (size_t i = 0; i < shape->n; i++) {
		const struct shape_key *key = &shape->keys[i];
		struct member *m = &members[i], *object = &members[key->object];

		if (member_init(m, key) != 0)
			return -1;
		m->field = key->field >= 0 ? &d->fields[key->field] : NULL;
		if (i == 0)
			continue;
		/* Until a line has shown what follows what, any of the same object will do. */
		m->object = object;
		m->next = object->first != NULL ? object->first : m;
		object->first = m;
	}
	members[shape->n].field = &d->fields[d->n];
	return 0;
}

struct decoder *decoder_new(const struct schema *schema, struct builder *builder)
{
	struct decoder *d = calloc(1, sizeof *d);

	if (d == NULL)
		goto no_memory;
	d->schema = schema;
	d->builder = builder;
	d->fields = calloc(schema->n + 1, sizeof *d->fields);
	d->expected = calloc(schema->n + 1, sizeof *d->expected);
	if (d->fields == NULL || d->expected == NULL)
		goto no_memory;
	d->n = schema->n;
	d->form = (struct usual_form){.first = d->fields};
	d->usual = usual_lines_best();
	if (schema->event_type >= 0 && schema->quantity >= 0 && schema->price >= 0) {
		d->event_type = &d->fields[schema->event_type];
		d->price = &d->fields[schema->price];
		d->quantity = &d->fields[schema->quantity];
	}
	for (size_t i = 0; i < d->n; i++) {
		d->fields[i].next = &d->fields[i + 1 < d->n ? i + 1 : 0];
		if (field_init(&d->fields[i], &schema->fields[i]) != 0)
			goto fail;
		if (d->fields[i].known != NULL)
			d->expected[d->n_expected++] =
			    (struct expected){&d->fields[i], &builder->columns[i], true, 0, 0};
	}
	if (init_members(d, &schema->shape) != 0)
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
	for (size_t i = 0; d->members != NULL && i < d->schema->shape.n; i++)
		member_free(&d->members[i]);
	free(d->fields);
	free(d->members);
	free(d->expected);
	free(d->unknown);
	buffer_free(&d->scratch);
	buffer_free(&d->path);
	notes_free(&d->notes);
	free(d);
}

/* Reading a line. */

/* The member of that name in an object, or the one for keys that the schema does not know. NULL: memory. */
static struct member *find_member(struct decoder *d, const struct member *object,
				  const struct json_token *key)
{
	const struct shape *const shape = &d->schema->shape;
	const size_t around = (size_t)(object - d->members), mark = d->scratch.len;
	struct json_token name = *key;
	size_t i = shape->n;

	if (!name.escaped || field_unescape(&name, &d->scratch)) {
		for (i = around + 1; i < shape->n; i++) {
			const struct shape_key *k = &shape->keys[i];

			if (k->len == name.len && k->object == around &&
			    memcmp(k->name, name.data, name.len) == 0)
				break;
		}
	}
	d->scratch.len = mark;
	if (i < shape->n)
		return &d->members[i];
	if (array_reserve(&d->unknown, &d->cap_unknown, d->n_unknown + 1, sizeof *d->unknown) != 0)
		return NULL;
	d->unknown[d->n_unknown++] = (struct unknown){*key, &shape->keys[around]};
	return &d->members[shape->n];
}

/* json_space where there is hardly any. */
static inline const char *skip_space(const char *p, const char *end)
{
	return (unsigned char)*p <= ' ' && p < end ? json_space(p, end) : p;
}

/* Whether the guesses lead from the first field through all others and back. */
static bool leads_round(const struct decoder *d)
{
	const struct field *f = d->form.first;
	size_t n = 0;

	do {
		f = f->next;
		n++;
	} while (f != d->form.first && n < d->n);
	return f == d->form.first && n == d->n;
}

/* All values that stand in an object get that token: none, or one that no field takes. */
static void set_within(struct decoder *d, const struct member *object, struct json_token token)
{
	const struct shape *const shape = &d->schema->shape;
	const size_t around = (size_t)(object - d->members);

	for (size_t i = around + 1; i < shape->n; i++) {
		if (shape->keys[i].field < 0 || !shape_is_within(shape, i, around))
			continue;
		d->fields[shape->keys[i].field].token = token;
		d->fields[shape->keys[i].field].is_good = false;
	}
}

/* How the reading of a line's members stands. */
struct reading {
	struct member *object; /* that is open */
	struct member **next;  /* the guess that came true, or did not */
	struct field **order;
	const char *gap; /* what stands before the next value begins here */
	size_t n_known;
	bool learned;
};

/*
 * The key at p, to the value's start: the member, or NULL with *p NULL for what is not JSON, or not NULL
 * (memory). A line's keys mostly come in the order of the line before, so the next is guessed.
 */
static inline struct member *read_key(struct decoder *d, struct reading *r, const char **p, const char *end,
				      const char **bad)
{
	struct member *m = *r->next;
	struct json_token key;

	if (member_is_key(m, *p, end)) {
		*p += m->key_len;
		*p = skip_space(*p + (**p == ' '), end);
		r->next = &m->next;
		return m;
	}
	*p = json_key(*p < end ? *p : end, end, &key, bad);
	if (*p == NULL)
		return NULL;
	m = find_member(d, r->object, &key);
	if (m != NULL && m != &d->members[d->schema->shape.n]) {
		*r->next = m;
		r->next = &m->next;
	}
	return m;
}

/* The value at p, of a field. */
static inline const char *read_value(struct decoder *d, struct reading *r, struct field *f, const char *p,
				     const char *end, const char **bad)
{
	if (f < d->fields + d->n) {
		*r->order = f;
		r->order = &f->next;
		r->n_known++;
	}
	r->learned &= field_glue_set(&f->glue, r->gap, p);
	return r->gap = field_read(f, p, end, r->object->depth, bad);
}

/*
 * The value at p, of a key that leads to others: opens it, or takes it whole if it is no object. Of an object
 * that is there twice the last counts, with nothing of the one before; and a null is none.
 */
static const char *read_object(struct decoder *d, struct reading *r, struct member *m, const char *p,
			       const char *end, const char **bad)
{
	struct json_token token = {0};

	if (m->seen == d->lines) {
		r->learned = false;
		set_within(d, m, token);
	}
	m->seen = d->lines;
	if (*p == '{') {
		r->object = m;
		r->next = &m->first;
		return json_space(p + 1, end);
	}
	r->learned = false;
	p = json_value_within(p, end, r->object->depth, &token, bad);
	if (p == NULL || token.kind == JSON_NULL)
		return p;
	if (token.kind == JSON_STRING)
		token.data--;
	token.kind = JSON_ARRAY;
	set_within(d, m, token);
	return p;
}

/*
 * Behind a value, at p: closes the objects that end here. Returns where the next key is, or where the line's
 * object has ended, with r->object NULL; or NULL. That there is a comma, and that a space follows it, is
 * looked for without a look at the end, which is then made good.
 */
static inline const char *read_end(struct reading *r, const char *p, const char *end, const char **bad)
{
	while (*p != ',') {
		p = json_space(p, end);
		if (p < end && *p == ',')
			break;
		*bad = p < end ? p : end;
		if (p >= end || *p != '}')
			return NULL;
		p++;
		r->next = &r->object->next;
		r->object = r->object->object;
		if (r->object == NULL)
			return p;
	}
	p++;
	return skip_space(p + (*p == ' '), end);
}

/*
 * All members of the object whose brace is before p, in the line, into the fields. Returns 1; 0 with *bad at
 * what is not JSON; -1 (memory).
 */
static int read_members(struct decoder *d, const char *line, const char *p, const char *end, const char **bad)
{
	struct reading r = {.object = d->members,
			    .next = &d->members->first,
			    .order = &d->form.first,
			    .gap = line,
			    .learned = true};

	p = json_space(p, end);
	if (*p == '}')
		p = read_end(&r, p, end, bad);
	while (p != NULL && r.object != NULL) {
		const struct member *const object = r.object;
		struct member *const m = read_key(d, &r, &p, end, bad);

		if (m == NULL)
			return p == NULL ? 0 : -1;
		*bad = end;
		if (p >= end)
			return 0;
		p = m->field != NULL ? read_value(d, &r, m->field, p, end, bad)
				     : read_object(d, &r, m, p, end, bad);
		/* In an object that has been opened, a key is next, or its end. */
		if (p != NULL && (r.object == object || *p == '}'))
			p = read_end(&r, p, end, bad);
	}
	if (p == NULL)
		return 0;
	*bad = json_space(p, end);
	if (*bad != end)
		return 0;
	if (r.n_known == d->n && d->n > 0) {
		*r.order = d->form.first;
		d->has_form = r.learned && field_glue_set(&d->form.tail, r.gap, end) && d->n_unknown == 0 &&
			      leads_round(d);
	}
	return 1;
}

/* The same for the whole line: 1; 0 and *reason, *bad; -1. */
static int read_line(struct decoder *d, const char *line, const char *end, const char **reason,
		     const char **bad)
{
	const char *start = json_space(line, end), *wrong = line + utf8_check(line, (size_t)(end - line));
	struct json_token token;
	int result;

	*reason = "malformed_json";
	if (start < end && *start == '{') {
		result = read_members(d, line, start + 1, end, bad);
	} else {
		const char *p = json_value(start, end, &token, bad);

		result = 0;
		if (p != NULL) {
			*bad = json_space(p, end);
			if (*bad == end && wrong == end) {
				*reason = "not_an_object";
				*bad = start;
			}
		}
	}
	if (wrong < end && result >= 0) {
		if (result == 1 || wrong < *bad)
			*bad = wrong;
		return 0;
	}
	return result;
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
		reason = field_check(f, &d->scratch);
		if (reason != NULL) {
			set_fault(fault, reason, d->schema->columns.items[i].name, line, at);
			return false;
		}
	}
	return true;
}

/* What has been noticed in good lines: values that are not expected, keys that the schema does not have. */

/* What a key that the schema does not know is called: the path to it. */
static int name_unknown(struct decoder *d, struct unknown *unknown, struct text *name)
{
	struct json_token *key = &unknown->key;
	/* One that is no text is called as it was written. */
	const bool is_text = !key->escaped || field_unescape(key, &d->scratch);

	*name = (struct text){key->data, key->len};
	if (*unknown->object->path == '\0' && (!is_text || (memchr(key->data, '.', key->len) == NULL &&
							    memchr(key->data, '\\', key->len) == NULL)))
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
	if (d->n_unknown > 0 && note_values(d) != 0)
		return -1;
	for (size_t i = 0; i < d->n_unknown; i++) {
		struct text name;

		if (name_unknown(d, &d->unknown[i], &name) != 0 ||
		    notes_add(&d->notes, d->n, "", name, number) != 0)
			return -1;
	}
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

	for (size_t i = 0; i < d->n; i++) {
		d->fields[i].token.kind = JSON_NONE;
		d->fields[i].is_good = false;
	}
	d->has_form = false;
	d->lines++;
	result = read_line(d, line->data, line->data + line->len, &reason, &bad);
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

	if (!d->has_form || ahead == 0)
		return 0;
	end = ahead < end - from ? from + (uint32_t)ahead : end;
	end = good_until(d, from, d->usual(&d->form, lines, from, end));
	forget_rows(d, end);
	if (end == from)
		return 0;
	for (uint32_t row = from; row < end; row++)
		d->numbers.numbers[row] = (int64_t)(lines->lines + 1 + (row - from));
	line_pass(lines, end - from);
	d->n_rows = end;
	if (end == room(d) && decoder_flush(d) != 0)
		return -1;
	return (int)(end - from);
}

int decode_line(struct decoder *d, const struct line *line, struct decode_fault *fault)
{
	int result;

	d->n_unknown = 0;
	if (buffer_reserve(&d->scratch, line->len + DECODE_SLACK) != 0)
		return -1;
	result = take_unusual(d, line, d->n_rows, fault);
	if (result != 1) {
		forget_rows(d, d->n_rows);
		buffer_clear(&d->scratch);
		return result;
	}
	if (note_keys(d, line->number) != 0)
		return -1;
	d->numbers.numbers[d->n_rows++] = (int64_t)line->number;
	/* Texts in scratch are in its way. */
	if (d->n_rows == room(d) || line->len > DECODE_LONG || d->scratch.len > 0)
		return decoder_flush(d) != 0 ? -1 : 1;
	return 1;
}

int decode_check(struct decoder *d, const struct line *line, struct decode_fault *fault)
{
	const uint32_t row = d->n_rows;
	int result;

	d->n_unknown = 0;
	if (buffer_reserve(&d->scratch, line->len + DECODE_SLACK) != 0)
		return -1;
	result = take_unusual(d, line, row, fault);
	forget_rows(d, row);
	buffer_clear(&d->scratch);
	return result;
}

int decoder_flush(struct decoder *d)
{
	struct builder *const b = d->builder;

	if (d->n_rows == 0)
		return 0;
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
		d->fields[i].cells.there = 0;
	d->n_rows = d->n_noted = 0;
	buffer_clear(&d->scratch);
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
}
