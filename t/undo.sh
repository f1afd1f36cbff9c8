# shellcheck shell=sh
# What the tests of runs that undo and redo share, behind lib.sh: lakes that are held against each other.

ask() { sqlite3 -readonly "$1/gold.db" "$2"; }
state() { sqlite3 -readonly "$1/gold.db" ".read '$T/oracle/state.sql'"; }

# The rows of Silver, in an order of their own.
silver_rows() { # LAKE
	evmark files -f tsv "$1" | awk '$1 == "silver" { print $2 }' >list
	(cd "$1" && xargs -r evcat -f tsv <../list | sort)
}

# All lines in quarantine.
quarantine_rows() { # LAKE
	evmark files -f tsv "$1" | awk -v lake="$1/" '$1 == "quarantine" { print lake $2 }' | xargs -r zcat
}

# Marks, rejects, notes and rows, whichever run they came with.
marks() { # LAKE
	ask "$1" "SELECT path, size, content, bytes, lines, kept, rejected, blank, status, same_as FROM lake_source
		WHERE end_run IS NULL ORDER BY 1"
	counts "$1"
}
counts() { # LAKE
	ask "$1" "SELECT source, reason, field, sum(rejects), min(first_line), max(first_column) FROM lake_reject
		WHERE end_run IS NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
	ask "$1" "SELECT source, what, field, name, sum(lines), min(first_line) FROM lake_note
		WHERE end_run IS NULL GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
	silver_rows "$1" | cksum
	quarantine_rows "$1" | sort | cksum
}

# The lake's Gold, state, marks, rejects, notes and rows are those of another.
as() { # TEXT LAKE OTHER WHICH
	state "$2" >state.got
	state "$3" >state.expected
	same state.got state.expected "$1: the Gold and state of a lake $4"
	marks "$2" >marks.got
	marks "$3" >marks.expected
	same marks.got marks.expected '... and its marks, rejects and rows'
	holds_together "$2"
}
holds_together() { # LAKE
	exits 0 '... and it holds together' evmark verify -c "$1"
	is "$(ask "$1" 'PRAGMA integrity_check')" ok '... as does its database'
}
