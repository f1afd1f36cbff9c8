#!/bin/sh
# evcat -m: lines of any shape become events by a jq program, or are rejected with what it says; whatever that
# program does, the lines around are not its victims.
# shellcheck disable=SC2016 # what jq expands, the shell does not
. "$(dirname "$0")/lib.sh"

# An event of the user $1, with what else $2 gives.
event() { echo "{timestamp: \"2025-12-07T03:00:00Z\", user_id: ($1), session_id: \"s\", event_type: \"search\"} + {${2-}}"; }
map() { printf '%s\n' "$1" >map.jq; }
# LINES FIELDS: the mapped rows' fields, by number, rows separated by blanks.
rows() { printf '%s\n' "$1" | evcat -m map.jq -f csv 2>err | sed 1d | cut -d, -f "$2" | xargs; }

# What evcat said of each bad line, behind the name of its file.
said() { sed '$d; s/^evcat: [^:]*://' err; }

# --- events

map ".[] | $(event .)"
is "$(rows '["a","b"]
[]

["c"]' 2,10)" 'a,1 b,1 c,4' 'no, one or two events of a line, with its number'
is "$(cat err)" '' 'without a word'
seq 1 20000 | sed 's/.*/["u&","v&"]/' >many
is "$(evcat -m map.jq -f csv many | sed 1d | awk -F, '{ n++; if (substr($2, 2) != $10) wrong++ } END { print n, wrong + 0 }')" \
	'40000 0' 'many lines, each where it belongs'
gzip -c many >many.gz
is "$(evcat -m map.jq -f csv many.gz | cksum)" "$(evcat -m map.jq -f csv many | cksum)" 'gzip as ever'
evcat -m map.jq many.gz >1.ev
evcat -m map.jq many.gz >2.ev
same 1.ev 2.ev 'the same input gives the same stream'
map "$(event '"x" * 3000000')"
is "$(rows '{}
{}
{}
{}
{}
{}
{}
{}
{}
{}
{}
{}' 10)" '1 2 3 4 5 6 7 8 9 10 11 12' 'events of 3 MB each'

# --- a line is taken whole or not at all

