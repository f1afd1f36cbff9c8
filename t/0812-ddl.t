#!/bin/sh
# evschema ddl: the statements declare what the lake holds, to each engine that can be had.
. "$(dirname "$0")/lib.sh"
have sqlite3 || skip_all 'sqlite3 is not installed'

mkdir "o'dd lake" && ln -s "o'dd lake" lake
evgen -C 3 -T 2025-12-06T23:55 -E 3000 -B 3 lake >/dev/null
etl -q lake
sed -i 's/"category":/"coupon": {"type": ["string", "null"]},\n\t\t"category":/' lake/schemas/event.json
cat >lake/schemas/gold/kinds.sql <<'END'
SELECT event_type AS kind, sum(price) AS "all", max(price) AS most, min(quantity) - 1 AS "less", -count(coupon) AS n
FROM silver WHERE NOT (event_type IN ('it''s', 'a\b') OR price < 1.5) GROUP BY 1
END
evgen -C 2 -T 2025-12-08T10:00 -E 2000 lake >/dev/null
exits 0 'a lake with a column that old files lack' etl -q lake rebuild
exits 0 'and more' etl -q lake
etl -q lake
for engine in duckdb spark clickhouse sqlite; do
	exits 0 "statements for $engine" evschema ddl lake $engine
	mv out $engine.sql
done
exits 0 'for Athena too' sh -c 'evschema ddl -U s3://bucket/shop lake athena >athena.sql'
exits 2 'which has to know where the lake is' evschema ddl lake athena
exits 2 'no other' evschema ddl lake oracle
exits 2 'no lake' evschema ddl duckdb
mkdir -p empty/bronze
exits 1 'nothing to declare' evschema ddl empty duckdb

days=$(sqlite3 -readonly lake/gold.db "SELECT count(*) FROM lake_partition")
is "$(grep -c '^  PARTITION (event_date = ' spark.sql)" "$days" 'Spark has each partition by name'
ok 'Athena has none to be listed' grep -q "'storage.location.template' = 's3://bucket/shop/silver/event_date=\${event_date}/'" athena.sql
is "$(grep -c "'projection.event_date.range' = '2025-12-06,NOW'" athena.sql)" 1 'from the first day on'
for engine in spark athena; do
	is "$(grep -Eci '^  .[a-z_]*. (timestamp|string|bigint|int|decimal|double|boolean|date)[(,0-9]*' $engine.sql)" \
		"$(sqlite3 -readonly lake/gold.db "SELECT count(*) - (SELECT '$engine' = 'athena')
			FROM lake_column WHERE table_name = 'silver'")" "$engine: all columns"
	is "$(grep -ci '^CREATE OR REPLACE VIEW' $engine.sql)" 7 "$engine: Silver, and all tables of Gold"
done
for engine in duckdb spark clickhouse; do
	evschema ddl -U /elsewhere lake $engine >there.sql
	is "$(grep -c "'/elsewhere/silver" there.sql)" 1 "$engine: where the lake is for it"
done

# --- SQLite

sqlite3 :memory: ".read sqlite.sql" "SELECT count(*) FROM temp.sqlite_schema" "SELECT * FROM hourly_revenue ORDER BY 1, 2" >got
{ echo 6 && sqlite3 -readonly lake/gold.db "SELECT * FROM hourly_revenue ORDER BY 1, 2"; } >expected
same got expected 'SQLite: the views are the tables'

# --- engines that compute Gold themselves

# equal ENGINE TEXT: Silver as the ledger has it, and every table of Gold, bit by bit.
equal() {
	evschema ddl lake "$1" >"$1.sql"
	node "$T/oracle/ddl.mjs" "$1" lake "$1.sql" >got 2>&1
	{
		sqlite3 -readonly -separator ' ' lake/gold.db "SELECT 'silver', sum(rows), substr(min(partition), 12), substr(max(partition), 12)
			FROM lake_partition WHERE files > 0"
		for table in category_daily_performance daily_user_activity hourly_revenue kinds product_funnel product_popularity; do
			sqlite3 -readonly -separator ' ' lake/gold.db "SELECT '$table', count(*), 'equal' FROM $table"
		done
	} >expected
	is "$(cat got)" "$(cat expected)" "$1: $2"
}
# shellcheck source=t/oracle/peer.sh
. "$T/oracle/peer.sh"
cp -a "o'dd lake" before
for package in @duckdb/node-api chdb; do
	case $package in chdb) engine=clickhouse ;; *) engine=duckdb ;; esac
	if ! have node || ! node -e 'require("node:module").createRequire(process.env.PEER + "/")(process.argv[1])' $package 2>/dev/null; then
		pass "$engine # SKIP no $package: npm install --prefix $PEER $package"
		continue
	fi
	rm -rf "o'dd lake" && cp -a before "o'dd lake"
	equal $engine 'the lake as it stands'
	etl -q lake forget "$(sqlite3 -readonly lake/gold.db 'SELECT min(path) FROM lake_source')"
	equal $engine 'files that have retired, and are still there, are left out'
	etl -q lake
	equal $engine 'and what came since is in'
done
done_testing
