#!/bin/sh
# evmark verify: a lake is clean, and whatever is done to it behind the ledger's back is found and named.
. "$(dirname "$0")/lib.sh"
have sqlite3 || skip_all 'sqlite3 is not installed'

# finds TEXT PATTERN [OPTION]: the damage done to lake/ is found, and the lake is then as it was.
finds() {
	text=$1 pattern=$2
	shift 2
	exits 1 "$text" evmark verify "$@" lake
	ok 'is named' grep -q "$pattern" out || sed 's/^/# /' out >&2
	rm -rf lake && cp -a kept lake
}
# change SQL: what only another program would do.
change() { sqlite3 lake/gold.db "$1"; }

mkdir empty
exits 3 'a folder that is no lake' evmark verify empty
exits 2 'no lake' evmark verify
mkdir -p new/bronze
exits 0 'a lake that was never written' evmark verify new
mkdir -p new/silver && : >new/silver/x.parquet
exits 1 'which cannot have files' evmark verify new

evgen -C 3 -E 5000 -B 4 lake >/dev/null
etl -q lake
evgen -T 2025-12-01T09:30 -E 4000 lake >/dev/null
etl -q lake
cp -a lake kept
silver=$(find lake/silver -name '*.parquet' | sort | head -n 1)
rejects=$(find lake/quarantine -name '*.gz' | sort | head -n 1)
bronze=lake/$(sqlite3 -readonly lake/gold.db 'SELECT min(source) FROM lake_reject')
find lake -type f -exec cksum {} + | grep -v 'gold.db-' | sort >before
exits 0 'a lake as runs leave it' evmark verify lake
is "$(cat out err)" '' 'is clean'
exits 0 'with all its contents' evmark verify -c lake
find lake -type f -exec cksum {} + | grep -v 'gold.db-' | sort >after
same before after 'and nothing is written'
ok 'there are sets that are large' [ "$(sqlite3 -readonly lake/gold.db 'SELECT count(*) FROM lake_distinct')" -gt 0 ]

# --- Silver and quarantine

rm "$silver"
finds 'a file of Silver that is gone' "^${silver#lake/}: missing: "
head -c 20000 "$silver" >short && cp short "$silver"
finds 'one that is cut' "^${silver#lake/}: size: "
printf X | dd of="$silver" bs=1 seek=5000 conv=notrunc 2>/dev/null
finds 'one with another byte' "^${silver#lake/}: checksum: "
printf X | dd of="$silver" bs=1 seek=5000 conv=notrunc 2>/dev/null
finds 'which its page tells too' "^${silver#lake/}: damaged: .*column"
perl -0777 -i -pe 's/(.*)add_to_cart/$1add_to_carf/s' "$silver"
finds 'statistics that are not those of the rows' "^${silver#lake/}: bounds: column event_type: row group 0: "
mkdir -p flags/bronze flags/schemas
sed 's/"user_id": {/"returning": { "type": ["boolean", "null"], "x-column": "bool" }, &/' "$T/../schemas/event.json" \
	>flags/schemas/event.json
for flag in true false null; do
	echo '{"timestamp":"2025-12-07T00:00","user_id":"u","session_id":"s","event_type":"search","returning":'"$flag"'}'
