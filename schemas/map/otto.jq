# OTTO's data set for recommender systems: a session in each line, with its events. It has neither users nor prices:
# a session is a user.

def names: {"clicks": "page_view", "carts": "add_to_cart", "orders": "purchase"};
def time: # of milliseconds since 1970
	(. / 1000 | floor) as $s
	| ($s | todate | rtrimstr("Z")) + "." + (. - $s * 1000 + 1000 | tostring)[1:] + "Z";

(.session | tostring) as $session
| .events[]
| {
	timestamp: (.ts | time),
	user_id: $session,
	session_id: $session,
	event_type: (names[.type] // .type),
	product_id: (.aid | tostring),
	quantity: (if .type == "clicks" then null else 1 end)
}
