-- Revenue by hour (UTC). avg_order_value is revenue per purchase event.
SELECT
    event_date,
    event_hour,
    coalesce(sum(revenue), 0) AS total_revenue,
    count(*) AS purchase_count,
    coalesce(sum(quantity), 0) AS total_items_sold,
    coalesce(sum(revenue), 0) / count(*) AS avg_order_value
FROM silver
WHERE event_type = 'purchase'
GROUP BY event_date, event_hour
