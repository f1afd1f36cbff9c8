#!/bin/sh
# evschema: a schema for lines that nobody has described, by which they are read; and what has changed since.
. "$(dirname "$0")/lib.sh"

# --- infer

evgen -C 3 -E 3000 clean >/dev/null
exits 0 'a schema for a folder' evschema infer clean/bronze
cp out clean.json
is "$(cat err)" '' 'with nothing to be said'
evcat -f tsv clean/bronze >expected
exits 0 'takes the same files' evcat -S clean.json -f tsv clean/bronze
same out expected 'and gives the same rows, in columns of the same types'
is "$(grep -c x-known clean.json)" 2 'values that come again and again are expected'
for path in clean clean/bronze/year=2025 "$(find clean -name '*.gz' | head -n 1)"; do
	exits 0 "a lake, a folder, a file: $path" evschema infer "$path"
done
find clean -name '*.gz' | sort | while read -r file; do zcat "$file" && echo; done >all.jsonl
exits 0 'standard input' sh -c 'evschema infer <all.jsonl'
sed 's/"first": "[^"]*"/"first": "x"/;s/"sources": 1/"sources": 3/' out >stdin.json
sed 's/"first": "[^"]*"/"first": "x"/' clean.json >expected
same stdin.json expected 'says the same'
exits 0 'by a dash' sh -c 'evschema infer - <all.jsonl'
sort all.jsonl >sorted.jsonl
exits 0 'in another order' evschema infer sorted.jsonl
is "$(grep -E '"(rows|distinct|minimum|maximum|null|missing)"' out | sed 's/, "first".*//' | cksum)" \
	"$(grep -E '"(rows|distinct|minimum|maximum|null|missing)"' clean.json | sed 's/, "first".*//' | cksum)" \
	'all that is counted is the same'
if have sqlite3; then
	mkdir inferred
	cp -a clean/bronze inferred
	mkdir -p inferred/schemas
	cp clean.json inferred/schemas/event.json
	etl -q clean
	etl -q inferred
	for lake in clean inferred; do
		sqlite3 -readonly $lake/gold.db ".read '$T/oracle/state.sql'" >$lake.state
	done
	same inferred.state clean.state 'a lake that has it as its own has the same Gold'
fi

# --- what is said of a field

cat >odd.jsonl <<'END'
{"sentAt": 1765000000123, "user": {"id": "u1", "geo": {"lat": 1.5}}, "price": "12.50", "tags": ["a"], "a.b": 1, "source": "web"}

{"sentAt": 1765000001123, "user": {"id": "u2", "geo": null}, "price": 13, "a.b": 2, "source": "app"}
not json
{"sentAt": 1765000002123, "user": {"id": "u3"}, "price": null, "a.b": -2, "source": "web"}
END
exits 0 'nested and odd lines' evschema infer odd.jsonl
cp out odd.json
ok 'which are told' grep -q 'odd.jsonl:4: malformed_json' err
ok 'as is what is left out' grep -q '^evschema: tags: left out: lists' err
exits 0 'quietly' evschema infer -q odd.jsonl
is "$(cat err)" '' 'or not'
evcat -S odd.json -f tsv odd.jsonl | evclean 2>/dev/null >/dev/null
is "$(evcat -S odd.json odd.jsonl | evclean 2>/dev/null | evcat -f csv)" 'timestamp,user_id,user_geo_lat,price,a_b,source_2,line
2025-12-06T05:46:40.123000Z,u1,1.5,12.5,1,web,1
2025-12-06T05:46:41.123000Z,u2,,13,2,app,3
2025-12-06T05:46:42.123000Z,u3,,,-2,web,5' 'what is read by it'
seen() { sed -n "/^    \"$1\": {/,/^    }/p" odd.json; }
is "$(seen price | grep -E '"(string|integer|null)": {' | tr -d ' ')" '"null":{"rows":1,"first":"odd.jsonl:5"},
"string":{"rows":1,"first":"odd.jsonl:1"},
"integer":{"rows":1,"first":"odd.jsonl:3"}' 'the types of a field, how often, and where each is first'
is "$(seen price | grep -E '"(null|missing|minimum|maximum|distinct)": [^{]' | tr -d ' \n')" \
	'"null":0.333333,"missing":0,"minimum":12.50,"maximum":13,"distinct":2' 'its shares and extremes'
