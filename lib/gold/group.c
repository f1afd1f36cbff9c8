#include "gold/group.h"

#include "column/order.h"
#include "gold/group_measure.h"
#include "gold/group_runs.h"

#include <stdlib.h>

enum {
	CACHE_BITS_MAX = 22, /* of slots together, for a table from slots to groups */
	GROUPS_MAX = UINT32_MAX / 2,
	AHEAD = 32, /* rows whose groups are looked for together */
};

/* What a dimension's slots take in the number that stands for all slots of a row. */
struct part {
	uint64_t generation;
	uint32_t bits, shift;
	uint32_t old_bits, old_shift; /* for the batch before */
	const uint32_t *slots;
};

struct groups {
	struct dictionary keys; /* the code of a key is its group */
	uint64_t n_rows;
	struct buffer key; /* scratch */
	struct part *parts;
	uint32_t *cache; /* group + 1 by slots, 0 when not known */
	uint32_t cache_bits;
	bool has_cache;
	uint32_t *numbers; /* by row: slots, then groups */
	uint32_t numbers_cap;
	struct measures measures;
	struct group_runs runs; /* groups that were merged */
	/* The walk: of groups of rows alone, or of runs. */
	uint32_t *order;
	uint32_t walked;
	struct state state; /* scratch */
};

struct groups *groups_new(const struct definition *d, struct view *view, struct predicates *predicates,
			  uint64_t *budget)
{
	struct groups *g = calloc(1, sizeof *g);
	uint32_t group;

	if (g == NULL) {
		cause_memory();
		return NULL;
	}
	g->measures.definition = d;
	g->measures.view = view;
	g->measures.predicates = predicates;
	g->measures.budget = budget;
	g->runs.definition = d;
	g->parts = calloc(d->n_dimensions + 1, sizeof *g->parts);
	if (g->parts == NULL) {
		cause_memory();
		goto failed;
	}
	if (measures_open(&g->measures) != 0)
		goto failed;
	if (d->n_dimensions == 0 &&
	    (dictionary_code(&g->keys, "", 0, &group) != 0 || measures_reserve(&g->measures, 1) != 0))
		goto failed;
	return g;
failed:
	groups_free(g);
	return NULL;
}

void groups_free(struct groups *g)
{
	if (g == NULL)
		return;
	measures_close(&g->measures);
	dictionary_free(&g->keys);
	buffer_free(&g->key);
	free(g->parts);
	free(g->cache);
	free(g->numbers);
	free(g->order);
	group_runs_free(&g->runs);
	state_free(&g->state);
	free(g);
}

/* --- the groups of rows ----------------------------------------------------------------------------------
 */

static int add_dimension(struct groups *g, const struct definition_dimension *d, uint32_t row)
{
	const struct vector *v = view_vector(g->measures.view, d->column);

	if (!vector_is_valid(v, row))
		return key_add_null(&g->key);
	if (v->form == VECTOR_FIXED)
		return key_add_number(&g->key, d->type, vector_int(v, row));
	return key_add_text(&g->key, vector_text(v, row));
}

/* hash is that of a long key. */
static int find_group(struct groups *g, const void *key, size_t len, uint64_t hash, uint32_t *group)
{
	if (g->keys.strings.n >= GROUPS_MAX)
		return cause_record(STATUS_REFUSED, "%s: more than %d groups", g->measures.definition->name,
				    GROUPS_MAX);
	if (dictionary_code_hashed(&g->keys, key, len, hash, group) != 0)
		return -1;
	return measures_reserve(&g->measures, g->keys.strings.n);
}

/* Appends the key of a row. */
static int add_key(struct groups *g, uint32_t row)
{
	const struct definition *d = g->measures.definition;

	for (size_t i = 0; i < d->n_dimensions; i++) {
		if (add_dimension(g, &d->dimensions[i], row) != 0)
			return -1;
	}
	return 0;
}

static int group_of_row(struct groups *g, uint32_t row, uint32_t *group)
{
	buffer_clear(&g->key);
	return add_key(g, row) != 0
		   ? -1
		   : find_group(g, g->key.data, g->key.len, hash64(g->key.data, g->key.len), group);
}

static uint32_t bits_for(uint32_t n)
{
	uint32_t bits = 0;

	while (bits < 32 && (uint64_t)1 << bits < n)
		bits++;
	return bits;
}

