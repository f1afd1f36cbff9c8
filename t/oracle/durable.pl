#!/usr/bin/perl
# The order in which a run reaches the disk, from a log of strace -f -y: durable.pl LAKE <LOG
#
# A line for what is asserted, with how often it was, or for what is out of order. LAKE is the folder as the log has it.
use strict;
use warnings;

my ($lake) = @ARGV;
my (@calls, %unfinished);

# The calls in the order in which they ended. What failed has done nothing.
while (<STDIN>) {
	chomp;
	my ($pid, $rest) = /^(\d+)\s+(.*)$/ or next;
	if ($rest =~ /^(.*) <unfinished \.\.\.>$/) {
		$unfinished{$pid} = $1;
		next;
	}
	$rest = (delete $unfinished{$pid} // '') . $1 if $rest =~ /^<\.\.\. \w+ resumed>(.*)$/;
	my ($name, $args, $result) = $rest =~ /^(\w+)\((.*)\)\s+= (-?\d+)/ or next;
	push @calls, {name => $name, args => $args} if $result >= 0;
}

# What a call is about: the descriptor's path, or the paths it names, within the lake.
sub within {
	my ($path) = @_;
	return $path eq $lake ? '.' : index($path, "$lake/") == 0 ? substr($path, length($lake) + 1) : undef;
}
for my $i (0 .. $#calls) {
	my $call = $calls[$i];
	$call->{at} = $i;
	if ($call->{name} =~ /^(?:fsync|fdatasync|p?writev?|pwrite64|ftruncate)$/) {
		$call->{path} = within($1) if $call->{args} =~ /^\d+<([^>]*)>/;
	} else {
		my @paths;
		my $base;
		while ($call->{args} =~ /\d+<([^>]*)>|"((?:[^"\\]|\\.)*)"/g) {
			if (defined $1) { $base = $1 }
			else { push @paths, within(substr($2, 0, 1) eq '/' ? $2 : "$base/$2") }
		}
		($call->{path}, $call->{to}) = @paths;
	}
	$call->{path} //= '';
}

sub calls { my ($name, $path) = @_; return grep { $_->{name} =~ /^(?:$name)$/ && $_->{path} =~ /^(?:$path)$/ } @calls }
sub folder { my ($path) = @_; return $path =~ m{^(.*)/[^/]*$} ? $1 : '.' }
my $sync = 'fsync|fdatasync';
my $write = 'write|writev|pwrite64|ftruncate';
my %held;

# claim WHAT, FIRST, PATH, LAST: PATH is synced after the call FIRST and before the call LAST.
sub claim {
	my ($what, $first, $path, $last) = @_;
	my $good = defined $first && defined $last &&
		grep { $_->{at} > $first->{at} && $_->{at} < $last->{at} } calls($sync, quotemeta $path);
	if ($good) { $held{$what}++ } else { print "not so: $what: $path\n" }
}

my @moves = grep { $_->{path} =~ m{^staging/} && ($_->{to} // '') =~ m{^(?:silver|quarantine)/} } calls('renameat2', '.*');
my $first_move = $moves[0] or die "no staged file was renamed\n";

# The commit: the sync of the log after all that the transaction writes; of a database that has no log yet, the
# removal of the journal of the transaction that wrote most, which is for ever when the folder is synced.
my $commit;
if (my @journals = calls('unlink', 'gold\.db-journal')) {
	my ($most, $from) = (0, 0);
	for my $unlink (@journals) {
		my $pages = grep { $_->{at} > $from && $_->{at} < $unlink->{at} } calls('pwrite64', 'gold\.db');
		($most, $commit) = ($pages, $unlink) if $pages > $most;
		$from = $unlink->{at};
	}
	claim('gold.db is synced before its journal is removed',
		(grep { $_->{at} < $commit->{at} } calls('pwrite64', 'gold\.db'))[-1], 'gold.db', $commit);
	claim('the journal is gone for ever before the first rename', $commit, '.', $first_move);
} else {
	my $written = (grep { $_->{at} < $first_move->{at} } calls('pwrite64', 'gold\.db-wal'))[-1];
	claim('the log is synced before the first rename', $written, 'gold.db-wal', $first_move);
	$commit = (grep { $_->{at} < $first_move->{at} } calls($sync, 'gold\.db-wal'))[-1] // $first_move;
}

for my $move (@moves) {
	my ($file, $to) = ($move->{path}, $move->{to});
	my $stage = folder($file);
	claim('a staged file is synced after its last write', (calls($write, quotemeta $file))[-1], $file, $commit);
	claim('and its folder after the file was made', (calls('openat', quotemeta $file))[0], $stage, $commit);
	claim('and staging after that folder was made', (calls('mkdir', quotemeta $stage))[0], 'staging', $commit);
	my ($after) = grep { $_->{at} > $move->{at} } calls('pwrite64', 'gold\.db(?:-wal)?');
	claim('a rename is synced before it is no longer pending', $move, folder($to), $after);
}
# A staging folder is made with mkdtemp; of these no claim is made twice. All others: where they are made.
for my $made (calls('mkdir', '(?!staging/).+')) {
	claim('a new folder is synced with its name before the commit', $made, folder($made->{path}), $commit);
}
for my $move (grep { $_->{path} =~ m{^schemas/.*tmp} } calls('rename|renameat|renameat2', '.*')) {
	claim('and the rename of a schema', $move, folder($move->{to}), $commit);
}
for my $made (grep { $_->{args} =~ /O_CREAT/ } calls('openat', 'schemas/.*')) {
	claim('a schema is synced before the commit', (calls($write, quotemeta $made->{path}))[-1], $made->{path}, $commit);
}
for my $stamp (calls('rename|renameat', 'stamp.*')) {
	if ($stamp->{at} > $moves[-1]{at}) { $held{'the stamp is renewed after the last rename'}++ }
	else { print "not so: the stamp is renewed before the last rename\n" }
}
print "$held{$_} times: $_\n" for sort keys %held;
