/*
 * frame -- type, length, checksum, payload: what streams are made of (evstream(5), "Frames").
 *
 * A frame on the wire is a header of 16 bytes (u32 type, u32 length of the payload, u64 XXH3-64 of the
 * payload seeded with type << 32 | length) and a payload whose length is a multiple of 8, all little endian.
 * The reader keeps frames where they were read, aligned to 8. Errors: STATUS_INPUT for what is wrong,
 * STATUS_SYSTEM for a stream that just stops and for I/O.
 */
#ifndef EV_FRAME_H
#define EV_FRAME_H

#include "base/buffer.h"
#include "base/hash.h"

enum frame_type {
	FRAME_HEADER = 1,    /* kind, command, columns: the first frame of a stream */
	FRAME_BATCH = 2,     /* rows */
	FRAME_STRINGS = 3,   /* a dictionary grows */
	FRAME_RESET = 4,     /* a dictionary is empty again */
	FRAME_SELECTION = 5, /* reserved: rows dropped from the batch before */
	FRAME_COLUMNS = 6,   /* more columns for the batch before */
	FRAME_RUN = 7,       /* what is to be done to which lake */
	FRAME_WANT = 8,      /* a file the run is about */
	FRAME_SOURCE = 9,    /* its rows follow */
	FRAME_SOURCE_END = 10,
	FRAME_REJECT = 11,                  /* one bad line */
	FRAME_STAGED = 12,                  /* a file that waits for the commit */
	FRAME_PARTIAL = 13,                 /* mergeable aggregate state */
	FRAME_TALLY = 14,                   /* something counted */
	FRAME_ERROR = 15,                   /* a stage failed; nothing follows */
	FRAME_TRAILER = 16,                 /* the commit */
	FRAME_SHARD = 17,                   /* which part of which plan this stream is about */
	FRAME_REREAD = 18,                  /* a file of the lake was read again */
	FRAME_MENDED = 19,                  /* a line of quarantine as it is to be */
	FRAME_RULES = 20,                   /* what rows are read by */
	FRAME_ANCILLARY = 1 << 30,          /* set: who does not know the type passes the frame on */
	FRAME_FOLDER = FRAME_ANCILLARY + 1, /* what to remember of a folder */
};

enum { FRAME_HEAD = 16, FRAME_BYTES_MAX = 32 << 20 };

struct frame {
	uint32_t type;
	uint32_t len; /* bytes of payload */
	uint64_t checksum;
	const uint8_t *payload; /* borrowed until the next read, unless held */
};

uint64_t frame_checksum(uint32_t type, const void *payload, uint32_t len);

/* Reads a descriptor; name is for messages. The caller closes fd. */
struct frame_reader {
	int fd;
	const char *name;
	struct buffer buffer; /* [start, len) is read and not yet consumed */
	size_t start;
	size_t held;     /* offset of the frame that must stay, or SIZE_MAX */
	uint64_t offset; /* bytes of the stream before buffer.data[start] */
	bool ended;      /* read(2) has said so */
};

int frame_reader_open(struct frame_reader *r, int fd, const char *name) MUST_CHECK;
void frame_reader_close(struct frame_reader *r);
/* Makes at least len bytes available at buffer.data + start: 1, 0 when the input ends first, -1. */
int frame_reader_fill(struct frame_reader *r, size_t len) MUST_CHECK;
void frame_reader_skip(struct frame_reader *r, size_t len);
/* 1 and a verified frame, or -1. An end of input is an error here: streams end by a trailer. */
int frame_read(struct frame_reader *r, struct frame *f) MUST_CHECK;
/* The frame just read stays in memory, wherever, until the hold is dropped; held gives its payload after
 * later reads. */
void frame_hold(struct frame_reader *r, const struct frame *f);
const uint8_t *frame_held(const struct frame_reader *r);
void frame_drop(struct frame_reader *r);

/* Writes a descriptor. Small frames are collected; large payloads are written from where they lie. */
struct frame_writer {
	int fd;
	const char *name;
	struct buffer pending;
};

int frame_writer_open(struct frame_writer *w, int fd, const char *name) MUST_CHECK;
void frame_writer_close(struct frame_writer *w);
int frame_write_raw(struct frame_writer *w, const void *data, size_t len) MUST_CHECK;
/* len is a multiple of 8. Sets *checksum. */
int frame_write(struct frame_writer *w, uint32_t type, const void *payload, size_t len,
		uint64_t *checksum) MUST_CHECK;
/* A frame as it was read, checksum and all. */
int frame_pass(struct frame_writer *w, const struct frame *f) MUST_CHECK;
int frame_flush(struct frame_writer *w) MUST_CHECK;

#endif
