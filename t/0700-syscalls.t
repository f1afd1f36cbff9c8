#!/bin/sh
# Each system call of each tool of the pipe fails once, or is the last thing that the tool does. Whatever happens, the
# lake is as before the run or as after it, the statuses say which, and the next run leads to the new state.
#
# A point is a tool, a call, its how-manieth, and a fault: KILL, an error, or an error from then on ("ENOSPC+"). Without
# an argument about 150 points are tried, one or more of each tool, call and fault; "torture" tries all of them, and
# "show SCENE TOOL CALL NTH FAULT" only that one.
. "$(dirname "$0")/lib.sh"
have strace sqlite3 || skip_all 'strace or sqlite3 is not installed'
strace -o trace -e trace=none true 2>/dev/null || skip_all 'processes may not be traced here'

long=${1-}
tools='evmark evcat evclean evsilver evgold'
calls='write,writev,pwrite64,fsync,fdatasync,?rename,?renameat,?renameat2,openat,close,ftruncate,?unlink,?unlinkat'
calls=$calls,'?mkdir,?mkdirat,read,pread64,getdents64,mmap'
workers=$(nproc)
[ "$workers" -gt 1 ] || workers=2
ASAN_OPTIONS=detect_leaks=0
export ASAN_OPTIONS
verify=
if evmark -h | grep -q verify; then verify=1; fi

# One of the tools is traced, or none.
pipe() {
	$evmark evmark pending lake | $evcat evcat | $evclean evclean | $evsilver evsilver | $evgold evgold
}
untraced() {
	evmark='' evcat='' evclean='' evsilver='' evgold=''
}

# dump LAKE: what is committed, and what its manifest says; of a copy, as a look must not mend what a stopped process
# left. A gold.db without tables is as good as none.
dump() {
	rm -rf copy
	mkdir copy
	: >state
	: >manifest
	[ -e "$1/gold.db" ] || return 0
	for file in gold.db gold.db-wal gold.db-journal; do
		[ ! -e "$1/$file" ] || cp "$1/$file" copy
	done
	sqlite3 copy/gold.db .output\ state ".read '$T/oracle/state.sql'" ".read '$T/oracle/ledger.sql'" \
		'.mode list' '.output manifest' 'SELECT path, bytes, staged FROM lake_file' \
		'.output damage' 'PRAGMA integrity_check' 2>sql && return
	[ "$(sqlite3 copy/gold.db 'SELECT count(*) FROM sqlite_schema')" = 0 ] && return
	cat sql
}

# Every file that the manifest lists is in its place, or waits for it in staging; no other file is there.
listed() {
	while IFS='|' read -r path bytes staged; do
		at=lake/$path
		[ -e "$at" ] || at=lake/$staged
		[ "$(stat -c %s "$at" 2>&1)" = "$bytes" ] || echo "$path: neither in its place nor in staging"
	done <manifest
	(cd lake && find silver quarantine -type f 2>/dev/null) >there
	cut -d '|' -f 1 manifest | sort - there | uniq -c | while read -r n path; do
		[ "$n" = 2 ] || grep -q "^$path|.*|staging" manifest || echo "$path: not listed"
	done
}

# point SCENE TOOL CALL NTH FAULT: says what is wrong.
point() {
	rm -rf lake
	cp -a "../$1" lake
	case $5 in
	KILL) inject=signal=KILL:when=$4 ;;
	*+) inject=error=${5%+}:when=$4+ ;;
	*) inject=error=$5:when=$4 ;;
	esac
	untraced
	eval "$2='strace -q -o trace -e trace=$3 -e inject=$3:$inject'"
	: >trace
	timeout 30 sh -c "$evmark evmark pending lake | $evcat evcat | $evclean evclean | $evsilver evsilver |
		$evgold evgold" >out 2>err
	status=$?
	if grep -aq 'INJECTED\|killed by' trace; then echo "$5" >>hits; else echo "$*" >>misses; fi
	dump lake
	if cmp -s state "../$1.before"; then
		was=old
		[ $status != 0 ] || echo 'status 0, and nothing is committed'
	elif cmp -s state "../$1.after"; then
		was=new
	else
		was=neither
		echo 'neither the old state nor the new one'
		diff state "../$1.after" | head -n 5
	fi
	own=1
	[ "$4" -gt "$(started "$1" "$2" "$3")" ] || own=
	[ $status -lt 128 ] || [ "$2 $5" = 'evgold KILL' ] || [ -z "$own" ] || echo "evgold ends with $status"
	[ $status = 0 ] || [ -s err ] || [ "$5" = KILL ] || echo "status $status without a message"
	# A call that was only interrupted is made again.
	case $5$3 in EINTRread | EINTRwrite | EINTRwritev | EINTRp*64)
		[ $status = 0 ] || [ -z "$own" ] || echo "status $status: $(cat err)"
		;;
	esac
	listed
	echo "$2 $5 $was" >>fates
	untraced
	pipe >out 2>err || echo "the next run ends with $?"
	cat err
	dump lake
	cmp -s state "../$1.after" || { echo 'the next run does not lead to the new state' && diff state "../$1.after" | head -n 5; }
	[ "$(cat damage)" = ok ] || cat damage
	! grep '|staging' manifest || echo 'still pending'
	diff -r "../$1.whole/silver" lake/silver && diff -r "../$1.whole/quarantine" lake/quarantine
	diff "../$1.whole/stamp" lake/stamp && diff -r "../$1.whole/schemas" lake/schemas
	[ -z "$verify" ] || evmark verify lake >out 2>&1 || cat out
}

