#!/bin/sh
# Any tool of the pipe, killed at any moment: the lake is as before the run or as after it, the next run
# completes it, and nothing is lost or counted twice.
. "$(dirname "$0")/lib.sh"
have sqlite3 perl || skip_all 'sqlite3 or perl is not installed'

rounds=${ROUNDS:-25}
ask() { sqlite3 -readonly lake/gold.db "$1"; }

# Each tool by a name of its own that kills it after a while; FATE says which tool, and when (milliseconds).
mkdir fated
for tool in evmark evcat evclean evsilver evgold; do
	cat >fated/$tool <<-EOF
		#!/usr/bin/perl
		my (\$tool, \$ms) = split / /, \$ENV{FATE};
		if (\$tool eq '$tool') {
			my \$child = \$\$;
			if (fork() == 0) { # the hangman
				open STDIN, '<', '/dev/null'; open STDOUT, '>', '/dev/null';
				select undef, undef, undef, \$ms / 1000;
				kill 'KILL', \$child if getppid() == \$child;
				exit;
			}
		}
		exec '$B/$tool', @ARGV;
	EOF
	chmod +x fated/$tool
done

evgen -C "$rounds" -E 3000 -B 1 all >/dev/null
mkdir -p lake/bronze
killed=0 wrong=0 round=0
for file in $(cd all && find bronze -type f | sort); do
	round=$((round + 1))
	mkdir -p "lake/${file%/*}"
	cp "all/$file" "lake/$file.tmp" && mv "lake/$file.tmp" "lake/$file"
	set -- evmark evcat evclean evsilver evgold
	shift $((round % 5))
	FATE="$1 $((round * 7 % 60))"
	export FATE
	# shellcheck disable=SC2030 # a path for this pipe alone
	if (PATH=$PWD/fated:$PATH; evmark pending lake | evcat | evclean | evsilver | evgold) 2>>messages; then
		:
	else
		killed=$((killed + 1))
	fi
	# Whatever happened, it happened whole.
	if [ -e lake/gold.db ] && [ "$(ask "SELECT count(*) FROM sqlite_schema WHERE name = 'lake_run'")" = 1 ]; then
		[ "$(ask "SELECT (SELECT coalesce(sum(kept), 0) FROM lake_source) =
			(SELECT coalesce(sum(rows), 0) FROM lake_file WHERE layer = 'silver')
			AND (SELECT coalesce(sum(kept), 0) FROM lake_source) = (SELECT sum(rows) FROM lake_run)")" = 1 ] ||
			wrong=$((wrong + 1))
	fi
done
echo "# $killed of $rounds runs were killed"
is "$wrong" 0 'after each, ledger and manifest agree'
exits 0 'the next run completes the lake' sh -c 'evmark pending lake | evcat | evclean | evsilver | evgold'
exits 0 'a lake that was never disturbed' sh -c 'evmark pending all | evcat | evclean | evsilver | evgold'
for table in product_funnel hourly_revenue product_popularity category_daily_performance daily_user_activity; do
	for lake in lake all; do
		sqlite3 -readonly $lake/gold.db "SELECT * FROM $table" | sort >$lake.rows
	done
	same lake.rows all.rows "$table is the same"
done
is "$(ask 'SELECT path FROM lake_file ORDER BY path')" \
	"$(cd lake && find silver quarantine -type f | LC_ALL=C sort)" 'the manifest is what is there'
is "$(ask 'SELECT count(*) FROM lake_file WHERE staged IS NOT NULL')" 0 'nothing is pending'
is "$(ask 'SELECT count(*) FROM lake_source')" "$rounds" 'every file is marked'
done_testing
