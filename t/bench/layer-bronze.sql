-- Bronze, for DuckDB, with the columns that Silver would add. Nothing is checked.
SET threads = 2;
SET TimeZone = 'UTC';
CREATE VIEW silver AS
SELECT *, CAST(timestamp AS DATE) AS event_date, date_part('hour', timestamp) AS event_hour, price * quantity AS revenue
FROM read_json('${LAKE}/bronze/**/*.jsonl.gz', format = 'newline_delimited', compression = 'gzip',
	hive_partitioning = false, columns = {
		timestamp: 'TIMESTAMPTZ', user_id: 'VARCHAR', session_id: 'VARCHAR', event_type: 'VARCHAR',
		product_id: 'VARCHAR', quantity: 'INTEGER', price: 'DOUBLE', category: 'VARCHAR', search_query: 'VARCHAR'
	});
