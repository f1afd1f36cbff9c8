#!/bin/sh
# Silver as other engines read it, without options: as many rows, the types, nulls, least and greatest values,
# and every single value are those of the events that went in.
. "$(dirname "$0")/lib.sh"
# shellcheck source=t/oracle/peer.sh
. "$T/oracle/peer.sh"
have perl sqlite3 || skip_all 'perl or sqlite3 is not installed'
need_peer @duckdb/node-api nodejs-polars

# reads LAKE WHAT
reads() {
	exits 0 "$2: the pipe" etl "$1"
	(cd "$1" && find bronze -name '*.jsonl.gz') | sort | while read -r source; do
		evcat "$1/$source" | evclean -q | evcat -f jsonl | sed "s|}\$|,\"source\":\"$source\"}|"
	done >events
	ok "$2: there are events" test "$(wc -l <events)" -gt 5000
	for engine in duckdb polars; do
		node "$T/oracle/silver.mjs" $engine "$1" events >got 2>&1 || echo "status $?" >>got
		is "$(grep -v ': same$' got)" '' "$2: all is the same to $engine"
		is "$(wc -l <got)" "$([ $engine = polars ] && echo 17 || echo 18)" "$2: all is looked at by $engine"
	done
}

events=30000
case $B in *-address*) events=3000 ;; esac

evgen -B 10 -C 3 -E $events -I 720 odd >/dev/null
reads odd 'bad and odd lines, three days'
ok 'several dates are several files' test "$(find odd/silver -name '*.parquet' | wc -l)" -gt 2
evgen -M uniform -W -U 1000000 -E $((2 * events)) wide >/dev/null
reads wide 'ids that are nearly all distinct'
mkdir -p edge/bronze
perl "$T/oracle/extremes.pl" | gzip >edge/bronze/edges.jsonl.gz
reads edge 'values at the edges, and many dates at once'
is "$(sqlite3 -readonly edge/gold.db 'SELECT lines = kept FROM lake_source')" 1 'no edge is rejected'
ok 'many dates are many files' test "$(find edge/silver -name '*.parquet' | wc -l)" -gt 60
done_testing
