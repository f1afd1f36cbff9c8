#!/bin/sh
# Eight pipelines and six readers on one lake, to which files are added all the while: each file is counted once, who
# comes late exits with 75 and leaves nothing, and every reader sees whole runs only. 5 seconds, or 60 for "torture".
#
# shellcheck disable=SC2317 # functions are called by name
. "$(dirname "$0")/lib.sh"
have sqlite3 || skip_all 'sqlite3 is not installed'

seconds=5
[ "${1-}" != torture ] || seconds=60
if can_be_nobody; then nobody=as_nobody; else nobody='env'; fi
end=$(($(date +%s) + seconds))
running() { [ "$(date +%s)" -lt $end ]; }

# Each file adds the same to each table: of 8 events 3 views, 2 in the cart, 2 purchases of 2 at 1.25, and a search.
make_file() { # N
	minute=$(printf '%02d:%02d' $(($1 / 60 % 24)) $(($1 % 60)))
	folder=lake/bronze/hour=$(($1 / 60))
	mkdir -p "$folder"
	for type in page_view page_view page_view add_to_cart add_to_cart purchase purchase search; do
		case $type in
		page_view) rest='"quantity": null, "price": null' ;;
		search) rest='"search_query": "x"' ;;
		*) rest='"quantity": 2, "price": 1.25' ;;
		esac
		[ $type = search ] || rest="$rest, \"product_id\": \"p\", \"category\": \"c\""
		echo "{\"timestamp\": \"2025-12-07T$minute:00Z\", \"user_id\": \"u_$1\", \"session_id\": \"s_$1\", \"event_type\": \"$type\", $rest}"
	done | gzip >"$folder/.$1.tmp"
	mv "$folder/.$1.tmp" "$folder/events-$1.jsonl.gz"
}

# A lake that is not there yet: one of them makes it.
rounds=3 wrong=0
[ "${1-}" != torture ] || rounds=50
while [ $rounds -gt 0 ]; do
	rounds=$((rounds - 1))
	rm -rf lake
	mkdir -p lake/bronze
	make_file 1
	make_file 2
	for who in 1 2 3 4 5 6 7 8; do
		{
			evmark pending lake 2>>"err$who" | evcat 2>>"err$who" | evclean 2>>"err$who" |
				evsilver 2>>"err$who" | evgold 2>>"err$who"
			echo $? >>"statuses$who"
		} &
	done
	wait
	found="$(sqlite3 lake/gold.db 'SELECT count(*), sum(kept) FROM lake_source')$(ls lake/staging)"
	[ "$found" = '2|16' ] || { wrong=$((wrong + 1)) && echo "$found" | sed 's/^/# found: /'; }
done
is "$(cat statuses? | sort -u | grep -vx '0\|75')$(sort -u err? | grep -v 'try again\|another run')" '' \
	'eight first runs at once end with 0 or 75'
is $wrong 0 'each file is counted once, and nobody leaves anything'
rm -rf lake err? statuses?
end=$(($(date +%s) + seconds))

mkdir -p lake/bronze
make_file 0
evmark pending lake | evcat | evclean | evsilver | evgold || fail 'the first run'
ask() { sqlite3 -readonly -cmd '.timeout 20000' lake/gold.db "$1"; }

# Files come as they are taken: a few are always waiting, and what is folded into a run differs.
n=1
while running; do
	taken=$(ask 'SELECT count(*) FROM lake_source')
	while [ $n -lt $((taken + 6)) ]; do
		make_file $n
		n=$((n + 1))
	done
	echo $n >made
done &

pipeline() { # WHO
	while running; do
		evmark pending lake 2>>"err$1" | evcat 2>>"err$1" | evclean 2>>"err$1" | evsilver 2>>"err$1" | evgold 2>>"err$1"
		echo $?
	done >"statuses$1"
}

# The counts of all five tables, in units of a file, and that of the marks, as one statement sees them; what it says
# is one number, six times.
cat >counts.sql <<'EOF2'
SELECT (SELECT sum(view_count) / 3.0 FROM product_funnel), (SELECT sum(purchase_count) / 2.0 FROM product_funnel),
	(SELECT sum(purchase_count) / 2.0 FROM hourly_revenue), (SELECT sum(total_revenue) / 5.0 FROM hourly_revenue),
	(SELECT sum(view_count) / 3.0 FROM product_popularity), (SELECT sum(unique_viewers) / 1.0 FROM product_popularity),
	(SELECT sum(total_events) / 7.0 FROM category_daily_performance),
	(SELECT sum(total_events) / 8.0 FROM daily_user_activity), (SELECT sum(unique_users) / 1.0 FROM daily_user_activity),
	(SELECT sum(rows) / 8.0 FROM lake_file), (SELECT sum(rows) / 8.0 FROM lake_run),
	(SELECT count(*) / 1.0 FROM lake_source WHERE status = 'DONE');
