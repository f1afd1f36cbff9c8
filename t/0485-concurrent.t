#!/bin/sh
# Any number of pipelines and readers on one lake: each source counts once, losers leave nothing behind, and whoever
# reads sees whole runs.
. "$(dirname "$0")/lib.sh"
have sqlite3 || skip_all 'sqlite3 is not installed'

ask() { sqlite3 -readonly -cmd '.timeout 60000' lake/gold.db "$1"; }
kept() { ask 'SELECT sum(kept) FROM lake_source WHERE end_run IS NULL'; }
# Each source has as many events of a user as it has of everything else that the tables count.
source_of() { # name, user, events
	seq "$3" | sed "s/.*/{\"timestamp\":\"2025-12-07T03:00:00Z\",\"user_id\":\"$2\",\"session_id\":\"s&\",\"event_type\":\"page_view\",\"product_id\":\"p\",\"category\":\"c\"}\\
{\"timestamp\":\"2025-12-07T03:00:00Z\",\"user_id\":\"$2\",\"session_id\":\"s&\",\"event_type\":\"purchase\",\"product_id\":\"p\",\"category\":\"c\",\"quantity\":1,\"price\":2.5}/" >"lake/bronze/$1"
}
pipe_of() { evcat "$1" | evclean | evsilver | evgold; }
staged() { find lake/staging -mindepth 1 | grep -c .; }
# One number for each of the five tables; they are equal when all are of the same run.
totals='SELECT (SELECT coalesce(sum(view_count), 0) FROM product_funnel),
	(SELECT coalesce(sum(purchase_count), 0) FROM hourly_revenue),
	(SELECT coalesce(sum(view_count), 0) FROM product_popularity),
	(SELECT coalesce(sum(purchases), 0) FROM category_daily_performance),
	(SELECT coalesce(sum(total_events), 0) / 2 FROM daily_user_activity),
	(SELECT coalesce(sum(kept), 0) / 2 FROM lake_source WHERE end_run IS NULL)'
sound() {
	exits 0 "$1: the lake is sound" evmark verify -c lake
	is "$(cat out err)" '' "$1: and nothing is left behind"
}

mkdir -p lake/bronze
for i in 1 2 3 4; do source_of $i "u$i" $((100 * i)); done

# --- pipes that know nothing of each other, all planned before the first commit

for i in 1 2 3 4 5 6; do evmark pending lake >$i.ev; done
for i in 1 2 3 4 5 6; do
	{ pipe_of $i.ev 2>$i.err; echo $? >$i.status; } &
done
wait
is "$(sort [1-6].status | tr '\n' ' ')" '0 75 75 75 75 75 ' 'of six pipes for a new lake one commits, the others exit 75'
is "$(kept)" 2000 'each source counts once'
sound 'six pipes'
source_of 5 u5 10
for i in 1 2 3 4 5 6; do evmark pending lake >$i.ev; done
for i in 1 2 3 4 5 6; do
	{ pipe_of $i.ev 2>$i.err; echo $? >$i.status; } &
done
wait
is "$(sort [1-6].status | tr '\n' ' ')" '0 75 75 75 75 75 ' 'of six for one with a history too'
is "$(kept)" 2020 'each source counts once'
is "$(grep -l 'try again' [1-6].err | grep -c .)" 5 'each of the losers says why'
sound 'six more'

# --- plans that overlap

source_of 6 u6 10
evmark pending lake >1.ev
source_of 7 u7 10
evmark pending lake >2.ev
exits 0 'the smaller of two plans' pipe_of 1.ev
exits 75 'the one that it is a part of' pipe_of 2.ev
is "$(staged)" 0 'leaves nothing'
is "$(kept)" 2040 'and counts nothing'
exits 0 'the rest' etl lake
is "$(kept)" 2060 'is for the next'
{ source_of 8 u8 10; gzip -kn lake/bronze/8; }
evmark pending lake >1.ev
exits 75 'copies that show only at the commit' pipe_of 1.ev
is "$(staged)" 0 'leave nothing either'
exits 0 'and the next run' etl lake
is "$(kept)" 2080 'counts one of them'
sound 'plans that overlap'

# --- shards of two runs at once

for i in 10 11 12 13; do source_of $i "u$i" 50; done
evmark pending lake >plan.ev
for run in a b; do
	for k in 1 2; do evcat -s $k/2 plan.ev | evclean | evsilver | evgold -p >$run$k.ev; done
done
exits 0 'two shards' sh -c 'cat a1.ev a2.ev | evgold'
exits 75 'the same two of somebody else' sh -c 'cat b1.ev b2.ev | evgold'
is "$(kept)" 2480 'count once'
sound 'shards'

# --- etl: the lock, and waiting for it

mkfifo held
flock lake/.lock sh -c 'echo held >held; read -r line <held' &
read -r _ <held
exits 75 'while another one runs it leaves at once' etl lake
exits 75 'or when it has waited as long as it was to' etl -w 1 lake
{ etl -q -w 600 lake; echo $? >waited; } &
echo go >held
wait
is "$(cat waited)" 0 'or it comes to its turn'
runs=$(ask 'SELECT count(*) FROM lake_run')
for i in 20 21 22 23; do source_of $i "u$i" 50; done
for i in 1 2 3 4 5 6 7 8; do
	{ etl -q -w 600 lake 2>$i.err; echo $? >$i.status; } &
done
wait
is "$(sort [1-8].status | uniq -c | awk '{ print $1, $2 }')" '8 0' 'eight that wait all come to it'
is "$(ask 'SELECT count(*) FROM lake_run')" $((runs + 8)) 'one by one'
is "$(kept)" 2880 'and each source counts once'
for i in 24 25 26 27; do source_of $i "u$i" 50; done
for i in 1 2 3 4 5 6 7 8; do
	{ etl -q lake 2>$i.err; echo $? >$i.status; } &
done
wait
is "$(sort -u [1-8].status | grep -cv '^0$\|^75$')" 0 'eight that do not wait are done or exit 75'
is "$(kept)" 3280 'and each source counts once'
exits 2 'no time to wait' etl -w soon lake
sound 'sixteen'

# --- readers

is "$(ask "$totals" | tr '|' '\n' | sort -u)" 1640 'all five tables are of the same run'
mkfifo questions
sqlite3 -readonly lake/gold.db <questions >answers &
exec 8>questions
printf '%s;\n' BEGIN "$totals" "SELECT 'asked'" >&8
until grep -q asked answers; do :; done
source_of 30 u30 100
exits 0 'a run while somebody reads' etl lake
printf '%s;\n' "$totals" COMMIT "$totals" >&8
exec 8>&-
wait
is "$(grep -v asked answers | tr '|\n' ' ;')" \
	'1640 1640 1640 1640 1640 1640;1640 1640 1640 1640 1640 1640;1740 1740 1740 1740 1740 1740;' \
	'who reads sees the lake as it was, and then the next run, whole'
for i in 31 32 33 34 35 36; do
	source_of $i "u$i" 10
	etl -q lake
	echo $? >>status
done &
while [ "$(grep -c . status 2>/dev/null)" != 6 ]; do ask "$totals"; done >answers
wait
is "$(sort -u status)" 0 'runs while somebody asks all the time'
is "$(awk -F '|' '$1 != $2 || $1 != $3 || $1 != $4 || $1 != $5 || $1 != $6' answers)" '' 'who sees whole runs only'
if [ "$(id -u)" = 0 ] && can_be_nobody; then
	sums='1800|1800|1800|1800|1800|1800'
	is "$(as_nobody sqlite3 -readonly lake/gold.db "$totals")" "$sums" 'sqlite3 without write permission'
	# A writer at work in the index of the log, for as long as its header says nothing; somebody else holds it open.
	mkfifo hold
	sqlite3 lake/gold.db <hold >/dev/null &
	exec 3>hold
	printf 'SELECT count(*) FROM lake_run;\n.system touch held\n' >&3
	while [ ! -e held ]; do sleep 0.01; done
	head -c 96 lake/gold.db-shm >header
	dd if=/dev/zero of=lake/gold.db-shm bs=96 count=1 conv=notrunc 2>/dev/null
	exits 4 'evsql while there is no end of it' as_nobody evsql lake "$totals"
	ok 'says what would help' grep -q 'gold.db: a program was stopped while it wrote to it' err
	as_nobody evsql -f tsv lake "$totals" >answer &
	sleep 0.1
	dd if=header of=lake/gold.db-shm conv=notrunc 2>/dev/null
	wait $!
	is "$(sed 1d answer | tr '\t' '|')" "$sums" 'evsql waits for the end of a moment'
	exec 3>&-
	wait
fi

# --- Silver by its manifest

manifest() { evmark files -f tsv lake | awk -F '\t' '$1 == "silver" { print "lake/" $2 }'; }
is "$(manifest | xargs cat -- | wc -c)" "$(ask "SELECT sum(bytes) FROM lake_file WHERE layer = 'silver' AND end_run IS NULL")" \
	'the manifest names every file of Silver'
cp "$(manifest | head -n 1)" lake/silver/event_date=2025-12-07/part-999-1.parquet
is "$(manifest | xargs evcat -f tsv | sed 1d | wc -l)" "$(kept)" 'who asks it sees what was committed, and no more'
# shellcheck source=t/oracle/peer.sh
. "$T/oracle/peer.sh"
need_peer @duckdb/node-api
node "$T/oracle/gold.mjs" lake "$T/../schemas/gold" "SELECT * FROM read_parquet([$(manifest | sed "s/.*/'&'/" | paste -sd,)],
	hive_partitioning = true)" >got 2>&1
is "$(grep -c ' equal$' got)" 5 'DuckDB too: all five tables are what it makes of these files'
done_testing
