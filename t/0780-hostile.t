#!/bin/sh
# What somebody may put into a lake to do harm: each is a named error or a quarantined line, in bounded memory, and
# nothing else is committed. Streams that are cut or forged: 0730-truncated.t, unit/forged.c; parts that are missing or
# there twice: 0430-shards.t. "torture" makes the large ones as large as they come.
. "$(dirname "$0")/lib.sh"
have sqlite3 || skip_all 'sqlite3 is not installed'
case $B in
*-address*) limit= ;; # a sanitizer takes terabytes of addresses
*) limit='ulimit -v 400000;' ;;
esac
if [ "${1-}" = torture ]; then
	copies=128 dates=12000
else
	copies=8 dates=1000
fi

event() { # user, what else
	printf '{"timestamp":"2025-12-07T03:55:56Z","user_id":"%s","session_id":"s","event_type":"search"%s}\n' "$1" "${2-}"
}
ask() { sqlite3 -readonly lake/gold.db "$1"; }
fresh() {
	rm -rf lake
	mkdir -p lake/bronze
	event good >lake/bronze/good
}
# bounded TEXT: the lake is loaded with no more than 400 MB of addresses for each program.
bounded() {
	exits 0 "$1" sh -c "$limit etl -j 1 -x 100 lake"
	is "$(evmark verify -c lake)" '' "$1: the lake is sound"
}
rejects() { ask 'SELECT reason, sum(rejects) FROM lake_reject GROUP BY 1' | tr '\n' ' '; }

# --- names

fresh
newline='
'
n=0
# shellcheck disable=SC2016 # nothing is to expand
for name in "new${newline}line" "quo'te\"s" 'back\slash' 'a|b;c $(touch x) `touch y`' "$(printf 'tab\tbell\007escape\033[31m')" \
	'-rf' '--help' '*' '%s%n' 'a..' "caf$(printf '\303\251')" "$(printf '%0200d' 7)"; do
	n=$((n + 1))
	event "u$n" >"lake/bronze/$name"
done
event hidden >lake/bronze/..dots
bounded 'names of every kind'
is "$(ask 'SELECT count(*), sum(kept) FROM lake_source')" "$((n + 1))|$((n + 1))" 'each counts once'
is "$(evmark sources -f tsv lake | wc -l)" $((n + 2)) 'and is a line of a listing'
is "$(evmark sources lake | LC_ALL=C tr -d '\n -~' | LC_ALL=C tr -d '\200-\377' | wc -c)" 0 'in which nothing drives a terminal'
ok 'no name is run by any shell' test ! -e x -a ! -e y -a ! -e lake/x -a ! -e lake/y
event last >"$(printf 'lake/bronze/bad\033[31m\nname')"
echo '{' >>"$(printf 'lake/bronze/bad\033[31m\nname')"
evcat -f csv lake/bronze 2>err >out
is "$(grep -c '^evcat: lake/bronze/bad.x1b\[31m.x0aname:2:2: malformed_json' err)" 1 'nor does a message'
fresh
ln -s / lake/bronze/root
ln -s . lake/bronze/loop
ln -s ../bronze lake/bronze/self
timeout 20 evmark pending -v lake >/dev/null 2>err
ok "links in a circle, and out of it, come to an end (status $?)" test $? != 124

# --- size

fresh
head -c 33554432 /dev/zero | tr '\0' x | gzip -1 >x.gz
i=0
while [ $i -lt $copies ]; do
	cat x.gz
	i=$((i + 1))
done >lake/bronze/long.gz
{ echo; event after; } | gzip >>lake/bronze/long.gz
bounded "a line of $((copies * 32)) MiB"
is "$(rejects) $(ask 'SELECT sum(kept) FROM lake_source')" 'line_too_long|1  2' 'is quarantined, and the next one kept'
is "$(zcat lake/quarantine/*/* | wc -c | awk '{ print ($1 < 70000) }')" 1 'as its beginning'

fresh
head -c 33554432 /dev/zero | tr '\0' '\n' | gzip -1 >n.gz
i=0
while [ $i -lt $copies ]; do
	cat n.gz
	i=$((i + 1))
done >lake/bronze/bomb.gz
event after | gzip >>lake/bronze/bomb.gz
bounded "a bomb of $((copies * 32)) MiB"
is "$(ask 'SELECT sum(blank), sum(kept) FROM lake_source')" "$((copies * 33554432))|2" 'is that many blank lines'

fresh
perl -e 'for (1 .. 60) { printf qq({"timestamp":"2025-12-07T03:55:56Z","user_id":"%s%d","session_id":"%s","event_type":"search"}\n), "u" x 1000000, $_, "s" x (40000 * ($_ % 2)) . "s" }' \
	>lake/bronze/ids
bounded 'ids of a megabyte'
is "$(ask 'SELECT unique_users, total_events FROM daily_user_activity')" '61|61' 'are ids'

fresh
perl -e 'print "{", (map { qq("k$_":$_,) } 1 .. 100000), q("timestamp":"2025-12-07T03:55:56Z","user_id":"u","session_id":"s","event_type":"search"}), "\n"' \
	>lake/bronze/wide
exits 0 '100,000 unknown keys in a line' etl -x 100 lake
wide=$(wc -c <lake/bronze/wide)
if [ "$wide" -gt 1048576 ]; then
	is "$(rejects)" 'line_too_long|1 ' 'are too long a line'
	fresh
	perl -e 'print "{", (map { qq("$_":1,) } 1 .. 100000), q("timestamp":"2025-12-07T03:55:56Z","user_id":"u","session_id":"s","event_type":"search"}), "\n"' \
		>lake/bronze/wide
	bounded 'written shorter'
