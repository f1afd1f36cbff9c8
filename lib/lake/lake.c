#include "lake/lake.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEAD_SECONDS = 24 * 60 * 60, READ_BYTES = 1 << 16 };

int lake_open(struct lake *lake, const char *path)
{
	int bronze, gold;

	*lake = (struct lake){.fd = -1};
	lake->path = realpath(path, NULL);
	if (lake->path == NULL)
		return cause_system("%s", path);
	lake->fd = open(lake->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lake->fd < 0) {
		cause_system("%s", path);
		goto fail;
	}
	bronze = lake_has(lake, "bronze");
	gold = lake_has(lake, "gold.db");
	if (bronze < 0 || gold < 0)
		goto fail;
	if (!bronze && !gold) {
		cause_record(STATUS_INPUT, "%s: not a lake: it has neither bronze/ nor gold.db", path);
		goto fail;
	}
	return 0;
fail:
	lake_close(lake);
	return -1;
}

int lake_open_text(struct lake *lake, struct text path)
{
	char *copy = strndup(path.data, path.len);
	int result;

	if (copy == NULL)
		return cause_memory();
	result = lake_open(lake, copy);
	free(copy);
	return result;
}

void lake_close(struct lake *lake)
{
	if (lake->fd >= 0)
		close(lake->fd);
	free(lake->path);
	*lake = (struct lake){.fd = -1};
}

char *lake_path(const struct lake *lake, const char *within)
{
	char *path;

	if (asprintf(&path, "%s/%s", lake->path, within) < 0) {
		cause_memory();
		return NULL;
	}
	return path;
}

int lake_has(const struct lake *lake, const char *within)
{
	struct stat st;

	if (fstatat(lake->fd, within, &st, 0) == 0)
		return 1;
	if (errno == ENOENT)
		return 0;
	return cause_system("%s/%s", lake->path, within);
}

char *lake_schema(const struct lake *lake, const char *name, const char *installed)
{
	char *within, *path;
	int has;

	if (asprintf(&within, "schemas/%s", name) < 0) {
		cause_memory();
		return NULL;
	}
	has = lake_has(lake, within);
	if (has < 0)
		path = NULL;
	else if (has)
		path = lake_path(lake, within);
	else if (asprintf(&path, "%s/%s", installed, name) < 0) {
		cause_memory();
		path = NULL;
	}
	free(within);
	return path;
}

/* Copies a file and fsyncs the copy. What has its name was left by a run that was stopped. */
static int copy_file(const char *from, const char *to)
{
	char data[READ_BYTES];
	int in, out;
	int result = -1;
	ssize_t n;

	in = open(from, O_RDONLY | O_CLOEXEC);
	if (in < 0)
		return cause_system("%s", from);
	out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (out < 0) {
		cause_system("%s: create", to);
		goto out;
	}
	while ((n = fd_read(in, data, sizeof data, from)) > 0 && fd_write_all(out, data, (size_t)n, to) == 0)
		;
	if (n == 0 && fd_sync(out, to) == 0)
		result = 0;
	if (fd_close(out, to) != 0)
		result = -1;
out:
	close(in);
	return result;
}

static int is_sql(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return entry->d_name[0] != '.' && len > 4 && strcmp(entry->d_name + len - 4, ".sql") == 0;
}

/* Every *.sql of one folder into another. */
static int copy_sql(const char *from, const char *to)
{
	struct dirent **entries;
	int n = scandir(from, &entries, is_sql, alphasort);
	int result = 0;

	if (n < 0)
		return cause_system("%s", from);
	for (int i = 0; i < n; i++) {
		char *source = NULL, *target = NULL;

		if (result == 0 && (asprintf(&source, "%s/%s", from, entries[i]->d_name) < 0 ||
				    asprintf(&target, "%s/%s", to, entries[i]->d_name) < 0))
			result = cause_memory();
		if (result == 0)
			result = copy_file(source, target);
		free(source);
		free(target);
		free(entries[i]);
	}
	free(entries);
	return result;
}

/* Opens a folder for reading its names; the descriptor given is not used up. */
static DIR *open_folder(int fd, const char *name)
{
	int folder = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir;

	if (folder < 0)
		return NULL;
	dir = fdopendir(folder);
	if (dir == NULL)
		close(folder);
	return dir;
}

static void remove_entries(DIR *dir)
{
	const struct dirent *entry;

	rewinddir(dir);
	while ((entry = readdir(dir)) != NULL)
		unlinkat(dirfd(dir), entry->d_name, 0);
}

