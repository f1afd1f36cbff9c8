#!/bin/sh
# Gold of a million events, one line in 33 of them bad or odd, is what SQLite's JSON functions and plain SQL
# make of the same lines, to the last bit.
. "$(dirname "$0")/lib.sh"
have perl sqlite3 || skip_all 'perl or sqlite3 is not installed'

events=250000
case $B in *-address*) events=10000 ;; esac

evgen -B 3 -C 4 -I 720 -E $events lake >made.tsv
exits 0 'the pipe' etl lake

# --- what is in quarantine

find lake/quarantine -name '*.tsv.gz' | sort | while read -r file; do
	zcat "$file"
done | cut -f 1-5 >rejects.tsv
sed 1d made.tsv | cut -f 1 >sources
is "$(cut -f 3 rejects.tsv | sort -u)" "$(sort sources)" 'the quarantine is of these sources'
awk -F '\t' 'NR == 1 { for (i = 5; i <= NF; i++) reason[i] = $i }
	NR > 1 { for (i = 5; i <= NF; i++) if ($i > 0) print $1, reason[i], $i }' made.tsv | sort >expected
cut -f 1,3 rejects.tsv | sort | uniq -c | awk '{ print $3, $2, $1 }' | sort >got
same got expected 'and has as many lines by source and reason as evgen made'

# --- the oracle

n=0
while read -r source; do
	n=$((n + 1))
	zcat "lake/$source" | perl "$T/oracle/lines.pl" $n
done <sources >lines
awk -F '\t' 'NR == FNR { id[$1] = NR; next } { print id[$3] "\037" $4 }' sources rejects.tsv >bad
sqlite3 oracle.db >counts <<END
PRAGMA journal_mode = off;
PRAGMA synchronous = off;
CREATE TABLE line (source INTEGER, line INTEGER, raw TEXT);
CREATE TABLE bad (source INTEGER, line INTEGER);
.mode ascii
.separator "\\037" "\\n"
.import lines line
.import bad bad
.mode list
.separator " "
SELECT count(*), count(DISTINCT source) FROM line;
SELECT count(*), count(DISTINCT source || ':' || line) FROM bad;
.read '$T/oracle/events.sql'
SELECT count(*) FROM event;
SELECT max(n) FROM (SELECT count(*) AS n FROM member GROUP BY source, line, key);
SELECT count(*) > 0 FROM special;
.read '$T/oracle/gold.sql'
END
sum() { # COLUMN ...: of evgen's table
	awk -F '\t' -v columns="$*" 'BEGIN { n = split(columns, c, " ") }
		NR > 1 { for (i = 1; i <= n; i++) s += $c[i] } END { print s }' made.tsv
}
rejects=$(($(sum 2) - $(sum 3 4)))
is "$(cat counts)" "off
$(sum 2) 4
$rejects $rejects
$(sum 3)
2
1" 'each line is bad, blank or an event of the oracle, once'

# --- table by table

for table in product_funnel hourly_revenue product_popularity category_daily_performance daily_user_activity; do
	columns=$(sqlite3 oracle.db "SELECT group_concat(name) FROM pragma_table_info('oracle_$table')")
	types=$(echo "typeof($columns)" | sed 's/,/), typeof(/g')
	is "$(sqlite3 lake/gold.db "SELECT group_concat(name) FROM pragma_table_info('$table')")" "$columns" \
		"$table: its columns"
	sqlite3 oracle.db >got <<END
ATTACH 'file:lake/gold.db?mode=ro' AS gold;
CREATE TEMP VIEW a AS SELECT $columns, $types FROM main.oracle_$table;
CREATE TEMP VIEW b AS SELECT $columns, $types FROM gold.$table;
SELECT 'missing', * FROM (SELECT * FROM a EXCEPT SELECT * FROM b) LIMIT 3;
SELECT 'wrong', * FROM (SELECT * FROM b EXCEPT SELECT * FROM a) LIMIT 3;
SELECT 'rows', (SELECT count(*) FROM a) = (SELECT count(*) FROM b), (SELECT count(*) FROM b) > 1;
END
	is "$(cat got)" 'rows|1|1' "$table: the same rows, values and types"
done
done_testing