/* What is known of slots that lie as they did before, to where they lie now. */
static void move_known(const struct groups *g, const uint32_t *from, uint32_t *to)
{
	const size_t n_parts = g->measures.definition->n_dimensions;

	for (size_t at = 0; at < (size_t)1 << g->cache_bits; at++) {
		size_t moved = 0;

		if (from[at] == 0)
			continue;
		for (size_t i = 0; i < n_parts; i++) {
			const struct part *p = &g->parts[i];
			const size_t slot = at >> p->old_shift & (((size_t)1 << p->old_bits) - 1);

			moved |= slot << p->shift;
		}
		to[moved] = from[at];
	}
}

/* Lays the dimensions' slots side by side. What is known of them moves when there are more than there was
 * room for, and is forgotten when they mean something else. */
static int arrange(struct groups *g)
{
	const struct definition *d = g->measures.definition;
	struct view *view = g->measures.view;
	bool other = !g->has_cache, more = false;
	uint32_t total = 0, n, *cache;

	for (size_t i = 0; i < d->n_dimensions; i++) {
		struct part *p = &g->parts[i];
		const size_t column = d->dimensions[i].column;

		p->slots = view_slots(view, column, &n);
		if (p->slots == NULL)
			return -1;
		p->old_bits = p->bits;
		p->old_shift = p->shift;
		if (p->generation != view->columns[column].generation || bits_for(n) > p->bits)
			p->bits = bits_for(n);
		other |= p->generation != view->columns[column].generation;
		more |= p->bits != p->old_bits;
		p->generation = view->columns[column].generation;
		p->shift = total;
		total += p->bits;
	}
	g->has_cache = total <= CACHE_BITS_MAX;
	if ((!other && !more) || !g->has_cache)
		return 0;
	cache = calloc((size_t)1 << total, sizeof *cache);
	if (cache == NULL)
		return cause_memory();
	if (!other)
		move_known(g, g->cache, cache);
	free(g->cache);
	g->cache = cache;
	g->cache_bits = total;
	return 0;
}

/* The slots of each row as one number. */
static void combine_slots(struct groups *g, const uint16_t *rows, uint32_t n)
{
	const struct definition *d = g->measures.definition;
	uint32_t constant = 0;
	bool first = true;

	for (size_t i = 0; i < d->n_dimensions; i++) {
		if (view_is_constant(g->measures.view, d->dimensions[i].column))
			constant |= g->parts[i].slots[0] << g->parts[i].shift;
	}
	for (size_t i = 0; i < d->n_dimensions; i++) {
		const uint32_t *slots = g->parts[i].slots;
		const uint32_t shift = g->parts[i].shift;
		uint32_t *numbers = g->numbers;

		if (view_is_constant(g->measures.view, d->dimensions[i].column))
			continue;
		if (first) {
			for (uint32_t k = 0; k < n; k++)
				numbers[rows[k]] = slots[rows[k]] << shift | constant;
		} else {
			for (uint32_t k = 0; k < n; k++)
				numbers[rows[k]] |= slots[rows[k]] << shift;
		}
		first = false;
	}
}

static int number_cached(struct groups *g, const uint16_t *rows, uint32_t n)
{
	uint32_t *numbers = g->numbers;
	uint32_t *cache = g->cache;

	combine_slots(g, rows, n);
	for (uint32_t k = 0; k < n; k++) {
		const uint32_t at = numbers[rows[k]];

		if (__builtin_expect(cache[at] == 0, 0)) {
			if (group_of_row(g, rows[k], &cache[at]) != 0)
				return -1;
			cache[at]++;
		}
		numbers[rows[k]] = cache[at] - 1;
	}
	return 0;
}

/* Some rows at a time: the memory that their keys are found in is asked for before the first is looked for.
 */
static int number_looked_up(struct groups *g, const uint16_t *rows, uint32_t n)
{
	size_t ends[AHEAD + 1] = {0};
	uint64_t hashes[AHEAD];

	for (uint32_t first = 0; first < n; first += AHEAD) {
		const uint32_t some = n - first < AHEAD ? n - first : AHEAD;

		buffer_clear(&g->key);
		for (uint32_t k = 0; k < some; k++) {
			if (add_key(g, rows[first + k]) != 0)
				return -1;
			ends[k + 1] = g->key.len;
		}
		for (uint32_t k = 0; k < some; k++) {
			const struct dictionary_key key =
			    dictionary_key(g->key.data + ends[k], ends[k + 1] - ends[k]);

			dictionary_prefetch(&g->keys, key);
			hashes[k] = key.low;
		}
		for (uint32_t k = 0; k < some; k++) {
			if (find_group(g, g->key.data + ends[k], ends[k + 1] - ends[k], hashes[k],
				       &g->numbers[rows[first + k]]) != 0)
				return -1;
		}
	}
	return 0;
}

