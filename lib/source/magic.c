#include "source/magic.h"

#include <stdint.h>
#include <string.h>

struct known {
	enum magic magic;
	uint8_t len;
	uint8_t enough; /* so many of them are no text, should there be no more */
	uint8_t bytes[6];
};

static const struct known known[] = {
    {MAGIC_GZIP, 2, 1, {0x1f, 0x8b}},
    {MAGIC_ZSTD, 4, 2, {0x28, 0xb5, 0x2f, 0xfd}},
    {MAGIC_XZ, 6, 1, {0xfd, '7', 'z', 'X', 'Z', 0}},
    {MAGIC_LZ4, 4, 1, {0x04, 0x22, 0x4d, 0x18}},
    {MAGIC_ZIP, 4, 3, {'P', 'K', 3, 4}},
    {MAGIC_ZIP, 4, 3, {'P', 'K', 5, 6}}, /* without members */
};

static bool begins(const struct known *k, const uint8_t *first, size_t len)
{
	if (len >= k->len)
		return memcmp(first, k->bytes, k->len) == 0;
	return len >= k->enough && memcmp(first, k->bytes, len) == 0;
}

/* bzip2 begins with text: all of it counts, and the first block's or the end's own magic. */
static bool is_bzip2(const uint8_t *first, size_t len)
{
	static const uint8_t block[] = {0x31, 0x41, 0x59, 0x26, 0x53, 0x59};
	static const uint8_t end[] = {0x17, 0x72, 0x45, 0x38, 0x50, 0x90};

	return len >= 10 && memcmp(first, "BZh", 3) == 0 && first[3] >= '1' && first[3] <= '9' &&
	       (memcmp(first + 4, block, sizeof block) == 0 || memcmp(first + 4, end, sizeof end) == 0);
}

/* zstd and lz4 both have frames that hold nothing: 0x184d2a50 to 5f, little endian. A file may begin with
 * one; which of the two it is shows behind it, and zstd is what writes them. */
static bool is_skippable(const uint8_t *first, size_t len)
{
	return len >= 4 && (first[0] & 0xf0) == 0x50 && first[1] == 0x2a && first[2] == 0x4d &&
	       first[3] == 0x18;
}

/* A block of 512 bytes whose checksum, in octal digits at byte 148, is the sum of all, with blanks for it. */
static bool is_tar(const uint8_t *first, size_t len)
{
	enum { BLOCK = 512, SUM = 148, SUM_BYTES = 8, MAGIC = 257 };
	uint32_t said = 0, sum = 0;
	size_t digits = 0, i = SUM;

	if (len < BLOCK || first[0] == 0)
		return false;
	/* No line holds a zero; what is behind the magic, or before it was invented in its place, does. */
	if (memcmp(first + MAGIC, "ustar", 5) != 0 && first[MAGIC] != 0)
		return false;
	if (memchr(first + MAGIC, 0, 8) == NULL)
		return false;
	while (i < SUM + SUM_BYTES && first[i] == ' ')
		i++;
	for (; i < SUM + SUM_BYTES && first[i] >= '0' && first[i] <= '7'; i++, digits++)
		said = said * 8 + (first[i] - '0');
	for (i = 0; i < BLOCK; i++)
		sum += i >= SUM && i < SUM + SUM_BYTES ? ' ' : first[i];
	return digits > 0 && said == sum;
}

enum magic magic_of(const void *first, size_t len)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (begins(&known[i], first, len))
			return known[i].magic;
	if (is_bzip2(first, len))
		return MAGIC_BZIP2;
	if (is_skippable(first, len))
		return MAGIC_ZSTD;
	return is_tar(first, len) ? MAGIC_TAR : MAGIC_NONE;
}

const char *magic_name(enum magic magic)
{
	static const char *const names[] = {"lines", "gzip", "zstd", "xz", "bzip2", "lz4", "tar", "zip"};

	return names[magic];
}
