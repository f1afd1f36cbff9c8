#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE = 4096, LARGE = 4 << 20 };

int buffer_reserve(struct buffer *b, size_t extra)
{
	if (extra > SIZE_MAX - b->len)
		return cause_memory();
	return array_reserve(&b->data, &b->cap, b->len + extra, 1);
}

int buffer_append(struct buffer *b, const void *data, size_t len)
{
	if (buffer_reserve(b, len) != 0)
		return -1;
	if (len > 0)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	return 0;
}

int buffer_append_text(struct buffer *b, const char *text)
{
	return buffer_append(b, text, strlen(text));
}

int buffer_printf(struct buffer *b, const char *format, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, format);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (n < 0 || buffer_reserve(b, (size_t)n + 1) != 0) {
		va_end(again);
		return n < 0 ? cause_system("format") : -1;
	}
	vsnprintf((char *)b->data + b->len, (size_t)n + 1, format, again);
	va_end(again);
	b->len += (size_t)n;
	return 0;
}

int buffer_pad8(struct buffer *b)
{
	static const uint8_t zeros[8];

	return buffer_append(b, zeros, -b->len & 7);
}

const char *buffer_text(struct buffer *b)
{
	if (buffer_reserve(b, 1) != 0)
		return NULL;
	b->data[b->len] = '\0';
	return (const char *)b->data;
}

void buffer_clear(struct buffer *b)
{
	b->len = 0;
}

void buffer_free(struct buffer *b)
{
	free(b->data);
	*b = (struct buffer){0};
}

/*
 * New memory that is large is to come in huge pages, where there are any: a few page faults instead of
 * hundreds a megabyte. All of its pages are asked for, the first and last too: they are a mapping of their
 * own then, and one whose parts differ could not be moved by growing it, but would be copied.
 */
static void prefer_huge_pages(void *data, size_t len)
{
	const uintptr_t start = (uintptr_t)data & -(uintptr_t)PAGE;

	madvise((void *)start, (uintptr_t)data + len - start, MADV_HUGEPAGE);
}

int array_reserve(void *items, size_t *cap, size_t need, size_t size)
{
	void *grown;
	size_t n = *cap < 16 ? 16 : *cap;

	if (need <= *cap && *cap > 0)
		return 0;
	while (n < need) {
		if (n > SIZE_MAX / 2)
			return cause_memory();
		n *= 2;
	}
	if (n > SIZE_MAX / size)
		return cause_memory();
	memcpy(&grown, items, sizeof grown);
	grown = realloc(grown, n * size);
	if (grown == NULL)
		return cause_memory();
	memcpy(items, &grown, sizeof grown);
	*cap = n;
	if (n * size >= LARGE)
		prefer_huge_pages(grown, n * size);
	return 0;
}
