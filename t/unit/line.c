/*
 * Lines, from plain and gzipped bytes, however they come; and gzip that is damaged.
 */
#include "source/line.h"
#include "source/inflate.h"
#include "source/inflate_engine.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

static int file_of(const void *data, size_t len)
{
	const int fd = memfd_create("lines", 0);

	if (write(fd, data, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	return fd;
}

static size_t gzip(const void *data, size_t len, uint8_t *out, size_t cap)
{
	z_stream z = {0};

	if (deflateInit2(&z, 6, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	z.next_in = (unsigned char *)(uintptr_t)data;
	z.avail_in = (unsigned)len;
	z.next_out = out;
	z.avail_out = (unsigned)cap;
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	deflateEnd(&z);
	return z.total_out;
}

struct result {
	int end; /* what line_next said last */
	unsigned n, blank, too_long;
	char text[256]; /* lines joined by | */
	struct line last;
	uint64_t bytes;
	struct hash128 hash;
	bool damaged;
};

static struct result read_lines(const void *data, size_t len, size_t limit)
{
	const int fd = file_of(data, len);
	struct input *in = input_open_fd(fd, "test.gz", NULL);
	struct result r = {0};
	struct line_reader reader;
	struct line line;

	if (in == NULL || line_reader_open(&reader, in, limit) != 0)
		abort();
	while ((r.end = line_next(&reader, &line)) > 0) {
		const size_t used = strlen(r.text);

		r.n++;
		r.blank += line_is_blank(&line);
		r.too_long += line.too_long;
		if (line.len + used + 2 < sizeof r.text)
			snprintf(r.text + used, sizeof r.text - used, "%.*s|", (int)line.len, line.data);
		r.last = line;
	}
	r.bytes = line_bytes(&reader);
	r.hash = line_hash(&reader);
	r.damaged = input_is_damaged(in);
	line_reader_close(&reader);
	input_close(in);
	close(fd);
	return r;
}

static struct result read_text(const char *text)
{
	return read_lines(text, strlen(text), LINE_LIMIT);
}

static void test_ends(void)
{
	struct result r = read_text("a\nb\r\n\n  \t\nc");

	ok(r.end == 0 && r.n == 5 && r.blank == 2, "LF, CRLF, blank lines, no line end at the end");
	ok(strcmp(r.text, "a|b||  \t|c|") == 0, "the lines are %s", r.text);
	ok(r.last.number == 5 && r.last.offset == 10, "line 5 is at byte 10");
	ok(r.bytes == 11, "all bytes are counted");
	r = read_text("");
	ok(r.end == 0 && r.n == 0, "nothing has no lines");
	r = read_text("\xef\xbb\xbfx\n\xef\xbb\xbfy\n");
	ok(r.n == 2 && strcmp(r.text, "x|\xef\xbb\xbfy|") == 0,
	   "a byte order mark is skipped at the start only");
	r = read_text("x\r");
	ok(r.n == 1 && r.last.len == 1 && r.last.raw_len == 2, "a CR at the very end is a line end too");
}

static void test_long_lines(void)
{
	const size_t len = 3000000;
	char *text = malloc(len);
	struct result r;

	if (text == NULL)
		abort();
	memset(text, 'x', len);
	memcpy(text, "one\n", 4);
	memcpy(text + len - 5, "\ntwo\n", 5);
	r = read_lines(text, len, LINE_LIMIT);
	ok(r.end == 0 && r.n == 3 && r.too_long == 1, "a line beyond the limit is one line");
	ok(r.last.number == 3 && r.last.offset == len - 4 && r.last.len == 3,
	   "and the next one is where it is");
	text[len - 5] = 'x';
	text[len - 1] = 'x';
	r = read_lines(text, len, LINE_LIMIT);
	ok(r.n == 2 && r.last.too_long && r.last.full_len == len - 4 && r.last.len == LINE_PREFIX,
	   "its length is known");
	const XXH128_hash_t hash = XXH3_128bits(text + 4, len - 4);

	ok(r.last.hash.low == hash.low64 && r.last.hash.high == hash.high64, "and so is its hash");
	text[4 + LINE_LIMIT] = '\n';
	r = read_lines(text, 4 + LINE_LIMIT + 1, LINE_LIMIT);
	ok(r.n == 2 && r.too_long == 0 && r.last.len == LINE_LIMIT, "a line of just the limit is whole");
	free(text);
}

static void test_gzip(void)
{
	static char text[400000];
	static uint8_t packed[900000];
	size_t len = 0, n;
	struct result r;

	while (len + 20 < sizeof text)
		len += (size_t)snprintf(text + len, 20, "line %zu\n", len * 7919 % 104729);
	const XXH128_hash_t hash = XXH3_128bits(text, len);

	n = gzip(text, len / 3, packed, sizeof packed);
	n += gzip(text + len / 3, len - len / 3, packed + n, sizeof packed - n);
	r = read_lines(packed, n, LINE_LIMIT);
	ok(r.end == 0 && r.bytes == len && r.hash.low == hash.low64, "two members are one content");
	memset(packed + n, 0, 512);
	ok(read_lines(packed, n + 512, LINE_LIMIT).end == 0, "zero bytes behind them are padding");
	packed[n] = 'x';
	r = read_lines(packed, n + 1, LINE_LIMIT);
	ok(r.end < 0 && r.damaged && cause_status() == STATUS_INPUT, "others are damage: %s",
	   cause_message());
	cause_clear();
	unsigned wrong = 0;

	for (size_t cut = 3; cut < n; cut += 1009) {
		r = read_lines(packed, cut, LINE_LIMIT);
		wrong += r.end == 0 || !r.damaged;
		cause_clear();
	}
	/* A cut at the border of two members leaves a whole file. */
	ok(wrong == 0, "a cut anywhere is damage");
	wrong = 0;
	for (size_t at = 0; at < n; at += 997) {
		packed[at] ^= 0x10;
		r = read_lines(packed, n, LINE_LIMIT);
		wrong += r.end == 0 && r.hash.low != hash.low64 && at > 10;
		packed[at] ^= 0x10;
		cause_clear();
	}
	ok(wrong == 0, "a changed byte is never taken for content");
}

struct piece {
	const uint8_t *data;
	size_t len, step;
};

static ssize_t give_piece(void *context, void *data, size_t len)
{
	struct piece *p = context;
	size_t n = p->len < p->step ? p->len : p->step;

	n = n < len ? n : len;
	memcpy(data, p->data, n);
	p->data += n;
	p->len -= n;
	return (ssize_t)n;
}

/* The content that an engine gives of packed bytes, in steps; how it ends in *end. */
static size_t inflate_all(const struct inflate_engine *engine, const uint8_t *packed, size_t len, size_t step,
			  uint8_t *out, size_t cap, ssize_t *end)
{
	struct piece piece = {packed, len, step};
	struct inflate *z = inflate_new(engine, give_piece, &piece, "test");
	size_t n = 0;

	if (z == NULL)
		abort();
	while (n < cap && (*end = inflate_read(z, out + n, cap - n < 7001 ? cap - n : 7001)) > 0)
		n += (size_t)*end;
	inflate_free(z);
	cause_clear();
	return n;
}

/* Every engine gives the same bytes and refuses the same files. */
static void test_engines(void)
{
	static uint8_t text[200000], packed[300000], a[200001], b[200001];
	uint64_t random = 7;
	unsigned differ = 0, content = 0, n_tried = 0;
	ssize_t end_a, end_b;

	for (size_t i = 0; i < sizeof text; i++) {
		random = random * 6364136223846793005U + 1442695040888963407U;
		text[i] = "0123456789abcdef{}\":, "[random >> 59 & 15];
	}
	size_t len = gzip(text, 100000, packed, sizeof packed);

	len += gzip(text, 0, packed + len, sizeof packed - len);
	len += gzip(text + 100000, 100000, packed + len, sizeof packed - len);
	for (size_t step = 1; step < 70000; step = step * 3 + 1) {
		content +=
		    inflate_all(&inflate_zlib, packed, len, step, a, sizeof a, &end_a) != sizeof text ||
		    end_a != 0 || memcmp(a, text, sizeof text) != 0;
		content +=
		    inflate_all(&INFLATE_BEST, packed, len, step, b, sizeof b, &end_b) != sizeof text ||
		    end_b != 0 || memcmp(b, text, sizeof text) != 0;
	}
	ok(content == 0, "zlib and %s give the content, in whatever pieces", INFLATE_BEST.name);
	for (size_t at = 0; at < len; at += 331) {
		packed[at] ^= 4;
		inflate_all(&inflate_zlib, packed, len, 4096, a, sizeof a, &end_a);
		inflate_all(&INFLATE_BEST, packed, len, 4096, b, sizeof b, &end_b);
		packed[at] ^= 4;
		differ += end_a != end_b;
		inflate_all(&inflate_zlib, packed, at, 4096, a, sizeof a, &end_a);
		inflate_all(&INFLATE_BEST, packed, at, 4096, b, sizeof b, &end_b);
		differ += end_a != end_b;
		n_tried += 2;
	}
	ok(differ == 0, "and refuse the same of %u damaged files", n_tried);
}

int main(void)
{
	test_engines();
	test_ends();
	test_long_lines();
	test_gzip();
	return tap_done();
}