# How many calls of a kind the loader makes before the tool's own code runs.
started() { # SCENE TOOL CALL
	awk -v "what=$1 $2 $3" 'index($0, what " ") == 1 { print $5 }' "$W/counts"
}

# --- two scenes: a lake's first run, and one with a late file and one of a new day

evgen -C 2 -E 60 -I 720 -U 20 -P 10 -B 4 first >/dev/null
untraced
mv first lake && cp -a lake first
pipe || fail 'the first run'
dump lake
mv state first.after
: >first.before
cp -a lake first.whole
evgen -C 2 -E 60 -I 1440 -T 2025-12-06 -R 2 -U 20 -P 10 -B 4 lake >/dev/null
cp -a lake next
cp first.after next.before
for tool in $tools; do
	eval "$tool='strace -qq -o $tool.next -e signal=none -e trace=$calls,fcntl'"
done
pipe || fail 'the second run'
dump lake
mv state next.after
mv lake next.whole
ok 'the second run changes the lake' test "$(cmp -s next.before next.after; echo $?)" = 1
cp -a first lake
for tool in $tools; do
	eval "$tool='strace -qq -o $tool.first -e signal=none -e trace=$calls,fcntl'"
done
pipe || fail 'the first run, traced'
rm -rf lake

# How often each tool makes each call, and how often before the first of its own, which looks whether 0 is open.
for scene in first next; do
	for tool in $tools; do
		awk -v "what=$scene $tool" '
			/^fcntl\(0/ { own = 1 }
			match($0, /^[a-z0-9]+\(/) {
				call = substr($0, 1, RLENGTH - 1)
				n[call]++
				if (!own) start[call]++
			}
			END { for (call in n) if (call != "fcntl") print what, call, n[call], start[call] + 0 }' "$tool.$scene"
	done
done | sort >counts

# All points; a call that only reads has no use for a disk, and memory is what mmap is for.
awk '{
	faults = "KILL ENOSPC EIO EINTR"
	if ($3 ~ /^p?read|getdents/) faults = "KILL EIO EINTR"
	if ($3 == "mmap") faults = "ENOMEM"
	if ($3 ~ /write/) faults = faults " ENOSPC+ EIO+"
	if ($3 ~ /sync/) faults = faults " EIO+"
	n = split(faults, fault)
	for (f = 1; f <= n; f++)
		for (i = 1; i <= $4; i++)
			print $1, $2, $3, i, fault[f], $5
}' counts >all

# Of each tool, call and fault one point, behind the start, in one scene or the other; of evgold more.
if [ "$long" = torture ]; then
	cut -d ' ' -f 1-5 all >points
elif [ "$long" = show ]; then
	shift
	echo "$*" >points
else
	awk '$4 > $6 {
		kind = $2 " " $3 " " $5
		of[kind, n[kind]++] = $1 " " $2 " " $3 " " $4 " " $5
	} END {
		for (kind in n)
			print kind, n[kind] | "sort >kinds"
		close("sort >kinds")
		while ((getline <"kinds") > 0) {
			kind = $1 " " $2 " " $3
			some = $2 ~ /mmap|getdents/ ? ($3 == "KILL" ? 0 : 1) : $1 == "evgold" && $2 ~ /sync|pwrite|rename/ ? 2 : 1
			for (i = 0; i < some; i++)
				print of[kind, int(n[kind] * ((++k * 0.618) % 1))]
		}
	}' all >points
fi

# --- each point, several at once

k=0
while [ $k -lt "$workers" ]; do
	k=$((k + 1))
	mkdir w$k
	(
		cd w$k || exit
		: >wrong
		awk -v k=$k -v n="$workers" 'NR % n == k - 1' ../points >mine
		while read -r what; do
			# shellcheck disable=SC2086
			point $what >found 2>&1 </dev/null
			[ ! -s found ] || { echo "$what:" && sed 's/^/    /' found; } >>wrong
			echo "$what" >>tried
		done <mine
	) &
done
wait
cat w*/wrong | head -n 60 | sed 's/^/# /'
n=$(cat w*/tried | wc -l)
echo "# $n points of $(wc -l <all), $(cat w*/wrong | grep -c '^[a-z]') violations; the call was not made in $(cat w*/misses 2>/dev/null | wc -l)"
cat w*/misses 2>/dev/null | sort | head -n 50 | sed 's/^/# not made: /'
cat w*/hits | sort | uniq -c | awk '{ printf "# %s: %d\n", $2, $1 }'
cat w*/fates | cut -d ' ' -f 1,3 | sort | uniq -c | awk '{ printf "# %s, %s state: %d\n", $2, $3, $1 }'
is "$(cat w*/wrong | grep -c '^[a-z]')" 0 'old or new, honestly, and then new'
is "$n" "$(wc -l <points)" 'at every point'
ok 'faults came' test "$(cat w*/hits | wc -l)" -gt $((n * 9 / 10))
done_testing
