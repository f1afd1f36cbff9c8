#!/bin/sh
# evcat on Parquet files: Silver, parts of it, and files of other writers; what is damaged is refused by name.
. "$(dirname "$0")/lib.sh"

# says WORDS: the message of the command that exits saw last holds them.
says() {
	if grep -qF -- "$1" "$W/err"; then pass "it says: $1"; else fail "it says: $1"; sed 's/^/# /' "$W/err" >&2; fi
}

# --- Silver is what went through the pipe

evgen -B 3 -C 3 -E 4000 -I 720 lake >/dev/null
exits 0 'a lake' etl lake
(cd lake && find bronze -name '*.jsonl.gz') | sort | while read -r source; do
	(cd lake && evcat "$source" | evclean -q | evsilver | evcat -f jsonl)
done | sort >pipe
evcat -f jsonl lake/silver | sort >silver
ok 'there are events, on several dates' test "$(cut -d'"' -f4 silver | cut -c1-10 | sort -u | wc -l)" -gt 1
same silver pipe 'Silver, read again, is every row that the pipe had, in every column'
is "$(evcat lake/silver | evcat | evcat -f jsonl | sort | cksum)" "$(cksum <pipe)" 'as a stream too'
is "$(evcat -f csv lake/silver | sed -n 1p)" \
	"$(evcat lake/bronze | evclean -q | evsilver | evcat -f csv | sed -n 1p)" 'columns are in the order of the pipe'
is "$(evcat lake/silver | evclean | evsilver | evcat -f jsonl | sort | cksum)" "$(cksum <pipe)" \
	'it is a silver stream, which later stages pass on'
exits 2 'which belongs to no run' sh -c 'evcat lake/silver | evgold'

# --- parts of it

day=$(find lake/silver -name 'event_date=*' | sort | sed -n '2s|.*/||p')
part=$(find "lake/silver/$day" -name '*.parquet' | sort | sed -n 1p)
is "$(evcat -f jsonl "lake/silver/$day" | sort | cksum)" \
	"$(grep "\"event_date\":\"${day#event_date=}\"" pipe | cksum)" 'the folder of a date'
is "$(evcat -f jsonl "lake/silver/$day/" | cksum)" "$(evcat -f jsonl "lake/silver/$day" | cksum)" \
	'with a slash behind it'
is "$(cd "lake/silver/$day" && evcat -f jsonl . | cksum)" "$(evcat -f jsonl "lake/silver/$day" | cksum)" \
	'and from within, by what the ledger calls it'
is "$(evcat -f csv "$part" | cut -d, -f11 | sort -u | tail -n 1)" event_date 'a file has the date of its folder'
is "$(evcat -f csv <"$part" | sed -n 1p | grep -c event_date)" 0 'on standard input there is no folder'
exits 3 'from a pipe nothing can be read' sh -c "cat '$part' | evcat -f csv"
says 'not from a pipe'
mkdir -p keys/year=2025/x=__HIVE_DEFAULT_PARTITION__/category=overridden
cp "$part" keys/year=2025/x=__HIVE_DEFAULT_PARTITION__/category=overridden/part.parquet
is "$(evcat -f csv keys | cut -d, -f8,13-)" "$(evcat -f csv "$part" | cut -d, -f8,10 |
	sed '1s/$/,year,x/; 2,$s/$/,2025,/')" 'folders above are columns, unless the file has them'

# --- the ledger says what Silver is

evcat -f jsonl lake/silver | sort >before
cp "$part" "lake/silver/$day/stray.parquet"
same before silver 'what was read'
evcat -f jsonl lake/silver | sort >after
same after before 'a stray file is not part of it'
rm "lake/silver/$day/stray.parquet"
if have sqlite3; then
	cp -r lake retired
	sqlite3 retired/gold.db "UPDATE lake_file SET end_run = 2 WHERE path = '${part#lake/}'"
	is "$(evcat -f jsonl retired/silver | wc -l)" "$(($(wc -l <before) - $(evcat -f jsonl "$part" | wc -l)))" \
		'nor is one that was retired'
	cp -r lake waiting
	mkdir waiting/staging/x
	mv "waiting/${part#lake/}" waiting/staging/x/part-7.parquet
	sqlite3 waiting/gold.db "UPDATE lake_file SET staged = 'staging/x/part-7.parquet' WHERE path = '${part#lake/}'"
	evcat -f jsonl waiting/silver | sort >after
	same after before 'one that is committed and not yet in its place is'
fi
cp -r lake gone
rm "gone/${part#lake/}"
exits 4 'a file that is gone is missed' evcat -f csv gone/silver
says "gone/${part#lake/}"
rm -r gone
cp -r lake/silver plain
is "$(evcat -f jsonl plain | sort | cksum)" "$(cksum <before)" 'without a ledger every file counts'
exits 2 'a whole lake is refused' evcat lake
says 'evcat lake/silver'
says 'evcat lake/bronze'

# --- together with others

head -c 4000 /dev/zero | tr '\0' '\n' | sed 's/.*/{"timestamp":"2025-12-07T00:00:00Z","user_id":"u","session_id":"s","event_type":"search"}/' |
	head -n 3 >lines.jsonl
is "$(evcat -f csv lines.jsonl "$part" lines.jsonl | grep -c '^timestamp,')" 3 'lines and rows are streams of their own'
is "$(evcat -f csv "$part" "$part" | grep -c '^timestamp,')" 1 'files of the same columns are one'
is "$(evcat "$part" lines.jsonl | evcat -f csv | wc -l)" "$(($(evcat -f csv "$part" | wc -l) + 4))" \
	'all of them come through'

# --- what is damaged

size=$(wc -c <"$part")
n=0
for len in 1 2 3 4 7 8 11 12 $(seq 13 $((size / 40)) "$size"); do
	[ "$len" -lt "$size" ] || continue
	head -c "$len" "$part" >cut.parquet
	evcat cut.parquet >/dev/null 2>err
	[ $? = 3 ] && grep -q '^evcat: cut.parquet: ' err && continue
	n=$((n + 1))
done
is $n 0 'a file that is cut short is refused, wherever that is'
: >empty.parquet
exits 3 'and so is an empty one' evcat empty.parquet
cp "$part" flipped.parquet
printf 'x' | dd of=flipped.parquet bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
exits 3 'a changed byte is found' evcat flipped.parquet
says 'evcat: flipped.parquet: column '
says ': row group 0: '
cp lines.jsonl lines.parquet
exits 3 'lines that are called Parquet are no Parquet' evcat -f csv lines.parquet
says 'PAR1'
done_testing
