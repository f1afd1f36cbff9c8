#!/bin/sh
# Files that are compressed otherwise than by gzip, and archives: what is in them is read as it would be on its own,
# and whatever cannot be read whole is refused by name.
. "$(dirname "$0")/lib.sh"
have zstd xz bzip2 lz4 bsdtar tar python3 || skip_all 'zstd, xz, bzip2, lz4, bsdtar or python3 is not installed'

evgen -C 1 -E 900 made >/dev/null
zcat "$(find made/bronze -name '*.gz')" >all
head -n 300 all >a.jsonl
sed -n 301,600p all >b.jsonl
tail -n 300 all >c.jsonl

# pack SUFFIX FILE: the file, compressed, on standard output.
pack() {
	case $1 in
	gz) gzip -nc <"$2" ;;
	zst) zstd -qc <"$2" ;;
	xz) xz -c <"$2" ;;
	bz2) bzip2 -c <"$2" ;;
	lz4) lz4 -qc <"$2" ;;
	esac
}
# rows PATH ...: its events, without the line that they were on.
rows() {
	evcat -f jsonl "$@" 2>err | sed 's/,"line":[0-9]*}$/}/'
}
# refuses TEXT WHAT PATH: status 3, and the message says so of the path.
refuses() {
	exits 3 "$1" evcat "$3"
	ok 'by name, and why' grep -q "^evcat: $3.*$2" err
}

