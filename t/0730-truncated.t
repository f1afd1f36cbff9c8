#!/bin/sh
# Whatever a tool reads, cut off at any byte: never status 0, never a crash, always a message, and nothing in the lake.
# "torture" cuts at every byte; without it some cuts in the middle are left out.
. "$(dirname "$0")/lib.sh"
have sqlite3 perl || skip_all 'sqlite3 or perl is not installed'

# cut FILE STEP COMMAND ...: each beginning of the file, by STEP bytes, on the command's standard input, or as its
# last operand where that is CUT. Says what ends otherwise than with 1 to 4 and a message.
cat >cut.pl <<'EOF2'
use strict;
use warnings;
my ($file, $step, @command) = @ARGV;
open my $in, '<', $file or die;
binmode $in;
my $bytes = do { local $/; <$in> };
my $n = length $bytes;
my (%statuses, $tried);
# The ends, where the magic is, and all between by the step. Nothing at all is an empty file, which may be right.
for my $len (1 .. $n - 1) {
	next unless $len < 40 || $len > $n - 40 || $len % $step == 0;
	my $name = 'CUT' . ($file =~ /(\.\w+)$/ ? $1 : '');
	open my $out, '>', $name or die;
	print $out substr($bytes, 0, $len);
	close $out;
	my $pid = fork // die;
	if (!$pid) {
		open STDIN, '<', $name;
		open STDOUT, '>', 'said.out';
		open STDERR, '>', 'said.err';
		exec map { $_ eq 'CUT' ? $name : $_ } @command;
		exit 99;
	}
	waitpid $pid, 0;
	$tried++;
	my $status = $? & 127 ? "signal " . ($? & 127) : $? >> 8;
	$statuses{$status}++;
	print "cut at $len of $n: status $status\n" unless $status =~ /^[1-4]$/;
	print "cut at $len of $n: no message\n" unless -s 'said.err';
}
print STDERR join(', ', map { "status $_: $statuses{$_}" } sort keys %statuses), "\n";
print STDERR "tried $tried\n";
EOF2

long=${1-}
n=0
refused() { # TEXT FILE STEP COMMAND ...
	text=$1
	shift
	file=$1 step=$2
	shift 2
	[ "$long" != torture ] || step=1
	found=$(perl cut.pl "$file" "$step" "$@" 2>tried)
	is "$found" '' "$text"
	sed 's/^/# /' tried
	n=$((n + $(sed -n 's/^tried //p' tried)))
}

evgen -C 1 -E 3 lake >/dev/null
evmark pending lake >plan.ev
evcat plan.ev >events.ev
evclean <events.ev >clean.ev
evsilver <clean.ev >silver.ev
evgold -p <silver.ev >partial.ev
gz=$(find lake/bronze -name '*.gz')
cp "$gz" one.gz
cp -a lake loaded
evmark pending loaded | evcat | evclean | evsilver | evgold
cp "$(find loaded/silver -name '*.parquet' | head -n 1)" one.parquet
find lake | grep -v '^lake/staging' | sort >before

refused 'a gz' one.gz 2 evcat -f csv CUT
refused 'a gz, as a stream' one.gz 9 evcat CUT
refused 'a plan' plan.ev 5 evcat
refused 'a plan, by name' plan.ev 9 evcat CUT
refused 'a plan, as a part' plan.ev 15 evcat -s 1/1 CUT
refused 'events' events.ev 15 evclean
refused 'events, to be looked at' events.ev 33 evcat -f csv
refused 'clean events' clean.ev 15 evsilver
refused 'Silver' silver.ev 17 evgold
refused 'Silver, for a part' silver.ev 41 evgold -p
refused 'a part' partial.ev 17 evgold
refused 'Parquet' one.parquet 11 evcat -f csv CUT
refused 'Parquet, as a stream' one.parquet 41 evcat CUT
find lake | grep -v '^lake/staging' | sort >after
same before after 'nothing of it all is in the lake'
evmark pending lake | evcat | evclean | evsilver | evgold
is "$? $(sqlite3 -readonly lake/gold.db 'SELECT sum(kept) FROM lake_source')" '0 3' 'which the whole can still be loaded into'

# In the middle of the pipe: each tool fails, and the last one says so by its status.
broken=0
for file in plan events clean silver; do
	case $file in
	plan) rest='evcat | evclean | evsilver | evgold' ;;
	events) rest='evclean | evsilver | evgold' ;;
	clean) rest='evsilver | evgold' ;;
	silver) rest='evgold' ;;
	esac
	size=$(wc -c <$file.ev)
	for i in 1 2 3 4 5 6 7 8 9; do
		head -c $((size * i / 10)) $file.ev | sh -c "$rest" >out 2>err
		status=$?
		[ $status = 3 ] || [ $status = 4 ] || broken=$((broken + 1))
		[ "$(grep -c . err)" -gt 0 ] || broken=$((broken + 1))
	done
done
is $broken 0 'a pipe that breaks anywhere ends with 3 or 4, and a message'
echo "# $n cuts"
done_testing
