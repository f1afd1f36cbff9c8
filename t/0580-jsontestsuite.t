#!/bin/sh
# JSONTestSuite through the tool: each of its files, line feeds turned to spaces, as the value of an unknown
# key in an otherwise good event. y_ is kept, n_ is malformed_json, and of i_ we decided as listed here.
. "$(dirname "$0")/lib.sh"

suite=$T/../../shared/data/jsontestsuite/test_parsing
[ -d "$suite" ] || skip_all "no $suite"

# A line feed would have ended the line; as a space it is allowed in a string.
mended=n_string_unescaped_newline
# Numbers of any size and escaped lone surrogates are grammatical, and an unknown key's value is looked at no
# further. What is not UTF-8 is no JSON.
cat >decided <<'EOF'
i_number_double_huge_neg_exp kept
i_number_huge_exp kept
i_number_neg_int_huge_exp kept
i_number_pos_double_huge_exp kept
i_number_real_neg_overflow kept
i_number_real_pos_overflow kept
i_number_real_underflow kept
i_number_too_big_neg_int kept
i_number_too_big_pos_int kept
i_number_very_big_negative_int kept
i_object_key_lone_2nd_surrogate kept
i_string_1st_surrogate_but_2nd_missing kept
i_string_1st_valid_surrogate_2nd_invalid kept
i_string_UTF-16LE_with_BOM malformed_json
i_string_UTF-8_invalid_sequence malformed_json
i_string_UTF8_surrogate_U+D800 malformed_json
i_string_incomplete_surrogate_and_escape_valid kept
i_string_incomplete_surrogate_pair kept
i_string_incomplete_surrogates_escape_valid kept
i_string_invalid_lonely_surrogate kept
i_string_invalid_surrogate kept
i_string_invalid_utf-8 malformed_json
i_string_inverted_surrogates_U+1D11E kept
i_string_iso_latin_1 malformed_json
i_string_lone_second_surrogate kept
i_string_lone_utf8_continuation_byte malformed_json
i_string_not_in_unicode_range malformed_json
i_string_overlong_sequence_2_bytes malformed_json
i_string_overlong_sequence_6_bytes malformed_json
i_string_overlong_sequence_6_bytes_null malformed_json
i_string_truncated-utf-8 malformed_json
i_string_utf16BE_no_BOM malformed_json
i_string_utf16LE_no_BOM malformed_json
i_structure_500_nested_arrays kept
i_structure_UTF-8_BOM_empty_object malformed_json
EOF

# judge BEFORE AFTER: name and verdict of every file as a value between the two, in name order. evcat names no
# more than ten bad lines, so it gets ten at a time; what it does not name must be among the rows.
judge() {
	rm -f lines.*
	n=0
	for file in "$suite"/*.json; do
		{
			printf '%s' "$1"
			tr '\n' ' ' <"$file"
			printf '%s\n' "$2"
		} >>"lines.$((1000 + n / 10))"
		n=$((n + 1))
	done
	for lines in lines.*; do
		evcat -f csv "$lines" >rows 2>err
		echo "$? $lines" >>statuses
		sed -n 's/^evcat: lines\.[0-9]*:\([0-9]*\):[0-9]*: \([a-z_]*\): .*/\1 \2/p' err >verdicts
		sed '1d; s/.*,\([0-9]*\)$/\1 kept/' rows >>verdicts
		sort -n verdicts | awk '$1 != NR { print "line " NR " is missing"; exit } { print $2 }' >>all
	done
	basename -s .json -a "$suite"/*.json | paste -d ' ' - all
	rm all
}

# good NAMES-AND-VERDICTS WHERE
good() {
	is "$(wc -l <"$1") $(awk '{ print NF }' "$1" | sort -u)" "$(find "$suite" -name '*.json' | wc -l) 2" \
		"$2: every file has a verdict"
	is "$(grep '^y_' "$1" | grep -v ' kept$')" '' "$2: y_ is kept"
	is "$(grep '^n_' "$1" | grep -v ' malformed_json$')" "$mended kept" "$2: n_ is malformed_json"
	is "$(grep '^i_' "$1")" "$(cat decided)" "$2: i_ is as decided"
}

head='{"timestamp": "2025-12-07T03:55:56Z", "user_id": "u", '
tail='"session_id": "s", "event_type": "search"'
judge "$head\"unknown\": " ", $tail}" >middle
good middle 'between others'
judge "$head$tail, \"unknown\": " '}' >last
good last 'as the last value'
is "$(cut -d ' ' -f 1 statuses | sort -u | tr '\n' ' ')" '0 1 ' 'evcat ends as it should each time'
done_testing
