#!/bin/sh
# pipelines/etl and report: the job, its options, its lock, its exit status.
. "$(dirname "$0")/lib.sh"

gold() {
	sqlite3 -readonly "$1/gold.db" "$2"
}

events() {
	gold "$1" 'SELECT coalesce(sum(total_events), 0) FROM daily_user_activity'
}

good() {
	awk -F '\t' 'FNR > 1 { n += $3 } END { print n }' "$@"
}

# --- a lake from nothing, then nothing new, then a late file

evgen -C 3 -E 5000 -B 4 lake >made.tsv
exits 0 'the first run' etl lake
is "$(events lake)" "$(good made.tsv)" 'every good event is in Gold'
gold lake .dump >before
exits 0 'nothing new is success' etl lake
gold lake .dump | grep -v 'INSERT INTO lake_run ' >after
is "$(grep -v 'INSERT INTO lake_run ' before | cmp - after && echo same)" same 'and changes nothing but the list of runs'
is "$(evmark runs -f tsv lake | sed 1d | wc -l)" 2 'which has both'
evgen -T 2025-12-01T09:30 -E 4000 lake >late.tsv
exits 0 'a file of an earlier day' etl -q lake
is "$(events lake)" "$(good made.tsv late.tsv)" 'is added'
is "$(cat out err)" '' '-q says nothing'
evgen -C 3 -E 5000 -B 4 whole >/dev/null
evgen -T 2025-12-01T09:30 -E 4000 whole >/dev/null
etl whole
for table in product_funnel hourly_revenue product_popularity category_daily_performance daily_user_activity; do
	is "$(gold lake "SELECT * FROM $table" | sort)" "$(gold whole "SELECT * FROM $table" | sort)" \
		"$table is as if all had come at once"
done

# --- what evgen says it made is what the ledger says it got

evmark sources -f tsv lake | awk -F '\t' '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	{ print $at["path"] "\t" $at["lines"] "\t" $at["kept"] "\t" $at["blank"] "\t" $at["rejected"] }' | sort >ledger
sed -s 1d made.tsv late.tsv | awk -F '\t' '{ print $1 "\t" $2 "\t" $3 "\t" $4 "\t" $2 - $3 - $4 }' | sort >truth
same truth ledger 'lines, kept, blank and rejected, by source'
evmark rejects -f tsv lake | awk -F '\t' 'NR > 1 { n[$2 "\t" $3] += $5 } END { for (k in n) print k "\t" n[k] }' | sort >ledger
awk -F '\t' 'FNR == 1 { split($0, name); next } { for (i = 5; i <= NF; i++) if ($i) print $1 "\t" name[i] "\t" $i }' \
	made.tsv late.tsv | sort >truth
same truth ledger 'rejects by source and reason'
zcat lake/quarantine/*/*.gz | cut -f 3,1 | awk -F '\t' '{ print $2 "\t" $1 }' | sort | uniq -c |
	awk '{ print $2 "\t" $3 "\t" $1 }' >quarantine
same truth quarantine 'and in quarantine'

# --- copies, changed files, bad files

first=$(cd lake && find bronze -name '*.gz' | sort | head -n 1)
zcat "lake/$first" | gzip -1 >lake/bronze/again.jsonl.gz
exits 0 'a copy is found out, and the second try is made at once' etl lake
is "$(events lake)" "$(good made.tsv late.tsv)" 'it counts once'
rm lake/bronze/again.jsonl.gz
printf '%s\n' '{"price": "9.99"}' >lake/bronze/wrong.jsonl
exits 1 'a file that loses all its lines is refused' etl lake
is "$(events lake)" "$(good made.tsv late.tsv)" 'with nothing committed'
exits 0 'unless -x lets it' etl -x 100 lake
evgen -R 3 -T 2025-11-01 -E 5000 part >/dev/null
part=$(find part/bronze -name '*.gz')
head -c 50000 "$part" >lake/bronze/part.jsonl.gz
exits 3 'a truncated file is an error' etl lake
ok 'which is named' grep -q 'part.jsonl.gz' err
exits 0 'but -k keeps what is whole' etl -k lake
is "$(evmark sources -f tsv lake | grep part.jsonl | cut -f 2)" PARTIAL 'and marks it'
touch lake/bronze/new.jsonl
printf '%s\n' '{"timestamp":"2025-12-07T00:00Z","user_id":"u","session_id":"s","event_type":"search"}' >lake/bronze/new.jsonl
exits 0 '-a leaves a file that is young' etl -a 3600 lake
is "$(evmark sources -f tsv lake | grep -c new.jsonl)" 0 'for later'
exits 0 'which comes' etl lake
is "$(evmark sources -f tsv lake | grep -c new.jsonl)" 1 'without -a'

# --- the lock

mkfifo held
flock lake/.lock sh -c 'echo held >held; read -r line <held' &
read -r _ <held
exits 75 'while another one runs it leaves at once' etl lake
echo go >held
wait
exits 0 'afterwards it runs' etl lake

# --- usage, and folders that are no lake

exits 2 'no lake' etl
exits 2 'two lakes' etl lake lake
exits 2 'no such option' etl -Z lake
exits 2 'no percentage' etl -x many lake
is "$(grep -c 'evclean: option -x takes a whole number' err)" 1 'is told by the tool that takes it'
exits 2 'no age' etl -a old lake
exits 4 'no such folder' etl nothing
mkdir empty
exits 3 'a folder that is no lake' etl empty
is "$(ls -A empty)" '' 'and stays empty'

# --- the report

exits 0 'the report' report lake
is "$(grep -c '?' out)" 5 'has five answers'
ok 'with numbers' grep -q '^2025-12-0[67] ' out
exits 1 'of a lake without Gold there is none' report empty
ok 'and it says what to do' grep -q etl err
exits 2 'usage' report
done_testing
