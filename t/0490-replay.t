#!/bin/sh
# Lines in quarantine once more: as they are, after the schema was mended, or as somebody corrected them. Each counts
# once, for its source and at its line.
. "$(dirname "$0")/lib.sh"
. "$T/undo.sh"
have sqlite3 perl || skip_all 'sqlite3 or perl is not installed'

made() { evgen -E 1500 -P 300 "$@" >/dev/null; }
made -B 8 -C 3 -I 700 always
made -C 1 -T 2025-11-01 always # it has no bad line
mkdir -p always/schemas strict/schemas
cp "$T/../schemas/event.json" always/schemas
perl -pe 's/("exclusiveMaximum": 2147483648)/"maximum": 1/; s/"minLength": 1, (?="x-column": "string",$)/"minLength": 8, /' \
	always/schemas/event.json >strict/schemas/event.json
ok 'one schema is stricter' test "$(cmp -s always/schemas/event.json strict/schemas/event.json; echo $?)" = 1
cp -a always/bronze strict
etl -q -x 100 always
clean=$(cd strict && find bronze/year=2025/month=11 bronze/year=2025/month=10 -name '*.gz' 2>/dev/null)
last=$(cd strict && find bronze/year=2025/month=12 -name '*.gz' | sort | tail -n 1)
mv "strict/$last" away
etl -q -x 100 -j 2 strict
mv away "strict/$last"
etl -q -x 100 strict
ok 'it keeps fewer lines' test "$(ask strict 'SELECT sum(kept) FROM lake_source')" -lt \
	"$(ask always 'SELECT sum(kept) FROM lake_source')"
ok 'of three files in quarantine' test "$(ask strict "SELECT count(*) FROM lake_file WHERE layer = 'quarantine'")" -ge 3

# --- the schema is mended

cp -a strict same
exits 0 'replay by the schema that rejected them' etl -q -j 2 same replay
as 'which changes nothing' same strict 'that was not replayed'
is "$(ask same 'SELECT count(*) FROM lake_source WHERE begin_run > 2 OR end_run IS NOT NULL')" 0 'no mark'
is "$(ask same 'SELECT count(*) FROM lake_reject WHERE begin_run > 2 OR end_run IS NOT NULL')" 0 'and no reason'

cp always/schemas/event.json strict/schemas
cp -a strict lake
for jobs in 1 2 5; do
	rm -rf lake
	cp -a strict lake
	exits 0 "replay with $jobs" etl -q -j $jobs lake replay
	as replay lake always 'that always had this schema'
done
is "$(ask lake 'SELECT verb, sources, rows, rejects FROM lake_run WHERE run = 3')" \
	"replay|0|$(($(ask always 'SELECT sum(kept) FROM lake_source') - $(ask strict 'SELECT sum(kept) FROM lake_source')))|0" \
	'the run is in the ledger'
is "$(ask lake "SELECT count(*) FROM lake_file WHERE layer = 'quarantine' AND begin_run < 3 AND end_run IS NULL")" 0 \
	'the old files of quarantine are not valid any more'
is "$(ask lake "SELECT count(*) FROM lake_file WHERE layer = 'silver' AND end_run IS NOT NULL")" 0 'those of Silver are'
is "$(ask lake 'SELECT DISTINCT run FROM lake_source WHERE end_run IS NULL ORDER BY run')" '1
2' 'the marks are of the runs that read the sources'
is "$(ask lake "SELECT count(*) FROM lake_reject WHERE end_run IS NULL AND reason = 'line_too_long'")" 3 \
	'of a line that was too long there is no more than there was'
is "$(ask lake "SELECT run FROM lake_reject WHERE end_run IS NULL AND reason = 'line_too_long' AND source = '$last'")" 2 \
	'what is as it was is of the run that it was of'
cp -a lake once
exits 0 'replay again' etl -q lake replay
as 'nothing comes twice' lake once 'that was replayed once'
exits 0 'rewind to before' etl -q lake rewind 2
as 'rewind' lake strict 'that was not replayed'
exits 0 'then forth' etl -q lake rewind 3
as 'forth' lake once 'that was replayed'
exits 0 'forget a source that was replayed' etl -q lake forget "$last"
exits 0 'then load' etl -q -x 100 lake
as 'all of it went' lake always 'that always had this schema'
exits 0 'reload' etl -q -x 100 -j 2 lake reload
as 'reload' lake always 'that always had this schema'

# --- lines that somebody corrected

