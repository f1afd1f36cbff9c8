#!/bin/sh
# A day of five-minute files, each loaded as it comes, while others read: 288 runs of as many events as a large
# platform writes ("torture", 180 million), or 12 small ones. What a run takes at the end and at the beginning is told,
# and how much the readers read.
. "$(dirname "$0")/lib.sh"
have sqlite3 perl || skip_all 'sqlite3 or perl is not installed'

runs=12 events=500
[ "${1-}" != torture ] || runs=288 events=500000,750000

evgen -C $runs -E $events -B 2 all >/dev/null
mkdir -p lake/bronze
(cd all && find bronze -type f | sort) >files

# A reader's look: what was added up for each day is what the runs took, in the same moment.
ask() { sqlite3 -readonly -cmd '.timeout 20000' lake/gold.db "$1" 2>>reader.err; }
look() {
	[ -e ready ] || return 0
	ask 'SELECT (SELECT sum(total_events) FROM daily_user_activity) = (SELECT sum(rows) FROM lake_run)
		AND (SELECT sum(kept) FROM lake_source) = (SELECT sum(rows) FROM lake_file WHERE layer = '"'silver'"')
		AND (SELECT sum(rejected) FROM lake_source) = (SELECT sum(rows) FROM lake_file WHERE layer = '"'quarantine'"')
		AND (SELECT count(*) FROM lake_source) = (SELECT max(run) FROM lake_run)' >>"looks$1"
}
# Each of them looks five times while a run is under way.
for who in 1 2 3 4; do
	mkfifo go$who
	while read -r _; do
		for _ in 1 2 3 4 5; do
			look $who
		done
	done <go$who &
done
exec 3>go1 4>go2 5>go3 6>go4

cat >run.pl <<'EOF2'
# The seconds that a run took by the clock, and those of the processors.
use strict;
use warnings;
use Time::HiRes 'time';
my $start = time;
system(@ARGV) == 0 or exit 1;
my (undef, undef, $user, $system) = times;
printf "%.4f %.4f\n", time - $start, $user + $system;
EOF2
failed=0
while read -r file; do
	mkdir -p "lake/${file%/*}"
	ln "all/$file" "lake/$file"
	for who in 3 4 5 6; do
		echo >&$who
	done
	perl run.pl sh -c 'evmark pending lake | evcat | evclean | evsilver | evgold' >>seconds 2>>err </dev/null ||
		failed=$((failed + 1))
	: >ready
done <files
exec 3>&- 4>&- 5>&- 6>&-
wait
is "$failed $(cat err)" '0 ' "$runs runs"
is "$(cat looks? | sort -u)" 1 "$(cat looks? | wc -l) looks of four readers: whole runs"
is "$(cat reader.err)" '' 'with nothing in their way'
etl all || fail 'all in one run'
# The tables; what they are made from is compared by verify, below.
sed '/^SELECT .definition/,$d' "$T/oracle/state.sql" >tables.sql
for lake in lake all; do
	sqlite3 -readonly $lake/gold.db '.read tables.sql' >$lake.tables
done
same lake.tables all.tables 'Gold is that of one run over all'
is "$(ls lake/staging)" '' 'nothing is left in staging'
if evmark -h | grep -q verify; then
	exits 0 'evmark verify' evmark verify -c lake
fi
# The medians of the first and the last runs, of which the very first makes the lake.
some=$((runs / 12 + 1))
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
for column in 1 2; do
	first=$(sed 1d seconds | head -n $some | cut -d ' ' -f $column | median)
	last=$(tail -n $some seconds | cut -d ' ' -f $column | median)
	echo "# a run: $first s at first, $last s at last, $(awk "BEGIN { printf \"%.2f\", $last / $first }") of it" \
		"($([ $column = 1 ] && echo 'by the clock' || echo 'of the processors'))"
done
done_testing
