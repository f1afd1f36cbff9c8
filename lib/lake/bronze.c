#include "lake/bronze.h"

#include "base/utf8.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/*
 * A lake has about as many folders as files, so the calls for each count: one stat for a folder that is as it
 * was; for one that is listed an open, a stat, two getdents64 and a close, and one stat for each file.
 * (readdir would add three more and an allocation.)
 *
 * Folders nest as stacks: the names of the one that is being read, and the row of the one that is being gone
 * through, are on top.
 */
struct walk {
	struct bronze *bronze;
	const struct lake *lake;
	const struct bronze_options *options;
	uint64_t settled_ns; /* what has changed since may be changing still */
	struct buffer path;  /* of what is being looked at */
	struct buffer names; /* of entries, NUL-terminated */
	struct walk_entry {
		size_t name; /* offset in names */
		unsigned char type;
	} * entries;
	size_t n, cap;
	size_t depth;          /* 1 directly under bronze/ */
	struct buffer listing; /* what getdents64 gives */
	struct buffer known;   /* rows of the memory */
	uint32_t row, folder;  /* that subfolders and files are added to */
};

/* To be remembered of a folder: its subfolders, which are linked, for those of others lie in between. */
struct bronze_row {
	size_t path; /* offset in names */
	size_t path_len;
	uint32_t first, last;
	uint64_t known; /* hash of the row that is remembered, 0: there is none */
};

struct bronze_folder {
	size_t name; /* offset in names */
	size_t name_len;
	uint64_t stamp;  /* unless it was listed */
	uint32_t listed; /* number in stamps, or NONE */
	uint32_t next;
	bool branch;
};

#define NONE UINT32_MAX

enum { LISTING_BYTES = 1 << 16 };

static int unreadable(struct walk *w)
{
	int error = errno;
	const char *path = buffer_text(&w->path);

	errno = error;
	return path != NULL ? cause_system("%s", path) : -1;
}

