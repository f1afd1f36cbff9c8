#include "base/crc.h"

#if EV_ISAL
#include <isa-l/crc.h>

/* By carry-less multiplication: many times as fast as zlib's tables. */
uint32_t crc32_more(uint32_t crc, const void *data, size_t len)
{
	return crc32_gzip_refl(crc, data, len);
}
#else
#include <zlib.h>

uint32_t crc32_more(uint32_t crc, const void *data, size_t len)
{
	return (uint32_t)crc32_z(crc, data, len);
}
#endif
