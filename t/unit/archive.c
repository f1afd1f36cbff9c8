/* magic, lz4_frame, bundle: what first bytes say, and paths that may hold the mark of a member. */
#include "source/bundle.h"
#include "source/lz4_frame.h"
#include "source/magic.h"
#include "tap.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum magic magic_of_text(const char *text)
{
	return magic_of(text, strlen(text));
}

static void test_magic(void)
{
	ok(magic_of("\x1f\x8b\x08", 3) == MAGIC_GZIP, "gzip");
	ok(magic_of("\x1f", 1) == MAGIC_GZIP, "cut off, it is none but gzip");
	ok(magic_of("\x28\xb5\x2f\xfd", 4) == MAGIC_ZSTD, "zstd");
	ok(magic_of("\x28\xb5", 2) == MAGIC_ZSTD, "cut off, too");
	ok(magic_of("(", 1) == MAGIC_NONE, "but its first byte is text");
	ok(magic_of("\x5a\x2a\x4d\x18", 4) == MAGIC_ZSTD, "a frame that is skipped");
	ok(magic_of("\xfd"
		    "7zXZ",
		    6) == MAGIC_XZ,
	   "xz");
	ok(magic_of("\x04\x22\x4d\x18", 4) == MAGIC_LZ4, "lz4");
	ok(magic_of("BZh91AY&SY", 10) == MAGIC_BZIP2, "bzip2");
	ok(magic_of("BZh9\x17\x72\x45\x38\x50\x90", 10) == MAGIC_BZIP2, "bzip2 of nothing");
	ok(magic_of("BZh91AY&S", 9) == MAGIC_NONE, "less is text");
	ok(magic_of("BZh01AY&SY", 10) == MAGIC_NONE, "so is a size that is none");
	ok(magic_of("PK\3\4", 4) == MAGIC_ZIP && magic_of("PK\5\6", 4) == MAGIC_ZIP, "zip");
	ok(magic_of("PK\3", 3) == MAGIC_ZIP && magic_of("PK", 2) == MAGIC_NONE, "and its beginning");
	ok(magic_of("", 0) == MAGIC_NONE, "nothing");
	ok(magic_of_text("#mtree\n/set type=file\n") == MAGIC_NONE, "mtree is text");
	ok(magic_of_text("WARC/1.0\r\n") == MAGIC_NONE, "and so is WARC");
	ok(magic_of_text("0707070000000") == MAGIC_NONE, "and cpio");
}

/* A header with its checksum. */
static void make_tar(uint8_t block[512], const char *magic)
{
	unsigned sum = 0;

	memset(block, 0, 512);
	memcpy(block, "name", 4);
	memcpy(block + 124, "00000000017", 11);
	memcpy(block + 257, magic, strlen(magic));
	memset(block + 148, ' ', 8);
	for (int i = 0; i < 512; i++)
		sum += block[i];
	snprintf((char *)block + 148, 7, "%06o", sum);
}

static void test_tar(void)
{
	uint8_t block[512];

	make_tar(block, "ustar");
	ok(magic_of(block, 512) == MAGIC_TAR, "tar");
	ok(magic_of(block, 511) == MAGIC_NONE, "less than a header");
	block[3]++;
	ok(magic_of(block, 512) == MAGIC_NONE, "another checksum");
	make_tar(block, "ustar  ");
	ok(magic_of(block, 512) == MAGIC_TAR, "GNU's");
	make_tar(block, "");
	ok(magic_of(block, 512) == MAGIC_TAR, "and that before there was a magic");
	make_tar(block, "ustar and a line of text");
	ok(magic_of(block, 512) == MAGIC_NONE, "no zero where one must be");
	memset(block, 0, 512);
	ok(magic_of(block, 512) == MAGIC_NONE, "zeros are nothing");
}

/* How many bytes are taken, piece by piece. */
static size_t take(struct lz4_frames *f, const char *data, size_t len, size_t piece)
{
	size_t sum = 0;

	*f = (struct lz4_frames){0};
	for (size_t at = 0; at < len; at += piece) {
		const size_t n = len - at < piece ? len - at : piece;
		const size_t good = lz4_frames_take(f, (const uint8_t *)data + at, n);

		sum += good;
		if (good < n)
			break;
	}
	return sum;
}

static void test_lz4(void)
{
#define FRAME "\x04\x22\x4d\x18\x44\x40\x00\x03\0\0\x80xyz\0\0\0\0\1\2\3\4"
#define SIZED "\x04\x22\x4d\x18\x58\x40\3\0\0\0\0\0\0\0\0\x03\0\0\x80xyz\1\1\1\1\0\0\0\0"
#define SKIPPED "\x51\x2a\x4d\x18\2\0\0\0ab"
	static const char frames[] = FRAME SKIPPED SIZED FRAME;
	static const char more[] = FRAME "more";
	struct lz4_frames f;
	const size_t len = sizeof frames - 1;
	bool whole = true, pieces = true, cuts = true;

	for (size_t piece = 1; piece <= len; piece++)
		pieces &= take(&f, frames, len, piece) == len && lz4_frames_are_whole(&f);
	ok(pieces, "frames of lz4, in pieces of any size");
	for (size_t n = 1; n < sizeof FRAME - 1; n++)
		cuts &= take(&f, frames, n, 3) == n && !lz4_frames_are_whole(&f);
	ok(cuts, "one that is cut anywhere is not whole");
	ok(take(&f, more, sizeof more - 1, sizeof more) == sizeof FRAME - 1, "what is no frame is not taken");
	whole = take(&f, more, sizeof FRAME - 1, 1) == sizeof FRAME - 1 && lz4_frames_are_whole(&f);
	ok(whole, "what is before it is whole");
	ok(take(&f, "nonsense", 8, 8) == 0, "nor at the beginning");
}

static void make_file(int folder, const char *name)
{
	const int fd = openat(folder, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	if (fd >= 0)
		close(fd);
}

static size_t in_path(int folder, const char *path)
{
	return bundle_in_path(folder, (struct text){path, strlen(path)});
}

static void test_paths(void)
{
	char name[] = "/tmp/evlake-archive-XXXXXX";
	static const char *const files[] = {"day.tar", "a#b.tar", "a#b.tar#c", "a"};
	const int folder = mkdtemp(name) != NULL ? open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	for (size_t i = 0; i < 4; i++)
		make_file(folder, files[i]);
	ok(in_path(folder, "day.tar") == 0, "a file is no member");
	ok(in_path(folder, "day.tar#x/y.gz") == 7, "one of it is");
	ok(in_path(folder, "day.tar#x#y") == 7, "whatever it is called");
	ok(in_path(folder, "none.tar#x") == 0, "of nothing there is none");
	ok(in_path(folder, "a#b.tar") == 0, "a file with the mark in its name");
	ok(in_path(folder, "a#b.tar#x") == 7, "the longest beginning that is a file");
	ok(in_path(folder, "a#b.tar#c") == 0, "a file comes first");
	ok(in_path(folder, "a#x") == 1, "a short one");
	ok(in_path(folder, "#x") == 0 && in_path(folder, "") == 0, "nothing before the mark");
	for (size_t i = 0; i < 4; i++)
		unlinkat(folder, files[i], 0);
	close(folder);
	rmdir(name);
}

int main(void)
{
	test_magic();
	test_tar();
	test_lz4();
	test_paths();
	return tap_done();
}
