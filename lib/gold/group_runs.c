#include "gold/group_runs.h"

#include "column/distinct.h"

#include <stdlib.h>

enum { RUNS = 8 }; /* that are kept apart whatever their lengths */

struct group_run {
	struct buffer bytes;
	size_t last; /* where its last group begins */
	/* The walk: the group that comes next, with a key of NULL behind the last. */
	struct text key;
	const uint8_t *states;
};

void group_runs_free(struct group_runs *r)
{
	for (size_t i = 0; i < r->n; i++)
		buffer_free(&r->items[i].bytes);
	free(r->items);
	free(r->places);
	state_free(&r->piece);
	buffer_free(&r->united[0]);
	buffer_free(&r->united[1]);
	*r = (struct group_runs){.definition = r->definition};
}

uint64_t group_runs_bytes(const struct group_runs *r)
{
	uint64_t bytes = r->united[0].cap + r->united[1].cap;

	for (size_t i = 0; i < r->n; i++)
		bytes += r->items[i].bytes.cap;
	return bytes;
}

/* --- reading: these four give -1 without a cause when the bytes are none ---------------------------------
 */

static int next_key(const uint8_t **at, const uint8_t *end, struct text *key)
{
	uint64_t len;

	if (field_next(at, end, &len) != 0 || len > (size_t)(end - *at))
		return -1;
	*key = (struct text){(const char *)*at, (size_t)len};
	*at += len;
	return 0;
}

static int check_key(const struct definition *d, struct text key)
{
	const uint8_t *at = (const uint8_t *)key.data, *end = at + key.len;

	for (size_t i = 0; i < d->n_dimensions; i++) {
		if (key_skip(&at, end, d->dimensions[i].type) != 0)
			return -1;
	}
	return at == end ? 0 : -1;
}

/* A state, and behind that of a distinct its n ids. */
static int next_measure(const struct definition_measure *m, const uint8_t **at, const uint8_t *end,
			const uint8_t **ids, size_t *n)
{
	uint64_t count;

	*n = 0;
	if (state_skip(m->kind, m->type, at, end, &count) != 0)
		return -1;
	*ids = *at;
	if (m->kind != STATE_DISTINCT)
		return 0;
	if (count > (size_t)(end - *at) / sizeof count)
		return -1;
	*n = (size_t)count;
	*at += count * sizeof count;
	return 0;
}

static int check_group(const struct definition *d, const uint8_t **at, const uint8_t *end, struct text *key)
{
	if (next_key(at, end, key) != 0 || check_key(d, *key) != 0)
		return -1;
	for (size_t i = 0; i < d->n_measures; i++) {
		const uint8_t *ids;
		size_t n;

		if (next_measure(&d->measures[i], at, end, &ids, &n) != 0 || !distinct_is_run(ids, n))
			return -1;
	}
	return 0;
}

/* --- walking: what is there was checked when it came -----------------------------------------------------
 */

static const uint8_t *run_end(const struct group_run *run)
{
	return run->bytes.data + run->bytes.len;
}

static void run_to(struct group_run *run, const uint8_t *at)
{
	run->states = at;
	if (at == run_end(run) || next_key(&run->states, run_end(run), &run->key) != 0)
		run->key = (struct text){NULL, 0};
}

void group_runs_rewind(struct group_runs *r)
{
	r->walked = 0;
	r->n_pieces = 0;
	for (size_t i = 0; i < r->n; i++)
		run_to(&r->items[i], r->items[i].bytes.data);
}

/* Notes where the measures of the run's next group are, the last of them up to where; and goes on behind it.
 */
static int take_piece(struct group_runs *r, struct group_run *run)
{
	const struct definition *d = r->definition;
	const uint8_t **places = r->places + r->n_pieces++ * (d->n_measures + 1);
	const uint8_t *at = run->states, *ids;
	size_t n;

	for (size_t i = 0; i < d->n_measures; i++) {
		places[i] = at;
		if (next_measure(&d->measures[i], &at, run_end(run), &ids, &n) != 0)
			return -1;
	}
	places[d->n_measures] = at;
	run_to(run, at);
	return 0;
}

int group_runs_next(struct group_runs *r)
{
	const size_t n_places = r->n * (r->definition->n_measures + 1);
	struct text least = {NULL, 0};

	r->n_pieces = 0;
	if (array_reserve(&r->places, &r->places_cap, n_places, sizeof *r->places) != 0)
		return -1;
	for (size_t i = 0; i < r->n; i++) {
		const struct text key = r->items[i].key;

		if (key.data != NULL && (least.data == NULL || text_order(key, least) < 0))
			least = key;
	}
	if (least.data == NULL)
		return 0;
	for (size_t i = 0; i < r->n; i++) {
		const struct text key = r->items[i].key;

		if (key.data != NULL && text_equal(key, least) && take_piece(r, &r->items[i]) != 0)
			return -1;
	}
	r->key = least;
	r->walked++;
	return 1;
}

static const uint8_t *const *places_of(const struct group_runs *r, size_t piece, size_t measure)
{
	return r->places + piece * (r->definition->n_measures + 1) + measure;
}

static int piece_state(const struct group_runs *r, size_t piece, size_t measure, struct state *s)
{
	const uint8_t *const *places = places_of(r, piece, measure);
	const uint8_t *at = places[0];

	return state_decode(s, &at, places[1]);
}

