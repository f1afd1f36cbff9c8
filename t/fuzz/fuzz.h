/*
 * fuzz -- what the fuzzers share (libFuzzer: https://llvm.org/docs/LibFuzzer.html).
 *
 * Each file here is a program of one entry point, which takes any bytes. It ends by an abort, a sanitizer's
 * report, or not at all. What it does depends on the bytes alone, so a finding can be had again.
 */
#ifndef EV_FUZZ_H
#define EV_FUZZ_H

#include "base/cause.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* What must be true whatever the input. */
#define MUST(CONDITION)                                                                         \
	do {                                                                                    \
		if (!(CONDITION)) {                                                             \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #CONDITION); \
			abort();                                                                \
		}                                                                               \
	} while (0)

/* Bytes to be taken from the front; zeros when there are none left. */
struct fuzz {
	const uint8_t *p;
	size_t left;
};

static inline uint64_t fuzz_number(struct fuzz *f, size_t bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < bytes && f->left > 0; i++, f->left--)
		value |= (uint64_t)*f->p++ << 8 * i;
	return value;
}

/* Up to len bytes, as many as are left: *taken of them. */
static inline const uint8_t *fuzz_bytes(struct fuzz *f, size_t len, size_t *taken)
{
	const uint8_t *start = f->p;

	*taken = len < f->left ? len : f->left;
	f->p += *taken;
	f->left -= *taken;
	return start;
}

/* A file in memory with this content, read from its start; the caller closes it. */
static inline int fuzz_file(const void *data, size_t len)
{
	const int fd = memfd_create("fuzz", 0);

	MUST(fd >= 0 && write(fd, data, len) == (ssize_t)len && lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

/* A failure has a cause on record and a status of its own. */
static inline void fuzz_failed(void)
{
	MUST(cause_is_set() && cause_message()[0] != '\0' && cause_status() != STATUS_OK);
	cause_clear();
}

#endif
