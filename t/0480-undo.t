#!/bin/sh
# Runs that undo: the lake is then as if it had never seen these events, or always as they are now.
. "$(dirname "$0")/lib.sh"
. "$T/undo.sh"
have sqlite3 || skip_all 'sqlite3 is not installed'

made() { evgen -B 8 -E 1500 -P 300 "$@" >/dev/null; }
made -C 3 -I 700 lake
first=$(cd lake && find bronze -name '*.gz' | sort | sed -n 1p)
second=$(cd lake && find bronze -name '*.gz' | sort | sed -n 2p)
third=$(cd lake && find bronze -name '*.gz' | sort | sed -n 3p)
etl -q -j 2 lake
cp -a lake one # as run 1 left it
mkdir -p late/bronze
made -C 2 -T 2025-11-30T23:58 late
cp -a late/bronze/* lake/bronze
cp "lake/$first" lake/bronze/zcopy.gz
etl -q lake
cp -a lake two # as run 2 left it
late=$(cd late && find bronze -name '*.gz' | sort | sed -n 1p)
without() { # LAKE PATH ...: a lake that never saw these
	mkdir "$1"
	cp -a lake/bronze "$1"
	lake=$1
	shift
	for path; do rm "$lake/$path"; done
	etl -q "$lake"
}

# --- rewind

exits 0 'rewind' etl -q lake rewind 1
as rewind lake one 'as run 1 left it'
is "$(ask lake 'SELECT verb, sources, rows FROM lake_run WHERE run = 3')" 'rewind|0|0' 'the run is in the ledger'
is "$(ask lake "SELECT count(*) FROM lake_file WHERE begin_run = 2 AND end_run = 3")" \
	"$(ask two "SELECT count(*) FROM lake_file WHERE begin_run = 2")" 'so are the files that were'
exits 0 'what came later' etl -q lake
as 'then load' lake two 'that was never rewound'
exits 0 'rewind to before the rewind' etl -q -j 3 lake rewind 2
as 'forth again' lake two 'that was never rewound'
exits 0 'to nothing' etl -q lake rewind 0
is "$(ask lake 'SELECT count(*) FROM lake_source WHERE end_run IS NULL')" 0 'no source is marked'
is "$(ask lake 'SELECT count(*) FROM hourly_revenue')" 0 'and Gold is empty'
exits 0 'to what was' etl -q lake rewind 2
as 'from nothing' lake two 'that was never rewound'
exits 2 'to a run that is to come' etl lake rewind 1000
exits 2 'to no run' etl lake rewind
exits 2 'to no number' etl lake rewind last
gone=$(ask lake "SELECT path FROM lake_file WHERE layer = 'quarantine' AND begin_run = 1 LIMIT 1")
exits 0 'back' etl -q lake rewind 0
mv "lake/$gone" away
exits 1 'to files that are gone' etl lake rewind 2
ok 'is refused by name' grep -q "$gone" err
mv away "lake/$gone"
exits 0 'which come back' etl -q lake rewind 2
as 'once more' lake two 'that was never rewound'

# --- forget

without never "$second"
exits 0 'forget' etl -q lake forget "$second"
as forget lake never 'that never saw it'
exits 0 'forgotten, it is pending' etl -q lake
as 'then load' lake two 'that never forgot'
exits 2 'forget what is not marked' etl lake forget bronze/nothing
exits 2 'forget nothing' etl lake forget
for jobs in 1 3; do
	exits 0 "a folder, a pattern, with $jobs" etl -q -j $jobs lake forget "$(dirname "lake/$late")" 'bronze/zcopy*'
	[ -d few ] || without few "$late" bronze/zcopy.gz
	as 'folder and pattern' lake few 'that never saw them'
	etl -q lake
	as 'then load' lake two 'that never forgot'
done
exits 0 'forget the original of a copy' etl -q lake forget "$first"
exits 0 'then load' etl -q lake
is "$(ask lake "SELECT sum(kept) FROM lake_source WHERE end_run IS NULL")" "$(ask two 'SELECT sum(kept) FROM lake_source')" \
	'one of them counts'
exits 0 'a whole layer of it' etl -q lake forget bronze
exits 0 'is pending' etl -q lake
as 'all of it' lake two 'that never forgot'

# --- skip

exits 0 'skip' etl -q lake skip "$second"
is "$(ask lake "SELECT status, kept FROM lake_source WHERE path = '$second' AND end_run IS NULL")" 'SKIPPED|0' 'it is marked so'
state lake >got
state never >expected
same got expected 'skip: the Gold and state of a lake that never saw it'
exits 0 'a run' etl -q lake
state lake >got
same got expected 'never takes it'
cp "lake/$second" lake/bronze/again.gz
exits 0 'nor' etl -q lake
state lake >got
same got expected 'a copy of it'
printf 'rubbish' | gzip | head -c 20 >lake/bronze/broken.gz
exits 3 'a file that stops every run' etl -q lake
exits 0 'skipped' etl -q lake skip bronze/broken.gz
exits 0 'stops none' etl -q lake
exits 0 'it holds together' evmark verify -c lake
rm lake/bronze/broken.gz lake/bronze/again.gz
exits 0 'forget what was skipped' etl -q lake forget "$second" bronze/broken.gz bronze/again.gz
exits 0 'then load' etl -q lake
as 'skipped no more' lake two 'that never skipped'

# --- replace

zcat "$PWD/late/$late" | head -n 700 | gzip >mended.gz
mkdir always
cp -a lake/bronze always
cp mended.gz "always/$second"
etl -q always
cp mended.gz "lake/$second"
exits 1 'a changed source is left out' etl -cq lake
exits 0 'replace' etl -q -j 2 lake replace "$second"
as replace lake always 'that always had it so'
exits 0 'again' etl -q lake replace "$second"
as 'replaced by itself' lake always 'that always had it so'
exits 0 'then nothing is new' etl -q lake
cp "lake/$third" "lake/$second"
exits 1 'replaced by what another source holds' etl lake replace "$second"
ok 'it is named' grep -q "$second: its content is that of another" err
cp mended.gz "lake/$second"
as 'nothing is changed' lake always 'that always had it so'
mv "lake/$third" away
exits 4 'replaced by nothing' etl lake replace "$third"
mv away "lake/$third"

# --- reload

for jobs in 1 2; do
	exits 0 "reload with $jobs" etl -q -j $jobs lake reload
	as reload lake always 'that always was'
done
is "$(ask lake "SELECT count(*) FROM lake_file WHERE end_run IS NULL AND begin_run < (SELECT max(run) FROM lake_run)")" 0 \
	'every file is new'
mv "lake/$third" away
exits 4 'reload without all sources' etl lake reload
ok 'names what is missing' grep -q "$third" err
cp mended.gz "lake/$third"
exits 1 'reload with another content' etl -x 100 lake reload
ok 'names it too' grep -q "$third" err
mv away "lake/$third"
as 'nothing is changed' lake always 'that always was'

# --- the ledger as a run left it

for list in sources rejects files; do
	for run in 1 2; do
		[ $run = 1 ] && then=one || then=two
		evmark $list -f tsv "$then" >expected
		exits 0 "$list as of run $run" evmark $list -f tsv -r $run lake
		same out expected 'what that run left'
	done
	exits 0 "$list of before the first run" evmark $list -f tsv -r 0 lake
	is "$(wc -l <out)" 1 'there are none'
	newest=$(ask lake 'SELECT max(run) FROM lake_run')
	evmark $list -f tsv lake >expected
	exits 0 "$list as of the newest run" evmark $list -f tsv -r "$newest" lake
	same out expected 'is what holds now'
	exits 2 'of a run that is to come' evmark $list -r $((newest + 1)) lake
done
exits 2 'runs are of themselves' evmark runs -r 1 lake
exits 2 'Bronze is as it is now' evmark sources -v -r 1 lake

# --- others

evmark forget lake "$first" >plan
exits 0 'another run' etl -q lake
exits 75 'comes first' sh -c 'evcat plan | evclean | evsilver | evgold'
as 'nothing is changed' lake always 'that always was'
done_testing
