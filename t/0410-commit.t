#!/bin/sh
# evmark, evgold and the pipe between them: marks, copies, changes, failures, what is left of them.
. "$(dirname "$0")/lib.sh"
have sqlite3 || skip_all 'sqlite3 is not installed'

ask() { sqlite3 -readonly lake/gold.db "$1"; }
# shellcheck disable=SC2317 # called by exits
pipe() { evmark pending lake | evcat "$@" | evclean | evsilver | evgold; }
# The state that a run that changes nothing must leave as it is.
state() {
	sqlite3 -readonly lake/gold.db .dump | grep -v 'INSERT INTO lake_run\|INSERT INTO lake_attempt' | cksum
}
events() { ask 'SELECT coalesce(sum(total_events), 0) FROM daily_user_activity'; }
event() { # user, minute
	printf '{"timestamp":"2025-12-07T03:%02d:00Z","user_id":"%s","session_id":"s","event_type":"page_view","product_id":"p","category":"c"}\n' "$2" "$1"
}
bad='{"timestamp":"2025-12-07T03:00:00Z","user_id":"","session_id":"s","event_type":"search"}'

mkdir -p lake/bronze
{ event ann 1; event bob 2; echo; echo "$bad"; } >lake/bronze/1
event cat 3 | gzip >lake/bronze/2.gz

# --- one run

exits 0 'the first run' pipe
is "$(events)" 3 'is in Gold'
is "$(ask 'SELECT run, sources, rows, rejects, blank FROM lake_run')" '1|2|3|1|1' 'and in the ledger'
is "$(evmark sources -f tsv lake | cut -f1-3,7-10)" "$(printf '%s\n' \
	'run	status	path	lines	kept	rejected	blank' \
	'1	DONE	bronze/1	4	2	1	1' '1	DONE	bronze/2.gz	1	1	0	0')" 'with the marks of its sources'
is "$(evmark rejects -f csv lake | tail -n 1)" '1,bronze/1,missing_user_id,user_id,1,4,47' 'and its rejects'
is "$(evmark files -f tsv lake | cut -f2,3)" "$(printf '%s\n' 'path	rows' \
	'quarantine/run=1/rejects-1.tsv.gz	1' 'silver/event_date=2025-12-07/part-1-1.parquet	3')" 'and its files'
is "$(find lake/silver lake/quarantine -type f | sort | tr '\n' ' ')" \
	'lake/quarantine/run=1/rejects-1.tsv.gz lake/silver/event_date=2025-12-07/part-1-1.parquet ' 'which are there'
is "$(ls -A lake/staging)" '' 'nothing is left in staging'
is "$(cat lake/stamp)" 'run 1' 'the stamp'
ok 'the lake has its own schemas' test -s lake/schemas/event.json -a -d lake/schemas/gold

touch -d '1 hour ago' lake/stamp
before=$(state)
exits 0 'nothing new' pipe
is "$(state)" "$before" 'changes nothing'
is "$(ask 'SELECT max(run), sum(sources) FROM lake_run')" '2|2' 'but is a run'
is "$(find lake/stamp -mmin -30)" '' 'without a new stamp'
is "$(ask "SELECT count(*), length(subfolders) FROM lake_folder WHERE path = ''")" '1|10' 'the folders are remembered'

# --- copies, touches, changes

cp lake/bronze/1 lake/bronze/copy
touch -d '2 hours ago' lake/bronze/2.gz
exits 0 'a copy of the same size, and a touched file' pipe
is "$(events)" 3 'count nothing'
is "$(ask "SELECT status, same_as, kept FROM lake_source WHERE path = 'bronze/copy'")" 'SKIPPED_SAME|bronze/1|0' 'the copy is marked'
is "$(evmark pending -v lake 2>&1 >/dev/null | awk '/bronze/ { print $1 }' | sort -u)" 'done' 'and so is the other'
gzip -dc lake/bronze/2.gz >lake/bronze/unpacked
event dan 4 >lake/bronze/3
exits 75 'a copy that shows only when it is read' pipe
is "$(events)" 3 'commits nothing else'
exits 0 'the next try' pipe
is "$(events)" 4 'leaves it out'
is "$(ask "SELECT same_as FROM lake_source WHERE path = 'bronze/unpacked'")" 'bronze/2.gz' 'by its mark'
event jim 10 >lake/bronze/pair-1
gzip -k lake/bronze/pair-1
exits 75 'two new files with one content' pipe
rm lake/bronze/pair-1
exits 0 'of which the original goes' pipe
is "$(ask "SELECT status, kept FROM lake_source WHERE path LIKE '%pair%' AND end_run IS NULL")" 'DONE|1' 'still count once'
rm lake/bronze/pair-1.gz
event kim 11 >lake/bronze/pair-2
gzip -k lake/bronze/pair-2
exits 75 'two more' pipe
exits 0 'which stay' pipe
is "$(ask "SELECT status, kept FROM lake_source WHERE path LIKE '%pair-2%' ORDER BY path")" \
	"$(printf '%s\n' 'DONE|1' 'SKIPPED_SAME|0')" 'count once too'