/* Best effort; folders in it stay. */
static void empty_folder(int fd, const char *name)
{
	DIR *dir = open_folder(fd, name);

	if (dir == NULL)
		return;
	remove_entries(dir);
	closedir(dir);
}

static int adopt_event(const struct lake *lake, const char *installed)
{
	char *from = NULL, *temporary = lake_path(lake, "schemas/event.json.tmp");
	int result = -1;

	if (asprintf(&from, "%s/event.json", installed) < 0) {
		from = NULL;
		cause_memory();
	}
	if (from != NULL && temporary != NULL && copy_file(from, temporary) == 0)
		result = lake_move(lake, "schemas/event.json.tmp", "schemas/event.json");
	free(temporary);
	free(from);
	return result;
}

/* schemas/gold appears whole: half of it would be a lake without some of its tables. */
static int adopt_gold(const struct lake *lake, const char *installed)
{
	char *from = NULL, *temporary = NULL;
	int result = -1;

	if (asprintf(&from, "%s/gold", installed) < 0) {
		from = NULL;
		cause_memory();
		goto out;
	}
	temporary = lake_path(lake, "schemas/gold.tmp");
	if (temporary == NULL || fd_make_folders(temporary) != 0)
		goto out;
	/* What a run that was stopped had copied may be another version's. */
	empty_folder(lake->fd, "schemas/gold.tmp");
	if (copy_sql(from, temporary) == 0 && fd_sync_path(temporary) == 0)
		result = lake_move(lake, "schemas/gold.tmp", "schemas/gold");
out:
	free(temporary);
	free(from);
	return result;
}

int lake_adopt_schemas(const struct lake *lake, const char *installed)
{
	int event = lake_has(lake, "schemas/event.json");
	int gold = lake_has(lake, "schemas/gold");

	if (event < 0 || gold < 0 || lake_make_folder(lake, "schemas") != 0)
		return -1;
	if ((!event && adopt_event(lake, installed) != 0) || (!gold && adopt_gold(lake, installed) != 0))
		return -1;
	return event && gold ? 0 : lake_sync_folder(lake, "schemas");
}

char *lake_stage(const struct lake *lake, const char *stage)
{
	char *path = NULL, *within = NULL;

	if (lake_make_folder(lake, "staging") != 0)
		return NULL;
	if (asprintf(&path, "%s/staging/%s-XXXXXX", lake->path, stage) < 0) {
		cause_memory();
		return NULL;
	}
	if (mkdtemp(path) == NULL)
		cause_system("%s: mkdir", path);
	else if ((within = strdup(path + strlen(lake->path) + 1)) == NULL)
		cause_memory();
	free(path);
	if (within != NULL && lake_sync_folder(lake, "staging") != 0) {
		free(within);
		within = NULL;
	}
	return within;
}

bool lake_is_within(struct text path)
{
	/* No empty component, no "." and no "..", no NUL. */
	for (size_t start = 0, i = 0; i <= path.len; i++) {
		if (i < path.len && path.data[i] == '\0')
			return false;
		if (i < path.len && path.data[i] != '/')
			continue;
		if (i == start || (i - start <= 2 && memcmp(path.data + start, "..", i - start) == 0))
			return false;
		start = i + 1;
	}
	return true;
}

bool lake_is_staged(struct text within)
{
	static const char prefix[] = "staging/";

	return within.len >= sizeof prefix && memcmp(within.data, prefix, sizeof prefix - 1) == 0 &&
	       lake_is_within(within);
}

