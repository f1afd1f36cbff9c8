#!/bin/sh
# The published tables: those of Gold, of one moment, in a file of their own.
. "$(dirname "$0")/lib.sh"
have sqlite3 || skip_all 'sqlite3 is not installed'

ask() { sqlite3 -readonly "$1/gold.db" "$2"; }
made() { evgen -B 5 -E 2000 "$@" >/dev/null; }

made -C 3 lake
etl -q lake
echo 'SELECT event_type, count(*) AS events FROM silver GROUP BY event_type' >lake/schemas/gold/by_type.sql
rm lake/schemas/gold/product_popularity.sql
exits 0 'a lake with tables of its own' etl -q lake rebuild

exits 0 'publish' publish lake out.db
is "$(sqlite3 -readonly out.db 'PRAGMA journal_mode; PRAGMA integrity_check; PRAGMA user_version')" \
	"$(printf 'delete\nok\n%s' "$(ask lake "SELECT value FROM lake_meta WHERE key = 'gold_run'")")" 'a database without a log, of that run'
is "$(sqlite3 -readonly out.db "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1" | xargs)" 'by_type category_daily_performance daily_user_activity hourly_revenue product_funnel' \
	'with these tables'
for table in by_type category_daily_performance daily_user_activity hourly_revenue product_funnel; do
	is "$(sqlite3 -readonly out.db "SELECT * FROM $table ORDER BY 1, 2")" "$(ask lake "SELECT * FROM $table ORDER BY 1, 2")" "$table"
done
is "$(echo out.db*)" out.db 'and nothing beside it'
(umask 027 && publish lake out.db)
is "$(stat -c %a out.db)" 640 'it may be read by whom the umask says'
(umask 002 && publish lake out.db)
is "$(stat -c %a out.db)" 664 'and written'
mkdir "o'dd %?#lake" && cp -a lake/. "o'dd %?#lake"
exits 0 'odd names' publish "o'dd %?#lake" "o'ut #1.db"
is "$(sqlite3 -readonly "o'ut #1.db" 'SELECT count(*) > 0 FROM product_funnel')" 1 'are names too'
for why in journal wal; do
	: >"out.db-$why"
	exits 1 "beside a $why" publish lake out.db
	rm "out.db-$why"
done
exits 1 'over a lake' publish lake lake/gold.db
cp lake/gold.db copy.db
exits 1 'or a copy of one' publish lake copy.db
exits 1 'over a folder' publish lake .
exits 1 'no lake' publish nothing out.db
exits 4 'into no folder' publish lake nothing/out.db
exits 2 'no file' publish lake
is "$(echo ./*.tmp)" './*.tmp' 'nothing is left behind'

# What is published while runs go on is what one of them has left.
rm -rf lake
made -C 12 new
mkdir -p lake/bronze
(
	for file in $(cd new && find bronze -type f | sort); do
		mkdir -p "lake/$(dirname "$file")"
		mv "new/$file" "lake/$file"
		etl -q lake || exit 1
	done
	: >loaded
) 2>load.err &
while [ ! -f lake/gold.db ]; do kill -0 $! || break; done
n=0 bad=0
until [ -f loaded ]; do
	kill -0 $! 2>/dev/null || break
	publish lake now.db 2>err || { [ -f now.db ] || continue; bad=$((bad + 1)); cat err >&2; }
	n=$((n + 1))
	sqlite3 -readonly now.db 'PRAGMA user_version; SELECT coalesce(sum(total_events), 0) FROM daily_user_activity' | xargs >>published
done
wait
ok 'all is loaded' [ -f loaded ]
ok "and was published meanwhile, $n times" [ "$n" -gt 0 ]
is "$bad" 0 'without a failure'
sort -u published | while read -r run events; do
	[ "$(ask lake "SELECT sum(rows) FROM lake_run WHERE run <= $run")" = "$events" ] || echo "run $run: $events"
done >wrong
is "$(cat wrong)" '' 'each time as a run had left it'
done_testing
