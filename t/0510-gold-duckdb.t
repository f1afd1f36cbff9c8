#!/bin/sh
# The text of each Gold definition means the same to DuckDB: over the Silver files of a million events, one in
# 33 of them bad or odd, and over Bronze itself where that needs no rules of ours.
. "$(dirname "$0")/lib.sh"
# shellcheck source=t/oracle/peer.sh
. "$T/oracle/peer.sh"
have sqlite3 || skip_all 'sqlite3 is not installed'
need_peer @duckdb/node-api

events=250000
case $B in *-address*) events=10000 ;; esac
gold=$T/../schemas/gold

# equal LAKE VIEW TEXT
equal() {
	node "$T/oracle/gold.mjs" "$1" "$gold" "$2" >got 2>&1
	is "$(grep -Ev '^[a-z_]+ [0-9]+ equal$' got)" '' "$3"
	is "$(cut -d ' ' -f 1 got)" "$(basename -s .sql "$gold"/*.sql)" "$3: each definition"
	is "$(awk '$2 < 2' got)" '' "$3: none is empty"
}

evgen -B 3 -C 4 -I 720 -E $events lake >/dev/null
exits 0 'the pipe' etl lake
equal lake "SELECT * FROM read_parquet('lake/silver/**/*.parquet', hive_partitioning = true)" \
	'Gold is what DuckDB makes of Silver'

evgen -C 3 -I 720 -E $((events / 2)) clean >/dev/null
exits 0 'the pipe' etl clean
equal clean "SELECT *, CAST(timestamp AS DATE) AS event_date, hour(timestamp) AS event_hour,
	CASE WHEN event_type = 'purchase' THEN price * quantity END AS revenue
	FROM read_json('clean/bronze/**/*.jsonl.gz', format = 'newline_delimited', compression = 'gzip',
		hive_partitioning = false, columns = {timestamp: 'TIMESTAMP', user_id: 'VARCHAR',
		session_id: 'VARCHAR', event_type: 'VARCHAR', product_id: 'VARCHAR', quantity: 'INTEGER',
		price: 'DECIMAL(18,6)', category: 'VARCHAR', search_query: 'VARCHAR'})" \
	'Gold is what DuckDB makes of Bronze'
done_testing
