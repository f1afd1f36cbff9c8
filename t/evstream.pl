# Prints the rows of a stream as tab-separated values, written from evstream(5) alone and not from our C: if
# the two disagree, one of them is wrong. Texts are escaped as evcat -f tsv does it. Dies on anything that the
# page does not allow. Checksums are left to evcat.
use strict;
use warnings;

local $/;
binmode STDIN;
my $in = <STDIN>;
my $at = 0;

sub number { my ($p) = @_; my $n = unpack('Q<', substr($$p, 0, 8, '')); return $n; }

sub text {
	my ($p) = @_;
	my $len = number($p);
	my $text = substr($$p, 0, $len, '');
	die "text cut short" if length($text) != $len;
	my $padding = substr($$p, 0, -$len % 8, '');
	die "padding" if $padding ne "\0" x (-$len % 8);
	return $text;
}

my %control = (
	7 => 'tttnnn', 8 => 'ntnnth', 9 => 'tnnn', 10 => 'hnnnnnnn', 11 => 'ttnnnnht', 12 => 'tttnnh', 13 => 'tnt', 14 => 'tttnnn',
	15 => 'tnt', 16 => 'nnn', 17 => 'nnn', 18 => 'tnnn', 19 => 'tnt', 20 => 'tt',
);

sub control {
	my ($type, $payload) = @_;
	my @fields;
	for my $field (split //, $control{$type}) {
		push @fields, $field eq 't' ? text(\$payload) : $field eq 'n' ? number(\$payload)
			: number(\$payload) . number(\$payload);
	}
	die "control frame $type: bytes left over" if $payload ne '';
	return @fields;
}

sub days_to_date {
	my ($days) = @_;
	my @t = gmtime($days * 86400);
	return sprintf('%04d-%02d-%02d', $t[5] + 1900, $t[4] + 1, $t[3]);
}

sub show {
	my ($type, $value) = @_;
	if ($type == 1) {
		my $micros = $value % 1000000;
		my $seconds = ($value - $micros) / 1000000;
		my $of_day = $seconds % 86400;
		return days_to_date(($seconds - $of_day) / 86400) . sprintf('T%02d:%02d:%02d.%06dZ', int($of_day / 3600),
			int($of_day / 60) % 60, $of_day % 60, $micros);
	}
	if ($type == 5) {
		my $text = sprintf('%d.%06d', int($value / 1000000), $value % 1000000);
		$text =~ s/\.?0+$//;
		return $text;
	}
	return $value;
}

my %escapes = ("\t" => '\t', "\n" => '\n', "\r" => '\r', "\\" => '\\\\');
my @plain = ('', 'C', 'S<', '', 'L<', '', '', '', 'Q<');

