#include "bronze.h"

#include "utf8.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * A lake has about as many folders as files, so the calls for each count: one open, two getdents64, one
 * close; and one stat for each file. (readdir would add three more and an allocation.)
 *
 * Folders nest as a stack: the entries of the one that is being read are on top.
 */
struct walk {
	struct bronze *bronze;
	struct buffer path;  /* of what is being looked at */
	struct buffer names; /* of entries, NUL-terminated */
	struct walk_entry {
		size_t name; /* offset in names */
		unsigned char type;
	} * entries;
	size_t n, cap;
	size_t depth;          /* 1 directly under bronze/ */
	struct buffer listing; /* what getdents64 gives */
};

enum { LISTING_BYTES = 1 << 16 };

static int unreadable(struct walk *w)
{
	int error = errno;
	const char *path = buffer_text(&w->path);

	errno = error;
	return path != NULL ? cause_system("%s", path) : -1;
}

static int add_file(struct walk *w, const struct stat *st, const char *ignored)
{
	struct bronze *b = w->bronze;

	if (array_reserve(&b->files, &b->cap, b->n + 1, sizeof *b->files) != 0 ||
	    strings_add(&b->paths, w->path.data, w->path.len) != 0)
		return -1;
	b->files[b->n++] = (struct bronze_file){
	    .size = (uint64_t)st->st_size,
	    .mtime_ns = (uint64_t)st->st_mtim.tv_sec * 1000000000 + (uint64_t)st->st_mtim.tv_nsec,
	    .ignored = ignored,
	};
	return 0;
}

static const char *ignored_name(const char *name)
{
	size_t len = strlen(name);

	if (name[0] == '.')
		return "a name that begins with '.'";
	if (name[0] == '_')
		return "a name that begins with '_'";
	if (len >= 4 && strcmp(name + len - 4, ".tmp") == 0)
		return "a name that ends in '.tmp'";
	return NULL;
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

static int walk_folder(struct walk *w, int parent, const char *name, bool follow);

static int walk_entry(struct walk *w, int folder, const char *name, unsigned char type)
{
	const char *ignored = ignored_name(name);
	bool follow = w->depth == 1;
	struct stat st;

	if (ignored == NULL && check_name(w, name) != 0)
		return -1;
	if (type == DT_DIR && ignored == NULL)
		return walk_folder(w, folder, name, false);
	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? 0 : unreadable(w);
	if (ignored != NULL)
		return add_file(w, &st, ignored);
	if (S_ISLNK(st.st_mode)) {
		if (!follow)
			return add_file(w, &st, "a symbolic link that is not directly under bronze/");
		if (fstatat(folder, name, &st, 0) != 0)
			return unreadable(w);
	}
	if (S_ISDIR(st.st_mode))
		return walk_folder(w, folder, name, follow);
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

static int walk_names(struct walk *w, int folder)
{
	size_t first = w->n, names = w->names.len, path = w->path.len;
	int result = read_entries(w, folder);
	size_t end = w->n;

	if (end - first > 1)
		qsort_r(w->entries + first, end - first, sizeof *w->entries, compare_names, w->names.data);
	w->depth++;
	for (size_t i = first; result == 0 && i < end; i++) {
		/* Looked up anew each time, for deeper levels move the buffers. */
		const char *name = (const char *)w->names.data + w->entries[i].name;

		result = buffer_printf(&w->path, "/%s", name);
		if (result == 0)
			result = walk_entry(w, folder, name, w->entries[i].type);
		w->path.len = path;
	}
	w->depth--;
	w->n = first;
	w->names.len = names;
	return result;
}

static int walk_folder(struct walk *w, int parent, const char *name, bool follow)
{
	int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW));
	int result;

	if (folder < 0)
		return errno == ENOENT ? 0 : unreadable(w);
	result = walk_names(w, folder);
	close(folder);
	return result;
}

int bronze_list(struct bronze *b, const struct lake *lake)
{
	struct walk w = {.bronze = b};
	int result = -1;
	int folder = -1;

	if (buffer_append_text(&w.path, "bronze") != 0 || buffer_reserve(&w.listing, LISTING_BYTES) != 0)
		goto out;
	/* bronze/ may itself be a link: to the disk where it lies. */
	folder = openat(lake->fd, "bronze", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0) {
		cause_system("%s/bronze", lake->path);
		goto out;
	}
	result = walk_names(&w, folder);
	for (size_t i = 0; i < b->n; i++)
		b->files[i].path = strings_get(&b->paths, (uint32_t)i);
out:
	if (folder >= 0)
		close(folder);
	buffer_free(&w.path);
	buffer_free(&w.names);
	buffer_free(&w.listing);
	free(w.entries);
	return result;
}

void bronze_free(struct bronze *b)
{
	free(b->files);
	strings_free(&b->paths);
	*b = (struct bronze){0};
}
