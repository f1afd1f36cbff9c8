/* inflate: heads of gzip members, good and bad, whole and in pieces; every engine sees the same in them. */
#include "source/inflate.h"
#include "base/buffer.h"
#include "source/inflate_engine.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct file {
	const uint8_t *data;
	size_t len, at, piece;
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

/* What is in the file: bytes, or -1 when it is refused. */
static ssize_t inflate_all(const struct inflate_engine *engine, const struct buffer *file, size_t piece,
			   char out[64])
{
	struct file f = {file->data, file->len, 0, piece};
	struct inflate *z = inflate_new(engine, read_file, &f, "test");
	ssize_t n, sum = 0;

	while ((n = inflate_read(z, out + sum, 64 - (size_t)sum)) > 0)
		sum += n;
	inflate_free(z);
	cause_clear();
	return n < 0 ? -1 : sum;
}

static const char content[] = "content, twice: content";

enum { EXTRA = 4, NAME = 8, COMMENT = 16, CRC = 2 };

/* A member with what these flags say; wrong is added to a byte of the head's checksum. */
static void make(struct buffer *out, unsigned flags, int wrong)
{
	uint8_t head[10] = {0x1f, 0x8b, 8, (uint8_t)flags, 1, 2, 3, 4, 0, 255};
	const uint32_t len = sizeof content - 1, crc = (uint32_t)crc32(0, (const Bytef *)content, len);
	const size_t start = out->len;
	uint8_t deflated[128];
	z_stream z = {.next_in = (Bytef *)(uintptr_t)content,
		      .avail_in = len,
		      .next_out = deflated,
		      .avail_out = sizeof deflated};
	int failed = buffer_append(out, head, sizeof head) != 0;

	if (flags & EXTRA)
		failed |= buffer_append(out, "\5\0extra", 7);
	if (flags & NAME)
		failed |= buffer_append(out, "name", 5);
	if (flags & COMMENT)
		failed |= buffer_append(out, "", 1);
	if (flags & CRC) {
		const uint32_t sum = (uint32_t)crc32(0, out->data + start, (uInt)(out->len - start));
		const uint8_t bytes[2] = {(uint8_t)sum, (uint8_t)((int)(sum >> 8) + wrong)};

		failed |= buffer_append(out, bytes, 2);
	}
	failed |= deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
		  deflate(&z, Z_FINISH) != Z_STREAM_END;
	failed |= buffer_append(out, deflated, z.total_out) | buffer_append(out, &crc, 4) |
		  buffer_append(out, &len, 4);
	deflateEnd(&z);
	if (failed)
		abort();
}

static void test_engine(const struct inflate_engine *engine)
{
	struct buffer file = {0};
	char out[64];
	unsigned wrong = 0;

	for (unsigned flags = 0; flags < 32; flags++) {
		buffer_clear(&file);
		make(&file, flags & ~1U, 0);
		make(&file, flags & ~1U, 0);
		for (size_t piece = 1; piece < 20; piece++)
			wrong +=
			    inflate_all(engine, &file, piece, out) != 2 * (ssize_t)(sizeof content - 1) ||
			    memcmp(out + sizeof content - 1, content, sizeof content - 1) != 0;
	}
	ok(wrong == 0, "%s: every head there is, in pieces of every size", engine->name);
	for (unsigned flags = 0; flags < 32; flags++) {
		buffer_clear(&file);
		make(&file, flags | CRC, 1);
		for (size_t piece = 1; piece < 20; piece++)
			wrong += inflate_all(engine, &file, piece, out) != -1;
	}
	ok(wrong == 0, "%s: a head with a wrong checksum is refused", engine->name);
	for (unsigned flag = 32; flag < 256; flag *= 2) {
		buffer_clear(&file);
		make(&file, flag, 0);
		wrong += inflate_all(engine, &file, 64, out) != -1;
	}
	ok(wrong == 0, "%s: and one with a flag that is reserved", engine->name);
	buffer_clear(&file);
	make(&file, EXTRA | NAME | COMMENT | CRC, 0);
	for (; file.len > 1; wrong += inflate_all(engine, &file, 7, out) != -1)
		file.len--;
	ok(wrong == 0, "%s: and a file cut anywhere", engine->name);
	buffer_free(&file);
}

int main(void)
{
	test_engine(&inflate_zlib);
#if EV_ISAL
	test_engine(&inflate_isal);
#endif
	return tap_done();
}
