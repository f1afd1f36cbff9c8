# lines.pl N: the lines on standard input as N, number and line, separated by \x1f, for SQLite's .import.
# A byte order mark at the very start is none of the line's, nor is the carriage return at its end.
use strict;
use warnings;

my $source = shift;
binmode STDIN;
binmode STDOUT;
while (my $line = <STDIN>) {
	$line =~ s/^\xef\xbb\xbf// if $. == 1;
	$line =~ s/\r?\n?\z//;
	print "$source\x1f$.\x1f$line\n";
}
