# shellcheck shell=sh
# What is measured with: made once by evgen, each set a lake in $BENCH_DIR. With this seed small has 2.60
# million events and full 25.90; wide has as many users, sessions and products as 2.6 million events can show.

uniform='-M uniform -R 36856'
wide="$uniform -W -U 2000000 -P 100000"

model_options() {
	case $1 in uniform) echo "$uniform" ;; wide) echo "$wide" ;; esac
}

data_arguments() {
	case $1 in
	small) echo "$uniform -C 4" ;;
	full) echo "$uniform -C 40" ;;
	x4) echo "$uniform -C 160" ;;
	wide) echo "$wide -C 4" ;;
	known-ids) echo "$uniform -E 650000 -T 2025-12-07T13:20" ;; # the next file of the same day, in any of these
	wide-ids) echo "$wide -E 650000 -T 2025-12-07T00:20" ;;
	new-ids) echo "$uniform -W -E 650000 -T 2025-12-07T13:20" ;; # users and sessions that uniform has not
	tiny) echo "$uniform -C 10000 -E 10" ;;
	year) echo "$uniform -C 105120 -E 10" ;;
	flat) echo 'tiny in one folder' ;;
	x2) echo 'half of x4' ;;
	esac
}

# data NAME: makes the set unless it is there, as these arguments make it.
data() {
	arguments=$(data_arguments "$1")
	set -- "$BENCH_DIR/$1" "$1"
	[ ! -f "$1/.made" ] || [ "$(cat "$1/.made")" != "$arguments" ] || return 0
	case $2 in flat) data tiny ;; x2) data x4 ;; esac
	echo "bench: making $2 ($(data_arguments "$2"))" >&2
	rm -rf "$1"
	mkdir -p "$1/bronze"
	case $2 in
	flat) find "$BENCH_DIR/tiny/bronze" -type f -exec ln -t "$1/bronze" {} + ;;
	x2) (cd "$BENCH_DIR/x4" && find bronze -type f | sort | head -n 80 | xargs cp -l --parents -t "$1") ;;
	*) # shellcheck disable=SC2046 # a list of words
		"$B/evgen" $(data_arguments "$2") "$1" >/dev/null ;;
	esac
	data_arguments "$2" >"$1/.made"
}

# find_duckdb: sets duckdb to the version in $PEER, after installing it there if that can be done, or to
# nothing.
find_duckdb() {
	duckdb=$(duckdb_version) || {
		duckdb=
		command -v npm >/dev/null || return 0
		echo "bench: installing @duckdb/node-api in $PEER" >&2
		mkdir -p "$PEER"
		npm install --silent --no-audit --no-fund --prefix "$PEER" @duckdb/node-api >&2 || return 0
		duckdb=$(duckdb_version) || duckdb=
	}
}

duckdb_version() {
	node -e 'const { version } = require("node:module").createRequire(process.argv[1] + "/")("@duckdb/node-api");
		console.log(version())' "$PEER" 2>/dev/null
}

describe_machine() {
	echo "$(nproc) cores,$(sed -n 's/^model name.*:\(.*\)/\1/p' /proc/cpuinfo | head -n 1); medians of $runs runs;" \
		"DuckDB ${duckdb:-missing}"
}
