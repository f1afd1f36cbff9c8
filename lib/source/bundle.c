#include "source/bundle.h"

#include "base/utf8.h"
#include "column/dictionary.h"
#include "source/archive.h"
#include "source/folder.h"
#include "source/zip_end.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct bundle {
	struct input *in;
	struct archive_reader
	    *reader;             /* NULL: a zip archive without members, which libarchive takes for none */
	struct dictionary names; /* of the members that were met */
	struct buffer path;      /* of the one at hand, behind that of the archive */
	size_t path_len;         /* of the archive's */
	bool damaged;
};

static ssize_t read_archive(void *context, void *data, size_t len)
{
	const struct bundle *b = context;

	return input_read_any(b->in, data, len);
}

static int64_t skip_archive(void *context, int64_t n)
{
	const struct bundle *b = context;

	return input_skip(b->in, n);
}

static int64_t seek_archive(void *context, int64_t offset, int whence)
{
	const struct bundle *b = context;

	return input_seek(b->in, offset, whence);
}

/* Its members are listed at its end, so it can only be read where one can go there first. 1; 0 when there are
 * none; -1. */
static int check_zip(struct input *in)
{
	if (!input_is_plain_file(in))
		return cause_record(STATUS_INPUT,
				    "%s: a zip archive is read from a file, not from a pipe and not from "
				    "within another file",
				    input_name(in));
	return zip_end_check(in);
}

struct bundle *bundle_open(struct input *in)
{
	const enum magic magic = input_content(in);
	struct bundle *b = calloc(1, sizeof *b);
	int has_members = 1;
	const struct archive_source source = {
	    .context = b,
	    .read = read_archive,
	    .skip = magic == MAGIC_TAR ? skip_archive : NULL,
	    .seek = magic == MAGIC_ZIP ? seek_archive : NULL,
	};

	if (b == NULL) {
		input_close(in);
		cause_memory();
		return NULL;
	}
	b->in = in;
	if (magic == MAGIC_ZIP)
		has_members = check_zip(in);
	if (has_members <= 0) {
		if (has_members == 0)
			return b;
		goto fail;
	}
	if (buffer_printf(&b->path, "%s%c", input_name(in), BUNDLE_MARK) != 0)
		goto fail;
	b->path_len = b->path.len;
	b->reader = archive_reader_open(magic, &source, input_name(in));
	if (b->reader == NULL)
		goto fail;
	return b;
fail:
	bundle_close(b);
	return NULL;
}

void bundle_close(struct bundle *b)
{
	if (b == NULL)
		return;
	archive_reader_close(b->reader);
	input_close(b->in);
	dictionary_free(&b->names);
	buffer_free(&b->path);
	free(b);
}

size_t bundle_in_path(int folder, struct text path)
{
	char *name = memchr(path.data, BUNDLE_MARK, path.len) != NULL ? strndup(path.data, path.len) : NULL;
	size_t found = 0;
	struct stat st;

	if (name == NULL || fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		goto out;
	for (size_t len = path.len; found == 0 && len-- > 1;) {
		if (name[len] != BUNDLE_MARK)
			continue;
		name[len] = '\0';
		if (fstatat(folder, name, &st, 0) == 0 && S_ISREG(st.st_mode))
			found = len;
	}
out:
	free(name);
	return found;
}

/* --- names -----------------------------------------------------------------------------------------------
 */

static int refuse(const struct bundle *b, const char *name, const char *what)
{
	return cause_record(STATUS_INPUT, "%s: a member called %s: %s", input_name(b->in), name, what);
}

/* The names of folders and file in a path: 0, with the reason why it is ignored, or -1. */
static int check_parts(const struct bundle *b, const char *name, const char **ignored)
{
	char part[256];

	for (const char *at = name;;) {
		const size_t len = strcspn(at, "/");

		if (len == 0 || (len == 1 && at[0] == '.') || (len == 2 && at[0] == '.' && at[1] == '.'))
			return refuse(b, name, "a path that is absolute, or leads elsewhere");
		if (len >= sizeof part)
			return refuse(b, name, "longer than a name can be");
		memcpy(part, at, len);
		part[len] = '\0';
		if (*ignored == NULL)
			*ignored = folder_ignored_name(part);
		if (at[len] == '\0')
			return 0;
		at += len + 1;
	}
}

static int check_name(struct bundle *b, const char *name, const char **ignored)
{
	const uint32_t had = b->names.strings.n;
	const size_t len = strlen(name);
	uint32_t code;

	if (utf8_check(name, len) != len)
		return refuse(b, name, "a name that is not UTF-8");
	if (check_parts(b, name, ignored) != 0 || *ignored != NULL)
		return *ignored != NULL ? 0 : -1;
	if (dictionary_code(&b->names, name, len, &code) != 0)
		return -1;
	return code == had ? 0 : refuse(b, name, "it is there twice: which of them counts?");
}

/* --- members ---------------------------------------------------------------------------------------------
 */

static const char *ignored_kind(const struct archive_member *found)
{
	switch (found->kind) {
	case ARCHIVE_REGULAR: return NULL;
	case ARCHIVE_SYMBOLIC_LINK: return "a symbolic link in an archive";
	case ARCHIVE_HARD_LINK: return "a hard link in an archive";
	default: return "not a regular file";
	}
}

static int describe(struct bundle *b, const struct archive_member *found, struct bundle_member *member)
{
	const char *name = found->name;

	if (name == NULL)
		return cause_record(STATUS_INPUT, "%s: a member whose name is not UTF-8", input_name(b->in));
	while (name[0] == '.' && name[1] == '/')
		for (name += 2; name[0] == '/';)
			name++;
	*member = (struct bundle_member){name, found->size, found->mtime_ns, ignored_kind(found)};
	if (check_name(b, name, &member->ignored) != 0)
		return -1;
	if (member->ignored == NULL && found->encrypted)
		return refuse(b, name, "it is encrypted");
	if (member->ignored == NULL && found->sparse)
		return refuse(b, name, "it is sparse, with holes that no line has");
	b->path.len = b->path_len;
	return buffer_append_text(&b->path, name);
}

int bundle_next(struct bundle *b, struct bundle_member *member)
{
	struct archive_member found;
	int more;

	if (b->reader == NULL)
		return 0;
	do {
		more = archive_reader_next(b->reader, &found);
	} while (more > 0 && found.kind == ARCHIVE_FOLDER);
	b->damaged = more < 0 && cause_status() == STATUS_INPUT;
	return more > 0 && describe(b, &found, member) != 0 ? -1 : more;
}

static ssize_t read_member(void *context, void *data, size_t len)
{
	const struct bundle *b = context;

	return archive_reader_read(b->reader, data, len);
}

struct input *bundle_input(struct bundle *b)
{
	const char *path = buffer_text(&b->path);

	return path != NULL ? input_open_source(read_member, b, path) : NULL;
}

bool bundle_is_damaged(const struct bundle *b)
{
	return b->damaged;
}
