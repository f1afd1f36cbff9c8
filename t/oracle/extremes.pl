# extremes.pl: events at the edges of every type, then events of 60 days in no order.
use strict;
use warnings;

my $long = 'x' x 1000;
my @texts = ('', ' ', 'a', $long, $long . 'y', "\xc3\xa9" x 70, "\xef\xbf\xbf" x 40, "\xf4\x8f\xbf\xbf" x 30,
	'x' . "\xf4\x8f\xbf\xbf" x 30, "\xed\x9f\xbf" x 25, "\x7f" x 80, '\\u007f\\"\\\\\\/\\b\\f\\n\\r\\t', '\\ud83d\\ude00',
	'z' x 70000);
my @times = ('0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999999Z', '1969-12-31T23:59:59.999999Z', '1970-01-01',
	'2000-02-29T23:59:60', '1582-10-10T00:00Z', '2025-12-07T03:55:56.1+23:59');
my @prices = ('null', '0', '0.000001', '999999999999.999999', '4503599627.370497', '1e-6', '0.0000005', '9007199254.740993');
my @quantities = ('null', '0', '1', '2147483647');

for my $i (0 .. 4 * @texts * @times) {
	my ($time, $text) = ($times[$i % @times], $texts[$i % @texts]);
	$time .= 'T00:00' if $time !~ /T/;
	my $id = $text eq '' ? 'u' : $text;
	my ($price, $quantity) = ($prices[$i % @prices], $quantities[$i / @prices % @quantities]);
	my $type = $price =~ /^\d{10}/ && $quantity =~ /^\d{2}/ ? 'search' : 'purchase';
	print qq({"timestamp": "$time", "user_id": "$id", "session_id": "s", "event_type": "$type", ),
		qq("product_id": "$text", "quantity": $quantity, "price": $price, "category": "$text", ),
		$i % 3 ? qq("search_query": "$text"}\n) : qq("search_query": null}\n);
}
for my $i (0 .. 5999) {
	my $day = $i * 37 % 60;
	printf(qq({"timestamp": "2025-%02d-%02dT%02d:00:00Z", "user_id": "u_%d", "session_id": "s_%d", "event_type": "purchase", ) .
		qq("product_id": "p_%d", "quantity": %d, "price": %d.5, "category": "c", "search_query": null}\n),
		1 + $day / 28, 1 + $day % 28, $i % 24, $i % 97, $i % 89, $i % 7, $i % 5, $i % 11);
}
