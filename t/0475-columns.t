#!/bin/sh
# Silver whose files have different columns, because the schema has changed between runs: counted and rewritten by the
# schema of now, or refused by name with what to do.
. "$(dirname "$0")/lib.sh"
. "$T/undo.sh"
have sqlite3 || skip_all 'sqlite3 is not installed'

schema=$T/../schemas/event.json
plus='s/"user_id": {/"country": { "type": ["string", "null"], "x-column": "string" }, &/'
relaxed='s/"session_id", //; s/"session_id": { "type": "string"/"session_id": { "type": ["string", "null"]/'
tight='s/"required": \[/&"category", /; s/"category": { "type": \["string", "null"\]/"category": { "type": "string"/'
weighed='s/"user_id": {/"weight": { "type": ["number", "null"], "x-column": "decimal" }, &/'
retyped='s/"user_id": {/"weight": { "type": ["number", "null"], "x-column": "float64" }, &/'
events() { # FROM TO DATE
	for n in $(seq "$1" "$2"); do
		echo '{"timestamp": "'"$3"'T0'$((n % 10))':00", "user_id": "u'"$n"'", "session_id": "s", "event_type": "page_view",' \
			'"product_id": "p'$((n % 3))'", "country": "c'$((n % 2))'", "price": '"$n"'.5, "weight": '"$n"'.25}'
	done
}
# lake FIRST NOW: two sources by one schema, and one by another that holds from then on.
lake() {
	rm -rf lake
	mkdir -p lake/bronze lake/schemas
	events 1 7 2025-12-07 >lake/bronze/1
	events 8 20 2025-12-07 >lake/bronze/2
	sed "$1" "$schema" >lake/schemas/event.json
	etl -q -j 1 lake
	sed "$2" "$schema" >lake/schemas/event.json
	events 21 25 2025-12-06 >lake/bronze/3
	etl -q -x 100 lake 2>/dev/null
	cp -a lake before
}
# The lake is as it would be had all of it been loaded by the schema of now.
as_ever() { # TEXT [WITHOUT]
	rm -rf ever
	mkdir -p ever/schemas
	cp -a lake/bronze ever
	cp lake/schemas/event.json ever/schemas
	cp -a lake/schemas/gold ever/schemas
	[ -z "${2-}" ] || rm "ever/bronze/$2"
	etl -q -x 100 ever
	state lake >got
	state ever >expected
	same got expected "$1: Gold is as by the schema of now"
	holds_together lake
}
unchanged() {
	state lake >got
	state before >expected
	same got expected 'and nothing is changed'
	evmark files lake >got
	evmark files before >expected
	same got expected 'no file either'
	rm -rf before
}
sed "$plus" "$schema" | cmp -s - "$schema"
is $? 1 'one schema has another column'

# --- a column that has come

lake '' "$plus"
for jobs in 1 2; do
	exits 0 "a column has come: rebuild with $jobs" etl -q -j $jobs lake rebuild
	state lake >got
	state before >expected
	same got expected 'changes nothing'
	holds_together lake
done
echo 'SELECT country, count(*) AS n FROM silver GROUP BY country' >lake/schemas/gold/by_country.sql
exits 0 'a definition that asks for it' etl -q lake rebuild by_country
is "$(ask lake 'SELECT * FROM by_country ORDER BY 1')" '|20
c0|2
c1|3' 'older rows have none'
rm lake/schemas/gold/by_country.sql
etl -q lake rebuild
exits 0 'forget a source of a file that lacks it' etl -q lake forget bronze/1
holds_together lake
is "$(evcat -f tsv lake/silver | cut -f 2 | sort | uniq -c | tr -s ' ')" ' 13 
 2 c0
 3 c1
 1 country' 'the file that was written again has it, and it is null'
exits 0 'what was forgotten' etl -q lake
is "$(evcat -f tsv lake/silver | cut -f 2 | sort | uniq -c | tr -s ' ' | head -n 2)" ' 13 
 5 c0' 'comes with it'
