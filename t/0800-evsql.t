#!/bin/sh
# evsql: any question to a lake. Answers are those of sqlite3 over the same rows; and what need not be read is not.
. "$(dirname "$0")/lib.sh"
have sqlite3 || skip_all 'sqlite3 is not installed'

evgen -B 10 -C 6 -E 20000 -I 720 lake >made.tsv
exits 0 'the pipe' etl lake

# --- the same rows in SQLite

evcat -f jsonl lake/silver >silver.jsonl
sqlite3 oracle.db <<END
CREATE TABLE line (json TEXT);
.mode ascii
.separator "\\037" "\\n"
.import silver.jsonl line
CREATE TABLE silver (timestamp TEXT, user_id TEXT, session_id TEXT, event_type TEXT, product_id TEXT,
 quantity INTEGER, price REAL, category TEXT, search_query TEXT, line INTEGER, event_date TEXT,
 event_hour INTEGER, revenue REAL, source TEXT);
INSERT INTO silver SELECT json->>'timestamp', json->>'user_id', json->>'session_id', json->>'event_type',
 json->>'product_id', json->>'quantity', json->>'price', json->>'category', json->>'search_query', json->>'line',
 json->>'event_date', json->>'event_hour', json->>'revenue', json->>'source' FROM line;
END
ok 'there are rows' test "$(sqlite3 oracle.db 'SELECT count(*) FROM silver')" -gt 100000

# A question for each line.
n=0
while read -r question; do
	n=$((n + 1))
	sqlite3 -csv -header oracle.db "$question" | tr -d '\r"' >expected 2>&1
	evsql -f csv lake "$question" 2>&1 | tr -d '"' >got
	same got expected "$n: $question"
done <"$T/data/questions"

# --- what is read

# took QUESTION: the figures that -v gives: files, of files, bytes, of bytes.
took() {
	evsql -v lake "$1" 2>&1 >/dev/null |
		sed -n 's/.*; read \([0-9]*\) of \([0-9]*\) files, \([0-9]*\) of \([0-9]*\) bytes$/\1 \2 \3 \4/p'
}
# footers FILE ...: the bytes of their footers.
footers() {
	for file; do tail -c 8 "$file" | head -c 4 | od -A n -t u4; done | awk '{ s += $1 } END { print s }'
}
files=$(find lake/silver -name '*.parquet' | wc -l)
day=$(find lake/silver/event_date=2025-12-07 -name '*.parquet' | wc -l)
bytes=$(cat lake/silver/*/*.parquet | wc -c)
ok 'there are files of other days' test "$day" -lt "$files"
is "$(took 'SELECT event_date, count(*) FROM silver GROUP BY 1')" "$files $files $(footers lake/silver/*/*.parquet) $bytes" \
	'a count by date reads the footers'
is "$(took "SELECT count(*) FROM silver WHERE event_date = '2025-12-07'")" \
	"$day $files $(footers lake/silver/event_date=2025-12-07/*) $bytes" 'and of one date those of its files'
is "$(took "SELECT * FROM silver WHERE event_date < '2025'")" "0 $files 0 $bytes" 'of no date nothing'
is "$(took "SELECT * FROM silver WHERE event_date IN ('2025-12-07', 'x') AND line > 0" | cut -d ' ' -f 1)" "$day" 'IN is a list of dates'
is "$(took "SELECT * FROM silver WHERE line > 1000000000" | cut -d ' ' -f 3)" "$(footers lake/silver/*/*.parquet)" \
	'what statistics rule out is not read'
is "$(took "SELECT * FROM silver WHERE timestamp < '2025'" | cut -d ' ' -f 3)" "$(footers lake/silver/*/*.parquet)" \
	'times too'
is "$(took "SELECT * FROM silver WHERE source >= 'c' AND price > 5" | cut -d ' ' -f 3)" "$(footers lake/silver/*/*.parquet)" \
	'and texts'
