#include "gold/gold_ids.h"

#include "base/buffer.h"
#include "column/distinct.h"

#include <stdlib.h>

enum { SMALL = 512 }; /* ids of two runs that are one rather than two, whatever their lengths: a page */

struct gold_ids_chunk {
	int64_t id;
	int64_t run;
	uint64_t first, last;
	size_t n;
};

int gold_ids_create(struct db *db)
{
	return db_exec(
	    db, "CREATE TABLE lake_distinct(id INTEGER PRIMARY KEY, group_id INTEGER NOT NULL,"
		" measure INTEGER NOT NULL, run INTEGER NOT NULL, chunk INTEGER NOT NULL,"
		" n INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, ids BLOB NOT NULL,"
		" UNIQUE(group_id, measure, run, chunk))");
}

int gold_ids_open(struct gold_ids *s, struct db *db)
{
	*s = (struct gold_ids){.db = db};
	s->list = db_prepare(db, "SELECT id, run, n, first, last FROM lake_distinct"
				 " WHERE group_id = ?1 AND measure = ?2 ORDER BY run, chunk");
	s->read = db_prepare(db, "SELECT ids FROM lake_distinct WHERE id = ?1");
	s->remove = db_prepare(db, "DELETE FROM lake_distinct WHERE id = ?1");
	s->insert =
	    db_prepare(db, "INSERT INTO lake_distinct(group_id, measure, run, chunk, n, first, last, ids)"
			   " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
	return s->list == NULL || s->read == NULL || s->remove == NULL || s->insert == NULL ? -1 : 0;
}

void gold_ids_close(struct gold_ids *s)
{
	db_finalize(s->list);
	db_finalize(s->read);
	db_finalize(s->remove);
	db_finalize(s->insert);
	free(s->chunks);
	buffer_free(&s->old);
	buffer_free(&s->merged);
	*s = (struct gold_ids){0};
}

static int damaged(void)
{
	return cause_record(STATUS_INPUT, "lake_distinct: a run of ids is damaged");
}

static int list_chunks(struct gold_ids *s, int64_t group, size_t measure)
{
	int more;

	s->n = 0;
	db_bind_int(s->list, 1, group);
	db_bind_int(s->list, 2, (int64_t)measure);
	while ((more = db_step(s->list)) == 1) {
		if (array_reserve(&s->chunks, &s->cap, s->n + 1, sizeof *s->chunks) != 0)
			return -1;
		s->chunks[s->n++] = (struct gold_ids_chunk){
		    .id = db_int(s->list, 0),
		    .run = db_int(s->list, 1),
		    .n = (size_t)db_int(s->list, 2),
		    .first = (uint64_t)db_int(s->list, 3),
		    .last = (uint64_t)db_int(s->list, 4),
		};
		if (s->chunks[s->n - 1].n == 0 || s->chunks[s->n - 1].n > GOLD_IDS_CHUNK)
			return damaged();
	}
	return more;
}

/* The ids of a chunk, as they lie in the database: until s->read is reset, which is for the caller. */
static int read_chunk(struct gold_ids *s, const struct gold_ids_chunk *chunk, const void **ids)
{
	struct text blob;
	uint64_t first, last;
	int more;

	db_bind_int(s->read, 1, chunk->id);
	more = db_step(s->read);
	if (more != 1)
		return more == 0 ? damaged() : -1;
	blob = db_text(s->read, 0);
	if (blob.len != chunk->n * sizeof first)
		return damaged();
	memcpy(&first, blob.data, sizeof first);
	memcpy(&last, blob.data + blob.len - sizeof last, sizeof last);
	if (!distinct_is_run(blob.data, chunk->n) || first != chunk->first || last != chunk->last)
		return damaged();
	*ids = blob.data;
	return 0;
}

/* The first of the ids that is not less. */
static size_t lower_bound(const uint64_t *ids, size_t n, uint64_t id)
{
	size_t low = 0;

	while (low < n) {
		const size_t middle = low + (n - low) / 2;

		if (ids[middle] < id)
			low = middle + 1;
		else
			n = middle;
	}
	return low;
}

/* Takes the ids that the lake has out of ids; only chunks that could have one are read. */
static int drop_known(struct gold_ids *s, uint64_t *ids, size_t *n)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct gold_ids_chunk *c = &s->chunks[i];
		const size_t start = lower_bound(ids, *n, c->first);
		const size_t end =
		    c->last == UINT64_MAX ? *n : start + lower_bound(ids + start, *n - start, c->last + 1);
		const void *known;
		size_t left;

		if (start == end)
			continue;
		if (read_chunk(s, c, &known) != 0)
			return -1;
		left = distinct_subtract(ids + start, end - start, known, c->n);
		db_reset(s->read);
		memmove(ids + start + left, ids + end, (*n - end) * sizeof *ids);
		*n -= end - start - left;
	}
	return 0;
}

