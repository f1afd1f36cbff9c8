#include "source/archive.h"

#include "source/lz4_frame.h"

#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* --- the library -----------------------------------------------------------------------------------------
 */

#define FUNCTIONS(F)                                \
	F(archive_read_new)                         \
	F(archive_read_free)                        \
	F(archive_read_append_filter)               \
	F(archive_read_support_format_raw)          \
	F(archive_read_support_format_empty)        \
	F(archive_read_support_format_tar)          \
	F(archive_read_support_format_zip_seekable) \
	F(archive_read_set_format_option)           \
	F(archive_read_set_callback_data)           \
	F(archive_read_set_read_callback)           \
	F(archive_read_set_skip_callback)           \
	F(archive_read_set_seek_callback)           \
	F(archive_read_open1)                       \
	F(archive_read_next_header)                 \
	F(archive_read_data_block)                  \
	F(archive_errno)                            \
	F(archive_error_string)                     \
	F(archive_filter_bytes)                     \
	F(archive_entry_pathname)                   \
	F(archive_entry_filetype)                   \
	F(archive_entry_hardlink)                   \
	F(archive_entry_size)                       \
	F(archive_entry_mtime)                      \
	F(archive_entry_mtime_nsec)                 \
	F(archive_entry_is_encrypted)               \
	F(archive_entry_sparse_count)

/* The library's functions, by their own names. */
static struct {
#define DECLARE(NAME) __typeof__(NAME) *NAME;
	FUNCTIONS(DECLARE)
	locale_t utf8; /* that names are in, whatever the process has; 0 when there is none */
	bool loaded;
} la;

_Static_assert(ARCHIVE_VERSION_NUMBER >= 3002002 && ARCHIVE_VERSION_NUMBER < 4000000,
	       "the functions of another libarchive.so");
static const char library[] = "libarchive.so.13";

static int load(void)
{
	static const struct {
		const char *name;
		size_t at;
	} functions[] = {
#define NAME_AND_PLACE(NAME) {#NAME, (size_t)((char *)&la.NAME - (char *)&la)},
	    FUNCTIONS(NAME_AND_PLACE)};
	void *handle;

	if (la.loaded)
		return 0;
	handle = dlopen(library, RTLD_LAZY | RTLD_LOCAL);
	if (handle == NULL)
		return cause_record(STATUS_SYSTEM, "%s: it is needed for what is not gzipped: %s", library,
				    dlerror());
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
		void *function = dlsym(handle, functions[i].name);

		if (function == NULL)
			return cause_record(STATUS_SYSTEM, "%s: it has no %s", library, functions[i].name);
		memcpy((char *)&la + functions[i].at, &function, sizeof function);
	}
	la.utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	la.loaded = true;
	return 0;
}

/* --- what it reads ---------------------------------------------------------------------------------------
 */

enum { READ_BYTES = 64 << 10, TAR_END = 1024 };

struct archive_reader {
	struct archive *archive;
	struct archive_source source;
	const char *name;
	enum magic magic;
	bool failed;
	struct cause failure;
	bool ended;
	int64_t given;  /* bytes, to the library */
	uint64_t zeros; /* that these end with */
	bool source_failed;
	bool source_ended; /* of an lz4 file: something else is behind its frames */
	struct lz4_frames frames;
	/* Of the member at hand: */
	const uint8_t *block;
	size_t block_len;
	int64_t content; /* how much of it has come */
	bool content_ended;
	uint8_t buffer[READ_BYTES];
};

static int record(const struct archive_reader *r, const char *what)
{
	return cause_record(STATUS_INPUT, "%s: %s at byte %lld", r->name, what,
			    (long long)la.archive_filter_bytes(r->archive, -1));
}

/* It stays failed, and is told again to each who asks. */
static void fail(struct archive_reader *r)
{
	const char *message;

	if (r->failed)
		return;
	r->failed = true;
	if (cause_is_set()) {
		/* The source has said why, or we have. */
	} else if (la.archive_errno(r->archive) == ENOMEM) {
		cause_memory();
	} else {
		message = la.archive_error_string(r->archive);
		record(r, message != NULL ? message : "damaged");
	}
	cause_keep(&r->failure);
}

static int give_failure(struct archive_reader *r)
{
	fail(r);
	return cause_give(&r->failure);
}

/* libarchive takes what is no frame for the end, whatever it is. */
static ssize_t check_frames(struct archive_reader *r, ssize_t n)
{
	if (n == 0 && !lz4_frames_are_whole(&r->frames))
		return record(r, "lz4 data cut short: the file ends inside a frame");
	const size_t good = lz4_frames_take(&r->frames, r->buffer, (size_t)n);

	if (good < (size_t)n && good == 0)
		return record(r, "bytes that are no lz4 frame");
	r->source_ended = good < (size_t)n;
	return (ssize_t)good;
}

