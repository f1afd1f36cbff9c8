#include "plan.h"

#include "input.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* The path of mark i is text i of mark_paths, its original text i of originals. */
struct plan_mark {
	uint64_t size;
	uint64_t mtime_ns;
	struct hash128 content;
	bool copy;   /* SKIPPED_SAME */
	bool orphan; /* a copy whose original was never committed: it stands for nothing */
};

void plan_free(struct plan *p)
{
	free(p->files);
	free(p->marks);
	free(p->by_size);
	bronze_free(&p->bronze);
	strings_free(&p->originals);
	dictionary_free(&p->mark_paths);
	*p = (struct plan){0};
}

size_t plan_count(const struct plan *p, enum plan_verdict verdict)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->files[i].verdict == verdict;
	return n;
}

static int compare_marks(const void *a, const void *b, void *marks)
{
	const struct plan_mark *x = (const struct plan_mark *)marks + *(const uint32_t *)a;
	const struct plan_mark *y = (const struct plan_mark *)marks + *(const uint32_t *)b;

	return x->size != y->size ? (x->size > y->size) - (x->size < y->size) : (x > y) - (x < y);
}

/* The number of the mark of a path, or n_marks. */
static int find_mark(struct plan *p, struct text path, uint32_t *mark)
{
	/* A path that is not marked is added to the dictionary behind those that are. */
	if (dictionary_code(&p->mark_paths, path.data, path.len, mark) != 0)
		return -1;
	if (*mark > p->n_marks)
		*mark = (uint32_t)p->n_marks;
	return 0;
}

static int find_orphans(struct plan *p)
{
	for (uint32_t i = 0; i < p->n_marks; i++) {
		struct plan_mark *mark = &p->marks[i];
		uint32_t original;

		if (!mark->copy)
			continue;
		if (find_mark(p, strings_get(&p->originals, i), &original) != 0)
			return -1;
		mark->orphan = original == p->n_marks || p->marks[original].copy;
	}
	return 0;
}

int plan_read_marks(struct plan *p, struct ledger *ledger)
{
	struct ledger_source source;
	int result;

	while ((result = ledger_next_mark(ledger, &source)) == 1) {
		uint32_t code;

		if (array_reserve(&p->marks, &p->cap_marks, p->n_marks + 1, sizeof *p->marks) != 0 ||
		    dictionary_code(&p->mark_paths, source.path.data, source.path.len, &code) != 0 ||
		    strings_add(&p->originals, source.same_as.data, source.same_as.len) != 0)
			return -1;
		p->marks[p->n_marks++] = (struct plan_mark){source.size, source.mtime_ns, source.content,
							    strcmp(source.status, LEDGER_SAME) == 0, false};
	}
	if (result < 0)
		return -1;
	p->by_size = calloc(p->n_marks + 1, sizeof *p->by_size);
	if (p->by_size == NULL)
		return cause_memory();
	for (uint32_t i = 0; i < p->n_marks; i++)
		p->by_size[i] = i;
	qsort_r(p->by_size, p->n_marks, sizeof *p->by_size, compare_marks, p->marks);
	return find_orphans(p);
}

static int list_bronze(struct plan *p, const struct lake *lake)
{
	if (bronze_list(&p->bronze, lake) != 0)
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

static bool is_equal(struct hash128 a, struct hash128 b)
{
	return a.low == b.low && a.high == b.high;
}

/* A marked path: is it still what was read? */
static int judge_marked(const struct lake *lake, struct plan_file *file, const struct plan_mark *mark)
{
	file->verdict = PLAN_MARKED;
	if (file->size == mark->size && file->mtime_ns == mark->mtime_ns)
		return 0;
	switch (hash_file(lake, file)) {
	case 1:
		file->verdict = is_equal(file->content, mark->content) ? PLAN_TOUCHED : PLAN_CHANGED;
		return 0;
	case 0: file->verdict = PLAN_CHANGED; return 0;
	default: return -1;
	}
}

/* The first place in by_size whose mark is not smaller than size. */
static size_t find_size(const struct plan *p, uint64_t size)
{
	size_t low = 0, high = p->n_marks;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (p->marks[p->by_size[middle]].size < size)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A path that is not marked: perhaps its content is. Only a mark of the same size is a reason to look. */
static int judge_new(const struct plan *p, const struct lake *lake, struct plan_file *file)
{
	for (size_t i = find_size(p, file->size); i < p->n_marks; i++) {
		uint32_t number = p->by_size[i];
		const struct plan_mark *mark = &p->marks[number];
		int whole;

		if (mark->size != file->size)
			break;
		if (mark->orphan)
			continue;
		whole = hash_file(lake, file);
		if (whole <= 0)
			return whole;
		if (!is_equal(mark->content, file->content))
			continue;
		file->verdict = PLAN_SAME;
		file->same_as = mark->copy ? strings_get(&p->originals, number)
					   : strings_get(&p->mark_paths.strings, number);
		return 0;
	}
	return 0;
}

static int judge(struct plan *p, const struct lake *lake, struct plan_file *file, uint64_t settled_ns)
{
	uint32_t mark;

	if (file->verdict == PLAN_IGNORED)
		return 0;
	if (find_mark(p, file->path, &mark) != 0)
		return -1;
	if (mark < p->n_marks && !p->marks[mark].orphan)
		return judge_marked(lake, file, &p->marks[mark]);
	if (file->mtime_ns > settled_ns) {
		file->verdict = PLAN_YOUNG;
		return 0;
	}
	return judge_new(p, lake, file);
}

/*
 * A copy whose original is still to be read waits for it: read both, and the commit would find the same copy
 * again. One whose original is gone is read itself.
 */
static int judge_orphans(struct plan *p)
{
	for (size_t i = 0; i < p->n; i++) {
		struct plan_file *file = &p->files[i];
		uint32_t mark;

		if (file->verdict != PLAN_TAKE)
			continue;
		if (find_mark(p, file->path, &mark) != 0)
			return -1;
		if (mark == p->n_marks || p->marks[mark].size != file->size ||
		    p->marks[mark].mtime_ns != file->mtime_ns)
			continue;
		for (size_t j = 0; j < p->n; j++)
			if (p->files[j].verdict == PLAN_TAKE &&
			    text_equal(p->files[j].path, strings_get(&p->originals, mark)))
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
			    !is_equal(first->content, file->content))
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

int plan_make(struct plan *p, const struct lake *lake, uint64_t settled_ns)
{
	if (list_bronze(p, lake) != 0)
		return -1;
	for (size_t i = 0; i < p->n; i++)
		if (judge(p, lake, &p->files[i], settled_ns) != 0)
			return -1;
	if (judge_orphans(p) != 0 || judge_copies(p, lake) != 0)
		return -1;
	return check_readable(p, lake);
}
