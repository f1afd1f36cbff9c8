#!/bin/sh
# The extension in a sqlite3 shell, and evsql's prompt, which is that shell.
. "$(dirname "$0")/lib.sh"
have sqlite3 script || skip_all 'sqlite3 or script is not installed'
case $B in
*-address*) skip_all 'a sanitized extension cannot be loaded by a program that is not' ;;
esac

evgen -B 4 -C 3 -E 2000 lake >/dev/null
exits 0 'a lake' etl lake
rows=$(evsql -f csv lake 'SELECT count(*) FROM silver' | tail -n 1)

shell() { # DATABASE SQL
	sqlite3 -readonly -cmd ".load $B/evlake" "$1" "$2"
}
is "$(shell lake/gold.db 'SELECT count(*) FROM silver')" "$rows" 'silver is that of the lake whose database is open'
is "$(cd lake && shell gold.db 'SELECT count(*) FROM silver')" "$rows" 'wherever one stands'
is "$(sqlite3 -cmd ".load $B/evlake" :memory: "CREATE VIRTUAL TABLE temp.a USING silver('lake'); SELECT count(*) FROM a")" \
	"$rows" 'or of one that is named'
is "$(sqlite3 -cmd ".load $B/evlake" :memory: 'CREATE VIRTUAL TABLE temp.a USING silver("lake", 1); SELECT count(*) FROM a')" \
	"$rows" 'with a run'
is "$(shell lake/gold.db "SELECT count(*) FROM silver s JOIN daily_user_activity USING (event_date)")" "$rows" 'it joins with Gold'
exits 1 'without a lake' sqlite3 -cmd ".load $B/evlake" :memory: 'SELECT count(*) FROM silver'
ok 'it says what to type' grep -q 'USING silver' err
exits 1 'what is no lake' sqlite3 -cmd ".load $B/evlake" :memory: "CREATE VIRTUAL TABLE temp.a USING silver('nowhere')"
exits 1 'a run that has not been' sqlite3 -cmd ".load $B/evlake" :memory: "CREATE VIRTUAL TABLE temp.a USING silver('lake', 7)"
exits 1 'a run that is none' sqlite3 -cmd ".load $B/evlake" :memory: "CREATE VIRTUAL TABLE temp.a USING silver('lake', x)"

# Row by row, as the extension gives them, and with the engine of Gold, as evsql uses it where it can.
n=0
while read -r question; do
	n=$((n + 1))
	sqlite3 -readonly -csv -header -cmd ".load $B/evlake" lake/gold.db "$question" | tr -d '\r"' >rows 2>&1
	evsql -f csv lake "$question" 2>&1 | tr -d '"' >gold
	same gold rows "$n: $question"
done <"$T/data/questions"
while read -r question; do
	evsql -f csv lake "EXPLAIN QUERY PLAN $question" | grep -m 1 'SCAN temp.evlake '
done <"$T/data/questions" >plans
is "$(wc -l <plans)" 49 'so many of them have something for that engine'

# The cookbook's answers, too.
awk '/^\.Sh COOKBOOK/ { on = 1 } /^\.Sh SEE/ { on = 0 } /^\.Ed/ { block = 0 }
	block { print >(n ".recipe") } on && /^\.Bd/ { n++; block = 1 }' "$T/../man/evsql.1"
is "$(find . -name '*.recipe' | wc -l)" 12 'there are twelve recipes'
for recipe in *.recipe; do
	# The question is what stands between the quotes.
	question=$(sed '1d; s/"$//' "$recipe")
	sqlite3 -readonly -csv -header -cmd ".load $B/evlake" lake/gold.db "$question" | tr -d '\r"' >rows 2>&1
	evsql -f csv lake "$question" 2>&1 | tr -d '"' >gold
	same gold rows "$recipe: $(echo "$question" | tail -n 1)"
	ok 'which is something' test "$(wc -l <gold)" -gt 1
done

cp -R lake broken
for file in broken/silver/*/*.parquet; do : >"$file"; done
is "$(sqlite3 -readonly -cmd ".load $B/evlake" broken/gold.db 'SELECT count(*) FROM silver' 2>&1 | grep -c 'part-')" 1 'an error names the file'
printf '%s\n' 'SELECT count(*) FROM silver;' 'SELECT count(*) > 0 FROM lake_run;' >twice
is "$(sqlite3 -readonly -cmd ".load $B/evlake" broken/gold.db <twice 2>err)" 1 'and the session goes on'
sqlite3 broken/gold.db 'CREATE VIEW v AS SELECT count(*) FROM silver'
exits 1 'a view does not reach it' sqlite3 -readonly -cmd '.dbconfig trusted_schema off' -cmd ".load $B/evlake" broken/gold.db 'SELECT * FROM v'

# --- the prompt

# at_prompt COMMAND: what is typed comes from standard input, and what is seen goes to $W/seen.
at_prompt() {
	{ cat; echo .quit; } | script -qec "$1" /dev/null | tr -d '\r' >seen
}
at_prompt 'evsql lake' <<'END'
SELECT 'rows', count(*) FROM silver;
SELECT 'days', count(*) FROM daily_user_activity;
CREATE TABLE x (a);
END
ok 'silver is there' grep -Eq "^rows +$rows" seen
ok 'Gold is there' grep -Eq '^days +[1-9]' seen
ok 'it only reads' grep -q 'readonly' seen
mkdir -p "it's a \"lake\"/bronze"
at_prompt "evsql \"it's a \\\"lake\\\"\"" <<'END'
SELECT 'rows', count(*) FROM silver;
END
ok 'a lake without a database, and with a name' grep -Eq '^rows +0' seen
is "$(find "it's a \"lake\"" -type f)" '' 'which stays as it is'
at_prompt 'evsql -v lake' </dev/null
ok 'options that go with SQL' grep -q 'usage:' seen
done_testing