# correct LAKE: of the first two sources with bad lines; what is not said to be an event is made one.
correct() {
	quarantine_rows "$1" | perl -e '
		my %n;
		while (my $row = <>) {
			chomp $row;
			my @field = split /\t/, $row, 6;
			my $n = ++$n{$field[2]}{$field[0]};
			my $event = qq({"timestamp": "2025-12-07T00:00:00.5Z", "user_id": "mended", "session_id": "s_$field[3]",)
				. qq( "event_type": "page_view", "product_id": "p_$n", "category": "mended", "new\\u006bey": 1});
			next if keys %n > 2;
			if ($field[0] eq "bad_timestamp") { $field[5] = $n == 1 ? " \t" : "$event\r" if $n <= 9 }
			elsif ($field[0] eq "malformed_json") { $field[5] = "still not JSON" }
			elsif ($field[0] eq "line_too_long") { $field[5] = $event if keys %n == 2 }
			elsif ($field[0] ne "not_an_object") { next }
			# Only the source, the line and the bytes count.
			@field[0, 1, 4] = ("whatever", "", 0) if $field[0] ne "line_too_long";
			print join("\t", @field), "\n";
		}'
}
# apply FILE LAKE: the lines of Bronze become those of the file, but for what is the beginning of one only.
apply() {
	cut -f 3 "$1" | sort -u | while read -r source; do
		zcat "$2/$source" | perl -e '
			my ($file, $source) = @ARGV;
			open my $in, "<", $file or die;
			my %raw;
			while (<$in>) {
				chomp;
				my @field = split /\t/, $_, 6;
				$raw{$field[3]} = $field[5] if $field[2] eq $source && length $field[5] < 65536;
			}
			while (my $line = <STDIN>) { print exists $raw{$.} ? "$raw{$.}\n" : $line }' "$1" "$source" >lines
		gzip <lines >"$2/$source"
	done
}
mkdir corrected
cp -a always/bronze corrected
cp -a always lake
correct lake >mended.tsv
ok 'some lines are corrected' test "$(wc -l <mended.tsv)" -gt 30
apply mended.tsv corrected
etl -q -x 100 corrected
# But for what is the file's own, and where in it lines begin; at which column a line is wrong is not always known.
like() { # TEXT LAKE OTHER
	for lake in "$2" "$3"; do
		state "$lake"
		ask "$lake" 'SELECT path, lines, kept, rejected, blank, status FROM lake_source WHERE end_run IS NULL ORDER BY 1'
		ask "$lake" 'SELECT source, reason, field, sum(rejects), min(first_line) FROM lake_reject
			WHERE end_run IS NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3'
		ask "$lake" 'SELECT source, what, field, name, lines, first_line FROM lake_note WHERE end_run IS NULL ORDER BY 1, 2, 3, 4'
		silver_rows "$lake"
		quarantine_rows "$lake" | cut -f 1-4,6- | sort
	done >"$W/both"
	n=$(($(wc -l <both) / 2))
	head -n $n both >got
	tail -n $n both >expected
	same got expected "$1: as if they had always been so"
	holds_together "$2"
}

exits 0 'a plan' evmark replay lake mended.tsv
ok 'holds the lines' grep -aq 'still not JSON' out
head -n 20 mended.tsv | gzip >first.tsv.gz
tail -n +21 mended.tsv >rest.tsv
for jobs in 1 3; do
	rm -rf lake
	cp -a always lake
	exits 0 "replay files with $jobs" etl -q -j $jobs lake replay first.tsv.gz rest.tsv
	like 'two files' lake corrected
done
rm -rf lake
cp -a always lake
sort -R mended.tsv >shuffled.tsv
exits 0 'replay standard input' etl -q lake replay - <shuffled.tsv
like 'in any order' lake corrected
is "$(ask lake "SELECT lines, begin_run, end_run FROM lake_source WHERE path = '$clean'")" '1500|1|' \
	'a source without bad lines is as it was'
third=$(ask lake "SELECT path FROM lake_source WHERE end_run IS NULL AND begin_run = 1 AND rejected > 0")
is "$third" "$(ask always 'SELECT path FROM lake_source WHERE rejected > 0' | while read -r path; do
	cut -f 3 mended.tsv | grep -qx "$path" || echo "$path"
done)" 'and so is one of which no line was corrected'
is "$(ask lake "SELECT count(*) FROM lake_reject WHERE source = '$third' AND (begin_run > 1 OR end_run IS NOT NULL)")" 0 \
	'with its reasons'

# --- each line once

