# OpenSearch User Behavior Insights: the indexes ubi_queries and ubi_events, a document in each line, or as they are
# bulk-loaded, with a line that says where each goes.
#
# A query is a search. What the client says of the same (search, on_search) is on_search, so that a search counts
# once. A click on a result is a view of that product. UBI has no prices. Other actions keep their names.

def names: {
	"search": "on_search", "click": "page_view", "item_click": "page_view", "view": "page_view"
};
def is_of_a_product: . == "impression" or . == "click" or . == "item_click" or . == "view" or . == "product_hover"
	or . == "add_to_cart" or . == "remove_from_cart" or . == "purchase" or . == "declined_product";
def time: # ISO 8601, or milliseconds since 1970
	if type != "number" then . else (. / 1000 | floor) as $s
	| ($s | todate | rtrimstr("Z")) + "." + (. - $s * 1000 + 1000 | tostring)[1:] + "Z" end;
def text: if . == null or . == "" then null else tostring end;

select(.client_id != null)
| (if .action_name == null then "search" else names[.action_name] // .action_name end) as $type
| (.event_attributes // {}) as $attributes
| {
	timestamp: (.timestamp | time),
	user_id: ((.user_id | text) // .client_id),
	session_id: (.session_id // $attributes.session_id // .client_id),
	event_type: $type,
	product_id: (if .action_name | is_of_a_product then $attributes.object.object_id | text else null end),
	search_query: (.user_query // if .message_type == "QUERY" then .message else null end)
}
| if $type == "add_to_cart" or $type == "remove_from_cart" or $type == "purchase" then . + {quantity: 1} else . end
