-- The Gold tables from event, as oracle_NAME. Money is summed in integers, and converted once.

CREATE TABLE oracle_product_funnel AS
SELECT product_id, category, views AS view_count, carts AS add_to_cart_count, purchases AS purchase_count,
    CASE WHEN views > 0 THEN carts * 1.0 / views END AS view_to_cart_rate,
    CASE WHEN carts > 0 THEN purchases * 1.0 / carts END AS cart_to_purchase_rate,
    CASE WHEN views > 0 THEN purchases * 1.0 / views END AS view_to_purchase_rate
FROM (SELECT product_id, category, sum(event_type = 'page_view') AS views,
        sum(event_type = 'add_to_cart') AS carts, sum(event_type = 'purchase') AS purchases
    FROM event WHERE product_id IS NOT NULL GROUP BY 1, 2);

CREATE TABLE oracle_hourly_revenue AS
SELECT event_date, event_hour, millionths / 1e6 AS total_revenue, purchases AS purchase_count,
    items AS total_items_sold, millionths / 1e6 / purchases AS avg_order_value
FROM (SELECT event_date, event_hour, coalesce(sum(revenue), 0) AS millionths, count(*) AS purchases,
        coalesce(sum(quantity), 0) AS items
    FROM event WHERE event_type = 'purchase' GROUP BY 1, 2);

CREATE TABLE oracle_product_popularity AS
SELECT product_id, category, count(*) AS view_count, count(DISTINCT user_id) AS unique_viewers
FROM event WHERE event_type = 'page_view' AND product_id IS NOT NULL GROUP BY 1, 2;

CREATE TABLE oracle_category_daily_performance AS
SELECT event_date, category, count(*) AS total_events, sum(event_type = 'page_view') AS page_views,
    sum(event_type = 'add_to_cart') AS add_to_carts, sum(event_type = 'purchase') AS purchases,
    coalesce(sum(revenue), 0) / 1e6 AS total_revenue
FROM event WHERE category IS NOT NULL GROUP BY 1, 2;

CREATE TABLE oracle_daily_user_activity AS
SELECT event_date, users AS unique_users, sessions AS unique_sessions, events AS total_events,
    events * 1.0 / users AS events_per_user, sessions * 1.0 / users AS sessions_per_user
FROM (SELECT event_date, count(DISTINCT user_id) AS users, count(DISTINCT session_id) AS sessions,
        count(*) AS events
    FROM event GROUP BY 1);
