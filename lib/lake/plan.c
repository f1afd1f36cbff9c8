#include "lake/plan.h"

#include "source/bundle.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* While a plan is made. */
struct planning {
	struct plan *plan;
	const struct lake *lake;
	struct ledger *ledger; /* NULL: nothing is marked */
	uint64_t settled_ns;
	struct buffer path, data;
};

void plan_free(struct plan *p)
{
	free(p->files);
	bronze_free(&p->bronze);
	strings_free(&p->members);
	strings_free(&p->originals);
	*p = (struct plan){0};
}

size_t plan_count(const struct plan *p, enum plan_verdict verdict)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->files[i].verdict == verdict;
	return n;
}

static int add_file(struct plan *p, struct plan_file file)
{
	if (array_reserve(&p->files, &p->cap, p->n + 1, sizeof *p->files) != 0)
		return -1;
	p->files[p->n++] = file;
	return 0;
}

/* --- contents --------------------------------------------------------------------------------------------
 */

enum { READ_BYTES = 1 << 17 };

/* A file of Bronze; NULL: -1. */
static struct input *open_file(struct planning *m, const struct plan_file *file)
{
	buffer_clear(&m->path);
	if (buffer_printf(&m->path, "%s/%.*s", m->lake->path, (int)file->path.len, file->path.data) != 0 ||
	    buffer_text(&m->path) == NULL)
		return NULL;
	return input_open((const char *)m->path.data);
}

/* The XXH3-128 of content: 1, or 0 when it is damaged. Takes the input. */
static int hash_input(struct planning *m, struct plan_file *file, struct input *in)
{
	struct hash_stream hash;
	int result = -1;
	ssize_t n;

	if (in == NULL || buffer_reserve(&m->data, READ_BYTES) != 0)
		goto out;
	hash_begin(&hash);
	while ((n = input_read(in, m->data.data, READ_BYTES)) > 0)
		hash_update(&hash, m->data.data, (size_t)n);
	if (n == 0) {
		file->content = hash_end(&hash);
		file->hashed = true;
		result = 1;
	} else if (cause_status() == STATUS_INPUT) {
		/* Who reads it for good will name the damage. */
		cause_clear();
		result = 0;
	}
out:
	input_close(in);
	return result;
}

/* --- against the marks -----------------------------------------------------------------------------------
 */

static bool is_as_marked(const struct plan_file *file, const struct ledger_source *mark)
{
	return file->size == mark->size && file->mtime_ns == mark->mtime_ns;
}

/* A marked path that has another size or time: is it still what was read? Takes the input. */
static int judge_touched(struct planning *m, struct plan_file *file, const struct ledger_source *mark,
			 struct input *in)
{
	const struct hash128 marked = mark->content;

	switch (hash_input(m, file, in)) {
	case 1: file->verdict = hash_equal(file->content, marked) ? PLAN_TOUCHED : PLAN_CHANGED; return 0;
	case 0: file->verdict = PLAN_CHANGED; return 0;
	default: return -1;
	}
}

/* A path that is not marked: is its content? Only a mark of the same size is a reason to look: 1, 0, -1. */
static int has_marked_size(struct planning *m, const struct plan_file *file)
{
	return m->ledger != NULL ? ledger_has_size(m->ledger, file->size) : 0;
}

/* Takes the input. */
static int judge_content(struct planning *m, struct plan_file *file, struct input *in)
{
	struct ledger_source mark;
	int found = hash_input(m, file, in);

	if (found == 1)
		found = ledger_find_content(m->ledger, file->content, &mark);
	if (found != 1)
		return found;
	file->verdict = PLAN_SAME;
	file->original = m->plan->originals.n;
	return strings_add(&m->plan->originals, mark.path.data, mark.path.len);
}

/* --- archives --------------------------------------------------------------------------------------------
 */

