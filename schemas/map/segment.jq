# Segment and RudderStack: page, screen and track calls, by Segment's spec of e-commerce events (V2, and V1's names).
#
# An order is a purchase of each of its products. Segment knows no sessions: where the call has none (RudderStack's
# context.sessionId, or a property session_id), all of a visitor is one. Events without a name here keep their own,
# as in order_refunded. Prices are as they come, in whatever currency.

def names: {
	"Product Viewed": "page_view", "Viewed Product": "page_view",
	"Product Added": "add_to_cart", "Added Product": "add_to_cart",
	"Product Removed": "remove_from_cart", "Removed Product": "remove_from_cart",
	"Order Completed": "purchase", "Completed Order": "purchase",
	"Products Searched": "search"
};
def text: if . == null then null else tostring end;
def is_counted: . == "add_to_cart" or . == "remove_from_cart" or . == "purchase";

select(.type == "track" or .type == "page" or .type == "screen")
| (.properties // {}) as $properties
| (if .type == "track" then names[.event] // (.event | ascii_downcase | split(" ") | join("_"))
   else "page_view" end) as $type
| {
	timestamp: (.timestamp // .originalTimestamp // .sentAt // .receivedAt),
	user_id: (.userId // .anonymousId | text),
	session_id: (.context.sessionId // $properties.session_id // .anonymousId // .userId | text),
	event_type: $type,
	search_query: (if $type == "search" then $properties.query else null end)
} as $event
| (if $type == "purchase" then ($properties.products // [$properties])[] else $properties end)
| $event + {
	product_id: (.product_id // .id // .sku | text),
	category: (if .category == "" then null else .category end)
} + if $type | is_counted then {quantity: (.quantity // 1), price: .price} else {} end
