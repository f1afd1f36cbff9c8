#!/bin/sh
# evcat: events from files, folders and standard input; to a stream, or to be looked at.
. "$(dirname "$0")/lib.sh"

good='{"timestamp": "2025-12-07T03:55:56.5+00:00", "user_id": "u_1", "session_id": "s_1", "event_type": "purchase", "product_id": "p_1", "quantity": 2, "price": 9.99, "category": "toys", "search_query": null}'
bad='{"timestamp": "yesterday", "user_id": "u_1", "session_id": "s_1", "event_type": "search"}'
odd='{"timestamp":"2025-12-07T03:55:57Z","user_id":"\u00fc","session_id":"a\tb","event_type":"search","search_query":"x\\y","colour":"red"}'

# --- what is printed

printf '%s\n' "$good" >one
is "$(evcat -f jsonl one)" \
	'{"timestamp":"2025-12-07T03:55:56.500000Z","user_id":"u_1","session_id":"s_1","event_type":"purchase","product_id":"p_1","quantity":2,"price":9.99,"category":"toys","search_query":null,"line":1}' \
	'jsonl: an object for each event'
is "$(evcat -f csv one)" 'timestamp,user_id,session_id,event_type,product_id,quantity,price,category,search_query,line
2025-12-07T03:55:56.500000Z,u_1,s_1,purchase,p_1,2,9.99,toys,,1' 'csv: a header and a line for each event'
printf '\n%s' "$odd" >two
is "$(evcat -f tsv one two | cut -f2,3,9,10)" "user_id	session_id	search_query	line
u_1	s_1		1
ü	a\\tb	x\\\\y	2" 'tsv: several files, blank lines counted, tabs escaped'
is "$(evcat -f table one | sed 's/ *$//' | sed -n 1p | awk '{ print $2 }')" user_id 'table: a line of names'

# --- where events come from

gzip -c one >packed.txt
is "$(evcat -f csv packed.txt)" "$(evcat -f csv one)" 'gzip is known by its content'
is "$(evcat -f csv <packed.txt)" "$(evcat -f csv one)" 'on standard input too'
is "$(evcat one two | evcat -f csv)" "$(evcat -f csv one two)" 'a stream is printed as its files are'
is "$(evcat one two | evcat | evcat - | evcat -f csv)" "$(evcat -f csv one two)" 'streams pass unchanged'
evcat one >one.ev
evcat one | cat - one.ev >both.ev
is "$(evcat -f csv <both.ev | grep -c purchase)" 2 'streams may follow one another'
mkdir -p tree/b tree/a tree/_hidden
cp one tree/b/x
cp two tree/a/y
cp one tree/_hidden/z
cp one tree/b/x.tmp
cp one tree/b/.x
is "$(evcat -f csv tree)" "$(evcat -f csv two one)" 'a folder is all its files, in name order, without those set aside'
exits 0 'an empty file is no event' evcat -f csv /dev/null
is "$(cat out)" 'timestamp,user_id,session_id,event_type,product_id,quantity,price,category,search_query,line' 'but a header'

exits 4 'nothing at all on standard input is an error' evcat </dev/null
evcat <&- >out 2>err
is $? 4 'and so is a closed one'

# --- what is wrong

printf '%s\n%s\n' "$bad" "$good" >mixed
exits 1 'bad lines are refused where they cannot be shown' evcat -f csv mixed
is "$(grep -c purchase out)" 1 'the others are shown'
is "$(grep -c 'mixed:1:15: bad_timestamp: ' err)" 1 'and the bad one is named by file, line and column'
exits 0 'in a stream they travel along' evcat mixed
exits 4 'a missing file is an error' evcat -f csv nothing
is "$(grep -c 'evcat: nothing: ' err)" 1 'by name'
head -c 40 packed.txt >cut.gz
exits 3 'a truncated gzip is an error' evcat cut.gz
is "$(grep -c 'cut.gz' err)" 1 'by name'
i=0
while [ $i -lt 2000 ]; do
	printf '%s\n' "$good" | sed "s/u_1/u_$i$i$i/"
	i=$((i + 1))
done | gzip >long.gz
head -c 9000 long.gz >cut.gz
exits 0 'but with -k what is whole of it is kept' evcat -k -f csv cut.gz
n=$(grep -c purchase out)
ok "which is something ($n)" test "$n" -gt 100
is "$(zcat long.gz | head -n "$n" | evcat -f csv)" "$(cat out)" 'and only whole lines'
exits 2 'no such format' evcat -f xml one
exits 2 'no such option' evcat -Z one
exits 2 'a schema with errors' evcat -S one one

# --- streams that are cut or changed

head -c 300 one.ev >cut.ev
exits 4 'a stream that just stops is an error' evcat -f csv cut.ev
evcat <cut.ev >out 2>err
is $? 4 'on standard input too'
evcat <cut.ev 2>/dev/null | evclean 2>err | evsilver 2>>err >/dev/null
is $? 4 'and its status reaches the end of a pipe'
is "$(cat err)" '' 'told once, by the first'
printf 'evlake stream 2 (binary)                                   ' | evcat >out 2>err
is $? 3 'another version is refused'
is "$(grep -c 'another version' err)" 1 'by name'

# --- long lines

head -c 2000000 /dev/zero | tr '\0' x >huge
printf '\n%s\n' "$good" >>huge
exits 1 'a line of two megabytes is bad' evcat -f csv huge
is "$(grep -c 'huge:1:0: line_too_long' err)" 1 'by name'
is "$(tail -n 1 out | cut -d, -f10)" 2 'and the next line is the second'
printf '{"timestamp": "2025-12-07T03:55:56Z", "user_id": "%0100000d", "session_id": "s", "event_type": "search"}\n' 7 >wide
is "$(evcat -f csv wide | tail -n 1 | cut -d, -f2 | wc -c)" 100001 'an id of 100,000 bytes is kept'
exits 1 'unless -L says less' evcat -L 65536 -f csv wide

exits 4 'a full disk is told' sh -c 'evcat one >/dev/full'
exits 4 'a closed output too' sh -c 'evcat one >&-'
exits 4 'also of text' sh -c 'evcat -f csv one >&-'
exits 4 'and a closed input' sh -c 'evcat <&-'
done_testing
