#!/bin/sh
# Parquet files as DuckDB and Polars read them. The packages live outside the source tree, in the folder PEER
# (make check PEER=DIR): npm i @duckdb/node-api nodejs-polars nodejs-polars-linux-x64-gnu@0.26.1
. "$(dirname "$0")/lib.sh"

PEER=${PEER:-$T/../../peer}
have node || skip_all 'node is not installed'
[ -d "$PEER/node_modules" ] || skip_all "no npm packages in $PEER"
"$B/unit/parquet_sample.t" "$W" || exit 1
node "$T/parquet-readers.mjs" "$W" "$PEER"
