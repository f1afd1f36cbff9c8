#!/bin/sh
# The same questions to evsql and to DuckDB over the same Silver: the same answers, money to the last bit.
. "$(dirname "$0")/lib.sh"
# shellcheck source=t/oracle/peer.sh
. "$T/oracle/peer.sh"
need_peer @duckdb/node-api

events=100000
case $B in *-address*) events=10000 ;; esac
evgen -B 3 -C 4 -I 720 -E $events lake >/dev/null
exits 0 'the pipe' etl lake

cat >questions <<'END'
SELECT count(*) AS n FROM silver
SELECT category, count(*) AS n, sum(revenue) AS revenue, count(DISTINCT user_id) AS users FROM silver GROUP BY category ORDER BY category
SELECT event_date, event_hour, sum(price) AS prices, min(price) AS least, max(price) AS most, sum(quantity) AS items FROM silver WHERE event_type = 'purchase' GROUP BY event_date, event_hour ORDER BY event_date, event_hour
SELECT product_id, count(*) FILTER (WHERE event_type = 'page_view') AS views, count(DISTINCT session_id) FILTER (WHERE price > 20) AS sessions FROM silver WHERE product_id IS NOT NULL GROUP BY product_id ORDER BY views DESC, product_id
SELECT session_id, count(*) AS n, max(price) AS most FROM silver GROUP BY session_id HAVING count(*) > 3 ORDER BY n DESC, session_id LIMIT 1000
SELECT price, count(*) AS n FROM silver WHERE price >= 10.5 AND price < 99.99 GROUP BY price ORDER BY price
SELECT DISTINCT event_type, category FROM silver WHERE event_date <> '2025-12-07' ORDER BY event_type, category
SELECT count(*) AS n FROM silver WHERE NOT (price > 250 OR category IN ('books', 'toys')) OR quantity IS NULL
WITH sessions AS (SELECT session_id, min(event_hour) AS h, sum(revenue) AS spent FROM silver GROUP BY session_id) SELECT h, count(*) AS n, count(spent) AS bought, max(spent) AS most FROM sessions GROUP BY h ORDER BY h
SELECT user_id, line, price FROM silver WHERE price > 400 AND event_date = '2025-12-07' ORDER BY user_id, line, price LIMIT 500
SELECT a.category, count(*) AS n FROM silver a JOIN (SELECT DISTINCT user_id FROM silver WHERE price > 450) b ON a.user_id = b.user_id GROUP BY a.category ORDER BY a.category
SELECT category, row_number() OVER (ORDER BY count(*) DESC, category) AS place FROM silver GROUP BY category ORDER BY place
END
node "$T/oracle/questions.mjs" lake "SELECT * FROM read_parquet('lake/silver/**/*.parquet', hive_partitioning = true, hive_types = {event_date: VARCHAR})" \
	<questions >got 2>&1
is "$(grep -v '^[0-9]* equal$' got)" '' 'all answers are the same'
is "$(wc -l <got)" "$(wc -l <questions)" 'to all questions'
is "$(grep -c '^0 ' got)" 0 'and none is empty'
done_testing
