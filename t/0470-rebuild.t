#!/bin/sh
# Gold from Silver: after a definition changed, was added or went; all tables or some; nothing lost on the way.
. "$(dirname "$0")/lib.sh"
have sqlite3 || skip_all 'sqlite3 is not installed'

ask() { sqlite3 -readonly lake/gold.db "$1"; }
state() { sqlite3 -readonly "$1/gold.db" ".read '$T/oracle/state.sql'"; }
# shellcheck disable=SC2317 # called by exits
commit() { evcat "$@" | evclean | evsilver | evgold; }

evgen -B 5 -C 5 -I 600 -E 2000,4000 lake >/dev/null
mkdir -p new/bronze
cp -r lake/bronze/* new/bronze
etl -q -j 2 lake
evgen -B 3 -C 2 -T 2025-12-01 -E 1000 lake >/dev/null
etl -q lake
state lake >before

for jobs in 1 3; do
	exits 0 "Gold from Silver, with $jobs" etl -q -j $jobs lake rebuild
	state lake >after
	same after before 'is what it was'
done
is "$(ask 'SELECT verb, sources, rows, files FROM lake_run WHERE run = 3')" 'rebuild|0|0|0' 'the run is in the ledger'
is "$(cat lake/stamp)" 'run 4' 'and in the stamp'
is "$(ask 'SELECT count(*) FROM lake_file WHERE end_run IS NOT NULL OR begin_run > 2')" 0 'Silver stays as it is'
is "$(ask 'PRAGMA integrity_check')" ok 'the database is sound'

# --- definitions

sql=lake/schemas/gold
sed -i 's/sum(quantity)/max(quantity)/' $sql/hourly_revenue.sql
printf '%s\n' 'SELECT event_type, count(*) AS n FROM silver GROUP BY event_type' >$sql/by_type.sql
cp -r lake/schemas new
exits 2 'definitions that have changed stop a run' etl lake
ok 'with the command' grep -q "changed hourly_revenue.sql, new by_type.sql.*: evetl $(realpath lake) rebuild\$" err
state lake >after
same after before 'and change nothing'
exits 2 'one of them alone is not enough' etl lake rebuild hourly_revenue
state lake >after
same after before 'and changes nothing'
exits 0 'both' etl -q lake rebuild hourly_revenue by_type
cp -r lake/bronze/* new/bronze
etl -q new
state new >expected
state lake >after
same after expected 'are as if they had always been so'
is "$(ask 'SELECT sum(n) FROM by_type')" "$(ask 'SELECT sum(kept) FROM lake_source')" 'also the new one'
exits 0 'runs go on' etl -q lake
rm $sql/by_type.sql new/schemas/gold/by_type.sql
exits 2 'a definition that is gone stops a run' etl lake
ok 'by name' grep -q 'missing by_type.sql' err
exits 0 'all tables' etl -q lake rebuild
is "$(ask "SELECT count(*) FROM sqlite_schema WHERE name = 'by_type'")" 0 'but the one that is gone'
exits 0 'likewise' etl -q new rebuild by_type
state lake >after
state new >expected
same after expected 'by name'
exits 2 'a table that nobody knows' etl lake rebuild nothing
ok 'is named' grep -q 'nothing' err

# --- nothing is lost, nothing counted twice

state lake >before
evmark rebuild lake >plan
evcat -s 1/2 plan | evclean | evsilver | evgold -p >1.ev
evcat -s 2/2 plan | evclean | evsilver | evgold -p >2.ev
exits 3 'half of a rebuild' sh -c 'evgold <1.ev'
evcat plan | evclean | evsilver >whole.ev
head -c "$(grep -abo 'evlake stream' whole.ev | cut -d : -f 1 | tail -n 1)" whole.ev >first.ev
exits 3 'one stream of two' sh -c 'evgold <first.ev'
ok 'ends too early' grep -q 'ends before the run does' err
exits 0 'any other run' etl -q lake
exits 75 'comes first' commit plan
evmark rebuild lake >plan
sqlite3 lake/gold.db "INSERT INTO lake_file (path, begin_run, layer, partition, rows, bytes, checksum)
	VALUES ('silver/event_date=2025-01-01/part-1-99.parquet', 1, 'silver', 'event_date=2025-01-01', 1, 1, '')"
exits 1 'a file that was not read again' commit plan
ok 'is named' grep -q 'part-1-99.parquet: it was not read again' err
sqlite3 lake/gold.db "DELETE FROM lake_file WHERE path LIKE '%-99.parquet'"
part=$(evmark files -f tsv lake | awk '$1 == "silver" { print $2; exit }')
mv "lake/$part" away
exits 4 'a file that is not there' etl lake rebuild
ok 'is named too' grep -q "$part" err
mv away "lake/$part"
state lake >after
same after before 'of all that nothing has changed Gold'
exits 0 'as nothing has to' etl -q lake rebuild
state lake >after
same after before 'but another rebuild'

mkdir -p empty/bronze
exits 2 'a lake without a run' etl empty rebuild
exits 2 'no lake' evmark rebuild
exits 3 'a folder that is no lake' sh -c "evmark rebuild '$T' | evcat"
done_testing
