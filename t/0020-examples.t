#!/bin/sh
# The examples of the man pages that say so in a comment are run.
#
#   .\" runs: new        in an empty folder
#   .\" runs: loaded     where lake/ is a lake that has been loaded
#
# stands before a .Dl line or a .Bd block.
. "$(dirname "$0")/lib.sh"

mkdir bin
for script in "$T"/../pipelines/*; do
	ln -s "$script" "bin/ev$(basename "$script")"
done
PATH=$W/bin:$PATH

mkdir loaded
evgen -C 2 -E 3000 -B 5 loaded/lake >/dev/null
evetl -q loaded/lake || fail 'the lake for the examples is loaded'

# Each example becomes a file NUMBER.PAGE.WHERE.
awk '
	function begin() { n++; file = sprintf("%s/%03d.%s.%s", folder, n, page, where) }
	function line(text) { gsub(/\\e/, "\\", text); gsub(/\\&/, "", text); print text >file }
	FNR == 1 { page = FILENAME; sub(/.*\//, "", page); where = "" }
	/^\.\\" runs: / { where = $3; next }
	where != "" && /^\.Dl / { begin(); sub(/^\.Dl (\$ )?/, ""); line($0); where = ""; next }
	where != "" && /^\.Bd / { begin(); block = 1; next }
	/^\.Ed/ { block = 0; where = ""; next }
	block { line($0) }
' folder="$W" "$T"/../man/*.[157]

for example in "$W"/[0-9]*.*; do
	name=$(basename "$example")
	rm -rf here
	case $name in
	*.loaded) cp -R loaded here ;;
	*) mkdir here ;;
	esac
	cd here || exit 1
	exits 0 "$name: $(head -n 1 "$example")" sh "$example"
	cd "$W" || exit 1
	ok "$name says something" test -s out
	is "$(grep '^usage: ' err)" '' "$name uses the tools as they are used"
done
done_testing
