/* Contents that the lake has already: their marks, in the transaction of a run. */
#include "commit/commit_parts.h"

#include "stream/verb.h"

#include <inttypes.h>
#include <stdlib.h>

/* The path whose content a source has: a mark's, or that of an earlier source of the run; else "". */
static int find_original(struct work *w, size_t source, const size_t *same, struct text *original)
{
	const struct run_source *sources = w->c->run->sources;
	struct ledger_source mark;
	int found = ledger_find_content(&w->ledger, sources[source].end.content, &mark);

	*original = found == 1               ? mark.path
		    : same[source] != source ? sources[same[source]].path
					     : text_of("");
	return found < 0 ? -1 : 0;
}

static int compare_contents(const void *a, const void *b, void *sources)
{
	const struct run_source *x = (const struct run_source *)sources + *(const size_t *)a;
	const struct run_source *y = (const struct run_source *)sources + *(const size_t *)b;

	if (x->end.content.high != y->end.content.high)
		return x->end.content.high > y->end.content.high ? 1 : -1;
	if (x->end.content.low != y->end.content.low)
		return x->end.content.low > y->end.content.low ? 1 : -1;
	return (x > y) - (x < y);
}

/* same[i]: the first source of the run with the content of source i. */
static size_t *group_contents(const struct run *run)
{
	size_t *order = calloc(run->n_sources + 1, sizeof *order);
	size_t *same = calloc(run->n_sources + 1, sizeof *same);

	if (order == NULL || same == NULL) {
		cause_memory();
		free(same);
		same = NULL;
		goto out;
	}
	for (size_t i = 0; i < run->n_sources; i++)
		order[i] = i;
	qsort_r(order, run->n_sources, sizeof *order, compare_contents, run->sources);
	for (size_t i = 0; i < run->n_sources; i++) {
		bool first = i == 0 || !hash_equal(run->sources[order[i]].end.content,
						   run->sources[order[i - 1]].end.content);

		same[order[i]] = first ? order[i] : same[order[i - 1]];
	}
out:
	free(order);
	return same;
}

static int mark_copy(struct work *w, struct text path, uint64_t size, uint64_t mtime_ns,
		     struct hash128 content, struct text original)
{
	const struct ledger_source mark = {
	    .path = path,
	    .size = size,
	    .mtime_ns = mtime_ns,
	    .content = content,
	    .status = LEDGER_SAME,
	    .same_as = original,
	    .run = w->c->number,
	};

	w->c->copies++;
	return ledger_add_source(&w->ledger, &mark);
}

/*
 * Sources whose content is already counted, or counted twice by this run. Their rows are in Gold's own
 * aggregates by now, so nothing of the run can be kept: only the marks of the copies are, and the next try
 * leaves them out. 1: there were some, 0: none.
 */
int commit_mark_copies(struct work *w)
{
	const struct run_sums none = {0};
	size_t *same = group_contents(w->c->run);
	int result = same != NULL ? 0 : -1;

	for (size_t i = 0; result == 0 && i < w->c->run->n_sources; i++) {
		const struct run_source *source = &w->c->run->sources[i];
		struct text original;

		if (source->purpose != SOURCE_NEW)
			continue;
		result = find_original(w, i, same, &original);
		if (result != 0 || original.len == 0)
			continue;
		char *copy = commit_copy_text(original);

		result = copy == NULL ? -1
				      : mark_copy(w, source->path, source->size, source->mtime_ns,
						  source->end.content, text_of(copy));
		free(copy);
	}
	free(same);
	if (result != 0 || w->c->copies == 0)
		return result;
	return commit_add_run(w, &none, 0) != 0 ? -1 : 1;
}

/* Archives whose members are all marked now. An undo asks for few of them, and leaves the marks as they are.
 */
int commit_mark_archives(struct work *w)
{
	const struct run *run = w->c->run;

	for (size_t i = 0; w->verb == VERB_LOAD && i < run->n_wants; i++) {
		const struct control_want *want = &run->wants[i];
		const struct ledger_source mark = {
		    .path = want->path,
		    .size = want->size,
		    .mtime_ns = want->mtime_ns,
		    .status = LEDGER_ARCHIVE,
		    .run = w->c->number,
		};

		if (want->verdict == WANT_ARCHIVE && ledger_add_source(&w->ledger, &mark) != 0)
			return -1;
	}
	/* What has changed in them is told again in the next run. */
	for (size_t i = 0; i < run->n_wants; i++)
		if (run->wants[i].verdict == WANT_CHANGED &&
		    ledger_doubt_archive(&w->ledger, run->wants[i].path) != 0)
			return -1;
	return 0;
}

/* The copies that the plan knew of, and the marks that only need another size or mtime. */
int commit_write_wants(struct work *w)
{
	const struct run *run = w->c->run;

	for (size_t i = 0; i < run->n_wants; i++) {
		const struct control_want *want = &run->wants[i];
		const struct run_source *source;
		struct ledger_source mark;
		int found, result;

		if (want->verdict != WANT_SAME)
			continue;
		found = ledger_find_path(&w->ledger, want->same_as, &mark);
		if (found < 0)
			return -1;
		source = found ? NULL : run_find(run, want->same_as);
		if (!(found && hash_equal(mark.content, want->content)) &&
		    !(source != NULL && hash_equal(source->end.content, want->content)))
			return commit_too_late(want->same_as, "its content is another now");
		if (text_equal(want->path, want->same_as)) {
			result = ledger_touch_source(&w->ledger, want->path, want->size, want->mtime_ns);
		} else {
			found = ledger_find_path(&w->ledger, want->path, &mark);
			if (found != 0)
				return found < 0 ? -1 : commit_too_late(want->path, "it is already marked");
			result = mark_copy(w, want->path, want->size, want->mtime_ns, want->content,
					   want->same_as);
		}
		if (result != 0)
			return -1;
	}
	return 0;
}