n=$(events)
event eve 5 >>lake/bronze/3
event fay 6 >lake/bronze/4
exits 1 'a changed file' pipe
ok 'is named' grep -q bronze/3 "$W/err"
is "$(events)" $((n + 1)) 'and left out'
event dan 4 >lake/bronze/3
exits 0 'until it is as it was' pipe
is "$(events)" $((n + 1)) 'and still marked'

# --- failures

before=$(state)
event gus 7 >lake/bronze/5
exits 4 'no input' sh -c 'evgold </dev/null'
exits 2 'no run' sh -c 'evcat lake/bronze/5 | evclean -q | evsilver | evgold'
ok 'says what to do' grep -q evetl "$W/err"
exits 3 'the wrong kind' sh -c 'evmark pending lake | evgold'
evmark pending lake | evcat | evclean | evsilver >run.ev
exits 4 'a stream that stops' sh -c 'head -c -24 run.ev | evgold'
head -c 1000 run.ev | tail -c 1 | grep -q X && swap=Y || swap=X
{ head -c 999 run.ev; printf %s "$swap"; tail -c +1001 run.ev; } >broken.ev
exits 3 'a stream with one byte changed' sh -c 'evgold <broken.ev'
event hal 8 | gzip | head -c 40 >lake/bronze/6.gz
exits 3 'a truncated file' pipe
ok 'is named' grep -q bronze/6.gz "$W/err"
is "$(grep -c . "$W/err")" 1 'once'
exits 3 'a folder that is no lake' sh -c 'evmark pending . | evcat | evclean | evsilver | evgold'
is "$(state)" "$before" 'of all that nothing is in the lake'
is "$(ask 'SELECT count(*) > 0 FROM lake_attempt')" 1 'but for a note'
exits 0 '-k keeps what is whole' pipe -k
is "$(ask "SELECT status FROM lake_source WHERE path = 'bronze/6.gz'")" PARTIAL 'of the truncated file'
exits 75 'a run that was planned before' sh -c 'evgold <run.ev'

# --- two at once

event ida 9 >lake/bronze/7
evmark pending lake | evcat | evclean | evsilver >1.ev
evmark pending lake | evcat | evclean | evsilver >2.ev
exits 0 'the first of two' sh -c 'evgold <1.ev'
exits 75 'the second' sh -c 'evgold <2.ev'
is "$(events)" "$(ask "SELECT sum(kept) FROM lake_source")" 'every event is counted once'

# --- staging

mkdir lake/staging/dead-1 lake/staging/busy-2
touch lake/staging/dead-1/x lake/staging/busy-2/x
touch -d '2 days ago' lake/staging/dead-1/x lake/staging/dead-1 lake/staging/busy-2
exits 0 'a run' pipe
is "$(echo lake/staging/*-[12])" lake/staging/busy-2 'sweeps what a dead one left, and only that'

# --- no space

if mount -t tmpfs -o size=16k tmpfs lake/staging 2>"$W/err"; then
	before=$(state)
	evgen -R 7 -E 20000 full >/dev/null
	cp -r full/bronze/* lake/bronze
	exits 4 'a full disk' pipe
	umount lake/staging
	ok 'is named' grep -q 'staging/.*No space' "$W/err"
	is "$(state)" "$before" 'and leaves nothing in the lake'
	exits 0 'space again' pipe
	is "$(events)" "$(ask "SELECT sum(kept) FROM lake_source")" 'and every event is there'
else
	echo "# no tmpfs to fill: $(cat "$W/err")"
fi

# --- other people

if can_be_nobody; then
	exits 0 'the ledger is readable without write permission' as_nobody evmark runs lake
fi
done_testing
