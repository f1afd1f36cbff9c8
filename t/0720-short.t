#!/bin/sh
# Reads and writes that do less than they are asked to, on every descriptor, or that are interrupted: the same
# lake, byte for byte. An argument ("torture") makes it more of them.
. "$(dirname "$0")/lib.sh"
have sqlite3 || skip_all 'sqlite3 is not installed'
shim=$B/shim/short.so
[ -e "$shim" ] || skip_all "$shim is not built"
# A sanitizer wants to be the first library, and is not.
ASAN_OPTIONS=verify_asan_link_order=0
export ASAN_OPTIONS

seeds='0 1 2 3 4 5 6'
[ "${1-}" != torture ] || seeds=$(seq 0 300)

pipe() { # LAKE [SEED]: the plan, the stages and the commit, each with the shim if there is a seed
	set -- "$1" ${2:+LD_PRELOAD="$shim" SHORT="$2"}
	lake=$1
	shift
	env "$@" evmark pending "$lake" | env "$@" evcat | env "$@" evclean | env "$@" evsilver | env "$@" evgold
}

dump() { # LAKE
	sqlite3 -readonly "$1/gold.db" ".read '$T/oracle/state.sql'" ".read '$T/oracle/ledger.sql'"
	(cd "$1" && find silver quarantine schemas stamp -type f | sort | xargs cksum)
}

evgen -C 2 -E 400 -I 720 -U 40 -B 4 first >/dev/null
cp -a first whole
pipe whole || fail 'the first run'
dump whole >first.dump
evgen -C 2 -E 400 -I 1440 -T 2025-12-06 -R 2 -U 40 -B 4 more >/dev/null
cp -a more/bronze whole
pipe whole || fail 'the second run'
dump whole >second.dump
evcat -f csv whole/silver >silver.csv
evcat -f csv whole/bronze >bronze.csv 2>bronze.err
evmark sources -f tsv whole >sources.tsv

is "$(LD_PRELOAD=$shim SHORT=0 dd if=/dev/zero bs=1000 count=5 2>/dev/null | wc -c)" 5 'the shim is at work'

n=0 wrong=0
for seed in $seeds; do
	n=$((n + 1))
	rm -rf lake
	cp -a first lake
	pipe lake "$seed" 2>err || echo "$seed: the first run: $?" >>err
	dump lake >first.now
	cp -a more/bronze lake
	pipe lake "$seed" 2>>err || echo "$seed: the second run: $?" >>err
	dump lake >second.now
	LD_PRELOAD=$shim SHORT=$seed evcat -f csv lake/silver >silver.now 2>>err
	LD_PRELOAD=$shim SHORT=$seed evcat -f csv lake/bronze >bronze.now 2>bronze.said
	LD_PRELOAD=$shim SHORT=$seed evmark sources -f tsv lake >sources.now 2>>err
	for what in first.dump second.dump silver.csv bronze.csv; do
		cmp "$what" "${what%.*}.now" >>err 2>&1
	done
	sed 's|lake/|whole/|' bronze.said | cmp - bronze.err >>err 2>&1
	[ ! -s err ] || { wrong=$((wrong + 1)) && sed "s/^/# seed $seed: /;5q" err; }
done
is "$wrong" 0 "$n ways of going on with what was left over lead to the same lake"
done_testing
