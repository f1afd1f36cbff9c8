#include "partial.h"

enum { PIECE = 1 << 20 };

static int write_state(struct stream_writer *out, const char *table, const struct buffer *state,
		       struct buffer *payload)
{
	size_t at = 0;

	do {
		const size_t left = state->len - at;
		const size_t len = left < PIECE ? left : PIECE;
		const struct control_partial partial = {
		    .table = text_of(table),
		    .more = len < left,
		    .state = {(const char *)state->data + at, len},
		};

		buffer_clear(payload);
		if (control_encode_partial(payload, &partial) != 0 ||
		    stream_write_control(out, FRAME_PARTIAL, payload) != 0)
			return -1;
		at += len;
	} while (at < state->len);
	return 0;
}

int partial_write(struct gold *gold, struct stream_writer *out)
{
	struct buffer state = {0}, payload = {0};
	int result = 0;

	for (size_t t = 0; t < gold_tables(gold) && result == 0; t++) {
		for (uint32_t group = 0; group < gold_table_groups(gold, t) && result == 0; group++) {
			buffer_clear(&state);
			result = gold_encode(gold, t, group, &state);
			if (result == 0)
				result = write_state(out, gold_table_name(gold, t), &state, &payload);
		}
	}
	buffer_free(&state);
	buffer_free(&payload);
	return result;
}

int partial_merge(struct gold *gold, const struct control_partial *partial, struct buffer *state)
{
	int result;

	if (buffer_append(state, partial->state.data, partial->state.len) != 0)
		return -1;
	if (partial->more)
		return 0;
	result = gold_merge(gold, partial->table, state->data, state->len);
	buffer_clear(state);
	return result;
}