is "$(seen user_geo_lat | grep '"missing"' | tr -d ' ')" '"missing":0.666667,' 'and how often it is not there'
echo '{"timestamp": "2025-12-07T03:55:56Z", "event_type": 7, "quantity": 1.5, "price": 0.123456789}' >other.jsonl
evschema infer -q other.jsonl >other.json
is "$(evcat -S other.json -f csv other.jsonl)" 'timestamp,event_type_2,quantity_2,price_2,line
2025-12-07T03:55:56.000000Z,7,1.5,0.123456789,1' 'what no revenue can be made of has another name'
gzip -k odd.jsonl
exits 0 'gzipped' evschema infer -q odd.jsonl.gz odd.jsonl
ok 'and with others' grep -q '"sources": 2' out
exits 1 'nothing but rubbish' sh -c 'echo rubbish | evschema infer -q'
exits 4 'nothing at all' sh -c 'evschema infer -q </dev/null'
exits 4 'no such file' evschema infer nothing
exits 3 'a stream' sh -c 'evcat clean/bronze | evschema infer'
exits 2 'no verb' evschema
exits 2 'none such' evschema guess

# Many keys, each of which comes once: memory does not grow with them.
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "{\"id\": %d, \"k%d\": {\"x\": \"%d\"}}\n", i, i, i }' >keys.jsonl
# A sanitizer takes more than there is.
case $B in *-address*) limit=unlimited ;; *) limit=200000 ;; esac
exits 0 '100,000 keys' sh -c "ulimit -v $limit; evschema infer keys.jsonl"
ok 'are told' grep -q 'keys are left out' err
cp out keys.json
is "$(evcat -S keys.json -f tsv keys.jsonl | wc -l)" 100001 'and the schema is one'

# --- diff

exits 0 'lines against their own schema' evschema diff clean.json clean
is "$(cat out err)" '' 'have not drifted'
evschema diff odd.json odd.jsonl.gz >out 2>/dev/null
is "$(cat out)" 'odd.jsonl.gz:4: line: malformed_json (lines: 1)' 'but for those that are no JSON'
{
	sed -n 1,50p all.jsonl
	sed -n 51,60p all.jsonl | sed 's/"category": [^,]*, //'
	echo '{"timestamp": "2025-12-07T00:00:00Z", "user_id": 7, "session_id": "s", "event_type": "page_view", "price": -1, "quantity": 1.5}'
	echo '{"timestamp": "yesterday", "user_id": "", "session_id": "s", "event_type": "return", "coupon": {"code": "x"}, "price": null}'
	echo '{"timestamp": "2025-12-07T00:00:00Z", "user_id": "u", "event_type": "page_view", "coupon": 5}'
	echo 'rubbish'
} | sed 's/"search_query": [^,}]*/"query": "q"/' >drifted.jsonl
exits 1 'lines that have' evschema diff "$T/../schemas/event.json" drifted.jsonl
is "$(sort out)" "$(sort <<'END'
drifted.jsonl:62: type: timestamp: "yesterday" is no timestamp (lines: 1)
drifted.jsonl:61: type: user_id: 7 is no string (lines: 1)
drifted.jsonl:62: missing: user_id: "" is no value (lines: 1)
drifted.jsonl:63: missing: session_id: it is not there (lines: 1)
drifted.jsonl:62: value: event_type: "return" is not known (lines: 1)
drifted.jsonl:61: type: quantity: 1.5 is no int32 (lines: 1)
drifted.jsonl:61: bounds: price: -1 is out of bounds (lines: 1)
drifted.jsonl:1: vanished: search_query: no line has it
drifted.jsonl:1: new: query: string (lines: 60)
drifted.jsonl:62: new: coupon: integer (lines: 1), object (lines: 1)
drifted.jsonl:64: line: malformed_json (lines: 1)
END
)" 'each with where it is first'
ok 'and are counted' grep -q '11 findings' err
echo '{"sentAt": "2025", "user": 5, "price": "a", "a.b": 1}' | evschema diff odd.json - >out 2>/dev/null
is "$(cut -d: -f 3- out)" ' type: sentAt: "2025" is no timestamp (lines: 1)
 type: user: 5 is no object (lines: 1)
 type: price: "a" is no decimal (lines: 1)
 vanished: source: no line has it' 'paths, not names'
exits 1 'nothing but rubbish' sh -c 'echo rubbish | evschema diff clean.json'
exits 2 'no schema' evschema diff
exits 2 'one that is not there' evschema diff nothing.json clean
exits 2 'one that is none' evschema diff odd.jsonl clean
done_testing
