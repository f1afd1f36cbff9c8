#!/bin/sh
# Any bytes at all, for a short while each: lines, values, files, streams, definitions (t/fuzz), the same each
# time, so that what passes does so again. As a torture ten minutes each, of others.
. "$(dirname "$0")/lib.sh"
FUZZ_B=${FUZZ_B:-$T/../build-fuzz}
case $B in *-address*) skip_all 'fuzzers have sanitizers of their own: the plain check runs them' ;; esac
[ -d "$FUZZ_B/fuzz" ] || skip_all 'no fuzzers: make fuzz builds them, with clang and its libFuzzer'
if [ "${1-}" = torture ]; then
	"$T/fuzz/run" "$FUZZ_B" 600 2
else
	"$T/fuzz/run" -s 1 "$FUZZ_B" "${FUZZ_SECONDS:-5}"
fi
