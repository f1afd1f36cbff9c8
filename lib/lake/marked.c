#include "lake/marked.h"

#include "lake/ledger.h"
#include "source/line.h"
#include "stream/control.h"

#include <errno.h>
#include <sys/stat.h>

enum { READ_BYTES = 1 << 18 };

void marked_scratch_free(struct marked_scratch *s)
{
	buffer_free(&s->name);
	buffer_free(&s->data);
	buffer_free(&s->why);
}

/* Of a source that was kept as far as it was whole, what is hashed is what its lines were read from. */
static int hash_lines(struct input *in, struct hash128 *hash)
{
	struct line_reader lines = {0};
	struct line line;
	int more = -1;

	if (line_reader_open(&lines, in, LINE_LIMIT) == 0) {
		while ((more = line_next(&lines, &line)) > 0)
			;
		*hash = line_hash(&lines);
	}
	line_reader_close(&lines);
	if (more < 0 && input_is_damaged(in)) {
		cause_clear();
		more = 0;
	}
	return more;
}

static int hash_content(struct input *in, struct buffer *data, struct hash128 *hash)
{
	struct hash_stream stream;
	ssize_t n;

	if (buffer_reserve(data, READ_BYTES) != 0)
		return -1;
	hash_begin(&stream);
	while ((n = input_read(in, data->data, READ_BYTES)) > 0)
		hash_update(&stream, data->data, (size_t)n);
	*hash = hash_end(&stream);
	return (int)n;
}

/* The cause on record, without the name of the file that most begin with. */
static int explain(struct buffer *why, const char *name)
{
	const char *message = cause_message();
	const size_t len = strlen(name);
	int result;

	if (strncmp(message, name, len) == 0 && strncmp(message + len, ": ", 2) == 0)
		message += len + 2;
	result = buffer_append_text(why, message);
	cause_clear();
	return result;
}

/* 1: the content is the marked one, 0: it is another, and s->why says so. */
static int is_content(const struct marked *m, struct marked_scratch *s)
{
	const char *name = buffer_text(&s->name);
	struct input *in = input_open(name);
	char hex[LEDGER_ID_LEN + 1];
	struct hash128 hash = {0};
	int result = -1;

	if (in == NULL)
		return -1;
	result = m->is_partial ? hash_lines(in, &hash) : hash_content(in, &s->data, &hash);
	if (result < 0 && input_is_damaged(in)) {
		result = explain(&s->why, name);
	} else if (result == 0) {
		ledger_write_hash(hex, hash);
		result = text_equal(m->content, text_of(hex));
		if (!result &&
		    buffer_append_text(&s->why, "it holds something else than when it was read") != 0)
			result = -1;
	}
	input_close(in);
	return result;
}

int marked_look(const struct lake *lake, const struct marked *m, bool contents, struct marked_scratch *s,
		enum marked_now *now)
{
	struct stat st;
	int same;

	buffer_clear(&s->name);
	buffer_clear(&s->why);
	if (buffer_printf(&s->name, "%s/%.*s", lake->path, (int)m->path.len, m->path.data) != 0 ||
	    buffer_text(&s->name) == NULL)
		return -1;
	if (stat(buffer_text(&s->name), &st) != 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			return cause_system("%s", buffer_text(&s->name));
		*now = MARKED_VANISHED;
		return 0;
	}
	const uint64_t mtime_ns = (uint64_t)st.st_mtim.tv_sec * 1000000000U + (uint64_t)st.st_mtim.tv_nsec;
	const bool touched = (uint64_t)st.st_size != m->size || mtime_ns != m->mtime_ns;

	*now = MARKED_SAME;
	if (!contents && !touched)
		return 0;
	same = is_content(m, s);
	*now = same == 0 ? MARKED_CHANGED : touched ? MARKED_TOUCHED : MARKED_SAME;
	return same < 0 ? -1 : 0;
}
