#!/bin/sh
# Archives in Bronze: each member has a mark of its own, and whatever can be done with a file can be done with it.
. "$(dirname "$0")/lib.sh"
have sqlite3 tar zstd python3 strace || skip_all 'sqlite3, zstd, python3 or strace is not installed'

ask() { sqlite3 -readonly "${2:-lake}/gold.db" "$1"; }
gold() {
	for table in product_funnel hourly_revenue product_popularity category_daily_performance daily_user_activity; do
		ask "SELECT '$table', * FROM $table ORDER BY 2, 3, 4" "$1"
	done | sort
}
# as TEXT LAKE LAKE: the same Gold in both, to the last digit.
as() {
	gold "$2" >got.gold
	gold "$3" >expected.gold
	same got.gold expected.gold "$1"
}
status() { evmark sources -v -f tsv lake | awk -F '\t' -v path="$1" '$4 == path { print $3 }'; }
verdict() { evmark pending -v lake 2>&1 >/dev/null | awk -v path="$1" '$3 == path { print $1 }'; }
sound() { exits 0 "$1: the lake is sound" evmark verify -c lake; }
marks() { ask "SELECT status || ' ' || path FROM lake_source WHERE end_run IS NULL ORDER BY path"; }
settle() { find lake/bronze -exec touch -h -d '1 hour ago' {} +; }
# pack ARCHIVE: what is in day/, in name order.
pack() {
	case $1 in
	*.tar.zst) tar cf - --sort=name -C day . | zstd -qf -o "$1" ;;
	*.tar.gz) tar cf - --sort=name -C day . | gzip -n >"$1" ;;
	*.tar) tar cf "$1" --sort=name -C day . ;;
	*.zip) python3 - "$1" <<-'EOF'
		import os, sys, zipfile
		z = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED)
		for folder, folders, files in os.walk('day'):
		    folders.sort()
		    for name in sorted(files):
		        path = os.path.join(folder, name)
		        z.write(path, os.path.relpath(path, 'day'))
		EOF
		;;
	esac
}

mkdir -p loose/bronze
evgen -C 5 -E 5000 -B 8 -P 250 loose >/dev/null
cp -a loose/bronze day
evetl() { "$T/../pipelines/etl" "$@"; }
evetl -q loose
n=$(ask 'SELECT sum(total_events) FROM daily_user_activity' loose)

# --- the same events, however they are packed ---------------------------------------------------------------------
for archive in a.tar a.tar.gz a.tar.zst a.zip; do
	for jobs in 1 3; do
		rm -rf lake
		mkdir -p lake/bronze
		pack lake/bronze/$archive
		exits 0 "$archive, with $jobs jobs" evetl -q -j $jobs lake
		as 'the Gold of loose files' lake loose
		is "$(ask 'SELECT count(*), sum(kept) FROM lake_source')" "6|$n" 'a mark for each, and one for the archive'
	done
	sound $archive
	is "$(verdict bronze/$archive)" 'done' 'nothing is new'
	exits 0 'and so it stays' evetl -q lake
	is "$(ask 'SELECT count(*) FROM lake_source')" 6 'without another mark'
done
is "$(evcat -f jsonl lake/silver | grep -o '"source":"bronze/a.zip#year[^"]*"' | sort -u | wc -l)" 5 \
	'rows say which member they come from'
is "$(zcat lake/quarantine/*/*.gz | cut -f 3 | sort -u | grep -vc 'bronze/a.zip#year')" 0 'bad lines too'
first=$(cd day && find . -name '*.gz' | sort | sed -n '1s:^\./::p')
second=$(cd day && find . -name '*.gz' | sort | sed -n '2s:^\./::p')
is "$(status "bronze/a.zip#$first")" DONE 'sources knows them'
is "$(status bronze/a.zip)" ARCHIVE 'and the archive'

