#!/bin/sh
# The catalog: what each commit says of tables, partitions and columns is what there is.
. "$(dirname "$0")/lib.sh"
have sqlite3 || skip_all 'sqlite3 is not installed'

ask() { sqlite3 -readonly "$1/gold.db" "$2"; }
made() { evgen -B 5 -E 2000 "$@" >/dev/null; }
# What the catalog says, without saying in which files and runs.
content() {
	ask "$1" "SELECT name, layer, rows, min_time, max_time FROM lake_table ORDER BY 1;
		SELECT table_name, partition, rows, min_time, max_time FROM lake_partition WHERE files > 0 ORDER BY 1, 2;
		SELECT table_name, position, name, type, nullable, role FROM lake_column ORDER BY 1, 2"
}
# The same of Silver's tables and partitions, by its rows.
rows() {
	evmark files -f tsv "$1" | awk '$1 == "silver" { print $2 }' >list
	(cd "$1" && xargs -r evcat -f tsv <../list) | awk -F '\t' '
		$1 == "timestamp" { for (i = 1; i <= NF; i++) at[$i] = i; next }
		{
			d = $at["event_date"]; t = $at["timestamp"]; n[d]++
			if (!(d in low) || t < low[d]) low[d] = t
			if (t > high[d]) high[d] = t
		}
		END { for (d in n) printf "%s|%d|%s|%s\n", d, n[d], low[d], high[d] }' | sort
}
sound() { # TEXT LAKE: the catalog is what the lake holds
	rows "$2" >rows.expected
	ask "$2" "SELECT substr(partition, 12), rows, min_time, max_time FROM lake_partition WHERE files > 0 ORDER BY 1" >rows.got
	same rows.got rows.expected "$1: the partitions are as the rows are"
	exits 0 '... and all is as verify sees it' evmark verify "$2"
	is "$(cat out)" '' '... without a finding'
}

# --- loads

made -C 3 -T 2025-12-06T23:50 lake
etl -q lake
sound 'a first load' lake
is "$(ask lake "SELECT min(first_run), max(last_run), sum(rows) FROM lake_partition")" \
	"$(ask lake "SELECT 1, 1, sum(kept) FROM lake_source")" 'all of run 1'
is "$(ask lake "SELECT group_concat(name || ' ' || type || CASE nullable WHEN 1 THEN ' null' ELSE '' END, ', ') FROM
	(SELECT * FROM lake_column WHERE table_name = 'silver' ORDER BY position)")" \
	'timestamp timestamp, user_id string, session_id string, event_type string, product_id string null, quantity int32 null, price decimal null, category string null, search_query string null, event_hour int32, revenue decimal null, source string, line int64, event_date string' \
	'the columns of Silver'
is "$(ask lake "SELECT group_concat(name || ' ' || type || ' ' || role, ', ') FROM
	(SELECT * FROM lake_column WHERE table_name = 'hourly_revenue' ORDER BY position)")" \
	'event_date TEXT dimension, event_hour INTEGER dimension, total_revenue REAL measure, purchase_count INTEGER measure, total_items_sold INTEGER measure, avg_order_value REAL measure' \
	'those of a table of Gold'
for table in product_funnel hourly_revenue product_popularity category_daily_performance daily_user_activity; do
	is "$(ask lake "SELECT rows FROM lake_table WHERE name = '$table' AND layer = 'gold'")" \
		"$(ask lake "SELECT count(*) FROM $table")" "the rows of $table"
done
is "$(ask lake "SELECT rows FROM lake_table WHERE name = 'quarantine'")" \
	"$(ask lake "SELECT sum(rejected) FROM lake_source")" 'and of quarantine'

made -C 2 -T 2025-12-07T00:30 lake
made -C 1 -T 2025-12-03T10:00 lake
etl -q lake
sound 'a second, with a late day' lake
is "$(ask lake "SELECT group_concat(partition || ' ' || first_run || ' ' || last_run, ', ') FROM lake_partition")" \
	'event_date=2025-12-03 2 2, event_date=2025-12-06 1 1, event_date=2025-12-07 1 2' 'which runs have changed what'
content lake >once
etl -q lake
content lake >got
same got once 'nothing new changes nothing'
is "$(ask lake "SELECT max(last_run) FROM lake_table")" 2 'nor any run'
for jobs in 1 3; do
	mkdir "split$jobs"
	cp -a lake/bronze "split$jobs"
	etl -q -j $jobs "split$jobs"
	content "split$jobs" >got
	same got once "loaded at once, by $jobs, it is the same"
