#!/bin/sh
# Damaged files, folders that may not be listed, full disks, closed and full descriptors: each is named, the status
# is not 0, nothing is committed, and once it is mended the next run completes.
. "$(dirname "$0")/lib.sh"
have sqlite3 || skip_all 'sqlite3 is not installed'

gold() { # LAKE SQL ...
	lake=$1
	shift
	sqlite3 -readonly "$lake/gold.db" "$@"
}

dump() { # LAKE
	gold "$1" ".read '$T/oracle/state.sql'" ".read '$T/oracle/ledger.sql'"
	(cd "$1" && find silver quarantine -type f | sort)
}

# --- a lake with a history and two new files; what it is like before and after they are loaded

evgen -B 5 -C 1 -E 3000 base >/dev/null
etl base || fail 'the first run'
evgen -B 5 -C 2 -E 6000 -I 1440 -T 2025-12-06 -R 2 base >made.tsv
new=$(sed -n 3p made.tsv | cut -f 1)
dump base >before
cp -a base whole
etl whole || fail 'the undisturbed run'
dump whole >after
ok 'there is something to load' test "$(cmp -s before after; echo $?)" = 1

fresh() {
	rm -rf lake
	cp -a base lake
}

# refused STATUS NAMED WHAT COMMAND ...: it ends with that status, names that on stderr, and commits nothing.
refused() {
	status=$1 named=$2 what=$3
	shift 3
	exits "$status" "$what: status $status" "$@"
	ok "$what: named" grep -qe "$named" err
	dump lake >now
	same now before "$what: nothing is committed"
}

# mended WHAT: the next run leads where the undisturbed one did.
mended() {
	exits 0 "$1: the next run" etl lake
	dump lake >now
	same now after "$1: the next run completes"
}

# --- truncated and corrupt files

good=base/$new
size=$(stat -c %s "$good")
mend() { # WHAT
	cp -a "$good" "lake/$new"
	mended "$1"
}

# flip AT BIT: the file with a bit turned over.
flip() {
	byte=$(od -An -tu1 -j "$1" -N 1 "$good")
	{
		head -c "$1" "$good"
		# shellcheck disable=SC2059
		printf "\\$(printf %o $((byte ^ (1 << $2))))"
		tail -c +$(($1 + 2)) "$good"
	} >flipped.gz
}

fresh
for cut in 20 $((size / 2)) $((size - 8)) $((size - 1)); do
	head -c "$cut" "$good" >"lake/$new"
	refused 3 "$new" "cut off at byte $cut of $size" etl lake
done
for at in $((size / 3)) $((size - 6)) $((size - 2)); do
	flip "$at" 3
	cp flipped.gz "lake/$new"
	refused 3 "$new" "a bit of byte $at turned over" etl lake
done
{ cat "$good" && echo garbage; } >"lake/$new"
refused 3 "$new" 'garbage behind the end' etl lake
{ cat "$good" && head -c 500 "$good"; } >"lake/$new"
refused 3 "$new" 'a second member cut off' etl lake
mend 'damaged files'
i=0 escaped=
while [ $i -lt 24 ]; do
	at=$((10 + (size - 10) * i / 24))
	flip $at $((i % 8))
	evcat flipped.gz >/dev/null 2>err
	[ "$? $(grep -c flipped.gz err)" = '3 1' ] || escaped="$escaped $at"
	i=$((i + 1))
done
is "$escaped" '' 'no bit is turned over unseen'

# --- -k takes what is whole

fresh
head -c $((size / 2)) "$good" >"lake/$new"
exits 0 '-k takes a truncated file' etl -k lake
ok 'and says so' grep -q "$new" err
zcat "lake/$new" 2>/dev/null | sed '$d' >whole.jsonl
is "$(gold lake "SELECT status, lines = kept + rejected + blank FROM lake_source WHERE path = '$new'")" 'PARTIAL|1' \
	'marked PARTIAL'
lines=$(gold lake "SELECT lines FROM lake_source WHERE path = '$new'")
zlib=$(wc -l <whole.jsonl)
ok "what is whole: $lines lines, of which zcat sees $zlib" test "$lines" -gt $((zlib * 9 / 10)) -a "$lines" -le $((zlib + 1))
is "$(gold lake "SELECT kept FROM lake_source WHERE path = '$new'")" \
	"$(zcat "$good" | head -n "$lines" | evcat | evclean -q | evcat -f tsv | sed 1d | wc -l)" 'each whole line that is good is kept'
is "$(gold lake "SELECT count(*), sum(status = 'DONE') FROM lake_source")" '3|2' 'the other file is done'
dump lake >partial
exits 0 'the next run' etl -k lake
dump lake >now
same now partial 'the part is not read again'
cp -a "$good" "lake/$new"
exits 1 'the whole file has changed since' etl lake
ok 'which is named' grep -q "$new" err
dump lake >now
same now partial 'and is not counted twice'

# --- what may not be read

