#!/bin/sh
# Lakes whose lines are mapped: the maps that come with evlake, from samples to Gold that was worked out by hand;
# and that a lake goes by its map in whatever a run does.
# shellcheck disable=SC2016 # what jq expands, the shell does not
. "$(dirname "$0")/lib.sh"
have sqlite3 || skip_all 'sqlite3 is not installed'

ask() { sqlite3 -readonly "$1/gold.db" "$2"; }
gold() {
	ask "$1" "SELECT 'lines', lines, kept, rejected, blank, more FROM lake_source WHERE end_run IS NULL ORDER BY path;
		SELECT 'reject', first_line, reason, field FROM lake_reject WHERE end_run IS NULL ORDER BY source, first_line;
		SELECT 'funnel', * FROM product_funnel ORDER BY 2, 3;
		SELECT 'revenue', * FROM hourly_revenue ORDER BY 2, 3;
		SELECT 'popularity', * FROM product_popularity ORDER BY 2, 3;
		SELECT 'category', * FROM category_daily_performance ORDER BY 2, 3;
		SELECT 'users', * FROM daily_user_activity ORDER BY 2"
}
lake() { # LAKE MAP FILE ...: a lake of these files, by this map
	mkdir -p "$1/bronze" "$1/schemas"
	cp "$2" "$1/schemas/map.jq"
	name=$1
	shift 2
	cp "$@" "$name/bronze"
}
sound() { # TEXT LAKE
	exits 0 "$1" evmark verify -c "$2"
	is "$(cat out err)" '' '... without a finding'
}

# --- each map that is shipped, on a sample of its own

for sample in "$T"/data/map/*.gold; do
	map=$(basename "$sample" .gold)
	lake "$map" "$T/../schemas/map/$map.jq" "$T/data/map/$map".[!g]*
	exits 0 "$map: loaded" etl -q -x 100 "$map"
	gold "$map" >got
	same got "$sample" "$map: Gold as worked out by hand"
	sound "$map: sound" "$map"
done
is "$(echo "$T"/../schemas/map/*.jq | wc -w)" "$(echo "$T"/data/map/*.gold | wc -w)" 'every map has its sample'

# --- what a run does with a map

lake one "$T/../schemas/map/segment.jq" "$T"/data/map/segment.jsonl
for k in 1 2 3 4 5 6; do
	sed "s/\"m\([0-9]\)\"/\"m$k\1\"/; s/\"p1\"/\"p$k\"/g" "$T/data/map/segment.jsonl" >"one/bronze/$k.jsonl"
done
cp -a one three
etl -q -x 100 -j 1 one
etl -q -x 100 -j 3 three
gold one >one.gold
gold three >got
same got one.gold 'in three parts it is the same'
sound 'and sound' three
quarantine() { evmark files -f tsv "$1" | awk '$1 == "quarantine" { print $2 }' | (cd "$1" && xargs zcat) | sort; }
quarantine one >rejects
is "$(cut -f 6- rejects | sort -u)" "$(grep five "$T/data/map/segment.jsonl" | sed 's/"p1"/"p6"/' |
	sed 's/p6/p1/; p; s/p1/p2/; p; s/p2/p3/; p; s/p3/p4/; p; s/p4/p5/; p; s/p5/p6/' | sort -u)" 'quarantine has the lines of the sources'
is "$(cut -f 1,2,4 rejects | sort -u)" "$(printf 'bad_price\tprice\t10')" 'why, and where they are in them'
exits 0 reload etl -q -x 100 one reload
gold one >got
same got one.gold 'is by the same map'
sound 'and sound' one
exits 0 forget etl -q -x 100 one forget bronze/3.jsonl
sound 'is sound' one
exits 0 'and load' etl -q -x 100 one
gold one >got
same got one.gold 'is as it was'

exits 2 'a run goes by no map but its own' sh -c 'evmark pending one | evcat -m "$0/../schemas/map/otto.jq" >/dev/null' "$T"
ok 'which is said' grep -q schemas/map.jq err

is "$(ask one "SELECT name, begin_run, end_run FROM lake_rule ORDER BY 1, 2")" 'event.json|1|
map.jq|1|' 'the ledger knows what lines were read by'
is "$(ask one "SELECT text FROM lake_rule WHERE name = 'map.jq'")" "$(cat one/schemas/map.jq)" 'to the letter'

# --- a map that is changed while a run is under way

cp -a three torn
cp torn/bronze/1.jsonl torn/bronze/7.jsonl
cp torn/bronze/2.jsonl torn/bronze/8.jsonl
echo >>torn/bronze/7.jsonl
echo >>torn/bronze/8.jsonl
evmark pending torn >plan
evcat -s 1/2 plan | evclean -x 100 | evsilver | evgold -p >1.ev
echo '# changed' >>torn/schemas/map.jq
evcat -s 2/2 plan | evclean -x 100 | evsilver | evgold -p >2.ev
exits 75 'parts by two maps' sh -c 'cat 1.ev 2.ev | evgold'
gold torn >got
same got one.gold 'change nothing'

# --- a map that was mended: what is in quarantine comes out of it, and what is mended in its lines too

sed -i 's/price: .price}/price: (if .price == "five" then 5 else .price end)}/' one/schemas/map.jq
exits 0 'replay' etl -q one replay
is "$(ask one "SELECT count(*), sum(rejected), sum(more) FROM lake_source WHERE end_run IS NULL")" '7|0|14' 'is by the map as it is now: two events of each line'
is "$(ask one "SELECT sum(purchase_count) FROM hourly_revenue")" 28 'all of which count'
is "$(ask one "SELECT name, begin_run FROM lake_rule WHERE end_run IS NULL ORDER BY 1" | xargs)" 'event.json|1 map.jq|5' 'which is in the ledger'
sound 'and sound' one
exits 0 'a reload' etl -q one reload
gold one >got
etl -q -x 100 three
cp one/schemas/map.jq three/schemas
etl -q three reload
gold three >once
same got once 'gives the same'
printf '.[' >one/schemas/map.jq
cp one/bronze/1.jsonl one/bronze/9.jsonl
echo >>one/bronze/9.jsonl
exits 2 'a map with errors stops a run' etl -q one
ok 'by name' grep -q 'schemas/map.jq:1: ' err
is "$(ask one "SELECT count(*) FROM lake_source WHERE path LIKE '%9.jsonl'")" 0 'which changes nothing'

# --- rejects of many kinds

mkdir -p many/bronze many/schemas
echo 'error("no \(.)")' >many/schemas/map.jq
seq 1 1000 >many/bronze/1
exits 1 'a source that loses all lines is refused as ever' etl -q many
rm -r many/staging/*
exits 0 'unless asked for' etl -q -x 100 many
is "$(ask many "SELECT count(*), sum(rejects) FROM lake_reject")" '201|1000' 'and the ledger does not grow with what a map says'
is "$(zcat many/quarantine/*/*.gz | cut -f 2 | sort -u | wc -l)" 1000 'which is in quarantine'
sound 'sound' many