done >flags/bronze/flags
etl -q flags
exits 0 'a column of bool' evmark verify flags
perl -0777 -i -pe 's/\x28\x01\x01(\x18\x01)\x00/\x28\x01\x01$1\x01/' flags/silver/*/*.parquet
exits 1 'with other statistics' evmark verify flags
ok 'is named' grep -q ': bounds: column returning: ' out
change "UPDATE lake_file SET rows = rows + 1 WHERE path = '${silver#lake/}'"
finds 'another number of rows' "^${silver#lake/}: rows: "
mkdir lake/silver/event_date=2025-11-11
mv "$silver" lake/silver/event_date=2025-11-11/part-9-9.parquet
change "UPDATE lake_file SET path = 'silver/event_date=2025-11-11/part-9-9.parquet',
	partition = 'event_date=2025-11-11' WHERE path = '${silver#lake/}'"
finds 'events in a folder of another day' ': partition: '
rm "$rejects"
finds 'a file of quarantine that is gone' "^${rejects#lake/}: missing: "
head -c 200 "$rejects" >short && cp short "$rejects"
finds 'one that is cut' "^${rejects#lake/}: damaged: "
zcat "$rejects" | sed 1d | gzip >other && cp other "$rejects"
finds 'one without its first row' "^${rejects#lake/}: rows: "
cp "$silver" "${silver%.parquet}-again.parquet"
finds 'a file that no run has committed' "^${silver#lake/}-again.parquet: stray: \|again.parquet: stray: "
cp "$rejects" lake/quarantine/x
finds 'in quarantine too' '^quarantine/x: stray: '
mkdir lake/staging/clean-abc && : >lake/staging/clean-abc/x
exits 0 'what a run has left in staging is no fault' evmark verify lake
ok 'but is told' grep -q 'staging/clean-abc: staged' err
rm -r lake/staging/clean-abc

# --- committed, and not renamed yet: that is no fault either

mkdir lake/staging/silver-x && mv "$silver" lake/staging/silver-x/part-1.parquet
change "UPDATE lake_file SET staged = 'staging/silver-x/part-1.parquet' WHERE path = '${silver#lake/}'"
exits 0 'a file that still waits to be renamed' evmark verify lake
ok 'is told' grep -q ': pending: ' err
rm lake/staging/silver-x/part-1.parquet
finds 'unless it is in neither place' "^${silver#lake/}: missing: "

# --- marks and Bronze

rm "$bronze"
finds 'a marked file that is gone' "^${bronze#lake/}: vanished: "
echo >>"$bronze"
finds 'one that has grown' "^${bronze#lake/}: changed: "
touch "$bronze"
exits 0 'one that was touched is no fault' evmark verify lake
ok 'but is told' grep -q 'bronze: touched: .* 1 files' err
rm -rf lake && cp -a kept lake
touch -r "$bronze" when
printf X | dd of="$bronze" bs=1 seek=5000 conv=notrunc 2>/dev/null
touch -r when "$bronze"
exits 0 'one with another content of the same size and time' evmark verify lake
finds 'shows when it is read' "^${bronze#lake/}: changed: " -c
change "UPDATE lake_source SET kept = kept + 1 WHERE path = '${bronze#lake/}'"
finds 'a mark whose lines do not add up' "^${bronze#lake/}: lines: "
change "UPDATE lake_source SET kept = kept + 1, blank = blank - 1 WHERE path = '${bronze#lake/}'"
finds 'a mark with another number of rows than Silver' "^${bronze#lake/}: kept: "
change "UPDATE lake_source SET rejected = rejected - 1, lines = lines - 1 WHERE path = '${bronze#lake/}'"
finds 'or of rejects than quarantine' "^${bronze#lake/}: rejected: "
change "DELETE FROM lake_reject WHERE source = '${bronze#lake/}'"
finds 'or than there are reasons' "^${bronze#lake/}: reasons: "
change "DELETE FROM lake_source WHERE path = '${bronze#lake/}'"
finds 'rows without a mark' "^${bronze#lake/}: unmarked: "

# --- Gold and its state

change 'UPDATE product_funnel SET view_count = view_count + 1 WHERE rowid = (SELECT min(rowid) FROM product_funnel)'
finds 'a number of Gold that is another' '^gold.db: row: product_funnel: .*view_count is [0-9]*, and by Silver [0-9]*$'
change 'DELETE FROM hourly_revenue WHERE rowid = (SELECT min(rowid) FROM hourly_revenue)'
finds 'a row that is gone' '^gold.db: row: hourly_revenue: .*no row'
change "INSERT INTO daily_user_activity (event_date, total_events) VALUES ('2020-01-01', 1)"
finds 'one too many' '^gold.db: rows: daily_user_activity: '
change 'INSERT INTO hourly_revenue SELECT * FROM hourly_revenue WHERE rowid = (SELECT min(rowid) FROM hourly_revenue)'
finds 'one twice' '^gold.db: row: hourly_revenue: .*more than one'
change 'DROP TABLE product_popularity'
finds 'a table that is gone' '^gold.db: table: .*product_popularity'
change "UPDATE lake_group SET measures = zeroblob(length(measures)) WHERE key = (SELECT min(key) FROM lake_group)"
finds 'a state that is another' '^gold.db: state: '
change 'DELETE FROM lake_group WHERE key = (SELECT max(key) FROM lake_group)'
finds 'one that is gone' '^gold.db: state: .*nothing is kept'
change "INSERT INTO lake_group SELECT definition, key || x'00', id, measures FROM lake_group LIMIT 1"
finds 'one too many' '^gold.db: state: .*no such group'
change "UPDATE lake_distinct SET ids = substr(ids, 1, length(ids) - 16) || x'0000000000000000' || substr(ids, -8)
	WHERE id = 1"
finds 'an id that is another' '^gold.db: ids: '
change 'DELETE FROM lake_distinct WHERE id = 1'
finds 'ids that are gone' '^gold.db: ids: '
change 'INSERT INTO lake_distinct SELECT 9999, 9999, measure, run, chunk, n, first, last, ids FROM lake_distinct LIMIT 1'
finds 'ids of nothing' '^gold.db: ids: .*no group'
change "UPDATE lake_partition SET rows = rows + 1"
finds 'a partition that is not as the catalog has it' '^gold.db: catalog: lake_partition: silver event_date='
change "UPDATE lake_table SET min_time = '2025-01-01T00:00:00.000000Z' WHERE name = 'silver'"
finds 'a table that is not' '^gold.db: catalog: lake_table: silver:'
change "UPDATE lake_table SET rows = 1 WHERE name = 'hourly_revenue'"
finds 'one of Gold' '^gold.db: catalog: lake_table: hourly_revenue:'
change "DELETE FROM lake_table WHERE name = 'hourly_revenue'"
finds 'or that is not in it' '^gold.db: catalog: lake_table: hourly_revenue:'
change "UPDATE lake_column SET type = 'int64' WHERE name = 'price'"
finds 'a column of Silver with another type' '^gold.db: catalog: lake_column: silver price int64:'
change "DELETE FROM lake_column WHERE table_name = 'silver' AND name = 'price'"
finds 'or that is not there' '^gold.db: catalog: lake_column: silver'
change "UPDATE lake_column SET name = 'other' WHERE name = 'view_count'"
finds 'one of Gold' '^gold.db: catalog: lake_column: product_funnel view_count:'
change "UPDATE lake_file SET max_time = min_time WHERE path = '${silver#lake/}'"
finds 'another time of a file' "^${silver#lake/}: times: "
echo '-- changed' >>lake/schemas/gold/hourly_revenue.sql
finds 'a definition that was changed since' '^schemas/gold: definition: .*hourly_revenue'
rm "$silver" && change 'UPDATE product_funnel SET view_count = 0'
finds 'without all of Silver Gold is not compared' '^gold.db: gold: '
change 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
page=$(sqlite3 -readonly lake/gold.db "SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_lake_distinct_1'")
[ -z "$page" ] || dd if=/dev/zero of=lake/gold.db bs="$(sqlite3 -readonly lake/gold.db 'PRAGMA page_size')" seek=$((page - 1)) count=1 conv=notrunc 2>/dev/null
finds 'a damaged database' '^gold.db: database: '

# --- copies, files kept in part, upgrades; other people

zcat "$bronze" | gzip -1 >lake/bronze/copy.jsonl.gz
evgen -R 3 -T 2025-11-01 -E 5000 part >/dev/null
head -c 30000 "$(find part/bronze -name '*.gz')" >lake/bronze/part.jsonl.gz
exits 0 'a copy, and a file that breaks off' etl -k lake
exits 0 'are clean' evmark verify -c lake
is "$(cat out)" '' 'in all respects'
rm -rf lake/silver lake/quarantine
exits 1 'nothing left of Silver' evmark verify lake
is "$(grep -c ': missing: ' out)" "$(sqlite3 -readonly lake/gold.db 'SELECT count(*) FROM lake_file')" 'is all missing'
if can_be_nobody; then
	exits 0 'no write permission is needed' as_nobody evmark verify kept
fi
done_testing
