#!/bin/sh
# What make install puts somewhere works from there, and make uninstall takes it away.
. "$(dirname "$0")/lib.sh"

root=$T/..
case ${B##*/} in
build-*) skip_all 'a sanitized build is not for installing' ;;
esac
exits 0 'make install' make -s -C "$root" install PREFIX=/usr DESTDIR="$W/dest"
for page in "$root"/man/*; do
	name=$(basename "$page")
	ok "$name is there" test -f "dest/usr/share/man/man${name##*.}/$name"
done
# Only what was installed, from a folder that is not ours.
PATH=$W/dest/usr/bin:/usr/bin:/bin
unset B
mkdir elsewhere
cd elsewhere || exit 1
exits 0 'evgen' evgen -E 2000 -B 1 lake
exits 0 'evetl' evetl -q lake
exits 0 'evreport' evreport lake
is "$(grep -c '?' "$W/out")" 5 'prints the five answers'
ok 'the lake has schemas of its own' test -f lake/schemas/event.json -a -f lake/schemas/gold/product_funnel.sql
cd "$W" || exit 1
exits 0 'make uninstall' make -s -C "$root" uninstall PREFIX=/usr DESTDIR="$W/dest"
is "$(find dest -type f)" '' 'leaves no file'
done_testing
