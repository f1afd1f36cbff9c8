#!/bin/sh
# What reaches the disk before what: each staged file and its folder before the commit, the commit before the
# renames, these before the ledger says that they are done.
. "$(dirname "$0")/lib.sh"
have strace perl || skip_all 'strace or perl is not installed'
strace -o trace -e trace=none true 2>/dev/null || skip_all 'processes may not be traced here'
ASAN_OPTIONS=detect_leaks=0
export ASAN_OPTIONS

lake=$(pwd -P)/lake
calls='write,writev,pwrite64,fsync,fdatasync,?rename,?renameat,?renameat2,openat,?mkdir,?mkdirat,?unlink,?unlinkat,ftruncate'
traced() {
	strace -f -y -o trace -s 9 -e signal=none -e trace="$calls" \
		sh -c "evmark pending $lake | evcat | evclean | evsilver | evgold" || fail 'the run'
	perl "$T/oracle/durable.pl" "$lake" <trace >claims
	sed 's/^/# /' claims
}

# claimed N TEXT: that is said of all of them.
claimed() {
	if grep -qx "$1 times: $2" claims; then pass "$2"; else fail "$2"; fi
}

evgen -C 2 -E 500 -B 4 lake >/dev/null
traced
ok 'a first run: nothing is out of order' test "$(grep -c '^not so' claims)" = 0
files=$(find lake/silver lake/quarantine -type f | wc -l)
claimed "$files" 'a staged file is synced after its last write'
claimed "$files" 'and its folder after the file was made'
claimed "$files" 'and staging after that folder was made'
claimed 1 'gold.db is synced before its journal is removed'
claimed 1 'the journal is gone for ever before the first rename'
claimed "$files" 'a rename is synced before it is no longer pending'
claimed 6 'a schema is synced before the commit'
claimed 1 'the stamp is renewed after the last rename'
find lake/silver lake/quarantine -type f >before
evgen -C 2 -E 500 -I 1440 -T 2025-12-06 -R 2 -B 4 lake >/dev/null
traced
ok 'a second run: nothing is out of order' test "$(grep -c '^not so' claims)" = 0
files=$(find lake/silver lake/quarantine -type f | grep -vcxFf before)
claimed "$files" 'a staged file is synced after its last write'
claimed "$files" 'and its folder after the file was made'
claimed 1 'the log is synced before the first rename'
claimed "$files" 'a rename is synced before it is no longer pending'
claimed 1 'the stamp is renewed after the last rename'

# The check itself: an order that is wrong is found.
for gone in 'fsync.*part-1.parquet' 'fsync.*staging/silver-' 'fdatasync.*gold.db-wal' 'fsync.*silver/event_date=2025-12-07>'; do
	grep -v "$gone" trace | perl "$T/oracle/durable.pl" "$lake" >claims
	ok "without $gone something is" grep -q '^not so' claims
done
done_testing
