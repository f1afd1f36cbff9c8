#!/bin/sh
# evgen: the original's format to the byte, a believable shop, and a ledger of what is wrong.
. "$(dirname "$0")/lib.sh"

lines() {
	find "$1" -name '*.jsonl.gz' | sort | while read -r f; do
		zcat "$f"
		echo
	done
}

# --- uniform: the original generator's format

exits 0 'uniform: writes files' evgen -M uniform -C 2 -E 20000,30000 u
is "$(cut -f1 out | sed 1d)" "$(cd u && find bronze -type f | sort)" 'it names the files it wrote'
is "$(find u -type f | grep -Evc '^u/bronze/year=[0-9]{4}/month=[0-9]{2}/day=[0-9]{2}/hour=[0-9]{2}/minute=[0-9]{2}/events-[0-9]{8}-[0-9]{6}\.jsonl\.gz$')" \
	0 'their names say when they were written'
lines u >u.jsonl
is "$(wc -l <u.jsonl)" "$(awk -F '\t' 'NR > 1 { n += $2 } END { print n }' out)" 'it tells how many lines they have'
is "$(awk -F '\t' 'NR > 1 && ($2 < 20000 || $2 > 30000 || $2 != $3)' out)" '' 'as many as asked for, and all good'
id='"[us]_[1-9][0-9]{4}"'
head='^\{"timestamp": "20[0-9-]{8}T[0-9:]{8}(\.[0-9]{6})?\+00:00", "user_id": '$id', "session_id": '$id
view=', "event_type": "page_view", "product_id": "p_[1-6]00[1-5]", "quantity": null, "price": null, "category": "[a-z]+", "search_query": null\}$'
cart=', "event_type": "(add_to_cart|remove_from_cart|purchase)", "product_id": "p_[1-6]00[1-5]", "quantity": [1-5], "price": [1-9][0-9]{0,2}\.([0-9]|[0-9][1-9]), "category": "[a-z]+", "search_query": null\}$'
search=', "event_type": "search", "product_id": null, "quantity": null, "price": null, "category": null, "search_query": "[a-z ]+"\}$'
is "$(grep -Evc "$head($view|$cart|$search)" u.jsonl)" 0 'each line is as the original writes it'
is "$(cut -c16-41 u.jsonl | sort -uC && echo yes)" yes 'the times rise strictly'
is "$(find u -name '*.gz' -exec sh -c 'zcat "$1" | tail -c 1; echo' sh {} \; | sort -u)" '}' 'no newline at the end'
types=$(sed 's/.*"event_type": "\([a-z_]*\)".*/\1/' u.jsonl | sort | uniq -c |
	awk '{ n[$2] = $1; s += $1 } END { printf "%.0f %.0f %.0f %.0f %.0f", 100 * n["page_view"] / s,
		100 * n["add_to_cart"] / s, 100 * n["remove_from_cart"] / s, 100 * n["purchase"] / s, 100 * n["search"] / s }')
is "$types" '50 20 10 10 10' 'events are distributed as the original does it'
is "$(grep -o 'p_[0-9]*' u.jsonl | sort -u | wc -l)" 30 '30 products'
is "$(grep -o '"search_query": ".*"' u.jsonl | sort -u | wc -l)" 7 'seven search phrases'
is "$(grep -o '"p_.*"category": "[a-z]*"' u.jsonl | sed 's/"p_\(.\).*: /\1 /' | sort -u | wc -l)" 6 \
	'six categories, which belong to the products'

# --- same arguments, same bytes

evgen -M uniform -E 20000,30000 u1 >/dev/null
first=$(cd u1 && find bronze -type f)
same "u/$first" "u1/$first" 'the first of one file is the first of two'
evgen -E 5000 -C 3 -W -B 5 a >a.tsv
evgen -E 5000 -C 3 -W -B 5 b >b.tsv
same a.tsv b.tsv 'same arguments, same files'
ok 'same arguments, same bytes' diff -r a b
evgen -E 5000 -C 3 -W -B 5 -R 2 c >/dev/null
is "$(lines a | sort | comm -12 - "$(lines c | sort >c.sorted; echo c.sorted)" | grep -c page_view)" 0 'another seed, other events'
exits 1 'what is there is not overwritten' evgen -E 5000 -C 3 -W -B 5 a
is "$(find . -name '*.tmp')" '' 'no temporary file stays behind'

# --- the shop

