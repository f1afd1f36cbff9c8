# shellcheck shell=sh
# What the shell tests share. Each starts with:  . "$(dirname "$0")/lib.sh"
#
# The tools of $B (build/ unless make says otherwise) come first in PATH; $W is an empty folder that goes away
# at the end, and the current one; $T is the folder of the tests. Assertions print TAP; done_testing is last.

set -u
T=$(cd "$(dirname "$0")" && pwd)
B=${B:-$T/../build}
PATH=$B:$T/../pipelines:$PATH
export B PATH
LC_ALL=C
export LC_ALL
W=$(mktemp -d "${TMPDIR:-/tmp}/evlake.XXXXXX") || exit 1
clean_up() {
	chmod -R u+rwX "$W"
	rm -rf "$W" "$W.tools"
}
trap clean_up EXIT
trap 'exit 129' HUP INT TERM
cd "$W" || exit 1

n_tests=0
n_failed=0

# pass TEXT, fail TEXT: an assertion whose outcome is known.
pass() {
	n_tests=$((n_tests + 1))
	echo "ok $n_tests - $*"
}

fail() {
	n_tests=$((n_tests + 1))
	n_failed=$((n_failed + 1))
	echo "not ok $n_tests - $*"
}

# ok TEXT COMMAND ...: the command succeeds.
ok() {
	text=$1
	shift
	if "$@"; then pass "$text"; else fail "$text"; fi
}

# is GOT EXPECTED TEXT: the two are the same text.
is() {
	if [ "$1" = "$2" ]; then
		pass "$3"
	else
		fail "$3"
		printf '%s\n' "got:      $1" "expected: $2" | sed 's/^/# /' >&2
	fi
}

# exits STATUS TEXT COMMAND ...: the command ends with that status; what it says goes to $W/out and $W/err.
exits() {
	expected=$1
	text=$2
	shift 2
	"$@" >"$W/out" 2>"$W/err"
	got=$?
	if [ "$got" = "$expected" ]; then
		pass "$text"
	else
		fail "$text"
		{ echo "status $got, expected $expected"; cat "$W/err"; } | sed 's/^/# /' >&2
	fi
}

# same FILE FILE TEXT: the same bytes.
same() {
	if cmp "$1" "$2" >&2; then pass "$3"; else fail "$3"; fi
}

# skip_all WHY: the test cannot be had here; or the rest of it, when a part has been run.
skip_all() {
	if [ "$n_tests" = 0 ]; then
		echo "1..0 # SKIP $*"
		exit 0
	fi
	pass "the rest # SKIP $*"
	done_testing
}

# have COMMAND ...: whether all of them are installed.
have() {
	for command; do
		command -v "$command" >/dev/null || return 1
	done
}

# can_be_nobody: whether as_nobody works here.
can_be_nobody() {
	as_nobody true 2>/dev/null && return
	echo '# skipped: nobody else can be here'
	return 1
}

# as_nobody COMMAND ...: as a user without rights of its own, who finds the tools wherever the tree lies. Who is not
# root stays who he is.
as_nobody() {
	if [ "$(id -u)" != 0 ]; then
		"$@"
		return
	fi
	if [ ! -d "$W.tools" ]; then
		mkdir -p "$W.tools/build"
		cp "$B"/ev* "$W.tools/build"
		cp -R "$T/../schemas" "$T/../pipelines" "$W.tools"
		chmod -R a+rX "$W.tools"
	fi
	chmod a+rx "$W"
	env B="$W.tools/build" PATH="$W.tools/build:$W.tools/pipelines:$PATH" \
		setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

done_testing() {
	echo "1..$n_tests"
	[ "$n_failed" = 0 ]
	exit
}
