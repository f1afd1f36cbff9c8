#!/bin/sh
# evsql over what is not Silver: the files of Bronze, decoded as a run decodes them, and streams.
. "$(dirname "$0")/lib.sh"
have sqlite3 || skip_all 'sqlite3 is not installed'

evgen -B 10 -C 4 -E 20000 -I 720 lake >/dev/null
exits 0 'the pipe' etl lake
ask() { # LAKE SQL
	evsql -f csv "$1" "$2" | tail -n +2
}

# --- Bronze is what Silver will be

columns='timestamp, user_id, session_id, event_type, product_id, quantity, price, category, search_query, line, event_date, event_hour, revenue, source'
ask lake "SELECT $columns FROM silver ORDER BY source, line" >silver
ask lake "SELECT $columns FROM bronze ORDER BY source, line" >bronze
ok 'there are rows' test "$(wc -l <silver)" -gt 50000
same bronze silver 'Bronze has the rows of Silver'
is "$(ask lake 'SELECT count(*) FROM bronze')" "$(wc -l <silver | tr -d ' ')" 'and no more'
is "$(evsql -f csv lake 'SELECT * FROM bronze LIMIT 1' | head -n 1)" \
	'timestamp,user_id,session_id,event_type,product_id,quantity,price,category,search_query' 'what is hidden does not show'
n=0
while read -r question; do
	n=$((n + 1))
	evsql -f csv lake "$question" >expected 2>&1
	evsql -f csv lake "$(echo "$question" | sed 's/FROM silver/FROM bronze/g; s/JOIN silver/JOIN bronze/g; s/SELECT \*/SELECT timestamp, user_id, session_id, event_type, product_id, quantity, price, category, search_query, line, event_date, event_hour, revenue, source/g')" >got 2>&1
	same got expected "$n: $question"
done <"$T/data/questions"

# --- rejects

evmark rejects -f tsv lake | tail -n +2 | awk -F '\t' '{ n[$3] += $5 } END { for (r in n) print r "," n[r] }' | sort >expected
ask lake 'SELECT reason, count(*) FROM bronze WHERE reason IS NOT NULL GROUP BY reason ORDER BY reason' >got
same got expected 'lines that were rejected, by reason, are those that the ledger counts'
find lake/quarantine -name '*.gz' | sort | while read -r file; do zcat "$file"; done |
	awk -F '\t' '{ print $3 "," $4 "," $1 }' | sort >expected
ask lake 'SELECT source, line, reason FROM bronze WHERE reason IS NOT NULL' | sort >got
same got expected 'and they are those in quarantine'
is "$(ask lake 'SELECT count(*) FROM bronze WHERE reason IS NULL')" "$(wc -l <silver | tr -d ' ')" 'the others have no reason'
is "$(ask lake 'SELECT count(*) FROM bronze WHERE reason IS NOT NULL AND (event_type IS NOT NULL OR timestamp IS NOT NULL)')" 0 \
	'of rejects there is nothing else'
is "$(ask lake "SELECT count(*) FROM bronze WHERE reason = 'bad_price' OR line = 1")" \
	"$(ask lake "SELECT sum(reason = 'bad_price') + sum(line = 1 AND reason IS NULL) + sum(line = 1 AND reason <> 'bad_price') FROM bronze WHERE reason IS NOT NULL OR line = 1")" \
	'rows are told apart'

# --- what is read

files=$(find lake/bronze -name '*.gz' | wc -l)
one=$(ask lake 'SELECT min(source) FROM silver')
size=$(wc -c <"lake/$one")
is "$(evsql -v lake "SELECT count(*) FROM bronze WHERE source = '$one'" 2>&1 >/dev/null | sed 's/.*; read//')" \
	" 1 of $files files, $size of $(cat "$(dirname "lake/$one")"/../../../../*/*/*/*/*.gz "$(dirname "lake/$one")"/../../../../*/*/*/*.gz 2>/dev/null | wc -c) bytes" \
	'a source that is named is read alone'
is "$(ask lake "SELECT count(*) FROM bronze WHERE source = '$one'")" "$(ask lake "SELECT count(*) FROM silver WHERE source = '$one'")" 'and has its rows'
is "$(evsql -v lake 'SELECT event_type, count(*) FROM bronze GROUP BY event_type' 2>&1 >/dev/null | sed 's/.*; read //;s/,.*//')" \
	"$files of $files files" 'however many processes read them'
exits 1 'the limit counts' evsql -l 1000 lake 'SELECT count(*) FROM bronze'
is "$(cat out)" '' 'before anything is answered'

# --- archives, maps, damage, what is not loaded yet

