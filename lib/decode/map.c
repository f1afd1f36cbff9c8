#include "decode/map.h"

#include "base/fd.h"
#include "decode/map_work.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	PROGRAM_BYTES = 1 << 20,
	BATCH_BYTES = 256 << 10, /* that are enough for the worker to be at it a while */
	MEMORY = 512 << 20,      /* for a line */
};

static const char failed[] = MAP_REASON, malformed[] = "malformed_json", no_text[] = "malformed_text";

struct map {
	char *path; /* for messages */
	struct buffer text, folder;
	struct map_program program;
	struct map_shared *shared;
	size_t in_len;
	/* The lines, and which of them are for the worker: those without a fault. */
	struct line lines[MAP_LINES];
	struct decode_fault faults[MAP_LINES];
	uint32_t n, next;
	uint32_t answered; /* of the worker's lines, those that have been given */
	uint32_t out_at;   /* of its answers */
	/* The worker. */
	pid_t pid; /* 0 for none */
	int socket;
	uint64_t since;                /* lines that it has answered */
	bool blamed;                   /* it has gone, because of the line that is next: m->message */
	char message[MAP_MESSAGE + 1]; /* of the answer at hand */
};

/* --- opening ---------------------------------------------------------------------------------------------
 */

static int read_program(struct map *m, const char *path)
{
	if (fd_read_text(path, PROGRAM_BYTES, &m->text) != 0)
		return -1;
	if (memchr(m->text.data, '\0', m->text.len) != NULL)
		return cause_record(STATUS_USAGE, "%s: a zero byte in it", path);
	return 0;
}

static int find_folder(struct map *m, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		slash = path; /* "." */
	if (buffer_append(&m->folder,
			  slash > path                    ? path
			  : slash == path && *path == '/' ? "/"
							  : ".",
			  slash > path ? (size_t)(slash - path) : 1) != 0)
		return -1;
	return buffer_text(&m->folder) != NULL ? 0 : -1;
}

struct map *map_open(const char *path, unsigned seconds)
{
	struct map *m = calloc(1, sizeof *m);

	if (m == NULL) {
		cause_memory();
		return NULL;
	}
	m->socket = -1;
	m->path = strdup(path);
	if (m->path == NULL) {
		cause_memory();
		goto fail;
	}
	if (read_program(m, path) != 0 || find_folder(m, path) != 0)
		goto fail;
	m->program = (struct map_program){
	    .text = (const char *)m->text.data,
	    .folder = (const char *)m->folder.data,
	    .seconds = seconds,
	    .memory = MEMORY,
	};
	if (jq_words_check(m->program.text, m->program.folder, path, &m->program.words) != 0)
		goto fail;
	/* Pages come when they are written to. */
	m->shared = mmap(NULL, sizeof *m->shared, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (m->shared == MAP_FAILED) {
		m->shared = NULL;
		cause_system("mmap");
		goto fail;
	}
	return m;
fail:
	map_close(m);
	return NULL;
}

struct text map_text(const struct map *m)
{
	return (struct text){(const char *)m->text.data, m->text.len};
}

/* --- the worker ------------------------------------------------------------------------------------------
 */

/* The worker's status, when it has come to an end, or is to. */
static int bury(struct map *m)
{
	int status = 0;

	if (m->socket >= 0)
		close(m->socket);
	m->socket = -1;
	if (m->pid > 0)
		while (waitpid(m->pid, &status, 0) < 0 && errno == EINTR)
			;
	m->pid = 0;
	return status;
}

void map_close(struct map *m)
{
	if (m == NULL)
		return;
	/* It may be at something. */
	if (m->pid > 0)
		kill(m->pid, SIGKILL);
	(void)bury(m);
	if (m->shared != NULL)
		munmap(m->shared, sizeof *m->shared);
	buffer_free(&m->text);
	buffer_free(&m->folder);
	free(m->path);
	free(m);
}

/* A byte of the worker's: 1, or 0 when it has gone. */
static int hear(struct map *m)
{
	char byte;
	ssize_t n;

	while ((n = recv(m->socket, &byte, 1, 0)) < 0 && errno == EINTR)
		;
	return n == 1;
}

/* libjq's words, as far as they help: what is wrong, and the line it is in. */
static int refuse(const struct map *m)
{
	static const char prefix[] = "jq: error: ", top[] = " at <top-level>, line ",
			  hint[] = " (Unix shell quoting issues?)";
	struct map_shared *s = m->shared;
	char *text = (char *)s->out, *place, *end;
	unsigned line = 0;

	s->out[s->out_len < MAP_OUT ? s->out_len : MAP_OUT] = '\0';
	if (strncmp(text, prefix, sizeof prefix - 1) == 0)
		text += sizeof prefix - 1;
	text[strcspn(text, "\n")] = '\0';
	place = strstr(text, top);
	if (place != NULL && sscanf(place + sizeof top - 1, "%u", &line) == 1)
		*place = '\0';
	end = strstr(text, hint);
	if (end != NULL)
		memmove(end, end + sizeof hint - 1, strlen(end + sizeof hint - 1) + 1);
	if (line > 0)
		return cause_record(STATUS_USAGE, "%s:%u: %s", m->path, line, text);
	return cause_record(STATUS_USAGE, "%s: %s", m->path, text);
}

int map_start(struct map *m)
{
	int pair[2];

	if (m->pid > 0)
		return 0;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return cause_system("socketpair");
	m->shared->refused = 0;
	m->since = 0;
	m->pid = fork();
	if (m->pid == 0)
		map_work(m->shared, &m->program, pair[1]);
	m->socket = pair[0];
	close(pair[1]);
	if (m->pid < 0) {
		m->pid = 0;
		return cause_system("fork");
	}
	if (!hear(m)) {
		(void)bury(m);
		return cause_record(STATUS_USAGE, "%s: libjq did not survive compiling it", m->path);
	}
	return m->shared->refused ? refuse(m) : 0;
}

/* Why the worker has gone, in words. */
static void say_why(struct map *m, int status)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF)
		snprintf(m->message, sizeof m->message, "still at work after %u seconds", m->program.seconds);
	else if (WIFEXITED(status) && WEXITSTATUS(status) == MAP_NO_MEMORY)
		snprintf(m->message, sizeof m->message, "it takes more than %d MiB of memory", MEMORY >> 20);
	else if (WIFSIGNALED(status))
		snprintf(m->message, sizeof m->message, "it ends libjq by signal %d", WTERMSIG(status));
	else
		snprintf(m->message, sizeof m->message, "it ends libjq with status %d", WEXITSTATUS(status));
}