/* Texts that are nearly all new: to number them first would be to look for each of them twice. */
static bool has_new_texts(const struct groups *g)
{
	const struct definition *d = g->measures.definition;

	for (size_t i = 0; i < d->n_dimensions; i++) {
		if (view_vector(g->measures.view, d->dimensions[i].column)->form == VECTOR_PLAIN)
			return true;
	}
	return false;
}

static bool is_one_group(const struct groups *g)
{
	const struct definition *d = g->measures.definition;

	for (size_t i = 0; i < d->n_dimensions; i++) {
		if (!view_is_constant(g->measures.view, d->dimensions[i].column))
			return false;
	}
	return true;
}

static int number_rows(struct groups *g, struct numbering *rows)
{
	if (is_one_group(g))
		return group_of_row(g, rows->rows[0], &rows->group);
	if (g->numbers_cap < g->measures.view->cap) {
		free(g->numbers);
		g->numbers_cap = 0;
		g->numbers = malloc(g->measures.view->cap * sizeof *g->numbers);
		if (g->numbers == NULL)
			return cause_memory();
		g->numbers_cap = g->measures.view->cap;
	}
	rows->groups = g->numbers;
	if (has_new_texts(g))
		return number_looked_up(g, rows->rows, rows->n);
	if (arrange(g) != 0)
		return -1;
	return g->has_cache ? number_cached(g, rows->rows, rows->n)
			    : number_looked_up(g, rows->rows, rows->n);
}

int groups_update(struct groups *g)
{
	const struct definition *d = g->measures.definition;
	struct numbering rows = {0};

	rows.rows = predicates_rows(g->measures.predicates, g->measures.view, d->where, &rows.n);
	if (rows.rows == NULL)
		return -1;
	if (rows.n == 0)
		return 0;
	if (number_rows(g, &rows) != 0)
		return -1;
	rows.n_groups = g->keys.strings.n;
	g->n_rows += rows.n;
	return measures_update(&g->measures, &rows);
}

int groups_settle(struct groups *g, size_t column)
{
	struct measures *m = &g->measures;

	for (size_t i = 0; i < m->n; i++) {
		if (m->items[i].is->kind == STATE_DISTINCT && m->items[i].is->column == column &&
		    measure_settle(m, &m->items[i], g->keys.strings.n) != 0)
			return -1;
	}
	return 0;
}

/* --- what there is ---------------------------------------------------------------------------------------
 */

bool groups_any(const struct groups *g)
{
	return g->n_rows > 0 || g->runs.n > 0;
}

uint64_t groups_n(const struct groups *g)
{
	return g->runs.n > 0 ? g->runs.walked : g->keys.strings.n;
}

uint64_t groups_bytes(const struct groups *g)
{
	const struct measures *m = &g->measures;
	uint64_t bytes = dictionary_bytes(&g->keys) + m->bytes + group_runs_bytes(&g->runs);

	if (g->cache != NULL)
		bytes += ((uint64_t)1 << g->cache_bits) * sizeof *g->cache;
	bytes += (uint64_t)m->cap * m->n_tallies * sizeof *m->tallies->counts;
	for (size_t i = 0; i < m->n; i++) {
		const struct measure *item = &m->items[i];

		bytes += item->seen_bytes;
		bytes += item->sums != NULL ? m->cap * sizeof *item->sums : 0;
		bytes += item->numbers != NULL ? m->cap * sizeof *item->numbers : 0;
		bytes += item->texts != NULL ? m->cap * sizeof *item->texts : 0;
		bytes += group_ids_bytes(&item->ids);
	}
	return bytes;
}

/* --- the groups of rows, encoded -------------------------------------------------------------------------
 */

