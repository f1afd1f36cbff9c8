#!/bin/sh
# evclean and evsilver as filters, outside any lake.
. "$(dirname "$0")/lib.sh"

event() { # N JSON-OF-PRICE
	printf '{"timestamp": "2025-12-07T%02d:55:56Z", "user_id": "u_%d", "session_id": "s_1", "event_type": "purchase", "product_id": "p_1", "quantity": 2, "price": %s, "category": "toys", "search_query": null}\n' \
		$(($1 % 24)) "$1" "$2"
}

events() { # FROM TO JSON-OF-PRICE
	n=$1
	while [ "$n" -lt "$2" ]; do
		event "$n" "$3"
		n=$((n + 1))
	done
}

events 0 1000 9.99 >good
events 1000 1100 '"9.99"' >bad
cat good bad >mixed

# --- evclean

is "$(evcat good | evclean | evcat -f csv)" "$(evcat -f csv good)" 'good events pass'
exits 0 '100 bad lines of 1,100 are dropped' sh -c 'evcat mixed | evclean'
is "$(evcat -f csv <out)" "$(evcat -f csv good)" 'and only they'
is "$(grep -c 'mixed: 100 of 1100 lines dropped, most by bad_price, first at line 1001' err)" 1 'which is told'
exits 0 'unless -q' sh -c 'evcat mixed | evclean -q'
is "$(cat err)" '' 'which is quiet'
exits 1 'more than -x percent is refused' sh -c 'evcat mixed | evclean -x 9'
is "$(grep -c 'mixed: 100 of 1100 lines are bad, most by bad_price, first at mixed:1001:' err)" 1 'naming reason and place'
is "$(evcat -f csv <out 2>&1 | grep -c purchase)" 1000 'the rows before it are in the stream'
evcat -f csv <out >/dev/null 2>err
is "$? $(cat err)" '1 ' 'which ends with the error, told already'
exits 1 'a source that loses all is refused' sh -c 'head -n 3 bad | evcat | evclean'
exits 0 'but not with -x 100' sh -c 'evcat bad | evclean -x 100'
head -n 99 bad | cat - one >few 2>/dev/null
event 1 1 >>few
exits 0 '99 bad lines of 100 are too few to judge' sh -c 'evcat few | evclean'
exits 2 'no such percentage' evclean -x 101
exits 2 'no operands' evclean good
exits 4 'nothing on standard input is an error' sh -c 'evclean </dev/null'
exits 3 'what is no stream is an error' evclean <good

# --- evsilver

is "$(evcat good | evsilver | evcat -f csv | sed -n '1p;5p')" \
	'timestamp,user_id,session_id,event_type,product_id,quantity,price,category,search_query,line,event_date,event_hour,revenue,source
2025-12-07T03:55:56.000000Z,u_3,s_1,purchase,p_1,2,9.99,toys,,4,2025-12-07,3,19.98,good' 'evsilver adds its columns'
cat >revenue <<'END'
{"timestamp": "1969-12-31T23:59:59.9Z", "user_id": "u", "session_id": "s", "event_type": "purchase", "quantity": 0, "price": 5}
{"timestamp": "2025-12-07T23:59:59-00:30", "user_id": "u", "session_id": "s", "event_type": "purchase", "quantity": 3, "price": 0.000001}
{"timestamp": "2025-12-07T00:00:00Z", "user_id": "u", "session_id": "s", "event_type": "purchase", "price": 5}
{"timestamp": "2025-12-07T00:00:00Z", "user_id": "u", "session_id": "s", "event_type": "purchase", "quantity": 5}
{"timestamp": "2025-12-07T00:00:00Z", "user_id": "u", "session_id": "s", "event_type": "add_to_cart", "quantity": 5, "price": 5}
END
is "$(evcat revenue | evsilver | evcat -f tsv | cut -f11-13 | sed 1d)" "$(printf '1969-12-31\t23\t0\n2025-12-08\t0\t0.000003\n2025-12-07\t0\t\n2025-12-07\t0\t\n2025-12-07\t0\t')" \
	'revenue is of purchases with price and quantity; date and hour are UTC, before 1970 too'
is "$(evcat good | evsilver | evclean | evsilver | evcat -f tsv)" "$(evcat good | evsilver | evcat -f tsv)" \
	'what is Silver already passes as it is'
exits 3 'a plan is no events stream' sh -c 'mkdir -p lake/bronze && evmark pending lake | evsilver'
done_testing
