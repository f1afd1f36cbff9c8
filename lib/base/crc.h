/*
 * crc -- the CRC-32 of gzip (RFC 1952), which Parquet's pages carry too.
 */
#ifndef EV_CRC_H
#define EV_CRC_H

#include <stddef.h>
#include <stdint.h>

/* Of what crc is the CRC of (0: of nothing) and these bytes behind it. */
uint32_t crc32_more(uint32_t crc, const void *data, size_t len);

static inline uint32_t crc32_of(const void *data, size_t len)
{
	return crc32_more(0, data, len);
}

#endif
