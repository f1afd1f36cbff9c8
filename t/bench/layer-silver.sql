-- Our Silver, for DuckDB.
SET threads = 2;
SET TimeZone = 'UTC';
CREATE VIEW silver AS SELECT * FROM read_parquet('${LAKE}/silver/**/*.parquet', hive_partitioning = true);
