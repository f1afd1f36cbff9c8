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
tools='evmark evcat evclean evsilver evgold evpart' # evpart is evgold -p
scenes='first next shards forget replay'
calls='write,writev,pwrite64,fsync,fdatasync,?rename,?renameat,?renameat2,openat,close,ftruncate,?unlink,?unlinkat'
calls=$calls,'?mkdir,?mkdirat,read,pread64,getdents64,mmap'
workers=$(nproc)
[ "$workers" -gt 1 ] || workers=2
ASAN_OPTIONS=detect_leaks=0
export ASAN_OPTIONS
verify=
if evmark -h | grep -q verify; then verify=1; fi

# pipe SCENE: its run, one of the tools being traced, or none; of two parts it is one of the first.
pipe() {
	stages="$evcat evcat | $evclean evclean | $evsilver evsilver | $evgold evgold"
	case $1 in
	forget) echo "$evmark evmark forget lake $forgotten | $stages" ;;
	replay) echo "$evmark evmark replay lake $W/mended.tsv | $stages" ;;
	nothing) echo "$evmark evmark pending -a 1000000000 lake | $stages" ;;
	shards)
		echo "$evmark evmark pending lake >plan"
		echo "$evcat evcat -s 1/2 plan | $evclean evclean | $evsilver evsilver | $evpart evgold -p >1.ev &"
		echo "evcat -s 2/2 plan | evclean | evsilver | evgold -p >2.ev; wait; cat 1.ev 2.ev | $evgold evgold"
		;;
	*) echo "$evmark evmark pending lake | $stages" ;;
	esac
}
untraced() {
	evmark='' evcat='' evclean='' evsilver='' evgold='' evpart=''
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
	timeout 30 sh -c "$(pipe "$1")" >out 2>err
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
	next=$1
	# What was forgotten is pending again.
	case $was$1 in newforget) next=nothing ;; newreplay) next=next ;; esac
	sh -c "$(pipe "$next")" >out 2>err || echo "the next run ends with $?"
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

# --- the scenes: a lake's first run; one with a late file and one of a new day, in one part and in two; a source that
# is forgotten; lines of quarantine that somebody corrected

evgen -C 2 -E 60 -I 720 -U 20 -P 10 -B 4 first >/dev/null
cp -a first lake
untraced
sh -c "$(pipe first)" || fail 'the first run'
evgen -C 2 -E 60 -I 1440 -T 2025-12-06 -R 2 -U 20 -P 10 -B 4 lake >/dev/null
cp -a lake next
cp -a lake shards
sh -c "$(pipe next)" || fail 'the second run'
cp -a lake forget
mv lake replay
forgotten=$(cd forget && find bronze -name '*.gz' | sort | head -n 1)
find replay/quarantine -name '*.gz' -exec zcat {} + | awk -F '\t' -v OFS='\t' '
	$1 != "line_too_long" { $6 = NR % 3 ? "{\"timestamp\": \"2025-12-07T01:00\", \"user_id\": \"u\", \"session_id\": \"s\"," \
		" \"event_type\": \"page_view\", \"product_id\": \"p\"}" : "{}"; NF = 6; print }' >mended.tsv
ok 'lines of quarantine are corrected' test "$(wc -l <mended.tsv)" -gt 3
for scene in $scenes; do
	dump "$scene"
	mv state "$scene.before"
	cp -a "$scene" lake
	for tool in $tools; do
		eval "$tool='strace -qq -o $tool.$scene -e signal=none -e trace=$calls,fcntl'"
	done
	sh -c "$(pipe "$scene")" || fail "the run of $scene"
	dump lake
	mv state "$scene.after"
	mv lake "$scene.whole"
	ok "the run of $scene changes the lake" test "$(cmp -s "$scene.before" "$scene.after"; echo $?)" = 1
done

# How often each tool makes each call, and how often before the first of its own, which looks whether 0 is open.
for scene in $scenes; do
	for tool in $tools; do
		[ ! -e "$tool.$scene" ] || awk -v "what=$scene $tool" '
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

# Of each tool, call and fault one point, behind the start, in one scene or another; of evgold more.
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
cut -d ' ' -f 1 w*/tried | sort | uniq -c | awk '{ printf "# %s: %d\n", $2, $1 }'
cat w*/misses 2>/dev/null | sort | head -n 50 | sed 's/^/# not made: /'
cat w*/hits | sort | uniq -c | awk '{ printf "# %s: %d\n", $2, $1 }'
cat w*/fates | cut -d ' ' -f 1,3 | sort | uniq -c | awk '{ printf "# %s, %s state: %d\n", $2, $3, $1 }'
is "$(cat w*/wrong | grep -c '^[a-z]')" 0 'old or new, honestly, and then new'
is "$n" "$(wc -l <points)" 'at every point'
ok 'faults came' test "$(cat w*/hits | wc -l)" -gt $((n * 9 / 10))
done_testing
