# Google Analytics 4, as it is exported to BigQuery and from there as JSON, a row of events_YYYYMMDD in each line.
#
# An event with items is one event for each of them, but for lists of items, which nobody has looked at yet. Whole
# numbers are strings in that export. item.price is in the currency of the event: for one currency in all, take
# price_in_usd. Events without a name here keep their own, as in begin_checkout.

def names: {
	"view_item": "page_view", "add_to_cart": "add_to_cart", "remove_from_cart": "remove_from_cart",
	"purchase": "purchase", "search": "search", "view_search_results": "search", "page_view": "page_view"
};
def parameter($key): [.event_params[]? | select(.key == $key) | .value
	| .string_value // .int_value // .double_value // .float_value][0];
def text: if . == null or . == "" or . == "(not set)" then null else tostring end;
def time: # of microseconds since 1970
	tonumber | (. / 1000000 | floor) as $s
	| ($s | todate | rtrimstr("Z")) + "." + (. - $s * 1000000 + 1000000 | tostring)[1:] + "Z";

(names[.event_name] // .event_name) as $type
| {
	timestamp: (.event_timestamp | time),
	user_id: (.user_id // .user_pseudo_id | text),
	session_id: "\(.user_pseudo_id // .user_id).\(parameter("ga_session_id") // 0)",
	event_type: $type,
	search_query: (if $type == "search" then parameter("search_term") | text else null end)
} as $event
| if (.items // []) == [] or ((.event_name == "view_item" or .event_name == "purchase"
	or .event_name == "add_to_cart" or .event_name == "remove_from_cart") | not)
  then $event
  else .items[] | $event + {
	product_id: (.item_id // .item_name | text),
	category: (.item_category | text)
  } + if $type == "page_view" then {} else {quantity: (.quantity // 1 | tonumber), price: .price} end
  end
