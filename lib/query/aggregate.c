#include "query/aggregate_parts.h"

#include "gold/predicate_bounds.h"

#include <stdlib.h>

enum {
	SEEN_BYTES = 256 << 20, /* for bitmaps of codes seen */
	PART_ROWS = 1 << 19,    /* for fewer another process does not pay */
	PARTS_MAX = 64,
};

/* --- what is asked ---------------------------------------------------------------------------------------
 */

/* The columns that have to be read. */
static int mark_used(struct aggregate *a)
{
	const struct definition *d = &a->definition;

	a->used = calloc(a->relation->columns.n, sizeof *a->used);
	if (a->used == NULL)
		return cause_memory();
	predicates_columns(a->predicates, d->where, a->used);
	for (size_t i = 0; i < d->n_dimensions; i++)
		a->used[d->dimensions[i].column] = true;
	for (size_t i = 0; i < d->n_measures; i++) {
		predicates_columns(a->predicates, d->measures[i].predicate, a->used);
		if (d->measures[i].kind != STATE_COUNT)
			a->used[d->measures[i].column] = true;
	}
	return 0;
}

struct aggregate *aggregate_new(struct relation *relation, const char *sql)
{
	struct aggregate *a = calloc(1, sizeof *a);

	if (a == NULL) {
		cause_memory();
		return NULL;
	}
	a->relation = relation;
	a->budget = SEEN_BYTES;
	a->predicates = predicates_new(&relation->columns);
	if (a->predicates == NULL || definition_compile(&a->definition, "answer", "SQL", sql, strlen(sql),
							&relation->columns, a->predicates) != 0)
		goto failed;
	a->has_definition = true;
	if (mark_used(a) == 0)
		return a;
failed:
	aggregate_free(a);
	return NULL;
}

static void end_scan(struct aggregate *a)
{
	for (size_t i = 0; a->states != NULL && i < a->definition.n_measures; i++)
		state_free(&a->states[i]);
	free(a->states);
	a->states = NULL;
	groups_free(a->groups);
	a->groups = NULL;
	scan_close(a->scan);
	a->scan = NULL;
}

void aggregate_free(struct aggregate *a)
{
	if (a == NULL)
		return;
	end_scan(a);
	strings_free(&a->keys);
	strings_free(&a->texts);
	free(a->cells);
	if (a->has_definition)
		definition_free(&a->definition);
	predicates_free(a->predicates);
	free(a->used);
	free(a);
}

const struct definition *aggregate_definition(const struct aggregate *a)
{
	return &a->definition;
}

/* --- groups ----------------------------------------------------------------------------------------------
 */

static int before_reset(void *context, size_t column)
{
	return groups_settle(context, column);
}

int aggregate_scan(struct aggregate *a, struct scan *scan)
{
	struct view *view = scan_view(scan);
	int more = -1;

	a->scan = scan;
	a->groups = groups_new(&a->definition, view, a->predicates, &a->budget);
	if (a->groups == NULL)
		return -1;
	view->before_reset = before_reset;
	view->context = a->groups;
	while ((more = scan_next(scan)) > 0) {
		if (groups_update(a->groups) != 0)
			return -1;
	}
	return more;
}

/* --- what comes out --------------------------------------------------------------------------------------
 */

/* A measure that stays as it is in a batch: a time becomes a text when somebody looks at it. */
static bool is_raw(const struct definition_measure *m)
{
	return (m->kind == STATE_MIN || m->kind == STATE_MAX) && m->type != COLUMN_STRING &&
	       m->type != COLUMN_FLOAT64;
}

static int keep_value(struct aggregate *a, const struct value *v, struct aggregate_cell *cell)
{
	cell->kind = v->kind;
	switch (v->kind) {
	case VALUE_INTEGER:
		cell->integer = (int64_t)v->integer;
		if (cell->integer != v->integer)
			return cause_record(STATUS_REFUSED, "integer overflow");
		return 0;
	case VALUE_REAL: cell->real = v->real; return 0;
	case VALUE_TEXT:
		cell->text = a->texts.n;
		return strings_add(&a->texts, value_text(v).data, value_text(v).len);
	default: return 0;
	}
}

static int keep_state(struct aggregate *a, size_t measure, struct aggregate_cell *cell)
{
	const struct state *s = &a->states[measure];
	struct value v;

	if (is_raw(&a->definition.measures[measure])) {
		*cell = (struct aggregate_cell){.kind = s->count > 0 ? VALUE_INTEGER : VALUE_NULL,
						.integer = s->number};
		return 0;
	}
	v = state_value(s);
	return keep_value(a, &v, cell);
}

/* ids is scratch. */
static int keep_measure(struct aggregate *a, size_t measure, struct buffer *ids, struct aggregate_cell *cell)
{
	struct state *s = &a->states[measure];

	if (!groups_any(a->groups))
		return keep_state(a, measure, cell);
	if (s->kind != STATE_DISTINCT)
		return groups_state(a->groups, measure, s) != 0 ? -1 : keep_state(a, measure, cell);
	buffer_clear(ids);
	if (groups_ids(a->groups, measure, ids) != 0)
		return -1;
	s->count = ids->len / sizeof(uint64_t);
	return keep_state(a, measure, cell);
}