static int own_state(struct groups *g, uint32_t group, size_t measure, struct state *s)
{
	const struct measure *item = &g->measures.items[measure];

	s->count = g->measures.tallies[item->tally].counts[group];
	s->sum = item->sums != NULL ? item->sums[group] : 0;
	s->number = item->numbers != NULL ? item->numbers[group] : 0;
	buffer_clear(&s->text);
	if (item->texts == NULL)
		return 0;
	return buffer_append(&s->text, item->texts[group].data, item->texts[group].len);
}

static int own_ids(struct groups *g, uint32_t group, size_t measure, struct buffer *out)
{
	return measure_ids(&g->measures, &g->measures.items[measure], group, out);
}

static int own_encode(struct groups *g, uint32_t group, struct buffer *out)
{
	const struct definition *d = g->measures.definition;
	const struct text key = strings_get(&g->keys.strings, group);

	if (field_add(out, key.len) != 0 || buffer_append(out, key.data, key.len) != 0)
		return -1;
	for (size_t i = 0; i < d->n_measures; i++) {
		const size_t start = out->len;
		uint64_t n;

		if (d->measures[i].kind == STATE_DISTINCT) {
			if (field_add(out, 0) != 0 || own_ids(g, group, i, out) != 0)
				return -1;
			n = (out->len - start) / sizeof n - 1;
			memcpy(out->data + start, &n, sizeof n);
			continue;
		}
		g->state.kind = d->measures[i].kind;
		g->state.type = d->measures[i].type;
		if (own_state(g, group, i, &g->state) != 0 || state_encode(&g->state, out) != 0)
			return -1;
	}
	return 0;
}

/* --- all groups ------------------------------------------------------------------------------------------
 */

int groups_merge(struct groups *g, const void *data, size_t len)
{
	return group_runs_add(&g->runs, data, len);
}

/* Beside those that were merged the groups of rows are a run like these. */
static int make_run(struct groups *g)
{
	struct buffer encoded = {0};
	int failed = 0;

	for (uint32_t i = 0; i < g->keys.strings.n && !failed; i++)
		failed = own_encode(g, g->order[i], &encoded);
	failed = failed || group_runs_add(&g->runs, encoded.data, encoded.len) != 0;
	buffer_free(&encoded);
	g->n_rows = 0;
	return failed ? -1 : 0;
}

static int settle_ids(struct groups *g)
{
	for (size_t i = 0; i < g->measures.n; i++) {
		if (group_ids_settle(&g->measures.items[i].ids, g->keys.strings.n) != 0)
			return -1;
	}
	return 0;
}

/* Of rows; the walk is in the order of keys, or of their appearance. */
static uint32_t at_hand(const struct groups *g)
{
	return g->order != NULL ? g->order[g->walked - 1] : (uint32_t)g->walked - 1;
}

static int rewind_walk(struct groups *g, bool ordered)
{
	free(g->order);
	g->order = NULL;
	g->walked = 0;
	if (g->n_rows > 0) {
		if (ordered && (g->order = order_strings(&g->keys.strings)) == NULL)
			return -1;
		if (settle_ids(g) != 0 || (g->runs.n > 0 && make_run(g) != 0))
			return -1;
	}
	group_runs_rewind(&g->runs);
	return 0;
}

int groups_rewind(struct groups *g)
{
	return rewind_walk(g, true);
}

int groups_rewind_any(struct groups *g)
{
	return rewind_walk(g, g->runs.n > 0);
}

int groups_next(struct groups *g, struct text *key)
{
	int more;

	if (g->runs.n > 0) {
		more = group_runs_next(&g->runs);
		*key = g->runs.key;
		return more;
	}
	if (g->n_rows == 0 || g->walked == g->keys.strings.n)
		return 0;
	g->walked++;
	*key = strings_get(&g->keys.strings, at_hand(g));
	return 1;
}

int groups_state(struct groups *g, size_t measure, struct state *s)
{
	return g->runs.n > 0 ? group_runs_state(&g->runs, measure, s) : own_state(g, at_hand(g), measure, s);
}

int groups_ids(struct groups *g, size_t measure, struct buffer *out)
{
	return g->runs.n > 0 ? group_runs_ids(&g->runs, measure, out) : own_ids(g, at_hand(g), measure, out);
}

int groups_encode(struct groups *g, struct buffer *out)
{
	return g->runs.n > 0 ? group_runs_encode(&g->runs, out) : own_encode(g, at_hand(g), out);
}
