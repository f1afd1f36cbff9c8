#!/bin/sh
# What another shop's events have beside ours: columns of Silver, for any Gold definition, from the run on in which the
# schema has them. DuckDB reads the same files by name and finds the same.
. "$(dirname "$0")/lib.sh"
# shellcheck source=t/undo.sh
. "$T/undo.sh"
have sqlite3 perl || skip_all 'sqlite3 or perl is not installed'

events=5000
more='"device": { "type": ["string", "null"], "x-from": "context.device.model" },
	"score": { "type": ["number", "null"], "x-lenient": true, "x-from": "properties.score" },
	"cents": { "type": ["integer", "null"], "x-from": "properties.product.cents" },
	"is_app": { "type": ["boolean", "null"], "x-from": "context.is_app" },
	"seen": { "type": ["integer", "null"], "x-format": "epoch-s", "x-from": "context.seen" },'
# bronze LAKE: its files in the other shape, each event with more than we ask for.
reshape() {
	find "$1/bronze" -name '*.gz' >list
	while read -r file; do
		zcat "$file" | perl "$T/oracle/shape.pl" | perl -pe '
			my $n = $. % 7;
			s/"context": \{/"context": {"device": {"model": "d$n", "os": "x"}, "is_app": @{[$n < 3 ? "true" : "false"]}, "seen": @{[1765000000 + $.]}, /;
			s/"properties": \{/"properties": {"score": @{[$n == 6 ? "null" : $n == 5 ? "\"0.$n\"" : "$n.5"]}, /;
			s/"product": \{/"product": {"cents": @{[$. * 1000003]}, /' | gzip -n1 >"$file.new"
		mv "$file.new" "$file"
	done <list
}
with_more() { sed 's/^  "properties": {$/&\n'"$(echo "$more" | tr '\n' ' ')"'/' "$T/data/shape.json"; }

evgen -C 2 -I 720 -E $events lake >/dev/null
reshape lake
mkdir lake/schemas
cp "$T/data/shape.json" lake/schemas/event.json
exits 0 'events that have more than the schema' etl -q lake
is "$(ask lake "SELECT DISTINCT name, lines, first_line FROM lake_note WHERE what = 'unknown_key' ORDER BY 1")" \
	"$(printf "%s|$events|1\n" context.device context.is_app context.seen properties.product.cents properties.score)" \
	'it is counted by its paths'
with_more >lake/schemas/event.json
evgen -C 3 -I 720 -E $events next >/dev/null
reshape next
first=$(find next/bronze -name '*.gz' | sort | tail -n 1)
mkdir -p "lake/$(dirname "${first#next/}")"
cp "$first" "lake/${first#next/}"
exits 0 'a schema that has it, and an hour more' etl -q lake
is "$(ask lake "SELECT name, type, nullable, files < (SELECT files FROM lake_table WHERE name = 'silver') FROM lake_column
	WHERE table_name = 'silver' AND name IN ('device', 'score', 'cents', 'is_app', 'seen') ORDER BY 1")" 'cents|int64|1|1
device|string|1|1
is_app|bool|1|1
score|float64|1|1
seen|timestamp|1|1' 'Silver has it from now on'
cat >lake/schemas/gold/by_device.sql <<'SQL'
SELECT device, event_date, count(*) AS events, count(score) AS scores, min(score) AS least, max(score) AS most,
    sum(cents) AS cents, count(*) FILTER (WHERE is_app = true) AS in_app, count(DISTINCT user_id) AS users,
    sum(revenue) AS revenue
FROM silver GROUP BY device, event_date
SQL
exits 2 'a definition that uses it' etl -q lake
exits 0 'is taken by a rebuild' etl -q -j 2 lake rebuild by_device
is "$(ask lake 'SELECT sum(events), sum(scores) > 0, sum(in_app) > 0 FROM by_device')" "$((3 * events))|1|1" 'over old and new'
is "$(ask lake 'SELECT sum(events) FROM by_device WHERE device IS NULL')" $((2 * events)) 'older ones have none'
is "$(evsql -f csv lake 'SELECT count(*), count(device), sum(score IS NOT NULL), sum(cents) FROM silver')" \
	"$(sqlite3 -readonly -csv -header lake/gold.db 'SELECT sum(events) AS "count(*)",
		sum(events) FILTER (WHERE device IS NOT NULL) AS "count(device)", sum(scores) AS "sum(score IS NOT NULL)",
		sum(cents) AS "sum(cents)" FROM by_device' | tr -d '"')" 'evsql finds the same'
holds_together lake

# --- as if it had always been so

mkdir -p always/schemas
cp -r lake/bronze always
cp -r lake/schemas/gold always/schemas
cp lake/schemas/event.json always/schemas
etl -q always
is "$(ask always 'SELECT count(*) FROM by_device WHERE device IS NULL')" 0 'where the schema was always so, all have it'
exits 0 'reload' etl -q lake reload
state lake >got
state always >expected
same got expected 'makes it so'
holds_together lake

# --- the peer

cp -r lake before
exits 0 'back to before' etl -q lake rewind 3
# shellcheck source=t/oracle/peer.sh
. "$T/oracle/peer.sh"
need_peer @duckdb/node-api
node "$T/oracle/gold.mjs" lake lake/schemas/gold "SELECT * FROM read_parquet([$(evmark files -f tsv lake |
	awk '$1 == "silver" { printf "%s'\''lake/%s'\''", n++ ? ", " : "", $2 }')], hive_partitioning = true, union_by_name = true)" >got 2>&1
is "$(grep -Ev '^[a-z_]+ [0-9]+ equal$' got)" '' 'DuckDB finds the same in files of both kinds'
is "$(grep -c equal got)" 6 'in each table'
done_testing
