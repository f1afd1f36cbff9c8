#include "query/feed.h"

#include "decode/ingest.h"
#include "source/bundle.h"
#include "stream/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char pipe_name[] = "the pipe within the query";

/* --- the process -----------------------------------------------------------------------------------------
 */

/* Takes the input. */
static int read_source(struct ingest *g, struct input *in, struct text path)
{
	const struct control_source source = {.path = path};
	const int result = in != NULL ? ingest_source(g, in, &source) : -1;

	input_close(in);
	return result;
}

static int read_member(struct ingest *g, struct bundle *b, const struct bundle_member *member,
		       const char *path, struct buffer *name)
{
	buffer_clear(name);
	if (buffer_printf(name, "%s%c%s", path, BUNDLE_MARK, member->name) != 0)
		return -1;
	return read_source(g, bundle_input(b), (struct text){(const char *)name->data, name->len});
}

static int read_bundle(struct ingest *g, struct input *in, const char *path)
{
	struct bundle *b = bundle_open(in);
	struct bundle_member member;
	struct buffer name = {0};
	int more = -1;

	while (b != NULL && (more = bundle_next(b, &member)) > 0) {
		if (member.ignored == NULL && read_member(g, b, &member, path, &name) != 0) {
			more = -1;
			break;
		}
	}
	buffer_free(&name);
	bundle_close(b);
	return more;
}

static int read_file(struct ingest *g, const struct lake *lake, const char *path)
{
	const int fd = openat(lake->fd, path, O_RDONLY | O_CLOEXEC);
	struct input *in;
	int result = -1;

	if (fd < 0)
		return cause_system("%s/%s", lake->path, path);
	in = input_open_fd(fd, path, NULL);
	if (in != NULL && magic_is_archive(input_content(in)))
		result = read_bundle(g, in, path);
	else
		result = read_source(g, in, text_of(path));
	close(fd);
	return result;
}

static int read_files(struct ingest *g, const struct feed *f)
{
	for (uint32_t i = 0; i < f->paths.n; i++) {
		const struct text path = strings_get(&f->paths, i);
		char *copy = strndup(path.data, path.len);
		int result;

		if (copy == NULL)
			return cause_memory();
		result = read_file(g, f->lake, copy);
		free(copy);
		if (result != 0)
			return -1;
	}
	return 0;
}

/* The lake's map, if it has one: 0, with *map NULL when there is none. */
static int open_map(const struct lake *lake, struct map **map)
{
	const int has = lake_has(lake, "schemas/map.jq");
	char *path = has > 0 ? lake_path(lake, "schemas/map.jq") : NULL;

	*map = path != NULL ? map_open(path, MAP_SECONDS) : NULL;
	free(path);
	return has > 0 && *map == NULL ? -1 : has < 0 ? -1 : 0;
}

static int produce(const struct feed *f, struct stream_writer *out)
{
	struct ingest g;
	struct map *map;
	int result = -1;

	if (open_map(f->lake, &map) != 0)
		return -1;
	if (ingest_open(&g, f->schema, out, LINE_LIMIT, false) == 0) {
		g.map = map;
		if (stream_begin(out, STREAM_EVENTS, &g.columns, "evsql") == 0 && read_files(&g, f) == 0)
			result = stream_end(out);
		ingest_close(&g);
	}
	map_close(map);
	return result;
}

static _Noreturn void run(const struct feed *f, int fd)
{
	struct stream_writer out;

	/* Who is not listened to any more ends. */
	signal(SIGPIPE, SIG_DFL);
	if (stream_writer_open(&out, fd, pipe_name) == 0 && produce(f, &out) != 0)
		stream_fail(&out, "evsql");
	_exit(cause_status());
}

/* --- who asks for it -------------------------------------------------------------------------------------
 */

int feed_start(struct feed *f)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) != 0)
		return cause_system("pipe");
	(void)fcntl(fds[0], F_SETPIPE_SZ, 1 << 20);
	f->pid = fork();
	if (f->pid == 0) {
		close(fds[0]);
		run(f, fds[1]);
	}
	close(fds[1]);
	if (f->pid < 0) {
		close(fds[0]);
		return cause_system("fork");
	}
	f->fd = fds[0];
	return 0;
}

void feed_end(struct feed *f)
{
	if (f->fd >= 0) {
		close(f->fd);
		while (waitpid(f->pid, NULL, 0) < 0 && errno == EINTR)
			continue;
	}
	f->fd = -1;
	strings_free(&f->paths);
}