fresh
if can_be_nobody; then
	[ "$(id -u)" != 0 ] || chown -R 65534:65534 lake
	folder=${new%/*}
	chmod 000 "lake/$folder"
	refused 4 "$folder" 'a folder that may not be listed' as_nobody etl lake
	chmod 755 "lake/$folder"
	chmod 000 "lake/$new"
	refused 4 "$new" 'a file that may not be read' as_nobody etl lake
	chmod 644 "lake/$new"
	chmod 555 lake/staging
	refused 4 staging 'a staging that may not be written' as_nobody etl lake
	chmod 755 lake/staging
	exits 0 'the next run' as_nobody etl lake
	dump lake >now
	same now after 'the next run completes'
fi

# --- full disks

mkdir disk
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=1m evlake disk 2>/dev/null; then
	umount disk
	trap 'umount "$W/lake/staging" "$W/disk" 2>/dev/null; clean_up' EXIT
	for room in 4 16 64 128; do
		fresh
		mount -t tmpfs -o size=${room}k evlake lake/staging
		refused 4 'No space left on device' "a staging of $room KiB" etl lake
		umount lake/staging
		mended "a staging of $room KiB"
	done
	# The whole lake on a disk with ever more room: until it is enough, each run fails somewhere else.
	base_size=$(du -sk base | cut -f 1)
	failed=0 fits=0
	for more in 16 64 128 256 384 512 768 1024 1536 2048 3072 4096 6144 8192; do
		mount -t tmpfs -o size=$((base_size + more))k evlake disk
		cp -a base disk/lake
		etl disk/lake >out 2>err
		status=$?
		mount -o remount,size=64m disk
		dump disk/lake >now
		if [ $status = 0 ]; then
			fits=$((fits + 1))
			cmp now after || fail "$more KiB of room: status 0, and not the new state"
		else
			failed=$((failed + 1))
			grep -qE 'No space left on device|disk is full' err || fail "$more KiB of room: $(cat err)"
			cmp now before || fail "$more KiB of room: status $status, and not the old state"
			etl disk/lake || fail "$more KiB of room: the next run"
			dump disk/lake >now
			cmp now after || fail "$more KiB of room: the next run does not complete"
		fi
		umount disk
	done
	ok "a disk without room for the lake: $failed runs failed, $fits did not" test $failed -gt 3 -a $fits -gt 0
else
	echo '# skipped: full disks, as nothing can be mounted here'
fi

# evgold's own writes and syncs fail, one after another: gold.db on a full or broken disk. Committed or not, the
# next run leads to the state of an undisturbed one.
if have strace && strace -o /dev/null true 2>/dev/null; then
	fresh
	evmark pending lake | evcat | evclean | evsilver >silver.ev
	cp -a lake staged
	evgold <silver.ev || fail 'one pipe'
	dump lake >after
	for fault in pwrite64:error=ENOSPC:when=1+ pwrite64:error=ENOSPC:when=20+ pwrite64:error=ENOSPC:when=60 \
		pwrite64:error=EIO:when=90+ fdatasync:error=EIO:when=1+ fdatasync:error=EIO:when=2+ \
		fsync:error=EIO:when=1+ renameat2:error=EIO:when=1+ renameat2:error=EIO:when=2; do
		rm -rf lake
		cp -a staged lake
		ASAN_OPTIONS=detect_leaks=0 strace -o /dev/null -e trace="${fault%%:*}" -e inject="$fault" \
			evgold <silver.ev >out 2>err
		status=$?
		dump lake | sed '/^silver\/\|^quarantine\//d' >now
		for state in before after; do
			sed '/^silver\/\|^quarantine\//d' "$state" | cmp -s - now && break
		done
		sed '/^silver\/\|^quarantine\//d' "$state" | cmp - now
		is "$? $(grep -c 'gold\.db\|lake/' err)" "0 $([ $status = 0 ] && echo 0 || echo 1)" \
			"evgold, $fault: status $status, the state $state the run"
		ok "evgold, $fault: status 0 means that all is done" test "$status" = 4 -o "$state" = after
		evmark pending lake | evcat | evclean | evsilver | evgold 2>err
		is "$? $(cat err)" '0 ' "evgold, $fault: the next run"
		dump lake >now
		same now after "evgold, $fault: the next run completes"
	done
else
	echo '# skipped: faults of single writes, as processes may not be traced here'
fi

# --- standard output that is full, standard input that is empty or closed

fresh
evmark pending lake >plan.ev
evcat plan.ev >events.ev
evclean <events.ev >clean.ev
evsilver <clean.ev >silver.ev
full() { # INPUT COMMAND ...
	input=$1
	shift
	"$@" <"$input" >/dev/full 2>err
	is "$? $(grep -c "^$1: stdout: .*No space left on device" err)" '4 1' "$* on a full disk"
}
full /dev/null evmark pending lake
full /dev/null evmark sources lake
full /dev/null evmark -h
full /dev/null evcat plan.ev
full /dev/null evcat -f csv "$good"
full events.ev evcat
full events.ev evclean
full clean.ev evsilver
full silver.ev evgold -p
full /dev/null evgold -V
full /dev/null evgen -E 10 made
for tool in evcat evclean evsilver evgold 'evgold -p'; do
	exits 4 "$tool: an empty standard input" sh -c "$tool </dev/null"
	ok "$tool: named" grep -q "^${tool% *}: stdin: " err
	exits 4 "$tool: a closed standard input" sh -c "$tool <&-"
done
dump lake >now
same now before 'nothing is committed by any of them'
done_testing
