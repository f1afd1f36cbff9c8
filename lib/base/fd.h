/*
 * fd -- whole reads and writes on descriptors, and files that appear complete or not at all.
 *
 * Short reads, short writes and EINTR are handled here and nowhere else. Errors: -1, cause recorded with the
 * name given.
 */
#ifndef EV_FD_H
#define EV_FD_H

#include "base/buffer.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

/* What one read(2) gives, EINTR retried: bytes > 0, 0 at the end, -1. name is for the message. */
ssize_t fd_read(int fd, void *data, size_t len, const char *name) MUST_CHECK;
/* All of a file that is written by hand, behind what is in text, and a NUL that does not count. STATUS_USAGE
 * when it cannot be opened or has more than limit bytes. */
int fd_read_text(const char *path, size_t limit, struct buffer *text) MUST_CHECK;
int fd_write_all(int fd, const void *data, size_t len, const char *name) MUST_CHECK;
/* iov is used up: entries are advanced over what has been written. */
int fd_writev_all(int fd, struct iovec *iov, int n, const char *name) MUST_CHECK;
/* fsync of an open file, and of a file or folder by its path. */
int fd_sync(int fd, const char *name) MUST_CHECK;
int fd_sync_path(const char *path) MUST_CHECK;
/* close that tells write errors. */
int fd_close(int fd, const char *name) MUST_CHECK;
/* mkdir -p under the umask; existing folders are fine. New folders' parents are fsynced. */
int fd_make_folders(const char *path) MUST_CHECK;
/* Creates PATH.<pid>.tmp for writing; *temporary takes the malloc'd name. Returns the descriptor, or -1. */
int fd_create_temporary(const char *path, char **temporary) MUST_CHECK;
/* fsync, close, rename temporary to path, fsync the folder. On error the temporary file is removed. Frees
 * temporary. */
int fd_publish(int fd, char *temporary, const char *path) MUST_CHECK;
/* close and remove what will not be published. Frees temporary. */
void fd_discard(int fd, char *temporary);
/* Opens whichever of descriptors 0, 1, 2 is closed, so that no file of ours becomes one of them: to
 * /dev/null, the wrong way round, so that using it fails. */
int fd_open_standard(void) MUST_CHECK;

#endif
