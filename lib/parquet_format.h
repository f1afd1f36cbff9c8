/*
 * parquet_format -- the numbers of Parquet's metadata.
 *
 * Source: apache/parquet-format, parquet.thrift.
 */
#ifndef EV_PARQUET_FORMAT_H
#define EV_PARQUET_FORMAT_H

#define PARQUET_MAGIC "PAR1"
enum { PARQUET_MAGIC_LEN = 4 };

enum parquet_type {
	PARQUET_BOOLEAN = 0,
	PARQUET_INT32 = 1,
	PARQUET_INT64 = 2,
	PARQUET_DOUBLE = 5,
	PARQUET_BYTE_ARRAY = 6,
};

enum parquet_repetition { PARQUET_REQUIRED = 0, PARQUET_OPTIONAL = 1 };

enum parquet_encoding {
	PARQUET_PLAIN = 0,
	PARQUET_RLE = 3,
	PARQUET_DELTA_BINARY_PACKED = 5,
	PARQUET_RLE_DICTIONARY = 8,
};

enum parquet_codec { PARQUET_SNAPPY = 1 };

enum parquet_page_type { PARQUET_DATA_PAGE = 0, PARQUET_DICTIONARY_PAGE = 2 };

enum parquet_converted { PARQUET_UTF8 = 0, PARQUET_CONVERTED_DECIMAL = 5, PARQUET_TIMESTAMP_MICROS = 10 };

/* Members of the unions LogicalType and TimeUnit. */
enum parquet_logical { PARQUET_STRING = 1, PARQUET_DECIMAL = 5, PARQUET_TIMESTAMP = 8 };
enum parquet_time_unit { PARQUET_MICROS = 2 };

#endif
