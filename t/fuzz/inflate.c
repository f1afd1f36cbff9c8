/*
 * Members of gzip: both engines against zlib's own, member by member. The bytes are a file, or (when the
 * first of them says so) content that is packed here, so that checksums are right, and then damaged or not.
 */
#include "source/inflate.h"
#include "base/buffer.h"
#include "source/inflate_engine.h"

#include "fuzz.h"

#include <stdbool.h>
#include <zlib.h>

enum { CONTENT_MAX = 1 << 20 };

struct file {
	const uint8_t *data;
	size_t len, at, piece; /* at most so many bytes at once */
};

static ssize_t read_file(void *context, void *data, size_t len)
{
	struct file *f = context;
	size_t n = f->len - f->at;

	n = n < len ? n : len;
	n = n < f->piece ? n : f->piece;
	memcpy(data, f->data + f->at, n);
	f->at += n;
	return (ssize_t)n;
}

/* One member from *at on, which moves behind it. */
static bool slow_member(const struct file *f, size_t *at, struct buffer *out)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)(f->data + *at), .avail_in = (uInt)(f->len - *at)};
	int result;

	MUST(inflateInit2(&z, 15 + 16) == Z_OK);
	do {
		MUST(buffer_reserve(out, 4096) == 0);
		z.next_out = out->data + out->len;
		z.avail_out = 4096;
		result = inflate(&z, Z_NO_FLUSH);
		out->len += 4096 - z.avail_out;
	} while (result == Z_OK && out->len < CONTENT_MAX);
	*at = f->len - z.avail_in;
	inflateEnd(&z);
	return result == Z_STREAM_END;
}

static bool slow_inflate(const struct file *f, struct buffer *out)
{
	size_t at = 0;

	while (at < f->len && (f->data[at] != 0 || at == 0)) {
		if (f->data[at] != 0x1f || !slow_member(f, &at, out))
			return false;
	}
	while (at < f->len && f->data[at] == 0)
		at++;
	return at == f->len;
}

static bool fast_inflate(const struct inflate_engine *engine, struct file file, size_t room,
			 struct buffer *out)
{
	struct inflate *z = inflate_new(engine, read_file, &file, "fuzz");
	ssize_t n;

	MUST(z != NULL);
	do {
		MUST(buffer_reserve(out, room) == 0);
		n = inflate_read(z, out->data + out->len, room);
		MUST(n <= (ssize_t)room);
		out->len += n > 0 ? (size_t)n : 0;
	} while (n > 0 && out->len < CONTENT_MAX);
	if (n < 0) {
		MUST(inflate_read(z, out->data, 1) < 0);
		fuzz_failed();
	}
	inflate_free(z);
	return n == 0;
}

static void compare(const struct file *f, size_t room)
{
	static const struct inflate_engine *const engines[] = {
		&inflate_zlib,
#if EV_ISAL
		&inflate_isal,
#endif
	};
	struct buffer expected = {0}, got = {0};
	const bool good = slow_inflate(f, &expected);

	for (size_t i = 0; i < sizeof engines / sizeof engines[0] && expected.len < CONTENT_MAX; i++) {
		buffer_clear(&got);
		MUST(fast_inflate(engines[i], *f, room, &got) == good);
		MUST(!good || got.len == expected.len);
		/* How much comes before the damage is the engine's; it is the content, as far as it goes. */
		const size_t n = got.len < expected.len ? got.len : expected.len;

		MUST(n == 0 || memcmp(got.data, expected.data, n) == 0);
	}
	buffer_free(&expected);
	buffer_free(&got);
}

/* A member with the content, at a level, with or without a name in its head. */
static void pack(struct buffer *out, const uint8_t *content, size_t len, unsigned how)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)content, .avail_in = (uInt)len};
	gz_header head = {.name = how & 16 ? (Bytef *)(uintptr_t) "name" : NULL,
			  .comment = how & 32 ? (Bytef *)(uintptr_t) "comment" : NULL,
			  .extra = how & 64 ? (Bytef *)(uintptr_t) "extra" : NULL,
			  .extra_len = how & 64 ? 5 : 0,
			  .hcrc = how >> 7 & 1};

	MUST(deflateInit2(&z, how % 10, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
	MUST(deflateSetHeader(&z, &head) == Z_OK);
	MUST(buffer_reserve(out, len + len / 8 + 256) == 0);
	z.next_out = out->data + out->len;
	z.avail_out = (uInt)(len + len / 8 + 256);
	MUST(deflate(&z, Z_FINISH) == Z_STREAM_END);
	out->len += z.total_out;
	deflateEnd(&z);
}

static void make(struct fuzz *f, struct buffer *out)
{
	const unsigned padding = (unsigned)fuzz_number(f, 1), damage = (unsigned)fuzz_number(f, 1);
	const size_t place = fuzz_number(f, 2);

	while (f->left > 0) {
		const unsigned how = (unsigned)fuzz_number(f, 1);
		size_t len = fuzz_number(f, 1);
		const uint8_t *content = fuzz_bytes(f, len, &len);

		pack(out, content, len, how);
	}
	for (unsigned i = padding; i % 16 > 0; i--)
		MUST(buffer_append(out, "", 1) == 0);
	if (out->len == 0)
		return;
	if (damage % 4 == 1)
		out->len = place % out->len;
	else if (damage % 4 == 2)
		out->data[place % out->len] ^= (uint8_t)(damage >> 2);
	else if (damage % 4 == 3)
		MUST(buffer_append(out, &f->p[-1], 1) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fuzz f = {data, len};
	const unsigned how = (unsigned)fuzz_number(&f, 1);
	const size_t room = (how >> 4) % 4 == 0 ? 65536 : (how >> 4) % 4 == 1 ? 1 : 100;
	struct buffer made = {0};
	struct file file = {f.p, f.left, 0, how >> 6 == 0 ? SIZE_MAX : how >> 6 == 1 ? 1 : 13};

	if (how % 2 == 1) {
		make(&f, &made);
		file.data = made.data;
		file.len = made.len;
	}
	if (file.len > 0)
		compare(&file, room);
	buffer_free(&made);
	return 0;
}