static uint64_t nanoseconds(struct timespec t)
{
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static int add_file(struct walk *w, const struct stat *st, const char *ignored)
{
	struct bronze *b = w->bronze;

	const uint64_t mtime_ns = nanoseconds(st->st_mtim);

	if (array_reserve(&b->files, &b->cap, b->n + 1, sizeof *b->files) != 0 ||
	    strings_add(&b->paths, w->path.data, w->path.len) != 0)
		return -1;
	b->files[b->n++] = (struct bronze_file){
	    .size = (uint64_t)st->st_size,
	    .mtime_ns = mtime_ns,
	    .ignored = ignored,
	    .folder = w->folder,
	};
	if (mtime_ns > w->settled_ns)
		b->stamps[w->folder] = 0;
	return 0;
}

/* Paths become texts of Silver, which other engines refuse to read when one of them is not UTF-8. */
static int check_name(struct walk *w, const char *name)
{
	const size_t len = strlen(name);
	const char *path;

	if (utf8_check(name, len) == len)
		return 0;
	path = buffer_text(&w->path);
	return path == NULL ? -1
			    : cause_record(STATUS_INPUT, "%s: a name that is not UTF-8: rename it", path);
}

static int walk_subfolder(struct walk *w, int parent, const char *name, const struct folder *known);

/* known: what is remembered of it, should it be a folder. */
static int walk_entry(struct walk *w, int folder, const char *name, unsigned char type,
		      const struct folder *known)
{
	const char *ignored = folder_ignored_name(name);
	bool is_link = false;
	struct stat st;

	if (ignored == NULL && check_name(w, name) != 0)
		return -1;
	if (type == DT_DIR && ignored == NULL)
		return walk_subfolder(w, folder, name, known);
	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? 0 : unreadable(w);
	if (ignored != NULL)
		return add_file(w, &st, ignored);
	if (S_ISLNK(st.st_mode)) {
		is_link = true;
		if (w->depth > 1)
			return add_file(w, &st, "a symbolic link that is not directly under bronze/");
		if (fstatat(folder, name, &st, 0) != 0)
			return unreadable(w);
	}
	if (S_ISDIR(st.st_mode))
		return walk_subfolder(w, folder, name, known);
	/* What becomes of the file that a link leads to does not show in the folder. */
	if (is_link)
		w->bronze->stamps[w->folder] = 0;
	return add_file(w, &st, S_ISREG(st.st_mode) ? NULL : "not a regular file");
}

/* All entries of an open folder onto the stack. */
static int read_entries(struct walk *w, int folder)
{
	ssize_t len;

	while ((len = getdents64(folder, w->listing.data, LISTING_BYTES)) > 0) {
		const struct dirent64 *entry;

		for (ssize_t at = 0; at < len; at += entry->d_reclen) {
			entry = (const struct dirent64 *)(const void *)(w->listing.data + at);
			if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
				continue;
			if (array_reserve(&w->entries, &w->cap, w->n + 1, sizeof *w->entries) != 0)
				return -1;
			w->entries[w->n++] = (struct walk_entry){w->names.len, entry->d_type};
			if (buffer_append(&w->names, entry->d_name, strlen(entry->d_name) + 1) != 0)
				return -1;
		}
	}
	return len < 0 ? unreadable(w) : 0;
}

static int compare_names(const void *a, const void *b, void *names)
{
	return strcmp((const char *)names + ((const struct walk_entry *)a)->name,
		      (const char *)names + ((const struct walk_entry *)b)->name);
}

/* --- the memory ------------------------------------------------------------------------------------------
 */

/* The path of the folder that is being looked at, within bronze/. */
static struct text path_within(const struct walk *w)
{
	enum { SKIP = sizeof "bronze" };

	return w->path.len < SKIP ? (struct text){"", 0}
				  : (struct text){(const char *)w->path.data + SKIP, w->path.len - SKIP};
}

/* The name of that folder. */
static struct text base_name(const struct walk *w)
{
	const char *path = (const char *)w->path.data;
	size_t start = w->path.len;

	while (start > 0 && path[start - 1] != '/')
		start--;
	return (struct text){path + start, w->path.len - start};
}

/* Puts what is remembered of the subfolders on top of known: 1, 0 when nothing is, -1. */
static int recall(struct walk *w)
{
	struct text row = {0};
	int found = 0;

	if (w->options->ledger != NULL)
		found = ledger_find_folder(w->options->ledger, path_within(w), &row);
	if (found != 1 || !folder_is_row(row))
		return found < 0 ? -1 : 0;
	return buffer_append(&w->known, row.data, row.len) == 0 ? 1 : -1;
}

static struct text known_from(const struct walk *w, size_t at, size_t end)
{
	return (struct text){(const char *)w->known.data + at, end - at};
}

/* The row that subfolders are added to from now on. */
static int begin_row(struct walk *w, struct text known)
{
	struct bronze *b = w->bronze;
	const struct text path = path_within(w);

	if (array_reserve(&b->rows, &b->cap_rows, b->n_rows + 1, sizeof *b->rows) != 0)
		return -1;
	w->row = (uint32_t)b->n_rows;
	b->rows[b->n_rows++] = (struct bronze_row){
	    .path = b->names.len,
	    .path_len = path.len,
	    .first = NONE,
	    .last = NONE,
	    .known = known.len != 0 ? hash64(known.data, known.len) : 0,
	};
	return buffer_append(&b->names, path.data, path.len);
}

static int add_folder(struct walk *w, struct text name, struct bronze_folder folder)
{
	struct bronze *b = w->bronze;
	struct bronze_row *row = &b->rows[w->row];
	const uint32_t number = (uint32_t)b->n_folders;

	if (array_reserve(&b->folders, &b->cap_folders, b->n_folders + 1, sizeof *b->folders) != 0)
		return -1;
	folder.name = b->names.len;
	folder.name_len = name.len;
	folder.next = NONE;
	if (row->first == NONE)
		row->first = number;
	else
		b->folders[row->last].next = number;
	row->last = number;
	b->folders[b->n_folders++] = folder;
	return buffer_append(&b->names, name.data, name.len);
}

void bronze_look_again(struct bronze *b, const struct bronze_file *file)
{
	b->stamps[file->folder] = 0;
}

int bronze_row(const struct bronze *b, size_t i, struct text *path, struct buffer *row)
{
	const struct bronze_row *r = &b->rows[i];
	const char *names = (const char *)b->names.data;

	buffer_clear(row);
	for (uint32_t at = r->first; at != NONE; at = b->folders[at].next) {
		const struct bronze_folder *folder = &b->folders[at];
		const struct folder f = {
		    .name = {names + folder->name, folder->name_len},
		    .stamp = folder->listed != NONE ? b->stamps[folder->listed] : folder->stamp,
		    .branch = folder->branch,
		};

		if (folder_append(row, &f) != 0)
			return -1;
	}
	*path = (struct text){names + r->path, r->path_len};
	return (row->len != 0 ? hash64(row->data, row->len) : 0) != r->known;
}

/* --- folders ---------------------------------------------------------------------------------------------
 */

/* The entries of an open folder. What is remembered of its subfolders is in known, from known to end. */
static int walk_names(struct walk *w, int folder, size_t known, size_t known_end)
{
	size_t first = w->n, names = w->names.len, path = w->path.len;
	int result = read_entries(w, folder);
	size_t end = w->n;
	struct folder f;

	if (end - first > 1)
		qsort_r(w->entries + first, end - first, sizeof *w->entries, compare_names, w->names.data);
	w->depth++;
	for (size_t i = first; result == 0 && i < end; i++) {
		/* Looked up anew each time, for deeper levels move the buffers. */
		const char *name = (const char *)w->names.data + w->entries[i].name;
		struct text rest = known_from(w, known, known_end);
		int order = -1;

		/* Both are in the order of names. */
		while (folder_next(&rest, &f) && (order = strcmp(f.name.data, name)) < 0)
			known = known_end - rest.len;
		result = buffer_printf(&w->path, "/%s", name);
		if (result == 0)
			result = walk_entry(w, folder, name, w->entries[i].type, order == 0 ? &f : NULL);
		w->path.len = path;
	}
	w->depth--;
	w->n = first;
	w->names.len = names;
	return result;
}

/* The folders that are remembered, of one that has not changed. */
static int walk_known(struct walk *w, size_t known, size_t known_end)
{
	const size_t path = w->path.len;
	struct folder f;
	int result = 0;

	w->depth++;
	while (result == 0 && known < known_end) {
		struct text rest = known_from(w, known, known_end);

		if (!folder_next(&rest, &f))
			break;
		known = known_end - rest.len;
		if (f.name.len == 0)
			continue; /* bronze/ itself */
		if (buffer_append(&w->path, "/", 1) != 0 ||
		    buffer_append(&w->path, f.name.data, f.name.len) != 0 || buffer_text(&w->path) == NULL)
			result = -1;
		else
			result = walk_subfolder(w, w->lake->fd, (const char *)w->path.data, &f);
		w->path.len = path;
	}
	w->depth--;
	return result;
}

static int list_folder(struct walk *w, int folder, size_t known, size_t known_end)
{
	struct bronze *b = w->bronze;
	struct stat st;

	/* Before its entries are read: what changes meanwhile makes it another stamp. */
	if (fstat(folder, &st) != 0)
		return unreadable(w);
	if (array_reserve(&b->stamps, &b->cap_listed, b->n_listed + 1, sizeof *b->stamps) != 0)
		return -1;
	w->folder = (uint32_t)b->n_listed;
	b->stamps[b->n_listed++] =
	    nanoseconds(st.st_ctim) <= w->settled_ns && nanoseconds(st.st_mtim) <= w->settled_ns
		? folder_stamp(&st)
		: 0;
	return walk_names(w, folder, known, known_end);
}

static bool is_due(const struct walk *w, const struct folder *known)
{
	const struct bronze_options *o = w->options;

	return known->stamp == 0 || (o->rounds != 0 && (known->stamp + o->run) % o->rounds == 0);
}

/* Whether a folder is as it was when it was listed last: 1, 0, -1. */
static int is_unchanged(struct walk *w, int parent, const char *name, const struct folder *known)
{
	struct stat st;

	if (known == NULL || is_due(w, known))
		return 0;
	/* Up to bronze/ itself and directly below it, links are followed. */
	if (fstatat(parent, name, &st, w->depth > 1 ? AT_SYMLINK_NOFOLLOW : 0) != 0)
		return errno == ENOENT ? 0 : unreadable(w);
	return S_ISDIR(st.st_mode) && folder_stamp(&st) == known->stamp;
}

/*
 * Goes through a folder, whose row begins: 1 and what is to be remembered of it, 0 when it is gone, -1. What
 * is remembered of its subfolders is in known, from there to its end.
 */
static int walk_folder(struct walk *w, int parent, const char *name, bool unchanged, size_t known,
		       struct bronze_folder *folder)
{
	const size_t known_end = w->known.len;
	int fd, result;

	if (begin_row(w, known_from(w, known, known_end)) != 0)
		return -1;
	if (unchanged) {
		result = walk_known(w, known, known_end);
	} else {
		fd = openat(parent, name,
			    O_RDONLY | O_DIRECTORY | O_CLOEXEC | (w->depth > 1 ? O_NOFOLLOW : 0));
		if (fd < 0)
			return errno == ENOENT ? 0 : unreadable(w);
		folder->listed = (uint32_t)w->bronze->n_listed;
		result = list_folder(w, fd, known, known_end);
		close(fd);
	}
	folder->branch = w->bronze->rows[w->row].first != NONE;
	return result == 0 ? 1 : -1;
}

/* The same for a subfolder, beside the row and the folder that are at hand. */
static int walk_branch(struct walk *w, int parent, const char *name, bool unchanged,
		       const struct folder *known, struct bronze_folder *folder)
{
	struct bronze *b = w->bronze;
	const struct bronze before = *b;
	const size_t known_start = w->known.len;
	const uint32_t outer_row = w->row, outer_folder = w->folder;
	int result = known != NULL && known->branch ? recall(w) : 0;

	if (result >= 0)
		result = walk_folder(w, parent, name, unchanged && result, known_start, folder);
	w->row = outer_row;
	w->folder = outer_folder;
	w->known.len = known_start;
	if (result == 1 && b->n_listed == before.n_listed) {
		/* All is as it was, and remembered. */
		b->n_rows = before.n_rows;
		b->n_folders = before.n_folders;
		b->names.len = before.names.len;
	}
	return result;
}

/* A folder within the one that is being gone through. */
static int walk_subfolder(struct walk *w, int parent, const char *name, const struct folder *known)
{
	struct bronze_folder folder = {.listed = NONE, .stamp = known != NULL ? known->stamp : 0};
	const int unchanged = is_unchanged(w, parent, name, known);
	int result = 1;

	if (unchanged < 0)
		return -1;
	/* Most are leaves in which nothing has changed: that was all. */
	if (!unchanged || known->branch)
		result = walk_branch(w, parent, name, unchanged, known, &folder);
	return result == 1 ? add_folder(w, base_name(w), folder) : result;
}

static int walk_bronze(struct walk *w)
{
	struct folder known = {.stamp = 0}, f;
	struct bronze_folder folder = {.listed = NONE};
	struct text row;
	int result = recall(w);

	if (result < 0)
		return -1;
	row = known_from(w, 0, w->known.len);
	while (folder_next(&row, &f))
		if (f.name.len == 0)
			known = f;
	folder.stamp = known.stamp;
	result = is_unchanged(w, w->lake->fd, "bronze", &known);
	if (result >= 0)
		result = walk_folder(w, w->lake->fd, "bronze", result, 0, &folder);
	if (result == 0) {
		errno = ENOENT;
		return unreadable(w);
	}
	return result == 1 ? add_folder(w, (struct text){"", 0}, folder) : -1;
}

int bronze_list(struct bronze *b, const struct lake *lake, const struct bronze_options *options)
{
	struct walk w = {.bronze = b, .lake = lake, .options = options};
	struct timespec now;
	int result = -1;

	clock_gettime(CLOCK_REALTIME, &now);
	now.tv_sec -= FOLDER_SETTLED_SECONDS;
	w.settled_ns = nanoseconds(now);
	if (buffer_append_text(&w.path, "bronze") == 0 && buffer_reserve(&w.listing, LISTING_BYTES) == 0)
		result = walk_bronze(&w);
	for (size_t i = 0; i < b->n; i++)
		b->files[i].path = strings_get(&b->paths, (uint32_t)i);
	buffer_free(&w.path);
	buffer_free(&w.names);
	buffer_free(&w.listing);
	buffer_free(&w.known);
	free(w.entries);
	return result;
}

void bronze_free(struct bronze *b)
{
	free(b->files);
	strings_free(&b->paths);
	free(b->stamps);
	free(b->rows);
	free(b->folders);
	buffer_free(&b->names);
	*b = (struct bronze){0};
}
