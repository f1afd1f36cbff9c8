/*
 * A content's lines: the reader against cutting the whole content at every LF. So that lines can be too long
 * a byte 0x01 stands for as many x as the two bytes behind it say.
 */
#include "source/line.h"
#include "source/magic.h"

#include "fuzz.h"

enum { CONTENT_MAX = 1 << 20 };

/* What is next in the content, from *at on: false at its end. */
static bool slow_next(const struct buffer *content, size_t limit, size_t *at, struct line *line)
{
	const size_t left = content->len - *at;

	if (left == 0)
		return false;
	const char *start = (const char *)content->data + *at;
	const char *end = memchr(start, '\n', left);
	const size_t len = end != NULL ? (size_t)(end - start) : left;

	line->data = start;
	line->offset = *at;
	line->full_len = len;
	line->too_long = len > limit;
	line->raw_len = line->too_long ? LINE_PREFIX : len;
	line->len = line->raw_len - (!line->too_long && len > 0 && start[len - 1] == '\r');
	*at += len + (end != NULL);
	return true;
}

static void compare(const struct buffer *content, struct input *input, size_t limit)
{
	struct line_reader r;
	struct line line, expected;
	size_t at = content->len >= 3 && memcmp(content->data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	uint64_t n = 0;
	struct hash_stream all;

	MUST(line_reader_open(&r, input, limit) == 0);
	while (slow_next(content, limit, &at, &expected)) {
		MUST(line_next(&r, &line) == 1);
		MUST(line.number == ++n && line.offset == expected.offset && line.len == expected.len);
		MUST(line.raw_len == expected.raw_len && line.full_len == expected.full_len);
		MUST(line.too_long == expected.too_long);
		MUST(memcmp(line.data, expected.data, line.raw_len) == 0);
		if (line.too_long) {
			struct hash_stream hash;

			hash_begin(&hash);
			hash_update(&hash, expected.data, expected.full_len);
			MUST(hash_end(&hash).low == line.hash.low && hash_end(&hash).high == line.hash.high);
		}
	}
	MUST(line_next(&r, &line) == 0);
	hash_begin(&all);
	hash_update(&all, content->data, content->len);
	MUST(line_bytes(&r) == content->len && line_hash(&r).low == hash_end(&all).low);
	line_reader_close(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static char x[1 << 16];
	struct fuzz f = {data, len};
	struct buffer content = {0};
	const size_t limit = LINE_PREFIX + fuzz_number(&f, 1);

	memset(x, 'x', sizeof x);
	while (f.left > 0 && content.len < CONTENT_MAX) {
		size_t run = 1;
		const uint8_t *p = fuzz_bytes(&f, 1, &run);

		if (*p == 1)
			run = fuzz_number(&f, 2);
		MUST(buffer_append(&content, *p == 1 ? x : (const char *)p, run) == 0);
	}
	const int fd = fuzz_file(content.data, content.len);
	struct input *input = input_open_fd(fd, "fuzz", NULL);

	MUST(input != NULL);
	/* What is compressed is another matter, or was cut off within the bytes that say so. */
	if (magic_of(content.data, content.len) == MAGIC_NONE)
		compare(&content, input, limit);
	input_close(input);
	close(fd);
	buffer_free(&content);
	return 0;
}
