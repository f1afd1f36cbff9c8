-- How often and by how many users each product was viewed.
SELECT
    product_id,
    category,
    count(*) AS view_count,
    count(DISTINCT user_id) AS unique_viewers
FROM silver
WHERE event_type = 'page_view' AND product_id IS NOT NULL
GROUP BY product_id, category