static int broken(const struct map *m)
{
	return cause_record(STATUS_SYSTEM, "%s: libjq has broken the memory of the process that it is in",
			    m->path);
}

/*
 * More answers, when none is left: 1, or 0 when the line that is next has none but m->message. To blame is a
 * line that has had all its time; for all else only one that a worker has begun with: what lines before it
 * have left behind is not its fault.
 */
static int ask(struct map *m)
{
	struct map_shared *s = m->shared;
	const char byte = 0;

	while (!m->blamed) {
		const uint32_t before = s->done;

		if (map_start(m) != 0)
			return -1;
		s->out_len = 0;
		m->out_at = 0;
		const bool heard = send(m->socket, &byte, 1, MSG_NOSIGNAL) == 1 && hear(m);

		m->since += s->done - before;
		if (!heard) {
			const int status = bury(m);

			m->blamed = m->since == 0 || (WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF);
			if (m->blamed)
				say_why(m, status);
		}
		if (s->done > s->n || s->done < before || (heard && s->done == before))
			return broken(m);
		if (s->done > before)
			return 1;
	}
	return 0;
}

/* --- lines -----------------------------------------------------------------------------------------------
 */

bool map_is_full(const struct map *m, size_t len)
{
	return m->n == MAP_LINES || m->in_len >= BATCH_BYTES || m->in_len + len > MAP_IN;
}

void map_add(struct map *m, const struct line *line, const struct decode_fault *fault)
{
	struct map_shared *s = m->shared;
	struct line *copy = &m->lines[m->n];

	if (m->n == 0) {
		s->n = s->done = 0;
		m->in_len = m->next = m->answered = 0;
	}
	*copy = *line;
	copy->data = (const char *)s->in + m->in_len;
	memcpy(s->in + m->in_len, line->data, line->raw_len);
	m->faults[m->n++] = fault != NULL ? *fault : (struct decode_fault){.reason = NULL};
	if (fault == NULL)
		s->lines[s->n++] = (struct map_place){(uint32_t)m->in_len, (uint32_t)line->len};
	m->in_len += line->raw_len;
}

/* So many bytes of the answers, or NULL: what libjq has made of the worker's memory is not believed. */
static const uint8_t *take_bytes(struct map *m, size_t len)
{
	const uint8_t *bytes = m->shared->out + m->out_at;

	if (len > MAP_OUT - m->out_at)
		return NULL;
	m->out_at += (uint32_t)len;
	return bytes;
}

static int skip_events(struct map *m, uint32_t n)
{
	for (; n > 0; n--) {
		const uint8_t *bytes = take_bytes(m, sizeof(uint32_t));
		uint32_t len;

		if (bytes == NULL)
			return -1;
		memcpy(&len, bytes, sizeof len);
		if (take_bytes(m, len) == NULL)
			return -1;
	}
	return 0;
}

static int read_answer(struct map *m, struct map_answer *a)
{
	const uint8_t *bytes = take_bytes(m, sizeof(struct map_head));
	struct map_head head;

	if (bytes == NULL)
		return -1;
	memcpy(&head, bytes, sizeof head);
	switch (head.kind) {
	case ANSWER_EVENTS:
		a->n = head.n;
		a->events = bytes + sizeof head;
		return skip_events(m, head.n);
	case ANSWER_MALFORMED:
		a->fault = (struct decode_fault){m->program.words.is_text ? no_text : malformed, "", head.n};
		return 0;
	case ANSWER_FAILED:
		bytes = head.n <= MAP_MESSAGE ? take_bytes(m, head.n) : NULL;
		if (bytes == NULL)
			return -1;
		memcpy(m->message, bytes, head.n);
		m->message[head.n] = '\0';
		a->fault = (struct decode_fault){failed, m->message, 0};
		return 0;
	default: return -1;
	}
}

int map_next(struct map *m, struct map_answer *a)
{
	if (m->next == m->n) {
		m->n = 0;
		return 0;
	}
	*a = (struct map_answer){.line = m->lines[m->next], .fault = m->faults[m->next]};
	m->next++;
	if (a->fault.reason != NULL)
		return 1;
	const int more = m->answered < m->shared->done ? 1 : ask(m);

	if (more < 0)
		return -1;
	m->answered++;
	if (more > 0)
		return read_answer(m, a) != 0 ? broken(m) : 1;
	/* The next worker begins behind it. */
	m->shared->done++;
	m->blamed = false;
	a->fault = (struct decode_fault){failed, m->message, 0};
	return 1;
}

bool map_stays(const struct map *m)
{
	return m->next < m->n && (m->faults[m->next].reason != NULL || m->answered < m->shared->done);
}

struct text map_event(struct map_answer *a)
{
	uint32_t len;

	memcpy(&len, a->events, sizeof len);

	const struct text event = {(const char *)a->events + sizeof len, len};

	a->events += sizeof len + len;
	a->n--;
	return event;
}