# --- the real thing

data=$T/../../shared/data
[ -d "$data" ] || skip_all 'the real samples are not here'
lake otto-real "$T/../schemas/map/otto.jq" "$data/otto/train.jsonl"
exits 0 'OTTO' etl -q otto-real
count() { grep -o "\"type\":\"$1\"" "$data/otto/train.jsonl" | wc -l; }
is "$(ask otto-real "SELECT sum(view_count), sum(add_to_cart_count), sum(purchase_count) FROM product_funnel")" \
	"$(count clicks)|$(count carts)|$(count orders)" 'every event of it'
is "$(ask otto-real "SELECT lines, rejected, blank, kept - more FROM lake_source")" '20|0|0|20' 'of every session'
sound 'is sound' otto-real
lake ubi-real "$T/../schemas/map/ubi.jq" "$data/ubi/ubi_queries_events.ndjson"
exits 0 'UBI' etl -q ubi-real
events=$(grep -c '^{"index": ' "$data/ubi/ubi_queries_events.ndjson")
is "$(ask ubi-real "SELECT lines, kept, rejected, blank FROM lake_source")" "$((2 * events))|$events|0|$events" 'every document of it'
actions() { grep -c "\"action_name\": \"$1\"" "$data/ubi/ubi_queries_events.ndjson"; }
is "$(ask ubi-real "SELECT sum(add_to_cart_count), sum(purchase_count), sum(view_count) FROM product_funnel")" \
	"$(actions add_to_cart)|$(actions purchase)|$(($(actions click) + $(actions item_click)))" 'as they were'
sound 'is sound' ubi-real
done_testing
