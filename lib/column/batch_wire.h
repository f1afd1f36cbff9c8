/*
 * batch_wire -- how a batch payload begins: shared by who writes (builder) and who reads (batch).
 *
 * wire_batch, then one wire_vector for each column, then the data they point to. Offsets (`_at`) count from
 * the start of the payload and are multiples of 8; valid_at is 0 when no row is null.
 */
#ifndef EV_BATCH_WIRE_H
#define EV_BATCH_WIRE_H

#include <stdint.h>

struct wire_batch {
	uint32_t rows;
	uint32_t columns;
};

struct wire_vector {
	uint8_t form;
	uint8_t width;
	uint16_t zero;
	uint32_t nulls;
	int64_t base;
	uint32_t valid_at;
	uint32_t values_at;       /* PLAIN: the offsets */
	uint32_t bytes_at;        /* PLAIN, else 0 */
	uint32_t fingerprints_at; /* PLAIN, else 0 */
};

_Static_assert(sizeof(struct wire_batch) == 8 && sizeof(struct wire_vector) == 32, "the wire has no padding");

#endif