static int judge_member(struct planning *m, struct plan_file *file, struct bundle *b)
{
	struct ledger_source mark;
	int found = m->ledger != NULL ? ledger_find_next(m->ledger, file->path, &mark) : 0;

	if (found < 0)
		return -1;
	if (!found) {
		found = has_marked_size(m, file);
		return found == 1 ? judge_content(m, file, bundle_input(b)) : found;
	}
	file->verdict = PLAN_MARKED;
	if (strcmp(mark.status, LEDGER_SKIPPED) == 0)
		return 0;
	/* Of an archive that was cut short the head of a member does not say how much of it was there. */
	if (is_as_marked(file, &mark) && strcmp(mark.status, LEDGER_PARTIAL) != 0)
		return 0;
	return judge_touched(m, file, &mark, bundle_input(b));
}

/* A file, or another archive, leaves no doubt which is meant by a path. */
static int check_path(struct planning *m, struct text archive, struct text path)
{
	if (bundle_in_path(m->lake->fd, path) == archive.len)
		return 0;
	return cause_record(STATUS_INPUT,
			    "%s/%.*s: a member of %.*s would be called so, and there is a file of that name: "
			    "rename one of the two",
			    m->lake->path, (int)path.len, path.data, (int)archive.len, archive.data);
}

static int add_member(struct planning *m, uint32_t archive, const struct bundle_member *member,
		      struct bundle *b)
{
	struct plan *p = m->plan;
	const struct text path = p->files[archive].path;
	struct plan_file file = {
	    .size = member->size,
	    .mtime_ns = member->mtime_ns,
	    .verdict = member->ignored != NULL ? PLAN_IGNORED : PLAN_TAKE,
	    .why = member->ignored,
	    .found = p->files[archive].found,
	    .archive = archive,
	    .member = p->members.n,
	};

	buffer_clear(&m->path);
	if (buffer_printf(&m->path, "%.*s%c%s", (int)path.len, path.data, BUNDLE_MARK, member->name) != 0 ||
	    strings_add(&p->members, m->path.data, m->path.len) != 0)
		return -1;
	/* Until the next is added. */
	file.path = strings_get(&p->members, file.member);
	if (file.verdict != PLAN_IGNORED &&
	    (check_path(m, path, file.path) != 0 || judge_member(m, &file, b) != 0))
		return -1;
	return add_file(p, file);
}

/* What an archive is opened for: members that are to be read, those whose marks change, or, the first time,
 * that it is whole. marked: it has a mark. */
static enum plan_verdict judge_members(const struct plan *p, uint32_t archive, bool marked, bool damaged)
{
	size_t n[PLAN_IGNORED + 1] = {0};

	for (size_t i = archive + 1; i < p->n; i++)
		n[p->files[i].verdict]++;
	if (!marked || damaged || n[PLAN_TAKE] > 0)
		return PLAN_ARCHIVE;
	/* As long as there is one that has changed, it is told of in each run. */
	return n[PLAN_CHANGED] > 0 ? PLAN_MARKED : PLAN_TOUCHED;
}

/* Takes the input. */
static int judge_archive(struct planning *m, uint32_t archive, struct input *in, bool marked)
{
	struct bundle *b = bundle_open(in);
	struct bundle_member member;
	bool damaged;
	int more = -1;

	while (b != NULL && (more = bundle_next(b, &member)) > 0) {
		if (add_member(m, archive, &member, b) != 0) {
			bundle_close(b);
			return -1;
		}
	}
	damaged = more < 0 && (b == NULL ? cause_status() == STATUS_INPUT : bundle_is_damaged(b));
	bundle_close(b);
	if (more < 0 && !damaged)
		return -1;
	if (damaged)
		cause_clear();
	m->plan->files[archive].opened = true;
	m->plan->files[archive].verdict = judge_members(m->plan, archive, marked, damaged);
	return 0;
}

/* --- files -----------------------------------------------------------------------------------------------
 */

static int judge_marked(struct planning *m, uint32_t i, const struct ledger_source *mark)
{
	const bool was_archive = strcmp(mark->status, LEDGER_ARCHIVE) == 0;
	struct plan_file *file = &m->plan->files[i];
	struct input *in;
	bool is_archive;

	file->verdict = PLAN_MARKED;
	if (strcmp(mark->status, LEDGER_SKIPPED) == 0 || is_as_marked(file, mark))
		return 0;
	in = open_file(m, file);
	if (in == NULL)
		return -1;
	is_archive = magic_is_archive(input_content(in));
	if (is_archive && was_archive)
		return judge_archive(m, i, in, true);
	if (!is_archive && !was_archive)
		return judge_touched(m, file, mark, in);
	input_close(in);
	file->verdict = PLAN_CHANGED;
	return 0;
}

