#!/bin/sh
# A run in parts: every part once or nothing, and the same Gold as in one piece.
. "$(dirname "$0")/lib.sh"

tables='product_funnel hourly_revenue product_popularity category_daily_performance daily_user_activity'
gold() { # of a lake: its tables and what they are made of
	for table in $tables; do
		sqlite3 "$1/gold.db" "SELECT * FROM $table ORDER BY 1, 2"
	done
	sqlite3 "$1/gold.db" 'SELECT definition, hex(key), hex(measures) FROM lake_group ORDER BY 1, 2'
}

part() { # K/N PLAN
	evcat -s "$1" "$2" | evclean -q | evsilver | evgold -p
}

evgen -B 2 -C 5 -E 3000,9000 -I 600 one >/dev/null
cp -r one many
cp -r one third
exits 0 'one piece' etl -q -j 1 one
exits 0 'four jobs' etl -q -j 4 many
gold one >one.gold
gold many >many.gold
same one.gold many.gold 'the same Gold, and the same state'
is "$(sqlite3 many/gold.db 'SELECT count(*), sum(sources) FROM lake_run')" '1|5' 'in one run'
is "$(ls many/staging)" '' 'and nothing stays in staging'
is "$(sqlite3 one/gold.db 'SELECT * FROM lake_reject ORDER BY 1, 2, 3, 4' | cut -d '|' -f 2-)" \
	"$(sqlite3 many/gold.db 'SELECT * FROM lake_reject ORDER BY 1, 2, 3, 4' | cut -d '|' -f 2-)" 'the same rejects'

evmark pending third >plan
for k in 1 2 3; do
	part $k/3 plan >$k.ev
done
is "$(for k in 1 2 3; do evcat -s $k/3 plan | evcat -f jsonl 2>/dev/null; done | sort | cksum)" \
	"$(evcat plan | evcat -f jsonl 2>/dev/null | sort | cksum)" 'parts share the files out'
exits 3 'a missing part' sh -c 'cat 1.ev 3.ev | evgold'
is "$(grep -c 'part 2/3 of the run is missing' err)" 1 'is named'
exits 3 'a part twice' sh -c 'cat 1.ev 2.ev 3.ev 2.ev | evgold'
part 2/2 plan >other.ev
exits 3 'a part of another sharing out' sh -c 'cat 1.ev other.ev | evgold'
exits 3 'the whole and a part' sh -c '{ evcat plan | evclean -q | evsilver | evgold -p; cat 1.ev; } | evgold'
head -c 5000 2.ev >cut.ev
exits 4 'a part cut short' sh -c 'cat 1.ev 3.ev cut.ev | evgold'
exits 3 'also before another' sh -c 'cat 1.ev cut.ev 3.ev | evgold'
ok 'nothing is committed by all that' test ! -e third/gold.db
exits 0 'parts in any order' sh -c 'cat 3.ev 1.ev 2.ev | evgold'
gold third >third.gold
same one.gold third.gold 'give the same Gold'

evgen -C 7 -E 1000 -I 600 third >/dev/null 2>&1
evgen -C 2 -E 1000 -R 2 -I 600 -T 2025-12-09T00:00 third >/dev/null
find third/bronze -path '*day=09*' -name '*.gz' | head -n 1 | while read -r f; do
	head -c 500 "$f" >cut.gz
	chmod u+w "$f"
	cp cut.gz "$f"
done
gold third >before
exits 3 'a damaged file in one part' etl -q -j 2 third
is "$(grep -c 'events-' err)" 1 'is named once'
gold third >after
same before after 'and fails them all'

exits 2 'part 0' evcat -s 0/2 plan
exits 2 'part 3 of 2' evcat -s 3/2 plan
exits 2 'no part' evcat -s 2 plan
exits 2 '-s without a plan' evcat -s 1/2 one/bronze
exits 2 'no jobs' etl -j 0 one
done_testing
