#include "mark.h"

#include "commit/undo_plan.h"
#include "rows.h"
#include "stream/stream.h"
#include "tool.h"

#include <inttypes.h>
#include <unistd.h>

struct undo {
	struct lake lake;
	struct undo_plan plan;
	char id[LEDGER_ID_LEN + 1];
	uint64_t newest_run;
};

static int make_plan(struct undo *u, enum verb verb, char **arguments)
{
	struct db *db;
	struct ledger ledger;
	int result = ledger_read(&u->lake, &db, &ledger);

	if (result == 0)
		result = cause_record(STATUS_USAGE, "%s: nothing has been committed to it yet", u->lake.path);
	if (result == 1)
		result = ledger_id(&ledger, u->id) != 0 || ledger_newest_run(&ledger, &u->newest_run) != 0
			     ? -1
			     : undo_plan_make(&u->plan, &u->lake, &ledger, verb, arguments);
	ledger_close(&ledger);
	db_close(db);
	return result;
}

static int write_mended(const struct control_mended *line, struct stream_writer *out, struct buffer *payload)
{
	buffer_clear(payload);
	if (control_encode_mended(payload, line) != 0)
		return -1;
	return stream_write_control(out, FRAME_MENDED, payload);
}

static int write_plan(const struct undo *u, struct stream_writer *out)
{
	const struct control_run run = {
	    .verb = text_of(verb_name(u->plan.verb)),
	    .lake = text_of(u->lake.path),
	    .id = text_of(u->id),
	    .newest_run = u->newest_run,
	    .target = u->plan.target,
	};
	struct buffer payload = {0};
	int result = control_encode_run(&payload, &run);
	size_t mended = 0;

	if (result == 0)
		result = stream_write_control(out, FRAME_RUN, &payload);
	for (size_t i = 0; result == 0 && i < u->plan.n; i++) {
		buffer_clear(&payload);
		result = control_encode_want(&payload, &u->plan.wants[i]);
		if (result == 0)
			result = stream_write_control(out, FRAME_WANT, &payload);
		while (result == 0 && mended < u->plan.n_mended && u->plan.mended[mended].want == i)
			result = write_mended(&u->plan.mended[mended++].line, out, &payload);
	}
	buffer_free(&payload);
	return result != 0 ? -1 : stream_end(out);
}

static int print_row(struct rows *rows, const char *what, uint64_t size, struct text path)
{
	char number[24];

	snprintf(number, sizeof number, "%" PRIu64, size);
	return rows_add(rows, (struct text[]){text_of(what), text_of(number), path});
}

/* By its source and its number there. */
static int print_mended(struct rows *rows, const struct control_mended *line)
{
	struct buffer place = {0};
	int result = -1;

	if (buffer_printf(&place, "%.*s:%" PRIu64, (int)line->source.len, line->source.data, line->line) == 0)
		result = print_row(rows, "line", line->raw.len,
				   (struct text){(const char *)place.data, place.len});
	buffer_free(&place);
	return result;
}

/* The list for people. */
static int print_plan(const struct undo *u)
{
	static const char *const names[] = {
	    [WANT_TAKE] = "take",       [WANT_SAME] = "same",       [WANT_CHANGED] = "changed",
	    [WANT_RECOUNT] = "recount", [WANT_REWRITE] = "rewrite", [WANT_REPLAY] = "replay",
	    [WANT_REMOVE] = "remove",   [WANT_SKIP] = "skip",       [WANT_TABLE] = "table",
	    [WANT_MEND] = "mend",       [WANT_ARCHIVE] = "archive",
	};
	static const struct rows_column columns[] = {{"what", false}, {"size", true}, {"path", false}};
	struct rows rows;
	int result = rows_open(&rows, stdout, ROWS_TABLE, columns, 3);
	size_t mended = 0;

	for (size_t i = 0; result == 0 && i < u->plan.n; i++) {
		const struct control_want *want = &u->plan.wants[i];

		result = print_row(&rows, names[want->verdict], want->size, want->path);
		while (result == 0 && mended < u->plan.n_mended && u->plan.mended[mended].want == i)
			result = print_mended(&rows, &u->plan.mended[mended++].line);
	}
	if (result == 0)
		result = rows_end(&rows);
	rows_close(&rows);
	return result;
}

/* Paths may be given as within the lake, or as the shell completes them. */
static void strip_lake(const char *lake, char **paths)
{
	const size_t len = strlen(lake);

	for (; *paths != NULL; paths++) {
		char *rest = *paths;

		if (strncmp(rest, lake, len) != 0 || (len > 0 && lake[len - 1] != '/' && rest[len] != '/'))
			continue;
		for (rest += len; *rest == '/'; rest++)
			;
		*paths = rest;
	}
}

static int undo(struct undo *u, enum verb verb, char **operands, struct stream_writer *out)
{
	if (lake_open(&u->lake, operands[0]) != 0)
		return -1;
	if (verb == VERB_FORGET || verb == VERB_SKIP || verb == VERB_REPLACE) {
		strip_lake(operands[0], operands + 1);
		strip_lake(u->lake.path, operands + 1);
	}
	if (make_plan(u, verb, operands + 1) != 0)
		return -1;
	return out != NULL ? write_plan(u, out) : print_plan(u);
}

int mark_undo(int argc, char **argv, const char *command, enum verb verb)
{
	const struct columns none = {0};
	struct stream_writer writer = {0};
	struct stream_writer *out = isatty(STDOUT_FILENO) ? NULL : &writer;
	struct undo u = {.lake.fd = -1};
	int status;

	tool_is_stage();
	while (tool_option(argc, argv, "") != -1)
		;
	if (optind == argc)
		tool_usage("which lake?");
	if (out != NULL && (stream_writer_open(out, STDOUT_FILENO, "stdout") != 0 ||
			    stream_begin(out, STREAM_PLAN, &none, command) != 0))
		out = NULL;
	if (!cause_is_set())
		(void)!undo(&u, verb, argv + optind, out); /* the cause is on record */
	status = tool_finish(out);
	undo_plan_free(&u.plan);
	lake_close(&u.lake);
	stream_writer_close(&writer);
	return status;
}
