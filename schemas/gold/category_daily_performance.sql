-- What happened in each category on each day (UTC).
SELECT
    event_date,
    category,
    count(*) AS total_events,
    count(*) FILTER (WHERE event_type = 'page_view') AS page_views,
    count(*) FILTER (WHERE event_type = 'add_to_cart') AS add_to_carts,
    count(*) FILTER (WHERE event_type = 'purchase') AS purchases,
    coalesce(sum(revenue), 0) AS total_revenue
FROM silver
WHERE category IS NOT NULL
GROUP BY event_date, category
