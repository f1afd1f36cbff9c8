#include "lake/plan.h"

#include "source/input.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void plan_free(struct plan *p)
{
	free(p->files);
	bronze_free(&p->bronze);
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

static int list_bronze(struct plan *p, const struct lake *lake, const struct bronze_options *listing)
{
	if (bronze_list(&p->bronze, lake, listing) != 0)
		return -1;
	p->n = p->bronze.n;
	p->files = calloc(p->n + 1, sizeof *p->files);
	if (p->files == NULL)
		return cause_memory();
	for (size_t i = 0; i < p->n; i++) {
		const struct bronze_file *found = &p->bronze.files[i];

		p->files[i] = (struct plan_file){
		    .path = found->path,
		    .size = found->size,
		    .mtime_ns = found->mtime_ns,
		    .verdict = found->ignored != NULL ? PLAN_IGNORED : PLAN_TAKE,
		    .why = found->ignored,
		};
	}
	return 0;
}

/*
 * The XXH3-128 of a file's decompressed content, once: 1, or 0 when it is damaged. Damage is not told here:
 * who reads the file for good will name it.
 */
static int hash_file(const struct lake *lake, struct plan_file *file)
{
	enum { READ_BYTES = 1 << 17 };
	struct hash_stream hash;
	struct buffer path = {0}, data = {0};
	struct input *in = NULL;
	int result = -1;
	ssize_t n;

	if (file->hashed)
		return 1;
	if (buffer_printf(&path, "%s/%.*s", lake->path, (int)file->path.len, file->path.data) != 0 ||
	    buffer_text(&path) == NULL || buffer_reserve(&data, READ_BYTES) != 0)
		goto out;
	in = input_open((const char *)path.data);
	if (in == NULL)
		goto out;
	hash_begin(&hash);
	while ((n = input_read(in, data.data, READ_BYTES)) > 0)
		hash_update(&hash, data.data, (size_t)n);
	if (n == 0) {
		file->content = hash_end(&hash);
		file->hashed = true;
		result = 1;
	} else if (input_is_damaged(in)) {
		cause_clear();
		result = 0;
	}
out:
	input_close(in);
	buffer_free(&data);
	buffer_free(&path);
	return result;
}

/* A marked path: is it still what was read? */
static int judge_marked(const struct lake *lake, struct plan_file *file, const struct ledger_source *mark)
{
	file->verdict = PLAN_MARKED;
	if (strcmp(mark->status, LEDGER_SKIPPED) == 0)
		return 0;
	if (file->size == mark->size && file->mtime_ns == mark->mtime_ns)
		return 0;
	switch (hash_file(lake, file)) {
	case 1:
		file->verdict = hash_equal(file->content, mark->content) ? PLAN_TOUCHED : PLAN_CHANGED;
		return 0;
	case 0: file->verdict = PLAN_CHANGED; return 0;
	default: return -1;
	}
}

/* A path that is not marked: perhaps its content is. Only a mark of the same size is a reason to look. */
static int judge_new(struct plan *p, struct ledger *ledger, const struct lake *lake, struct plan_file *file)
{
	struct ledger_source mark;
	int found = ledger_has_size(ledger, file->size);

	if (found == 1)
		found = hash_file(lake, file);
	if (found == 1)
		found = ledger_find_content(ledger, file->content, &mark);
	if (found != 1)
		return found;
	file->verdict = PLAN_SAME;
	file->original = p->originals.n;
	return strings_add(&p->originals, mark.path.data, mark.path.len);
}

static int judge(struct plan *p, struct ledger *ledger, const struct lake *lake, struct plan_file *file,
		 uint64_t settled_ns)
{
	struct ledger_source mark;
	int found = 0;

	if (file->verdict == PLAN_IGNORED)
		return 0;
	if (ledger != NULL)
		found = ledger_find_next(ledger, file->path, &mark);
	if (found < 0)
		return -1;
	if (found)
		return judge_marked(lake, file, &mark);
	if (file->mtime_ns > settled_ns) {
		file->verdict = PLAN_YOUNG;
		return 0;
	}
	return ledger != NULL ? judge_new(p, ledger, lake, file) : 0;
}

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

/* Within files of one size, in name order: the first with a content is taken, the others are its copies. */
static int judge_group(const struct lake *lake, struct plan *p, const size_t *group, size_t n)
{
	for (size_t i = 0; n > 1 && i < n; i++) {
		struct plan_file *file = &p->files[group[i]];
		int whole = hash_file(lake, file);

		if (whole < 0)
			return -1;
		for (size_t j = 0; whole && j < i; j++) {
			const struct plan_file *first = &p->files[group[j]];

			if (first->verdict != PLAN_TAKE || !first->hashed ||
			    !hash_equal(first->content, file->content))
				continue;
			file->verdict = PLAN_SAME;
			file->same_as = first->path;
			break;
		}
	}
	return 0;
}

/* New files that are copies of each other: seen here, they cost no second run. */
static int judge_copies(struct plan *p, const struct lake *lake)
{
	size_t *order = calloc(p->n + 1, sizeof *order);
	size_t n = 0;
	int result = 0;

	if (order == NULL)
		return cause_memory();
	for (size_t i = 0; i < p->n; i++)
		if (p->files[i].verdict == PLAN_TAKE)
			order[n++] = i;
	qsort_r(order, n, sizeof *order, compare_files, p->files);
	for (size_t i = 0, end; result == 0 && i < n; i = end) {
		for (end = i + 1; end < n && p->files[order[end]].size == p->files[order[i]].size;)
			end++;
		result = judge_group(lake, p, order + i, end - i);
	}
	free(order);
	return result;
}

/* What is to be read must be readable: better said now than after half an hour. */
static int check_readable(const struct plan *p, const struct lake *lake)
{
	struct buffer path = {0};
	int result = 0;

	for (size_t i = 0; result == 0 && i < p->n; i++) {
		const char *text;

		if (p->files[i].verdict != PLAN_TAKE)
			continue;
		buffer_clear(&path);
		if (buffer_append(&path, p->files[i].path.data, p->files[i].path.len) != 0 ||
		    (text = buffer_text(&path)) == NULL)
			result = -1;
		else if (faccessat(lake->fd, text, R_OK, AT_EACCESS) != 0)
			result = cause_system("%s/%s", lake->path, text);
	}
	buffer_free(&path);
	return result;
}

/* The next run has to look at these again. */
static void keep_folders(struct plan *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->files[i].verdict == PLAN_CHANGED || p->files[i].verdict == PLAN_YOUNG)
			bronze_look_again(&p->bronze, &p->bronze.files[i]);
}

int plan_make(struct plan *p, const struct lake *lake, const struct bronze_options *listing,
	      uint64_t settled_ns)
{
	struct ledger *ledger = listing->ledger;

	if (list_bronze(p, lake, listing) != 0)
		return -1;
	for (size_t i = 0; i < p->n; i++)
		if (judge(p, ledger, lake, &p->files[i], settled_ns) != 0)
			return -1;
	/* The originals' texts have stopped moving. */
	for (size_t i = 0; i < p->n; i++)
		if (p->files[i].verdict == PLAN_SAME)
			p->files[i].same_as = strings_get(&p->originals, p->files[i].original);
	if ((ledger != NULL && judge_orphans(p, ledger) != 0) || judge_copies(p, lake) != 0)
		return -1;
	keep_folders(p);
	return check_readable(p, lake);
}