mkdir -p other/bronze/in
gzip -cd "lake/$one" | head -n 100 >day.jsonl
tar -cf other/bronze/in/day.tar day.jsonl
printf '%s\n' 'not json' '{"timestamp":"2025-12-07T00:00:00Z","user_id":"u","session_id":"s","event_type":"search"}' >other/bronze/in/b.jsonl
is "$(ask other "SELECT source, count(*), count(reason) FROM bronze WHERE reason IS NULL OR reason <> 'x' GROUP BY source" | sed 's/,[0-9]*,[0-9]*$//')" \
	'bronze/in/b.jsonl
bronze/in/day.tar#day.jsonl' 'members of archives are sources'
is "$(ask other "SELECT count(*) > 50 FROM bronze WHERE source = 'bronze/in/day.tar#day.jsonl'")" 1 'by which they can be asked for'
is "$(ask other "SELECT line, reason FROM bronze WHERE source = 'bronze/in/b.jsonl' AND reason IS NOT NULL")" '1,malformed_json' 'nothing need have been loaded'
ok 'and nothing has been' test ! -e other/gold.db
cp "lake/$one" other/bronze/in/broken.jsonl.gz
printf 'xxxxxxxx' | dd of=other/bronze/in/broken.jsonl.gz bs=1 seek=5000 conv=notrunc 2>err
exits 3 'a damaged file' evsql other 'SELECT count(*) FROM bronze'
ok 'is named' grep -q 'broken.jsonl.gz' err
is "$(wc -l <err)" 1 'once'
exits 3 'row by row, too' evsql other 'SELECT user_id || 1 FROM bronze'
exits 0 'others can be asked' evsql other "SELECT count(*) FROM bronze WHERE source = 'bronze/in/b.jsonl'"
exits 0 'who has seen enough is done' evsql other 'SELECT user_id || 1 FROM bronze LIMIT 1'

# --- streams

evcat "lake/$one" >events.ev
evclean -q <events.ev | evsilver >silver.ev
is "$(ask - "SELECT count(*) FROM silver" <silver.ev)" "$(ask lake "SELECT count(*) FROM silver WHERE source = '$one'")" 'a file that is a stream'
is "$(evcat "lake/$one" | evclean -q | evsilver | ask - 'SELECT event_type, count(*), sum(quantity) FROM silver GROUP BY 1')" \
	"$(ask lake "SELECT event_type, count(*), sum(quantity) FROM silver WHERE source = '$one' GROUP BY 1")" 'a pipe'
is "$(ask - 'SELECT reason, count(*) FROM bronze GROUP BY 1' <events.ev)" \
	"$(ask lake "SELECT reason, count(*) FROM bronze WHERE source = '$one' GROUP BY 1")" 'events are bronze, with their rejects'
is "$(ask - 'SELECT count(*) FROM (SELECT DISTINCT user_id FROM silver WHERE price > 20) JOIN silver USING (user_id)' <silver.ev)" \
	"$(ask lake "SELECT count(*) FROM (SELECT DISTINCT user_id FROM silver WHERE price > 20 AND source = '$one') JOIN silver USING (user_id) WHERE source = '$one'")" \
	'a stream can be asked twice'
is "$(cat silver.ev silver.ev | ask - 'SELECT count(*) FROM silver')" "$((2 * $(ask - 'SELECT count(*) FROM silver' <silver.ev)))" \
	'two streams, one behind the other'
exits 3 'of different columns' sh -c 'cat silver.ev events.ev | evsql - "SELECT count(*) FROM silver"'
exits 2 'silver is not bronze' sh -c 'evsql - "SELECT count(*) FROM bronze" <silver.ev'
exits 2 'there is no Gold in a stream' sh -c 'evsql - "SELECT count(*) FROM lake_run" <silver.ev'
exits 3 'what is no stream' sh -c 'evsql - "SELECT count(*) FROM silver" </etc/passwd'
exits 4 'nothing at all' sh -c 'evsql - "SELECT count(*) FROM silver" </dev/null'
exits 3 'a plan' sh -c 'evmark pending other | evsql - "SELECT count(*) FROM silver"'
exits 3 'a stream that failed' sh -c 'evcat other/bronze/in/broken.jsonl.gz 2>/dev/null | evsql - "SELECT count(*) FROM bronze"'
is "$(cat err)" '' 'of which the stage that failed has told'
head -c 30000 silver.ev >cut.ev
exits 4 'a stream cut short' evsql - 'SELECT count(*) FROM silver' <cut.ev
exits 2 'a stream and no question' sh -c 'evsql - <silver.ev'
done_testing
