/*
 * gzip_header -- the head of a gzip member (RFC 1952, section 2.3), as its bytes come, checked: for an engine
 * that does not do it, or not whole.
 */
#ifndef EV_GZIP_HEADER_H
#define EV_GZIP_HEADER_H

#include "source/inflate_engine.h"

/* {0} is before the first byte. */
struct gzip_header {
	int part;
	uint32_t n;    /* bytes of the part that have come */
	uint32_t size; /* of the extra field */
	uint32_t crc;  /* of the bytes before this one */
	uint8_t flags;
};

/* Moves the window over as much of its input as belongs to the head. INFLATE_END: that is all of it. */
enum inflate_result gzip_header_read(struct gzip_header *h, struct inflate_window *window);

#endif
