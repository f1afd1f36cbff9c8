#!/bin/sh
# Events of another shape, read by the schema alone: other keys, in objects within the line, times in milliseconds,
# prices in strings. The same events in both shapes, one in 10 of them bad or odd, give the same.
. "$(dirname "$0")/lib.sh"
have sqlite3 perl || skip_all 'sqlite3 or perl is not installed'

events=20000
case $B in *-address*) events=4000 ;; esac

state() { sqlite3 -readonly "$1/gold.db" ".read '$T/oracle/state.sql'"; }
verdicts() { zcat "$1"/quarantine/*/*.gz | cut -f 1,2,3,4 | sort; }
sources() { sqlite3 -readonly "$1/gold.db" 'SELECT path, lines, kept, rejected, blank, status FROM lake_source ORDER BY path'; }
# What a row has, times in milliseconds.
rows() { evcat -f tsv "$1/silver" | sed 's/^\([^.	]*\....\)[0-9]*Z/\1Z/' | sort; }

# --- the same events

evgen -B 10 -C 4 -I 720 -E $events plain >/dev/null
for file in $(cd plain && find bronze -name '*.gz'); do
	mkdir -p "shape/$(dirname "$file")"
	zcat "plain/$file" | perl "$T/oracle/shape.pl" | gzip -n1 >"shape/$file"
done
mkdir shape/schemas
cp "$T/data/shape.json" shape/schemas/event.json
is "$(zcat shape/bronze/*/*/*/*/*/*.gz | grep -c '"timestamp"\|"user_id"' | awk '{ print ($1 < 4 * '$events' / 30) }')" 1 \
	'few lines are left as they were'
exits 0 'events as they are' etl -q -x 100 plain
exits 0 'events of another shape' etl -q -x 100 shape
state plain >expected
state shape >got
ok 'there is something in Gold' test "$(wc -l <expected)" -gt 1000
same got expected 'Gold is the same'
sources plain >expected
sources shape >got
same got expected 'so are the counts of each file'
verdicts plain >expected
verdicts shape >got
ok 'some lines are bad' test "$(wc -l <expected)" -gt $((events / 10))
same got expected 'each for the same reason, by line'
rows plain >expected
rows shape >got
same got expected 'row by row, Silver is the same'
done_testing
