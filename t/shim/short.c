/*
 * short -- preloaded into a tool: its reads and writes do less than they are asked to, or are interrupted.
 *
 * SHORT, a number, says how: with 0 one byte goes through at a time; any other is the seed of a sequence in
 * which a call is interrupted, does a few bytes, any part, or all. Files are no better off than pipes. No
 * call is held up for ever: the one after an interruption does something.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PIECES = 64 };

static uint64_t next_random(uint64_t seed)
{
	static uint64_t state;

	if (state == 0)
		state = seed * 0x9e3779b97f4a7c15;
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* Makes a length shorter, to 1 at least; -1: the call is interrupted. */
static int shorten(size_t *len)
{
	static bool interrupted;
	const char *text = getenv("SHORT");
	uint64_t seed = text != NULL ? strtoull(text, NULL, 10) : 0;
	size_t some = 1;

	if (*len == 0)
		return 0;
	if (seed != 0) {
		interrupted = !interrupted && next_random(seed) % 4 == 0;
		if (interrupted) {
			errno = EINTR;
			return -1;
		}
		switch (next_random(seed) % 3) {
		case 0: some = 1 + next_random(seed) % 9; break;
		case 1: some = 1 + next_random(seed) % *len; break;
		default: some = *len;
		}
	}
	if (*len > some)
		*len = some;
	return 0;
}

ssize_t read(int fd, void *data, size_t len)
{
	return shorten(&len) == 0 ? syscall(SYS_read, fd, data, len) : -1;
}

ssize_t write(int fd, const void *data, size_t len)
{
	return shorten(&len) == 0 ? syscall(SYS_write, fd, data, len) : -1;
}

ssize_t writev(int fd, const struct iovec *iov, int n)
{
	struct iovec some[PIECES];
	size_t len = 0;
	int used;

	for (int i = 0; i < n; i++)
		len += iov[i].iov_len;
	if (shorten(&len) != 0)
		return -1;
	for (used = 0; used < n && used < PIECES && len > 0; used++) {
		some[used] = iov[used];
		if (some[used].iov_len > len)
			some[used].iov_len = len;
		len -= some[used].iov_len;
	}
	return syscall(SYS_writev, fd, some, used);
}

ssize_t pread64(int fd, void *data, size_t len, off64_t at)
{
	return shorten(&len) == 0 ? syscall(SYS_pread64, fd, data, len, at) : -1;
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t at)
{
	return shorten(&len) == 0 ? syscall(SYS_pwrite64, fd, data, len, at) : -1;
}

/* Other names of the same. */
ssize_t pread(int fd, void *data, size_t len, off_t at)
{
	return pread64(fd, data, len, at);
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
	return pwrite64(fd, data, len, at);
}

ssize_t __read_chk(int fd, void *data, size_t len, size_t room);
ssize_t __read_chk(int fd, void *data, size_t len, size_t room)
{
	if (len > room)
		abort();
	return read(fd, data, len);
}

ssize_t __pread64_chk(int fd, void *data, size_t len, off64_t at, size_t room);
ssize_t __pread64_chk(int fd, void *data, size_t len, off64_t at, size_t room)
{
	if (len > room)
		abort();
	return pread64(fd, data, len, at);
}