/* How many zeros are behind the last other byte; len of them when there is none. */
static size_t count_zeros(const uint8_t *data, size_t len)
{
	size_t n = 0;

	while (n < len && data[len - 1 - n] == 0)
		n++;
	return n;
}

static la_ssize_t on_read(struct archive *archive, void *context, const void **data)
{
	struct archive_reader *r = context;
	ssize_t n;

	(void)archive;
	*data = r->buffer;
	n = r->source_ended ? record(r, "bytes that are no lz4 frame")
			    : r->source.read(r->source.context, r->buffer, sizeof r->buffer);
	if (n >= 0 && r->magic == MAGIC_LZ4)
		n = check_frames(r, n);
	if (n < 0) {
		r->source_failed = true;
		return ARCHIVE_FATAL;
	}
	if (r->magic == MAGIC_TAR) {
		const size_t zeros = count_zeros(r->buffer, (size_t)n);

		r->zeros = zeros == (size_t)n ? r->zeros + zeros : zeros;
	}
	r->given += n;
	return n;
}

static la_int64_t on_skip(struct archive *archive, void *context, la_int64_t n)
{
	struct archive_reader *r = context;
	const int64_t skipped = r->source.skip(r->source.context, n);

	(void)archive;
	r->given += skipped;
	r->zeros = skipped > 0 ? 0 : r->zeros;
	return skipped;
}

static la_int64_t on_seek(struct archive *archive, void *context, la_int64_t offset, int whence)
{
	struct archive_reader *r = context;
	const int64_t place = r->source.seek(r->source.context, offset, whence);

	(void)archive;
	return place < 0 ? ARCHIVE_FATAL : place;
}

/* --- opening ---------------------------------------------------------------------------------------------
 */

/* Names are converted by the locale of the thread. */
static locale_t enter(void)
{
	return la.utf8 != (locale_t)0 ? uselocale(la.utf8) : (locale_t)0;
}

static void leave(locale_t before)
{
	if (before != (locale_t)0)
		uselocale(before);
}

/* Nothing but the one filter or format that the first bytes have shown. */
static int choose(struct archive_reader *r)
{
	static const int filters[] = {
	    [MAGIC_ZSTD] = ARCHIVE_FILTER_ZSTD,   [MAGIC_XZ] = ARCHIVE_FILTER_XZ,
	    [MAGIC_BZIP2] = ARCHIVE_FILTER_BZIP2, [MAGIC_LZ4] = ARCHIVE_FILTER_LZ4,
	    [MAGIC_ZIP] = ARCHIVE_FILTER_NONE,
	};
	struct archive *a = r->archive;

	if (la.archive_read_append_filter(a, filters[r->magic]) != ARCHIVE_OK)
		return -1;
	if (r->magic == MAGIC_ZIP)
		return la.archive_read_support_format_zip_seekable(a);
	if (r->magic != MAGIC_TAR)
		return la.archive_read_support_format_raw(a) | la.archive_read_support_format_empty(a);
	if (la.archive_read_support_format_tar(a) != ARCHIVE_OK)
		return -1;
	/* Behind an archive there may be another, as behind a member of gzip. */
	return la.archive_read_set_format_option(a, "tar", "read_concatenated_archives", "1");
}

/* All of the file has been used: 0, or -1. */
static int check_end(struct archive_reader *r)
{
	if (r->magic == MAGIC_TAR && r->zeros < TAR_END)
		return record(r, "tar archive cut short: it has no end");
	if (r->magic == MAGIC_TAR || r->magic == MAGIC_ZIP)
		return 0;
	if (la.archive_filter_bytes(r->archive, -1) == r->given) {
		const ssize_t n = r->source.read(r->source.context, r->buffer, sizeof r->buffer);

		if (n <= 0)
			return (int)n;
	}
	return record(r, "bytes behind the end of the compressed data");
}

static int start(struct archive_reader *r)
{
	struct archive *a = r->archive;
	struct archive_entry *entry;

	la.archive_read_set_callback_data(a, r);
	la.archive_read_set_read_callback(a, on_read);
	if (r->source.skip != NULL)
		la.archive_read_set_skip_callback(a, on_skip);
	if (r->source.seek != NULL)
		la.archive_read_set_seek_callback(a, on_seek);
	if (choose(r) != ARCHIVE_OK || la.archive_read_open1(a) != ARCHIVE_OK)
		return -1;
	if (magic_is_archive(r->magic))
		return 0;
	/* What is damaged before it has given a byte passes for empty, but for this. */
	if (la.archive_errno(a) != 0 || r->source_failed)
		return -1;
	/* The content is the one member of what is no archive. */
	switch (la.archive_read_next_header(a, &entry)) {
	case ARCHIVE_OK: return 0;
	case ARCHIVE_EOF: r->ended = true; return check_end(r);
	default: return -1;
	}
}

