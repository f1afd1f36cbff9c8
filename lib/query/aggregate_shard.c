/* An aggregate computed in processes of its own: each takes its part of the row groups, and sends what it has
 * made of them through a pipe, to be merged. */
#include "query/aggregate_parts.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHUNK_BYTES = 1 << 20 };

enum message_kind { MESSAGE_GROUPS = 1, MESSAGE_END, MESSAGE_FAILED };

/* What stands before each piece; behind it are the groups, or why it failed. */
struct message {
	uint32_t kind;
	uint32_t status;
	uint64_t len;
	uint64_t files, bytes; /* that were read, with the last one */
};

struct shard {
	pid_t pid;
	int fd;
};

static const char pipe_name[] = "the pipe within the query";

/* --- the part --------------------------------------------------------------------------------------------
 */

static int send_message(int fd, struct message m, const void *data)
{
	m.status = cause_status();

	return fd_write_all(fd, &m, sizeof m, pipe_name) != 0 ? -1 : fd_write_all(fd, data, m.len, pipe_name);
}

static int send_groups(struct aggregate *a, int fd)
{
	struct buffer out = {0};
	struct text key;
	int more = groups_rewind(a->groups) == 0 ? 1 : -1;

	while (more > 0 && (more = groups_next(a->groups, &key)) > 0) {
		if (groups_encode(a->groups, &out) != 0)
			more = -1;
		else if (out.len < CHUNK_BYTES)
			continue;
		else if (send_message(fd, (struct message){.kind = MESSAGE_GROUPS, .len = out.len},
				      out.data) != 0)
			more = -1;
		buffer_clear(&out);
	}
	if (more == 0 && out.len > 0)
		more = send_message(fd, (struct message){.kind = MESSAGE_GROUPS, .len = out.len}, out.data);
	buffer_free(&out);
	return more;
}

/* All that a part does: SQLite is the parent's alone. */
static _Noreturn void run_part(struct aggregate *a, struct scan *scan, int fd)
{
	const struct usage *usage = &a->relation->query->usage;
	const struct usage before = *usage;
	const char *why = NULL;
	struct message m = {.kind = MESSAGE_END};

	if (aggregate_scan(a, scan) != 0 || send_groups(a, fd) != 0) {
		why = cause_message();
		m = (struct message){.kind = MESSAGE_FAILED, .len = strlen(why)};
	}
	m.files = usage->files - before.files;
	m.bytes = usage->bytes - before.bytes;
	_exit(send_message(fd, m, why) == 0 ? 0 : STATUS_SYSTEM);
}

static int start(struct aggregate *a, struct scan *scan, struct shard *shard)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) != 0)
		return cause_system("pipe");
	shard->pid = fork();
	if (shard->pid == 0) {
		close(fds[0]);
		run_part(a, scan, fds[1]);
	}
	close(fds[1]);
	if (shard->pid < 0) {
		close(fds[0]);
		return cause_system("fork");
	}
	shard->fd = fds[0];
	return 0;
}

/* --- merging ---------------------------------------------------------------------------------------------
 */

static int receive(int fd, void *data, size_t len)
{
	for (size_t at = 0; at < len;) {
		const ssize_t n = fd_read(fd, (char *)data + at, len - at, pipe_name);

		if (n < 0)
			return -1;
		if (n == 0)
			return cause_record(STATUS_SYSTEM, "a process of the query has ended too early");
		at += (size_t)n;
	}
	return 0;
}

static int merge(struct aggregate *a, int fd, struct buffer *data)
{
	struct message m;

	for (;;) {
		if (receive(fd, &m, sizeof m) != 0)
			return -1;
		buffer_clear(data);
		if (buffer_reserve(data, m.len + 1) != 0 || receive(fd, data->data, m.len) != 0)
			return -1;
		data->len = m.len;
		if (m.kind == MESSAGE_FAILED)
			return cause_record(m.status, "%s", buffer_text(data));
		if (m.kind == MESSAGE_END)
			break;
		if (groups_merge(a->groups, data->data, data->len) != 0)
			return -1;
	}
	a->relation->query->usage.files += m.files;
	a->relation->query->usage.bytes += m.bytes;
	return 0;
}

/* One that is not listened to any more ends by itself. */
static void end(struct shard *shard)
{
	close(shard->fd);
	while (waitpid(shard->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
}

int aggregate_in_parts(struct aggregate *a, struct scan **scans, uint32_t n)
{
	struct shard *shards = calloc(n, sizeof *shards);
	struct buffer data = {0};
	uint32_t started = 1;
	int result = 0;

	if (shards == NULL)
		return cause_memory();
	for (; started < n && result == 0; started += result == 0)
		result = start(a, scans[started], &shards[started]);
	if (result == 0)
		result = aggregate_scan(a, scans[0]);
	for (uint32_t i = 1; i < started; i++) {
		if (result == 0)
			result = merge(a, shards[i].fd, &data);
		end(&shards[i]);
	}
	buffer_free(&data);
	free(shards);
	return result;
}
