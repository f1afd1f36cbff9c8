#!/bin/sh
# The stream is what evstream(5) says: a reader written from the page alone sees the same rows.
. "$(dirname "$0")/lib.sh"
have perl || skip_all 'perl is not installed'

evgen -C 2 -E 40000 -B 5 lake >made.tsv
evgen -E 150000 -W -U 100000000 -M uniform many >/dev/null

# read_both TEXT COMMAND: what the command writes, read by evcat and by the other reader.
read_both() {
	eval "$2" >stream 2>err
	evcat -f tsv <stream >rows 2>/dev/null
	perl "$T/evstream.pl" <stream >rows.pl 2>err.pl
	is "$? $(cat err.pl)" '0 ' "$1: as the page has it"
	same rows rows.pl "$1: the same rows ($(wc -l <rows))"
}

read_both 'events' 'evcat lake/bronze'
is "$(($(wc -l <rows) - 1))" "$(awk -F '\t' 'NR > 1 { n += $3 } END { print n }' made.tsv)" 'every good line is a row'
read_both 'no bad lines' 'evcat lake/bronze | evclean'
read_both 'silver' 'evcat lake/bronze | evclean | evsilver'
read_both 'streams one after the other' 'evcat lake/bronze; evcat lake/bronze | evclean'
read_both 'texts that are nearly all new' 'evcat many/bronze'
evmark pending lake >plan
is "$(perl "$T/evstream.pl" <plan && echo read)" read 'a plan'
evcat -s 1/1 plan | evclean | evsilver | evgold -p >part
perl "$T/evstream.pl" <part >days.pl
evgold -q <part
sqlite3 -readonly -separator '	' lake/gold.db \
	'SELECT event_date, unique_users, unique_sessions, total_events FROM daily_user_activity' >days
sort days.pl | cmp - days && test -s days
is $? 0 "aggregate state: the days that Gold has ($(wc -l <days))"
done_testing