struct archive_reader *archive_reader_open(enum magic magic, const struct archive_source *source,
					   const char *name)
{
	struct archive_reader *r;
	locale_t before;

	if (load() != 0)
		return NULL;
	r = calloc(1, sizeof *r);
	if (r == NULL || (r->archive = la.archive_read_new()) == NULL) {
		cause_memory();
		free(r);
		return NULL;
	}
	r->source = *source;
	r->name = name;
	r->magic = magic;
	before = enter();
	/* An error is the first reader's. */
	if (start(r) != 0)
		fail(r);
	leave(before);
	return r;
}

void archive_reader_close(struct archive_reader *r)
{
	if (r == NULL)
		return;
	la.archive_read_free(r->archive);
	cause_free(&r->failure);
	free(r);
}

/* --- reading ---------------------------------------------------------------------------------------------
 */

static uint64_t time_of(struct archive_entry *entry)
{
	const int64_t seconds = la.archive_entry_mtime(entry);

	/* As many as nanoseconds in 64 bits can tell. */
	if (seconds < 0 || seconds > INT64_MAX / 1000000000 - 1)
		return 0;
	return (uint64_t)seconds * 1000000000 + (uint64_t)la.archive_entry_mtime_nsec(entry);
}

static void describe(struct archive_entry *entry, struct archive_member *member)
{
	const int64_t size = la.archive_entry_size(entry);

	*member = (struct archive_member){
	    .name = la.archive_entry_pathname(entry),
	    .size = size > 0 ? (uint64_t)size : 0,
	    .mtime_ns = time_of(entry),
	    .kind = ARCHIVE_DEVICE,
	    .encrypted = la.archive_entry_is_encrypted(entry) != 0,
	    .sparse = la.archive_entry_sparse_count(entry) > 0,
	};
	if (la.archive_entry_hardlink(entry) != NULL)
		member->kind = ARCHIVE_HARD_LINK;
	else if (la.archive_entry_filetype(entry) == AE_IFREG)
		member->kind = ARCHIVE_REGULAR;
	else if (la.archive_entry_filetype(entry) == AE_IFDIR)
		member->kind = ARCHIVE_FOLDER;
	else if (la.archive_entry_filetype(entry) == AE_IFLNK)
		member->kind = ARCHIVE_SYMBOLIC_LINK;
}

int archive_reader_next(struct archive_reader *r, struct archive_member *member)
{
	struct archive_entry *entry;
	locale_t before;
	int result;

	if (r->failed)
		return give_failure(r);
	if (r->ended)
		return 0;
	r->block_len = 0;
	r->content = 0;
	r->content_ended = false;
	before = enter();
	result = la.archive_read_next_header(r->archive, &entry);
	if (result == ARCHIVE_EOF) {
		r->ended = true;
		result = check_end(r) == 0 ? 0 : give_failure(r);
	} else if (result == ARCHIVE_OK || result == ARCHIVE_WARN) {
		describe(entry, member);
		result = 1;
	} else {
		result = give_failure(r);
	}
	leave(before);
	return result;
}

/* The next block of content: 1, 0 at the end, -1 and nothing on record. */
static int next_block(struct archive_reader *r)
{
	const void *data = NULL;
	size_t len;
	la_int64_t offset;

	do {
		switch (la.archive_read_data_block(r->archive, &data, &len, &offset)) {
		case ARCHIVE_OK: break;
		case ARCHIVE_EOF:
			r->content_ended = true;
			if (magic_is_archive(r->magic))
				return 0;
			if (check_end(r) == 0)
				return 0;
			fail(r);
			return -1;
		default: fail(r); return -1;
		}
		if (len > 0 && offset != r->content) {
			record(r, "a hole in the content");
			fail(r);
			return -1;
		}
	} while (len == 0);
	r->block = data;
	r->block_len = len;
	r->content += (int64_t)len;
	return 1;
}

ssize_t archive_reader_read(struct archive_reader *r, void *data, size_t len)
{
	size_t done = 0;

	if (r->failed)
		return give_failure(r);
	while (done < len && !(r->ended || r->content_ended)) {
		if (r->block_len == 0) {
			const int more = next_block(r);

			/* What came before the error is given first: the error is the next call's. */
			if (more < 0 && done == 0)
				return give_failure(r);
			if (more <= 0)
				break;
		}
		const size_t n = len - done < r->block_len ? len - done : r->block_len;

		memcpy((char *)data + done, r->block, n);
		r->block += n;
		r->block_len -= n;
		done += n;
	}
	return (ssize_t)done;
}
