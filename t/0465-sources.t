#!/bin/sh
# Sources that misbehave: each of the ways is named, nothing is counted twice, and nothing that was counted is lost.
. "$(dirname "$0")/lib.sh"
have sqlite3 || skip_all 'sqlite3 is not installed'

ask() { sqlite3 -readonly lake/gold.db "$1"; }
events() { ask 'SELECT coalesce(sum(total_events), 0) FROM daily_user_activity'; }
kept() { ask 'SELECT sum(kept) FROM lake_source WHERE end_run IS NULL'; }
# status PATH: as sources -v tells it.
status() { evmark sources -v -f tsv lake | awk -F '\t' -v path="$1" '$4 == path { print $3 }'; }
# field NAME PATH
field() {
	evmark sources -v -f tsv lake | awk -F '\t' -v name="$1" -v path="$2" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next } $4 == path { print $at[name] }'
}
# some USER N [DAY]: N events.
some() {
	seq "$2" | sed "s/.*/{\"timestamp\":\"2025-12-0${3:-7}T03:00:00Z\",\"user_id\":\"$1\",\"session_id\":\"s&\",\"event_type\":\"search\"}/"
}
sound() { exits 0 "$1: the lake is sound" evmark verify -c lake; }

mkdir -p lake/bronze/12
some ann 10 >lake/bronze/12/00.jsonl
some bob 11 | gzip >lake/bronze/12/05.jsonl.gz
etl -q lake
n=$(events)
is "$n" 21 'two sources'

# --- the same content under a new name, or compressed again: SKIPPED_SAME

cp lake/bronze/12/00.jsonl lake/bronze/12/renamed.jsonl
exits 0 'the same content under a new name' etl lake
is "$(status bronze/12/renamed.jsonl)" SKIPPED_SAME 'is SKIPPED_SAME'
zcat lake/bronze/12/05.jsonl.gz | gzip -1 >lake/bronze/12/again.jsonl.gz
zcat lake/bronze/12/05.jsonl.gz >lake/bronze/12/plain.jsonl
exits 0 'the same content compressed again, and not at all' etl lake
is "$(status bronze/12/again.jsonl.gz) $(status bronze/12/plain.jsonl)" 'SKIPPED_SAME SKIPPED_SAME' 'are SKIPPED_SAME'
is "$(events)" "$n" 'none counts'
sound copies

# --- content changed under a marked name: CHANGED

some eve 3 >>lake/bronze/12/00.jsonl
some cat 12 >lake/bronze/12/10.jsonl
exits 1 'content changed under a marked name' etl lake
ok 'is named' grep -q 'bronze/12/00.jsonl: changed' err
is "$(status bronze/12/00.jsonl)" CHANGED 'is CHANGED'
is "$(events)" $((n + 12)) 'is left out, and what came with it is not'
exits 1 'verify finds it' evmark verify lake
ok 'by name' grep -q '^bronze/12/00.jsonl: changed: ' out
some ann 10 >lake/bronze/12/00.jsonl
exits 0 'as it was it is no fault' etl lake
is "$(status bronze/12/00.jsonl)" DONE 'but DONE'
is "$(events)" $((n + 12)) 'and counts once'
sound 'a change taken back'

# --- a marked file gone: VANISHED, kept, warned

mv lake/bronze/12/10.jsonl away
exits 0 'a marked file that is gone' etl -c lake
ok 'is warned of' grep -q 'bronze/12/10.jsonl: .*no longer' err
is "$(status bronze/12/10.jsonl)" VANISHED 'is VANISHED'
is "$(events)" $((n + 12)) 'and kept'
evmark pending -v lake >plan.ev 2>listed
is "$(grep -c '^vanished .*bronze/12/10.jsonl' listed)" 1 'pending -v lists it'
mv away lake/bronze/12/10.jsonl
exits 0 'when it is back' etl -c lake
is "$(cat err)" '' 'nothing is said'
is "$(events)" $((n + 12)) 'and it counts once'
sound 'a file gone and back'

# --- a file still growing

some dan 5 >lake/bronze/12/15.jsonl
evmark pending lake >plan.ev
some dan 7 >lake/bronze/12/15.jsonl
exits 3 'a file that grows while it is read' sh -c 'evcat plan.ev | evclean | evsilver | evgold'
ok 'is named, and the settle time too' grep -q '12/15.jsonl: changed after it was listed.*-a' err
is "$(events)" $((n + 12)) 'and nothing of it is taken'
exits 0 'within the settle time' etl -a 3600 lake
is "$(status bronze/12/15.jsonl)" '' 'it waits'
touch -d '2 hours ago' lake/bronze/12/15.jsonl
exits 0 'once it has settled' etl -a 3600 lake
is "$(events)" $((n + 19)) 'it is taken whole'
sound 'a file that grew'

