/*
 * crc -- the CRC-32 of gzip (RFC 1952), which Parquet's pages carry too.
 */
#ifndef EV_CRC_H
#define EV_CRC_H

#include <stddef.h>
#include <stdint.h>

uint32_t crc32_of(const void *data, size_t len);

#endif