/* The newest run and *n ids become merged; its rows go. */
static int swallow(struct gold_ids *s, size_t first_chunk, const uint64_t *ids, size_t *n)
{
	struct buffer out = {0};

	buffer_clear(&s->old);
	for (size_t i = first_chunk; i < s->n; i++) {
		const void *known;

		if (read_chunk(s, &s->chunks[i], &known) != 0 ||
		    buffer_append(&s->old, known, s->chunks[i].n * sizeof *ids) != 0)
			return -1;
		db_reset(s->read);
		db_bind_int(s->remove, 1, s->chunks[i].id);
		if (db_run(s->remove) != 0)
			return -1;
	}
	s->n = first_chunk;
	if (buffer_reserve(&out, s->old.len + *n * sizeof *ids) != 0)
		return -1;
	*n = distinct_merge(s->old.data, s->old.len / sizeof *ids, ids, *n, out.data);
	buffer_free(&s->merged);
	s->merged = out;
	return 0;
}

static int write_run(struct gold_ids *s, int64_t group, size_t measure, int64_t run, const uint64_t *ids,
		     size_t n)
{
	for (size_t i = 0; i < n; i += GOLD_IDS_CHUNK) {
		const size_t here = n - i < GOLD_IDS_CHUNK ? n - i : GOLD_IDS_CHUNK;

		db_bind_int(s->insert, 1, group);
		db_bind_int(s->insert, 2, (int64_t)measure);
		db_bind_int(s->insert, 3, run);
		db_bind_int(s->insert, 4, (int64_t)(i / GOLD_IDS_CHUNK));
		db_bind_int(s->insert, 5, (int64_t)here);
		db_bind_int(s->insert, 6, (int64_t)ids[i]);
		db_bind_int(s->insert, 7, (int64_t)ids[i + here - 1]);
		db_bind_blob(s->insert, 8, ids + i, here * sizeof *ids);
		if (db_run(s->insert) != 0)
			return -1;
	}
	return 0;
}

int gold_ids_add(struct gold_ids *s, int64_t group, size_t measure, bool fresh, uint64_t *ids, size_t *n)
{
	const uint64_t *run = ids;
	size_t length;

	s->n = 0;
	if (*n == 0)
		return 0;
	if (!fresh && (list_chunks(s, group, measure) != 0 || drop_known(s, ids, n) != 0))
		return -1;
	length = *n;
	if (length == 0)
		return 0;
	while (s->n > 0) {
		size_t first = s->n, newest = 0;

		while (first > 0 && s->chunks[first - 1].run == s->chunks[s->n - 1].run)
			newest += s->chunks[--first].n;
		if (newest >= 2 * length && newest + length > SMALL)
			break;
		if (swallow(s, first, run, &length) != 0)
			return -1;
		run = (const uint64_t *)(const void *)s->merged.data;
	}
	return write_run(s, group, measure, s->n == 0 ? 1 : s->chunks[s->n - 1].run + 1, run, length);
}