# --- one file ----------------------------------------------------------------------------------------------------
rows a.jsonl >a.rows
: >nothing
for kind in gz zst xz bz2 lz4; do
	pack $kind a.jsonl >a.$kind
	rows a.$kind >rows.$kind
	same rows.$kind a.rows "$kind: told by its first bytes"
	cp a.$kind misnamed.jsonl
	rows misnamed.jsonl >rows.$kind
	same rows.$kind a.rows 'whatever it is called'
	(cat a.$kind && pack $kind b.jsonl) >ab.$kind
	cat a.jsonl b.jsonl >ab.jsonl
	is "$(rows ab.$kind | cksum)" "$(rows ab.jsonl | cksum)" 'frames behind one another are all read'
	pack $kind nothing >empty.$kind
	exits 0 'nothing, compressed, is nothing' evcat -f jsonl empty.$kind
	for garbage in x xyz abcd 'a line that somebody added'; do
		(cat a.$kind && printf '%s' "$garbage") >garbage.$kind
		refuses "and then '$garbage'" '' garbage.$kind
	done
	pack $kind a.$kind >twice.$kind
	refuses 'compressed twice' twice twice.$kind
	# A bit that is wrong, in the middle.
	python3 - a.$kind >flipped.$kind <<-'EOF'
	import sys
	b = bytearray(open(sys.argv[1], 'rb').read())
	b[len(b) // 2] ^= 4
	sys.stdout.buffer.write(b)
	EOF
	refuses 'with a bit flipped' '' flipped.$kind
	size=$(wc -c <a.$kind)
	passed=
	i=10
	while [ $i -lt "$size" ]; do
		head -c $i a.$kind >cut.$kind
		evcat cut.$kind >out 2>err && passed="$passed $i"
		[ -s err ] || passed="$passed $i"
		i=$((i < size - 20 && i > 40 ? i + size / 50 : i + 1))
	done
	is "$passed" '' 'cut short anywhere, it is refused'
	exits 0 'of which -k keeps what is whole' evcat -k cut.$kind
	ok 'saying so' grep -q 'is kept$' err
done
# A frame for others to read, as some programs write first.
(printf 'P*M\030\003\000\000\000abc' && cat a.zst) >skippable.zst
is "$(rows skippable.zst | cksum)" "$(cksum <a.rows)" 'a frame without content'
(printf 'P*M\030\003\000\000\000abc' && cat a.lz4) | cat a.lz4 - >skippable.lz4
is "$(rows skippable.lz4 | wc -l)" 600 'of lz4 too'

# --- what looks like something else ------------------------------------------------------------------------------
# mtree, WARC, cpio, ar, shar, and texts that begin as magics do: libarchive would take some for an archive.
for text in '#mtree' 'WARC/1.0' '070707' '!<arch>' '#!/bin/sh' 'BZh9' '(' 'PK' 'P*M' 'ustar' '/set type=file uid=0'; do
	(printf '%s\n' "$text" && cat a.jsonl) >look
	rows look >look.rows
	same look.rows a.rows "a line '$text' is a bad line"
done
python3 - >ustar.jsonl <<'EOF'
head = '{"timestamp":"2025-12-07T00:00:00Z","user_id":"'
line = head + 'u' * (257 - len(head)) + 'ustar  ","session_id":"s","event_type":"page_view"}'
print(line)
EOF
is "$(rows ustar.jsonl | wc -l)" 1 "'ustar' where a tar has it is no tar"
head -c 10240 /dev/zero >zeros
exits 1 'a file of zeros is no archive' evcat -f jsonl zeros

# --- archives ----------------------------------------------------------------------------------------------------
mkdir -p day/hour=03 day/_draft
cp a.jsonl day/hour=03/a.jsonl
for kind in gz zst xz bz2 lz4; do
	cp a.$kind day/hour=03/a.$kind
done
cp b.jsonl day/_draft/b.jsonl
cp b.jsonl day/.hidden
cp b.jsonl day/b.tmp
ln -s a.jsonl day/hour=03/link
ln day/hour=03/a.jsonl day/hour=03/same
mkfifo day/hour=03/pipe
tar cf day.tar --sort=name day
bsdtar -cf pax.tar --format pax -C day .
tar cf v7.tar --format v7 day/hour=03/a.jsonl day/hour=03/a.gz day/hour=03/a.zst day/hour=03/a.xz day/hour=03/a.bz2 \
	day/hour=03/a.lz4
for kind in gz zst xz bz2 lz4; do
	pack $kind day.tar >day.tar.$kind
done
python3 - <<'EOF'
import zipfile
z = zipfile.ZipFile('day.zip', 'w', zipfile.ZIP_DEFLATED)
for name in 'a.jsonl', 'a.gz', 'a.zst', 'a.xz', 'a.bz2', 'a.lz4':
    z.write('day/hour=03/' + name)
z.write('day/_draft/b.jsonl')
EOF
for i in 1 2 3 4 5 6; do
	cat a.rows
done >six.rows
for archive in day.tar pax.tar v7.tar day.tar.gz day.tar.zst day.tar.xz day.tar.bz2 day.tar.lz4 day.zip; do
	rows $archive >got
	same got six.rows "$archive: six members, and neither links nor what is hidden"
	is "$(cat err)" '' 'without a word'
done
rows 'day.tar.zst#day/hour=03/a.gz' >got
same got a.rows 'one member'
rows 'pax.tar#hour=03' >got
same got six.rows 'a folder in it'
rows 'day.zip#day/_draft/b.jsonl' | wc -l >got
is "$(cat got)" 300 'one that is hidden, by its name'
exits 4 'one that is not there' evcat 'day.tar#day/hour=03/b'
ok 'is named' grep -q 'day/hour=03/b$' err
exits 3 'and one of what is no archive' evcat 'a.gz#b'
exits 4 'an archive that is not there' evcat 'nothere.tar#b'
is "$(evcat <day.tar.xz -f jsonl | wc -l)" 1800 'from a pipe'
exits 3 'but for zip' sh -c 'cat day.zip | evcat'
ok 'which says why' grep -q 'from a file' err
evcat day.tar | grep -a -o 'day.tar#day/hour=03/a[a-z0-9.]*' | sort >names
is "$(tr '\n' ' ' <names)" "$(for k in bz2 gz jsonl lz4 xz zst; do printf 'day.tar#day/hour=03/a.%s ' $k; done)" \
	'each is a source of that name'
mkdir in
cp day.tar in/1.tar
cp b.jsonl in/2.jsonl
is "$(evcat -f jsonl in | wc -l)" 2100 'in a folder'
cat pax.tar day.tar >behind.tar
is "$(rows behind.tar | wc -l)" 3600 'archives behind one another are all read'
printf 'PK\005\006\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000' >empty.zip
exits 0 'an archive with nothing in it is nothing' evcat -f jsonl empty.zip
tar cf only.tar --exclude '*' day
exits 1 'but an empty tar cannot be told from a file of zeros' evcat -f jsonl only.tar

cp day.tar 'we#ird.tar'
cp a.jsonl 'we#ird.jsonl'
is "$(rows 'we#ird.tar#day/hour=03/a.xz' | cksum)" "$(cksum <a.rows)" 'the mark in the name of an archive'
is "$(rows 'we#ird.jsonl' | cksum)" "$(cksum <a.rows)" 'and in that of a file'
cp b.jsonl 'day.tar#day'
is "$(rows 'day.tar#day' | cksum)" "$(rows b.jsonl | cksum)" 'a file of that name comes first'

# --- archives that are refused -----------------------------------------------------------------------------------
# made NAME: a tar of members that the Python code on standard input adds to t, by add(NAME, BYTES, ...).
made() {
	(cat <<-'EOF' && cat && echo 't.close()') | python3 - "$1"
	import io, sys, tarfile
	t = tarfile.open(sys.argv[1], 'w', format=tarfile.GNU_FORMAT, encoding='latin-1')
	good = open('a.gz', 'rb').read()
	def add(name, data=good, **more):
	    i = tarfile.TarInfo(name)
	    i.size = len(data)
	    for key in more:
	        setattr(i, key, more[key])
	    t.addfile(i, io.BytesIO(data))
	EOF
}
made up.tar <<'EOF'
add('x/../../a.gz')
EOF
refuses "'..' in a name" 'leads elsewhere' up.tar
made absolute.tar <<'EOF'
add('/etc/a.gz')
EOF
refuses 'an absolute one' absolute absolute.tar
made doubled.tar <<'EOF'
add('a.gz')
add('./a.gz')
EOF
refuses 'one that is there twice' twice doubled.tar
made latin.tar <<'EOF'
add('caf\xe9.gz')
EOF
refuses 'one that is not UTF-8' UTF-8 latin.tar
made utf8.tar <<'EOF'
t = tarfile.open(sys.argv[1], 'w', format=tarfile.PAX_FORMAT)
add('caf\xe9.gz')
EOF
rows 'utf8.tar#café.gz' >got
same got a.rows 'one that is, in any locale'
made long.tar <<'EOF'
add('x' * 300)
EOF
refuses 'one that no file could have' longer long.tar
made inner.tar <<'EOF'
add('fine.gz')
add('inner.tar', open('day.tar', 'rb').read())
EOF
refuses 'an archive in an archive' 'inner.tar: a tar' inner.tar
made deeper.tar <<'EOF'
add('inner.tgz', open('day.tar.gz', 'rb').read())
EOF
refuses 'compressed or not' 'inner.tgz: in it is a tar' deeper.tar
truncate -s 1000000 holes
tar cSf holes.tar holes
refuses 'a file with holes' sparse holes.tar
made crc.tar <<'EOF'
add('a.gz')
bad = bytearray(good)
bad[-6] ^= 1
add('bad.gz', bytes(bad))
add('b.gz', open('b.jsonl', 'rb').read())
EOF
refuses 'an inner gz whose checksum is wrong' '#bad.gz: corrupt' crc.tar
is "$(evcat -kf jsonl crc.tar 2>err | wc -l)" 900 'of which -k keeps what there is, and the members behind it'
made trailing.tar <<'EOF'
add('a.gz', good + b'more')
EOF
refuses 'bytes behind an inner gz' 'no gzip member' trailing.tar
made members.tar <<'EOF'
add('a.gz', good + good)
EOF
is "$(rows members.tar | wc -l)" 600 'its members are all read'
made devices.tar <<'EOF'
for kind in tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE:
    add('d' + kind.decode(), b'', type=kind, linkname='a.gz')
add('a.gz')
EOF
rows devices.tar >got
same got a.rows 'devices and links are no members'
if have zip; then
	zip -q -P secret locked.zip a.gz
	refuses 'an encrypted member' encrypted locked.zip
fi
cat day.zip day.zip >two.zip
refuses 'a zip behind another' 'before or behind' two.zip
(cat day.zip && echo more) >more.zip
refuses 'bytes behind a zip' 'before or behind' more.zip
(cat day.tar && cat a.jsonl) >more.tar
refuses 'and behind a tar' '' more.tar
python3 - <<'EOF'
import re
b = bytearray(open('day.zip', 'rb').read())
b[2000] ^= 1
open('bit.zip', 'wb').write(b)
EOF
refuses 'a zip with a bit flipped' '' bit.zip
for archive in day.tar day.tar.gz day.tar.zst day.tar.xz day.tar.bz2 day.tar.lz4 day.zip; do
	size=$(wc -c <"$archive")
	passed=
	i=600
	while [ $i -lt "$size" ]; do
		head -c $i "$archive" >cut.archive
		evcat cut.archive >out 2>err && passed="$passed $i"
		[ -s err ] || passed="$passed $i"
		i=$((i + size / 29 / 512 * 512 + 256))
	done
	# tar fills its last record with zeros; those that follow the two blocks of its end may be missing.
	[ $archive != day.tar ] || passed=$(echo "$passed" | tr ' ' '\n' | awk -v end="$(python3 -c '
import tarfile
t = tarfile.open("day.tar")
t.getmembers()
print(t.offset + 1024)')" '$1 != "" && $1 < end')
	is "$passed" '' "$archive, cut short anywhere, is refused"
done
is "$(head -c 300000 day.tar | evcat -kf jsonl 2>err | wc -l | awk '{ print ($1 > 300 && $1 < 1800) }')" 1 \
	'of which -k keeps what is whole'
done_testing
