#!/bin/sh
# No line is lost: each is an event, blank, or in quarantine with its reason, place and bytes. And a producer
# that has changed does not eat the lake.
. "$(dirname "$0")/lib.sh"
have perl sqlite3 || skip_all 'perl or sqlite3 is not installed'

gold() { # LAKE SQL
	sqlite3 -readonly "$1/gold.db" "$2"
}

dump() { # LAKE
	sqlite3 -readonly "$1/gold.db" ".read '$T/oracle/state.sql'" ".read '$T/oracle/ledger.sql'"
}

quarantine() { # LAKE
	find "$1/quarantine" -name '*.tsv.gz' | sort | while read -r file; do
		zcat "$file"
	done
}

# --- every line of a lake

evgen -B 16 -C 3 -E 20000 -I 720 lake >made.tsv
odd=$(printf 'bronze/an odd\ttab\\and a \302\240 space')
printf 'nothing\n{"user_id": 1}\t\\t\r\n\t\r\n{}' >"lake/$odd"
exits 0 'the pipe' etl -x 100 lake

is "$(gold lake 'SELECT count(*), sum(lines = kept + rejected + blank) FROM lake_source')" '4|4' \
	'lines = kept + rejected + blank for each source'
is "$(gold lake "SELECT lines, kept, rejected, blank FROM lake_source WHERE path LIKE '%odd%'")" '4|0|3|1' \
	'also for one that has nothing good'
is "$(gold lake "SELECT path, lines, kept, rejected, blank FROM lake_source WHERE path NOT LIKE '%odd%' ORDER BY path")" \
	"$(awk -F '\t' 'NR > 1 { print $1 "|" $2 "|" $3 "|" $2 - $3 - $4 "|" $4 }' made.tsv)" \
	'each source has as many of each as evgen made'

is "$(gold lake 'PRAGMA integrity_check')" ok 'gold.db is whole'

quarantine lake >rows
is "$(perl "$T/oracle/quarantine.pl" lake lines <rows)" "$(gold lake 'SELECT sum(rejected) FROM lake_source') rows" \
	'each rejected line is in quarantine: reason, field, source, line, offset and raw bytes'
cut -f 6- rows >raw
same raw lines 'cut -f 6- gives the lines back'
cut -f 1,2 rows | sort | uniq -c | awk '{ print $2 "|" $3 "|" $1 }' | sed 's/bytes=[^|]*//' | sort |
	awk -F '|' '{ n[$1 "|" $2] += $3 } END { for (r in n) print r "|" n[r] }' | sort >got
gold lake "SELECT reason, CASE WHEN reason = 'line_too_long' THEN '' ELSE field END, sum(rejects) FROM lake_reject
	GROUP BY 1, 2 ORDER BY 1, 2" | sort >expected
same got expected 'as many by reason and field as the ledger counts'
awk -F '\t' 'NR == 1 { for (i = 5; i <= NF; i++) reason[i] = $i }
	NR > 1 { for (i = 5; i <= NF; i++) if ($i > 0) print $1 "|" reason[i] "|" $i }' made.tsv | sort >expected
gold lake "SELECT source, reason, sum(rejects) FROM lake_reject WHERE source NOT LIKE '%odd%' GROUP BY 1, 2" | sort >got
same got expected 'and as many by source and reason as evgen made'
gold lake "SELECT source, reason, min(first_line) FROM lake_reject WHERE source NOT LIKE '%odd%' GROUP BY 1, 2" | sort >got
cut -f 1,3,4 rows | grep -v odd | awk -F '\t' '{ k = $2 "|" $1; if (!(k in n) || $3 < n[k]) n[k] = $3 }
	END { for (k in n) print k "|" n[k] }' | sort >expected
same got expected 'the first of each kind is where the ledger says'

# --- a changed producer

changed=bronze/year=2025/month=12/day=09/hour=00/minute=00/changed.jsonl.gz
evgen -C 1 -E 2000 other >/dev/null
mkdir -p "lake/${changed%/*}"
find other -name '*.gz' -exec zcat {} + | sed 's/"price": \([0-9.]*\),/"price": "\1",/' | gzip >"lake/$changed"
bad=$(zcat "lake/$changed" | grep -c '"price": "')
dump lake >before
find lake/silver lake/quarantine -type f | sort >files
exits 1 'prices as strings are refused' etl lake
is "$(wc -l <err)" 1 'in one line'
for said in "$changed" "$bad of 2000 lines" bad_price "$changed:$(zcat "lake/$changed" | grep -n -m 1 '"price": "' |
	cut -d : -f 1):" '-x 100'; do
	ok "which says $said" grep -qF -e "$said" err
done
dump lake >after
same after before 'nothing is committed'
find lake/silver lake/quarantine -type f | sort | cmp - files
is $? 0 'no file has come'
is "$(gold lake 'SELECT count(*) FROM lake_attempt WHERE status = 1')" 1 'but the attempt is remembered'

exits 0 'with -x 100 it is taken' etl -x 100 lake
is "$(gold lake "SELECT lines, kept, rejected, blank FROM lake_source WHERE path = '$changed'")" \
	"2000|$((2000 - bad))|$bad|0" 'without its bad lines'
quarantine lake >rows
is "$(perl "$T/oracle/quarantine.pl" lake lines <rows)" "$(gold lake 'SELECT sum(rejected) FROM lake_source') rows" \
	'which are in quarantine with the others'
done_testing