int lake_measure(const struct lake *lake, const char *within, uint64_t *size, struct hash128 *checksum)
{
	struct hash_stream hash;
	char data[READ_BYTES];
	int fd = openat(lake->fd, within, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return cause_system("%s/%s", lake->path, within);
	hash_begin(&hash);
	*size = 0;
	while ((n = fd_read(fd, data, sizeof data, within)) > 0) {
		hash_update(&hash, data, (size_t)n);
		*size += (size_t)n;
	}
	close(fd);
	*checksum = hash_end(&hash);
	return n == 0 ? 0 : -1;
}

/* Whether both names are the same file. */
static bool is_same_file(const struct lake *lake, const char *a, const char *b)
{
	struct stat first, second;

	return fstatat(lake->fd, a, &first, AT_SYMLINK_NOFOLLOW) == 0 &&
	       fstatat(lake->fd, b, &second, AT_SYMLINK_NOFOLLOW) == 0 && first.st_dev == second.st_dev &&
	       first.st_ino == second.st_ino;
}

/* For file systems whose rename cannot be told to keep off an existing name. */
static int link_and_unlink(const struct lake *lake, const char *from, const char *to)
{
	if (linkat(lake->fd, from, lake->fd, to, 0) != 0 &&
	    !(errno == EEXIST && is_same_file(lake, from, to)))
		return -1;
	return unlinkat(lake->fd, from, 0);
}

int lake_move(const struct lake *lake, const char *from, const char *to)
{
	struct stat st;
	int error;

	if (renameat2(lake->fd, from, lake->fd, to, RENAME_NOREPLACE) == 0)
		return 0;
	/* EEXIST may be the half of a link and unlink that was broken off between the two. */
	if ((errno == EINVAL || errno == ENOSYS || errno == EEXIST) && link_and_unlink(lake, from, to) == 0)
		return 0;
	error = errno;
	if (error == ENOENT && fstatat(lake->fd, to, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	if (error == ENOENT)
		return cause_record(STATUS_INPUT, "%s: %s is missing, and so is %s", lake->path, to, from);
	errno = error;
	return cause_system("%s/%s: rename to %s", lake->path, from, to);
}

int lake_make_folder(const struct lake *lake, const char *within)
{
	char *path = lake_path(lake, within);
	int result = path != NULL ? fd_make_folders(path) : -1;

	free(path);
	return result;
}

int lake_sync_folder(const struct lake *lake, const char *within)
{
	char *path = lake_path(lake, within);
	int result = path != NULL ? fd_sync_path(path) : -1;

	free(path);
	return result;
}

void lake_unstage(const struct lake *lake, const char *within)
{
	if (lake_is_staged((struct text){within, strlen(within)}))
		unlinkat(lake->fd, within, AT_REMOVEDIR);
}

void lake_discard(const struct lake *lake, const char *within)
{
	const char *slash = strrchr(within, '/');
	char *folder;

	if (!lake_is_staged((struct text){within, strlen(within)}))
		return;
	unlinkat(lake->fd, within, 0);
	folder = strndup(within, (size_t)(slash - within));
	if (folder != NULL)
		lake_unstage(lake, folder);
	free(folder);
}

/* The newest change of a folder and of what is directly in it: a stage that is at work writes. */
static time_t last_change(DIR *dir)
{
	const struct dirent *entry;
	struct stat st;
	time_t newest = fstat(dirfd(dir), &st) == 0 ? st.st_mtime : time(NULL);

	while ((entry = readdir(dir)) != NULL)
		if (fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    strcmp(entry->d_name, "..") != 0 && st.st_mtime > newest)
			newest = st.st_mtime;
	return newest;
}

static void sweep_folder(int staging, const char *name, time_t now)
{
	DIR *dir = open_folder(staging, name);

	if (dir == NULL)
		return;
	if (last_change(dir) < now - DEAD_SECONDS) {
		remove_entries(dir);
		unlinkat(staging, name, AT_REMOVEDIR);
	}
	closedir(dir);
}

void lake_sweep(const struct lake *lake, time_t now)
{
	const struct dirent *entry;
	DIR *dir = open_folder(lake->fd, "staging");

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			sweep_folder(dirfd(dir), entry->d_name, now);
	closedir(dir);
}

int lake_read_stamp(const struct lake *lake, uint64_t *run)
{
	char text[64];
	int fd = openat(lake->fd, "stamp", O_RDONLY | O_CLOEXEC);
	ssize_t n;

	*run = 0;
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return cause_system("%s/stamp", lake->path);
	n = fd_read(fd, text, sizeof text - 1, "stamp");
	close(fd);
	if (n < 0)
		return -1;
	text[n] = '\0';
	/* Whatever else it says is no run of ours: it will be written anew. */
	if (sscanf(text, "run %" SCNu64, run) != 1)
		*run = 0;
	return 0;
}

int lake_write_stamp(const struct lake *lake, uint64_t run)
{
	char text[64];
	int len = snprintf(text, sizeof text, "run %" PRIu64 "\n", run);
	int fd = openat(lake->fd, "stamp.tmp", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
	int result;

	if (fd < 0)
		return cause_system("%s/stamp.tmp: create", lake->path);
	result = fd_write_all(fd, text, (size_t)len, "stamp.tmp");
	if (fd_close(fd, "stamp.tmp") != 0)
		result = -1;
	if (result == 0 && renameat(lake->fd, "stamp.tmp", lake->fd, "stamp") != 0)
		result = cause_system("%s/stamp.tmp: rename to stamp", lake->path);
	return result;
}
