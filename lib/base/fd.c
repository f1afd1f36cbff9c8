#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

ssize_t fd_read(int fd, void *data, size_t len, const char *name)
{
	ssize_t n;

	do
		n = read(fd, data, len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return cause_system("%s: read", name);
	return n;
}

int fd_read_text(const char *path, size_t limit, struct buffer *text)
{
	enum { READ_BYTES = 1 << 16 };
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	const size_t start = text->len;
	ssize_t n = -1;

	if (fd < 0)
		return cause_record(STATUS_USAGE, "%s: %s", path, strerror(errno));
	while (text->len - start <= limit && buffer_reserve(text, READ_BYTES) == 0 &&
	       (n = fd_read(fd, text->data + text->len, READ_BYTES, path)) > 0)
		text->len += (size_t)n;
	close(fd);
	if (text->len - start > limit)
		return cause_record(STATUS_USAGE, "%s: it has more than %zu bytes", path, limit);
	return n == 0 && buffer_text(text) != NULL ? 0 : -1;
}

int fd_write_all(int fd, const void *data, size_t len, const char *name)
{
	struct iovec iov = {(void *)(uintptr_t)data, len};

	return fd_writev_all(fd, &iov, 1, name);
}

int fd_writev_all(int fd, struct iovec *iov, int n, const char *name)
{
	while (n > 0) {
		ssize_t done = writev(fd, iov, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return cause_system("%s: write", name);
		while (n > 0 && (size_t)done >= iov->iov_len) {
			done -= (ssize_t)iov->iov_len;
			iov++;
			n--;
		}
		if (n > 0) {
			iov->iov_base = (char *)iov->iov_base + done;
			iov->iov_len -= (size_t)done;
		}
	}
	return 0;
}

int fd_sync(int fd, const char *name)
{
	while (fsync(fd) != 0) {
		if (errno != EINTR)
			return cause_system("%s: fsync", name);
	}
	return 0;
}

int fd_sync_path(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int result;

	if (fd < 0)
		return cause_system("%s: open", path);
	result = fd_sync(fd, path);
	close(fd);
	return result;
}

int fd_close(int fd, const char *name)
{
	if (close(fd) != 0 && errno != EINTR)
		return cause_system("%s: close", name);
	return 0;
}

/* fsyncs the folder that holds path, whose own last component starts at slash. */
static int sync_parent(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *parent;
	int result;

	if (slash == NULL)
		return fd_sync_path(".");
	if (slash == path)
		return fd_sync_path("/");
	parent = strndup(path, (size_t)(slash - path));
	if (parent == NULL)
		return cause_memory();
	result = fd_sync_path(parent);
	free(parent);
	return result;
}

static int make_folder(const char *path)
{
	struct stat st;

	if (mkdir(path, 0777) == 0)
		return sync_parent(path);
	if (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	return cause_system("%s: mkdir", path);
}

int fd_make_folders(const char *path)
{
	char *copy = strdup(path);
	int result = 0;

	if (copy == NULL)
		return cause_memory();
	for (char *p = copy + 1; result == 0 && *copy != '\0' && *p != '\0'; p++) {
		if (*p != '/' || p[-1] == '/')
			continue;
		*p = '\0';
		result = make_folder(copy);
		*p = '/';
	}
	if (result == 0)
		result = make_folder(copy);
	free(copy);
	return result;
}

int fd_create_temporary(const char *path, char **temporary)
{
	int fd;

	if (asprintf(temporary, "%s.%ld.tmp", path, (long)getpid()) < 0) {
		*temporary = NULL;
		return cause_memory();
	}
	/* A name of our own process id can only be left over from a dead process. */
	unlink(*temporary);
	fd = open(*temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0) {
		cause_system("%s: create", *temporary);
		free(*temporary);
		*temporary = NULL;
	}
	return fd;
}

int fd_publish(int fd, char *temporary, const char *path)
{
	int result = fd_sync(fd, temporary);

	if (fd_close(fd, temporary) != 0)
		result = -1;
	if (result == 0 && rename(temporary, path) != 0)
		result = cause_system("%s: rename to %s", temporary, path);
	if (result != 0)
		unlink(temporary);
	free(temporary);
	return result == 0 ? sync_parent(path) : -1;
}

void fd_discard(int fd, char *temporary)
{
	close(fd);
	unlink(temporary);
	free(temporary);
}

int fd_open_standard(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		/* The lowest free one is fd itself. Reading what was closed, or writing to it, is to fail. */
		if (open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
			return cause_system("/dev/null");
	}
	return 0;
}