exits 0 'rewind to before it came' etl -q lake rewind 1
exits 0 'and reload' etl -q lake reload
as_ever 'reload' 3
rm -rf before

# --- one that has gone

lake "$plus" ''
exits 0 'a column has gone: rebuild' etl -q lake rebuild
as_ever rebuild
rm -rf before && cp -a lake before
exits 1 'what has it is not written again without it' etl -q lake forget bronze/1
ok 'by name' grep -q 'part-1-1.parquet: column country .*reload' err
unchanged
exits 0 'forget what is in a file of its own' etl -q lake forget bronze/3
as_ever forget 3
etl -q lake
exits 0 'reload' etl -q lake reload
exits 0 'then forget' etl -q lake forget bronze/1
as_ever 'by reload' 1

# --- one that may be null since

lake '' "$relaxed"
exits 0 'a column may be null: rebuild' etl -q -j 2 lake rebuild
exits 0 'and forget' etl -q lake forget bronze/1
as_ever 'allowed nulls' 1
rm -rf before

# --- one that may be null no more, or is of another type

for name in category weight; do
	if [ $name = category ]; then lake '' "$tight"; else lake "$weighed" "$retyped"; fi
	for verb in rebuild 'forget bronze/1' 'rewind 1'; do
		# shellcheck disable=SC2086 # a verb and its arguments
		exits 1 "$name is another column: $verb" etl -q lake $verb
		ok 'is named' grep -q "column $name: .*reload" err
	done
	unchanged
	exits 0 'reload' etl -q -x 100 lake reload
	exits 0 'makes a rebuild possible' etl -q lake rebuild
	exits 0 'and a load' etl -q -x 100 lake
	as_ever "$name"
done
# --- of another type, nothing is loaded beside what there is

lake "$weighed" "$retyped"
exits 2 'a column of another type: load' etl -q lake
ok 'is refused by name' grep -q "column weight is of type float64 by the schema, and decimal in Silver: .*: evetl .*/lake reload$" err
unchanged
lake "$plus" 's/"user_id": {/"Country": { "type": ["string", "null"] }, &/'
exits 2 'a column that differs by case' etl -q lake
ok 'is refused by name' grep -q 'column Country, and Silver has country,' err
unchanged
lake '' 's/"int32"/"int64"/'
exits 2 'another kind of whole numbers' etl -q lake
exits 0 'reload' etl -q lake reload
exits 0 'load' etl -q lake
is "$(ask lake "SELECT type, files FROM lake_column WHERE table_name = 'silver' AND name = 'quantity'")" 'int64|3' 'makes it the type'
as_ever 'int64'

# --- any files of Silver as one table

lake '' "$plus"
evcat -f csv lake/silver >got
is "$(head -n 1 got)" "timestamp,country,user_id,session_id,event_type,product_id,quantity,price,category,search_query,line,event_date,event_hour,revenue,source" \
	'evcat: one table, with all columns'
is "$(cut -d , -f 2 got | sort | uniq -c | tr -s ' ')" ' 20 
 2 c0
 3 c1
 1 country' 'null where files lack them'
evcat -f csv "$(realpath lake/silver)" >expected
same got expected 'by whatever path'
# shellcheck disable=SC2046 # a list of words
evcat -f csv $(evmark files -f tsv lake | awk '$1 == "silver" { print "lake/" $2 }' | sort) >expected
same got expected 'file by file'
cp -a lake/silver copy
evcat -f csv copy >expected
same got expected 'and without a ledger'
is "$(evcat -f csv copy lake/bronze/1 copy | sort | uniq -c | awk '{ print $1 }' | sort | uniq -c | tr -s ' ')" ' 8 1
 26 2' 'twice, with others in between'
mkdir -p wide/schemas
cp -a lake/bronze wide
sed 's/"int32"/"int64"/' "$schema" >wide/schemas/event.json
etl -q wide
is "$(evcat -f csv copy wide/silver copy | grep -c '^timestamp')" 3 'but for types that differ: these are other tables'
done_testing