all=$(took 'SELECT * FROM silver' | cut -d ' ' -f 3)
price=$(took "SELECT max(price) FROM silver" | cut -d " " -f 3)
user=$(took "SELECT max(user_id) FROM silver" | cut -d ' ' -f 3)
both=$(took "SELECT max(user_id), max(price) FROM silver" | cut -d " " -f 3)
feet=$(footers lake/silver/*/*.parquet)
ok 'one column is a small part of all' test $((price * 5)) -lt "$all"
is "$both" $((price + user - feet)) 'two columns are what they are'
ok 'no more is read than there is' test "$all" -le "$bytes"
is "$(took "SELECT count(*) FROM silver WHERE event_date = '2025-12-07' AND price > 250" | cut -d ' ' -f 1)" "$day" \
	'a column of a day is read from the files of that day'
is "$(took 'SELECT * FROM daily_user_activity')" '0 0 0 0' 'Gold reads no Silver'

# --- the limit

exits 0 'what a query reads may be the limit' evsql -l "$price" lake 'SELECT max(price) FROM silver'
exits 1 'one byte less is refused' evsql -l $((price - 1)) lake 'SELECT max(price) FROM silver'
ok 'and how much it wanted is said' grep -q "$price" err
is "$(cat out)" '' 'nothing is answered'

# --- earlier runs

mkdir -p grows/bronze
ls lake/bronze >/dev/null
find lake/bronze -name '*.gz' | sort | head -n 2 | while read -r file; do cp "$file" grows/bronze; done
exits 0 'a run' etl grows
first=$(evsql -f csv grows 'SELECT count(*), max(timestamp) FROM silver')
find lake/bronze -name '*.gz' | sort | tail -n 2 | while read -r file; do cp "$file" grows/bronze; done
exits 0 'another' etl grows
ok 'Silver has grown' test "$(evsql -f csv grows 'SELECT count(*), max(timestamp) FROM silver')" != "$first"
is "$(evsql -r 1 -f csv grows 'SELECT count(*), max(timestamp) FROM silver')" "$first" 'as of the first run it is what it was'
sh -c 'evmark rewind grows 1 | evcat | evclean | evsilver | evgold' 2>err || fail 'rewind'
is "$(evsql -f csv grows 'SELECT count(*), max(timestamp) FROM silver')" "$first" 'rewound, too'
ok 'and as of the second it is more' test "$(evsql -r 2 -f csv grows 'SELECT count(*), max(timestamp) FROM silver')" != "$first"
exits 2 'a run that has not been' evsql -r 99 grows 'SELECT count(*) FROM silver'

# --- parameters

is "$(evsql -f csv -d day=2025-12-07 -d least=250 lake "SELECT count(*) FROM silver WHERE event_date = :day AND price > :least")" \
	"$(evsql -f csv lake "SELECT count(*) FROM silver WHERE event_date = '2025-12-07' AND price > 250")" 'names have values'
# shellcheck disable=SC2016 # $b is for SQL
is "$(evsql -f jsonl -d a=1 -d b=007 -d c=1.5 -d d=1e5 -d "e=x' y" -d f= -d g=-3 -d h=1.50 lake 'SELECT :a AS a, $b AS b, @c AS c, :d AS d, :e AS e, :f AS f, :g AS g, :h AS h')" \
	'{"a":1,"b":"007","c":1.5,"d":"1e5","e":"x'"'"' y","f":"","g":-3,"h":"1.50"}' 'numbers are numbers when they are written as such'
exits 2 'a name without a value' evsql lake 'SELECT :a'
exits 2 'a value without a name' evsql -d a=1 lake 'SELECT 1'
exits 2 'no name' evsql -d a lake 'SELECT 1'
exits 2 'a parameter without a name' evsql -d a=1 lake 'SELECT ?'

# --- formats, statements

question="SELECT 1 AS a, 0.1 AS b, 'x,y' AS c, NULL AS d, '' AS e, x'00ff' AS f, 2.0 AS g, '3' AS h"
is "$(evsql lake "$question")" 'a    b  c    d  e  f       g  h
1  0.1  x,y        00ff  2.0  3' 'a table'
is "$(evsql -f csv lake "$question")" 'a,b,c,d,e,f,g,h
1,0.1,"x,y",,"",00ff,2.0,3' 'csv'
is "$(evsql -f tsv lake "$question" | tail -n 1 | tr '\t' '|')" '1|0.1|x,y|||00ff|2.0|3' 'tsv'
is "$(evsql -f jsonl lake "$question")" '{"a":1,"b":0.1,"c":"x,y","d":null,"e":"","f":"00ff","g":2.0,"h":"3"}' 'jsonl'
is "$(evsql -f csv lake 'SELECT 1.0 / 3 AS x, 1e300 * 1e10 AS y, 123456789012345678 AS z')" 'x,y,z
0.3333333333333333,Inf,123456789012345678' 'numbers with all their digits'
is "$(evsql -f csv lake 'SELECT 1 AS a; -- and
	SELECT 2 AS b;;')" 'a
1
b
2' 'several statements'
is "$(echo 'SELECT 1 AS a' | evsql -f csv lake)" 'a
1' 'SQL from standard input'
is "$(evsql -f csv lake 'SELECT 1 AS a WHERE 0')" 'a' 'no rows'
exits 2 'another format' evsql -f ev lake 'SELECT 1'
exits 2 'no lake' evsql
exits 2 'what is no SQL' evsql lake 'SELEC 1'
exits 2 'no such column' evsql lake 'SELECT nope FROM silver'
exits 2 'a quoted text is no column' evsql lake 'SELECT "nope" FROM silver'
exits 3 'what is no lake' evsql "$W/lake/silver" 'SELECT 1'
mkdir -p new/bronze
is "$(evsql -f csv new 'SELECT count(*) AS n FROM silver')" 'n
0' 'a lake that nothing has been committed to'
ok 'it stays one' test ! -e new/gold.db
is "$(evsql -f csv lake 'SELECT sum(kept) FROM lake_source WHERE end_run IS NULL' | tail -n 1)" \
	"$(evsql -f csv lake 'SELECT count(*) FROM silver' | tail -n 1)" 'the ledger is there'
is "$(evsql -f csv lake 'SELECT event_date, total_events FROM daily_user_activity ORDER BY 1' | tail -n +2)" \
	"$(evsql -f csv lake 'SELECT event_date, count(*) FROM silver GROUP BY 1 ORDER BY 1' | tail -n +2)" 'and Gold'

# --- it only reads

cp lake/gold.db before
for statement in 'DELETE FROM daily_user_activity' 'DROP TABLE hourly_revenue' 'DELETE FROM silver' 'CREATE TABLE x (a)' \
	'CREATE TEMP TABLE x (a)' "ATTACH 'other.db' AS other" 'DETACH main' 'BEGIN' 'COMMIT' 'PRAGMA query_only = 0' \
	'PRAGMA journal_mode = DELETE' "SELECT load_extension('x')" 'SAVEPOINT x' "INSERT INTO silver (line) VALUES (1)"; do
	exits 2 "$statement" evsql lake "$statement"
done
same lake/gold.db before 'gold.db is as it was'
ok 'no other database has been made' test ! -e other.db

# --- files that are damaged, or gone

cp -R lake broken
file=$(find broken/silver -name '*.parquet' | sort | head -n 1)
middle=$(($(wc -c <"$file") / 2))
printf 'xxxxxxxxxxxxxxxx' | dd of="$file" bs=1 seek=$middle conv=notrunc 2>err
exits 3 'a damaged file' evsql broken 'SELECT * FROM silver'
ok 'its name is said' grep -q "$(basename "$file")" err
ok 'and the column' grep -q ': column [a-z_]*: ' err
exits 3 'the same from the shell of sqlite3' sh -c "evsql broken 'SELECT * FROM silver' >/dev/null"
rm "$file"
exits 4 'a file that is gone' evsql broken 'SELECT * FROM silver'
exits 0 'which does not matter to who asks for another day' evsql broken "SELECT count(*) FROM silver WHERE event_date = '2025-12-08'"
echo 'CREATE TABLE silver (a); INSERT INTO silver VALUES (1); CREATE VIEW v AS SELECT count(*) AS n FROM silver' |
	sqlite3 broken/gold.db
exits 0 'a table that is called silver' evsql broken "SELECT price FROM silver WHERE event_date = '2025-12-08' LIMIT 1"
exits 2 'a view that a database brings along is not looked into' evsql broken 'SELECT * FROM v'
echo "UPDATE lake_file SET path = '../../lake/' || path WHERE layer = 'silver'" | sqlite3 broken/gold.db
exits 3 'a ledger that leads out of the lake' evsql broken "SELECT count(*) FROM silver WHERE event_date = '2025-12-08'"
exits 4 'a full disk' sh -c "evsql lake 'SELECT * FROM silver' >/dev/full"
done_testing
