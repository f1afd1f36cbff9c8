#include "gold/partial.h"

#include <stdlib.h>

enum { PIECE = 1 << 20 };

static int write_groups(struct stream_writer *out, const char *table, const struct buffer *groups,
			struct buffer *payload)
{
	for (size_t at = 0; at < groups->len; at += PIECE) {
		const size_t left = groups->len - at;
		const size_t len = left < PIECE ? left : PIECE;
		const struct control_partial partial = {
		    .table = text_of(table),
		    .more = len < left,
		    .state = {(const char *)groups->data + at, len},
		};

		buffer_clear(payload);
		if (control_encode_partial(payload, &partial) != 0 ||
		    stream_write_control(out, FRAME_PARTIAL, payload) != 0)
			return -1;
	}
	return 0;
}

static int write_table(struct gold *gold, size_t table, struct stream_writer *out)
{
	const char *name = gold_table_name(gold, table);
	struct buffer groups = {0}, payload = {0};
	int more = gold_rewind(gold, table) == 0 ? 1 : -1;

	while (more > 0 && (more = gold_encode_next(gold, table, &groups)) >= 0) {
		if (more > 0 && groups.len < PIECE)
			continue;
		if (write_groups(out, name, &groups, &payload) != 0)
			more = -1;
		buffer_clear(&groups);
	}
	buffer_free(&groups);
	buffer_free(&payload);
	return more;
}

int partial_write(struct gold *gold, struct stream_writer *out)
{
	for (size_t t = 0; t < gold_tables(gold); t++) {
		if (write_table(gold, t, out) != 0)
			return -1;
	}
	return 0;
}

int partial_merge(struct gold *gold, const struct control_partial *partial, struct buffer *state)
{
	int result;

	if (!partial->more && state->len == 0)
		return gold_merge(gold, partial->table, partial->state.data, partial->state.len);
	if (buffer_append(state, partial->state.data, partial->state.len) != 0)
		return -1;
	if (partial->more)
		return 0;
	result = gold_merge(gold, partial->table, state->data, state->len);
	buffer_clear(state);
	return result;
}
