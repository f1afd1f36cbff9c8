#include "lake/members.h"

#include "source/bundle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { READ_BYTES = 1 << 18 };

void members_free(struct members *m)
{
	buffer_free(&m->archive);
	dictionary_free(&m->names);
	free(m->items);
	strings_free(&m->whys);
	buffer_free(&m->damage);
	buffer_free(&m->path);
	buffer_free(&m->data);
	*m = (struct members){0};
}

const struct member *members_find(const struct members *m, struct text name)
{
	uint32_t code;

	return dictionary_find(&m->names, name.data, name.len, &code) ? &m->items[code] : NULL;
}

/* The cause on record, without the name that it begins with, into a buffer. */
static int take_cause(struct buffer *why, const char *name)
{
	const char *message = cause_message();
	const size_t len = strlen(name);
	int result;

	if (strncmp(message, name, len) == 0 && strncmp(message + len, ": ", 2) == 0)
		message += len + 2;
	buffer_clear(why);
	result = buffer_append_text(why, message);
	cause_clear();
	return result;
}

/* The content of the member at hand. Takes the input. */
static int read_content(struct members *m, struct member *member, struct input *in)
{
	struct buffer why = {0};
	struct hash_stream hash;
	int result = -1;
	ssize_t n = -1;

	if (in == NULL || buffer_reserve(&m->data, READ_BYTES) != 0)
		goto out;
	hash_begin(&hash);
	while ((n = input_read(in, m->data.data, READ_BYTES)) > 0)
		hash_update(&hash, m->data.data, (size_t)n);
	member->content = hash_end(&hash);
	result = 0;
	if (n < 0 && cause_status() == STATUS_INPUT) {
		member->why = m->whys.n;
		result = take_cause(&why, input_name(in));
		if (result == 0)
			result = strings_add(&m->whys, why.data, why.len);
	} else if (n < 0) {
		result = -1;
	}
out:
	input_close(in);
	buffer_free(&why);
	return result;
}

static int add(struct members *m, const struct bundle_member *found, struct bundle *b)
{
	struct member member = {.size = found->size, .mtime_ns = found->mtime_ns, .why = MEMBER_WHOLE};
	uint32_t code;

	if (found->ignored != NULL)
		return 0;
	if (m->contents && read_content(m, &member, bundle_input(b)) != 0)
		return -1;
	if (dictionary_code(&m->names, found->name, strlen(found->name), &code) != 0 ||
	    array_reserve(&m->items, &m->cap, code + 1, sizeof *m->items) != 0)
		return -1;
	m->items[code] = member;
	return 0;
}

/* Takes the input. */
static int read_all(struct members *m, struct input *in)
{
	struct bundle *b = NULL;
	struct bundle_member found;
	int more = -1;

	m->is_archive = magic_is_archive(input_content(in));
	if (!m->is_archive) {
		input_close(in);
		return buffer_append_text(&m->damage, "it is no archive");
	}
	b = bundle_open(in);
	while (b != NULL && (more = bundle_next(b, &found)) > 0) {
		if (add(m, &found, b) != 0) {
			more = -1;
			break;
		}
	}
	bundle_close(b);
	if (more < 0 && cause_status() == STATUS_INPUT)
		return take_cause(&m->damage, (const char *)m->path.data);
	return more;
}

static void clear(struct members *m)
{
	buffer_clear(&m->archive);
	buffer_clear(&m->path);
	buffer_clear(&m->damage);
	dictionary_clear(&m->names);
	strings_clear(&m->whys);
	m->is_archive = false;
}

int members_read(struct members *m, const struct lake *lake, struct text archive, bool contents)
{
	const char *path;
	struct input *in;
	struct stat st;

	if (m->archive.len > 0 && (m->contents || !contents) &&
	    text_equal((struct text){(const char *)m->archive.data, m->archive.len}, archive))
		return 0;
	clear(m);
	m->contents = contents;
	if (buffer_printf(&m->path, "%s/%.*s", lake->path, (int)archive.len, archive.data) != 0 ||
	    (path = buffer_text(&m->path)) == NULL)
		return -1;
	if (stat(path, &st) != 0)
		return cause_system("%s", path);
	m->size = (uint64_t)st.st_size;
	m->mtime_ns = (uint64_t)st.st_mtim.tv_sec * 1000000000U + (uint64_t)st.st_mtim.tv_nsec;
	in = input_open(path);
	if (in == NULL || read_all(m, in) != 0)
		return -1;
	return buffer_append(&m->archive, archive.data, archive.len);
}
