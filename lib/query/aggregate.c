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

/* scratch is for ids. */
static int keep_measure(struct aggregate *a, size_t measure, struct buffer *scratch,
			struct aggregate_cell *cell)
{
	const struct definition_measure *m = &a->definition.measures[measure];
	struct state s;
	struct value v;
	int result;

	state_init(&s, m->kind, m->type);
	if (m->kind == STATE_DISTINCT) {
		buffer_clear(scratch);
		result = groups_any(a->groups) ? groups_ids(a->groups, measure, scratch) : 0;
		s.count = scratch->len / sizeof(uint64_t);
	} else {
		result = groups_any(a->groups) ? groups_state(a->groups, measure, &s) : 0;
	}
	v = state_value(&s);
	result = result == 0 ? keep_value(a, &v, cell) : -1;
	state_free(&s);
	return result;
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
	struct buffer scratch = {0};
	struct text key = {"", 0};
	int more = 0;

	/* Without GROUP BY there is a group even of nothing. */
	if (!groups_any(a->groups))
		more = a->definition.n_dimensions == 0 ? keep_group(a, key, &scratch) : 0;
	else
		more = groups_rewind(a->groups);
	while (more == 0 && groups_any(a->groups) && (more = groups_next(a->groups, &key)) > 0)
		more = keep_group(a, key, &scratch);
	buffer_free(&scratch);
	return more;
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
		result = keep_groups(a);
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

void aggregate_measure(const struct aggregate *a, uint32_t group, size_t measure, struct value *value)
{
	const struct aggregate_cell *cell = &a->cells[group * a->definition.n_measures + measure];

	switch (cell->kind) {
	case VALUE_TEXT: *value = value_of_text(strings_get(&a->texts, cell->text)); break;
	case VALUE_REAL: *value = (struct value){.kind = VALUE_REAL, .real = cell->real}; break;
	default: *value = (struct value){.kind = cell->kind, .integer = cell->integer};
	}
}

/* --- their order -----------------------------------------------------------------------------------------
 */

/* Its first dimension as a number that orders like it, as far as eight bytes go. */
struct place {
	uint64_t start;
	uint32_t group;
};

struct order {
	const struct aggregate *aggregate;
	const size_t *dimensions;
	size_t n;
	struct value *a, *b; /* scratch */
};

static int rank_of(const struct value *v)
{
	return v->kind == VALUE_NULL ? 0 : v->kind == VALUE_TEXT ? 2 : 1;
}

/* Of one column, so that integers do not meet reals. */
static int compare_values(const struct value *a, const struct value *b)
{
	if (rank_of(a) != rank_of(b))
		return rank_of(a) - rank_of(b);
	switch (a->kind) {
	case VALUE_INTEGER: return (a->integer > b->integer) - (a->integer < b->integer);
	case VALUE_REAL: return (a->real > b->real) - (a->real < b->real);
	case VALUE_TEXT: return text_order(value_text(a), value_text(b));
	default: return 0;
	}
}

static uint64_t start_of(const struct value *v)
{
	uint8_t bytes[8] = {0};
	uint64_t start;
	struct text text;

	switch (v->kind) {
	case VALUE_NULL: return 0;
	case VALUE_INTEGER: return (uint64_t)v->integer ^ (uint64_t)1 << 63;
	case VALUE_REAL: return (uint64_t)state_rank(value_bits(v->real + 0.0)) ^ (uint64_t)1 << 63;
	default: break;
	}
	text = value_text(v);
	memcpy(bytes, text.data, text.len < sizeof bytes ? text.len : sizeof bytes);
	memcpy(&start, bytes, sizeof start);
	return __builtin_bswap64(start);
}

static int compare_places(const void *x, const void *y, void *context)
{
	const struct place *a = x, *b = y;
	struct order *o = context;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	aggregate_dimensions(o->aggregate, a->group, o->a);
	aggregate_dimensions(o->aggregate, b->group, o->b);
	for (size_t i = 0; i < o->n; i++) {
		const int order = compare_values(&o->a[o->dimensions[i]], &o->b[o->dimensions[i]]);

		if (order != 0)
			return order;
	}
	return (a->group > b->group) - (a->group < b->group);
}

uint32_t *aggregate_order(struct aggregate *a, const size_t *dimensions, size_t n)
{
	const uint32_t n_groups = aggregate_n(a);
	const size_t n_values = a->definition.n_dimensions + 1;
	struct value *values = calloc(2 * n_values, sizeof *values);
	struct place *places = calloc((size_t)n_groups + 1, sizeof *places);
	uint32_t *order = calloc((size_t)n_groups + 1, sizeof *order);
	struct order o = {a, dimensions, n, values, values != NULL ? values + n_values : NULL};

	if (values == NULL || places == NULL || order == NULL) {
		cause_memory();
		free(order);
		order = NULL;
		goto out;
	}
	for (uint32_t i = 0; i < n_groups; i++) {
		aggregate_dimensions(a, i, values);
		places[i] = (struct place){n > 0 ? start_of(&values[dimensions[0]]) : 0, i};
	}
	if (n > 0)
		qsort_r(places, n_groups, sizeof *places, compare_places, &o);
	for (uint32_t i = 0; i < n_groups; i++)
		order[i] = places[i].group;
out:
	free(values);
	free(places);
	return order;
}
