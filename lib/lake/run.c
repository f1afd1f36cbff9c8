#include "lake/run.h"

#include "lake/lake.h"

#include <inttypes.h>
#include <stdlib.h>

/* A copy of a text, with a NUL behind it, that lives as long as the run. */
static int keep(struct run *r, struct text *text)
{
	char *copy;

	if (array_reserve(&r->texts, &r->cap_texts, r->n_texts + 1, sizeof *r->texts) != 0)
		return -1;
	copy = malloc(text->len + 1);
	if (copy == NULL)
		return cause_memory();
	if (text->len > 0)
		memcpy(copy, text->data, text->len);
	copy[text->len] = '\0';
	r->texts[r->n_texts++] = copy;
	text->data = copy;
	return 0;
}

void run_free(struct run *r)
{
	for (size_t i = 0; i < r->n_texts; i++)
		free(r->texts[i]);
	free(r->texts);
	free(r->sources);
	free(r->tallies);
	free(r->files);
	free(r->wants);
	free(r->rules);
	free(r->folders);
	free(r->rereads);
	*r = (struct run){0};
}

static bool is(struct text text, const char *word)
{
	return text_equal(text, text_of(word));
}

static int contradiction(const struct run *r, const char *what)
{
	struct text path = r->n_sources > 0 ? r->sources[r->n_sources - 1].path : text_of("the stream");

	return cause_record(STATUS_INPUT, "%.*s: %s", (int)path.len, path.data, what);
}

static int begin(struct run *r, const struct control_run *run)
{
	r->streams += run->rest == 0;
	r->rest = run->rest;
	/* The parts of one run follow one another. */
	if (r->begun) {
		if (text_equal(r->verb, run->verb) && text_equal(r->lake, run->lake) &&
		    text_equal(r->id, run->id) && r->newest_run == run->newest_run &&
		    r->target == run->target)
			return 0;
		return cause_record(STATUS_INPUT,
				    "the input holds two different runs: one of %.*s, one of %.*s",
				    (int)r->lake.len, r->lake.data, (int)run->lake.len, run->lake.data);
	}
	r->verb = run->verb;
	r->lake = run->lake;
	r->id = run->id;
	r->newest_run = run->newest_run;
	r->target = run->target;
	r->begun = true;
	return keep(r, &r->verb) != 0 || keep(r, &r->lake) != 0 || keep(r, &r->id) != 0 ? -1 : 0;
}

static int add_want(struct run *r, struct control_want want)
{
	/* What is to be read comes back as a source, or as a file that was read again. */
	if (want.verdict == WANT_TAKE || want.verdict == WANT_RECOUNT || want.verdict == WANT_REWRITE ||
	    want.verdict == WANT_REPLAY || want.verdict == WANT_MEND)
		return 0;
	if (keep(r, &want.path) != 0 || keep(r, &want.same_as) != 0 ||
	    array_reserve(&r->wants, &r->cap_wants, r->n_wants + 1, sizeof *r->wants) != 0)
		return -1;
	r->wants[r->n_wants++] = want;
	return 0;
}

/* Whether the source at hand is a file of Silver. */
static bool is_of_silver(const struct run *r)
{
	return r->purpose == SOURCE_RECOUNT || r->purpose == SOURCE_REWRITE;
}

static int end_of_silver(struct run *r, const struct control_source_end *end, enum stream_kind kind)
{
	if (kind == STREAM_PARTIAL) /* the shard has held them against each other */
		r->rows_again = end->rows;
	if (r->rows_again != end->rows)
		return contradiction(r, "a file of Silver with another number of rows than its end says");
	if (r->purpose == SOURCE_REWRITE)
		r->rewritten += end->rows;
	return 0;
}

static int add_reread(struct run *r, const struct control_reread *reread)
{
	struct run_reread added = {reread->path, (enum want_verdict)reread->verdict, reread->rows,
				   reread->left_out};

	if (is_of_silver(r) && r->rows_again != added.rows)
		return contradiction(r, "a file of Silver that is not what came of it");
	r->rows_again = 0;
	if (keep(r, &added.path) != 0 ||
	    array_reserve(&r->rereads, &r->cap_rereads, r->n_rereads + 1, sizeof *r->rereads) != 0)
		return -1;
	r->rereads[r->n_rereads++] = added;
	return 0;
}

static int add_source(struct run *r, const struct control_source *source)
{
	struct run_source added = {
	    .path = source->path,
	    .size = source->size,
	    .mtime_ns = source->mtime_ns,
	    .purpose = (enum source_purpose)source->purpose,
	};

	r->purpose = added.purpose;
	r->rows_again = 0;
	if (is_of_silver(r))
		return 0;
	if (keep(r, &added.path) != 0 ||
	    array_reserve(&r->sources, &r->cap_sources, r->n_sources + 1, sizeof *r->sources) != 0)
		return -1;
	r->sources[r->n_sources++] = added;
	return 0;
}

