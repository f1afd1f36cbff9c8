#!/bin/sh
# Each tool of the pipe is killed at one system call after another: the lake is as before the run or as after it,
# the next run does the rest, and nothing is counted twice. An argument sets how often each is killed (10).
. "$(dirname "$0")/lib.sh"
have strace sqlite3 || skip_all 'strace or sqlite3 is not installed'
strace -o trace -e trace=none true 2>/dev/null || skip_all 'processes may not be traced here'

kills=${1:-10} verb=
events=4000
case $B in *-address*) events=2000 ;; esac

# The tools, one of them behind a script: etl takes them from $B. Of several processes of that tool the first to
# start is traced.
tools=$B
mkdir tools
# wrap TOOL STRACE-OPTIONS; "evgold -p" is the one that makes partial results, "evgold" the one that commits.
wrap() {
	rm -rf tools/* traced
	ln -s "$tools"/* tools/
	name=${1% *}
	rm "tools/$name"
	case $1 in
	'evgold -p') which="[ \"\$1\" = -p ]" ;;
	evgold) which="[ \"\${1-}\" != -p ]" ;;
	*) which=: ;;
	esac
	cat >"tools/$name" <<END
#!/bin/sh
export ASAN_OPTIONS=detect_leaks=0
if $which && mkdir "$W/traced" 2>/dev/null; then
	exec strace -qq -o "$W/trace" $2 "$tools/$name" "\$@"
fi
exec "$tools/$name" "\$@"
END
	chmod +x "tools/$name"
}

# SQL on a copy of the lake's database: a look must not mend what a killed process left.
ask() { # LAKE SQL ...
	rm -rf copy
	mkdir copy
	for file in gold.db gold.db-wal gold.db-journal; do
		[ ! -e "$1/$file" ] || cp "$1/$file" copy
	done
	shift
	sqlite3 copy/gold.db "$@"
}

# What is committed; nothing for a lake without a ledger.
dump() { # LAKE
	[ "$(ask "$1" "SELECT count(*) FROM sqlite_schema WHERE name = 'lake_meta'")" = 1 ] || return 0
	ask "$1" ".read '$T/oracle/state.sql'" ".read '$T/oracle/ledger.sql'"
}

files() { # LAKE
	(cd "$1" && find silver quarantine -type f | sort) 2>/dev/null
}

# Every file that the manifest lists is in its place, or waits for it in staging; no other file is there.
listed() { # LAKE
	[ -s "$2" ] || { files "$1" && return; }
	ask "$1" 'SELECT path, bytes, staged FROM lake_file' >manifest
	while IFS='|' read -r path bytes staged; do
		at=$1/$path
		[ -e "$at" ] || at=$1/$staged
		[ "$(stat -c %s "$at" 2>&1)" = "$bytes" ] || echo "$path: neither in its place nor in staging"
	done <manifest
	files "$1" | while read -r path; do
		grep -q "^$path|" manifest || echo "$path: not listed"
	done
}

# try TOOL BEFORE AFTER [CALL]: a copy of the lake BEFORE is loaded by two jobs, and TOOL killed on the way, in one
# of them; AFTER is the lake loaded undisturbed. The moments are spread over all that the tool does with the stream
# and the lake, or over its calls of CALL. With a verb in $verb it is that run instead of a load.
# shellcheck disable=SC2086 # a verb and its arguments
try() {
	rm -rf lake
	cp -a "$2" lake
	wrap "$1" ''
	B=$W/tools etl -j 2 lake $verb 2>err || cat err
	grep -v '^+++' trace | sed -n '/(0,\|lake/,$p' >moments
	head -n "$(($(wc -l <trace) - $(wc -l <moments)))" trace >start
	grep -an "^${4-}" moments | cut -d : -f 1 >choice
	n=$(wc -l <choice)
	i=0 old=0 new=0
	while [ $i -lt "$kills" ]; do
		at=$(sed -n $((n * (2 * i + 1) / (2 * kills) + 1))p choice)
		call=$(sed -n "${at}{s/(.*//;p;}" moments)
		count=$(head -n "$at" moments | cat start - | grep -ac "^$call(")
		rm -rf lake
		cp -a "$2" lake
		wrap "$1" "-e trace=$call -e inject=$call:signal=KILL:when=$count"
		B=$W/tools etl -j 2 lake $verb >out 2>err
		status=$?
		next=$verb
		dump lake >state
		what="killed at $call $count"
		if cmp -s state before; then
			old=$((old + 1))
			[ $status != 0 ] || echo "$what: status 0, and nothing is committed"
		elif cmp -s state after; then
			new=$((new + 1))
			next=
		else
			echo "$what: neither the old state nor the new one"
			diff state after | head -n 5
		fi
		listed lake state | sed "s/^/$what: /"
		etl -j 2 lake $next >out 2>err || { echo "$what: the next run ends with $?" && cat err; }
		dump lake >state
		cmp -s state after || { echo "$what: the next run does not lead to the new state" && diff state after | head -n 5; }
		diff -r "$3/silver" lake/silver && diff -r "$3/quarantine" lake/quarantine
		[ "$(ask lake 'SELECT count(*) FROM lake_file WHERE staged IS NOT NULL' 'PRAGMA integrity_check')" = "0
ok" ] || echo "$what: a file is still pending, or gold.db is damaged"
		i=$((i + 1))
	done
	echo "$1: $old $new" >&3
}