# --- shared out ---------------------------------------------------------------------------------------------------
# parts: how many of three read something of the archive in lake/.
parts() {
	evmark pending lake >plan.ev
	for k in 1 2 3; do
		evcat -s $k/3 plan.ev | evclean >/dev/null && evcat -s $k/3 plan.ev | grep -a -o "#year=2025[^.]*" | sort -u >part.$k
		[ -s part.$k ] && echo $k
	done | wc -l
}
for archive in a.tar a.zip a.tar.zst a.tar.gz; do
	rm -rf lake
	mkdir -p lake/bronze
	pack lake/bronze/$archive
	case $archive in
	a.tar | a.zip) is "$(parts)" 3 "$archive: members are shared out" ;;
	*) is "$(parts)" 1 "$archive: one part reads all" ;;
	esac
	is "$(sort part.? | uniq -d)" '' 'and none is read twice'
	is "$(sort part.? | wc -l)" 5 'nor left out'
done

# --- nothing new is not read --------------------------------------------------------------------------------------
rm -rf lake
mkdir -p lake/bronze/07
pack lake/bronze/07/day.tar.zst
settle
evetl -q lake
opened() { # COMMAND ...: how often the archive is opened
	strace -f -e trace=openat,open -o trace "$@" >trace.out 2>&1
	grep -c 'day\.tar\.zst' trace
}
is "$(opened "$B/evmark" pending lake)" 0 'an archive in an old folder is not opened'
touch lake/bronze/07/new.jsonl
is "$(opened "$B/evmark" pending lake)" 0 'nor one in a folder that has changed'
is "$(opened "$B/evmark" pending -c lake)" 0 'nor one that is looked at'
is "$(opened "$B/evmark" sources -v lake)" 0 'nor for a list of sources'
is "$(opened "$B/evmark" verify lake)" 0 'nor when all of them are verified'
is "$(opened "$B/evmark" verify -c lake)" 1 'but once when contents are'
rm lake/bronze/07/new.jsonl

# --- it grows -----------------------------------------------------------------------------------------------------
evgen -C 2 -E 900 -T 2025-12-09T10:00 more >/dev/null
for file in $(cd more/bronze && find . -name '*.gz'); do
	mkdir -p "day/$(dirname "$file")" "loose/bronze/$(dirname "$file")"
	cp -p "more/bronze/$file" "day/$file"
	cp -p "more/bronze/$file" "loose/bronze/$file"
done
evetl -q loose
pack lake/bronze/07/day.tar.zst
is "$(evmark pending -v lake 2>&1 >/dev/null | awk '{ print $1 }' | sort | uniq -c | tr -s ' \n' ' ')" \
	"$(printf ' 1 archive 5 done 1 evmark: 2 take 1 verdict ')" 'only what is new in it is taken'
exits 0 'it grows' evetl -q -j 2 lake
as 'with the Gold of loose files' lake loose
is "$(ask "SELECT count(*) FROM lake_source WHERE path LIKE '%.zst' AND end_run IS NULL")" 1 'it has one mark'
sound 'grown'
touch lake/bronze/07/day.tar.zst
is "$(verdict bronze/07/day.tar.zst)" touched 'with another time and nothing new, it is touched'
exits 0 'which a run makes good' evetl -q lake
is "$(verdict bronze/07/day.tar.zst)" 'done' 'so that it is done'

# --- a member changes ---------------------------------------------------------------------------------------------
cp -a lake before
cp -p "day/$first" kept
{ zcat "day/$first" | head -n 500; } | gzip -n >changed && cp changed "day/$first"
pack lake/bronze/07/day.tar.zst
is "$(verdict "bronze/07/day.tar.zst#$first")" changed 'a member with another content'
exits 1 'is left out' evetl -q lake
ok 'by name' grep -q "day.tar.zst#$first: changed" err
as 'and nothing else is' lake loose
exits 1 'in each run' evetl -q lake
is "$(status "bronze/07/day.tar.zst#$first")" CHANGED 'sources knows'
exits 1 'verify too' evmark verify lake
ok 'by name' grep -q "day.tar.zst#$first: changed" out
mkdir -p fresh/bronze/07
cp -p lake/bronze/07/day.tar.zst fresh/bronze/07
evetl -q fresh
exits 0 'it can be replaced' evetl -q lake replace "bronze/07/day.tar.zst#$first"
as 'as if it had always been so' lake fresh
exits 0 'and then all is done' evetl -q lake
sound 'replaced'
rm -rf lake fresh
cp -a before lake
cp -p kept "day/$first"

