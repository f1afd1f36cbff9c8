# shape.pl: events on standard input as another shop writes them, by t/data/shape.json: other keys, in objects; times in
# milliseconds; prices in strings. What a line is to be made of stays the same, up to what is wrong with it: a line that
# is no object stays as it is.
use strict;
use warnings;

my $string = qr/"(?:[^"\\\x00-\x1f]|\\["\\\/bfnrt]|\\u[0-9a-fA-F]{4})*+"/;
my $number = qr/-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/;
my $space = qr/[ \t\r]*+/;
my $value = qr/(?<value>$string|$number|true|false|null|
	\{$space(?:$string$space:$space(?&value)$space(?:,$space$string$space:$space(?&value)$space)*+)?\}|
	\[$space(?:(?&value)$space(?:,$space(?&value)$space)*+)?\])/x;

# Days from 1970-01-01 to a date of the Gregorian calendar, or nothing when there is no such date.
sub days {
	my ($y, $m, $d) = @_;
	my $leap = $y % 4 == 0 && ($y % 100 != 0 || $y % 400 == 0);
	my $most = (31, $leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[$m - 1];

	return if $y < 1 || $m < 1 || $m > 12 || $d < 1 || $d > $most;
	($y, $m) = ($y - 1, $m + 12) if $m < 3;
	return 365 * $y + int($y / 4) - int($y / 100) + int($y / 400) + int((153 * ($m - 3) + 2) / 5) + $d - 719469;
}

# An ISO 8601 time in milliseconds, or as it is, when it is none; what no text could be is nothing a number may be.
sub milliseconds {
	my $raw = shift;

	return $raw if $raw eq 'null';
	return "[$raw]" if $raw !~ /^"/;
	(my $text = $raw) =~ s/\\u([0-9a-fA-F]{4})/hex($1) < 128 ? chr hex $1 : $&/ge;
	return $raw unless $text =~ /^"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?
		(?:[Zz]|([-+])(\d\d)(?::?(\d\d))?)?"$/x;
	my ($h, $min, $s, $part) = ($4, $5, $6 // 0, substr(($7 // '') . '000', 0, 3));
	my ($sign, $oh, $om) = ($8 // '+', $9 // 0, $10 // 0);
	my $day = days($1, $2, $3);

	return $raw if !defined $day || $h > 23 || $min > 59 || $s > 60 || $oh > 23 || $om > 59;
	my $offset = ($oh * 60 + $om) * ($sign eq '-' ? -1 : 1);
	return sprintf '%d', (($day * 24 + $h) * 60 + $min - $offset) * 60000 + $s * 1000 + $part;
}

sub price {
	my $raw = shift;

	return $raw =~ /^$number$/ ? "\"$raw\"" : $raw eq 'null' ? $raw : "[$raw]";
}

sub object {
	my @members = map { defined $_->[1] ? "\"$_->[0]\": $_->[1]" : () } @_;

	return @members ? '{' . join(', ', @members) . '}' : undef;
}

binmode STDIN;
binmode STDOUT;
while (my $line = <STDIN>) {
	my ($start, $inner, $end) = $line =~ /^((?:\xef\xbb\xbf)?[ \t]*)\{(.*)\}([ \t\r]*\n?)\z/s or print($line), next;
	my (%of, @others);

	print($line), next if length $line > 1 << 20;
	$inner =~ /\G$space/gc;
	while ($inner =~ /\G($string)$space:$space$value$space(?:,$space(?=")|\z)/gc) {
		my ($key, $raw) = ($1, $+{value});

		(my $name = $key) =~ s/\\u([0-9a-fA-F]{4})/hex($1) < 128 ? chr hex $1 : $&/ge;
		$name =~ s/^"|"$//g;
		if ($name =~ /^(?:timestamp|user_id|session_id|event_type|product_id|quantity|price|category|search_query)$/) {
			$of{$name} = $raw;
		} else {
			push @others, "$key: $raw";
		}
	}
	print($line), next if (pos($inner) // 0) < length $inner;
	$of{timestamp} = milliseconds($of{timestamp}) if defined $of{timestamp};
	$of{price} = price($of{price}) if defined $of{price};
	my $user = object(['id', $of{user_id}], ['session', $of{session_id}]);
	my $product = object(['sku', $of{product_id}], ['cost', $of{price}], ['group', $of{category}]);
	my $all = object(['event', $of{event_type}], ['context', object(['sentAt', $of{timestamp}], ['user', $user])],
		['properties', object(['product', $product], ['count', $of{quantity}], ['search_query', $of{search_query}])]);

	$all = defined $all ? substr($all, 1, -1) : '';
	print $start, '{', join(', ', $all ne '' ? $all : (), @others), '}', $end;
}
