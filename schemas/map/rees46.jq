module {"input": "text"};
# The data sets of REES46 (multi-category store, electronics, cosmetics): CSV, of which no field has a comma in it.
#
# A price goes on as it is written, and is that of one piece.

def names: {"view": "page_view", "cart": "add_to_cart", "remove_from_cart": "remove_from_cart", "purchase": "purchase"};

select(startswith("event_time,") | not)
| split(",") as [$time, $type, $product, $category_id, $category, $brand, $price, $user, $session]
| if $session == null then error("a line of fewer than nine fields") else . end
| {
	timestamp: ($time | rtrimstr(" UTC")),
	user_id: $user,
	session_id: (if $session == "" then $user else $session end),
	event_type: (names[$type] // $type),
	product_id: $product,
	category: (if $category == "" then null else $category end)
} + if $type == "view" then {} else {
	quantity: 1,
	price: (if $price == "" then null else "\u0000" + $price end)
} end
