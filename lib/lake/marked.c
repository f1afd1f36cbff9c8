#include "lake/marked.h"

#include "lake/ledger.h"
#include "source/bundle.h"
#include "source/line.h"
#include "stream/control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { READ_BYTES = 1 << 18 };

void marked_scratch_free(struct marked_scratch *s)
{
	buffer_free(&s->name);
	buffer_free(&s->data);
	buffer_free(&s->why);
	dictionary_free(&s->archives);
	free(s->items);
	members_free(&s->members);
	*s = (struct marked_scratch){0};
}

int marked_scratch_open(struct marked_scratch *s, struct db *db)
{
	struct db_statement *q = db_prepare(
	    db, "SELECT path, size, mtime_ns FROM lake_source WHERE end_run IS NULL AND status = 'ARCHIVE'");
	uint32_t code;
	int more = -1;

	*s = (struct marked_scratch){0};
	while (q != NULL && (more = db_step(q)) == 1) {
		const struct text path = db_text(q, 0);

		if (dictionary_code(&s->archives, path.data, path.len, &code) != 0 ||
		    array_reserve(&s->items, &s->cap, code + 1, sizeof *s->items) != 0) {
			more = -1;
			break;
		}
		s->items[code] = (struct marked_archive){(uint64_t)db_int(q, 1), (uint64_t)db_int(q, 2)};
	}
	db_finalize(q);
	return more;
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
	if (result < 0 && cause_status() == STATUS_INPUT) {
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

static uint64_t mtime_ns(const struct stat *st)
{
	return (uint64_t)st->st_mtim.tv_sec * 1000000000U + (uint64_t)st->st_mtim.tv_nsec;
}

/* An archive that is there, and is to be looked into. */
static int look_into(const struct lake *lake, const struct marked *m, bool touched, struct marked_scratch *s,
		     enum marked_now *now)
{
	if (members_read(&s->members, lake, m->path, true) != 0)
		return -1;
	*now = s->members.damage.len > 0 ? MARKED_CHANGED
	       : touched && m->size > 0  ? MARKED_TOUCHED
					 : MARKED_SAME;
	return buffer_append(&s->why, s->members.damage.data, s->members.damage.len);
}

/* Whether an archive is as it was when it was marked. */
static bool is_as_marked(const struct lake *lake, struct text archive, const struct marked_scratch *s)
{
	char *path = strndup(archive.data, archive.len);
	struct stat st;
	uint32_t code;
	const bool same = path != NULL && dictionary_find(&s->archives, archive.data, archive.len, &code) &&
			  fstatat(lake->fd, path, &st, 0) == 0 &&
			  (uint64_t)st.st_size == s->items[code].size &&
			  mtime_ns(&st) == s->items[code].mtime_ns;

	free(path);
	return same;
}

static int compare_member(const struct marked *m, const struct member *member, struct marked_scratch *s,
			  enum marked_now *now)
{
	char hex[LEDGER_ID_LEN + 1];
	struct text why = text_of("it holds something else than when it was read");

	ledger_write_hash(hex, member->content);
	if (text_equal(m->content, text_of(hex)) && (member->why == MEMBER_WHOLE || m->is_partial)) {
		*now =
		    member->size == m->size && member->mtime_ns == m->mtime_ns ? MARKED_SAME : MARKED_TOUCHED;
		return 0;
	}
	*now = MARKED_CHANGED;
	if (member->why != MEMBER_WHOLE)
		why = strings_get(&s->members.whys, member->why);
	return buffer_append(&s->why, why.data, why.len);
}

/* What is no file, but perhaps a member of an archive. */
static int look_at_member(const struct lake *lake, const struct marked *m, bool contents,
			  struct marked_scratch *s, enum marked_now *now)
{
	const struct text archive = {m->path.data, bundle_in_path(lake->fd, m->path)};
	const struct member *member;

	*now = MARKED_VANISHED;
	if (archive.len == 0)
		return 0;
	if (!contents && is_as_marked(lake, archive, s)) {
		*now = MARKED_SAME;
		return 0;
	}
	if (members_read(&s->members, lake, archive, true) != 0)
		return -1;
	member = members_find(&s->members,
			      (struct text){m->path.data + archive.len + 1, m->path.len - archive.len - 1});
	if (member != NULL)
		return compare_member(m, member, s, now);
	if (s->members.is_archive && s->members.damage.len > 0) {
		*now = MARKED_CHANGED;
		return buffer_append(&s->why, s->members.damage.data, s->members.damage.len);
	}
	return 0;
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
		if (errno != ENOENT && errno != ENOTDIR && errno != ENAMETOOLONG)
			return cause_system("%s", buffer_text(&s->name));
		return look_at_member(lake, m, contents, s, now);
	}
	const bool touched = (uint64_t)st.st_size != m->size || mtime_ns(&st) != m->mtime_ns;

	*now = MARKED_SAME;
	if (!contents && !touched)
		return 0;
	if (m->is_archive)
		return look_into(lake, m, touched, s, now);
	same = is_content(m, s);
	*now = same == 0 ? MARKED_CHANGED : touched ? MARKED_TOUCHED : MARKED_SAME;
	return same < 0 ? -1 : 0;
}
