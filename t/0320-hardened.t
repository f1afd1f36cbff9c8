#!/bin/sh
# How the programs and the extension are linked, and whose files they make.
. "$(dirname "$0")/lib.sh"
have readelf || skip_all 'readelf is not installed'
case $B in
*-address*) sanitized=yes ;;
*) sanitized= ;;
esac

for tool in evcat evclean evgen evgold evmark evschema evsilver evsql evlake.so; do
	readelf -hW "$B/$tool" >header
	readelf -lW "$B/$tool" >segments
	readelf -dW "$B/$tool" >dynamic
	readelf --dyn-syms -W "$B/$tool" >symbols
	ok "$tool: lies anywhere (PIE)" grep -q 'Type: *DYN' header
	ok "$tool: what is relocated is read-only then (RELRO)" grep -q GNU_RELRO segments
	ok "$tool: and all of it is before main" grep -q BIND_NOW dynamic
	ok "$tool: its stack is not executable" grep -q 'GNU_STACK .* RW  ' segments
	[ -z "$sanitized" ] || continue
	ok "$tool: stack frames are guarded" grep -q __stack_chk_fail symbols
	ok "$tool: lengths are checked" grep -q '__[a-z]*_chk@\|__[a-z]*_chk ' symbols
done

# --- files

evgen -E 500 -B 5 lake >/dev/null
modes() {
	find lake -newer mark \( -path '*/silver*' -o -path '*/quarantine*' -o -path '*/schemas*' -o -name gold.db -o -name stamp \) \
		-printf '%y %m\n' | sort -u | tr '\n' ' '
}
touch -d '1 minute ago' mark
(umask 077 && etl lake)
is "$(modes)" 'd 700 f 600 ' "umask 077: a lake is its owner's alone"
rm -rf lake/silver lake/quarantine lake/schemas lake/stamp lake/staging lake/gold.db*
(umask 022 && etl lake)
is "$(modes)" 'd 755 f 644 ' 'umask 022: others may read it'
evgen -E 500 -T 2025-12-09T00:00 lake >/dev/null
(umask 022 && evmark pending lake | evcat | evclean -q | evsilver >silver.ev)
is "$(find lake/staging -mindepth 1 -type d -printf '%m\n' | sort -u)" 700 'what is staged is for nobody else'
evgold <silver.ev
is "$(find lake/silver -name 'part-2-*' -printf '%m\n' | sort -u)" 644 'until it is committed'
done_testing