done
is "$(evmark tables -f tsv lake | cut -f 1,2,4 | head -n 2 | tr '\t\n' '  ')" \
	"layer name rows silver silver $(ask lake 'SELECT sum(kept) FROM lake_source') " 'evmark tables'
is "$(evmark partitions -f tsv lake | wc -l)" 4 'evmark partitions'
is "$(evmark columns -f csv lake | sed -n 2p | cut -d , -f 1-5,7-)" 'silver,timestamp,timestamp,0,column,1,2' 'evmark columns'

# --- what undoes and redoes

cp -a lake two
exits 0 'rewind' etl -q lake rewind 1
sound rewind lake
is "$(ask lake "SELECT files, rows, min_time, first_run, last_run FROM lake_partition WHERE partition LIKE '%-03'")" '0|0||2|4' \
	'an emptied partition is there, and when it was emptied'
exits 0 'what came later' etl -q lake
sound 'then load' lake
content lake >got
same got once 'as it was'
exits 0 'forget' etl -q lake forget "$(ask lake 'SELECT min(path) FROM lake_source')"
sound forget lake
exits 0 'then load' etl -q lake
content lake >got
same got once 'as it was'
for verb in rebuild 'rebuild hourly_revenue' reload replay; do
	# shellcheck disable=SC2086 # a verb and its arguments
	exits 0 "$verb" etl -q lake $verb
	sound "$verb" lake
	content lake >got
	same got once 'as it was'
done
exits 0 'rewind to nothing' etl -q lake rewind 0
sound 'nothing' lake
is "$(ask lake "SELECT files, rows, min_time FROM lake_table WHERE name = 'silver'")" '0|0|' 'Silver is empty'
is "$(ask lake "SELECT count(*) FROM lake_column WHERE table_name = 'silver'")" 0 'and has no columns'
exits 0 'and back' etl -q lake rewind 2
content lake >got
same got once 'as it was'

# --- columns and tables that come and go

rm -rf lake && mv two lake
sed -i 's/"category":/"coupon": {"type": ["string", "null"], "x-column": "string"},\n\t\t"category":/' lake/schemas/event.json
exits 0 'the schema has a column more' grep -q coupon lake/schemas/event.json
made -C 1 -T 2025-12-08T10:00 lake
exits 0 'a load with it' etl -q lake
sound 'a new column' lake
is "$(ask lake "SELECT type, nullable, files, first_run, last_run FROM lake_column WHERE name = 'coupon'")" 'string|1|1|4|4' 'it is in the catalog'
is "$(ask lake "SELECT group_concat(position) FROM (SELECT * FROM lake_column WHERE table_name = 'silver' ORDER BY position)")" \
	'1,2,3,4,5,6,7,8,9,10,11,12,13,14,15' 'among the others'
sed -i '/coupon/d' lake/schemas/event.json
made -C 1 -T 2025-12-09T10:00 lake
exits 0 'a load without it' etl -q lake
sound 'a column less' lake
is "$(ask lake "SELECT position, files, last_run FROM lake_column WHERE name = 'coupon'")" '14|1|4' 'old files have it still'
exits 0 'rewind to before' etl -q lake rewind 3
sound 'rewound' lake
is "$(ask lake "SELECT count(*) FROM lake_column WHERE name = 'coupon'")" 0 'now none has it'
echo 'SELECT event_type, count(*) AS events FROM silver GROUP BY event_type' >lake/schemas/gold/by_type.sql
rm lake/schemas/gold/product_popularity.sql
exits 0 'a table comes, one goes' etl -q lake rebuild
sound 'other tables' lake
is "$(ask lake "SELECT group_concat(name) FROM lake_table WHERE layer = 'gold'")" \
	'by_type,category_daily_performance,daily_user_activity,hourly_revenue,product_funnel' 'the tables'
is "$(ask lake "SELECT group_concat(name || ' ' || role) FROM lake_column WHERE table_name IN ('by_type', 'product_popularity')")" \
	'event_type dimension,events measure' 'and their columns'
echo 'SELECT count(*) AS n FROM silver' >lake/schemas/gold/silver.sql
exits 2 'no table is called like a layer' etl lake rebuild
rm lake/schemas/gold/silver.sql
done_testing
