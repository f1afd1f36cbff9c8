# shellcheck shell=sh
# The whole job: from Bronze to Silver and Gold, again and again from nothing.

# whole_job SET 'COMPETITOR ...': etlN is evlake in N parts.
whole_job() {
	data "$1"
	lake=$BENCH_DIR/$1
	out=$BENCH_DIR/duckdb/$1
	lake_load "$lake"
	events=$(lake_events "$lake")
	for round in $rounds; do
		for competitor in $2; do "run_${competitor%[0-9]}" "$1" "${competitor#etl}"; done
	done
}

run_etl() {
	lake_clear "$lake"
	measured whole "$1" "etl -j$2" "$lake" "$tree/pipelines/etl" -q -j "$2" "$lake"
}

run_duckdb() {
	[ -n "$duckdb" ] || return 0
	rm -rf "$out"
	mkdir -p "$out"
	measured whole "$1" DuckDB "$out" node "$here/duckdb.mjs" "$here/duckdb.sql" "BRONZE=$lake/bronze" "OUT=$out"
}

run_zcat() {
	measured whole "$1" zcat /nowhere find "$lake/bronze" -type f -exec zcat {} +
}