cp -a lake before
grep 'p_[2-9]' mended.tsv | sed -n 1,5p >twice.tsv
exits 1 'the same file again' etl -q lake replay twice.tsv
source=$(sed -n 1p twice.tsv | cut -f 3)
ok 'is refused by its lines' grep -q "twice.tsv:[1-5]: line [0-9]* of $source is not in quarantine (any more)" err
{ grep 'still not JSON' mended.tsv | sed 's/still not JSON/nor now/' && cat twice.tsv; } >some.tsv
exits 1 'some that are in quarantine, some that are not' etl -q lake replay some.tsv
grep 'still not JSON' mended.tsv >still.tsv
exits 1 'a line twice' etl -q lake replay still.tsv still.tsv
ok 'is named' grep -q 'still.tsv:1: line [0-9]* of .* is there twice' err
printf 'not_an_object\t\tbronze/nothing\t1\t0\t{}\n' >other.tsv
exits 1 'a source that nobody knows' etl -q lake replay other.tsv
ok 'is named too' grep -q 'other.tsv:1: line 1 of bronze/nothing' err
: >empty.tsv
exits 2 'a file without lines' etl -q lake replay empty.tsv
exits 4 'no file' etl -q lake replay nothing.tsv
exits 3 'another layout' etl -q lake replay "lake/$last"
ok 'is named by its row' grep -q "$last:1: a row with too few fields" err
gzip <still.tsv | head -c 60 >cut.tsv.gz
exits 3 'a file that is cut short' etl -q lake replay cut.tsv.gz
as 'nothing is changed' lake before 'before'
exits 0 'what is still wrong can be corrected once more' etl -q lake replay still.tsv
like 'again' lake corrected

# --- a line in quarantine has no limit, for it has been read

mkdir -p long/bronze
{
	perl -e 'print qq({"timestamp": 1, "user_id": "u", "session_id": "s", "event_type": "search", "search_query": "),
		"x" x 300000, qq("}\n)'
	for n in 1 2 3; do
		echo '{"timestamp": "2025-12-07T00:00", "user_id": "u", "session_id": "s", "event_type": "search", "n": "'$n'"}'
	done
} >long/bronze/file
etl -q long
quarantine_rows long >expected
evmark replay long >plan
exits 0 'replay with a shorter limit' sh -c 'evcat -L 65536 plan | evclean | evsilver | evgold'
quarantine_rows long >got
same got expected 'what is long stays whole'
sed 's/"timestamp": 1/"timestamp": "2025-12-08T00:00"/' expected >long.tsv
evmark replay long long.tsv >plan
exits 0 'and so it does when somebody corrected it' sh -c 'evcat -L 65536 plan | evclean | evsilver | evgold'
is "$(evcat -f tsv long/silver | awk -F '\t' 'length($9) == 300000 { print $10 }')" 1 'an event, where it was'
is "$(ask long 'SELECT lines, kept, rejected FROM lake_source WHERE end_run IS NULL')" '4|4|0' 'of its source'
holds_together long

# --- with a map, a line is replayed with all the events that it makes

mkdir -p mapped/bronze mapped/schemas
cp always/schemas/event.json mapped/schemas
echo '.items[] | {timestamp: .t, user_id: .u, session_id: "s", event_type: "page_view"}' >mapped/schemas/map.jq
printf '%s\n' '{"items": [{"t": "2025-12-07T00:00", "u": "a"}]}' '{"items": [{"t": "?", "u": "b"}, {"t": "?", "u": "c"}]}' \
	'{"items": 5}' '{"items": [{"t": "?", "u": "d"}]}' >mapped/bronze/file
etl -q -x 100 mapped
is "$(ask mapped 'SELECT lines, kept, rejected FROM lake_source')" '4|1|3' 'a map, and lines that it cannot do'
quarantine_rows mapped | sed 's/"?"/"2025-12-07T01:00"/g; s/5}/[]}/' >mapped.tsv
exits 0 'are corrected' etl -q mapped replay mapped.tsv
is "$(ask mapped 'SELECT lines, kept, rejected, blank FROM lake_source WHERE end_run IS NULL')" '4|4|0|1' 'and give all they hold'
is "$(evcat -f tsv mapped/silver | cut -f 2,10 | sort)" 'a	1
b	2
c	2
d	4
user_id	line' 'where they were'

# --- others

evmark replay lake still.tsv >plan
exits 0 'another run' etl -q lake
exits 75 'comes first' sh -c 'evcat plan | evclean | evsilver | evgold'
evmark replay lake >plan
evcat -s 1/2 plan | evclean | evsilver | evgold -p >1.ev
exits 3 'half of a replay' sh -c 'evgold <1.ev'
file=$(ask lake "SELECT path FROM lake_file WHERE layer = 'quarantine' AND end_run IS NULL LIMIT 1")
cp "lake/$file" away
zcat away | tail -n +2 | gzip >"lake/$file"
exits 1 'a file that has lost a line' etl -q -j 1 lake replay
ok 'is named' grep -q 'is not what\|what was read' err
cp away "lake/$file"
mv "lake/$file" away
exits 4 'a file that is not there' etl -q lake replay
ok 'is named too' grep -q "$file" err
mv away "lake/$file"
like 'nothing is changed' lake corrected
mkdir -p empty/bronze
exits 2 'a lake without a run' etl empty replay
made -C 1 none
etl -q none
exits 0 'a lake with nothing in quarantine' etl none replay
holds_together none
done_testing
