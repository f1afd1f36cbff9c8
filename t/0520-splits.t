#!/bin/sh
# Any split of the same events into runs, files and orders gives the same Gold and the same state.
. "$(dirname "$0")/lib.sh"
have sqlite3 perl || skip_all 'sqlite3 or perl is not installed'

events=20000
case $B in *-address*) events=3000 ;; esac

state() { # LAKE
	sqlite3 -readonly "$1/gold.db" ".read '$T/oracle/state.sql'"
}

evgen -B 5 -C 12 -I 360 -E $events -P 500 all >made.tsv
sed 1d made.tsv | cut -f 1 >sources
exits 0 'all in one run' etl all
state all >all.state
for what in category_daily_performance daily_user_activity hourly_revenue product_funnel product_popularity \
	definition group id; do
	ok "there is something of $what to compare" grep -q "^'$what'" all.state
done
is "$(grep -c "^'damaged'" all.state)" 0 'each row of ids is whole'
ok 'more than two days' test "$(grep -c "^'daily_user_activity'" all.state)" -gt 2

# --- one file at a time, in no order: most of them are late files for an earlier day

mkdir -p split/bronze
n=0
for i in 7 12 3 10 1 5 11 2 8 6 9 4; do
	source=$(sed -n ${i}p sources)
	mkdir -p "split/$(dirname "$source")"
	cp "all/$source" "split/$source"
	etl split || fail "run with file $i"
	n=$((n + 1))
	is "$(sqlite3 -readonly split/gold.db 'SELECT count(*), max(run) FROM lake_run WHERE sources = 1')" "$n|$n" \
		"file $i is run $n"
done
state split >split.state
same split.state all.state 'twelve runs, shuffled: the same Gold and state'
is "$(sqlite3 -readonly split/gold.db 'SELECT path, content, lines, kept, rejected, blank FROM lake_source')" \
	"$(sqlite3 -readonly all/gold.db 'SELECT path, content, lines, kept, rejected, blank FROM lake_source')" \
	'and the same marks'
exits 0 'once more: nothing is new' etl split
state split >again.state
same again.state all.state 'and nothing has changed'

# --- other files of the same lines

mkdir -p reversed/bronze other/bronze
while read -r source; do
	zcat "all/$source" | perl -pe 's/^\xef\xbb\xbf// if $. == 1; s/\n?\z/\n/'
done <sources >lines
tac lines | gzip -1 >reversed/bronze/reversed.gz
exits 0 'all lines in one file, the last first' etl reversed
state reversed >reversed.state
same reversed.state all.state 'the same Gold and state'

for i in 2 0 1; do
	awk -v i=$i 'NR % 3 == i' lines >other/bronze/third-$i
	etl other || fail "run with third $i"
done
state other >other.state
same other.state all.state 'every third line in a run of its own: the same Gold and state'
done_testing