# --- a file in an old partition

mkdir -p lake/bronze/01
some old 4 1 >lake/bronze/01/00.jsonl
touch -d '40 days ago' lake/bronze/01/00.jsonl
exits 0 'a file in an old partition' etl lake
is "$(events)" $((n + 23)) 'is taken'
is "$(ask "SELECT total_events FROM daily_user_activity WHERE event_date = '2025-12-01'")" 4 'into its own day'
sound 'a late file'

# --- truncated and corrupt gzip

some fay 4000 | gzip >whole.gz
head -c $(($(stat -c %s whole.gz) / 2)) whole.gz >lake/bronze/12/20.jsonl.gz
exits 3 'a truncated gzip' etl lake
ok 'is named' grep -q '12/20.jsonl.gz: ' err
is "$(events)" $((n + 23)) 'and nothing is taken'
exits 0 'with -k' etl -k lake
is "$(status bronze/12/20.jsonl.gz)" PARTIAL 'it is PARTIAL'
is "$(events)" "$(kept)" 'and what is whole counts'
sound 'a file kept in part'
n=$(events)
some gus 4000 | gzip >lake/bronze/12/25.jsonl.gz
printf 'XXXX' | dd of=lake/bronze/12/25.jsonl.gz bs=1 seek=$(($(stat -c %s lake/bronze/12/25.jsonl.gz) / 2)) conv=notrunc 2>err
exits 3 'a corrupt gzip' etl lake
ok 'is named' grep -q '12/25.jsonl.gz: ' err
is "$(events)" "$n" 'and nothing is taken'
exits 0 'with -k' etl -k lake
is "$(status bronze/12/25.jsonl.gz)" PARTIAL 'it is PARTIAL'
is "$(events)" "$(kept)" 'and what is whole counts'
sound 'two files kept in part'

# --- a folder that cannot be listed

n=$(events)
mkdir lake/bronze/13 && some hal 5 >lake/bronze/13/00.jsonl && some ida 5 >lake/bronze/12/30.jsonl
if can_be_nobody; then
	[ "$(id -u)" != 0 ] || chown -R 65534:65534 lake
	chmod 0 lake/bronze/13
	exits 4 'a folder that cannot be listed' as_nobody etl lake
	ok 'is named' grep -q 'bronze/13: ' err
	is "$(events)" "$n" 'and is a failure, not nothing new'
	chmod 755 lake/bronze/13
	exits 0 'when it can' as_nobody etl lake
	is "$(events)" $((n + 10)) 'both are taken'
fi

# --- what sources -v tells of each

rm -rf lake && mkdir -p lake/bronze
for i in 10 11 12 13 14 15; do some "u$i" 100 >lake/bronze/$i; done
{ some u16 100; some u17 100; } >lake/bronze/16
some u18 40 >lake/bronze/18
{ some u19 99; echo '{"timestamp":"2025-12-07T03:00:00Z","user_id":7,"session_id":"s","event_type":"search"}'; } >lake/bronze/19
cp lake/bronze/12 lake/bronze/copy
etl -q lake
is "$(field stands_out bronze/16)" many 'a doubled producer stands out'
is "$(field of_median bronze/16) $(field median bronze/16)" '2.00 100' 'with its multiple of the median'
is "$(field stands_out bronze/18)" few 'and so does one that sends less than half'
is "$(evmark sources -v -f tsv lake | cut -f 12 | grep -c .)" 3 'and none else'
is "$(field first_error bronze/19)" '100:47: bad_user_id' 'the first error has line and column'
is "$(field lines bronze/19) $(field kept bronze/19) $(field rejected bronze/19)" '100 99 1' 'beside lines and rejects'
is "$(field committed bronze/19)" "$(ask 'SELECT committed FROM lake_run WHERE run = 1')" 'and when'
is "$(field of_median bronze/copy)" '' 'copies have nothing to compare'
exits 0 'as a table' evmark sources -v lake
exits 0 'of a lake with nothing' sh -c 'mkdir -p no/bronze && evmark sources -v no'
exits 2 '-v is of sources alone' evmark runs -v lake
done_testing
