-- From view to cart to purchase, by product. Rates are ratios: 1.0 is 100 %; null where nothing could convert.
SELECT
    product_id,
    category,
    count(*) FILTER (WHERE event_type = 'page_view') AS view_count,
    count(*) FILTER (WHERE event_type = 'add_to_cart') AS add_to_cart_count,
    count(*) FILTER (WHERE event_type = 'purchase') AS purchase_count,
    count(*) FILTER (WHERE event_type = 'add_to_cart')
        / nullif(count(*) FILTER (WHERE event_type = 'page_view'), 0) AS view_to_cart_rate,
    count(*) FILTER (WHERE event_type = 'purchase')
        / nullif(count(*) FILTER (WHERE event_type = 'add_to_cart'), 0) AS cart_to_purchase_rate,
    count(*) FILTER (WHERE event_type = 'purchase')
        / nullif(count(*) FILTER (WHERE event_type = 'page_view'), 0) AS view_to_purchase_rate
FROM silver
WHERE product_id IS NOT NULL
GROUP BY product_id, category