static int add_tally(struct run *r, struct control_tally tally)
{
	struct run_source *source;

	if (r->n_sources == 0 || is_of_silver(r))
		return contradiction(r, "a tally that belongs to no source");
	source = &r->sources[r->n_sources - 1];
	if (is(tally.what, "silver")) {
		source->silver += tally.count;
		return 0;
	}
	if (is(tally.what, "rejected"))
		source->rejected += tally.count;
	if (keep(r, &tally.what) != 0 || keep(r, &tally.name) != 0 || keep(r, &tally.field) != 0 ||
	    array_reserve(&r->tallies, &r->cap_tallies, r->n_tallies + 1, sizeof *r->tallies) != 0)
		return -1;
	r->tallies[r->n_tallies++] = (struct run_tally){r->n_sources - 1, tally};
	return 0;
}

/* The parts of a staged frame become paths of the lake, so they must be what they should be. */
static int add_file(struct run *r, struct control_staged file)
{
	bool silver = is(file.layer, "silver");

	if (!silver && !is(file.layer, "quarantine"))
		return contradiction(r, "a staged file of no known layer");
	if (!lake_is_staged(file.path))
		return contradiction(r, "a staged file that is not in staging/");
	if (silver != (file.partition.len != 0) ||
	    memchr(file.partition.data, '/', file.partition.len) != NULL ||
	    memchr(file.partition.data, '\0', file.partition.len) != NULL ||
	    (silver && file.partition.data[0] == '.'))
		return contradiction(r, "a staged file without a proper partition");
	if (keep(r, &file.layer) != 0 || keep(r, &file.path) != 0 || keep(r, &file.partition) != 0 ||
	    array_reserve(&r->files, &r->cap_files, r->n_files + 1, sizeof *r->files) != 0)
		return -1;
	r->files[r->n_files++] = file;
	return 0;
}

static int add_folder(struct run *r, struct control_folder folder)
{
	if (keep(r, &folder.path) != 0 || keep(r, &folder.subfolders) != 0 ||
	    array_reserve(&r->folders, &r->cap_folders, r->n_folders + 1, sizeof *r->folders) != 0)
		return -1;
	r->folders[r->n_folders++] = folder;
	return 0;
}

/* Parts of one run are read by the same rules, or what it brings would be of two kinds. */
static int add_rules(struct run *r, struct control_rules rules)
{
	for (size_t i = 0; i < r->n_rules; i++) {
		if (!text_equal(r->rules[i].name, rules.name))
			continue;
		if (text_equal(r->rules[i].text, rules.text))
			return 0;
		return cause_record(STATUS_RETRY,
				    "schemas/%.*s was changed while the run was under way: try again",
				    (int)rules.name.len, rules.name.data);
	}
	if (keep(r, &rules.name) != 0 || keep(r, &rules.text) != 0 ||
	    array_reserve(&r->rules, &r->cap_rules, r->n_rules + 1, sizeof *r->rules) != 0)
		return -1;
	r->rules[r->n_rules++] = rules;
	return 0;
}

static int add_part(struct run *r, const struct control_shard *shard)
{
	if (shard->n == 0 || shard->n > SHARD_MAX || shard->k == 0 || shard->k > shard->n)
		return contradiction(r, "a part of no number");
	if (r->n_seen > 0 && (shard->plan != r->plan || shard->n != r->n_parts))
		return contradiction(r, "parts of different plans");
	if (r->rest > 0)
		return 0;
	if (r->parts[shard->k - 1])
		return cause_record(STATUS_INPUT, "part %" PRIu64 "/%" PRIu64 " of the run is there twice",
				    shard->k, shard->n);
	r->parts[shard->k - 1] = 1;
	r->plan = shard->plan;
	r->n_parts = shard->n;
	r->n_seen++;
	return 0;
}

static int check_parts(const struct run *r)
{
	if (r->rest > 0)
		return cause_record(STATUS_INPUT, "the input ends before the run does");
	if (r->n_seen != r->streams && r->streams > 1)
		return cause_record(STATUS_INPUT, "%zu streams of the same run, which are not its parts",
				    r->streams);
	for (uint64_t k = 0; k < r->n_parts; k++) {
		if (!r->parts[k])
			return cause_record(STATUS_INPUT,
					    "part %" PRIu64 "/%" PRIu64 " of the run is missing", k + 1,
					    r->n_parts);
	}
	return 0;
}

