#!/bin/sh
# evmark: what is proposed, what is left, and why. Nothing here is ever committed.
. "$(dirname "$0")/lib.sh"

# plan [OPTION ...]: the wanted files, as evcat's input would name them.
verdicts() {
	evmark pending -v "$@" lake 2>&1 >/dev/null | awk 'NR > 1 && $1 != "evmark:" { print $1, $3 }' | sort
}

exits 4 'a folder that is not there' evmark pending nowhere
mkdir empty
exits 3 'a folder that is no lake' evmark pending empty
exits 2 'no verb' evmark
exits 2 'a verb that is none' evmark swim lake
exits 2 'no lake' evmark pending
exits 2 'an age that is none' evmark pending -a soon lake
exits 2 'a format that is none' evmark runs -f xml lake
exits 0 '-h' evmark -h

mkdir -p lake/bronze
exits 0 'a lake with nothing in it' evmark pending lake
is "$(evmark pending lake | head -c 15)" 'evlake stream 1' 'has a plan all the same'
is "$(evmark runs -f csv lake | wc -l)" 1 'a ledger that is not there is empty'
is "$(evmark files -f jsonl lake)" '' 'in jsonl too'
ok 'evmark makes nothing' test ! -e lake/gold.db

mkdir -p lake/bronze/b/c lake/bronze/_hidden lake/bronze/.hidden elsewhere/deep
echo one >lake/bronze/b/1
echo three >lake/bronze/b/c/3
echo twenty >lake/bronze/b/20
echo seven77 >lake/bronze/a
echo writing >lake/bronze/b/4.tmp
echo no >lake/bronze/_hidden/5
echo no >lake/bronze/.hidden/6
echo followed >elsewhere/7
ln -s ../../../elsewhere elsewhere/deep/up
ln -s ../../elsewhere lake/bronze/link
ln -s ../../../elsewhere lake/bronze/b/link
mkfifo lake/bronze/b/pipe
is "$(verdicts)" "$(printf '%s\n' 'ignored bronze/.hidden' 'ignored bronze/_hidden' 'ignored bronze/b/4.tmp' \
	'ignored bronze/b/link' 'ignored bronze/b/pipe' 'ignored bronze/link/deep/up' \
	'take bronze/a' 'take bronze/b/1' 'take bronze/b/20' 'take bronze/b/c/3' 'take bronze/link/7')" \
	'names, links and kinds'
evmark pending lake >1.ev
evmark pending lake >2.ev
same 1.ev 2.ev 'the same lake, the same plan'
is "$(tr -c '[:print:]' '\n' <1.ev | grep '^bronze/' | tr '\n' ' ')" \
	'bronze/a bronze/b/1 bronze/b/20 bronze/b/c/3 bronze/link/7 ' 'in name order'

touch -d '1 hour ago' lake/bronze/b/1
is "$(verdicts -a 60 | grep -c '^young')" 4 'young files wait'
is "$(verdicts -a 60 | grep '^take')" 'take bronze/b/1' 'old ones do not'
is "$(evmark pending -c lake | tr -c '[:print:]' '\n' | grep -c '^bronze/')" \
	"$(evmark pending lake | tr -c '[:print:]' '\n' | grep -c '^bronze/')" '-c takes the same'

# Copies among new files: by content, packed or not, when the sizes are a reason to look.
cp lake/bronze/b/20 lake/bronze/b/21
echo twentz >lake/bronze/b/22
is "$(verdicts | grep 'b/2')" "$(printf '%s\n' 'same bronze/b/21' 'take bronze/b/20' 'take bronze/b/22')" \
	'a copy is no second source'

ln -s nothing lake/bronze/dangling
exits 4 'a link to nothing' evmark pending lake
rm lake/bronze/dangling
if can_be_nobody; then
	chmod 0 lake/bronze/b/c
	exits 4 'a folder that may not be listed' as_nobody evmark pending lake
	ok 'is named' grep -q bronze/b/c "$W/err"
	chmod 755 lake/bronze/b/c
	chmod 0 lake/bronze/b/c/3
	exits 4 'a file that may not be read' as_nobody evmark pending lake
	ok 'is named' grep -q bronze/b/c/3 "$W/err"
	chmod 644 lake/bronze/b/c/3
	exits 0 'else a lake can be read by others' as_nobody evmark pending lake
fi
odd=$(printf 'lake/bronze/in\377valid')
: >"$odd"
exits 3 'a name that is not UTF-8' evmark pending lake
ok 'is named' grep -q 'bronze/in.*valid' "$W/err"
rm "$odd"

echo 'this is no database' >lake/gold.db
exits 3 'a gold.db that is none' evmark pending lake
: >lake/gold.db
exits 0 'an empty one is one that was never written' evmark pending lake
is "$(evmark sources -f tsv lake | wc -l)" 1 'and lists nothing'
if [ -c /dev/full ]; then
	exits 4 'a full disk' sh -c 'evmark runs lake >/dev/full'
	exits 4 'also for a plan' sh -c 'evmark pending lake >/dev/full'
fi
done_testing
