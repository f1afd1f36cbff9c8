# shellcheck shell=sh
# What later runs cost, on lakes that hold much already.

# step BLOCK CASE LAKE: one more run.
step() {
	measured step "$1" "$2" "$3" "$tree/pipelines/etl" -q -j2 "$3"
}

# arrive SET LAKE: its one file is new there.
arrive() {
	mkdir -p "$2/bronze/new"
	find "$BENCH_DIR/$1/bronze" -type f -exec ln -t "$2/bronze/new" {} +
}

# one_more_file SET FILE ...: a file of 650,000 events, on a lake that holds all of the set; the first one
# also on an empty lake.
one_more_file() {
	set=$1
	shift
	for file in "$set" "$@"; do data "$file"; done
	lake=$BENCH_DIR/$set
	empty=$BENCH_DIR/empty
	lake_load "$lake"
	events=650000
	for round in $rounds; do
		rm -rf "$empty"
		arrive "$1" "$empty"
		step "one new file, $set" "$1, an empty lake" "$empty"
		for file; do
			lake_back "$lake"
			arrive "$file" "$lake"
			step "one new file, $set" "$file, a lake of $set" "$lake"
		done
	done
	lake_back "$lake"
}

# nothing_new SET ...: a run over marks alone; first on a lake of four.
nothing_new() {
	data small
	lake_load "$BENCH_DIR/small"
	for set; do
		data "$set"
		lake_load "$BENCH_DIR/$set"
	done
	events=0
	for round in $rounds; do
		for set in small "$@"; do
			files=$(sqlite3 -readonly "$BENCH_DIR/$set/gold.db" 'SELECT count(*) FROM lake_source')
			step 'nothing new' "$files files, $set" "$BENCH_DIR/$set"
		done
	done
}

# five_questions SET: DuckDB answers them from the Silver that it wrote itself, and from ours.
five_questions() {
	[ -n "$duckdb" ] || return 0
	lake=$BENCH_DIR/$1
	out=$BENCH_DIR/duckdb/$1
	lake_load "$lake"
	events=$(lake_events "$lake")
	for round in $rounds; do
		ask "DuckDB's own Silver" "$out" "date_part('hour', timestamp)" 'price * quantity'
		ask "evlake's Silver" "$lake" event_hour revenue
	done
}

# ask CASE FOLDER HOUR REVENUE
ask() {
	measured step 'DuckDB, five questions' "$1" "$2" node "$here/duckdb.mjs" "$here/questions.sql" \
		"SILVER=$2/silver/**/*.parquet" "HOUR=$3" "REVENUE=$4"
}

# gold_state SET ...: what is kept to count exactly.
gold_state() {
	printf '\n| state of Gold | groups | ids kept | B/id | gold.db MB | B/event |\n%s\n' \
		'| --- | --: | --: | --: | --: | --: |'
	for set; do
		lake_load "$BENCH_DIR/$set"
		sqlite3 -readonly "$BENCH_DIR/$set/gold.db" "
			SELECT printf('| %s | %d | %d | %.2f | %.2f | %.3f |', '$set', (SELECT count(*) FROM lake_group), ids,
				1.0 * state / ids, bytes / 1e6, bytes / (SELECT 1.0 * sum(kept) FROM lake_source))
			FROM (SELECT (SELECT sum(unique_viewers) FROM product_popularity) +
					(SELECT sum(unique_users) + sum(unique_sessions) FROM daily_user_activity) AS ids),
				(SELECT (SELECT sum(length(measures)) FROM lake_group) +
					(SELECT sum(length(ids)) FROM lake_distinct) AS state),
				(SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size)"
	done
}