int run_take(struct run *r, const struct stream *s)
{
	struct run_source *source = r->n_sources > 0 ? &r->sources[r->n_sources - 1] : NULL;

	switch (s->type) {
	case FRAME_RUN: return begin(r, &s->run);
	case FRAME_SHARD: return add_part(r, &s->shard);
	case FRAME_WANT: return add_want(r, s->want);
	case FRAME_FOLDER: return add_folder(r, s->folder);
	case FRAME_RULES: return add_rules(r, s->rules);
	case FRAME_SOURCE: return add_source(r, &s->source);
	case FRAME_TALLY: return add_tally(r, s->tally);
	case FRAME_STAGED: return add_file(r, s->staged);
	case FRAME_REREAD: return add_reread(r, &s->reread);
	case FRAME_BATCH:
		if (is_of_silver(r)) {
			r->rows_again += s->rows;
			return 0;
		}
		if (source == NULL || source->ended)
			return contradiction(r, "rows that belong to no source");
		source->rows += s->rows;
		return 0;
	case FRAME_SOURCE_END:
		if (is_of_silver(r))
			return end_of_silver(r, &s->source_end, s->kind);
		if (source == NULL || source->ended)
			return contradiction(r, "the end of a source that was not begun");
		source->end = s->source_end;
		if (s->kind == STREAM_PARTIAL) /* the shard has held them against each other */
			source->rows = s->source_end.rows;
		source->ended = true;
		return 0;
	default: return 0;
	}
}

static int check_source(const struct run_source *s)
{
	const int len = (int)s->path.len;
	const char *path = s->path.data;

	if (!s->ended)
		return cause_record(STATUS_INPUT, "%.*s: the stream gives no end of this source", len, path);
	if (s->end.lines + s->end.more != s->end.rows + s->end.rejects + s->end.blank)
		return cause_record(
		    STATUS_REFUSED,
		    "%.*s: %" PRIu64 " lines, but %" PRIu64 " kept, %" PRIu64 " rejected and %" PRIu64
		    " blank, but for %" PRIu64 " more of the same line",
		    len, path, s->end.lines, s->end.rows, s->end.rejects, s->end.blank, s->end.more);
	if (s->end.rows != s->rows || s->end.rows != s->silver)
		return cause_record(STATUS_REFUSED,
				    "%.*s: %" PRIu64 " events were kept, %" PRIu64 " came, %" PRIu64
				    " are in Silver",
				    len, path, s->end.rows, s->rows, s->silver);
	if (s->end.rejects != s->rejected)
		return cause_record(STATUS_REFUSED,
				    "%.*s: %" PRIu64 " lines were rejected, but %" PRIu64
				    " are in quarantine",
				    len, path, s->end.rejects, s->rejected);
	return 0;
}

static int compare_paths(const void *a, const void *b)
{
	const struct text *x = &(*(const struct run_source *const *)a)->path;
	const struct text *y = &(*(const struct run_source *const *)b)->path;
	int order = memcmp(x->data, y->data, x->len < y->len ? x->len : y->len);

	return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

static int check_twice(const struct run *r)
{
	const struct run_source **order = calloc(r->n_sources + 1, sizeof *order);
	int result = 0;

	if (order == NULL)
		return cause_memory();
	for (size_t i = 0; i < r->n_sources; i++)
		order[i] = &r->sources[i];
	qsort(order, r->n_sources, sizeof *order, compare_paths);
	for (size_t i = 1; result == 0 && i < r->n_sources; i++)
		if (order[i]->purpose == SOURCE_NEW && order[i - 1]->purpose == SOURCE_NEW &&
		    text_equal(order[i]->path, order[i - 1]->path))
			result = cause_record(STATUS_INPUT, "%.*s: this source is in the stream twice",
					      (int)order[i]->path.len, order[i]->path.data);
	free(order);
	return result;
}

int run_check_counts(const struct run *r)
{
	uint64_t silver = 0, quarantine = 0, rows = r->rewritten, rejects = 0;

	for (size_t i = 0; i < r->n_sources; i++) {
		if (check_source(&r->sources[i]) != 0)
			return -1;
		rows += r->sources[i].end.rows;
		rejects += r->sources[i].end.rejects;
	}
	for (size_t i = 0; i < r->n_files; i++)
		*(is(r->files[i].layer, "silver") ? &silver : &quarantine) += r->files[i].rows;
	if (silver != rows || quarantine != rejects)
		return cause_record(STATUS_REFUSED,
				    "the staged files hold %" PRIu64 " events and %" PRIu64
				    " rejects, the sources %" PRIu64 " and %" PRIu64,
				    silver, quarantine, rows, rejects);
	return check_twice(r);
}

int run_check(const struct run *r)
{
	return check_parts(r) != 0 ? -1 : run_check_counts(r);
}

const struct run_source *run_find(const struct run *r, struct text path)
{
	for (size_t i = 0; i < r->n_sources; i++)
		if (r->sources[i].purpose == SOURCE_NEW && text_equal(r->sources[i].path, path))
			return &r->sources[i];
	return NULL;
}

struct run_sums run_sum(const struct run *r)
{
	struct run_sums sums = {0};

	for (size_t i = 0; i < r->n_sources; i++) {
		const bool is_new = r->sources[i].purpose == SOURCE_NEW;

		sums.sources += is_new;
		sums.rows += r->sources[i].end.rows;
		*(is_new ? &sums.rejects : &sums.rejects_again) += r->sources[i].end.rejects;
		sums.blank += r->sources[i].end.blank;
		sums.bytes += r->sources[i].end.bytes;
	}
	return sums;
}
