# Snowplow: enriched events as JSON, as its Analytics SDKs and loaders make them, with the e-commerce plug-in's
# snowplow_ecommerce_action and its entities.
#
# An action is one event for each product entity that comes with it. Site searches are those of the schema
# site_search. page_ping and other events without a name here keep their own.

def ecommerce($name): ."contexts_com_snowplowanalytics_snowplow_ecommerce_\($name)_1" // [];
def action: .unstruct_event_com_snowplowanalytics_snowplow_ecommerce_snowplow_ecommerce_action_1;
def searched: .unstruct_event_com_snowplowanalytics_snowplow_site_search_1;
def names: {
	"product_view": "page_view", "add_to_cart": "add_to_cart", "remove_from_cart": "remove_from_cart",
	"transaction": "purchase"
};
def text: if . == null or . == "" then null else tostring end;
def is_counted: . == "add_to_cart" or . == "remove_from_cart" or . == "purchase";

((.contexts_com_snowplowanalytics_snowplow_client_session_1 // [])[0] // {}) as $session
| (if action != null then names[action.type] // action.type elif searched != null then "search"
   else .event_name // .event end) as $type
| {
	timestamp: (.derived_tstamp // .collector_tstamp),
	user_id: (.user_id // ecommerce("user")[0].id // .domain_userid // $session.userId // .network_userid | text),
	session_id: (.domain_sessionid // $session.sessionId | text),
	event_type: $type,
	search_query: (if searched != null then searched.terms // [] | join(" ") else null end)
} as $event
| if names[action.type // ""] != null then ecommerce("product") else [] end
| if . == [] then {} else .[] end
| $event + {product_id: (.id | text), category: (.category | text)}
  + if $type | is_counted then {quantity: (.quantity // 1), price: .price} else {} end
