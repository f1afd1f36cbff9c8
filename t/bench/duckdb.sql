-- The whole job in DuckDB, as its manual would have it: gzipped JSON lines to Parquet by date, in Snappy,
-- and from that the five Gold tables. BRONZE and OUT are folders. Nothing is checked, quarantined, marked or
-- committed; hour and revenue are computed where they are asked for.
SET threads = 2;
SET preserve_insertion_order = false;
SET TimeZone = 'UTC';

COPY (
	SELECT *, CAST(timestamp AS DATE) AS event_date
	FROM read_json('${BRONZE}/**/*.jsonl.gz', format = 'newline_delimited', compression = 'gzip',
		hive_partitioning = false, columns = {
			timestamp: 'TIMESTAMPTZ', user_id: 'VARCHAR', session_id: 'VARCHAR', event_type: 'VARCHAR',
			product_id: 'VARCHAR', quantity: 'INTEGER', price: 'DOUBLE', category: 'VARCHAR', search_query: 'VARCHAR'
		})
) TO '${OUT}/silver' (FORMAT parquet, COMPRESSION snappy, PARTITION_BY (event_date), OVERWRITE_OR_IGNORE);

CREATE VIEW silver AS SELECT * FROM read_parquet('${OUT}/silver/**/*.parquet', hive_partitioning = true);

COPY (
	WITH counts AS (
		SELECT product_id, category,
			count(*) FILTER (event_type = 'page_view') AS view_count,
			count(*) FILTER (event_type = 'add_to_cart') AS add_to_cart_count,
			count(*) FILTER (event_type = 'purchase') AS purchase_count
		FROM silver WHERE product_id IS NOT NULL GROUP BY product_id, category
	)
	SELECT *, add_to_cart_count / nullif(view_count, 0) AS view_to_cart_rate,
		purchase_count / nullif(add_to_cart_count, 0) AS cart_to_purchase_rate,
		purchase_count / nullif(view_count, 0) AS view_to_purchase_rate
	FROM counts
) TO '${OUT}/product_funnel.csv' (HEADER);

COPY (
	SELECT event_date, date_part('hour', timestamp) AS event_hour, sum(price * quantity) AS total_revenue,
		count(*) AS purchase_count, avg(price * quantity) AS avg_order_value, sum(quantity) AS total_items_sold
	FROM silver WHERE event_type = 'purchase' GROUP BY event_date, event_hour
) TO '${OUT}/hourly_revenue.csv' (HEADER);

COPY (
	SELECT product_id, category, count(*) AS view_count, count(DISTINCT user_id) AS unique_viewers
	FROM silver WHERE event_type = 'page_view' GROUP BY product_id, category
) TO '${OUT}/product_popularity.csv' (HEADER);

COPY (
	SELECT event_date, category, count(*) AS total_events,
		count(*) FILTER (event_type = 'page_view') AS page_views,
		count(*) FILTER (event_type = 'add_to_cart') AS add_to_carts,
		count(*) FILTER (event_type = 'purchase') AS purchases,
		coalesce(sum(price * quantity) FILTER (event_type = 'purchase'), 0) AS total_revenue
	FROM silver WHERE category IS NOT NULL GROUP BY event_date, category
) TO '${OUT}/category_daily_performance.csv' (HEADER);

COPY (
	SELECT event_date, count(DISTINCT user_id) AS unique_users, count(DISTINCT session_id) AS unique_sessions,
		count(*) AS total_events, total_events / unique_users AS events_per_user,
		unique_sessions / unique_users AS sessions_per_user
	FROM silver GROUP BY event_date
) TO '${OUT}/daily_user_activity.csv' (HEADER);
