#!/bin/sh
# evcat on Parquet files that others wrote: what is read is what DuckDB reads, value for value; what is not is
# refused by file, column and reason.
. "$(dirname "$0")/lib.sh"
# shellcheck source=t/oracle/peer.sh
. "$T/oracle/peer.sh"
need_peer @duckdb/node-api nodejs-polars

# agrees FILE: evcat and DuckDB read the same.
agrees() {
	exits 0 "$1 is read" evcat -f jsonl "$1"
	mv out rows.jsonl
	node "$T/oracle/parquet.mjs" "$1" rows.jsonl >got 2>&1 || echo "status $?" >>got
	is "$(grep -v ': same$' got)" '' "$1: all is the same to DuckDB"
	ok "$1: all is looked at" test "$(wc -l <got)" -gt 1
}

# refused FILE WORDS
refused() {
	exits 3 "$1 is refused" evcat -f jsonl "$1"
	if grep -q "^evcat: $1: .*$2" err; then pass "by name: $2"; else fail "by name: $2: $(cat err)"; fi
}

# --- made for this test

for engine in duckdb polars; do
	mkdir "$engine"
	node "$T/oracle/parquet_make.mjs" $engine $engine >err 2>&1 || { fail "$engine writes files"; sed 's/^/# /' err >&2; }
	for file in "$engine"/read-*.parquet; do
		agrees "$file"
	done
done
while read -r name words; do
	refused "duckdb/refuse-$name.parquet" "$words"
done <<EOT
binary column binary_column: row group 0: .*UTF-8
brotli column n: row group 0: .*Brotli
digits column digits_column: row group 0: .*exact
huge column huge_column: row group 0: .*exact
interval column interval_column: .*binary
list column list_column.list.element: nested
lz4_raw column n: row group 0: .*LZ4
map column map_column.key_value.key: nested
nanos column nanos_column: row group 0: .*microsecond
struct column struct_column.a: nested
time column time_column: .*time of day
unsigned column unsigned_column: row group 0: .*unsigned
uuid column uuid_column: .*binary
zstd column n: row group 0: .*ZSTD
EOT
refused polars/refuse-zstd.parquet 'column row: row group 0: .*ZSTD'

# --- of the format's own collection

data=$T/../../shared/data/parquet-testing
if [ ! -d "$data" ]; then
	pass "# SKIP no files in $data"
	done_testing
fi
cp "$data"/*.parquet .
while read -r name words; do
	if [ -z "$words" ]; then agrees "$name.parquet"; else refused "$name.parquet" "$words"; fi
	rm "$name.parquet"
done <<EOT
ARROW-GH-43605 column min_fl: row group 0: .*ZSTD
ARROW-GH-45185 column x.list.element: nested
ARROW-GH-47662 column flba_field: .*binary
ARROW-RS-GH-6229-DICTHEADER column name: row group 0: its pages lie outside of the file
ARROW-RS-GH-6229-LEVELS column outer.list.item.c: nested
PARQUET-1481 column Handle: a type that Parquet does not have
alltypes_dictionary
alltypes_plain
alltypes_plain.snappy
binary_truncated_min_max column binary_partial_truncation: row group 0: .*UTF-8
column_chunk_key_value_metadata
datapage_v1-corrupt-checksum column a: row group 0: .*checksum
datapage_v1-snappy-compressed-checksum
datapage_v2.snappy column e.list.element: nested
dict-page-offset-zero
int32_decimal
int32_with_null_pages
int64_decimal
nation.dict-malformed column name: row group 0: .*longer
nulls.snappy column b_struct.b_c_int: nested
rle-dict-snappy-checksum column binary_field: row group 0: .*version 2
rle-dict-uncompressed-corrupt-checksum column binary_field: row group 0: .*checksum
sort_columns
EOT
is "$(ls ./*.parquet 2>/dev/null)" '' 'no file of the collection is left out'
done_testing
