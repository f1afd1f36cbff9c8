#!/bin/sh
# The folders of lib/ lie in layers: what a file includes is of its own folder or of one further down.
. "$(dirname "$0")/lib.sh"

# From the ground up. Nothing builds on generate, which is for demonstrations and tests.
layers='base column source stream decode parquet gold lake silver commit verify query generate'
cd "$T/../lib" || exit 1

is "$(echo "$layers" | tr ' ' '\n' | sort)" "$(find . -mindepth 1 -type d | sed 's:^\./::' | sort)" 'each folder has its place'
below=
for layer in $layers; do
	below="$below${below:+|}$layer"
	uphill=$(grep -H '^#include "' "$layer"/*.[ch] | grep -Ev ":#include \"($below)/")
	is "$uphill" '' "$layer includes nothing from above"
done
is "$(grep -l '"generate/' ../cmd/*.c | tr '\n' ' ')" '../cmd/evgen.c ' 'only evgen makes events'
done_testing