/* They lie behind their count. */
static const uint8_t *piece_ids(const struct group_runs *r, size_t piece, size_t measure, size_t *n)
{
	const uint8_t *const *places = places_of(r, piece, measure);

	*n = (size_t)(places[1] - places[0]) / sizeof(uint64_t) - 1;
	return places[0] + sizeof(uint64_t);
}

int group_runs_state(struct group_runs *r, size_t measure, struct state *s)
{
	if (piece_state(r, 0, measure, s) != 0)
		return -1;
	r->piece.kind = s->kind;
	r->piece.type = s->type;
	for (size_t i = 1; i < r->n_pieces; i++) {
		if (piece_state(r, i, measure, &r->piece) != 0 || state_merge(s, &r->piece) != 0)
			return -1;
	}
	return 0;
}

int group_runs_ids(struct group_runs *r, size_t measure, struct buffer *out)
{
	size_t n, n_more;
	const uint8_t *ids = piece_ids(r, 0, measure, &n);

	if (r->n_pieces == 1)
		return buffer_append(out, ids, n * sizeof(uint64_t));
	for (size_t i = 1; i < r->n_pieces; i++) {
		const uint8_t *more = piece_ids(r, i, measure, &n_more);
		struct buffer *to = i + 1 < r->n_pieces ? &r->united[i % 2] : out;

		if (to != out)
			buffer_clear(to);
		if (buffer_reserve(to, (n + n_more) * sizeof(uint64_t)) != 0)
			return -1;
		n = distinct_merge(ids, n, more, n_more, to->data + to->len);
		ids = to->data + to->len;
	}
	out->len += n * sizeof(uint64_t);
	return 0;
}

static int encode_ids(struct group_runs *r, size_t measure, struct buffer *out)
{
	const size_t start = out->len;
	uint64_t n;

	if (field_add(out, 0) != 0 || group_runs_ids(r, measure, out) != 0)
		return -1;
	n = (out->len - start) / sizeof n - 1;
	memcpy(out->data + start, &n, sizeof n);
	return 0;
}

int group_runs_encode(struct group_runs *r, struct buffer *out)
{
	const struct definition *d = r->definition;
	int failed = field_add(out, r->key.len) != 0 || buffer_append(out, r->key.data, r->key.len) != 0;

	for (size_t i = 0; i < d->n_measures && !failed; i++) {
		struct state s;

		state_init(&s, d->measures[i].kind, d->measures[i].type);
		if (s.kind == STATE_DISTINCT)
			failed = encode_ids(r, i, out) != 0;
		else
			failed = group_runs_state(r, i, &s) != 0 || state_encode(&s, out) != 0;
		state_free(&s);
	}
	return failed ? -1 : 0;
}

/* --- adding ----------------------------------------------------------------------------------------------
 */

/* The runs from first on become one. */
static int unite(struct group_runs *r, size_t first)
{
	struct group_runs old = {.definition = r->definition};
	struct group_run all = {0};
	int more;

	if (array_reserve(&old.items, &old.cap, r->n - first, sizeof *old.items) != 0)
		return -1;
	old.n = r->n - first;
	memcpy(old.items, r->items + first, old.n * sizeof *old.items);
	r->n = first;
	group_runs_rewind(&old);
	while ((more = group_runs_next(&old)) > 0) {
		all.last = all.bytes.len;
		if (group_runs_encode(&old, &all.bytes) != 0) {
			more = -1;
			break;
		}
	}
	group_runs_free(&old);
	if (more == 0)
		r->items[r->n++] = all;
	else
		buffer_free(&all.bytes);
	return more;
}

/* The newest swallows the ones before it as long as they are not twice its length: so bytes are merged again
 * a logarithmic number of times. */
static int begin_run(struct group_runs *r)
{
	if (r->n >= RUNS) {
		size_t first = r->n - 1, bytes = r->items[first].bytes.len;

		while (first > 0 && r->items[first - 1].bytes.len < 2 * bytes)
			bytes += r->items[--first].bytes.len;
		if (first < r->n - 1 && unite(r, first) != 0)
			return -1;
	}
	if (array_reserve(&r->items, &r->cap, r->n + 1, sizeof *r->items) != 0)
		return -1;
	r->items[r->n++] = (struct group_run){0};
	return 0;
}

/* Whether the group of that key comes behind all of the newest run. */
static bool goes_on(const struct group_runs *r, struct text key)
{
	const struct group_run *newest;
	const uint8_t *at;
	struct text last;

	if (r->n == 0)
		return false;
	newest = &r->items[r->n - 1];
	at = newest->bytes.data + newest->last;
	return next_key(&at, run_end(newest), &last) == 0 && text_order(last, key) < 0;
}

int group_runs_add(struct group_runs *r, const void *data, size_t len)
{
	const uint8_t *at = data, *end = at + len;

	do {
		const uint8_t *group = at;
		struct group_run *run;
		struct text key;

		if (check_group(r->definition, &at, end, &key) != 0)
			return cause_record(STATUS_INPUT, "%s: an encoded group is damaged",
					    r->definition->name);
		if (!goes_on(r, key) && begin_run(r) != 0)
			return -1;
		run = &r->items[r->n - 1];
		run->last = run->bytes.len;
		if (buffer_append(&run->bytes, group, (size_t)(at - group)) != 0)
			return -1;
	} while (at < end);
	return 0;
}
