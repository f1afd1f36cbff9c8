-- The five questions, asked in DuckDB of Parquet files: SILVER is a pattern.
-- HOUR and REVENUE are what gives them: columns where Silver has them, expressions where it has not.
SET threads = 2;
SET TimeZone = 'UTC';

CREATE VIEW silver AS SELECT * FROM read_parquet('${SILVER}', hive_partitioning = true);

SELECT product_id, category, count(*) FILTER (event_type = 'page_view') AS views,
	count(*) FILTER (event_type = 'add_to_cart') AS carts, count(*) FILTER (event_type = 'purchase') AS purchases,
	carts / nullif(views, 0), purchases / nullif(carts, 0), purchases / nullif(views, 0)
FROM silver WHERE product_id IS NOT NULL GROUP BY product_id, category;

SELECT event_date, ${HOUR} AS hour, sum(${REVENUE}), count(*), avg(${REVENUE}), sum(quantity)
FROM silver WHERE event_type = 'purchase' GROUP BY event_date, hour;

SELECT product_id, category, count(*), count(DISTINCT user_id)
FROM silver WHERE event_type = 'page_view' GROUP BY product_id, category;

SELECT event_date, category, count(*), count(*) FILTER (event_type = 'page_view'),
	count(*) FILTER (event_type = 'add_to_cart'), count(*) FILTER (event_type = 'purchase'),
	coalesce(sum(${REVENUE}) FILTER (event_type = 'purchase'), 0)
FROM silver WHERE category IS NOT NULL GROUP BY event_date, category;

SELECT event_date, count(DISTINCT user_id) AS users, count(DISTINCT session_id) AS sessions, count(*),
	count(*) / users, sessions / users
FROM silver GROUP BY event_date;