# One that is not there any more.
mv "day/$second" second
pack lake/bronze/07/day.tar.zst
is "$(status "bronze/07/day.tar.zst#$second")" VANISHED 'a member that is gone is VANISHED'
evmark pending -c lake >/dev/null 2>err
ok 'and told' grep -q "zst#$second: it is marked, and no longer" err
exits 0 'once, as long as the archive stays as it is' evetl -q lake
is "$(status "bronze/07/day.tar.zst#$second")" DONE 'for it is not looked into'
exits 0 'nor by verify' evmark verify lake
exits 1 'unless contents are compared' evmark verify -c lake
ok 'by name' grep -q "zst#$second: vanished" out
mv second "day/$second"
rm -rf lake
cp -a before lake

# --- copies -------------------------------------------------------------------------------------------------------
cp -p "day/$first" lake/bronze/loose.gz
zcat "day/$second" >lake/bronze/loose.jsonl
pack lake/bronze/again.tar
exits 0 'the same events, loose and in another archive' evetl -q lake
as 'count once' lake loose
is "$(marks | grep -c '^SKIPPED_SAME bronze/again.tar#')" 7 'each member is a copy'
is "$(status bronze/loose.gz) $(status bronze/loose.jsonl)" 'SKIPPED_SAME SKIPPED_SAME' 'and so are they'
exits 0 'after which nothing is new' evetl -q lake
sound 'copies'
exits 0 'forget one of the originals' evetl -q lake forget "bronze/07/day.tar.zst#$first"
is "$(ask "SELECT count(*) FROM lake_source WHERE end_run IS NULL AND same_as LIKE '%zst#$first'")" 0 'and its copies'
exits 0 'then a run takes one of them' evetl -q lake
as 'once' lake loose
sound 'once'
rm -rf lake
cp -a before lake

# --- forget, skip, replace, reload, rewind ------------------------------------------------------------------------
rm -rf few
mkdir -p few
cp -a loose/bronze few
rm "few/bronze/$first"
evetl -q few
exits 0 'forget a member' evetl -q -j 2 lake forget "bronze/07/day.tar.zst#$first"
as 'as if it had never been' lake few
is "$(verdict "bronze/07/day.tar.zst#$first")" take 'it is pending'
exits 0 'and taken' evetl -q lake
as 'as if nothing had been' lake loose
exits 0 'skip a member' evetl -q lake skip "lake/bronze/07/day.tar.zst#$first"
as 'as if it had never been' lake few
exits 0 'nor comes again' evetl -q lake
as 'never' lake few
exits 0 'forget that' evetl -q lake forget 'bronze/07/*.tar.zst#*/*/*/*/*/*'
is "$(ask "SELECT count(*) FROM lake_source WHERE end_run IS NULL AND status <> 'ARCHIVE'")" 0 'and by a pattern all'
is "$(evmark pending -v lake 2>&1 >/dev/null | grep -c ^take)" 7 'seven are pending'
exits 0 'skip one that is' evetl -q lake skip "bronze/07/day.tar.zst#$first"
exits 0 'take the others' evetl -q lake
as 'as if one had never been' lake few
exits 0 'forget an archive' evetl -q lake forget bronze/07/day.tar.zst
is "$(marks)" '' 'with all that is in it'
exits 0 'skip a pending archive' evetl -q lake skip 'bronze/07/*.zst'
is "$(verdict bronze/07/day.tar.zst)" 'done' 'which is not opened then'
is "$(opened "$B/evmark" pending -c lake)" 0 'at all'
exits 0 'forget that' evetl -q lake forget bronze/07
exits 0 'and load' evetl -q lake
as 'as if nothing had been' lake loose
run=$(ask 'SELECT max(run) FROM lake_run')
exits 0 'rewind to nothing' evetl -q lake rewind 0
is "$(marks)" '' 'no mark is left'
exits 0 'and forth' evetl -q lake rewind "$run"
as 'as it was' lake loose
exits 0 'after which nothing is new' evetl -q lake
as 'still' lake loose
exits 0 'reload' evetl -q -j 2 lake reload
as 'from the archive, once more' lake loose
exits 0 'replace all of an archive' evetl -q lake replace bronze/07/day.tar.zst
as 'the same' lake loose
exits 0 'after which nothing is new' evetl -q lake
sound 'after all of that'
mv lake/bronze/07/day.tar.zst away
exits 4 'an archive that is gone cannot be taken again' evetl lake reload
is "$(status "bronze/07/day.tar.zst#$first")" VANISHED 'its members are VANISHED'
mv away lake/bronze/07/day.tar.zst

