#!/bin/sh
# Every tool has a man page and -h, the two agree, and the pages are clean.
. "$(dirname "$0")/lib.sh"
have mandoc || skip_all 'mandoc is not installed'

root=$T/..

# One line, a space between words, none around |.
words() {
	tr -s ' \n' ' ' | sed 's/^ //;s/ $//;s/ | /|/g'
}

# The SYNOPSIS of a man page as plain words.
synopsis() {
	mandoc -T ascii -O width=1000 "$1" | sed "s/.$(printf '\b')//g" |
		sed -n '/^SYNOPSIS/,/^DESCRIPTION/{/^SYNOPSIS/d;/^DESCRIPTION/d;p;}' | words
}

# The usage that -h prints, without "usage:", in the same form. What follows in -h is indented or a sentence.
usage() {
	"$@" -h | awk '/^usage: / { sub(/^usage: /, ""); print; next } /^       [^ ]/ { print; next } { exit }' |
		words
}

for source in "$root"/cmd/ev*.c; do
	tool=$(basename "$source" .c)
	page=$root/man/$tool.1
	if [ ! -f "$page" ]; then
		fail "$tool has a man page"
		continue
	fi
	is "$(usage "$tool")" "$(synopsis "$page")" "$tool -h agrees with $tool(1)"
	exits 0 "$tool -h succeeds" "$tool" -h
	is "$(cat err)" '' "$tool -h is silent on stderr"
	exits 0 "$tool -V succeeds" "$tool" -V
	exits 2 "$tool refuses an option it does not have" "$tool" -J
	# Every option of the help is in the page, and the other way round.
	is "$("$tool" -h | grep -o '^  -[A-Za-z]' | grep -o '[A-Za-z]$' | sort -u | tr '\n' ' ')" \
		"$(grep -o '^\.It Fl [A-Za-z]' "$page" | grep -o '[A-Za-z]$' | sort -u | tr '\n' ' ')" \
		"$tool -h and $tool(1) explain the same options"
done

for script in "$root"/pipelines/*; do
	tool=ev$(basename "$script")
	page=$root/man/$tool.1
	if [ ! -f "$page" ]; then
		fail "$tool has a man page"
		continue
	fi
	# Here the script goes by its name in the source tree.
	is "$(usage "$script" | sed 's/^/ev/')" "$(synopsis "$page")" "$(basename "$script") -h agrees with $tool(1)"
	exits 2 "$(basename "$script") wants a lake" "$script"
done

# The pages refer to each other: let mandoc find them.
mkdir -p man/man1 man/man5 man/man7
for section in 1 5 7; do
	cp "$root"/man/*.$section "man/man$section"
done
# What it says about a missing index goes to stderr; what is wrong with the pages to stdout.
is "$(MANPATH=$W/man mandoc -T lint -W style man/man?/* 2>/dev/null)" '' 'mandoc -T lint -W style is silent'
# Options come before operands; what begins with a dash behind one is an operand.
: >./-x
exits 0 'an operand may begin with a dash' evcat -f jsonl ./-x -x
is "$(cat err)" '' 'as a file may'
done_testing