/* It is opened in any case: what is to be read must be readable, better said now than after half an hour. */
static int judge_new(struct planning *m, uint32_t i)
{
	struct plan_file *file = &m->plan->files[i];
	struct input *in = open_file(m, file);
	int reason;

	if (in == NULL)
		return -1;
	if (magic_is_archive(input_content(in)))
		return judge_archive(m, i, in, false);
	reason = has_marked_size(m, file);
	if (reason == 1)
		return judge_content(m, file, in);
	input_close(in);
	return reason;
}

static int judge(struct planning *m, uint32_t i)
{
	struct plan_file *file = &m->plan->files[i];
	struct ledger_source mark;
	int found = 0;

	if (file->verdict == PLAN_IGNORED)
		return 0;
	if (m->ledger != NULL)
		found = ledger_find_next(m->ledger, file->path, &mark);
	if (found != 0)
		return found < 0 ? -1 : judge_marked(m, i, &mark);
	if (file->mtime_ns > m->settled_ns) {
		file->verdict = PLAN_YOUNG;
		return 0;
	}
	return judge_new(m, i);
}

static int judge_all(struct planning *m, const struct bronze_options *listing)
{
	struct bronze *bronze = &m->plan->bronze;

	if (bronze_list(bronze, m->lake, listing) != 0)
		return -1;
	for (size_t i = 0; i < bronze->n; i++) {
		const struct bronze_file *found = &bronze->files[i];
		const struct plan_file file = {
		    .path = found->path,
		    .size = found->size,
		    .mtime_ns = found->mtime_ns,
		    .verdict = found->ignored != NULL ? PLAN_IGNORED : PLAN_TAKE,
		    .why = found->ignored,
		    .found = (uint32_t)i,
		    .archive = PLAN_NO_ARCHIVE,
		};

		if (add_file(m->plan, file) != 0 || judge(m, (uint32_t)m->plan->n - 1) != 0)
			return -1;
	}
	return 0;
}

/* The texts have stopped moving. */
static void set_texts(struct plan *p)
{
	for (size_t i = 0; i < p->n; i++) {
		struct plan_file *file = &p->files[i];

		if (file->archive != PLAN_NO_ARCHIVE)
			file->path = strings_get(&p->members, file->member);
		if (file->verdict == PLAN_SAME)
			file->same_as = strings_get(&p->originals, file->original);
	}
}

/* --- copies ----------------------------------------------------------------------------------------------
 */

/*
 * A copy whose original is still to be read waits for it: read both, and the commit would find the same copy
 * again. One whose original is gone is read itself.
 */
static int judge_orphans(struct plan *p, struct ledger *ledger)
{
	for (size_t i = 0; i < p->n; i++) {
		struct plan_file *file = &p->files[i];
		struct ledger_source mark;
		int found;

		if (file->verdict != PLAN_TAKE)
			continue;
		found = ledger_find_orphan(ledger, file->path, &mark);
		if (found < 0)
			return -1;
		if (!found || mark.size != file->size || mark.mtime_ns != file->mtime_ns)
			continue;
		for (size_t j = 0; j < p->n; j++)
			if (p->files[j].verdict == PLAN_TAKE && text_equal(p->files[j].path, mark.same_as))
				file->verdict = PLAN_MARKED;
	}
	return 0;
}

static int compare_files(const void *a, const void *b, void *files)
{
	const struct plan_file *x = (const struct plan_file *)files + *(const size_t *)a;
	const struct plan_file *y = (const struct plan_file *)files + *(const size_t *)b;

	return x->size != y->size ? (x->size > y->size) - (x->size < y->size) : (x > y) - (x < y);
}

