#include "source/zip_end.h"

#include <string.h>
#include <unistd.h>

enum { END = 22, END64 = 56, LOCATOR = 20, COMMENT_MAX = 65535 };

static uint64_t number(const uint8_t *at, int len)
{
	uint64_t n = 0;

	for (int i = 0; i < len; i++)
		n |= (uint64_t)at[i] << (8 * i);
	return n;
}

/* Reads n bytes at a place. */
static int read_at(struct input *in, uint64_t place, uint8_t *data, size_t n)
{
	if (input_seek(in, (int64_t)place, SEEK_SET) < 0)
		return -1;
	while (n > 0) {
		const ssize_t got = input_read_any(in, data, n);

		if (got < 0)
			return -1;
		if (got == 0)
			return cause_record(STATUS_INPUT, "%s: it has become shorter", input_name(in));
		data += got;
		n -= (size_t)got;
	}
	return 0;
}

/* Where the end record is in the last bytes: its comment is all that is behind it. Or -1. */
static int64_t find_end(const uint8_t *tail, size_t len)
{
	for (size_t at = len < END ? 0 : len - END + 1; at-- > 0;)
		if (memcmp(tail + at, "PK\5\6", 4) == 0 && number(tail + at + 20, 2) == len - at - END)
			return (int64_t)at;
	return -1;
}

/* A large archive has a larger record before it, and between the two where that is: 1, 0, -1. */
static int read_end64(struct input *in, uint64_t place, uint8_t end64[END64], uint64_t *place64)
{
	uint8_t locator[LOCATOR];

	if (place < LOCATOR + END64 || read_at(in, place - LOCATOR, locator, LOCATOR) != 0)
		return place < LOCATOR + END64 ? 0 : -1;
	if (memcmp(locator, "PK\6\7", 4) != 0)
		return 0;
	*place64 = number(locator + 8, 8);
	if (*place64 > place - LOCATOR - END64)
		return 0;
	if (read_at(in, *place64, end64, END64) != 0)
		return -1;
	return memcmp(end64, "PK\6\6", 4) == 0;
}

/* The list of members begins where it says, counted from the beginning of the file: 1 and its size, 0, -1. */
static int is_placed(struct input *in, uint64_t place, const uint8_t *end, uint64_t *list)
{
	uint64_t size = number(end + 12, 4), start = number(end + 16, 4);
	uint8_t end64[END64];
	uint64_t place64;
	int large = read_end64(in, place, end64, &place64);

	if (large == 1) {
		size = number(end64 + 40, 8);
		start = number(end64 + 48, 8);
		place = place64;
	}
	*list = size;
	return large < 0 ? -1 : start <= place && size == place - start;
}

int zip_end_check(struct input *in)
{
	const int64_t size = input_seek(in, 0, SEEK_END);
	struct buffer tail = {0};
	uint64_t list = 0;
	size_t len;
	int64_t at;
	int result = -1;

	if (size < 0)
		return -1;
	len = size < END + COMMENT_MAX ? (size_t)size : END + COMMENT_MAX;
	if (buffer_reserve(&tail, len) != 0 || read_at(in, (uint64_t)size - len, tail.data, len) != 0)
		goto out;
	at = find_end(tail.data, len);
	result = at < 0 ? 0 : is_placed(in, (uint64_t)size - len + (uint64_t)at, tail.data + at, &list);
	if (result == 0)
		cause_record(STATUS_INPUT,
			     "%s: a zip archive that is cut short, or has bytes before or behind it",
			     input_name(in));
	result = result == 1 && input_seek(in, 0, SEEK_SET) == 0 ? list > 0 : -1;
out:
	buffer_free(&tail);
	return result;
}