# In blocks, as a large archive has them.
pack_blocks() {
	case $1 in
	*.zst) tar cf blocks --sort=name -C day . && split -a 3 -b 8192 blocks block. && for block in block.*; do zstd -qc "$block"; done >"$1" ;;
	*) pack "$1" ;;
	esac
}

# --- damage -------------------------------------------------------------------------------------------------------
for archive in cut.tar cut.tar.gz cut.tar.zst; do
	rm -rf lake
	mkdir -p lake/bronze
	pack_blocks "whole.${archive#cut.}"
	size=$(wc -c <"whole.${archive#cut.}")
	head -c $((size * 7 / 10)) "whole.${archive#cut.}" >lake/bronze/$archive
	exits 3 "$archive, cut short" evetl -q lake
	ok 'by name' grep -q "bronze/$archive" err
	exits 0 '-k keeps what is whole' evetl -qk lake
	is "$(marks | grep -c '^DONE')/$(marks | grep -c '^PARTIAL')/$(marks | grep -c '^ARCHIVE')" 3/1/1 \
		'members before the cut are done, one is partial'
	exits 1 'verify knows' evmark verify -c lake
	is "$(cut -d: -f2 out | sort | uniq -c | tr -s ' \n' ' ')" ' 1 changed ' 'of the archive alone'
	cp "whole.${archive#cut.}" lake/bronze/$archive
	exits 1 'made whole, the partial one has changed' evetl -q lake
	ok 'by name' grep -q "bronze/$archive#.*: changed" err
	is "$(marks | grep -c '^DONE')" 6 'and what was behind the cut is taken'
	exits 0 'replaced' evetl -q lake replace "$(marks | sed -n 's/^PARTIAL //p')"
	as 'all is there' lake loose
	sound 'mended'
done

# --- what is refused ----------------------------------------------------------------------------------------------
rm -rf lake
mkdir -p lake/bronze
pack lake/bronze/day.tar
cp "day/$first" 'lake/bronze/day.tar#x.gz'
exits 0 'a file with the mark in its name' evetl -q lake
as 'is a file' lake loose
is "$(status 'bronze/day.tar#x.gz')" SKIPPED_SAME 'a copy, here'
exits 0 'which may be forgotten' evetl -q lake forget 'bronze/day.tar#x.gz'
exits 0 'with the archive' evetl -q lake forget bronze/day.tar
exits 0 'and all comes back' evetl -q lake
as 'once' lake loose
sound 'with a mark'
mkdir "lake/bronze/day.tar#$(dirname "$first")" -p
cp "day/$first" "lake/bronze/day.tar#$first"
touch lake/bronze/day.tar
exits 3 'but not with the name of a member' evmark pending lake
ok 'which is told' grep -q "day.tar#$first: a member" err
rm -r lake/bronze/day.tar#year*
: >"$(printf 'day/caf\351')"
pack lake/bronze/day.tar
rm day/caf*
exits 3 'a member whose name is not UTF-8' evmark pending lake
ok 'which is told' grep -q 'bronze/day.tar: a member' err
exits 0 'can be skipped' evetl -q lake skip bronze/day.tar
exits 0 'and then the rest goes on' evetl -q lake
mkdir inner
cp "day/$second" inner
tar cf day/inner.tar inner
cp "day/$second" day/zz.gz
rm -rf lake
mkdir -p lake/bronze
pack lake/bronze/day.tar
exits 3 'an archive in an archive' evetl -q lake
ok 'is refused by name' grep -q 'day.tar#inner.tar: a tar archive' err
ok 'and nothing is committed' test ! -e lake/gold.db
done_testing