/* The members of an archive whose contents are asked for, in one reading. */
static int hash_members(struct planning *m, uint32_t archive)
{
	struct plan *p = m->plan;
	struct input *in = open_file(m, &p->files[archive]);
	struct bundle_member member;
	struct bundle *b;
	int more = -1;

	if (in == NULL)
		return -1;
	/* It is what it was before, and they come as they came; if not, it is being changed, and who reads it
	 * for good will say so. */
	if (!magic_is_archive(input_content(in))) {
		input_close(in);
		return 0;
	}
	b = bundle_open(in);
	for (size_t i = archive + 1; b != NULL && (more = bundle_next(b, &member)) > 0; i++) {
		if (i == p->n || p->files[i].archive != archive)
			break;
		if (p->files[i].look && hash_input(m, &p->files[i], bundle_input(b)) < 0) {
			more = -1;
			break;
		}
	}
	if (more < 0 && (b == NULL || bundle_is_damaged(b)) && cause_status() == STATUS_INPUT) {
		cause_clear();
		more = 0;
	}
	bundle_close(b);
	return more < 0 ? -1 : 0;
}

/* Of all files whose contents are asked for; damaged ones have none. */
static int hash_files(struct planning *m)
{
	struct plan *p = m->plan;
	uint32_t archive = PLAN_NO_ARCHIVE;
	int result = 0;

	for (size_t i = 0; result >= 0 && i < p->n; i++) {
		struct plan_file *file = &p->files[i];

		if (!file->look || file->hashed)
			continue;
		if (file->archive == PLAN_NO_ARCHIVE)
			result = hash_input(m, file, open_file(m, file));
		else if (file->archive != archive)
			result = hash_members(m, archive = file->archive);
	}
	return result < 0 ? -1 : 0;
}

/* Within files of one size, in name order: the first with a content is taken, the others are its copies. */
static void judge_group(struct plan *p, const size_t *group, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct plan_file *file = &p->files[group[i]];

		for (size_t j = 0; file->hashed && j < i; j++) {
			const struct plan_file *first = &p->files[group[j]];

			if (first->verdict != PLAN_TAKE || !first->hashed ||
			    !hash_equal(first->content, file->content))
				continue;
			file->verdict = PLAN_SAME;
			file->same_as = first->path;
			break;
		}
	}
}

/* The end of the files of the same size, in their order. */
static size_t group_end(const struct plan *p, const size_t *order, size_t n, size_t i)
{
	size_t end = i + 1;

	while (end < n && p->files[order[end]].size == p->files[order[i]].size)
		end++;
	return end;
}

/* New files that are copies of each other: seen here, they cost no second run. */
static int judge_copies(struct planning *m)
{
	struct plan *p = m->plan;
	size_t *order = calloc(p->n + 1, sizeof *order);
	size_t n = 0;
	int result;

	if (order == NULL)
		return cause_memory();
	for (size_t i = 0; i < p->n; i++)
		if (p->files[i].verdict == PLAN_TAKE)
			order[n++] = i;
	qsort_r(order, n, sizeof *order, compare_files, p->files);
	for (size_t i = 0, end; i < n; i = end) {
		end = group_end(p, order, n, i);
		for (size_t j = i; end - i > 1 && j < end; j++)
			p->files[order[j]].look = true;
	}
	result = hash_files(m);
	for (size_t i = 0, end; result == 0 && i < n; i = end) {
		end = group_end(p, order, n, i);
		judge_group(p, order + i, end - i);
	}
	free(order);
	return result;
}

/* The next run has to look at these again. */
static void keep_folders(struct plan *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->files[i].verdict == PLAN_CHANGED || p->files[i].verdict == PLAN_YOUNG)
			bronze_look_again(&p->bronze, &p->bronze.files[p->files[i].found]);
}

int plan_make(struct plan *p, const struct lake *lake, const struct bronze_options *listing,
	      uint64_t settled_ns)
{
	struct planning m = {.plan = p, .lake = lake, .ledger = listing->ledger, .settled_ns = settled_ns};
	int result = judge_all(&m, listing);

	set_texts(p);
	if (result == 0 && m.ledger != NULL)
		result = judge_orphans(p, m.ledger);
	if (result == 0)
		result = judge_copies(&m);
	if (result == 0)
		keep_folders(p);
	buffer_free(&m.path);
	buffer_free(&m.data);
	return result;
}