map ".[] | $(event .)"
printf '%s\n' '["a"]' '["b",1,"c"]' '["d"]' '{"e":' '"f"' '["g"]x' '[1]' >mixed
exits 1 'bad lines' evcat -m map.jq -f csv mixed
is "$(sed 1d out | cut -d, -f 2,10 | xargs)" 'a,1 d,3' 'are left out with all they give'
is "$(said)" '2:0: bad_user_id: ["b",1,"c"]
4:6: malformed_json: {"e":
5:0: map_failed: Cannot iterate over string ("f"): "f"
6:6: malformed_json: ["g"]x
7:0: bad_user_id: [1]' 'each with its reason, and of the source itself'
is "$(evcat -m map.jq mixed | evclean -x 100 2>err | evsilver | evcat -f csv | sed 1d | cut -d, -f 2,10 | xargs)" 'a,1 d,3' 'and are taken out'
is "$(cat err)" 'evclean: mixed: 5 of 7 lines dropped, most by bad_user_id, first at line 2' 'counted by lines'
map "1, 2, error(\"late\")"
exits 1 'an error behind events' evcat -m map.jq -f csv - <<-END
	{}
END
is "$(said)" '1:0: map_failed: late: {}' 'is one of the line'
map 'error("a\tb\n" + "€" * 60)'
exits 1 'a long message' evcat -m map.jq -f csv - <<-END
	{}
END
is "$(head -n 1 err)" "evcat: -:1:0: map_failed: a b $(printf '€%.0s' $(seq 22)): {}" 'is cut to a width that can be read'
printf '\357\273\277{"a":1}\r\n' >crlf
map "$(event '"x"')"
is "$(evcat -m map.jq -f csv crlf | sed 1d | wc -l)" 1 'a byte order mark and a carriage return as ever'
head -c 1100000 /dev/zero | tr '\0' x >huge
printf '\n{}\n' >>huge
exits 1 'a line that is too long' evcat -m map.jq -f csv huge
is "$(grep -c 'huge:1:0: line_too_long' err)" 1 'is not mapped'
is "$(sed 1d out | cut -d, -f 10)" 2 'the next one is'

# --- numbers

map "$(event .id 'price: .price, quantity: 1, event_type: "purchase"')"
is "$(rows '{"id":"a","price":123456789012.345678}
{"id":"b","price":19.99}
{"id":"c","price":100}
{"id":"d","price":0.1234565000000000000000001}' 7)" '123456789012.345678 19.99 100 0.123457' 'money to the last digit'
map "$(event '.id | tostring' 'search_query: "id \(.id)", category: (.id | type)')"
is "$(rows '{"id":9007199254740993}
{"id":1234567890123456789}
{"id":17}' 2,8,9 | tr -d '\n')" '9007199254740993,number,id 9007199254740993 1234567890123456789,number,id 1234567890123456789 17,number,id 17' \
	'ids to the last digit, as texts too'
for wrong in '.id + 1' '1 * .id' '.id / 2' 'if .id > 5 then 1 else 2 end' '.id == 5' '[.id] | tojson' '-.id' '.id | floor'; do
	map "$wrong"
	exits 1 "$wrong" evcat -m map.jq -f csv - <<-END
		{"id":9007199254740993}
	END
	ok '... fails rather than be wrong' grep -q map_failed err
done
map "$(event '(.id | tonumber) - 9007199254740992 | tostring' 'search_query: (if .id == null or .id == "x" then "y" else "n" end)')"
is "$(rows '{"id":9007199254740993}' 2,9)" '0,n' 'unless it is made a double'
map 'module {"input": "text"};
split(",") as [$id, $price] | '"$(event '$id' 'price: ("\u0000" + $price), quantity: 1')"
is "$(rows 'a,123456789012.345678
b,19.99' 2,7)" 'a,123456789012.345678 b,19.99' 'a text is made a number as it is'
map "$(event '.id')"
exits 1 'half a surrogate pair' evcat -m map.jq -f csv - <<-END
	{"id":"\ud83d"}
END
is "$(said | cut -d: -f 1-3)" '1:0: map_failed' 'is not made something else'
is "$(rows '{"id":"\ud83d\ude00"}' 2)" "$(printf '\360\237\230\200')" 'a whole one is a character'
exits 1 'U+0000' evcat -m map.jq -f csv - <<-END
	{"id":"\u0000a"}
END
is "$(said | cut -d: -f 1-3)" '1:0: bad_user_id' 'is what it is without a map'

# --- text

map 'module {"input": "text"};
select(startswith("#") | not) | '"$(event .)"
is "$(rows '# a comment
{"not":json
plain' 2,10)" '{not:json,2 plain,3' 'lines that are no JSON'
printf 'a\377\n' >latin
exits 1 'but text' evcat -m map.jq -f csv latin
is "$(said | cut -d: -f 1-3)" '1:2: malformed_text' 'says where not'

# --- programs that are no good

for bad in '.[' 'nosuch' '.a as $x | $y' '$__prog_args' 'import "nothing" as n; .' "import \"$(printf '%0300d' 7)\" as n; ." 'input' '$ENV.PATH' 'import "/etc/x" as x; .'; do
	map "$bad"
	exits 2 "refused: $bad" evcat -m map.jq -f csv /dev/null
	ok '... by name' grep -q '^evcat: map.jq:' err
	is "$(wc -l <err)" 1 '... in a line'
done
exits 2 'one that is not there' evcat -m nothing /dev/null
printf '.\0' >map.jq
exits 2 'one with a zero byte' evcat -m map.jq /dev/null
for t in 0 x 3601; do
	exits 2 "-t $t" evcat -t $t one
done
mkdir maps
echo 'def user: .u;' >maps/mine.jq
echo "import \"mine\" as mine; $(event mine::user)" >maps/map.jq
is "$(echo '{"u":"a"}' | evcat -m maps/map.jq -f csv | sed 1d | cut -d, -f 2)" a 'modules beside it are found'
cp maps/mine.jq .
sed -i 's/\.u/"not me"/' mine.jq
is "$(echo '{"u":"a"}' | evcat -m maps/map.jq -f csv | sed 1d | cut -d, -f 2)" a 'and none that are elsewhere'
echo 'def user: env.PATH;' >maps/mine.jq
exits 2 'what is off is off in modules' evcat -m maps/map.jq /dev/null
ok 'by name and line' grep -q '^evcat: maps/mine.jq:1: env' err
mkdir home
echo 'def user: "home";' >home/.jq
map "$(event user)"
HOME=$W/home evcat -m map.jq /dev/null >out 2>err
is $? 2 'nothing is taken in from a home'

# --- programs that go wrong

map "if .loop then last(repeat(1)) else $(event .id) end"
printf '%s\n' '{"id":"a"}' '{"loop":1}' '{"id":"b"}' '{"id":"c"}' >lines
exits 1 'a loop' evcat -t 1 -m map.jq -f csv lines
is "$(sed 1d out | cut -d, -f 2,10 | xargs)" 'a,1 b,3 c,4' 'ends, and the others are there'
is "$(said | cut -d: -f 1-4)" '2:0: map_failed: still at work after 1 seconds' 'as is told'
map "if .big then reduce range(100000000) as \$i (\"x\"; . + .) else $(event .id) end"
printf '%s\n' '{"id":"a"}' '{"big":1}' '{"id":"b"}' >lines
case $B in
*-address*) ;;
*)
	exits 1 'all memory' evcat -t 100 -m map.jq -f csv lines
	is "$(sed 1d out | cut -d, -f 2,10 | xargs)" 'a,1 b,3' 'is not to be had, and the others are there'
	is "$(said | cut -d: -f 1-4)" '2:0: map_failed: it takes more than 512 MiB of memory' 'as is told'
	;;
esac
map 'repeat({})'
echo '{}' >lines
exits 1 'events without end' evcat -t 100 -m map.jq -f csv lines
is "$(said | cut -d: -f 1-4)" '1:0: map_failed: it makes more than 16 MiB of this line' 'are too many'
map "if .deep then reduce range(1000000) as \$i (.; [.]) else $(event .id) end"
printf '%s\n' '{"id":"a"}' '{"deep":1}' '{"id":"b"}' >lines
exits 1 'what libjq does not survive' evcat -t 100 -m map.jq -f csv lines
is "$(sed 1d out | cut -d, -f 2,10 | xargs)" 'a,1 b,3' 'the others do'
is "$(head -c 100000 /dev/zero | tr '\0' '[' | evcat -m map.jq -f csv 2>&1 | grep -c malformed_json)" 1 'brackets without end'
printf '{"id":"a","x":%s1%s}\n' "$(printf '[%.0s' $(seq 600))" "$(printf ']%.0s' $(seq 600))" >deep
exits 1 'nested deeper than libjq goes' evcat -m map.jq -f csv deep
is "$(said | cut -d: -f 1-4)" '1:0: map_failed: Exceeds depth limit for parsing at line 1, column 269' 'is its message'
done_testing
