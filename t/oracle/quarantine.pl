# quarantine.pl LAKE FILE: rows of LAKE/quarantine on standard input; each is held against the line of Bronze
# that it names, which goes to FILE. Prints what is wrong with a row, and at the end how many there were.
use strict;
use warnings;

my ($lake, $file) = @ARGV;
open(my $out, '>:raw', $file) or die "$file: $!";
my (%lines, %seen);

# The lines of a source with their offsets: what lies between line feeds, without a byte order mark.
sub read_source {
	my ($source) = @_;
	open(my $in, '-|:raw', 'zcat', '-f', '--', "$lake/$source") or die "zcat: $!";
	my ($offset, @lines) = (0);
	while (my $line = <$in>) {
		my $len = length $line;
		my $mark = @lines == 0 && $line =~ s/^\xef\xbb\xbf// ? 3 : 0;
		$line =~ s/\n\z//;
		push @lines, [$line, $offset + $mark];
		$offset += $len;
	}
	close($in) or die "zcat $source";
	return \@lines;
}

sub unescape {
	my ($text) = @_;
	my %of = (t => "\t", n => "\n", r => "\r", '\\' => '\\');
	$text =~ s/\\(.)/$of{$1}/g;
	return $text;
}

my %field = (malformed_json => qr/^\z/, not_an_object => qr/^\z/, bad_revenue => qr/^revenue\z/);
binmode STDIN;
my $rows = 0;
while (my $row = <STDIN>) {
	$rows++;
	$row =~ s/\n\z// or print "row $rows: no line feed\n";
	my ($reason, $field, $source, $number, $offset, $raw) = split /\t/, $row, 6;
	if (!defined $raw) {
		print "row $rows: fewer than six fields\n";
		next;
	}
	$source = unescape($source);
	my $line = ($lines{$source} //= read_source($source))->[$number - 1];
	print "row $rows: $source has no line $number\n" if !defined $line;
	next if !defined $line;
	print "row $rows: line $number of $source is there twice\n" if $seen{$source, $number}++;
	my ($expected, $at) = @$line;
	if ($reason eq 'line_too_long') {
		my $len = length $expected;
		print "row $rows: $field\n" if $len <= 1 << 20 || $field !~ /^bytes=$len,xxh3-128=[0-9a-f]{32}\z/;
		$expected = substr($expected, 0, 65536);
	} else {
		my $want = $field{$reason} // ($reason =~ /^(?:bad|missing)_(.*)/ ? qr/^\Q$1\E\z/ : qr/^\b\B/);
		print "row $rows: $reason of the field '$field'\n" if $field !~ $want;
	}
	print "row $rows: line $number of $source starts at $at, not $offset\n" if $at != $offset;
	print $out "$expected\n";
	print "row $rows: not the bytes of line $number of $source\n" if $raw ne $expected;
}
close($out) or die "$file: $!";
print "$rows rows\n";