# --- a lake with a history, and four files that are new: a late one, one of a new day, one with bad lines

evgen -C 2 -E $events -I 720 -B 4 base >/dev/null
etl -j 2 base || fail 'the first run'
evgen -C 4 -E $events -I 1440 -T 2025-12-06 -R 2 -B 4 base >/dev/null
cp -a base whole
etl -j 2 whole || fail 'the undisturbed run'
dump base >before
dump whole >after
ok 'the run changes the lake' test "$(cmp -s before after; echo $?)" = 1
for tool in evmark evcat evclean evsilver 'evgold -p' evgold; do
	is "$(try "$tool" base whole 3>counts 2>&1)" '' "$tool, killed at $kills moments: the old state or the new one, then the new"
	echo "# $(cat counts) (old, new)"
	old=$(sed 's/.*: \([0-9]*\) .*/\1/' counts)
	ok "$tool was killed before the commit" test "$old" -ge $((kills / 2))
done
ok 'evgold also after the commit' test "$old" -lt "$kills"
is "$(try evgold base whole renameat 3>counts 2>&1)" '' "evgold, killed at each of its renames"
is "$(cat counts)" "evgold: 0 $kills" 'which come after the commit'

# --- a lake that is not there yet

mkdir first
cp -a base/bronze first/bronze
cp -a first fresh
etl -j 2 fresh || fail 'the undisturbed run'
: >before
dump fresh >after
is "$(try evgold first fresh 3>counts 2>&1)" '' "evgold, killed at $kills moments of a lake's first run"
echo "# $(cat counts) (old, new)"

# --- a stream that is tried again, after its run was committed and stopped before the renames

# In a first run two renames give the lake its schemas.
for before in first base; do
	rm -rf lake
	cp -a $before lake
	[ $before = first ] || cp -a whole/bronze lake
	evmark pending lake | evcat | evclean | evsilver >silver.ev
	wrap evgold "-e trace=renameat2 -e inject=renameat2:signal=KILL:when=$([ $before = first ] && echo 3 || echo 1)"
	PATH=$W/tools:$PATH evgold <silver.ev 2>err
	is "$(ask lake 'SELECT count(*) > 0 FROM lake_file WHERE staged IS NOT NULL')" 1 "$before: committed, and not renamed"
	exits 75 'which the same stream cannot be again' evgold <silver.ev
	exits 0 'the next run' etl -q lake
	is "$(ask lake 'SELECT count(*) FROM lake_file WHERE staged IS NOT NULL')" 0 'completes it'
	is "$(ask lake 'SELECT path FROM lake_file ORDER BY path')" "$(files lake | sort)" 'and has all its files'
done

# --- a run that undoes: what a source gave goes, and what it holds now comes

kills=$((kills / 2))
source=$(cd whole && find bronze -name '*.gz' | sort | tail -n 1)
cp -a whole mended
zcat "whole/$source" | head -n 1000 | gzip >"mended/$source"
cp -a mended replaced
verb="replace $source"
etl -j 2 replaced replace "$source" || fail 'the undisturbed run'
dump mended >before
dump replaced >after
for tool in evmark evcat evclean evsilver 'evgold -p' evgold; do
	is "$(try "$tool" mended replaced 3>counts 2>&1)" '' "$tool, killed at $kills moments of a replacement"
	echo "# $(cat counts) (old, new)"
done
is "$(evmark verify -c lake)" '' 'the lake holds together'

# --- lines in quarantine once more, after the schema was mended

kills=$(((kills + 1) / 2))
mkdir -p strict/schemas
cp -a whole/bronze strict
sed 's/"exclusiveMaximum": 2147483648/"maximum": 1/' "$T/../schemas/event.json" >strict/schemas/event.json
etl -x 100 -j 2 strict || fail 'the undisturbed run'
cp "$T/../schemas/event.json" strict/schemas
cp -a strict replayed
verb=replay
etl -j 2 replayed replay || fail 'the undisturbed run'
dump strict >before
dump replayed >after
ok 'the replay changes the lake' test "$(cmp -s before after; echo $?)" = 1
for tool in evcat evclean evgold; do
	is "$(try "$tool" strict replayed 3>counts 2>&1)" '' "$tool, killed at $kills moments of a replay"
	echo "# $(cat counts) (old, new)"
done
is "$(evmark verify -c lake)" '' 'the lake holds together'
done_testing