exits 0 'shop: writes files' evgen -C 3 -E 20000 s
lines s >s.jsonl
is "$(cut -c16-41 s.jsonl | sort -uC && echo yes)" yes 'the times rise strictly'
is "$(cut -c16-28 s.jsonl | sort -u | tr '\n' ' ')" '2025-12-06T23 2025-12-07T00 ' 'a file may hold the end of the day before'
cat >shop.awk <<'EOF'
function field(name) {
	return match($0, "\"" name "\": [^,}]*") ? substr($0, RSTART + length(name) + 4, RLENGTH - length(name) - 4) : ""
}
{
	session = field("session_id"); product = field("product_id"); type = field("event_type")
	key = session " " product
	if (!(session in user)) { user[session] = field("user_id"); sessions++ }
	if (user[session] != field("user_id")) print "session of two users", $0
	if (type == "\"page_view\"") seen[key] = 1
	if (field("price") == "null") next
	if (!(product in price)) price[product] = field("price")
	if (price[product] != field("price")) print "another price", $0
	if (type == "\"add_to_cart\"") {
		if (!(key in seen)) print "into the cart unseen", $0
		cart[key] += field("quantity")
	} else if ((cart[key] -= field("quantity")) < 0)
		print "was not in the cart", $0
	if (type == "\"purchase\"") bought++
}
END { print (bought > 500 && sessions > 5000 && sessions < 20000) ? "busy" : "idle" }
EOF
is "$(awk -f shop.awk s.jsonl)" busy 'sessions have one user, see before they take, take before they buy; prices stay'
is "$(cut -d '"' -f 12 s.jsonl | sort | uniq -c | awk '$1 > 1 { n++ } END { print (n > 5000) }')" 1 'sessions have several events'
top=$(grep -o '"page_view", "product_id": "p_[0-9]*"' s.jsonl | sort | uniq -c | sort -rn | awk '{ print $1 }')
is "$(echo "$top" | awk 'NR == 1 { a = $1 } NR == 10 { b = $1 } NR == 100 { c = $1 } END { print (a > 4 * b && b > 4 * c) }')" 1 \
	'few products draw most of the looks'
evgen -I 60 -C 24 -E 100,2000 d >d.tsv
is "$(awk -F '\t' 'NR > 1 { n[substr($1, 39, 2)] = $2 } END { print (n["20"] > 5 * n["03"]) }' d.tsv)" 1 \
	'the evening is busier than the night'

# --- UUIDs

is "$(evgen -W -E 1000 -U 100 -P 5 w >/dev/null; lines w |
	grep -Evc '"user_id": "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", "session_id": "[0-9a-f-]{36}"')" \
	0 '-W makes the ids of users and sessions UUIDs'
is "$(lines w | cut -d '"' -f 8 | sort -u | wc -l | awk '{ print ($1 > 60 && $1 <= 100) }')" 1 '-U bounds the users'
is "$(lines w | grep -o '"p_[0-9]*"' | sort -u | wc -l)" 5 '-P bounds the products'

# --- bad and odd lines

evgen -B 20 -E 20000 m >m.tsv
lines m >m.jsonl
is "$(awk -F '\t' 'NR > 1 { for (i = 3; i <= NF; i++) n += $i; print n - $2 }' m.tsv)" 0 'lines = good + blank + bad'
is "$(awk -F '\t' 'NR > 1 { for (i = 3; i <= NF; i++) if ($i == 0) print i }' m.tsv)" '' 'every kind is there'
is "$(head -c 3 m.jsonl | od -An -tx1)" ' ef bb bf' 'a byte order mark at the start'
column() {
	awk -F '\t' -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i } NR > 1 { print $c }' m.tsv
}
is "$(awk '$0 == "" || $0 == "\r"' m.jsonl | wc -l)" "$(column blank)" 'as many blank lines as it tells'
is "$(awk 'length($0) > 1048576' m.jsonl | wc -l)" "$(column line_too_long)" 'as many lines over 1 MiB as it tells'
if have jq; then
	is "$(jq -R 'fromjson? | objects | select(.timestamp == null or .timestamp == "") | 1' m.jsonl | wc -l)" \
		"$(column missing_timestamp)" 'as many events without a time as it tells'
fi

# --- usage

exits 2 'no lake' evgen
exits 2 'two lakes' evgen a b
exits 2 'an unknown model' evgen -M other x
exits 2 'no time' evgen -T yesterday x
exits 2 'fewer than the fewest' evgen -E 10,5 x
exits 2 'more events than microseconds' evgen -I 1 -E 40000000,50000000 -I x x
exits 4 'a lake that cannot be' evgen -E 10 /dev/null/lake
done_testing
