#!/bin/sh
# Real input that nobody here wrote: Gold is right to the last digit.
. "$(dirname "$0")/lib.sh"
have sqlite3 || skip_all 'sqlite3 is not installed'

data=$T/../../shared/data
if [ ! -d "$data/lambda" ] || [ ! -d "$data/uw-data516" ]; then skip_all "no $data"; fi
data=$(cd "$data" && pwd)

gold() { # LAKE SQL
	sqlite3 -readonly "$1/gold.db" "$2"
}

# --- two invocations of the original generator; a folder elsewhere, by a link

mkdir -p lambda/bronze
ln -s "$data/lambda" lambda/bronze/lambda
exits 0 'the original generator' etl lambda
is "$(gold lambda "SELECT printf('%.2f', total_revenue), total_revenue = 24399028.24, purchase_count, total_items_sold
	FROM hourly_revenue WHERE event_date = '2025-12-05' AND event_hour = 23")" \
	'24399028.24|1|52389|157935' '2025-12-05, hour 23: revenue, purchases, items'
is "$(gold lambda "SELECT unique_users, unique_sessions, total_events FROM daily_user_activity
	WHERE event_date = '2025-12-07'")" '89976|89979|736949' '2025-12-07: users, sessions, events'
is "$(gold lambda 'SELECT sum(total_events) FROM daily_user_activity')" 1279768 'events in all'
is "$(gold lambda 'SELECT sum(lines), sum(kept), sum(rejected), sum(blank), count(*) FROM lake_source')" \
	'1279768|1279768|0|0|2' 'each line is an event'
is "$(gold lambda 'SELECT path, kept FROM lake_source ORDER BY path')" \
	'bronze/lambda/year=2025/month=12/day=06/hour=00/minute=00/events-20251206-000003.jsonl.gz|542819
bronze/lambda/year=2025/month=12/day=07/hour=03/minute=56/events-20251207-035606.jsonl.gz|736949' 'file by file'
is "$(gold lambda "SELECT sum(rows), count(*) > 0 FROM lake_file WHERE layer = 'silver'")" '1279768|1' 'all of them in Silver'
is "$(gold lambda 'SELECT sum(view_count) FROM product_popularity')" \
	"$(gold lambda 'SELECT sum(page_views) FROM category_daily_performance')" 'tables agree about page views'

# --- another producer of the same schema

mkdir -p uw/bronze
cp "$data"/uw-data516/*.gz uw/bronze
exits 0 'another producer' etl uw
is "$(gold uw 'SELECT sum(total_events) FROM daily_user_activity')" 200 'events in all'
is "$(gold uw 'SELECT sum(lines), sum(kept), sum(rejected), sum(blank) FROM lake_source')" '200|200|0|0' 'each line is an event'
is "$(gold uw 'SELECT sum(purchase_count) FROM hourly_revenue')" \
	"$(zcat "$data"/uw-data516/*.gz | grep -c '"event_type": *"purchase"')" 'each purchase is counted'
done_testing
