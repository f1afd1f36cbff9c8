/*
 * evsql -- any question to a lake, in SQL.
 */
#include "print_answer.h"
#include "sql_prompt.h"
#include "tool.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct tool tool = {
    .name = "evsql",
    .synopsis = "[-v] [-d NAME=VALUE] [-f table|tsv|csv|jsonl] [-l BYTES] [-r RUN] LAKE [SQL]",
    .help = "  -d NAME=VALUE  what :NAME stands for in the SQL; as often as needed\n"
	    "  -f FORMAT      table, tsv, csv or jsonl; table unless given\n"
	    "  -l BYTES       refuse what would read more of silver and bronze\n"
	    "  -r RUN         silver as that run left it\n"
	    "  -v             say on stderr what it took\n"
	    "Without SQL it is read from standard input; on a terminal that is sqlite3's prompt.\n",
};

struct evsql {
	struct session session;
	enum rows_format format;
	bool verbose;
	uint64_t limit, run;
};

static void define(struct evsql *e, const char *definition)
{
	if (parameters_add(&e->session.parameters, definition) != 0)
		tool_usage("%s", cause_message());
}

static void tell(const struct evsql *e, uint64_t rows, const struct timespec *from)
{
	const struct usage *usage = &e->session.query.usage;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	tool_warn("%" PRIu64 " row%s in %.3f s; read %" PRIu64 " of %" PRIu64 " files, %" PRIu64
		  " of %" PRIu64 " bytes",
		  rows, rows == 1 ? "" : "s",
		  (double)(now.tv_sec - from->tv_sec) + (double)(now.tv_nsec - from->tv_nsec) / 1e9,
		  usage->files, usage->files_all, usage->bytes, usage->bytes_all);
}

static int ask(struct evsql *e, const char *sql)
{
	struct timespec from;
	uint64_t rows = 0;
	int more;

	clock_gettime(CLOCK_MONOTONIC, &from);
	for (;;) {
		struct answer answer;

		more = session_next(&e->session, &sql, &answer);
		if (more <= 0)
			break;
		if (print_answer(&answer, e->format, &rows) != 0)
			return -1;
		answer_close(&answer);
	}
	if (e->verbose && more == 0)
		tell(e, rows, &from);
	return more == 0 ? parameters_check(&e->session.parameters) : -1;
}

/* All that comes from standard input. */
static int read_sql(struct buffer *sql)
{
	ssize_t n;

	do {
		if (buffer_reserve(sql, 65536) != 0)
			return -1;
		n = fd_read(STDIN_FILENO, sql->data + sql->len, sql->cap - sql->len, "stdin");
		sql->len += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	return n < 0 ? -1 : 0;
}

static int open_session(struct evsql *e, const char *lake)
{
	const char *schemas;

	if (strcmp(lake, "-") == 0)
		return session_open_stream(&e->session, STDIN_FILENO);
	schemas = tool_schemas();
	return schemas != NULL ? session_open(&e->session, lake, schemas, e->run) : -1;
}

static int run(struct evsql *e, const char *lake, const char *sql)
{
	struct buffer input = {0};
	int result = -1;

	if ((sql == NULL && read_sql(&input) != 0) || open_session(e, lake) != 0)
		goto out;
	e->session.query.usage.limit = e->limit;
	if (sql == NULL)
		sql = buffer_text(&input);
	if (sql != NULL)
		result = ask(e, sql);
out:
	session_close(&e->session);
	buffer_free(&input);
	return result;
}

int main(int argc, char **argv)
{
	struct evsql e = {.format = ROWS_TABLE};
	int option;

	tool_start(&tool);
	while ((option = tool_option(argc, argv, "d:f:l:r:v")) != -1) {
		switch (option) {
		case 'd': define(&e, optarg); break;
		case 'f':
			if (!rows_format_parse(optarg, &e.format))
				tool_usage("no format '%s': table, tsv, csv or jsonl", optarg);
			break;
		case 'l': e.limit = (uint64_t)tool_number('l', optarg, 1, INT64_MAX); break;
		case 'r': e.run = (uint64_t)tool_number('r', optarg, 1, INT64_MAX); break;
		case 'v': e.verbose = true; break;
		}
	}
	if (argc - optind < 1 || argc - optind > 2)
		tool_usage("a lake, and perhaps a question in quotes");
	const char *sql = argv[optind + 1];

	if (sql == NULL && strcmp(argv[optind], "-") == 0)
		tool_usage("events come from standard input, so the question must not");
	const bool asks = sql != NULL || !isatty(STDIN_FILENO);

	if (!asks && (e.session.parameters.n > 0 || e.limit > 0 || e.verbose))
		tool_usage("-d, -l and -v go with SQL");
	const bool done = asks ? run(&e, argv[optind], sql) == 0 : sql_prompt(argv[optind], e.run) == 0;

	(void)done; /* a failure is on record, and tool_finish tells it */
	return tool_finish(NULL);
}
