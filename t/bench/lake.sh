# shellcheck shell=sh
# Lakes between two runs, and the run that is measured.

# lake_clear LAKE: nothing but its Bronze is left.
lake_clear() {
	(cd "$1" && rm -rf silver quarantine staging schemas stamp .lock .plan .kept gold.db gold.db-shm gold.db-wal)
}

# lake_load LAKE: all of it, and the state after that is kept.
lake_load() {
	lake_clear "$1"
	"$tree/pipelines/etl" -q -j2 "$1"
	sqlite3 "$1/gold.db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
	mkdir "$1/.kept"
	cp "$1/gold.db" "$1/.kept/"
}

# lake_back LAKE: as it was kept. Silver files are never edited: the newer ones go.
lake_back() {
	rm -f "$1"/gold.db*
	cp "$1/.kept/gold.db" "$1/"
	find "$1/silver" -type f -newer "$1/.kept/gold.db" -delete
	rm -rf "$1/staging" "$1/bronze/new"
}

# lake_events LAKE: rows that its Gold has taken in.
lake_events() {
	sqlite3 -readonly "$1/gold.db" 'SELECT sum(kept) FROM lake_source'
}

# silver_bytes FOLDER
silver_bytes() {
	[ ! -d "$1/silver" ] || find "$1/silver" -name '*.parquet' -printf '%s\n' | awk '{ n += $1 } END { printf "%d", n }'
}

# measured KIND BLOCK CASE FOLDER COMMAND ...: runs the command, whose Silver is in FOLDER, and notes what it
# cost. Round 0 is the warm-up.
measured() {
	kind=$1 block=$2 case=$3 folder=$4
	shift 4
	before=$(silver_bytes "$folder")
	look=
	[ "$round" != 0 ] || look='-i 20'
	sync
	# shellcheck disable=SC2086 # none or two words
	costs=$("$here/measure" $look "$@") || complain "$*: failed"
	printf '%s\t%s\t%s\t%s\t%s\t%s\t%d\n' "$kind" "$block" "$case" "$round" "$costs" "${events:-0}" \
		$(($(silver_bytes "$folder") + 0 - ${before:-0})) >>"$results"
	[ ! -t 2 ] || printf '\r\033[K%s: %s, %s of %s' "$block" "$case" "$round" "$runs" >&2
}