# The columns of one batch or columns frame: a list of lists of shown values.
sub vectors {
	my ($payload, $first, $types, $dictionaries) = @_;
	my ($rows, $columns) = unpack('L<L<', $payload);
	die "rows" if $rows < 1 || $rows > 65536;
	my @vectors;
	for my $c (0 .. $columns - 1) {
		my ($form, $width, $zero, $nulls, $base, $valid_at, $values_at, $bytes_at, $prints_at) =
			unpack('CCS<L<q<L<L<L<L<', substr($payload, 8 + 32 * $c, 32));
		die "not zero" if $zero != 0;
		die "place" if grep { $_ % 8 } $valid_at, $values_at, $bytes_at, $prints_at;
		my $bits = $valid_at ? unpack("x$valid_at b" . $rows, $payload) : '1' x $rows;
		die "nulls" if ($bits =~ tr/0//) != $nulls;
		my $type = $types->[$first + $c];
		my @values;
		if ($form == 2) {
			my @offsets = unpack("x$values_at L<" . ($rows + 1), $payload);
			die "offsets" if $offsets[0] != 0 || $width != 0 || $base != 0;
			@values = map { substr($payload, $bytes_at + $offsets[$_], $offsets[$_ + 1] - $offsets[$_]) } 0 .. $rows - 1;
		} else {
			my @raw = $width ? unpack("x$values_at " . "($plain[$width])$rows", $payload) : (0) x $rows;
			@values = map { $base + $_ } @raw;
			die "form" if ($form == 1) != ($type == 2);
			@values = map { $dictionaries->[$first + $c][$_] } @values if $form == 1 && $nulls < $rows;
			die "code" if $form == 1 && $nulls < $rows && grep { !defined } @values;
		}
		my @shown = map {
			my $v = substr($bits, $_, 1) ? show($type, $values[$_]) : '';
			$v =~ s/([\t\n\r\\])/$escapes{$1}/g if $type == 2;
			$v;
		} 0 .. $rows - 1;
		push @vectors, \@shown;
	}
	return ($rows, \@vectors);
}

# The states of groups of daily_user_activity, one after another: a date; distinct users, distinct sessions, events.
sub print_days {
	my ($state) = @_;
	print_day(\$state) while $state ne '';
}

sub print_day {
	my ($rest) = @_;
	my $state = $$rest;
	my $key = substr($state, 0, number(\$state), '');
	my ($tag, $len) = unpack('CL<', $key);
	die "key" if $tag != 2 || length $key != 5 + $len;
	my @counts;
	for (1 .. 2) {
		my $n = number(\$state);
		push @counts, $n;
		my @ids = unpack("Q<$n", substr($state, 0, 8 * $n, ''));
		die "ids" if @ids != $n || grep { $ids[$_ - 1] >= $ids[$_] } 1 .. $#ids;
	}
	print join("\t", substr($key, 5), @counts, number(\$state)), "\n";
	$$rest = $state;
}

while ($at < length $in) {
	die "first line" if substr($in, $at, 48) ne "evlake stream 1 (binary: read it with evcat)\n\n\n\n";
	$at += 48;
	my (@names, @types, @dictionaries, @held, $kind);
	my $state = '';
	my ($frames, $rows_seen, $source_rows, $in_source, $held_rows) = (0, 0, 0, 0, 0);
	while (1) {
		my ($type, $len) = unpack('L<L<', substr($in, $at, 8));
		die "frame at $at" if $len % 8 || $len > 33554432 || $at + 16 + $len > length $in;
		my $payload = substr($in, $at + 16, $len);
		$at += 16 + $len;
		die "the first frame is no header" if ($frames == 0) != ($type == 1);
		die "a batch that lacks columns" if @held && $type != 6;
		if ($type == 16) {
			my ($counted, $rows) = control($type, $payload);
			die "trailer" if $counted != $frames || $rows != $rows_seen || $in_source;
			last;
		}
		$frames++;
		if ($type == 1) {
			$kind = number(\$payload);
			die "kind" if $kind < 1 || $kind > 4;
			text(\$payload);
			for (1 .. number(\$payload)) {
				push @names, text(\$payload);
				push @types, number(\$payload);
				die "nullable" if number(\$payload) > 1;
			}
			die "header" if $payload ne '';
			print join("\t", @names), "\n" if @names && $kind != 4;
		} elsif ($type == 2 || $type == 6) {
			my ($rows, $vectors) = vectors($payload, scalar @held, \@types, \@dictionaries);
			die "rows of columns" if $type == 6 && $rows != $held_rows;
			die "rows outside a source" if !$in_source;
			$held_rows = $rows;
			push @held, @$vectors;
			if (@held == @names) {
				for my $r (0 .. $rows - 1) { print join("\t", map { $_->[$r] } @held), "\n"; }
				@held = ();
				$rows_seen += $rows;
				$source_rows += $rows;
			}
		} elsif ($type == 3) {
			my ($column, $first, $n) = (number(\$payload), number(\$payload), number(\$payload));
			die "dictionary" if $types[$column] != 2 || $first != @{$dictionaries[$column] // []} || !$n;
			my @lengths = unpack("L<$n", substr($payload, 0, 4 * $n + -4 * $n % 8, ''));
			push @{$dictionaries[$column]}, map { substr($payload, 0, $_, '') } @lengths;
			die "dictionary padding" if length $payload > 7 || $payload =~ /[^\0]/;
		} elsif ($type == 4) {
			$dictionaries[number(\$payload)] = [];
			die "reset" if $payload ne '';
		} elsif ($control{$type}) {
			my @fields = control($type, $payload);
			die "source in a source" if $type == 9 && $in_source++;
			$source_rows = 0 if $type == 9;
			die "source-end" if $type == 10 && (!$in_source-- || ($kind != 4 && $fields[3] != $source_rows)
				|| $fields[2] + $fields[7] != $fields[3] + $fields[4] + $fields[5]);
			next if $type != 13;
			die "partial" if $kind != 4;
			$state .= $fields[2];
			next if $fields[1];
			print_days($state) if $fields[0] eq 'daily_user_activity';
			$state = '';
		} else {
			die "frame type $type" unless $type & 0x40000000;
		}
	}
}
