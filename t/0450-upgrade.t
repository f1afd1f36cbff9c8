#!/bin/sh
# A lake of an earlier format: refused with what to type, upgraded in place, kept as it was.
. "$(dirname "$0")/lib.sh"
have sqlite3 || skip_all 'sqlite3 is not installed'

ask() { sqlite3 -readonly lake/gold.db "$1"; }
event() { # user, minute, what else
	printf '{"timestamp":"2025-12-07T03:%02d:00Z","user_id":"%s","session_id":"s","event_type":"page_view","product_id":"p","category":"c"%s}\n' "$2" "$1" "${3-}"
}
bronze() { # LAKE: what the old database was made of
	mkdir -p "$1/bronze"
	{ event ann 1; event bob 2 ',"x":1'; echo; echo '{"timestamp":"2025-12-07T03:00:00Z","user_id":"","session_id":"s","event_type":"search"}'; } >"$1/bronze/1"
	touch -d @1765000000 "$1/bronze/1"
}
copy() {
	cp "$1/bronze/1" "$1/bronze/2"
	touch -d @1765000000 "$1/bronze/2"
}
old() { # FORMAT OF: an old database for the lake, whose tables are those of format OF
	rm -f lake/gold.db*
	{ cat "$T/data/format-$2.sql"; echo "; PRAGMA application_id = 1702259819; PRAGMA user_version = $1;"; } |
		sqlite3 lake/gold.db >/dev/null
	sqlite3 lake/gold.db 'PRAGMA journal_mode = WAL' >/dev/null
}

bronze lake
bronze new
etl -q lake
etl -q new
copy lake
copy new
etl -q new
cp -a lake before

for format in 2 3; do
	rm -rf lake && cp -a before lake
	old $format $format
	exits 3 "a lake of format $format is refused" etl -q lake
	ok 'with what to type' grep -q "evmark upgrade $(realpath lake)\$" err
	exits 3 'by every reader' evmark sources lake
	ok 'likewise' grep -q 'evmark upgrade' err
	exits 3 'and by one of Silver' evcat lake/silver
	cp lake/gold.db before.db
	exits 0 'it is upgraded' evmark upgrade lake
	is "$(ask 'PRAGMA user_version; PRAGMA integrity_check')" "$(printf '4\nok')" 'to format 4, and sound'
	is "$(sqlite3 -readonly "lake/gold.db.$format" 'PRAGMA user_version; PRAGMA integrity_check')" \
		"$(printf '%d\nok' $format)" 'what it was is kept'
	sqlite3 -readonly "lake/gold.db.$format" .dump >kept
	sqlite3 -readonly before.db .dump >before.sql
	same kept before.sql 'with all that it held'
	is "$(echo lake/*.tmp)" 'lake/*.tmp' 'and nothing else is left'
	exits 0 'again' evmark upgrade lake
	ok 'there is nothing to do' grep -q already out
	for table in lake_source lake_reject lake_note lake_table lake_column lake_partition; do
		is "$(ask "SELECT * FROM $table ORDER BY 1, 2, 3, 4")" \
			"$(sqlite3 -readonly new/gold.db "SELECT * FROM $table ORDER BY 1, 2, 3, 4")" "$table is as if made by this program"
	done
	file='SELECT path, begin_run, end_run, layer, rows, min_time, max_time FROM lake_file'
	is "$(ask "$file")" "$(sqlite3 -readonly new/gold.db "$file")" 'and so is lake_file'
	is "$(ask ".read '$T/oracle/schema.sql'")" "$(sqlite3 -readonly new/gold.db ".read '$T/oracle/schema.sql'")" 'and the schema'
	sqlite3 -readonly lake/gold.db ".read '$T/oracle/state.sql'" >lake.state
	sqlite3 -readonly new/gold.db ".read '$T/oracle/state.sql'" >new.state
	same lake.state new.state 'and Gold'
	event eve 9 >lake/bronze/3
	exits 0 'runs go on' etl -q lake
	is "$(ask 'SELECT group_concat(path || status || run) FROM lake_source')" 'bronze/1DONE1,bronze/2SKIPPED_SAME2,bronze/3DONE3' \
		'from where they were'
done

rm -rf lake && cp -a before lake
old 3 3
rm -r lake/silver
exits 0 'a lake whose Silver is gone is upgraded too' evmark upgrade lake
is "$(ask "SELECT rows, min_time FROM lake_table WHERE name = 'silver'")" '2|' 'as far as it can be'

old 1 2
exits 3 'a lake of format 1 is refused' evmark upgrade lake
ok 'by name' grep -q 'a lake of format 1' err
old 5 3
exits 3 'and one of a newer one' evmark upgrade lake
ok 'by name too' grep -q 'a lake of format 5' err
exits 3 'by every program' etl -q lake
rm lake/gold.db*
exits 0 'a lake without a database' evmark upgrade lake
exits 2 'no lake' evmark upgrade
done_testing