EOF2
# One by one, within a transaction: what is between the statements is the reader's own time.
{
	echo 'BEGIN;'
	tr -d '\n\t' <counts.sql | sed 's/^SELECT //; s/), *(/;\n/g; s/^(//; s/);$/;\n/'
	echo 'COMMIT;'
} >one-by-one.sql

reader() { # WHO COMMAND ...: each line that it says is one number over and over
	who=$1
	shift
	while running; do
		"$@" 2>>"readerr$who" | awk -F '|' '{
			for (i = 2; i <= NF; i++)
				if ($i != $1) bad = 1
			if (bad) print
			n++
			max = $1
		} END { print "reads", n, max }'
	done >"read$who"
}
manifest_reader() { # Silver as the ledger lists it
	evcat -f csv lake/silver >rows || echo '1|2'
	echo "$(($(wc -l <rows) - 1)).0" | awk '{ print $1 / 8 "|" int($1 / 8) }'
}

for who in 1 2 3 4 5 6 7 8; do
	pipeline $who &
done
reader 1 sqlite3 -readonly -cmd '.timeout 20000' lake/gold.db '.read counts.sql' &
reader 2 $nobody sqlite3 -readonly -cmd '.timeout 20000' lake/gold.db '.read counts.sql' &
reader 3 sh -c "sqlite3 -readonly -cmd '.timeout 20000' lake/gold.db '.read one-by-one.sql' | paste -s -d '|'" &
reader 4 $nobody sh -c "sqlite3 -readonly -cmd '.timeout 20000' lake/gold.db '.read one-by-one.sql' | paste -s -d '|'" &
reader 5 manifest_reader &
reader 6 $nobody sh -c "evsql -f tsv lake \"\$(cat counts.sql)\" | sed '1d; s/\\t/|/g'" &
wait

cat statuses? | sort | uniq -c | awk '{ printf "# pipelines that ended with %s: %d\n", $2, $1 }'
is "$(cat statuses? | sort -u | grep -vx '0\|75')" '' 'pipelines end with 0 or 75'
is "$(sort -u err? | grep -v 'try again\|another run' | head -n 5)" '' 'and have nothing else to say'
# A reader without write permission takes a writer at work in the log's index for one that was stopped, once in
# thousands of reads; SQLite does not look again, so who uses it asks again. evsql does.
moment='attempt to write a readonly database'
echo "# readers told so: $(cat readerr? | grep -c "$moment")"
for who in 2 4; do
	grep -v "$moment" readerr$who >others
	mv others readerr$who
done
for who in 1 2 3 4 5 6; do
	is "$(grep -v '^reads' read$who | head -n 3; head -n 3 readerr$who)" '' \
		"reader $who: whole runs in $(awk '/^reads/ { n += $2 } END { print n + 0 }' read$who) reads"
	ok 'which went on' test "$(grep -c '^reads' read$who)" -gt 3
done
exits 0 'the last run' sh -c 'evmark pending lake | evcat | evclean | evsilver | evgold'
is "$(ask "SELECT count(*), sum(status = 'DONE'), sum(kept), count(DISTINCT path) FROM lake_source")" \
	"$(cat made)|$(cat made)|$((8 * $(cat made)))|$(cat made)" "each of $(cat made) files is counted once"
is "$(ask '.read counts.sql' | tr '|' '\n' | sort -u)" "$(cat made).0" 'in every table'
is "$(ls lake/staging)" '' 'nobody left anything in staging'
is "$(ask 'SELECT path FROM lake_file ORDER BY path')" "$(cd lake && find silver quarantine -type f 2>/dev/null | sort)" \
	'the manifest is what is there'
echo "# $(ask 'SELECT count(*) FROM lake_run WHERE sources > 0') runs took something, of $(ask 'SELECT count(*) FROM lake_run')"
if evmark -h | grep -q verify; then
	exits 0 'evmark verify' evmark verify lake
fi
done_testing