static int keep_group(struct aggregate *a, struct text key, struct buffer *scratch)
{
	const size_t n = a->definition.n_measures, from = n * a->keys.n;

	if (strings_add(&a->keys, key.data, key.len) != 0 ||
	    array_reserve(&a->cells, &a->cells_cap, from + n, sizeof *a->cells) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (keep_measure(a, i, scratch, &a->cells[from + i]) != 0)
			return -1;
	}
	return 0;
}

static int keep_groups(struct aggregate *a)
{
	struct buffer ids = {0};
	struct text key = {"", 0};
	int more;

	/* Without GROUP BY there is a group even of nothing. */
	if (!groups_any(a->groups))
		return a->definition.n_dimensions == 0 ? keep_group(a, key, &ids) : 0;
	more = groups_rewind_any(a->groups) == 0 ? 1 : -1;
	while (more > 0 && (more = groups_next(a->groups, &key)) > 0)
		more = keep_group(a, key, &ids) == 0 ? 1 : -1;
	buffer_free(&ids);
	return more;
}

static int make_states(struct aggregate *a)
{
	const struct definition *d = &a->definition;

	a->states = calloc(d->n_measures + 1, sizeof *a->states);
	for (size_t i = 0; i < d->n_measures && a->states != NULL; i++)
		state_init(&a->states[i], d->measures[i].kind, d->measures[i].type);
	return a->states != NULL ? 0 : cause_memory();
}

/* --- computing -------------------------------------------------------------------------------------------
 */

static struct scan *open_scan(struct aggregate *a, uint32_t part, uint32_t parts)
{
	const struct scan_options options = {.relation = a->relation,
					     .used = a->used,
					     .predicates = a->predicates,
					     .condition = a->definition.where,
					     .part = part,
					     .parts = parts};

	return scan_open(&options);
}

/* As many as there are processors, and rows for: but to count rows that are not looked at takes no time. */
static uint32_t parts_for(const struct aggregate *a, const struct scan *scan)
{
	const uint64_t parts = scan_rows(scan) / PART_ROWS;
	uint32_t jobs = a->relation->query->jobs;
	bool reads = false;

	for (size_t i = 0; i < a->relation->columns.n; i++)
		reads = reads || (a->used[i] && (int)i != a->relation->date);
	jobs = jobs < PARTS_MAX ? jobs : PARTS_MAX;
	return !reads || parts < 2 || jobs < 2 ? 1 : parts < jobs ? (uint32_t)parts : jobs;
}

static int compute_in_parts(struct aggregate *a, uint32_t n)
{
	struct scan *scans[PARTS_MAX] = {0};
	int result = 0;

	for (uint32_t i = 0; i < n && result == 0; i++) {
		scans[i] = open_scan(a, i, n);
		result = scans[i] != NULL ? 0 : -1;
	}
	if (result == 0)
		result = aggregate_in_parts(a, scans, n);
	for (uint32_t i = 0; i < n; i++) {
		if (scans[i] != a->scan)
			scan_close(scans[i]);
	}
	return result;
}

int aggregate_compute(struct aggregate *a)
{
	struct scan *scan;
	uint32_t parts;
	int result;

	if (a->computed)
		return 0;
	scan = open_scan(a, 0, 1);
	if (scan == NULL)
		return -1;
	parts = parts_for(a, scan);
	if (parts > 1) {
		scan_close(scan);
		result = compute_in_parts(a, parts);
	} else {
		result = aggregate_scan(a, scan);
	}
	if (result == 0)
		result = make_states(a) == 0 ? keep_groups(a) : -1;
	end_scan(a);
	a->computed = result == 0;
	return result;
}

/* --- what they are ---------------------------------------------------------------------------------------
 */

uint32_t aggregate_n(const struct aggregate *a)
{
	return a->keys.n;
}

void aggregate_dimensions(const struct aggregate *a, uint32_t group, struct value *values)
{
	const struct text key = strings_get(&a->keys, group);
	const uint8_t *at = (const uint8_t *)key.data, *end = at + key.len;

	for (size_t i = 0; i < a->definition.n_dimensions; i++) {
		if (key_next(&at, end, a->definition.dimensions[i].type, &values[i]) != 0)
			values[i] = (struct value){.kind = VALUE_NULL}; /* these keys are our own */
	}
}

static void measure_of(const struct aggregate *a, uint32_t group, size_t measure, struct value *value)
{
	const struct definition_measure *m = &a->definition.measures[measure];
	const struct aggregate_cell *cell = &a->cells[group * a->definition.n_measures + measure];

	if (is_raw(m) && cell->kind == VALUE_INTEGER) {
		*value = value_of_number(m->type, cell->integer);
		return;
	}
	switch (cell->kind) {
	case VALUE_TEXT: *value = value_of_text(strings_get(&a->texts, cell->text)); break;
	case VALUE_REAL: *value = (struct value){.kind = VALUE_REAL, .real = cell->real}; break;
	default: *value = (struct value){.kind = cell->kind, .integer = cell->integer};
	}
}

void aggregate_value(const struct aggregate *a, uint32_t group, size_t output, struct value *value)
{
	const struct expression *e = a->definition.outputs[output].value;
	const struct text key = strings_get(&a->keys, group);
	const uint8_t *at = (const uint8_t *)key.data, *end = at + key.len;

	if (e->kind == EXPRESSION_MEASURE) {
		measure_of(a, group, e->index, value);
		return;
	}
	for (size_t i = 0; i <= e->index; i++) {
		if (key_next(&at, end, a->definition.dimensions[i].type, value) != 0)
			*value = (struct value){.kind = VALUE_NULL};
	}
}