fi
is "$(ask 'SELECT sum(kept) FROM lake_source')" 2 'are an event'
is "$(ask 'SELECT count(*) <= 1000 + 1, sum(lines) FROM lake_note')" '1|100000' 'and are counted, the first 1,000 by name'

fresh
for open in '[' '{"a":'; do
	event deep ",\"x\":$(perl -e 'print $ARGV[0] x 100000' "$open")1"
	perl -e 'print $ARGV[0] x 100000, "\n"' "$open"
	event deep ",\"x\":$(perl -e 'my ($o) = @ARGV; (my $c = reverse $o) =~ tr/[{/]}/; $c =~ s/[^]}]//g; print $o x 100000, 1, $c x 100000' "$open")"
done >lake/bronze/deep
bounded 'JSON nested 100,000 deep'
is "$(rejects)" 'malformed_json|6 ' 'is malformed'

fresh
perl -MPOSIX -e 'for (0 .. $ARGV[0] - 1) { my $d = ($_ * 7919) % $ARGV[0]; print strftime(q({"timestamp":"%Y-%m-%dT12:00:00Z","user_id":"u","session_id":"s","event_type":"search"}), gmtime(86400 * $d)), "\n" }' \
	$dates >lake/bronze/dates
bounded "timestamps over $dates dates"
is "$(ask 'SELECT count(*), sum(total_events) FROM daily_user_activity')" "$((dates + 1))|$((dates + 1))" 'are as many days'

# --- databases that are not ours

# refused STATUS WORDS TEXT: nothing is committed, and the database stays as it is.
refused() {
	cksum lake/gold.db >before 2>/dev/null
	exits "$1" "$3" etl -q lake
	ok "$3: is named" grep -q "$2" err
	is "$(cksum lake/gold.db 2>/dev/null)" "$(cat before)" "$3: stays as it is"
	ok "$3: nothing is in Silver" test ! -e lake/silver
}
fresh
sqlite3 lake/gold.db 'PRAGMA application_id = 1234; CREATE TABLE t (i)'
refused 3 'not that of a lake' 'a database of another application'
fresh
sqlite3 lake/gold.db 'CREATE TABLE lake_run (run)'
refused 3 'not that of a lake' 'a database without a mark'
fresh
head -c 40960 /dev/urandom >lake/gold.db
refused 3 gold.db 'random bytes'
fresh
sqlite3 lake/gold.db 'PRAGMA application_id = 1702259819; PRAGMA user_version = 99; CREATE TABLE t (i)'
refused 3 'a lake of format 99' 'a newer format'
fresh
mkdir lake/gold.db
exits 4 'a folder called gold.db' etl -q lake
fresh
etl -q lake
cp lake/gold.db whole.db
format=$(ask 'PRAGMA user_version')
rm -rf lake/silver lake/gold.db*
sqlite3 lake/gold.db "PRAGMA application_id = 1702259819; PRAGMA user_version = $format; CREATE TABLE lake_run (i)"
exits 4 'our mark on tables that are not' etl -q lake
ok 'is named' grep -q gold.db err
ok 'and nothing is in Silver' test ! -e lake/silver
size=$(stat -c %s whole.db)
crashed=
for at in 16 18 28 100 105 8192 8200 16384 $((size / 2)) $((size - 100)); do
	cp whole.db lake/gold.db
	printf '\377\377\377\377\377\377\377\377' | dd of=lake/gold.db bs=1 seek="$at" conv=notrunc 2>/dev/null
	rm -f lake/gold.db-*
	event "u$at" >lake/bronze/more
	etl -q lake >out 2>err
	status=$?
	[ $status -lt 5 ] || [ $status = 75 ] || crashed="$crashed $at:$status"
done
is "$crashed" '' 'a database with damaged pages is no reason to crash'

# --- schemas and definitions

fresh
mkdir -p lake/schemas
# shellcheck disable=SC2016 # likewise
for schema in '' '{' '[]' 'null' '{"type":"object"}' '{"type":"object","properties":{"a":{"type":"what"}}}' '{"type":"object","properties":{"a":{"$ref":"x"}}}'; do
	printf '%s' "$schema" >lake/schemas/event.json
	refused 2 event.json "the schema $schema"
done
perl -e 'print "[" x 100000' >lake/schemas/event.json
refused 2 event.json 'a schema nested 100,000 deep'
perl -e 'print " " x 2000000' >lake/schemas/event.json
refused 2 event.json 'a schema of two megabytes'
rm lake/schemas/event.json
mkdir -p lake/schemas/gold
for sql in '' 'SELECT' 'DROP TABLE lake_run' 'SELECT * FROM silver' "SELECT load_extension('x') AS x FROM silver" \
	'SELECT count(*) AS n FROM silver; DROP TABLE lake_run' 'SELECT count(*) AS n FROM lake_run' 'SELECT count(*) AS n, count(*) AS n FROM silver'; do
	printf '%s' "$sql" >lake/schemas/gold/forged.sql
	refused 2 forged.sql "the definition $sql"
done
perl -e 'print "SELECT ", "(" x 100000, "count(*)", ")" x 100000, " AS n FROM silver"' >lake/schemas/gold/forged.sql
refused 2 forged.sql 'a definition nested 100,000 deep'
rm lake/schemas/gold/forged.sql
for name in lake_run sqlite_master 'a"b' 'a;b' "$(printf 'new\nline')"; do
	echo 'SELECT count(*) AS n FROM silver' >"lake/schemas/gold/$name.sql"
	etl -q lake >out 2>err
	status=$?
	ok "a table called $(printf %s "$name" | tr '\n' ' '): status $status, and no harm" test $status = 2 -o "$(sqlite3 lake/gold.db 'PRAGMA integrity_check' 2>&1)" = ok
	rm -f "lake/schemas/gold/$name.sql"
	rm -rf lake/gold.db* lake/silver
done
done_testing
